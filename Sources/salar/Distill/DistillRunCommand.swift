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

      The rows of FTD's and MTT's tables are recipes. Data and network are those of the experts:
      salar distill run --recipe Recipes/ftd/cifar10-ipc1.yaml --data DATA/cifar10 --store runs/experts --out runs/ftd

      Flags and --set are laid over a recipe, which may name everything but --out.

      Without a recipe there are 1000 iterations; the papers make 5000 (mtt, ftd), 20000 (dm) and 1000 (dc, dsa). For digits and
      other images whose mirror images are none of their class: --set strategy=color_crop_cutout_scale_rotate, and the same as
      --augment of `salar distill evaluate`.

      The same command continues a run that was stopped. --set takes keys of the method (steps=30, or method.steps=30), of
      the network (width=64), of the data (normalize=zca) and average=0.999, start=noise.

      Methods:
      \(DistillationCatalog.summary)
      """)

  @Option(help: "A YAML recipe; flags are laid over it.")
  var recipe: String?

  @Option(help: "random, herding, kcenter, kmeans, dc, dsa, dm, mtt, tesla or ftd.")
  var method: String?

  @Option(help: "A folder or file of images, builtin:gray or builtin:color.")
  var data: String?

  @OptionGroup var dataOptions: RecipeDataOptions

  @Option(help: "The architecture; the experts' own with --store, else convnet.")
  var network: String?

  @Option(help: "Images per class.")
  var ipc: Int?

  @Option(help: "The folder of the experts (mtt, tesla, ftd).")
  var store: String?

  @Option(help: "How often the images are moved (1000 if neither this nor a recipe says).")
  var iterations: Int?

  @Option(
    name: .customLong("set"),
    help: ArgumentHelp("A setting, for example lrImages=100.", valueName: "key=value"))
  var settings: [String] = []

  @Option(help: "The seed of everything random (0 if neither this nor a recipe gives one).")
  var seed: UInt64?

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
    let file = recipe.map { URL(fileURLWithPath: $0) }
    let stated = try file.map { try Recipe.values(in: $0) } ?? [:]
    guard let chosen = method ?? stated["method.name"] else {
      throw ValidationError("--method is missing (or method.name in a recipe)")
    }
    if let other = stated["method.name"], other != chosen {
      throw CommandError(
        "the recipe is for the method \(other), whose settings mean nothing to \(chosen); leave --method out, or take "
          + "another recipe")
    }
    guard let path = data ?? stated["data.path"] else {
      throw ValidationError("--data is missing (or data.path in a recipe)")
    }
    guard ipc != nil || stated["ipc"] != nil else {
      throw ValidationError("--ipc is missing (or ipc in a recipe)")
    }
    let folder = store ?? stated["store"].flatMap { ["null", "none", "~", ""].contains($0) ? nil : $0 }
    let experts = try folder.map { try ExpertTraining.recipe(of: URL(fileURLWithPath: $0)) }
    var choice = experts?.data ?? TrainRecipe.DataChoice()
    if let folder, let experts, experts.data.path != path {
      CommandOutput.remark("the experts of \(folder) were trained on \(experts.data.path)")
    }
    choice.path = path
    // How much is tested while experts are trained says nothing about the images.
    choice.testLimit = nil
    let architecture = try architecture(stated["network.name"], experts, of: folder)
    // A method's average goes with the number of iterations.
    var defaults = try DistillationRecipe(
      data: choice, network: experts?.network ?? NetworkChoice(architecture),
      method: DistillationChoice(chosen), ipc: ipc ?? stated["ipc"].flatMap { Int($0) } ?? 1,
      iterations: iterations ?? stated["iterations"].flatMap { Int($0) } ?? 1000, store: folder,
      seed: seed ?? 0)
    var overrides: [String] = []
    // Without a recipe the defaults have them.
    if file != nil {
      if let data { overrides.append("data.path=\(data)") }
      if let ipc { overrides.append("ipc=\(ipc)") }
      if let iterations { overrides.append("iterations=\(iterations)") }
      if let store { overrides.append("store=\(store)") }
      if let seed { overrides.append("seed=\(seed)") }
    }
    overrides += dataOptions.assignments + settings
    if let precision = machine.precision { overrides.append("precision=\(precision)") }
    func resolve() throws -> DistillationRecipe {
      try Recipe.resolve(
        defaults, yaml: file, overrides: overrides.map(defaults.qualified), subject: "distill run"
      ).settings
    }
    let seen = try resolve()
    if let folder, let experts { try check(seen, against: experts, of: folder) }
    let train = try seen.data.openTraining()
    if experts == nil {
      defaults.network = try NetworkChoice(architecture, shape: train.shape, classes: train.classes)
    }
    return (try resolve(), train)
  }

  /// Experts' paths mean something for the function that made them, and for images that are chosen and prepared as theirs
  /// were: normalisation and whitening are fitted to the training images, and those beyond them count as held out.
  private func check(_ seen: DistillationRecipe, against experts: TrainRecipe, of folder: String) throws {
    func text(_ value: Int?) -> String { value.map(String.init) ?? "none" }
    let (ours, theirs) = (seen.data, experts.data)
    for (key, one, other) in [
      ("normalize", ours.normalize, theirs.normalize),
      ("trainLimit", text(ours.trainLimit), text(theirs.trainLimit)),
      ("subset", ours.subset?.rawValue ?? "none", theirs.subset?.rawValue ?? "none"),
      ("imageSize", text(ours.imageSize), text(theirs.imageSize)),
      ("resize", ours.resize.rawValue, theirs.resize.rawValue),
      ("channels", ours.channels.rawValue, theirs.channels.rawValue),
    ] where one != other {
      throw CommandError(
        "data.\(key) is \(one), and the experts of \(folder) were trained with \(other); leave it out, or make other experts"
      )
    }
    let differences = seen.network.differences(from: experts.network)
    guard differences.isEmpty else {
      throw CommandError(
        "\(folder): its experts are of another architecture: \(differences.joined(separator: "; ")); leave these settings out, or "
          + "make other experts")
    }
  }

  /// The name of the network: that of the experts where there are some, which nothing else may contradict.
  ///
  /// - Parameter stated: that of a recipe.
  private func architecture(_ stated: String?, _ experts: TrainRecipe?, of folder: String?) throws -> String {
    if let network, let stated, network != stated {
      throw CommandError(
        "the recipe is for the network \(stated), whose settings mean nothing to \(network); leave --network out, or take "
          + "another recipe")
    }
    let name = network ?? stated
    if let name, let experts, let folder, name != experts.network.name {
      throw CommandError(
        "\(folder): its experts are of the network \(experts.network.name), and "
          + (network == nil ? "the recipe's" : "--network") + " is \(name)")
    }
    return name ?? experts?.network.name ?? "convnet"
  }
}
