import Command
import Data
import Foundation
import Networks
import Runs
import Torch
import Training

/// `salar train`: a recipe, worked off in a run folder.
public struct TrainingRun {
  /// What `summary.json` holds and `--json` prints.
  public struct Summary: Codable, Sendable {
    public var network: String
    public var parameters: Int
    public var data: String
    public var trainCount: Int
    public var epochs: Int
    public var steps: Int
    public var seed: UInt64
    /// On the test split; nil where there is none.
    public var accuracy: Double?
    public var top5: Double?
    public var loss: Double?
    public var ece: Double?
    public var count: Int?
    public var confusion: [[Int]]?
    /// Of the test split, by their places in it.
    public var samples: SamplePredictions?
    public var classNames: [String]
  }

  public enum Ending {
    case complete(Summary)
    /// There was no need for it any more once its folder was free.
    case needless
    /// The person asked to stop; running it again goes on.
    case stopped
  }

  public let recipe: TrainRecipe
  private let train: DataSet
  private let test: DataSet?

  /// - Parameters:
  ///   - train, test: what `recipe.data` opened.
  public init(_ recipe: TrainRecipe, train: DataSet, test: DataSet?) {
    self.recipe = recipe
    self.train = train
    self.test = test
  }

  /// Trains in a folder, or goes on where an earlier process left it.
  ///
  /// - Parameter isNeedless: asked once the folder belongs to this process, before anything is trained.
  public func run(
    in url: URL, device: Device = .cpu, secondsBetweenCheckpoints: Double = 60,
    unless isNeedless: () -> Bool = { false }
  ) throws -> Ending {
    try recipe.training.validate()
    let network = try recipe.network.make()
    try checkData(train, fits: network)
    // Before the first epoch, and not after it.
    if let test { try checkData(test, fits: network) }
    let normalization = try recipe.data.preprocessing(train)
    return try work(network, normalization, url, device, secondsBetweenCheckpoints, isNeedless)
  }

  private func work<Architecture: Network>(
    _ network: Architecture, _ normalization: (any Preprocessing)?, _ url: URL, _ device: Device,
    _ seconds: Double, _ isNeedless: () -> Bool
  ) throws -> Ending {
    let streams = RandomStreams(seed: recipe.seed)
    let settings = recipe.training
    let card = SavedModel.Card(
      network: recipe.network, normalization: normalization, classNames: train.classNames,
      resize: recipe.data.resize)
    let dtype: DType = settings.precision == .float64 ? .float64 : .float32
    let point = network.initial(streams.stream("init")).to(dtype, device: device)
    let loader = try BatchLoader(
      train, batchSize: settings.batch, dropsLast: settings.dropLast,
      augmentation: AugmentationPipeline(parsing: settings.augment), preprocessing: normalization,
      streams: streams, device: device)
    let context = MethodContext(
      network: network, point: point, settings: settings, sampleCount: train.count,
      stepsPerEpoch: loader.steps, order: { loader.order(epoch: $0) })
    let rule = try recipe.rule.make(settings.makeOptimizer(), context)
    let regularisers = try recipe.regularisers.make(context)
    for (choice, one) in zip(recipe.regularisers.choices, regularisers) {
      if let (what, bytes) = one.memory {
        CommandOutput.remark("\(choice.name): \(what): \(bytes.bytesText)")
      }
    }
    // What is refused until here leaves no folder behind.
    let folder = try RunFolder(at: url, recipe: recipe, kind: "train", seed: recipe.seed, device: device)
    if isNeedless() { return .needless }
    let recorder = RunRecorder(folder, batch: settings.batch, secondsBetweenCheckpoints: seconds)
    recorder.write = { point, url in
      try SavedModel(card: card, network: network, point: point).write(to: url)
    }
    Interruption.install()
    let trainer = try Trainer(
      network, at: point, rule: rule, regularisers: regularisers, settings: settings,
      batches: LoadedBatches(loader, dtype: dtype), seed: recipe.seed, recorder: recorder
    ) { point in
      try test.map { test in
        try evaluateNetwork(network, point, card, test, noise: 0, seed: 0, batch: 500)
      }
    }
    let outcome = try trainer.run()
    recorder.finish()
    guard outcome.isComplete else { return .stopped }

    let final = trainer.average?.point ?? point
    try SavedModel(card: card, network: network, point: final)
      .write(to: folder.file(SavedModel.fileName))
    let result = outcome.evaluation
    let summary = Summary(
      network: recipe.network.name, parameters: network.layout.count, data: recipe.data.path,
      trainCount: train.count, epochs: settings.epochs, steps: trainer.totalSteps, seed: recipe.seed,
      accuracy: result?.accuracy, top5: result?.top5, loss: result?.loss, ece: result?.ece,
      count: result?.count,
      confusion: result?.confusion, samples: result?.samples, classNames: train.classNames)
    try folder.writeSummary(summary)
    return .complete(summary)
  }
}
