import Data
import Networks
import Torch

/// What a rule is told of the step it makes.
public struct StepContext {
  /// Counted from 0 over the whole run.
  public let step: Int
  public let epoch: Int
  /// Steps in the whole run.
  public let totalSteps: Int
  public let learningRate: Double
  /// The streams of this step alone: what is drawn from them depends on the seed and the step, on nothing before.
  public let streams: RandomStreams

  public init(step: Int, epoch: Int, totalSteps: Int, learningRate: Double, streams: RandomStreams) {
    self.step = step
    self.epoch = epoch
    self.totalSteps = totalSteps
    self.learningRate = learningRate
    self.streams = streams
  }
}

/// What a step says of itself. Tensors stay on the device, so that the trainer reads many back at once.
public struct StepReport {
  /// The loss that was minimised: a scalar without a graph.
  public var loss: Tensor
  /// Correct answers on the samples of ``count``: a scalar.
  public var correct: Tensor
  public var count: Int
  /// More scalars worth logging, by name.
  public var metrics: [String: Tensor]
  /// The point was left where it is, as there was no finite gradient; batch norm's statistics are put back then.
  public var isSkipped = false

  public init(_ loss: PerSampleLoss, _ labels: Tensor, metrics: [String: Tensor] = [:]) {
    self.loss = loss.mean.detach()
    let classes = labels.dim == 2 ? labels.argmax(dim: 1) : labels
    correct = loss.logits.argmax(dim: 1).eq(classes).sum()
    count = classes.count
    self.metrics = metrics
  }
}

/// How one step is made: which gradients are taken where, and how they move the point.
public protocol StepRule {
  /// Readies for a point; called once, before the first step and before a restore.
  mutating func prepare(for point: Point)

  /// - Parameters:
  ///   - point: changed in place.
  ///   - pass: training mode on the point's buffers, with this step's dropout stream.
  mutating func step(
    _ point: Point, _ batch: Batch, _ pass: inout Pass, _ context: StepContext, _ objective: Objective
  ) throws -> StepReport

  /// Everything a run needs to go on to the same bits, by name.
  var state: [(name: String, tensor: Tensor)] { get }
  /// Takes the state over from a checkpoint.
  mutating func restore(_ state: (String) -> Tensor?) throws(TrainingError)

  /// Whether steps may be left out (``StepReport/isSkipped``): the trainer keeps a copy of batch norm's statistics then.
  var maySkip: Bool { get }
}

extension StepRule {
  public var maySkip: Bool { false }
}

/// A term added to every sample's loss, in every pass that a rule makes.
public protocol Regulariser {
  /// What the network must hand out for it.
  var probes: Set<Probe> { get }

  /// Called before a step's first pass.
  mutating func begin(_ batch: Batch, _ context: StepContext)

  /// The term of each sample [K], already weighted; nil adds nothing.
  ///
  /// - Parameters:
  ///   - batch: the samples of this pass.
  ///   - samples: which of the step's batch they are.
  ///   - isFirst: true for each sample once a step, on its first pass: the one to record.
  mutating func term(_ batch: Batch, _ output: Output, _ samples: SampleSubset, isFirst: Bool) -> Tensor?

  /// Called after the point has moved.
  mutating func end(_ point: Point, _ context: StepContext)

  var state: [(name: String, tensor: Tensor)] { get }
  mutating func restore(_ state: (String) -> Tensor?) throws(TrainingError)

  /// What it keeps beside the network, said before training begins; nil for nothing to speak of.
  var memory: (what: String, bytes: Int)? { get }
}

extension Regulariser {
  public var memory: (what: String, bytes: Int)? { nil }
  public var probes: Set<Probe> { [] }
  public mutating func begin(_ batch: Batch, _ context: StepContext) {}
  public mutating func end(_ point: Point, _ context: StepContext) {}
  public var state: [(name: String, tensor: Tensor)] { [] }
  public mutating func restore(_ state: (String) -> Tensor?) throws(TrainingError) {}
}

/// What stops a training run: settings that make none, a loss that is no number, a checkpoint of another run.
public struct TrainingError: Error, Equatable, Sendable, CustomStringConvertible {
  public var message: String
  public init(_ message: String) { self.message = message }
  public var description: String { message }
}

/// The plain rule: one gradient of the whole batch, one update.
public struct GradientStep: StepRule {
  public private(set) var optimizer: any Optimizer

  public init(_ optimizer: any Optimizer) { self.optimizer = optimizer }

  public mutating func prepare(for point: Point) { optimizer.prepare(for: point) }

  public mutating func step(
    _ point: Point, _ batch: Batch, _ pass: inout Pass, _ context: StepContext, _ objective: Objective
  ) throws -> StepReport {
    let weights = point.leaves()
    let loss = try objective(weights, .all, &pass)
    let gradient = weights.gradient(of: loss.mean)
    optimizer.update(point, gradient, learningRate: context.learningRate)
    return StepReport(loss, batch.labels)
  }

  public var state: [(name: String, tensor: Tensor)] { optimizer.state }
  public mutating func restore(_ state: (String) -> Tensor?) throws(TrainingError) {
    try optimizer.restore(state)
  }
}
