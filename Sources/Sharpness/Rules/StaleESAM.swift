import Data
import Networks
import Torch
import Training

/// ``ESAM`` without its selection pass: samples are chosen by the scores l₁ − l₀ that they had when they were last in a
/// second pass, which measures them for nothing. Those whose score is older than `refresh` epochs, or that have none, come
/// first, in random order.
///
/// This is no rule of the paper. It spares a forward pass a step, which is what stands between ESAM as published and the
/// cost that is claimed for it.
public struct StaleESAM: StepRule {
  public struct Settings: RuleSettings, Hashable {
    public static let name = "esam-stale"
    public static let summary = "ESAM that selects samples by scores of earlier epochs, without a pass for it"
    public static let help: [(key: String, meaning: String)] = [
      ("rho", "the radius of SAM"), ("beta", "the share of parameter tensors that are perturbed"),
      ("gamma", "the share of samples in the second gradient"),
      ("refresh", "epochs after which a sample's score is taken anew"),
    ]

    public var rho = 0.05
    public var beta = 0.6
    public var gamma = 0.5
    public var refresh = 4
    public init() {}

    public func rule(_ optimizer: any Optimizer, _ context: MethodContext) throws(TrainingError)
      -> any StepRule
    {
      try ESAM.check(Self.name, rho: rho, beta: beta, gamma: gamma, least: 1, context)
      guard refresh >= 1 else {
        throw TrainingError("rule esam-stale: refresh must be at least 1, found \(refresh)")
      }
      return StaleESAM(settings: self, optimizer: optimizer, sampleCount: context.sampleCount)
    }
  }

  let settings: Settings
  private var optimizer: any Optimizer
  private var excursion = Excursion()
  private var skips = SkippedSteps()
  /// l₁ − l₀ of each sample when it was last measured, and the epoch of that, [N]; −1 for never.
  private let scores: Tensor
  private let stamps: Tensor

  init(settings: Settings, optimizer: any Optimizer, sampleCount: Int) {
    self.settings = settings
    self.optimizer = optimizer
    scores = Tensor.zeros([sampleCount])
    stamps = Tensor.full([sampleCount], -1)
  }

  public mutating func prepare(for point: Point) {
    optimizer.prepare(for: point)
    excursion.prepare(for: point)
    skips.prepare(for: point)
  }

  public mutating func step(
    _ point: Point, _ batch: Batch, _ pass: inout Pass, _ context: StepContext, _ objective: Objective
  ) throws -> StepReport {
    let drawn = ESAM.drawn(point.layout, beta: settings.beta, context, .fast)
    let weights = point.leaves(drawn)
    let loss = try objective(weights, .all, &pass)
    let gradient = weights.leaves.isEmpty ? point.flat.zerosLike() : weights.gradient(of: loss.mean)
    let length = gradient.length
    var second: Tensor?
    if length.isFinite {
      let chosen = settings.gamma == 1 ? nil : choose(batch, context)
      let samples = chosen.map { SampleSubset.positions($0.to(batch.images.device)) } ?? .all
      let before = loss.values.detach()
      second = try excursion.away(
        from: point, by: gradient, times: settings.rho / (length + 1e-7) / settings.beta
      ) {
        var pass = try again(pass, point, context)
        let weights = point.leaves()
        let loss = try objective(weights, samples, &pass)
        if let chosen { record(loss.values.detach() - before.selecting(samples), chosen, batch, context) }
        return weights.gradient(of: loss.mean)
      }
    }
    skips.update(point, along: second, by: &optimizer, context)
    return skips.report(loss, batch.labels, ["gradient": length])
  }

  /// Positions in the batch, [⌊γB⌋], one at least.
  private func choose(_ batch: Batch, _ context: StepContext) -> Tensor {
    withNoGrad {
      let rows = batch.indices.to(.cpu)
      let age = stamps.indexSelect(dim: 0, rows).mul_(-1).add_(Scalar(context.epoch))
      let isKnown = stamps.indexSelect(dim: 0, rows).ge(0).logicalAnd(age.le(Scalar(settings.refresh)))
      // Above any score, and in random order.
      let first = Tensor.rand([batch.count], generator: context.streams.stream("esam-stale")).add_(1).mul_(
        1e30)
      let order = scores.indexSelect(dim: 0, rows) + first.maskedFill_(isKnown, 0)
      return order.topk(max(1, Int(settings.gamma * Double(batch.count))), sorted: false).indices
    }
  }

  private func record(_ rise: Tensor, _ chosen: Tensor, _ batch: Batch, _ context: StepContext) {
    withNoGrad {
      let rows = batch.indices.to(.cpu).indexSelect(dim: 0, chosen)
      scores.indexCopy_(dim: 0, rows, rise.to(.cpu).to(.float32))
      stamps.indexCopy_(dim: 0, rows, .full([chosen.count], Scalar(context.epoch)))
    }
  }

  public var maySkip: Bool { true }
  public var state: [(name: String, tensor: Tensor)] {
    optimizer.state + skips.state + [("scores", scores), ("stamps", stamps)]
  }
  public mutating func restore(_ state: (String) -> Tensor?) throws(TrainingError) {
    try optimizer.restore(state)
    try skips.restore(state)
    try take("scores", into: scores, from: state)
    try take("stamps", into: stamps, from: state)
  }
}
