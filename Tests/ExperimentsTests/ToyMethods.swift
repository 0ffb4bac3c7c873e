import Data
import Experiments
import Networks
import Torch
import Training

/// A gradient that remembers: g + ρ · (the sum so far).
struct ToyRule: StepRule {
  struct Settings: RuleSettings {
    static let name = "toy"
    static let summary = "a gradient that remembers"
    static let help: [(key: String, meaning: String)] = [
      ("rho", "share of the memory"), ("steps", "none for all"),
    ]

    var rho = 0.05
    var steps: Int?

    func rule(_ optimizer: any Optimizer, _ context: MethodContext) throws(TrainingError) -> any StepRule {
      guard rho >= 0 else { throw TrainingError("rule toy: rho must be at least 0, found \(rho)") }
      return ToyRule(settings: self, optimizer: optimizer)
    }
  }

  /// A step at which the process comes to grief.
  @TaskLocal static var crash: Int?
  struct Crash: Error {}

  let settings: Settings
  var optimizer: any Optimizer
  var memory: Tensor?

  mutating func prepare(for point: Point) {
    optimizer.prepare(for: point)
    memory = point.flat.zerosLike()
  }

  mutating func step(
    _ point: Point, _ batch: Batch, _ pass: inout Pass, _ context: StepContext, _ objective: Objective
  ) throws -> StepReport {
    if context.step == Self.crash { throw Crash() }
    let weights = point.leaves()
    let loss = try objective(weights, .all, &pass)
    memory = memory! + weights.gradient(of: loss.mean)
    optimizer.update(point, memory! * Scalar(settings.rho), learningRate: context.learningRate)
    return StepReport(loss, batch.labels, metrics: ["toy/memory": memory!.abs().max()])
  }

  var state: [(name: String, tensor: Tensor)] { optimizer.state + [("memory", memory!)] }

  mutating func restore(_ state: (String) -> Tensor?) throws(TrainingError) {
    try optimizer.restore(state)
    memory = state("memory")!.clone()
  }
}

/// Holds the logits near their mean over all steps.
struct ToyRegulariser: Regulariser {
  struct Settings: RegulariserSettings {
    static let name = "calm"
    static let summary = "logits near their mean so far"
    static let help: [(key: String, meaning: String)] = [("strength", "of the pull")]

    var strength = 0.1

    func regulariser(_ context: MethodContext) -> any Regulariser {
      ToyRegulariser(
        strength: strength, sum: .zeros([context.network.classes]), steps: .zeros([], dtype: .float64))
    }
  }

  let strength: Double
  var sum: Tensor
  var steps: Tensor

  mutating func term(_ batch: Batch, _ output: Output, _ samples: SampleSubset, isFirst: Bool) -> Tensor? {
    if isFirst {
      sum = sum + output.logits.detach().mean(dim: [0])
      steps = steps + 1
    }
    let distance = output.logits - sum / Scalar(max(1, steps.double))
    return (distance * distance).mean(dim: [1]) * Scalar(strength)
  }

  var state: [(name: String, tensor: Tensor)] { [("sum", sum), ("steps", steps)] }

  mutating func restore(_ state: (String) -> Tensor?) throws(TrainingError) {
    (sum, steps) = (state("sum")!.clone(), state("steps")!.clone())
  }
}

/// With both of them in the catalogues.
func withToys<Result>(_ body: () throws -> Result) rethrows -> Result {
  try RuleCatalog.$all.withValue(RuleCatalog.all + [ToyRule.Settings.self]) {
    try RegulariserCatalog.$all.withValue(
      RegulariserCatalog.all + [ToyRegulariser.Settings.self], operation: body)
  }
}
