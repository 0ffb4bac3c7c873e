import Command
import Distillation
import Foundation
import Networks
import PeerSupport
import Runs
import Testing
import Torch
import Training

@testable import Experiments

/// The YAML files in `Recipes/`.
private enum RecipeFiles {
  static let folder = Peer.root.appendingPathComponent("Recipes")

  /// All of them, as `ftd/cifar10-ipc1.yaml`.
  static let names: [String] = {
    let names = FileManager.default.enumerator(atPath: folder.path)?.compactMap { $0 as? String } ?? []
    return names.filter { $0.hasSuffix(".yaml") }.sorted()
  }()

  /// Of distillation: a row of a table, or its experts.
  static func isDistillation(_ name: String) -> Bool { name.hasPrefix("ftd/") || name.hasPrefix("mtt/") }
}

/// The files in `Recipes/` for `salar train` are what they say: each makes a network, a rule and regularisers.
@Suite struct RecipeFileTests {
  static let files: [URL] = RecipeFiles.names.filter { !RecipeFiles.isDistillation($0) }
    .map { RecipeFiles.folder.appendingPathComponent($0) }

  @Test func thereAreAllRows() {
    let names = Set(Self.files.map(\.lastPathComponent))
    for data in ["cifar10", "cifar100"] {
      for network in ["resnet18", "wrn-28-10", "pyramidnet-110"] {
        for method in ["sgd", "sam", "esam", "saf", "mesa"] {
          #expect(names.contains("\(data)-\(network)-\(method).yaml"))
        }
      }
    }
    for network in ["resnet50", "resnet101", "vit-s32"] {
      for method in ["saf", "mesa", "sam", "gsam"] {
        #expect(names.contains("imagenet-\(network)-\(method).yaml"))
      }
    }
  }

