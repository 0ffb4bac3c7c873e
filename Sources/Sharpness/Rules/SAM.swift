import Data
import Networks
import Torch
import Training

/// Sharpness-aware minimisation (Foret et al. 2021): the gradient g′ at w + e, e = ρ g/‖g‖, moves the point at w.
///
/// The norm is that of the whole vector. Both passes see the same samples and the same dropout masks; batch norm's running
/// statistics are those of the first. A step without a finite gradient, at w or at w + e, moves nothing and is counted.
public struct SAM: StepRule {
  /// Where weight decay acts.
  public enum Decay: String, Sendable, CaseIterable, SettingChoice {
    /// In the optimiser, at w: neither in g nor in e (as PyTorch's versions have it).
    case optimizer
    /// As ½λ‖w‖² in the loss of both passes, so in e and at w + e (as the authors' code has it).
    case loss
  }

  public struct Settings: RuleSettings, Hashable {
    public static let name = "sam"
    public static let summary = "the gradient at the worst point nearby, found along the gradient"
    public static let help: [(key: String, meaning: String)] = [
      ("rho", "how far away that point is"),
      ("decay", "weight decay in the optimizer, or in the loss of both passes"),
      ("samples", "samples to a perturbation of their own (m-sharpness); 0 for the whole batch"),
    ]

    public var rho = 0.05
    public var decay = Decay.optimizer
    public var samples = 0
    public init() {}

    public func rule(_ optimizer: any Optimizer, _ context: MethodContext) throws(TrainingError)
      -> any StepRule
    {
      try requirePositive("sam", "rho", rho)
      guard samples >= 0 else {
        throw TrainingError("rule sam: samples must be at least 0, found \(samples)")
      }
      // Decay that its optimiser keeps apart from the gradient has no place in a loss.
      if decay == .loss, context.settings.optimizer == .adamw {
        throw TrainingError(
          "rule sam: decay=loss with optimizer adamw, whose decay is apart from the loss; take decay=optimizer or adam"
        )
      }
      return SAM(self, optimizer, context)
    }
  }

  let settings: Settings
  private var optimizer: any Optimizer
  private var excursion = Excursion()
  private var skips = SkippedSteps()
  private let decay: LossDecay?

  init(_ settings: Settings, _ optimizer: any Optimizer, _ context: MethodContext) {
    self.settings = settings
    (self.optimizer, decay) = LossDecay.taken(from: optimizer, context, settings.decay == .loss)
  }

  public mutating func prepare(for point: Point) {
    optimizer.prepare(for: point)
    excursion.prepare(for: point)
    skips.prepare(for: point)
  }

  public mutating func step(
    _ point: Point, _ batch: Batch, _ pass: inout Pass, _ context: StepContext, _ objective: Objective
  ) throws -> StepReport {
    let parts = batch.parts(of: settings.samples)
    var losses: [PerSampleLoss] = []
    var total: Tensor?
    var lengths = 0.0
    for (index, part) in parts.enumerated() {
      if index > 0 { try pass.drawMasks(ofPart: index, point, context) }
      let weights = point.leaves()
      let loss = try objective(weights, part, &pass)
      losses.append(loss)
      let gradient = weights.gradient(of: loss.mean)
      decay?.add(to: gradient, at: point)
      let length = gradient.length
      lengths += length
      // Statistics and records are those of the clean passes, also of the parts that come after.
      guard lengths.isFinite else { continue }
      let second = try excursion.away(from: point, by: gradient, times: settings.rho / (length + 1e-12)) {
        let second = try secondGradient(point, part, pass, context, objective, part: index)
        decay?.add(to: second, at: point)
        return second
      }
      let share = Double(loss.values.count) / Double(batch.count)
      withNoGrad {
        total =
          total.map { $0.add_(second, alpha: Scalar(share)) }
          ?? (parts.count == 1 ? second : second.mul_(Scalar(share)))
      }
    }
    skips.update(point, along: lengths.isFinite ? total : nil, by: &optimizer, context)
    return skips.report(losses.joined, batch.labels, ["gradient": lengths / Double(parts.count)])
  }

  public var maySkip: Bool { true }
  public var state: [(name: String, tensor: Tensor)] { optimizer.state + skips.state }
  public mutating func restore(_ state: (String) -> Tensor?) throws(TrainingError) {
    try optimizer.restore(state)
    try skips.restore(state)
  }
}
