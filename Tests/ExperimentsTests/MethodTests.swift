import Command
import Data
import Experiments
import Foundation
import PeerSupport
import Runs
import Testing
import Torch
import Training

/// Rules and regularisers, named in one place: settings, recipes, checkpoints.
@Suite struct MethodTests {
  let folder: TemporaryFolder
  let defaults: TrainRecipe

  init() throws {
    folder = try TemporaryFolder()
    var data = TrainRecipe.DataChoice()
    (data.path, data.trainLimit, data.testLimit) = ("builtin:gray", 96, 40)
    var training = TrainingSettings()
    (training.epochs, training.batch, training.lr, training.momentum) = (4, 24, 0.05, 0.9)
    let network = try NetworkChoice("mlp", shape: [1, 28, 28], classes: 10).setting(["hidden=8"])
    defaults = try TrainRecipe(data: data, network: network, training: training, seed: 3)
  }

  private func resolved(_ overrides: String..., yaml: String? = nil) throws -> TrainRecipe {
    let file = try yaml.map { text in
      try Foundation.Data(text.utf8).write(to: folder.file("recipe.yaml"))
      return folder.file("recipe.yaml")
    }
    return try Recipe.resolve(defaults, yaml: file, overrides: overrides, subject: "train").settings
  }

  private func expectRefusal(_ words: String..., when body: () throws -> Void) {
    do {
      try body()
      Issue.record("accepted; expected \(words)")
    } catch {
      for word in words { #expect("\(error)".contains(word), "\(error)") }
    }
  }

  @Test func keysOfTheChosenMethodAreKnown() throws {
    #expect(RuleCatalog.kinds.map { $0.name }.first == "sgd")
    expectRefusal("unknown rule 'toy'", "known: sgd, sam") { _ = try resolved("rule.name=toy") }
    try withToys {
      #expect(
        RuleCatalog.summary.contains("toy: a gradient that remembers\n    rho=0.05  share of the memory"))
      #expect(RuleCatalog.summary.contains("steps=none  none for all"))
      let recipe = try resolved(
        "rule.rho=0.1", "rule.name=toy", "regularisers.calm={}", "rule.steps=7",
        "regularisers.calm.strength=1/4")
      #expect(recipe.rule.name == "toy")
      #expect(recipe.rule.settings == .object(["rho": .double(0.1), "steps": .int(7)]))
      #expect(recipe.regularisers.choices.map(\.name) == ["calm"])
      #expect(recipe.regularisers.choices[0].settings == .object(["strength": .double(0.25)]))
      // What is printed is read again, and is the same.
      let text = try Recipe.yaml(recipe)
      #expect(try resolved(yaml: text) == recipe, "\(text)")
      // What is already there stays.
      #expect(try resolved("regularisers.calm={}", yaml: text) == recipe)
      let plain = try Recipe.yaml(defaults)
      #expect(plain.contains("rule:\n  name: sgd\nregularisers: null"), "\(plain)")
      #expect(try resolved(yaml: plain) == defaults)

      expectRefusal("unknown key 'rhoo' in rule", "did you mean 'rho'?") {
        _ = try resolved("rule.name=toy", "rule.rhoo=1")
      }
      expectRefusal("unknown rule 'tyo' (did you mean 'toy'?)") { _ = try resolved("rule.name=tyo") }
      expectRefusal("unknown regulariser 'clam' (did you mean 'calm'?)") {
        _ = try resolved("regularisers.clam.strength=1")
      }
      expectRefusal("unknown key 'strenght'", "did you mean 'strength'?") {
        _ = try resolved("regularisers.calm={}", "regularisers.calm.strenght=1")
      }
      expectRefusal("must be a number") { _ = try resolved("rule.name=toy", "rule.rho=big") }
      expectRefusal("rho must be at least 0, found -1") {
        try run("refused", resolved("rule.name=toy", "rule.rho=-1"))
      }
    }
  }

  /// A key of another architecture, or of none, is refused in a group too.
  @Test func keysOfNetworksAreKnownInTheirGroup() throws {
    expectRefusal("unknown key 'hiden' in network", "did you mean 'hidden'?") {
      _ = try resolved("network.hiden=3")
    }
    expectRefusal("unknown key 'width' in network") { _ = try resolved("network.width=3") }
    #expect(try resolved("network.name=convnet", "network.width=3").network.name == "convnet")
  }

  @discardableResult
  private func run(_ name: String, _ recipe: TrainRecipe) throws -> TrainingRun.Summary? {
    let (train, test) = try recipe.data.open()
    let ending = try TrainingRun(recipe, train: train, test: test).run(in: folder.file(name))
    if case .complete(let summary) = ending { return summary }
    return nil
  }

  private func bytes(_ run: String, _ file: String) throws -> Foundation.Data {
    try Foundation.Data(contentsOf: folder.file(run).appendingPathComponent(file))
  }

  /// The state of rule and regulariser is part of a checkpoint: a run that broke off ends in the same bits.
  @Test func runsGoOnWithTheStateOfTheirMethods() throws {
    try withToys {
      let recipe = try resolved(
        "rule.name=toy", "rule.rho=0.3", "regularisers.calm={}", "training.logEvery=1")
      #expect(try run("whole", recipe) != nil)
      for crash in [5, 11] {
        let name = "crashed\(crash)"
        #expect(throws: ToyRule.Crash.self) {
          try ToyRule.$crash.withValue(crash) { try run(name, recipe) }
        }
        #expect(try run(name, recipe) != nil)
        for file in ["model.safetensors", "metrics.jsonl", "summary.json"] {
          #expect(try bytes(name, file) == bytes("whole", file), "\(name): \(file)")
        }
      }
      #expect(try String(decoding: bytes("whole", "metrics.jsonl"), as: UTF8.self).contains("toy/memory"))
      // They do something, each of them.
      for (name, other) in [
        ("plain", defaults), ("rule", try resolved("rule.name=toy", "rule.rho=0.3")),
        ("calm", try resolved("regularisers.calm={}")),
      ] {
        try run(name, other)
        #expect(try bytes(name, "model.safetensors") != bytes("whole", "model.safetensors"))
      }
      expectRefusal("rule.rho is 0.3 there and 0.4 now") {
        try run(
          "whole", resolved("rule.name=toy", "rule.rho=0.4", "regularisers.calm={}", "training.logEvery=1"))
      }
    }
  }
}
