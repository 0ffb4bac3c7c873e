import Data
import Networks
import Torch
import Training

/// Efficient SAM (Du et al. 2022): SAM with stochastic weight perturbation (each parameter tensor is perturbed with
/// probability β, by 1/β as much) and sharpness-sensitive data selection (the second gradient is that of the share γ of
/// samples whose loss the perturbation raised most, by the score l₁ − l₀).
///
/// - `fast`: what is needed and nothing else. The first gradient is taken for the drawn tensors alone, exactly
///   k = ⌊γB⌋ samples are selected, the selection pass runs in bfloat16 where the processor multiplies it, and with γ = 1 not
///   at all; batch norm's running statistics are those of the first pass.
/// - `official`: as the released code runs. Every pass moves batch norm's statistics, the first step perturbs all tensors,
///   those above the k-th largest score are selected (so k − 1 of them without ties), and none is spared below γ = 0.99.
public struct ESAM: StepRule {
  public enum Mode: String, Sendable, CaseIterable, SettingChoice { case fast, official }
  public enum Selection: String, Sendable, CaseIterable, SettingChoice {
    /// bfloat16 where that is faster.
    case auto
    case bfloat16
    /// The run's own precision.
    case same
  }

  public struct Settings: RuleSettings, Hashable {
    public static let name = "esam"
    public static let summary = "SAM that perturbs some tensors and looks again at some samples"
    public static let help: [(key: String, meaning: String)] = [
      ("rho", "the radius of SAM"), ("beta", "the share of parameter tensors that are perturbed"),
      ("gamma", "the share of samples in the second gradient"),
      ("mode", "fast, or official as the released code runs"),
      ("selection", "the precision in which fast selects: auto, bfloat16, same"),
    ]

    public var rho = 0.05
    public var beta = 0.6
    public var gamma = 0.5
    public var mode = Mode.fast
    public var selection = Selection.auto
    public init() {}

    public func rule(_ optimizer: any Optimizer, _ context: MethodContext) throws(TrainingError)
      -> any StepRule
    {
      try ESAM.check(
        Self.name, rho: rho, beta: beta, gamma: gamma, least: mode == .official ? 2 : 1, context)
      if selection == .bfloat16, context.settings.precision == .float64 {
        throw TrainingError(
          "rule esam: selection=bfloat16 in a run of float64; take selection=same, or training.precision=float32"
        )
      }
      return ESAM(settings: self, optimizer: optimizer, precision: context.settings.precision)
    }
  }

  /// - Parameter least: what ⌊γB⌋ must reach.
  static func check(
    _ name: String, rho: Double, beta: Double, gamma: Double, least: Int, _ context: MethodContext
  ) throws(TrainingError) {
    try requirePositive(name, "rho", rho)
    for (key, value) in [("beta", beta), ("gamma", gamma)] {
      guard value > 0, value <= 1 else {
        throw TrainingError("rule \(name): \(key) must be in (0, 1], found \(value)")
      }
    }
    let rest = context.settings.dropLast ? 0 : context.sampleCount % context.settings.batch
    for (size, what) in [(context.settings.batch, "batches"), (rest, "the last batch")]
    where size > 0 && gamma < 1 && Int(gamma * Double(size)) < least {
      throw TrainingError(
        "rule \(name): of \(what) of \(size) sample\(size == 1 ? "" : "s") gamma \(gamma) leaves none to select; take larger batches, dropLast=true or gamma=1"
      )
    }
  }

  let settings: Settings
  let precision: TrainingSettings.Precision
  private var optimizer: any Optimizer
  private var excursion = Excursion()
  private var skips = SkippedSteps()

  init(settings: Settings, optimizer: any Optimizer, precision: TrainingSettings.Precision) {
    self.settings = settings
    self.optimizer = optimizer
    self.precision = precision
  }

  public mutating func prepare(for point: Point) {
    optimizer.prepare(for: point)
    excursion.prepare(for: point)
    skips.prepare(for: point)
  }

  /// The tensors that a step perturbs: each with probability β, from the step's own stream, whatever came before.
  static func drawn(_ layout: Layout, beta: Double, _ context: StepContext, _ mode: Mode) -> SlotSet {
    guard beta < 1, mode == .fast || context.step > 0 else { return .all }
    let draws: [Double] = Tensor.rand(
      [layout.slots.count], generator: context.streams.stream("esam"), dtype: .float64
    ).array()
    return .only(Set(draws.indices.filter { draws[$0] < beta }))
  }

  public mutating func step(
    _ point: Point, _ batch: Batch, _ pass: inout Pass, _ context: StepContext, _ objective: Objective
  ) throws -> StepReport {
    let drawn = Self.drawn(point.layout, beta: settings.beta, context, settings.mode)
    let weights = point.leaves(drawn)
    let loss = try objective(weights, .all, &pass)
    let isEmpty = weights.leaves.isEmpty
    let gradient = isEmpty ? point.flat.zerosLike() : weights.gradient(of: loss.mean)
    let length = gradient.length
    var second: Tensor?
    if length.isFinite {
      second = try excursion.away(
        from: point, by: gradient, times: settings.rho / (length + 1e-7) / settings.beta
      ) {
        let selected = try select(
          loss.values.detach(), hasMoved: !isEmpty, point, batch, &pass, context, objective)
        if settings.mode == .official {
          let weights = point.leaves()
          return weights.gradient(of: try objective(weights, selected, &pass).mean)
        }
        return try secondGradient(point, selected, pass, context, objective)
      }
    }
    skips.update(point, along: second, by: &optimizer, context)
    return skips.report(loss, batch.labels, ["gradient": length])
  }

  /// The samples whose loss rose most; at w + e.
  private func select(
    _ before: Tensor, hasMoved: Bool, _ point: Point, _ batch: Batch, _ pass: inout Pass,
    _ context: StepContext,
    _ objective: Objective
  ) throws -> SampleSubset {
    if settings.gamma == 1, settings.mode == .fast { return .all }
    var score = try withNoGrad {
      switch settings.mode {
      case .official: try objective(point.weights, .all, &pass).values
      case .fast:
        try inSelectionPrecision(point) {
          var pass = try again(pass, point, context)
          return try objective(point.weights, .all, &pass).values
        }
      }
    }
    // Without gradients the same loss is rounded otherwise, which is no rise.
    score = withNoGrad { hasMoved ? score.to(before.dtype) - before : before.zerosLike() }
    guard settings.mode == .official else {
      return .positions(score.topk(max(1, Int(settings.gamma * Double(batch.count))), sorted: false).indices)
    }
    if settings.gamma >= 0.99 { return .all }
    let k = Int(settings.gamma * Double(batch.count))
    let bound = score.topk(k).values[k - 1]
    let chosen = score.gt(bound).nonzero().view([-1])
    // With ties none may be above the k-th; the released code then divides by zero.
    return .positions(chosen.count > 0 ? chosen : score.topk(1).indices)
  }

  private func inSelectionPrecision<Result>(_ point: Point, _ body: () throws -> Result) rethrows -> Result {
    let isHalf =
      switch settings.selection {
      case .same: false
      case .bfloat16: true
      case .auto: precision == .float32 && (point.device != .cpu || Runtime.hasFastBFloat16)
      }
    return isHalf ? try autocast(.bfloat16, device: point.device, body) : try body()
  }

  public var maySkip: Bool { true }
  public var state: [(name: String, tensor: Tensor)] { optimizer.state + skips.state }
  public mutating func restore(_ state: (String) -> Tensor?) throws(TrainingError) {
    try optimizer.restore(state)
    try skips.restore(state)
  }
}
