// The examples of docs/extending.md, as they stand there.

import Data
import Networks
import Torch
import Training

/// Steps of one length: w ← w − η g / (‖g‖ + ε).
public struct NormalizedStep: StepRule {
  public struct Settings: RuleSettings, Hashable {
    public static let name = "normalized"
    public static let summary = "the gradient's direction alone"
    public static let help: [(key: String, meaning: String)] = [("epsilon", "added to the gradient's length")]

    public var epsilon = 1e-12
    public init() {}

    public func rule(_ optimizer: any Optimizer, _ context: MethodContext) throws(TrainingError)
      -> any StepRule
    {
      guard epsilon > 0 else {
        throw TrainingError("rule normalized: epsilon must be above 0, found \(epsilon)")
      }
      return NormalizedStep(settings: self, optimizer: optimizer)
    }
  }

  let settings: Settings
  var optimizer: any Optimizer

  public mutating func prepare(for point: Point) { optimizer.prepare(for: point) }

  public mutating func step(
    _ point: Point, _ batch: Batch, _ pass: inout Pass, _ context: StepContext, _ objective: Objective
  ) throws -> StepReport {
    let weights = point.leaves()
    let loss = try objective(weights, .all, &pass)
    let gradient = weights.gradient(of: loss.mean)
    let length = gradient.square().sum().sqrt()
    optimizer.update(
      point, gradient / (length + Scalar(settings.epsilon)), learningRate: context.learningRate)
    return StepReport(loss, batch.labels, metrics: ["gradient/length": length])
  }

  public var state: [(name: String, tensor: Tensor)] { optimizer.state }
  public mutating func restore(_ state: (String) -> Tensor?) throws(TrainingError) {
    try optimizer.restore(state)
  }
}

/// Less certain answers (Pereyra et al. 2017): − β H(p) is added to each sample's loss.
public struct ConfidencePenalty: Regulariser {
  public struct Settings: RegulariserSettings, Hashable {
    public static let name = "confidence"
    public static let summary = "a penalty on answers that are certain"
    public static let help: [(key: String, meaning: String)] = [("beta", "weight of the entropy")]

    public var beta = 0.1
    public init() {}

    public func regulariser(_ context: MethodContext) -> any Regulariser { ConfidencePenalty(beta: beta) }
  }

  let beta: Double

  public mutating func term(_ batch: Batch, _ output: Output, _ samples: SampleSubset, isFirst: Bool)
    -> Tensor?
  {
    let logarithms = output.logits.logSoftmax(dim: 1)
    return (logarithms.exp() * logarithms).sum(dim: [1]) * Scalar(beta)
  }
}
