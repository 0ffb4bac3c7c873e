import Testing

@testable import Command

private enum Colour: String, Codable { case red, green }

private struct Inner: Codable, Equatable {
  var rho = 0.05
  var steps = 3
}

private struct Settings: Codable, Equatable {
  var width = 128
  var rate = 1.0
  var name = "a"
  var flag = false
  var colour = Colour.red
  var hidden = [128, 64]
  var rule = Inner()
}

@Suite struct OverridesTests {
  private func apply(_ texts: String...) throws -> Settings {
    try Overrides(parsing: texts).applied(to: Settings(), subject: "network test")
  }

  private func message(_ texts: String...) -> String {
    do {
      _ = try Overrides(parsing: texts).applied(to: Settings(), subject: "network test")
      return "no error"
    } catch {
      return error.message
    }
  }

  @Test func setsEveryKind() throws {
    let settings = try apply(
      "width=64", "rate=0.5", "name=b=c", "flag=true", "colour=green", "hidden=1,2,3", "rule.rho=1e-3")
    var expected = Settings()
    expected.width = 64
    expected.rate = 0.5
    expected.name = "b=c"
    expected.flag = true
    expected.colour = .green
    expected.hidden = [1, 2, 3]
    expected.rule.rho = 1e-3
    #expect(settings == expected)
  }

  @Test func wholeNumbersFitDoublesAndTheLastAssignmentWins() throws {
    let settings = try apply("rate=2", "width=1", "width=7", "hidden=")
    #expect(settings.rate == 2)
    #expect(settings.width == 7)
    #expect(settings.hidden == [])
  }

  @Test func unknownKeysAreRefusedWithTheNearest() {
    #expect(
      message("widht=64")
        == "network test: unknown key 'widht' (did you mean 'width'?); "
        + "known: colour, flag, hidden, name, rate, rule, width")
    #expect(message("zzz=1").hasPrefix("network test: unknown key 'zzz'; known:"))
    #expect(message("rule.roh=1").contains("unknown key 'roh' in rule (did you mean 'rho'?)"))
    #expect(message("width.x=1") == "network test: width is one value and has no key 'x'")
  }

  @Test func wrongTypesAreRefused() {
    #expect(message("width=many") == "network test: width must be a number, found 'many'")
    #expect(message("width=1.5") == "network test: width=1.5: expected a whole number")
    #expect(message("flag=1") == "network test: flag must be true or false, found '1'")
    #expect(message("rate=nan") == "network test: rate must be a number, found 'nan'")
    #expect(message("hidden=1,x") == "network test: hidden must be a number, found 'x'")
    #expect(message("rule=3") == "network test: rule is a group; set one of its keys")
    #expect(message("colour=blue").hasPrefix("network test: colour=blue:"))
    #expect(message("width=99999999999999999999") != "no error")
  }

  @Test func malformedAssignmentsAreRefused() {
    #expect(message("width") == "--set width: expected key=value")
    #expect(message("=3") == "--set =3: expected key=value")
    #expect(message("rule..rho=3").contains("empty part"))
  }
}

@Suite struct SuggestionTests {
  @Test func countsEdits() {
    #expect(editDistance("kitten", "sitting") == 3)
    #expect(editDistance("ab", "ba") == 1)
    #expect(editDistance("", "abc") == 3)
    #expect(editDistance("same", "same") == 0)
  }

  @Test func offersOnlyWhatIsNear() {
    #expect(nearest("convnt", among: ["mlp", "convnet"]) == "convnet")
    #expect(nearest("elephant", among: ["mlp", "convnet"]) == nil)
    #expect(nearest("x", among: []) == nil)
  }
}

@Suite struct TableTests {
  @Test func alignsNumbersToTheRight() {
    var table = Table(["name", "count"])
    table.append(["a", "5"])
    table.append(["long", "1,234"])
    #expect(table.text == "name  count\n────  ─────\na         5\nlong  1,234")
  }
}
