import Data
import Networks
import Torch

/// The loss of each sample of a pass, with what it was computed from.
public struct PerSampleLoss {
  /// [K], with a graph to the weights.
  public let values: Tensor
  /// [K, classes], without a graph.
  public let logits: Tensor

  public init(values: Tensor, logits: Tensor) {
    self.values = values
    self.logits = logits
  }

  /// What a gradient is taken of.
  public var mean: Tensor { values.mean() }
}

/// The loss of a batch as a function of the weights: what a step rule minimises, as often and on whichever samples it
/// likes. Regularisers are inside.
public typealias Objective = (_ weights: Parameters, _ samples: SampleSubset, _ pass: inout Pass) throws ->
  PerSampleLoss

/// Cross-entropy of each sample.
///
/// - Parameters:
///   - logits: [B, C].
///   - labels: int64 [B], or probabilities [B, C].
///   - smoothing: the share of each label spread evenly over all classes, in [0, 1).
/// - Returns: [B] in the logits' precision, computed in at least float32.
public func crossEntropyPerSample(_ logits: Tensor, _ labels: Tensor, smoothing: Double = 0) -> Tensor {
  let wide = logits.dtype == .bfloat16 || logits.dtype == .float16 ? logits.to(.float32) : logits
  let target = labels.dim == 2 ? labels.to(wide.dtype) : labels
  return wide.crossEntropy(target, reduction: .none, labelSmoothing: smoothing)
}
