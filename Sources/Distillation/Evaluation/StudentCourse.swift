import Networks
import Torch

/// A student beside the expert whose path it was distilled from, over the expert's whole training: what there is of the
/// accumulated trajectory error (Du et al. 2023, equation 5: ε_{t+1} = ε_t + I_t + δ_{t+1}).
///
/// One student sets out from the expert's fresh weights and goes on from where it stands; another sets out anew from the
/// expert at the beginning of every segment, and so makes the matching error δ alone.
public struct StudentCourse {
  /// Where all of them stand.
  public struct Mark {
    /// Epochs of the expert.
    public let epoch: Int
    /// θ* of the expert, [P].
    public let expert: Tensor
    /// The student that goes on, [P].
    public let carried: Tensor
    /// The one that set out anew a segment before, [P].
    public let restarted: Tensor
  }

  public let network: any Network
  /// What a student sees in a segment.
  public let plan: StepPlan
  /// Epochs of the expert in a segment.
  public let expertEpochs: Int

  public init(_ network: any Network, plan: StepPlan, expertEpochs: Int) {
    precondition(expertEpochs >= 1, "at least one epoch a segment, found \(expertEpochs)")
    self.network = network
    self.plan = plan
    self.expertEpochs = expertEpochs
  }

  /// Follows an expert as far as whole segments go.
  ///
  /// - Parameters:
  ///   - images: S, [N, C, H, W].
  ///   - labels: int64 [N].
  ///   - visit: called at the beginning and after each segment.
  /// - Throws: ``DistillationError`` for an expert that has diverged, a network with batch statistics, and what `visit` throws.
  public func follow(
    _ expert: Expert, to epochs: Int? = nil, images: Tensor, labels: Tensor, stepSize: Double,
    streams: RandomStreams, visit: (Mark) throws -> Void
  ) throws {
    let unroll = try Unroll(network)
    let stepSize = Tensor.full([], Scalar(stepSize), dtype: images.dtype, device: images.device)
    func point(_ epoch: Int) throws -> Tensor { try expert.point(after: epoch).to(device: images.device) }
    var carried = try point(0)
    try visit(Mark(epoch: 0, expert: carried, carried: carried, restarted: carried))
    let last = min(epochs ?? expert.epochs, expert.epochs)
    for (segment, start) in stride(from: 0, through: last - expertEpochs, by: expertEpochs).enumerated() {
      // Both students see the same.
      let steps = plan.draw(images, streams.child("segment", segment))
      func end(from start: Tensor) -> Tensor {
        unroll.end(images: images, labels: labels, stepSize: stepSize, from: start, steps: steps)
      }
      let restarted = end(from: try point(start))
      carried = segment == 0 ? restarted : end(from: carried)
      let epoch = start + expertEpochs
      try visit(Mark(epoch: epoch, expert: try point(epoch), carried: carried, restarted: restarted))
    }
  }
}
