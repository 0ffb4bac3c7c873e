import ArgumentParser
import Command
import Data
import Experiments
import Foundation
import Runs
import Torch
import Training

/// `salar train`
struct TrainCommand: TensorCommand {
  static let configuration = CommandConfiguration(
    commandName: "train", abstract: "Train a network on labelled images.",
    discussion: """
      Example: salar train --data builtin:gray --network convnet --set width=32 --epochs 3 --seed 1 --out runs/first

      The same command continues a run that was stopped. --set takes keys of the network (width=64), of the training \
      (lr=0.05, batch=256, schedule.kind=cosine, augment=crop:4,flip), of the data (normalize=cifar10, normalize=zca:0.1), and of the rule \
      and the regularisers with their names before them (rule.KEY=…, regularisers.NAME.KEY=…).

      Rules, how a step is made (--rule):
      \(RuleCatalog.summary)
      Regularisers, what is added to the loss (--regulariser):
      \(RegulariserCatalog.all.isEmpty ? "  none yet" : RegulariserCatalog.summary)
      """)

  @Option(help: "A YAML recipe; flags are laid over it.")
  var recipe: String?

  @Option(help: "A folder or file of images, builtin:gray or builtin:color.")
  var data: String?

  @OptionGroup var dataOptions: RecipeDataOptions

  @Option(help: "The architecture; `salar network list` has the names.")
  var network: String?

  @Option(help: ArgumentHelp("How a step is made; the names stand above.", valueName: "name[:key=value,…]"))
  var rule: String?

  @Option(
    help: ArgumentHelp(
      "A term added to the loss; may be given several times.", valueName: "name[:key=value,…]"))
  var regulariser: [String] = []

  @Option(
    name: .customLong("set"), help: ArgumentHelp("A setting, for example width=64.", valueName: "key=value"))
  var settings: [String] = []

  @Option(help: "How often to go through the data.")
  var epochs: Int?

  @Option(help: "The seed of everything random.")
  var seed: UInt64?

  @Option(help: "The run's folder.")
  var out: String

  @Option(help: "Seconds between checkpoints within an epoch; each epoch's end has one besides.")
  var checkpointSeconds = 60.0

  @Flag(help: "Print the summary (with --dry-run the recipe) as one JSON document.")
  var json = false

  @Flag(help: "Print the resolved recipe and stop.")
  var dryRun = false

  @OptionGroup var machine: MachineOptions

  func work() throws {
    guard checkpointSeconds >= 0 else {
      throw ValidationError("--checkpoint-seconds must be at least 0, found \(checkpointSeconds)")
    }
    let device = try machine.apply()
    let (recipe, train, test) = try resolved()
    if dryRun {
      if json { return try CommandOutput.json(recipe) }
      return try CommandOutput.line(try Recipe.yaml(recipe))
    }
    let ending = try TrainingRun(recipe, train: train, test: test)
      .run(in: URL(fileURLWithPath: out), device: device, secondsBetweenCheckpoints: checkpointSeconds)
    switch ending {
    case .needless: break
    case .stopped:
      CommandOutput.remark("stopped; the same command goes on from here")
      throw ExitCode(1)
    case .complete(let summary):
      if json { return try CommandOutput.json(summary) }
      var table = Table(["network", "parameters", "epochs", "accuracy", "loss", "calibration error"])
      func share(_ value: Double?) -> String { value.map { String(format: "%.4f", $0) } ?? "–" }
      table.append([
        summary.network, "\(summary.parameters)", "\(summary.epochs)", share(summary.accuracy),
        share(summary.loss),
        share(summary.ece),
      ])
      try CommandOutput.line(table.text)
    }
  }

  /// The recipe with everything laid over it. The data is opened on the way, as the network takes its shape from it.
  private func resolved() throws -> (TrainRecipe, DataSet, DataSet?) {
    let file = recipe.map { URL(fileURLWithPath: $0) }
    let named = try file.map(RecipeNames.init(reading:))
    guard let path = data ?? named?.data else {
      throw ValidationError("--data is missing (or data.path in a recipe)")
    }
    guard let architecture = network ?? named?.network else {
      throw ValidationError("--network is missing (or network.name in a recipe)")
    }
    if let network, let other = named?.network, network != other {
      throw CommandError(
        "the recipe is for the network \(other), whose settings mean nothing to \(network); leave --network out, or take "
          + "another recipe (--dry-run prints one)")
    }
    var overrides = try methods() + settings
    if let data { overrides.append("data.path=\(data)") }
    overrides += dataOptions.assignments
    if let epochs { overrides.append("training.epochs=\(epochs)") }
    if let seed { overrides.append("seed=\(seed)") }
    if let precision = machine.precision { overrides.append("training.precision=\(precision)") }

    // Twice: first for the data alone, then with the network shaped for it.
    var choice = TrainRecipe.DataChoice()
    choice.path = path
    var defaults = try TrainRecipe(
      data: choice, network: try NetworkChoice(architecture), training: TrainingSettings(), seed: 0)
    func resolve() throws -> Recipe.Resolved<TrainRecipe> {
      try Recipe.resolve(
        defaults, yaml: file, overrides: overrides.map(defaults.qualified), subject: "train")
    }
    let first = try resolve().settings
    let (train, test) = try first.data.open()
    defaults.network = try NetworkChoice(architecture, shape: train.shape, classes: train.classes)
    let recipe = try resolve()
    if !recipe.changes.isEmpty {
      CommandOutput.remark(recipe.changes.map { "\($0)" }.joined(separator: "\n"))
    }
    return (recipe.settings, train, test)
  }
}

extension TrainCommand {
  /// `--rule` and `--regulariser` as assignments.
  private func methods() throws -> [String] {
    var assignments: [String] = []
    if let rule {
      let (name, pairs) = try Self.method("rule", rule)
      assignments += ["rule.name=\(name)"] + pairs.map { "rule.\($0)" }
    }
    for text in regulariser {
      let (name, pairs) = try Self.method("regulariser", text)
      assignments += ["regularisers.\(name)={}"] + pairs.map { "regularisers.\(name).\($0)" }
    }
    return assignments
  }

  /// `name:key=value,key=1,2` as the name and `key=value`, `key=1,2`.
  static func method(_ flag: String, _ text: String) throws -> (name: String, assignments: [String]) {
    let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
    var assignments: [String] = []
    for part in parts.dropFirst().joined().split(separator: ",") {
      if part.contains("=") {
        assignments.append(String(part))
      } else if let last = assignments.popLast() {
        assignments.append("\(last),\(part)")
      } else {
        throw ValidationError("--\(flag) \(text): expected name:key=value,key=value, found '\(part)'")
      }
    }
    guard !parts[0].isEmpty, !parts[0].contains(".") else {
      throw ValidationError("--\(flag) \(text): expected a name first")
    }
    return (parts[0], assignments)
  }
}

/// The two names that must be known before a recipe's other keys have a meaning.
private struct RecipeNames: Decodable {
  var data: String?
  var network: String?

  init(reading url: URL) throws {
    let values = try Recipe.values(in: url)
    data = values["data.path"]
    network = values["network.name"]
  }
}