  @Test(arguments: files) func everyRecipeMakesARun(_ file: URL) throws {
    let values = try Recipe.values(in: file)
    let defaults = try TrainRecipe(
      data: .init(), network: try NetworkChoice(try #require(values["network.name"])), training: .init(),
      seed: 0)
    let recipe = try Recipe.resolve(defaults, yaml: file, subject: "train").settings
    try recipe.training.validate()
    let name = file.deletingPathExtension().lastPathComponent
    let parameters = try recipe.network.make().layout.count
    let expected = [
      "resnet18": 11_173_962, "wrn-28-10": 36_479_194, "pyramidnet-110": 28_485_477, "resnet50": 25_557_032,
      "resnet101": 44_549_160, "vit-s32": 22_878_952,
    ]
    if let (_, count) = expected.first(where: { name.contains("-\($0.key)-") }) {
      #expect(parameters == count)
    }
    // A small network stands in, as only its settings matter here.
    let small = try MLP(MLP.Settings())
    let context = MethodContext(
      network: small, point: small.initial(Generator(seed: 0)), settings: recipe.training,
      sampleCount: 50_000,
      stepsPerEpoch: 391, order: { _ in [] })
    _ = try recipe.rule.make(recipe.training.makeOptimizer(), context)
    let regularisers = try recipe.regularisers.make(context)
    let method = name.split(separator: "-").last.map(String.init) ?? ""
    if RuleCatalog.kinds.contains(where: { $0.name == method }) { #expect(recipe.rule.name == method) }
    #expect(regularisers.count == (["saf", "mesa"].contains(method) ? 1 : 0))
    // The header says how to run it, by its own name.
    let text = try String(contentsOf: file, encoding: .utf8)
    #expect(text.contains("salar train --recipe Recipes/") && text.contains(file.lastPathComponent))
  }
}

/// The rows of FTD's and MTT's tables in `Recipes/ftd` and `Recipes/mtt`, and the experts that they need.
@Suite struct DistillationRecipeFileTests {
  /// A row of a table, as the papers' authors state it.
  struct Row: Sendable, CustomTestStringConvertible {
    /// `ftd/cifar10-ipc1`.
    let name: String
    let settings: TrajectoryMatching.Settings
    let average: Double
    /// `cifar10-experts`.
    let experts: String

    var method: String { String(name.prefix { $0 != "/" }) }
    var ipc: Int { name.components(separatedBy: "-ipc").last.flatMap { Int($0) } ?? 0 }
    var testDescription: String { name }
    /// The last epoch that is read.
    var lastEpoch: Int { settings.maxStart - 1 + settings.expertEpochs }

    init(
      _ name: String, _ steps: Int, _ expertEpochs: Int, _ maxStart: Int, _ batch: Int, _ lrImages: Double,
      _ lrStepSize: Double, _ stepSize: Double, average: Double = 0, _ experts: String
    ) {
      var settings = TrajectoryMatching.Settings()
      (settings.steps, settings.expertEpochs, settings.maxStart) = (steps, expertEpochs, maxStart)
      (settings.batch, settings.lrImages) = (batch, lrImages)
      (settings.lrStepSize, settings.stepSize) = (lrStepSize, stepSize)
      (self.name, self.settings, self.average, self.experts) = (name, settings, average, experts)
    }
  }

  static let rows: [Row] = flat + plain + pictures

  // Steps, epochs of the expert, start epochs, images a step (0: all), rates of the images and of the step
  // size, the step size.
  private static let flat: [Row] = [
    Row("ftd/cifar10-ipc1", 50, 2, 2, 0, 100, 1e-7, 0.01, average: 0.9999, "cifar10-experts-alpha0.3"),
    Row("ftd/cifar10-ipc10", 30, 2, 20, 0, 100, 1e-5, 0.001, average: 0.9995, "cifar10-experts-alpha0.3"),
    Row("ftd/cifar10-ipc50", 30, 2, 40, 0, 1000, 1e-5, 0.01, average: 0.999, "cifar10-experts-alpha1"),
    Row("ftd/cifar100-ipc1", 40, 3, 20, 0, 1000, 1e-5, 0.01, average: 0.9995, "cifar100-experts"),
    Row("ftd/cifar100-ipc10", 20, 2, 40, 0, 1000, 1e-5, 0.01, average: 0.9995, "cifar100-experts"),
    Row("ftd/cifar100-ipc50", 80, 2, 40, 1000, 1000, 1e-5, 0.01, average: 0.999, "cifar100-experts"),
    Row("ftd/tiny-imagenet-ipc1", 30, 2, 10, 0, 1e4, 1e-4, 0.01, average: 0.999, "tiny-imagenet-experts"),
    Row("ftd/tiny-imagenet-ipc10", 20, 2, 40, 500, 1e4, 1e-4, 0.01, average: 0.999, "tiny-imagenet-experts"),
  ]

  private static let plain: [Row] = [
    Row("mtt/cifar10-ipc1", 50, 2, 2, 0, 100, 1e-7, 0.01, "cifar10-experts-zca"),
    Row("mtt/cifar10-ipc10", 30, 2, 20, 0, 100, 1e-5, 0.001, "cifar10-experts-zca"),
    Row("mtt/cifar10-ipc50", 30, 2, 40, 0, 1000, 1e-5, 0.001, "cifar10-experts"),
    Row("mtt/cifar100-ipc1", 20, 3, 20, 0, 1000, 1e-5, 0.01, "cifar100-experts-zca"),
    Row("mtt/cifar100-ipc10", 20, 2, 20, 0, 1000, 1e-5, 0.01, "cifar100-experts"),
    Row("mtt/cifar100-ipc50", 80, 2, 40, 125, 1000, 1e-5, 0.01, "cifar100-experts-zca"),
    Row("mtt/tiny-imagenet-ipc1", 10, 2, 10, 0, 1e4, 1e-4, 0.01, "tiny-imagenet-experts"),
    Row("mtt/tiny-imagenet-ipc10", 20, 2, 40, 200, 1e4, 1e-4, 0.01, "tiny-imagenet-experts"),
    Row("mtt/tiny-imagenet-ipc50", 20, 2, 40, 300, 1e4, 1e-4, 0.01, "tiny-imagenet-experts"),
  ]

  private static let subsets = ["nette", "woof", "fruit", "meow", "squawk", "yellow"]

  private static var pictures: [Row] {
    var rows: [Row] = []
    for subset in subsets {
      let experts = "image\(subset)-experts"
      rows.append(Row("mtt/image\(subset)-ipc1", 20, 2, 10, 0, 1e5, 1e-6, 0.01, experts))
      rows.append(Row("mtt/image\(subset)-ipc10", 20, 2, 10, 20, 1e5, 1e-6, 0.01, experts))
      // The last two are MTT's alone.
      if ["squawk", "yellow"].contains(subset) { continue }
      for ipc in [1, 10] {
        rows.append(
          Row("ftd/image\(subset)-ipc\(ipc)", 20, 2, 10, 64, 1e4, 1e-4, 0.01, average: 0.999, experts))
      }
    }
    return rows
  }

  /// `ftd/cifar10-experts-alpha0.3`, …
  static let experts: [String] = RecipeFiles.names
    .filter { RecipeFiles.isDistillation($0) && $0.contains("-experts") }
    .map { String($0.dropLast(".yaml".count)) }

  private func file(_ name: String) -> URL { RecipeFiles.folder.appendingPathComponent("\(name).yaml") }

  /// The words of a file's comments.
  private func words(_ name: String) throws -> [String] {
    try String(contentsOf: file(name), encoding: .utf8).split(whereSeparator: \.isNewline)
      .filter { $0.hasPrefix("#") }.flatMap { $0.dropFirst().split(separator: " ").map(String.init) }
  }

  /// The experts as `salar distill experts` makes them of the data that the file's name begins with.
  private func expertRecipe(_ name: String) throws -> TrainRecipe {
    let data = name.components(separatedBy: "/")[1].components(separatedBy: "-experts")[0]
    let images: (side: Int, classes: Int) =
      switch data {
      case "cifar10": (32, 10)
      case "cifar100": (32, 100)
      case "tiny-imagenet": (64, 200)
      default: (128, 10)
      }
    // Other defaults than those of experts: the file says everything itself.
    let defaults = try TrainRecipe(
      data: .init(),
      network: NetworkChoice("convnet", shape: [3, images.side, images.side], classes: images.classes),
      training: .init(), seed: 0)
    return try Recipe.resolve(defaults, yaml: file(name), subject: "distill experts").settings
  }

  @Test func thereAreAllRows() {
    let rows = RecipeFiles.names.filter { RecipeFiles.isDistillation($0) && !$0.contains("-experts") }
    #expect(Set(rows) == Set(Self.rows.map { "\($0.name).yaml" }))
    #expect(rows.count == 37)
    #expect(Set(Self.experts) == Set(Self.rows.map { "\($0.method)/\($0.experts)" }))
  }

  @Test(arguments: rows) func aRowIsThePapers(_ row: Row) throws {
    let stated = try Recipe.values(in: file(row.name))
    #expect(stated["method.name"] == row.method && stated["ipc"] == "\(row.ipc)")
    // Data and network are the experts'.
    let others = stated.keys.filter { $0.hasPrefix("data") || $0.hasPrefix("network") || $0 == "store" }
    #expect(others.isEmpty)
    let defaults = try DistillationRecipe(
      data: .init(), network: NetworkChoice("convnet"), method: DistillationChoice(row.method), ipc: 3,
      iterations: 7, store: "experts", seed: 0)
    let recipe = try Recipe.resolve(defaults, yaml: file(row.name), subject: "distill run").settings
    try recipe.validate()
    #expect(recipe.ipc == row.ipc && recipe.iterations == 5_000 && recipe.average == row.average)
    let made = try recipe.method.make()
    let settings = (made as? MethodSettings<FTD>)?.settings ?? (made as? MethodSettings<MTT>)?.settings
    #expect(settings == row.settings)

    // The header names the experts, has the commands, and says how far the experts are read.
    let words = try words(row.name)
    let text = words.joined(separator: " ")
    let named = words.filter { $0.hasPrefix("Recipes/") && $0.contains("-experts") }
    #expect(named == ["Recipes/\(row.method)/\(row.experts).yaml"])
    #expect(text.contains("salar distill experts --recipe Recipes/"))
    #expect(text.contains("salar distill run --recipe Recipes/\(row.name).yaml "))
    #expect(text.contains("salar distill evaluate runs/"))
    #expect(text.contains("up to epoch \(row.lastEpoch) are read"))
    // Of the store's rows, and no further: points that nobody reads are not made.
    let read = Self.rows.filter { $0.method == row.method && $0.experts == row.experts }.map(\.lastEpoch)
      .max()!
    #expect(text.contains("--experts 100 \\ --epochs \(read) --device"))
    let experts = try expertRecipe("\(row.method)/\(row.experts)")
    #expect(experts.training.epochs >= row.lastEpoch)
    let data = row.name.components(separatedBy: "/")[1].components(separatedBy: "-ipc")[0]
    #expect(row.experts.hasPrefix("\(data)-experts"))
  }

  @Test(arguments: experts) func expertsAreThePapers(_ name: String) throws {
    let recipe = try expertRecipe(name)
    let training = recipe.training
    try training.validate()
    #expect(training.optimizer == .sgd && training.schedule.kind == .constant && training.augment == "dsa")
    #expect(training.lr == 0.01 && training.momentum == 0 && training.weightDecay == 0)
    #expect(training.batch == 256 && training.epochs == 50)
    #expect(training == expertDefaults(epochs: 50))

    let isFTD = name.hasPrefix("ftd/")
    #expect(recipe.rule.name == (isFTD ? "gsam" : "sgd"))
    if isFTD, case .object(let rule) = recipe.rule.settings {
      let alpha = name.contains("alpha0.3") ? "0.3" : "1"
      #expect(
        rule.mapValues(\.description) == [
          "rho": "0.01", "rhoMin": "0.01", "alpha": alpha, "adaptive": "true",
        ])
    }

    let counts = [
      "cifar10-": 320_010, "cifar100-": 504_420, "tiny-imagenet-": 857_160, "image": 615_690,
    ]
    let own = String(name.dropFirst("ftd/".count))
    let count = counts.first { own.hasPrefix($0.key) }?.value
    #expect(try recipe.network.make().layout.count == count)

    let isWhitened = own.hasPrefix("cifar") && (isFTD || own.hasSuffix("-zca"))
    let subset = own.hasPrefix("image") ? String(own.dropFirst(5).prefix { $0 != "-" }) : nil
    let constants = subset != nil ? "imagenet" : own.hasPrefix("tiny") ? "tiny" : "cifar10"
    #expect(recipe.data.normalize == (isWhitened ? "zca:0.1" : constants))
    #expect(recipe.data.subset?.rawValue == subset)
    let size: Int? = subset == nil ? nil : 128
    #expect(recipe.data.imageSize == size)
    if subset != nil { #expect(recipe.data.resize == .squash) }
    #expect(try words(name).joined(separator: " ").contains("--recipe Recipes/\(name).yaml "))
  }

  private func expertDefaults(epochs: Int) -> TrainingSettings {
    var settings = ExpertTraining.defaults
    settings.epochs = epochs
    return settings
  }
}
