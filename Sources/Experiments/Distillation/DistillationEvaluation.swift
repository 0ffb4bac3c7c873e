import Command
import Data
import Distillation
import Foundation
import Networks
import Torch
import Training

/// `salar distill evaluate`: fresh networks trained on a distilled set, tested on real images.
public struct DistillationEvaluation {
  /// Which of the images are used.
  public enum Images: String, Sendable, CaseIterable {
    /// The running average where there is one, the images themselves elsewhere.
    case average
    /// As they are after the last iteration.
    case final
  }

  /// Which images of a run count, and on what the networks begin.
  public enum Selection: String, Sendable, CaseIterable {
    /// Those of the last iteration, on fresh networks that are tested once.
    case final
    /// Those of the iteration whose networks do best on other training images; fresh networks are then trained on them and
    /// tested once.
    case validation
    /// As MTT and FTD publish it: those whose networks do best on the test set, networks for the average being the ones
    /// trained on the images before. Higher than what a new network reaches, as it chooses on the test set. (How a network is
    /// trained is ``SyntheticTraining`` here as well: one epoch less than in their code, which also clears the momentum where
    /// the rate falls.)
    case published
  }

  /// Of one architecture.
  public struct Result: Codable, Sendable, Equatable {
    /// As it was asked for: `convnet:width=64` is another than `convnet`.
    public var network: String
    /// Test accuracy.
    public var mean: Double
    /// Sample standard deviation (of the population for ``Selection/published``, as there); 0 for one run.
    public var std: Double
    public var runs: [Double]
    /// After which the images are those that count.
    public var iteration: Int

    init(_ network: String, _ runs: [Double], _ iteration: Int, isPopulation: Bool = false) {
      self.network = network
      self.runs = runs
      self.iteration = iteration
      let count = Double(runs.count)
      let mean = runs.reduce(0, +) / count
      let squares = runs.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
      self.mean = mean
      std = runs.count > 1 ? (squares / (isPopulation ? count : count - 1)).squareRoot() : 0
    }
  }

  public var training = SyntheticTraining()
  public var images = Images.average
  public var selection = Selection.final
  public var seed: UInt64 = 0
  /// At most so many training images decide in ``Selection/validation``.
  public var validationCount = 2_000

  public init() {}

  /// - Parameters:
  ///   - set: what the run ended with.
  ///   - kept: what it kept on its way, in order; the ones to choose from, with `set`.
  ///   - networks: names of architectures, with `key=value` after colons (`convnet:width=64`); that of the distillation keeps
  ///     its settings.
  ///   - repeats: fresh networks of each.
  /// - Throws: ``CommandError`` for an architecture that the images do not fit, or a choice among one.
  public func evaluate(
    _ set: DistilledSet, kept: [DistilledSet] = [], on test: DataSet, networks: [String], repeats: Int,
    device: Device = .cpu
  ) throws -> [Result] {
    precondition(repeats >= 1, "at least one network, found \(repeats)")
    let choices = try networks.map { (name: $0, choice: try choice($0, set)) }
    for one in choices { try checkData(test, fits: one.choice.make()) }
    if selection != .final, kept.isEmpty {
      throw CommandError(
        "there is nothing to choose from: the run kept no images on its way; distil with --set keepEvery=N")
    }
    let all = kept.filter { $0.card.iterations < set.card.iterations } + [set]
    let held = selection == .validation ? try Self.validation(set, validationCount) : nil
    return try choices.map { name, choice in
      let work = Work(
        evaluation: self, name: name, choice: choice, network: try choice.make(), repeats: repeats,
        device: device)
      switch selection {
      case .final: return try work.tested(set, on: test)
      case .validation: return try work.tested(work.best(all, on: held!), on: test)
      case .published: return try work.published(all, on: test)
      }
    }
  }

  /// An architecture shaped for the images.
  private func choice(_ text: String, _ set: DistilledSet) throws -> NetworkChoice {
    let parts = text.split(separator: ":").map(String.init)
    let name = parts.first ?? ""
    let own = set.card.model.network
    let base =
      name == own.name
      ? own
      : try NetworkChoice(
        name, shape: Array(set.images.shape.dropFirst()), classes: set.card.model.classNames.count)
    return try base.setting(Array(parts.dropFirst()))
  }

  /// Training images to choose by: some of those that the distillation was not given, or where it was given all, of them.
  static func validation(_ set: DistilledSet, _ count: Int) throws -> DataSet {
    var choice = set.card.data
    choice.trainLimit = nil
    let all = try choice.open(.train)
    let seen = min(set.card.data.trainLimit ?? all.count, all.count)
    if seen == all.count {
      CommandOutput.remark(
        "no training image was left out of the distillation (--train-limit): what is chosen is chosen on images that it knows"
      )
    }
    return try all.drawn(count, from: seen < all.count ? seen..<all.count : 0..<all.count, "validation")
  }
}

