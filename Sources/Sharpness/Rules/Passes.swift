import Data
import Networks
import Torch
import Training

/// What several rules share: second passes, decay in the loss, steps that are left out.

/// - Throws: ``TrainingError`` that names the rule and its key.
func requirePositive(_ rule: String, _ key: String, _ value: Double) throws(TrainingError) {
  guard value > 0, value.isFinite else {
    throw TrainingError("rule \(rule): \(key) must be above 0, found \(value)")
  }
}

/// ∇L of a further pass over samples that had one: with their dropout masks, without moving batch norm's statistics.
func secondGradient(
  _ point: Point, _ samples: SampleSubset, _ pass: Pass, _ context: StepContext, _ objective: Objective,
  leaves: SlotSet = .all
) throws -> Tensor {
  var pass = try again(pass, point, context)
  let weights = point.leaves(leaves)
  return weights.gradient(of: try objective(weights, samples, &pass).mean)
}

/// A pass like the step's first one, on the same batch.
func again(_ pass: Pass, _ point: Point, _ context: StepContext) throws -> Pass {
  var pass = pass
  pass.updatesBuffers = false
  if pass.random != nil { pass.random = try context.streams.stream("dropout", device: point.device) }
  return pass
}

extension Tensor {
  /// ‖x‖₂, read back.
  var length: Double { vectorNorm().double }

  /// A metric whose number is at hand.
  static func number(_ value: Double) -> Tensor { .full([], Scalar(value), dtype: .float64) }
}

extension Batch {
  /// The batch in stretches of `size` samples, the last one maybe shorter; whole for 0.
  func parts(of size: Int) -> [SampleSubset] {
    guard size > 0, size < count else { return [.all] }
    return stride(from: 0, to: count, by: size).map { .range($0..<min($0 + size, count)) }
  }
}

extension [PerSampleLoss] {
  /// Losses of the parts of a batch as those of the whole.
  var joined: PerSampleLoss {
    count == 1
      ? self[0]
      : PerSampleLoss(
        values: .concatenated(map { $0.values.detach() }), logits: .concatenated(map(\.logits)))
  }
}

/// ½λ‖w‖² as a part of the loss, in place of the optimiser's decay.
struct LossDecay {
  private let weightDecay: Double
  private let mask: DecayMask

  /// - Returns: the optimiser that is left, and the decay if it moves into the loss.
  static func taken(
    from optimizer: any Optimizer, _ context: MethodContext, _ isInLoss: Bool
  ) -> (any Optimizer, LossDecay?) {
    guard isInLoss, context.settings.weightDecay > 0 else { return (optimizer, nil) }
    var plain = context.settings
    plain.weightDecay = 0
    return (
      plain.makeOptimizer(),
      LossDecay(weightDecay: context.settings.weightDecay, mask: context.settings.decay)
    )
  }

  /// g += λw where decay pulls.
  func add(to gradient: Tensor, at point: Point) {
    withNoGrad {
      for range in mask.ranges(point.layout) {
        gradient[range].add_(point.flat[range], alpha: Scalar(weightDecay))
      }
    }
  }
}

/// Steps whose gradient was not finite: they move nothing, and are counted.
struct SkippedSteps {
  /// A scalar on the device.
  private(set) var count = Tensor.zeros([])

  mutating func prepare(for point: Point) { count = Tensor.zeros([], dtype: .float64, device: point.device) }

  mutating func add() { withNoGrad { _ = count.add_(1) } }

  var state: [(name: String, tensor: Tensor)] { [("skipped", count)] }

  mutating func restore(_ state: (String) -> Tensor?) throws(TrainingError) {
    try take("skipped", into: count, from: state)
  }
}
