// Written by `./run generate` from libtorch's operator schemas; do not edit.
import CTorch

// MARK: Loss

extension Tensor {
  /// `aten::cross_entropy_loss`
  @inline(never)
  public func crossEntropy(
    _ target: Tensor, weight: Tensor? = nil, reduction: Reduction = .mean, ignoreIndex: Int = -100, labelSmoothing: Double = 0.0, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    return Tensor(owning: ct_cross_entropy_loss(handle, target.handle, weight?.handle, reduction.rawValue, ignoreIndex, labelSmoothing), file, line)
  }

  /// `aten::nll_loss`
  @inline(never)
  public func nllLoss(
    _ target: Tensor, weight: Tensor? = nil, reduction: Reduction = .mean, ignoreIndex: Int = -100, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    return Tensor(owning: ct_nll_loss(handle, target.handle, weight?.handle, reduction.rawValue, ignoreIndex), file, line)
  }

  /// `aten::mse_loss`
  @inline(never)
  public func mseLoss(
    _ target: Tensor, reduction: Reduction = .mean, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    return Tensor(owning: ct_mse_loss(handle, target.handle, reduction.rawValue), file, line)
  }

  /// `aten::l1_loss`
  @inline(never)
  public func l1Loss(
    _ target: Tensor, reduction: Reduction = .mean, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    return Tensor(owning: ct_l1_loss(handle, target.handle, reduction.rawValue), file, line)
  }

  /// `aten::huber_loss`
  @inline(never)
  public func huberLoss(
    _ target: Tensor, reduction: Reduction = .mean, delta: Double = 1.0, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    return Tensor(owning: ct_huber_loss(handle, target.handle, reduction.rawValue, delta), file, line)
  }

  /// `aten::kl_div`
  @inline(never)
  public func klDivergence(
    _ target: Tensor, reduction: Reduction = .mean, logTarget: Bool = false, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    return Tensor(owning: ct_kl_div(handle, target.handle, reduction.rawValue, logTarget), file, line)
  }

  /// `aten::binary_cross_entropy_with_logits`
  @inline(never)
  public func binaryCrossEntropyWithLogits(
    _ target: Tensor, weight: Tensor? = nil, posWeight: Tensor? = nil, reduction: Reduction = .mean, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    return Tensor(owning: ct_binary_cross_entropy_with_logits(handle, target.handle, weight?.handle, posWeight?.handle, reduction.rawValue), file, line)
  }

  /// `aten::cosine_similarity`
  @inline(never)
  public func cosineSimilarity(
    _ x2: Tensor, dim: Int = 1, eps: Double = 1e-08, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    return Tensor(owning: ct_cosine_similarity(handle, x2.handle, dim, eps), file, line)
  }
}
