import Command
import Data
import Distillation
import Foundation
import Networks
import Runs
import Torch
import Training

/// `salar distill experts`: training runs of one recipe and many seeds, whose points go into a store.
///
/// Experts that are there are left alone, so that a store can be continued and extended; several processes can fill one at
/// once, each expert being made by one of them.
public struct ExpertTraining {
  /// What `--json` prints.
  public struct Summary: Codable, Sendable {
    public var network: String
    public var parameters: Int
    /// Epochs that every expert has points of.
    public var epochs: Int
    public var experts: [Expert.Description]
    /// Experts that other processes are making.
    public var elsewhere: Int
  }

  public enum Ending {
    case complete(Summary)
    /// The person asked to stop; running it again goes on.
    case stopped
  }

  /// What all experts share; its seed is that of the family of their seeds.
  public let recipe: TrainRecipe
  private let train: DataSet
  private let test: DataSet?

  /// Settings of a fresh recipe for experts, as in MTT and FTD: plain SGD with a constant rate of 0.01, batches of 256, DSA.
  public static var defaults: TrainingSettings {
    var settings = TrainingSettings()
    (settings.lr, settings.momentum, settings.weightDecay, settings.batch) = (0.01, 0, 0, 256)
    (settings.augment, settings.schedule.kind) = ("dsa", .constant)
    return settings
  }

  /// What the experts of a store were made by.
  ///
  /// - Throws: ``CommandError`` for a folder that is no store, or a recipe that does not fit.
  public static func recipe(of store: URL) throws -> TrainRecipe {
    let file = store.appendingPathComponent(ExpertStore.recipeName)
    guard FileManager.default.fileExists(atPath: file.path) else {
      throw CommandError(
        "\(store.path): is no store of experts: it has no \(ExpertStore.recipeName); `salar distill experts` makes one"
      )
    }
    // The network's keys depend on its name, which the file knows.
    let values = try Recipe.values(in: file)
    let defaults = try TrainRecipe(
      data: .init(), network: try NetworkChoice(values["network.name"] ?? ""), training: Self.defaults,
      seed: 0)
    return try Recipe.resolve(defaults, yaml: file, subject: "experts").settings
  }

  /// - Throws: ``CommandError`` for a network with batch statistics, or data that is not for training.
  public init(_ recipe: TrainRecipe, train: DataSet, test: DataSet?) throws {
    guard train.split == .train else {
      throw CommandError("\(train.name): is a test split; experts are trained on training data")
    }
    guard try recipe.network.make().bufferLayout.slots.isEmpty else {
      throw CommandError(
        "network \(recipe.network.name): has batch statistics, which an expert's points do not hold; --set norm=instance "
          + "(or group, layer, none)")
    }
    var recipe = recipe
    recipe.training.keepEvery = 1
    self.recipe = recipe
    self.train = train
    self.test = test
  }

  /// Makes those of the first `count` experts that are missing.
  public func run(
    _ count: Int, in store: URL, device: Device = .cpu, secondsBetweenCheckpoints: Double = 60
  ) throws -> Ending {
    precondition(count >= 1, "at least one expert, found \(count)")
    try begin(store)
    var elsewhere: [Int] = []
    for index in 0..<count {
      let file = ExpertStore.file(index, in: store)
      guard !exists(file) else { continue }
      CommandOutput.remark("expert \(index + 1) of \(count)")
      switch try make(index, in: store, device, secondsBetweenCheckpoints) {
      case .made: break
      case .elsewhere: elsewhere.append(index)
      case .stopped: return .stopped
      }
    }
    elsewhere.removeAll { exists(ExpertStore.file($0, in: store)) }
    let network = try recipe.network.make()
    let found =
      elsewhere.count < count
      ? try ExpertStore(reading: store, layout: network.layout, architecture: recipe.network.architecture)
      : nil
    return .complete(
      Summary(
        network: recipe.network.name, parameters: network.layout.count,
        epochs: found?.epochs ?? recipe.training.epochs, experts: found?.experts.map(\.description) ?? [],
        elsewhere: elsewhere.count))
  }

  private enum Made { case made, elsewhere, stopped }

