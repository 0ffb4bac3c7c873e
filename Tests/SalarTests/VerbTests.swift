import Foundation
import Testing

/// What all verbs have in common, as their help says it.
@Suite struct VerbTests {
  struct Command: Decodable {
    struct Argument: Decodable {
      struct Name: Decodable { var name: String }
      var names: [Name]?
      var abstract: String?
    }
    var commandName: String
    var abstract: String?
    var discussion: String?
    var arguments: [Argument]?
    var subcommands: [Command]?

    var flags: Set<String> { Set((arguments ?? []).flatMap { ($0.names ?? []).map(\.name) }) }
  }

  private struct Dump: Decodable { var command: Command }

  /// Every verb without verbs of its own, by its whole name.
  private func verbs() throws -> [String: Command] {
    let result = try Program.run(["--experimental-dump-help"])
    let root = try JSONDecoder().decode(Dump.self, from: Data(result.output.utf8)).command
    var verbs: [String: Command] = [:]
    func visit(_ command: Command, _ prefix: String) {
      for child in command.subcommands ?? [] where child.commandName != "help" {
        let name = prefix + child.commandName
        if child.subcommands?.isEmpty ?? true { verbs[name] = child } else { visit(child, name + " ") }
      }
    }
    visit(root, "")
    return verbs
  }

  @Test func everyVerbHasTheCommonFlags() throws {
    let verbs = try verbs()
    #expect(
      Set(verbs.keys) == [
        "train", "evaluate", "sharpness", "predict", "report", "export", "data list", "data get", "data info",
        "data show", "distill experts", "distill run", "distill evaluate", "distill export",
        "distill error", "distill nas", "distill gradient",
        "network list", "network initial", "network forward", "network gradient", "volatility fit",
        "volatility compare", "volatility forecast", "volatility backtest", "volatility simulate",
        "volatility monte-carlo",
        "volatility test", "volatility herding", "volatility study", "volatility likelihood",
      ])
    for (name, verb) in verbs {
      #expect(verb.discussion?.contains("salar \(name)") == true, "\(name) has no example")
      #expect(verb.flags.contains("json"), "\(name) has no --json")
      for argument in verb.arguments ?? [] {
        #expect(argument.abstract?.isEmpty == false, "\(name): \(argument)")
      }
    }
    for name in [
      "train", "evaluate", "sharpness", "predict", "network forward", "network gradient", "distill experts",
      "distill run", "distill evaluate", "distill error", "distill nas", "distill gradient",
    ] {
      #expect(verbs[name]!.flags.isSuperset(of: ["device", "threads", "precision"]), "\(name)")
    }
    // What draws has a seed.
    for name in [
      "train", "evaluate", "sharpness", "distill experts", "distill run", "distill evaluate",
      "distill error", "distill nas", "network initial", "network gradient", "volatility fit",
      "volatility forecast",
      "volatility backtest",
      "volatility simulate", "volatility monte-carlo",
    ] {
      #expect(verbs[name]!.flags.contains("seed"), "\(name)")
    }
    for name in ["train", "evaluate", "sharpness", "data get", "distill experts", "distill run"] {
      #expect(verbs[name]!.flags.contains("dry-run"), "\(name)")
    }
  }

  /// With `--json` there is one document on standard output, and nothing else.
  @Test func answersAreOneDocument() throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("verbs-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: folder) }
    func path(_ name: String) -> String { folder.appendingPathComponent(name).path }
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    func answer(_ arguments: String...) throws -> [String: Any] {
      let result = try Program.run(arguments + ["--json"])
      #expect(result.code == 0, "\(arguments): \(result.errors)")
      return try JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? [String: Any] ?? [:]
    }
    let weights = path("w.safetensors")
    let initial = try answer("network", "initial", "--network", "mlp", "--set", "hidden=8", "--out", weights)
    #expect(initial["files"] as? [String] == [weights] && initial["parameters"] as? Int == 24_674)
    let plain = ["--network", "mlp", "--set", "hidden=8"]
    let export = try Program.run(
      ["export", "--from", weights, "--to", "safetensors", path("model"), "--json"] + plain)
    #expect(export.output == "{\"files\":[\"\(path("model/model.safetensors"))\"]}\n", "\(export.errors)")
    let sheet = try answer("data", "show", "builtin:color", "--out", path("sheet.png"), "--per-class", "2")
    #expect((sheet["width"] as? Int ?? 0) > 0)
    let plan = try answer("evaluate", path("model"), "--on", "builtin:color", "--dry-run")
    #expect(plan["network"] as? String == "mlp" && plan["parameters"] as? Int == 24_674)
    let fetch = try answer("data", "get", "mnist", "--dry-run", "--to", path("mnist"))
    #expect(fetch["folder"] as? String == path("mnist"))
    #expect(!FileManager.default.fileExists(atPath: path("mnist")))
    let recipe = try answer(
      "train", "--data", "builtin:color", "--network", "mlp", "--dry-run", "--out", path("run"))
    #expect((recipe["network"] as? [String: Any])?["name"] as? String == "mlp")
    #expect(!FileManager.default.fileExists(atPath: path("run")))

    // The precision is the one asked for: rounding differs.
    let full = try answer("evaluate", path("model"), "--on", "builtin:color", "--precision", "float64")
    let half = try answer("evaluate", path("model"), "--on", "builtin:color", "--precision", "bfloat16")
    let (one, other) = (full["loss"] as? Double ?? 0, half["loss"] as? Double ?? 0)
    #expect(one != other && abs(one - other) < 0.02)
  }
}
