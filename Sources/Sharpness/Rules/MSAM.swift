import Data
import Networks
import Torch
import Training

/// Momentum-SAM (Becker et al. 2024): the gradient at w − ρ v/‖v‖, where v is the optimiser's momentum, moves the point at w.
/// One pass a step.
///
/// The authors keep the weights displaced between steps and move them back for evaluation; here they are displaced within a
/// step alone, which is the same iteration, with weight decay at w.
public struct MSAM: StepRule {
  public struct Settings: RuleSettings, Hashable {
    public static let name = "msam"
    public static let summary = "the gradient a little further along the momentum, in one pass"
    public static let help: [(key: String, meaning: String)] = [("rho", "how far, as a length")]

    public var rho = 2.0
    public init() {}

    public func rule(_ optimizer: any Optimizer, _ context: MethodContext) throws(TrainingError)
      -> any StepRule
    {
      try requirePositive("msam", "rho", rho)
      if context.settings.optimizer == .sgd, context.settings.momentum == 0 {
        throw TrainingError("rule msam: momentum is 0, and it steps along the momentum; set momentum=0.9")
      }
      return MSAM(settings: self, optimizer: optimizer)
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
    func gradient() throws -> (PerSampleLoss, Tensor) {
      let weights = point.leaves()
      let loss = try objective(weights, .all, &pass)
      return (loss, weights.gradient(of: loss.mean))
    }
    let along = optimizer.momentumDirection
    let length = along?.length ?? 0
    let (loss, found) =
      along != nil && length > 0
      ? try excursion.away(from: point, by: along!, times: -settings.rho / (length + 1e-12), gradient)
      : try gradient()
    let size = found.length
    skips.update(point, along: found, length: size, by: &optimizer, context)
    return skips.report(loss, batch.labels, ["gradient": size])
  }

  public var maySkip: Bool { true }
  public var state: [(name: String, tensor: Tensor)] { optimizer.state + skips.state }
  public mutating func restore(_ state: (String) -> Tensor?) throws(TrainingError) {
    try optimizer.restore(state)
    try skips.restore(state)
  }
}
