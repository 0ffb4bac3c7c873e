import CTorch

extension Tensor {
  /// norm(x)·scale + shift over groups of channels and the places of each image (Wu and He 2018), then ReLU and averages
  /// of 2×2 places where asked: one operation with kernels of its own on the CPU, where separate operations pass over
  /// memory many times. First and second derivatives have kernels too; elsewhere it is composed of libtorch's operations.
  ///
  /// - Parameters:
  ///   - groups: of channels; as many as channels for instance norm.
  ///   - scale: [C].
  ///   - shift: [C].
  ///   - eps: added to the variance.
  ///   - relu: max(0, ·) of the result.
  ///   - pooled: means of 2×2 places with stride 2, after ReLU; an odd last row or column is left out.
  /// - Returns: [B, C, H, W], or [B, C, ⌊H/2⌋, ⌊W/2⌋], for images [B, C, H, W].
  public func groupNormalized(
    groups: Int, scale: Tensor, shift: Tensor, eps: Double = 1e-5, relu: Bool = false, pooled: Bool = false,
    file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    guard groups > 0 else {
      return .refused(
        TorchError(kind: .value, message: "group norm needs one group or more, found \(groups)"), file: file,
        line: line)
    }
    return Tensor(
      owning: ct_normalize(
        handle, scale.handle, shift.handle, nil, nil, nil, groups, 0, eps, relu, pooled), file, line)
  }

  /// norm(x)·scale + shift over the batch and all places (Ioffe and Szegedy 2015), in training; then the sum with a
  /// residual and ReLU where asked: one operation, as ``groupNormalized(groups:scale:shift:eps:relu:pooled:file:line:)``.
  /// One value a channel is an error, as it has no variance.
  ///
  /// - Parameters:
  ///   - scale: [C].
  ///   - shift: [C].
  ///   - running: statistics [C] that move towards the batch's (in place); nil leaves them.
  ///   - momentum: how far they move.
  ///   - eps: added to the variance.
  ///   - residual: added before ReLU, of the images' shape.
  ///   - relu: max(0, ·) of the result.
  ///   - pooled: means of 2×2 places with stride 2, after ReLU.
  /// - Returns: [B, C, H, W], or [B, C, ⌊H/2⌋, ⌊W/2⌋], for images [B, C, H, W].
  public func batchNormalized(
    scale: Tensor, shift: Tensor, running: (mean: Tensor, variance: Tensor)? = nil, momentum: Double = 0.1,
    eps: Double = 1e-5, adding residual: Tensor? = nil, relu: Bool = false, pooled: Bool = false,
    file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    Tensor(
      owning: ct_normalize(
        handle, scale.handle, shift.handle, residual?.handle, running?.mean.handle, running?.variance.handle,
        0, momentum, eps, relu, pooled), file, line)
  }

  /// (x − mean)·scale/√(variance + eps) + shift, by statistics that are given, as batch norm does in evaluation; then the
  /// sum with a residual, ReLU and averages of 2×2 places where asked. One pass over memory on the CPU where no gradients
  /// are recorded; elsewhere composed of libtorch's operations.
  ///
  /// - Parameters:
  ///   - statistics: mean and variance, [C].
  ///   - scale: [C].
  ///   - shift: [C].
  ///   - eps: added to the variance.
  ///   - residual: added before ReLU, of the images' shape.
  ///   - relu: max(0, ·) of the result.
  ///   - pooled: means of 2×2 places with stride 2, after ReLU.
  /// - Returns: [B, C, H, W], or [B, C, ⌊H/2⌋, ⌊W/2⌋], for images [B, C, H, W].
  public func batchNormalized(
    by statistics: (mean: Tensor, variance: Tensor), scale: Tensor, shift: Tensor, eps: Double = 1e-5,
    adding residual: Tensor? = nil, relu: Bool = false, pooled: Bool = false, file: StaticString = #fileID,
    line: UInt = #line
  ) -> Tensor {
    Tensor(
      owning: ct_normalize_by(
        statistics.mean.handle, statistics.variance.handle, handle, scale.handle, shift.handle,
        residual?.handle, eps, relu, pooled), file, line)
  }
}
