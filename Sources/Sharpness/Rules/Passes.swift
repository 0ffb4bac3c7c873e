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

/// ∇L of a further pass over samples that had one: with their dropout masks, without moving batch norm's statistics. For a
/// subset chosen from the batch the masks are the first of those.
///
/// - Parameter part: of a batch that is seen in parts.
func secondGradient(
  _ point: Point, _ samples: SampleSubset, _ pass: Pass, _ context: StepContext, _ objective: Objective,
  part: Int = 0
) throws -> Tensor {
  var pass = try again(pass, point, context, part: part)
  let weights = point.leaves()
  return weights.gradient(of: try objective(weights, samples, &pass).mean)
}

/// A pass like the step's first one, on the same batch or part of it.
func again(_ pass: Pass, _ point: Point, _ context: StepContext, part: Int = 0) throws -> Pass {
  var pass = pass
  pass.updatesBuffers = false
  try pass.drawMasks(ofPart: part, point, context)
  return pass
}

extension Pass {
  /// Dropout masks from their beginning: the first part's are the step's, every other has a stream of its own.
  mutating func drawMasks(ofPart part: Int, _ point: Point, _ context: StepContext) throws {
    guard random != nil else { return }
    let streams = part == 0 ? context.streams : context.streams.child("part", part)
    random = try streams.stream("dropout", device: point.device)
  }
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

  /// - Returns: the optimiser that is left (made anew from the settings, without their decay), and the decay, if it moves
  ///   into the loss; otherwise the optimiser that came.
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

/// Steps that had no finite gradient: they move nothing, and are counted.
struct SkippedSteps {
  /// A scalar on the device.
  private var count = Tensor.zeros([])
  private var isSkipped = false

  mutating func prepare(for point: Point) { count = Tensor.zeros([], dtype: .float64, device: point.device) }

  /// Moves the point along a gradient if that is finite, and counts the step otherwise.
  ///
  /// - Parameters:
  ///   - gradient: [P]; nil where there was none worth taking.
  ///   - length: its own, if that is known.
  mutating func update(
    _ point: Point, along gradient: Tensor?, length: Double? = nil, by optimizer: inout any Optimizer,
    _ context: StepContext
  ) {
    if let gradient, (length ?? gradient.length).isFinite {
      isSkipped = false
      optimizer.update(point, gradient, learningRate: context.learningRate)
    } else {
      isSkipped = true
      withNoGrad { _ = count.add_(1) }
    }
  }

  /// Of the step that was updated last.
  func report(_ loss: PerSampleLoss, _ labels: Tensor, _ metrics: [String: Double]) -> StepReport {
    var report = StepReport(loss, labels, metrics: metrics.mapValues { .number($0) })
    report.metrics["skipped"] = withNoGrad { count.clone() }
    report.isSkipped = isSkipped
    return report
  }

  var state: [(name: String, tensor: Tensor)] { [("skipped", count)] }

  mutating func restore(_ state: (String) -> Tensor?) throws(TrainingError) {
    try take("skipped", into: count, from: state)
  }
}
