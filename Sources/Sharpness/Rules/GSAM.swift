import Data
import Networks
import Torch
import Training

/// Surrogate-gap SAM (Zhuang et al. 2022): the update is g′ − α g⊥, where g⊥ is the part of g that is orthogonal to g′;
/// so the perturbed loss falls and the gap to the loss itself is narrowed.
///
/// ρ follows the learning rate: ρ_t = ρmin + (ρ − ρmin)(η_t − ηmin)/(η − ηmin), so it is ρ where the rate is constant. α = 0 and ρmin = ρ make it ``SAM``.
public struct GSAM: StepRule {
  public struct Settings: RuleSettings, Hashable {
    public static let name = "gsam"
    public static let summary = "SAM that also closes the gap between perturbed and plain loss"
    public static let help: [(key: String, meaning: String)] = [
      ("rho", "the radius at the learning rate's top"), ("rhoMin", "the radius at its end"),
      ("alpha", "weight of the part of the gradient that narrows the gap"),
      ("adaptive", "the neighbourhood in proportion to the weights' sizes, as FTD's experts have it"),
    ]

    public var rho = 0.05
    public var rhoMin = 0.02
    public var alpha = 0.1
    public var adaptive = false
    public init() {}

    public func rule(_ optimizer: any Optimizer, _ context: MethodContext) throws(TrainingError)
      -> any StepRule
    {
      try requirePositive("gsam", "rho", rho)
      guard (0...rho).contains(rhoMin) else {
        throw TrainingError("rule gsam: rhoMin must be in 0…rho, found \(rhoMin)")
      }
      guard alpha >= 0, alpha.isFinite else {
        throw TrainingError("rule gsam: alpha must be at least 0, found \(alpha)")
      }
      let rates = context.settings.schedule.minimum...context.settings.lr
      return GSAM(settings: self, optimizer: optimizer, rates: rates)
    }
  }

  let settings: Settings
  /// From the schedule's least rate to its greatest.
  let rates: ClosedRange<Double>
  private var optimizer: any Optimizer
  private var excursion = Excursion()
  private var skips = SkippedSteps()

  init(settings: Settings, optimizer: any Optimizer, rates: ClosedRange<Double>) {
    self.settings = settings
    self.optimizer = optimizer
    self.rates = rates
  }

  public mutating func prepare(for point: Point) {
    optimizer.prepare(for: point)
    excursion.prepare(for: point)
    skips.prepare(for: point)
  }

  /// ρ_t.
  func radius(_ learningRate: Double) -> Double {
    let span = rates.upperBound - rates.lowerBound
    let share = span > 0 ? min(max((learningRate - rates.lowerBound) / span, 0), 1) : 1
    return settings.rhoMin + (settings.rho - settings.rhoMin) * share
  }

  public mutating func step(
    _ point: Point, _ batch: Batch, _ pass: inout Pass, _ context: StepContext, _ objective: Objective
  ) throws -> StepReport {
    let weights = point.leaves()
    let loss = try objective(weights, .all, &pass)
    let gradient = weights.gradient(of: loss.mean)
    let (direction, length) = direction(gradient, point)
    let rho = radius(context.learningRate)
    var second: Tensor?
    if length.isFinite {
      let there = try excursion.away(from: point, by: direction, times: rho / (length + 1e-12)) {
        try secondGradient(point, .all, pass, context, objective)
      }
      if settings.alpha > 0 {
        withNoGrad {
          // g′ − α(g − c g′) with c = ⟨g, g′⟩/‖g′‖².
          let square = there.dot(there).double
          let c = square > 0 ? gradient.dot(there).double / square : 0
          there.mul_(Scalar(1 + settings.alpha * c)).add_(gradient, alpha: Scalar(-settings.alpha))
        }
      }
      second = there
    }
    skips.update(point, along: second, by: &optimizer, context)
    return skips.report(loss, batch.labels, ["gradient": length, "rho": rho])
  }

  /// Where the perturbation goes, and what it is divided by.
  private func direction(_ gradient: Tensor, _ point: Point) -> (Tensor, length: Double) {
    guard settings.adaptive else { return (gradient, gradient.length) }
    return withNoGrad {
      let sizes = point.flat.abs()
      let scaled = gradient * sizes
      return (scaled * sizes, scaled.length)
    }
  }

  public var maySkip: Bool { true }
  public var state: [(name: String, tensor: Tensor)] { optimizer.state + skips.state }
  public mutating func restore(_ state: (String) -> Tensor?) throws(TrainingError) {
    try optimizer.restore(state)
    try skips.restore(state)
  }
}
