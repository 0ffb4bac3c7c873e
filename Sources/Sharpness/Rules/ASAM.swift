import Data
import Networks
import Torch
import Training

/// Adaptive SAM (Kwon et al. 2021): e = ρ T²g/‖Tg‖ with T = |w| + η elementwise, so that scaling weights up and down
/// against each other changes nothing.
///
/// As in the authors' code T is 1 on biases and on shifts of normalisations. Everything else is as in ``SAM``.
public struct ASAM: StepRule {
  public struct Settings: RuleSettings, Hashable {
    public static let name = "asam"
    public static let summary = "SAM with the neighbourhood in proportion to the weights' sizes"
    public static let help: [(key: String, meaning: String)] = [
      ("rho", "the neighbourhood's radius, in weights' sizes"), ("eta", "added to the sizes"),
    ]

    public var rho = 0.5
    public var eta = 0.01
    public init() {}

    public func rule(_ optimizer: any Optimizer, _ context: MethodContext) throws(TrainingError)
      -> any StepRule
    {
      try requirePositive("asam", "rho", rho)
      guard eta >= 0, eta.isFinite else {
        throw TrainingError("rule asam: eta must be at least 0, found \(eta)")
      }
      return ASAM(settings: self, optimizer: optimizer)
    }
  }

  let settings: Settings
  private var optimizer: any Optimizer
  private var excursion = Excursion()
  private var skips = SkippedSteps()

  init(settings: Settings, optimizer: any Optimizer) {
    self.settings = settings
    self.optimizer = optimizer
  }

  public mutating func prepare(for point: Point) {
    optimizer.prepare(for: point)
    excursion.prepare(for: point)
    skips.prepare(for: point)
  }

  public mutating func step(
    _ point: Point, _ batch: Batch, _ pass: inout Pass, _ context: StepContext, _ objective: Objective
  ) throws -> StepReport {
    let weights = point.leaves()
    let loss = try objective(weights, .all, &pass)
    let gradient = weights.gradient(of: loss.mean)
    let size = sizes(point)
    let length = withNoGrad { gradient.mul_(size).length }
    var second: Tensor?
    if length.isFinite {
      let direction = withNoGrad { gradient.mul_(size) }
      second = try excursion.away(from: point, by: direction, times: settings.rho / (length + 1e-16)) {
        try secondGradient(point, .all, pass, context, objective)
      }
    }
    skips.update(point, along: second, by: &optimizer, context)
    return skips.report(loss, batch.labels, ["gradient/adaptive": length])
  }

  /// T, [P].
  private func sizes(_ point: Point) -> Tensor {
    withNoGrad {
      let size = point.flat.abs().add_(Scalar(settings.eta))
      for slot in point.layout.slots where slot.role == .bias || slot.role == .normShift {
        _ = size[slot.range].fill_(1)
      }
      return size
    }
  }

  public var maySkip: Bool { true }
  public var state: [(name: String, tensor: Tensor)] { optimizer.state + skips.state }
  public mutating func restore(_ state: (String) -> Tensor?) throws(TrainingError) {
    try optimizer.restore(state)
    try skips.restore(state)
  }
}
