import ArgumentParser
import Command
import Data
import Experiments
import Foundation
import Runs
import Training

/// `salar distill experts`
struct DistillExpertsCommand: TensorCommand {
  static let configuration = CommandConfiguration(
    commandName: "experts",
    abstract: "Train many networks and keep their points after every epoch, for trajectory matching.",
    discussion: """
      Example: salar distill experts --data builtin:color --network convnet --set width=32 --set normalize=zca
      --experts 10 --epochs 4 --rule gsam --store runs/experts

      Defaults are those of the papers: learning rate 0.01 without momentum or decay, batches of 256, DSA (for digits,
      --set augment=dsa:color_crop_cutout_scale_rotate); --rule gsam is FTD's, adaptive with rho=0.01 and alpha=1, and sgd
      MTT's. Train for as many epochs as will be read: those before the last start epoch and the student's goal.

      The rows of the papers' tables are recipes, their experts among them:
      salar distill experts --recipe Recipes/ftd/cifar10-experts-alpha0.3.yaml --data DATA/cifar10 --experts 100
      --store runs/experts

      Flags and --set are laid over a recipe, which may name everything but --experts and --store. A rule that it names has
      its settings, not those of FTD.

      The same command goes on where it was stopped; more --experts add to the store; several processes can fill one store.
      """)

  @Option(help: "A YAML recipe; flags are laid over it.")
  var recipe: String?

  @Option(help: "A folder or file of images, builtin:gray or builtin:color.")
  var data: String?

  @OptionGroup var dataOptions: RecipeDataOptions

  @Option(help: "The architecture; `salar network list` has the names.")
  var network: String?

  @Option(help: "How many experts the store is to have.")
  var experts: Int

  @Option(help: "Epochs of training, each of which ends in a point.")
  var epochs: Int?

  @Option(
    help: ArgumentHelp(
      "gsam, sgd, sam, asam, …; gsam if neither this nor a recipe is given.", valueName: "name[:key=value,…]")
  )
  var rule: String?

  @Option(
    name: .customLong("set"), help: ArgumentHelp("A setting, for example width=64.", valueName: "key=value"))
  var settings: [String] = []

  @Option(help: "The seed of all experts' seeds (0 if neither this nor a recipe gives one).")
  var seed: UInt64?

  @Option(help: "The folder of the experts.")
  var store: String

  @Option(help: "Seconds between checkpoints within an epoch.")
  var checkpointSeconds = 60.0

  @Flag(help: "One JSON document.")
  var json = false

  @Flag(help: "Print the resolved recipe and stop.")
  var dryRun = false

  @OptionGroup var machine: MachineOptions

  func work() throws {
    guard experts >= 1 else { throw ValidationError("--experts must be 1 or more, found \(experts)") }
    if let epochs, epochs < 1 { throw ValidationError("--epochs must be 1 or more, found \(epochs)") }
    guard checkpointSeconds >= 0 else {
      throw ValidationError("--checkpoint-seconds must be at least 0, found \(checkpointSeconds)")
    }
    let device = try machine.apply()
    let (recipe, train, test) = try resolved()
    let training = try ExpertTraining(recipe, train: train, test: test)
    if dryRun {
      return try json
        ? CommandOutput.json(training.recipe) : CommandOutput.line(try Recipe.yaml(training.recipe))
    }
    let ending = try training.run(
      experts, in: URL(fileURLWithPath: store), device: device, secondsBetweenCheckpoints: checkpointSeconds)
    guard case .complete(let summary) = ending else {
      CommandOutput.remark("stopped; the same command goes on from here")
      throw ExitCode(1)
    }
    if json { return try CommandOutput.json(summary) }
    try CommandOutput.line(table(summary).text)
    if summary.elsewhere > 0 {
      CommandOutput.remark("\(summary.elsewhere) of the experts are being made by other processes")
    }
  }

  /// The recipe with everything laid over it. The data is opened on the way, as the network takes its shape from it.
  private func resolved() throws -> (TrainRecipe, DataSet, DataSet?) {
    let file = recipe.map { URL(fileURLWithPath: $0) }
    let stated = try file.map { try Recipe.values(in: $0) } ?? [:]
    guard let path = data ?? stated["data.path"] else {
      throw ValidationError("--data is missing (or data.path in a recipe)")
    }
    guard let architecture = network ?? stated["network.name"] else {
      throw ValidationError("--network is missing (or network.name in a recipe)")
    }
    if let other = stated["network.name"], other != architecture {
      throw CommandError(
        "the recipe is for the network \(other), whose settings mean nothing to \(architecture); leave --network out, or "
          + "take another recipe")
    }
    guard epochs != nil || stated["training.epochs"] != nil else {
      throw ValidationError("--epochs is missing (or training.epochs in a recipe)")
    }
    var choice = TrainRecipe.DataChoice()
    choice.path = path
    var training = ExpertTraining.defaults
    training.epochs = epochs ?? training.epochs
    let plain = GradientStep.Settings.name
    let (name, pairs) = try TrainCommand.method("rule", rule ?? (file == nil ? "gsam" : plain))
    var defaults = try TrainRecipe(
      data: choice, network: try NetworkChoice(architecture), rule: name, training: training,
      seed: seed ?? 0)
    var overrides: [String] = []
    // Without a recipe the defaults have them.
    if file != nil {
      if let data { overrides.append("data.path=\(data)") }
      if let epochs { overrides.append("training.epochs=\(epochs)") }
      if let seed { overrides.append("seed=\(seed)") }
      if rule != nil { overrides.append("rule.name=\(name)") }
    }
    // FTD's, unless they would be laid over what a recipe says of the same rule.
    if name == "gsam", stated["rule.name"] != name {
      overrides += ["rule.rho=0.01", "rule.alpha=1", "rule.adaptive=true"]
      // Both ends of its schedule are one number, also where another is asked for.
      let given = (pairs.map { "rule.\($0)" } + settings).last { $0.hasPrefix("rule.rho=") }
      overrides.append("rule.rhoMin=\(given.map { $0.dropFirst("rule.rho=".count) } ?? "0.01")")
    }
    overrides += dataOptions.assignments + settings + pairs.map { "rule.\($0)" }
    if let precision = machine.precision { overrides.append("training.precision=\(precision)") }
    func resolve() throws -> TrainRecipe {
      try Recipe.resolve(
        defaults, yaml: file, overrides: overrides.map(defaults.qualified), subject: "distill experts"
      ).settings
    }
    // Twice: first for the data alone, then with the network shaped for it.
    let (train, test) = try resolve().data.open()
    defaults.network = try NetworkChoice(architecture, shape: train.shape, classes: train.classes)
    return (try resolve(), train, test)
  }

  private func table(_ summary: ExpertTraining.Summary) -> Table {
    var table = Table(["expert", "rule", "epochs", "training accuracy", "test accuracy"])
    func share(_ value: Double?) -> String { value.map { String(format: "%.4f", $0) } ?? "–" }
    for (index, expert) in summary.experts.enumerated() {
      table.append([
        "\(index)", expert.rule, "\(summary.epochs)", share(expert.trainAccuracy.last),
        share(expert.accuracy.last),
      ])
    }
    return table
  }
}