extension DataSet {
  /// Some of the samples in a range, drawn by a fixed seed, in their order; all of them if there are no more. The first ones
  /// would be of few classes where a data set has them class by class.
  func drawn(_ count: Int, from range: Range<Int>? = nil, _ stream: String) throws(DataError) -> DataSet {
    let range = range ?? 0..<self.count
    guard count < range.count else { return try subset(Array(range)) }
    let order: [Int64] = Tensor.randperm(range.count, generator: RandomStreams(seed: 0).stream(stream))
      .array()
    return try subset(order.prefix(count).map { range.lowerBound + Int($0) }.sorted())
  }
}

/// One architecture on one or several sets.
private struct Work {
  let evaluation: DistillationEvaluation
  let name: String
  let choice: NetworkChoice
  let network: any Network
  let repeats: Int
  let device: Device

  func tested(_ set: DistilledSet, on test: DataSet) throws -> DistillationEvaluation.Result {
    CommandOutput.remark("\(name): \(repeats) networks")
    let runs = try accuracies(set, images(set), on: test, "evaluate").map(\.accuracy)
    return .init(name, runs, set.card.iterations)
  }

  func best(_ sets: [DistilledSet], on held: DataSet) throws -> DistilledSet {
    try best(of: sets) { set in
      let runs = try accuracies(set, images(set), on: held, "choose/\(set.card.iterations)").map(\.accuracy)
      let mean = runs.reduce(0, +) / Double(runs.count)
      CommandOutput.remark(
        String(format: "\(name), iteration \(set.card.iterations): %.2f %% of held-out images", 100 * mean))
      return (set, mean)
    }
  }

  func published(_ sets: [DistilledSet], on test: DataSet) throws -> DistillationEvaluation.Result {
    try best(of: sets) { set in
      func result(_ runs: [Trained]) -> DistillationEvaluation.Result {
        .init(name, runs.map(\.accuracy), set.card.iterations, isPopulation: true)
      }
      let cold = try accuracies(set, set.images, on: test, "published/\(set.card.iterations)")
      var found = result(cold)
      if let average = set.average {
        let warm = result(
          try accuracies(
            set, average, on: test, "continued/\(set.card.iterations)", from: cold.map(\.weights)))
        if warm.mean > found.mean { found = warm }
      }
      CommandOutput.remark(
        String(format: "\(name), iteration \(set.card.iterations): %.2f %%", 100 * found.mean))
      return (found, found.mean)
    }
  }

  /// What the best set gives. A set with which networks cannot be trained is none to choose.
  ///
  /// - Throws: the first set's error where there is none.
  private func best<Found>(of sets: [DistilledSet], _ judge: (DistilledSet) throws -> (Found, mean: Double))
    throws
    -> Found
  {
    var best: (found: Found, mean: Double)?
    var failure: (any Error)?
    for set in sets {
      do {
        let (found, mean) = try judge(set)
        if best.map({ mean > $0.mean }) ?? true { best = (found, mean) }
      } catch let error where error is TrainingError || error is DistillationError {
        CommandOutput.remark("\(name), iteration \(set.card.iterations): left out: \(error)")
        failure = failure ?? error
      }
    }
    guard let best else { throw failure! }
    return best.found
  }

  private func images(_ set: DistilledSet) -> Tensor { evaluation.images == .average ? set.best : set.images }

  private struct Trained: @unchecked Sendable {
    let accuracy: Double
    /// Flat weights and buffers, which nobody writes any more.
    let weights: Point
  }

  /// - Parameter start: weights to begin with, one a network; fresh ones where there are none.
  private func accuracies(
    _ set: DistilledSet, _ images: Tensor, on data: DataSet, _ stream: String, from start: [Point] = []
  ) throws -> [Trained] {
    nonisolated(unsafe) let seen = images.to(device: device)
    nonisolated(unsafe) let labels = set.labels.to(device: device)
    nonisolated(unsafe) let start = start
    var card = set.card.model
    card.network = choice
    let model = card
    let (name, stepSize) = (name, set.stepSize)
    let (network, training, seed) = (network, evaluation.training, evaluation.seed)
    @Sendable func one(_ index: Int) throws -> Trained {
      let streams = RandomStreams(seed: seed).child("\(stream)/\(name)", index)
      let point = try training.train(
        network, images: seen, labels: labels, stepSize: stepSize, streams: streams,
        from: start.isEmpty ? nil : start[index])
      let found = try evaluateNetwork(network, point, model, data, noise: 0, seed: 0, batch: 500)
      return Trained(accuracy: found.accuracy, weights: point)
    }
    return device == .cpu ? try Runtime.map(repeats, one) : try (0..<repeats).map(one)
  }
}
