import Data
import Networks
import Torch
import Training

/// How networks are trained on a synthetic set in order to judge it: the protocol of MTT and FTD unless set otherwise.
public struct SyntheticTraining: Codable, Sendable, Hashable {
  public var epochs = 1000
  /// Epochs after which the learning rate falls to a tenth; 0 for half of them and one, as published.
  public var drop = 0
  public var batch = 256
  /// 0 takes the step size that the set was distilled with, or 0.01 where there is none.
  public var lr = 0.0
  public var momentum = 0.9
  public var weightDecay = 5e-4
  /// DSA's families, joined with _; none for no augmentation.
  public var strategy = DSA().strategy
  public init() {}

  /// A network, trained.
  ///
  /// - Parameters:
  ///   - images: [N, C, H, W] as the network sees them.
  ///   - labels: int64 [N], or probabilities [N, classes].
  ///   - stepSize: what the set was distilled with.
  ///   - start: weights to begin with; nil for fresh ones.
  ///   - recorder: asked whether to stop; what is returned is then half trained.
  /// - Throws: ``TrainingError`` for settings that make no training, or one that diverges; ``DistillationError`` for a learned
  ///   step size that is not above 0.
  public func train(
    _ network: any Network, images: Tensor, labels: Tensor, stepSize: Double?, streams: RandomStreams,
    from start: Point? = nil, recorder: any TrainingRecorder = NoRecorder()
  ) throws -> Point {
    var settings = TrainingSettings()
    (settings.epochs, settings.momentum, settings.weightDecay) = (epochs, momentum, weightDecay)
    (settings.batch, settings.logEvery) = (batch, 0)
    if lr == 0, let stepSize, !(stepSize > 0 && stepSize.isFinite) {
      throw DistillationError(
        "the step size that was learned with the images is \(stepSize), with which nothing can be trained; give a learning "
          + "rate (lr), or distil with stepSizeForm=log")
    }
    settings.lr = lr > 0 ? lr : stepSize ?? 0.01
    (settings.schedule.kind, settings.schedule.milestones) = (
      .step, [Double(drop > 0 ? drop : epochs / 2 + 1)]
    )
    try settings.validate()
    let batches = SyntheticBatches(
      images: images, labels: labels, size: batch,
      augmentation: strategy == "none" ? nil : try DSA(strategy: strategy), streams: streams)
    let point =
      start?.copy() ?? network.initial(streams.stream("init")).to(.float32, device: images.device)
    func run(_ network: some Network) throws {
      try Trainer(
        network, at: point, rule: GradientStep(settings.makeOptimizer()), settings: settings,
        batches: batches,
        seed: streams.seed, recorder: recorder
      ).run()
    }
    try run(network)
    return point
  }
}

/// A synthetic set in batches, in a fresh order each epoch, augmented.
struct SyntheticBatches: BatchSource {
  let images: Tensor
  let labels: Tensor
  let size: Int
  let augmentation: DSA?
  let streams: RandomStreams

  var stepsPerEpoch: Int { (images.size(0) + size - 1) / size }

  func batches(epoch: Int, from step: Int) -> () throws -> Batch? {
    let count = images.size(0)
    let draws = streams.child("epoch", epoch)
    let order: [Int64] = Tensor.randperm(count, generator: draws.stream("order")).array()
    var step = step
    return {
      guard step < stepsPerEpoch else { return nil }
      let rows = Tensor(Array(order[(step * size)..<min((step + 1) * size, count)])).to(device: images.device)
      var seen = images.indexSelect(dim: 0, rows)
      if let augmentation {
        seen = withNoGrad { augmentation(seen, draws.child("step", step).stream("augment")) }
      }
      step += 1
      return Batch(indices: rows, images: seen, labels: labels.indexSelect(dim: 0, rows))
    }
  }
}
