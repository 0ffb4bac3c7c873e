import Data
import Networks
import Torch
import Training

/// Memory-efficient sharpness-aware training (Du et al. 2022): as ``SAF``, with the answers of the weights' running average
/// on the same augmented batch in place of past ones: v ← βv + (1 − β)θ after every step, batch norm's statistics too; the
/// average answers in evaluation mode.
public struct MESA: Regulariser {
  public enum TeacherPrecision: String, Sendable, CaseIterable, SettingChoice { case same, bfloat16 }

  public struct Settings: RegulariserSettings, Hashable {
    public static let name = "mesa"
    public static let summary = "answers held to those of the weights' running average"
    public static let help: [(key: String, meaning: String)] = [
      ("lambda", "weight of the term"), ("temperature", "τ of both distributions"),
      ("decay", "β of the average; 0 takes it from the horizon"),
      ("horizon", "epochs over which the average reaches: β = 1 − 1/(horizon · steps an epoch)"),
      ("start", "it acts in the epochs after this one, counted from 0"), ("end", "and before this one"),
      ("teacher", "the average's precision: same as the run's, or bfloat16"),
    ]

    public var lambda = 0.8
    public var temperature = 5.0
    public var decay = 0.0
    public var horizon = 4.0
    public var start = 5
    public var end = 1_000_000
    public var teacher = TeacherPrecision.same
    public init() {}

    public func regulariser(_ context: MethodContext) throws(TrainingError) -> any Regulariser {
      try Distillation.check(
        Self.name, lambda: lambda, temperature: temperature, start: start, end: end, context)
      guard (0..<1).contains(decay) else {
        throw TrainingError("regulariser mesa: decay must be in [0, 1), found \(decay)")
      }
      guard horizon > 0, horizon.isFinite else {
        throw TrainingError("regulariser mesa: horizon must be above 0, found \(horizon)")
      }
      return MESA(self, context)
    }
  }

  let settings: Settings
  private let network: any Network
  private let average: PointAverage
  private let precision: TrainingSettings.Precision
  /// Of the step, [B, C]; nil where it does not act.
  private var answers: Tensor?

  init(_ settings: Settings, _ context: MethodContext) {
    self.settings = settings
    network = context.network
    precision = context.settings.precision
    let steps = settings.horizon * Double(context.stepsPerEpoch)
    average = PointAverage(
      of: context.point, decay: settings.decay > 0 ? settings.decay : max(0, 1 - 1 / steps))
  }

  /// β.
  public var decay: Double { average.decay }

  public var memory: (what: String, bytes: Int)? {
    let point = average.point
    let tensors = [point.flat] + Array(point.buffers.tensors)
    return ("the weights' average", tensors.reduce(0) { $0 + $1.count * $1.dtype.elementSize })
  }

  public mutating func begin(_ batch: Batch, _ context: StepContext) {
    answers = nil
    guard settings.lambda > 0, context.epoch > settings.start, context.epoch < settings.end else { return }
    let isHalf = settings.teacher == .bfloat16 || precision == .bfloat16
    let (network, point) = (network, average.point)
    func answer() -> Tensor { network.logits(network.laidOut(batch.images), at: point) }
    answers = isHalf ? autocast(.bfloat16, device: point.device, answer) : answer()
  }

  public mutating func term(_ batch: Batch, _ output: Output, _ samples: SampleSubset, isFirst: Bool)
    -> Tensor?
  {
    answers.map {
      Distillation.term(
        output.logits, $0.selecting(samples), lambda: settings.lambda, temperature: settings.temperature)
    }
  }

  public mutating func end(_ point: Point, _ context: StepContext) { average.update(point) }

  public var state: [(name: String, tensor: Tensor)] {
    [("flat", average.point.flat)]
      + zip(average.point.buffers.layout.slots, average.point.buffers.tensors).map {
        ("buffer.\($0.name)", $1)
      }
  }

  public mutating func restore(_ state: (String) -> Tensor?) throws(TrainingError) {
    for (name, tensor) in self.state { try take(name, into: tensor, from: state) }
  }
}
