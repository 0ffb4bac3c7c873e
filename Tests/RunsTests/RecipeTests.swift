import Command
import Foundation
import PeerSupport
import Testing

@testable import Runs

private struct Rule: Codable, Equatable {
  var name = "sgd"
  var rho = 0.05
}

private struct Settings: Codable, Equatable {
  var network = "convnet"
  var epochs = 10
  var rate = 0.1
  var verbose = false
  var clip: Double?
  var hidden = [128, 64]
  var rule = Rule()
  var notes: [String] = []
}

@Suite struct RecipeTests {
  private func resolve(_ yaml: String, _ overrides: String...) throws -> Recipe.Resolved<Settings> {
    let folder = try TemporaryFolder()
    try yaml.write(to: folder.file("r.yaml"), atomically: true, encoding: .utf8)
    do {
      return try Recipe.resolve(
        Settings(), yaml: folder.file("r.yaml"), overrides: overrides, subject: "train")
    } catch {
      throw CommandError(error.message.replacing(folder.url.path + "/", with: ""))
    }
  }

  private func message(_ yaml: String, _ overrides: String...) -> String {
    do {
      let folder = try TemporaryFolder()
      try yaml.write(to: folder.file("r.yaml"), atomically: true, encoding: .utf8)
      do {
        _ = try Recipe.resolve(
          Settings(), yaml: folder.file("r.yaml"), overrides: overrides, subject: "train")
        return "no error"
      } catch {
        return error.message.replacing(folder.url.path + "/", with: "")
      }
    } catch {
      return "\(error)"
    }
  }

  @Test func layersLieOverEachOther() throws {
    let resolved = try resolve(
      """
      # a comment
      epochs: 20
      rule:
        rho: 8/255
      hidden: [1, 2, 3]
      network: no
      clip: 1e-3
      notes: ["64", b]
      """, "epochs=30")
    var expected = Settings()
    expected.epochs = 30
    expected.rule.rho = 8.0 / 255
    expected.hidden = [1, 2, 3]
    expected.network = "no"
    expected.clip = 1e-3
    expected.notes = ["64", "b"]
    #expect(resolved.settings == expected)
    #expect(resolved.changes.map(\.key) == ["network", "epochs", "clip", "hidden", "rule.rho", "notes"])
    #expect(resolved.changes[1].description == "epochs=30 (was 10)")
  }

  @Test func emptyRecipesChangeNothing() throws {
    for text in ["", "# only a comment\n", "---\n", "clip: null\n", "clip:\n", "rule.rho: 0.05"] {
      let resolved = try resolve(text)
      #expect(resolved.settings == Settings() && resolved.changes.isEmpty, "\(text)")
    }
  }

  @Test func mistakesAreNamedWithTheirLine() {
    #expect(
      message("epochs: 1\nrule:\n  roh: 1\n")
        == "r.yaml:3: train: unknown key 'roh' in rule (did you mean 'rho'?); known: name, rho")
    #expect(message("rate: fast").hasPrefix("r.yaml:1: train: rate must be a number, found 'fast'"))
    #expect(message("\nrate: \"1\"") == "r.yaml:2: train: rate must be a number, found the text \"1\"")
    #expect(message("epochs: 1.5") == "r.yaml:1: train: epochs=1.5: expected a whole number")
    #expect(message("verbose: yes") == "r.yaml:1: train: verbose must be true or false, found 'yes'")
    #expect(message("epochs: [1]") == "r.yaml:1: train: epochs must be a number, found a list")
    #expect(message("rule: 3") == "r.yaml:1: train: rule is a group; set one of its keys")
    #expect(message("network:\n  a: 1") == "r.yaml:2: train: network is one value and has no key 'a'")
    #expect(message("epochs:") == "r.yaml:1: train: epochs must be a number, found ''")
    #expect(message("<<: 3").contains("unknown key '<<'"))
    #expect(message("epochs: 3", "epoch=2").hasPrefix("train: unknown key 'epoch' (did you mean 'epochs'?)"))
  }

  @Test func whatIsNoRecipeIsRefused() throws {
    #expect(message("epochs: 1\nrate: 2\nepochs: 2") == "r.yaml: line 1: the key epochs stands there twice")
    #expect(
      message("rule.rho: 1\nrule:\n  rho: 2") == "r.yaml:3: the key rule.rho stands at r.yaml:1 already")
    #expect(
      message("- 1\n- 2").hasPrefix("r.yaml:1: a recipe is a group of keys, as in 'epochs: 10'; found a list")
    )
    #expect(message("just words").contains("found 'just words'"))
    #expect(message("a: [1").hasPrefix("r.yaml: line 2, column 1: is no YAML"))
    #expect(message("a: 1\n\tb: 2").hasPrefix("r.yaml: line 2"))
    #expect(message("a: 1\n---\nb: 2").contains("is no YAML"))
    #expect(message("[a]: 1").contains("a key is a word"))
    #expect(message("a..b: 1").contains("empty part"))
    // Nine lists of nine of the one before: 3.5 billion values in 300 bytes.
    var bomb = "a0: &a0 [1,1,1,1,1,1,1,1,1]\n"
    for index in 1...9 {
      bomb +=
        "a\(index): &a\(index) [\(Array(repeating: "*a\(index - 1)", count: 9).joined(separator: ","))]\n"
    }
    #expect(message(bomb).contains("more than 100000 values"))
    let folder = try TemporaryFolder()
    #expect(throws: CommandError.self) { try Recipe.resolve(Settings(), yaml: folder.url, subject: "train") }
    do {
      _ = try Recipe.resolve(Settings(), yaml: folder.file("none.yaml"), subject: "train")
      Issue.record("a missing file was read")
    } catch {
      #expect(
        error.message.hasPrefix("recipe \(folder.file("none.yaml").path): cannot be read: No such file"))
    }
    try Data([0xFF, 0xFE, 0x00]).write(to: folder.file("binary"))
    #expect(throws: CommandError.self) {
      try Recipe.resolve(Settings(), yaml: folder.file("binary"), subject: "train")
    }
  }

  @Test func whatIsWrittenIsReadBack() throws {
    var settings = Settings()
    #expect(
      try Recipe.yaml(settings, header: ["one", "two"]) == """
        # one
        # two
        network: convnet
        epochs: 10
        rate: 0.1
        verbose: false
        clip: null
        hidden: [128, 64]
        rule:
          name: sgd
          rho: 0.05
        notes: []

        """)
    settings.rate = 1.0 / 3
    settings.clip = 1e-300
    settings.rule.name = "true"
    settings.hidden = []
    for text in [
      "null", "", "64", "yes", "a: b", "# c", "two\nlines\n", " spaces ", "'quote'", "\"double\"", "ü🙂",
      "- x", "~",
      "\u{7}\u{1b}[0m", "{a}", "@x", "<<", "2001-01-01",
    ] {
      settings.network = text
      settings.notes = [text, "x"]
      let written = try Recipe.yaml(settings)
      let back = try resolve(written).settings
      #expect(back == settings, "\(written)")
    }
  }
}
