import Data
import Networks
import Torch
import Training

/// LookSAM (Liu et al. 2022): SAM every k steps; in between g + α‖g‖ v, where v is the direction that the last SAM step added
/// to its gradient, v = (g′ − ⟨g, g′⟩/‖g‖² g)/‖·‖.
public struct LookSAM: StepRule {
  public struct Settings: RuleSettings, Hashable {
    public static let name = "looksam"
    public static let summary = "SAM every few steps, and what it added again in between"
    public static let help: [(key: String, meaning: String)] = [
      ("rho", "the radius of SAM"), ("every", "steps from one SAM step to the next"),
      ("alpha", "weight of what SAM added, in lengths of the gradient"),
    ]

    public var rho = 0.05
    public var every = 5
    public var alpha = 0.7
    public init() {}

    public func rule(_ optimizer: any Optimizer, _ context: MethodContext) throws(TrainingError)
      -> any StepRule
    {
      try requirePositive("looksam", "rho", rho)
      guard every >= 1 else { throw TrainingError("rule looksam: every must be at least 1, found \(every)") }
      guard alpha >= 0, alpha.isFinite else {
        throw TrainingError("rule looksam: alpha must be at least 0, found \(alpha)")
      }
      return LookSAM(settings: self, optimizer: optimizer)
    }
  }

  let settings: Settings
  private var optimizer: any Optimizer
  private var excursion = Excursion()
  private var skips = SkippedSteps()
  /// v, [P]; zeros before the first SAM step.
  private var added: Tensor?

  init(settings: Settings, optimizer: any Optimizer) {
    self.settings = settings
    self.optimizer = optimizer
  }

  public mutating func prepare(for point: Point) {
    optimizer.prepare(for: point)
    excursion.prepare(for: point)
    skips.prepare(for: point)
    added = point.flat.zerosLike()
  }

  public mutating func step(
    _ point: Point, _ batch: Batch, _ pass: inout Pass, _ context: StepContext, _ objective: Objective
  ) throws -> StepReport {
    guard let added else { preconditionFailure("prepare(for:) comes before step") }
    let weights = point.leaves()
    let loss = try objective(weights, .all, &pass)
    let gradient = weights.gradient(of: loss.mean)
    let length = gradient.length
    var direction: Tensor?
    if length.isFinite, context.step % settings.every == 0 {
      let second = try excursion.away(from: point, by: gradient, times: settings.rho / (length + 1e-12)) {
        try secondGradient(point, .all, pass, context, objective)
      }
      withNoGrad {
        let share = length > 0 ? gradient.dot(second).double / (length * length) : 0
        added.copy_(second).add_(gradient, alpha: Scalar(-share))
        let rest = added.length
        added.mul_(Scalar(rest > 0 && rest.isFinite ? 1 / rest : 0))
      }
      direction = second
    } else if length.isFinite {
      direction = withNoGrad { gradient.add_(added, alpha: Scalar(settings.alpha * length)) }
    }
    skips.update(point, along: direction, by: &optimizer, context)
    return skips.report(loss, batch.labels, ["gradient": length])
  }

  public var maySkip: Bool { true }
  public var state: [(name: String, tensor: Tensor)] {
    optimizer.state + skips.state + (added.map { [("added", $0)] } ?? [])
  }
  public mutating func restore(_ state: (String) -> Tensor?) throws(TrainingError) {
    try optimizer.restore(state)
    try skips.restore(state)
    if let added { try take("added", into: added, from: state) }
  }
}
