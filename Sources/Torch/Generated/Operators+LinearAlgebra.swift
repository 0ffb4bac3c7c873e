// Written by `./run generate` from libtorch's operator schemas; do not edit.
import CTorch

// MARK: Linear Algebra

extension Tensor {
  /// `aten::matmul`
  @inline(never)
  public func matmul(
    _ other: Tensor, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    return Tensor(owning: ct_matmul(handle, other.handle), file, line)
  }

  /// `aten::mm`
  @inline(never)
  public func mm(
    _ mat2: Tensor, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    return Tensor(owning: ct_mm(handle, mat2.handle), file, line)
  }

  /// `aten::bmm`
  @inline(never)
  public func bmm(
    _ mat2: Tensor, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    return Tensor(owning: ct_bmm(handle, mat2.handle), file, line)
  }

  /// `aten::mv`
  @inline(never)
  public func mv(
    _ vec: Tensor, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    return Tensor(owning: ct_mv(handle, vec.handle), file, line)
  }

  /// `aten::addmm`
  @inline(never)
  public func addmm(
    _ mat1: Tensor, _ mat2: Tensor, beta: Scalar = 1, alpha: Scalar = 1, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    return Tensor(owning: ct_addmm(handle, mat1.handle, mat2.handle, beta.c, alpha.c), file, line)
  }

  /// `aten::addmv`
  @inline(never)
  public func addmv(
    _ mat: Tensor, _ vec: Tensor, beta: Scalar = 1, alpha: Scalar = 1, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    return Tensor(owning: ct_addmv(handle, mat.handle, vec.handle, beta.c, alpha.c), file, line)
  }

  /// `aten::baddbmm`
  @inline(never)
  public func baddbmm(
    _ batch1: Tensor, _ batch2: Tensor, beta: Scalar = 1, alpha: Scalar = 1, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    return Tensor(owning: ct_baddbmm(handle, batch1.handle, batch2.handle, beta.c, alpha.c), file, line)
  }

  /// `aten::outer`
  @inline(never)
  public func outer(
    _ vec2: Tensor, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    return Tensor(owning: ct_outer(handle, vec2.handle), file, line)
  }

  /// `aten::einsum`
  @inline(never)
  public static func einsum(
    _ equation: String, _ tensors: [Tensor], path: [Int]? = nil, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    return Tensor(owning: ct_einsum(equation, tensors.handles, tensors.count, path, path?.count ?? -1), file, line)
  }

  /// `aten::linear`
  @inline(never)
  public func linear(
    _ weight: Tensor, bias: Tensor? = nil, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    return Tensor(owning: ct_linear(handle, weight.handle, bias?.handle), file, line)
  }

  /// `aten::linalg_solve`
  @inline(never)
  public func solve(
    _ B: Tensor, left: Bool = true, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    return Tensor(owning: ct_linalg_solve(handle, B.handle, left), file, line)
  }

  /// `aten::linalg_cholesky`
  @inline(never)
  public func cholesky(
    upper: Bool = false, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    return Tensor(owning: ct_linalg_cholesky(handle, upper), file, line)
  }

  /// `aten::linalg_eigh`
  @inline(never)
  public func eigh(
    uplo UPLO: String = "L", file: StaticString = #fileID, line: UInt = #line
  ) -> (eigenvalues: Tensor, eigenvectors: Tensor) {
    var result0: OpaquePointer?
    var result1: OpaquePointer?
    if !ct_linalg_eigh(handle, UPLO, &result0, &result1) { failed(file, line) }
    return (eigenvalues: Tensor(owning: result0, file, line), eigenvectors: Tensor(owning: result1, file, line))
  }

  /// `aten::linalg_svd`
  @inline(never)
  public func svd(
    fullMatrices: Bool = true, driver: String? = nil, file: StaticString = #fileID, line: UInt = #line
  ) -> (U: Tensor, S: Tensor, Vh: Tensor) {
    var result0: OpaquePointer?
    var result1: OpaquePointer?
    var result2: OpaquePointer?
    if !ct_linalg_svd(handle, fullMatrices, driver, &result0, &result1, &result2) { failed(file, line) }
    return (U: Tensor(owning: result0, file, line), S: Tensor(owning: result1, file, line), Vh: Tensor(owning: result2, file, line))
  }

  /// `aten::linalg_qr`
  @inline(never)
  public func qr(
    mode: String = "reduced", file: StaticString = #fileID, line: UInt = #line
  ) -> (Q: Tensor, R: Tensor) {
    var result0: OpaquePointer?
    var result1: OpaquePointer?
    if !ct_linalg_qr(handle, mode, &result0, &result1) { failed(file, line) }
    return (Q: Tensor(owning: result0, file, line), R: Tensor(owning: result1, file, line))
  }

  /// `aten::linalg_inv`
  @inline(never)
  public func inverse(
    file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    return Tensor(owning: ct_linalg_inv(handle), file, line)
  }

  /// `aten::trace`
  @inline(never)
  public func trace(
    file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    return Tensor(owning: ct_trace(handle), file, line)
  }
}
