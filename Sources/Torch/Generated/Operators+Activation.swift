// Written by `./run generate` from libtorch's operator schemas; do not edit.
import CTorch

// MARK: Activation

extension Tensor {
  /// `aten::relu`
  @inline(never)
  public func relu(
    file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    return Tensor(owning: ct_relu(handle), file, line)
  }

  /// `aten::relu_`
  @discardableResult
  @inline(never)
  public func relu_(
    file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    if !ct_relu_(handle) { failed(file, line) }
    return self
  }

  /// `aten::leaky_relu`
  @inline(never)
  public func leakyRelu(
    slope negativeSlope: Scalar = 0.01, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    return Tensor(owning: ct_leaky_relu(handle, negativeSlope.c), file, line)
  }

  /// `aten::sigmoid`
  @inline(never)
  public func sigmoid(
    file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    return Tensor(owning: ct_sigmoid(handle), file, line)
  }

  /// `aten::silu`
  @inline(never)
  public func silu(
    file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    return Tensor(owning: ct_silu(handle), file, line)
  }

  /// `aten::gelu`
  @inline(never)
  public func gelu(
    approximate: String = "none", file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    return Tensor(owning: ct_gelu(handle, approximate), file, line)
  }

  /// `aten::softplus`
  @inline(never)
  public func softplus(
    beta: Scalar = 1, threshold: Scalar = 20, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    return Tensor(owning: ct_softplus(handle, beta.c, threshold.c), file, line)
  }

  /// `aten::elu`
  @inline(never)
  public func elu(
    alpha: Scalar = 1, scale: Scalar = 1, inputScale: Scalar = 1, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    return Tensor(owning: ct_elu(handle, alpha.c, scale.c, inputScale.c), file, line)
  }

  /// `aten::hardtanh`
  @inline(never)
  public func hardtanh(
    min minVal: Scalar = -1, max maxVal: Scalar = 1, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    return Tensor(owning: ct_hardtanh(handle, minVal.c, maxVal.c), file, line)
  }

  /// `aten::softmax.int`
  @inline(never)
  public func softmax(
    dim: Int, dtype: DType? = nil, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    return Tensor(owning: ct_softmax_int(handle, dim, dtype.c), file, line)
  }

  /// `aten::log_softmax.int`
  @inline(never)
  public func logSoftmax(
    dim: Int, dtype: DType? = nil, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    return Tensor(owning: ct_log_softmax_int(handle, dim, dtype.c), file, line)
  }

  /// `aten::threshold_backward`
  @inline(never)
  public func thresholdBackward(
    _ self_: Tensor, _ threshold: Scalar, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    return Tensor(owning: ct_threshold_backward(handle, self_.handle, threshold.c), file, line)
  }

  /// `aten::dropout`
  @inline(never)
  public func dropout(
    p: Double, train: Bool, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    return Tensor(owning: ct_dropout(handle, p, train), file, line)
  }

  /// `aten::native_dropout`
  @inline(never)
  public func nativeDropout(
    p: Double, train: Bool?, file: StaticString = #fileID, line: UInt = #line
  ) -> (Tensor, Tensor) {
    var result0: OpaquePointer?
    var result1: OpaquePointer?
    if !ct_native_dropout(handle, p, train.c, &result0, &result1) { failed(file, line) }
    return (Tensor(owning: result0, file, line), Tensor(owning: result1, file, line))
  }

  /// `aten::bernoulli_.Tensor`
  @discardableResult
  @inline(never)
  public func bernoulli_(
    probabilities p: Tensor, generator: Generator? = nil, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    if !ct_bernoulli__Tensor(handle, p.handle, generator?.handle) { failed(file, line) }
    return self
  }
}