  private func make(_ index: Int, in store: URL, _ device: Device, _ seconds: Double) throws -> Made {
    let folder = ExpertStore.workshop(index, in: store)
    var recipe = recipe
    recipe.seed = RandomStreams(seed: self.recipe.seed).child("expert", index).seed
    func attempt() throws -> Made {
      // Another process may have finished it since it was looked for.
      let ending = try TrainingRun(recipe, train: train, test: test)
        .run(in: folder, device: device, secondsBetweenCheckpoints: seconds) {
          exists(ExpertStore.file(index, in: store))
        }
      switch ending {
      case .complete: try collect(recipe, folder, to: ExpertStore.file(index, in: store), device)
      case .needless: break
      case .stopped: return .stopped
      }
      try? FileManager.default.removeItem(at: folder)
      return .made
    }
    let wasInUse = RunFolder.isInUse(folder)
    do {
      return try attempt()
    } catch {
      // Another process has it, or has just finished it.
      if exists(ExpertStore.file(index, in: store)) { return .made }
      if RunFolder.isInUse(folder) { return .elsewhere }
      // Its folder is free already while it gathers the points.
      guard wasInUse else { throw error }
      return try attempt()
    }
  }

  /// The points of a finished run as an expert.
  private func collect(_ recipe: TrainRecipe, _ run: URL, to file: URL, _ device: Device) throws {
    // The fresh weights are the first of them.
    let kept = KeptPoint.all(of: run)
    let points = try kept.map { try SavedModel(reading: $0.url).point.flat }
    guard points.count == recipe.training.epochs + 1 else {
      throw CommandError(
        "\(run.path): \(points.count - 1) of \(recipe.training.epochs) points are there; remove the folder, and the expert "
          + "is made again")
    }
    let lines = try RunRecord(reading: run).metrics()
    var accuracy = lines.compactMap { $0.values["test/accuracy"] }
    if let test, !accuracy.isEmpty {
      accuracy.insert(try SavedModel(reading: kept[0].url, device: device).evaluate(test).accuracy, at: 0)
    }
    try Expert.write(
      points,
      Expert.Description(
        network: recipe.network.name, settings: recipe.network.architecture.settings, seed: recipe.seed,
        rule: recipe.rule.name, accuracy: accuracy,
        trainAccuracy: lines.compactMap { $0.values["train/accuracy"] }), to: file)
  }

  /// Makes the folder, or sees that it is one of the same recipe.
  private func begin(_ store: URL) throws {
    if try isBegun(store) { return }
    try FileManager.default.createDirectory(at: store, withIntermediateDirectories: true)
    // Of processes that come to a new folder at once, one writes.
    try changing(store) {
      if try isBegun(store) { return }
      let text = try Recipe.yaml(recipe, header: ["What made the experts of this store, defaults included."])
      try writeAtomically(to: store.appendingPathComponent(ExpertStore.recipeName)) {
        (file) throws(TorchError) in try file.write(text)
      }
    }
  }

  /// Whether the folder is one of this recipe.
  ///
  /// - Throws: ``CommandError`` for one of another, or of something else.
  private func isBegun(_ store: URL) throws -> Bool {
    let file = store.appendingPathComponent(ExpertStore.recipeName)
    let names = (try? FileManager.default.contentsOfDirectory(atPath: store.path)) ?? []
    if names.contains(ExpertStore.recipeName) {
      let differences = try Recipe.differences(of: recipe, from: file, subject: "the experts' settings")
      guard differences.isEmpty else {
        throw CommandError(
          "\(store.path): holds experts of other settings: \(differences.joined(separator: "; ")). Choose another --store, "
            + "or the settings of \(ExpertStore.recipeName)")
      }
      return true
    }
    if let other = names.first(where: { !$0.hasPrefix(".") }) {
      throw CommandError("\(store.path): is no store of experts: it holds \(other); choose a new folder")
    }
    return false
  }

  private func exists(_ url: URL) -> Bool { FileManager.default.fileExists(atPath: url.path) }
}

extension Choice<NetworkCatalog> {
  /// As experts have it.
  var architecture: Expert.Architecture {
    var text: [String: String] = [:]
    if case .object(let members) = settings { text = members.mapValues(\.description) }
    return Expert.Architecture(network: name, settings: text)
  }
}
