import ArgumentParser
import Command
import Data
import Experiments
import Foundation
import Runs
import Training

/// `salar distill run`
struct DistillRunCommand: TensorCommand {
  static let configuration = CommandConfiguration(
    commandName: "run",
    abstract: "Distil a training set into a few images of each class.",
    discussion: """
      Example: salar distill run --method ftd --data builtin:color --ipc 1 --store runs/experts --iterations 200 --out runs/ftd

      The same command continues a run that was stopped. --set takes keys of the method (steps=30, or method.steps=30), of
      the network (width=64), of the data (normalize=zca) and average=0.999, start=noise.

      Methods:
      \(DistillationCatalog.summary)
      """)

  @Option(help: "random, herding, kcenter, kmeans, dc, dsa, dm, mtt, tesla or ftd.")
  var method: String

  @Option(help: "A folder or file of images, builtin:gray or builtin:color.")
  var data: String

  @OptionGroup var dataOptions: RecipeDataOptions

  @Option(help: "The architecture; the experts' own with --store, else convnet.")
  var network: String?

  @Option(help: "Images per class.")
  var ipc: Int

  @Option(help: "The folder of the experts (mtt, tesla, ftd).")
  var store: String?

  @Option(help: "How often the images are moved.")
  var iterations = 1000

  @Option(
    name: .customLong("set"),
    help: ArgumentHelp("A setting, for example lrImages=100.", valueName: "key=value"))
  var settings: [String] = []

  @Option(help: "The seed of everything random.")
  var seed: UInt64 = 0

  @Option(help: "The run's folder.")
  var out: String

  @Option(help: "Seconds between checkpoints.")
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
    let (recipe, train) = try resolved()
    try recipe.validate()
    if dryRun {
      return try json ? CommandOutput.json(recipe) : CommandOutput.line(try Recipe.yaml(recipe))
    }
    let ending = try DistillationRun(recipe, train: train)
      .run(in: URL(fileURLWithPath: out), device: device, secondsBetweenCheckpoints: checkpointSeconds)
    guard case .complete(let summary) = ending else {
      CommandOutput.remark("stopped; the same command goes on from here")
      throw ExitCode(1)
    }
    if json { return try CommandOutput.json(summary) }
    var table = Table(["method", "images", "iterations", "loss", "step size"])
    table.append([
      summary.method, "\(summary.images)", "\(summary.iterations)",
      summary.loss.map { String(format: "%.4f", $0) } ?? "–",
      summary.stepSize.map { String(format: "%.5f", $0) } ?? "–",
    ])
    try CommandOutput.line(table.text)
    CommandOutput.remark("wrote \(out)/\(DistilledSet.fileName) and \(DistillationRun.pictureName)")
  }

  /// The recipe with everything laid over it. What the experts were made with holds for the images as well.
  private func resolved() throws -> (DistillationRecipe, DataSet) {
    let experts = try store.map { try ExpertTraining.recipe(of: URL(fileURLWithPath: $0)) }
    var choice = TrainRecipe.DataChoice()
    if let experts {
      choice = experts.data
      if experts.data.path != data {
        CommandOutput.remark("the experts of \(store!) were trained on \(experts.data.path)")
      }
    }
    choice.path = data
    if let network, let experts, network != experts.network.name {
      throw CommandError(
        "\(store!): its experts are of the network \(experts.network.name), and --network is \(network)")
    }
    var defaults = try DistillationRecipe(
      data: choice, network: experts?.network ?? NetworkChoice(network ?? "convnet"),
      method: DistillationChoice(method), ipc: ipc, iterations: iterations, store: store, seed: seed)
    var overrides = dataOptions.assignments + settings
    if let precision = machine.precision { overrides.append("precision=\(precision)") }
    func resolve() throws -> DistillationRecipe {
      try Recipe.resolve(
        defaults, overrides: overrides.map(defaults.qualified), subject: "distill run"
      ).settings
    }
    let train = try resolve().data.open(.train)
    if experts == nil {
      defaults.network = try NetworkChoice(
        network ?? "convnet", shape: train.shape, classes: train.classes)
    }
    return (try resolve(), train)
  }
}
