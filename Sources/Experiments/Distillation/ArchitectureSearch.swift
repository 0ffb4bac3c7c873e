import Command
import Data
import Distillation
import Foundation
import Networks
import Runs
import Torch
import Training

/// `salar distill nas`: how well a distilled set ranks architectures, beside what they reach on real data.
///
/// Every architecture is trained on the distilled set and on the real training images, and tested after both; what counts is
/// Spearman's rank correlation of the two accuracies over the best few on real data. Each is a file of its own in the
/// folder, so that a search that was stopped goes on.
public struct ArchitectureSearch {
  /// Everything that decides what comes out.
  public struct Settings: Codable, Sendable, Equatable {
    public var space = ConvNetSpace()
    /// Architectures drawn from the space; all of them if there are no more.
    public var count = 720
    /// Epochs on the distilled set.
    public var proxyEpochs = 200
    /// The learning rate there; 0 for the learned step size.
    public var proxyLR = 0.0
    /// Epochs on real data.
    public var realEpochs = 20
    public var realBatch = 256
    public var realLR = 0.01
    /// The distilled set's folder or file.
    public var set = ""
    /// Real images, as the distillation had them unless limited further.
    public var trainLimit: Int?
    public var testLimit: Int?
    public var seed: UInt64 = 0
    public init() {}

    /// - Throws: ``CommandError`` naming the key.
    public func validate() throws(CommandError) {
      func check(_ key: String, _ value: Int) throws(CommandError) {
        guard value >= 1 else { throw CommandError("\(key) must be 1 or more, found \(value)") }
      }
      try check("count", count)
      try check("proxyEpochs", proxyEpochs)
      try check("realEpochs", realEpochs)
      try check("realBatch", realBatch)
      if let trainLimit { try check("trainLimit", trainLimit) }
      if let testLimit { try check("testLimit", testLimit) }
      guard proxyLR >= 0, proxyLR.isFinite else {
        throw CommandError("proxyLR must be 0 or more, found \(proxyLR)")
      }
      for (key, values) in [("depths", space.depths), ("widths", space.widths)]
      where Set(values).count < values.count {
        throw CommandError("\(key) has a number twice: \(values.map(String.init).joined(separator: ","))")
      }
      guard realLR > 0, realLR.isFinite else { throw CommandError("realLR must be above 0, found \(realLR)") }
      guard !space.members.isEmpty else { throw CommandError("the space has no architecture") }
    }
  }

  /// One of them.
  public struct Architecture: Codable, Sendable, Equatable {
    /// As `--set` takes it.
    public var name: String
    public var parameters: Int
    /// Test accuracy after training on the distilled set; 0 where that diverged.
    public var proxy: Double
    /// After training on real images.
    public var real: Double
    /// Of both trainings.
    public var proxySeconds: Double
    public var realSeconds: Double
  }

  /// What `--json` prints.
  public struct Answer: Codable, Sendable, Equatable {
    /// The best on real data first.
    public var architectures: [Architecture]
    /// Rank correlations over the best 5, 10, 20 and all on real data, where there are as many.
    public var spearman: [String: Double]
    public var proxySeconds: Double
    public var realSeconds: Double

    public init(_ architectures: [Architecture]) {
      // Names decide between equals, so that the order does not depend on how files were found.
      let ranked = architectures.sorted { ($1.real, $0.name) < ($0.real, $1.name) }
      self.architectures = ranked
      spearman = [:]
      for count in [5, 10, 20] where ranked.count >= count {
        spearman["top\(count)"] = Self.correlation(ranked.prefix(count))
      }
      spearman["all"] = Self.correlation(ranked[...])
      proxySeconds = ranked.map(\.proxySeconds).reduce(0, +)
      realSeconds = ranked.map(\.realSeconds).reduce(0, +)
    }

    private static func correlation(_ some: ArraySlice<Architecture>) -> Double? {
      let found = rankCorrelation(some.map(\.real), some.map(\.proxy))
      return found.isNaN ? nil : found
    }
  }

  public enum Ending {
    case complete(Answer)
    /// The person asked to stop; running it again goes on.
    case stopped
  }

  public static let folderName = "nas"
  private static let membersName = "architectures"

  public let settings: Settings

  public init(_ settings: Settings) { self.settings = settings }

  /// Searches in a folder, or goes on where an earlier process left it.
  public func run(in url: URL, device: Device = .cpu) throws -> Ending {
    try settings.validate()
    let set = try DistilledSet(reading: URL(fileURLWithPath: settings.set))
    var choice = set.card.data
    choice.trainLimit = settings.trainLimit ?? choice.trainLimit
    choice.testLimit = settings.testLimit ?? choice.testLimit
    let train = try choice.open(.train)
    let test = try choice.open(.test)
    let members = settings.space.drawn(
      settings.count, RandomStreams(seed: settings.seed).stream("architectures"))
    if settings.proxyLR == 0, let learned = set.stepSize, !(learned > 0) {
      throw CommandError(
        "the step size that was learned with the images is \(learned), with which nothing can be trained; give one (--lr)"
      )
    }
    let choices = try members.map { member in
      try NetworkChoice("convnet", shape: train.shape, classes: train.classes).setting(member.assignments)
    }
    // What is refused until here leaves no folder behind.
    for choice in choices { _ = try choice.make() }
    let folder = try RunFolder(at: url, recipe: settings, kind: "nas", seed: settings.seed, device: device)
    let place = try folder.folder(Self.membersName)
    let missing = members.indices.filter {
      !FileManager.default.fileExists(atPath: Self.file(members[$0].name, in: place).path)
    }
    Interruption.install()
    nonisolated(unsafe) let rig = Rig(settings: settings, set: set, train: train, test: test, device: device)
    let progress = SearchProgress(total: members.count, done: members.count - missing.count)
    @Sendable func one(_ index: Int) throws {
      let member = missing[index]
      guard !Interruption.isRequested,
        let found = try rig.architecture(members[member].name, choices[member])
      else { return }
      try RunJSON.write(found, to: Self.file(found.name, in: place))
      progress.finished(found)
    }
    if device == .cpu {
      _ = try Runtime.map(missing.count, one)
    } else {
      try missing.indices.forEach(one)
    }
    let answer = try Self.read(url)
    guard answer.architectures.count == members.count else { return .stopped }
    try folder.writeSummary(answer)
    return .complete(answer)
  }

  private static func file(_ name: String, in folder: URL) -> URL {
    folder.appendingPathComponent(
      name.split(separator: ",").compactMap { $0.split(separator: "=").last }.joined(separator: "-") + ".json"
    )
  }

  /// What a folder holds so far.
  ///
  /// - Throws: ``CommandError`` for a damaged file.
  public static func read(_ url: URL) throws -> Answer {
    let folder = url.appendingPathComponent(membersName)
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
    return Answer(
      try names.filter { $0.hasSuffix(".json") }.map { name in
        let file = folder.appendingPathComponent(name)
        do throws(CommandError) {
          return try RunJSON.read(Architecture.self, from: file)
        } catch {
          throw CommandError("\(error.message); remove the file, and it is made again")
        }
      })
  }
}

/// What all architectures are trained on.
private struct Rig {
  let settings: ArchitectureSearch.Settings
  let set: DistilledSet
  let train: DataSet
  let test: DataSet
  let device: Device

  /// Nil where the person asked to stop.
  func architecture(_ name: String, _ choice: NetworkChoice) throws -> ArchitectureSearch.Architecture? {
    let network = try choice.make()
    // By the name, so that an architecture's draws do not depend on the others.
    let streams = RandomStreams(seed: settings.seed).child("architecture/\(name)", 0)
    var model = set.card.model
    model.network = choice
    func timed(_ train: () throws -> Point?) throws -> (accuracy: Double, seconds: Double)? {
      let clock = ContinuousClock.now
      var accuracy = 0.0
      do {
        guard let point = try train() else { return nil }
        accuracy = try evaluateNetwork(network, point, model, test, noise: 0, seed: 0, batch: 500).accuracy
      } catch is TrainingError {
        // Deep networks without norms diverge at some rates: they have learned nothing.
      }
      return (accuracy, clock.duration(to: .now) / .seconds(1))
    }
    func onProxy() throws -> Point? {
      var training = SyntheticTraining()
      (training.epochs, training.lr) = (settings.proxyEpochs, settings.proxyLR)
      let point = try training.train(
        network, images: set.best.to(device: device), labels: set.labels.to(device: device),
        stepSize: set.stepSize, streams: streams.child("proxy", 0), recorder: Stoppable())
      return Interruption.isRequested ? nil : point
    }
    guard let proxy = try timed(onProxy),
      let real = try timed({ try onReal(network, streams.child("real", 0)) })
    else { return nil }
    return .init(
      name: name, parameters: network.layout.count, proxy: proxy.accuracy, real: real.accuracy,
      proxySeconds: proxy.seconds, realSeconds: real.seconds)
  }

  /// As on the distilled set, but for epochs, batch and rate.
  private func onReal(_ network: any Network, _ streams: RandomStreams) throws -> Point? {
    var training = TrainingSettings()
    (training.epochs, training.batch, training.lr) = (
      settings.realEpochs, settings.realBatch, settings.realLR
    )
    (training.momentum, training.weightDecay, training.logEvery) = (0.9, 5e-4, 0)
    (training.schedule.kind, training.schedule.milestones) = (.step, [Double(settings.realEpochs / 2 + 1)])
    let loader = try BatchLoader(
      train, batchSize: training.batch, dropsLast: false, augmentation: AugmentationPipeline(parsing: "dsa"),
      preprocessing: set.card.model.normalization, streams: streams, device: device)
    let point = network.initial(streams.stream("init")).to(.float32, device: device)
    func run(_ network: some Network) throws -> Bool {
      try Trainer(
        network, at: point, rule: GradientStep(training.makeOptimizer()), settings: training,
        batches: LoadedBatches(loader), seed: streams.seed, recorder: Stoppable()
      ).run().isComplete
    }
    return try run(network) ? point : nil
  }
}

/// Keeps nothing, and stops when the person asks.
private final class Stoppable: TrainingRecorder {
  func resume() -> TrainingCheckpoint? { nil }
  func save(_ checkpoint: TrainingCheckpoint) {}
  var isCheckpointDue: Bool { false }
  func log(step: Int, epoch: Int, _ values: [String: Double]) {}
  var lastCheckpoint: String? { nil }
  func advance(to step: Int, of total: Int, loss: Double?) {}
  var isStopRequested: Bool { Interruption.isRequested }
}

/// Lines about what is done, from several threads.
private final class SearchProgress: @unchecked Sendable {
  private let lock = NSLock()
  private let total: Int
  private var done: Int

  init(total: Int, done: Int) {
    self.total = total
    self.done = done
  }

  func finished(_ found: ArchitectureSearch.Architecture) {
    lock.withLock {
      done += 1
      CommandOutput.remark(
        String(
          format: "%d of %d: %@: %.2f %% from the distilled set, %.2f %% from real images", done, total,
          found.name,
          100 * found.proxy, 100 * found.real))
    }
  }
}
