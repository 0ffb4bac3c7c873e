// Written by `./run generate` from libtorch's operator schemas; do not edit.
import CTorch

// MARK: Reduction

extension Tensor {
  /// `aten::sum`
  @inline(never)
  public func sum(
    dtype: DType? = nil, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    return Tensor(owning: ct_sum(handle, dtype.c), file, line)
  }

  /// `aten::sum.dim_IntList`
  @inline(never)
  public func sum(
    dim: [Int]?, keepdim: Bool = false, dtype: DType? = nil, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    return Tensor(owning: ct_sum_dim_IntList(handle, dim, dim?.count ?? -1, keepdim, dtype.c), file, line)
  }

  /// `aten::mean`
  @inline(never)
  public func mean(
    dtype: DType? = nil, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    return Tensor(owning: ct_mean(handle, dtype.c), file, line)
  }

  /// `aten::mean.dim`
  @inline(never)
  public func mean(
    dim: [Int]?, keepdim: Bool = false, dtype: DType? = nil, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    return Tensor(owning: ct_mean_dim(handle, dim, dim?.count ?? -1, keepdim, dtype.c), file, line)
  }

  /// `aten::var.correction`
  @inline(never)
  public func variance(
    dim: [Int]? = nil, correction: Scalar? = nil, keepdim: Bool = false, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    return Tensor(owning: ct_var_correction(handle, dim, dim?.count ?? -1, correction.asList, keepdim), file, line)
  }

  /// `aten::std.correction`
  @inline(never)
  public func standardDeviation(
    dim: [Int]? = nil, correction: Scalar? = nil, keepdim: Bool = false, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    return Tensor(owning: ct_std_correction(handle, dim, dim?.count ?? -1, correction.asList, keepdim), file, line)
  }

  /// `aten::var_mean.correction`
  @inline(never)
  public func varianceAndMean(
    dim: [Int]? = nil, correction: Scalar? = nil, keepdim: Bool = false, file: StaticString = #fileID, line: UInt = #line
  ) -> (Tensor, Tensor) {
    var result0: OpaquePointer?
    var result1: OpaquePointer?
    if !ct_var_mean_correction(handle, dim, dim?.count ?? -1, correction.asList, keepdim, &result0, &result1) { failed(file, line) }
    return (Tensor(owning: result0, file, line), Tensor(owning: result1, file, line))
  }

  /// `aten::prod`
  @inline(never)
  public func prod(
    dtype: DType? = nil, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    return Tensor(owning: ct_prod(handle, dtype.c), file, line)
  }

  /// `aten::prod.dim_int`
  @inline(never)
  public func prod(
    dim: Int, keepdim: Bool = false, dtype: DType? = nil, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    return Tensor(owning: ct_prod_dim_int(handle, dim, keepdim, dtype.c), file, line)
  }

  /// `aten::max`
  @inline(never)
  public func max(
    file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    return Tensor(owning: ct_max(handle), file, line)
  }

  /// `aten::max.dim`
  @inline(never)
  public func max(
    dim: Int, keepdim: Bool = false, file: StaticString = #fileID, line: UInt = #line
  ) -> (values: Tensor, indices: Tensor) {
    var result0: OpaquePointer?
    var result1: OpaquePointer?
    if !ct_max_dim(handle, dim, keepdim, &result0, &result1) { failed(file, line) }
    return (values: Tensor(owning: result0, file, line), indices: Tensor(owning: result1, file, line))
  }

  /// `aten::min`
  @inline(never)
  public func min(
    file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    return Tensor(owning: ct_min(handle), file, line)
  }

  /// `aten::min.dim`
  @inline(never)
  public func min(
    dim: Int, keepdim: Bool = false, file: StaticString = #fileID, line: UInt = #line
  ) -> (values: Tensor, indices: Tensor) {
    var result0: OpaquePointer?
    var result1: OpaquePointer?
    if !ct_min_dim(handle, dim, keepdim, &result0, &result1) { failed(file, line) }
    return (values: Tensor(owning: result0, file, line), indices: Tensor(owning: result1, file, line))
  }

  /// `aten::amax`
  @inline(never)
  public func amax(
    dim: [Int] = [], keepdim: Bool = false, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    return Tensor(owning: ct_amax(handle, dim, dim.count, keepdim), file, line)
  }

  /// `aten::amin`
  @inline(never)
  public func amin(
    dim: [Int] = [], keepdim: Bool = false, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    return Tensor(owning: ct_amin(handle, dim, dim.count, keepdim), file, line)
  }

  /// `aten::argmax`
  @inline(never)
  public func argmax(
    dim: Int? = nil, keepdim: Bool = false, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    return Tensor(owning: ct_argmax(handle, dim.asList, keepdim), file, line)
  }

  /// `aten::argmin`
  @inline(never)
  public func argmin(
    dim: Int? = nil, keepdim: Bool = false, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    return Tensor(owning: ct_argmin(handle, dim.asList, keepdim), file, line)
  }

  /// `aten::all`
  @inline(never)
  public func all(
    file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    return Tensor(owning: ct_all(handle), file, line)
  }

  /// `aten::all.dim`
  @inline(never)
  public func all(
    dim: Int, keepdim: Bool = false, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    return Tensor(owning: ct_all_dim(handle, dim, keepdim), file, line)
  }

  /// `aten::any`
  @inline(never)
  public func any(
    file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    return Tensor(owning: ct_any(handle), file, line)
  }

  /// `aten::any.dim`
  @inline(never)
  public func any(
    dim: Int, keepdim: Bool = false, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    return Tensor(owning: ct_any_dim(handle, dim, keepdim), file, line)
  }

  /// `aten::logsumexp`
  @inline(never)
  public func logsumexp(
    dim: [Int], keepdim: Bool = false, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    return Tensor(owning: ct_logsumexp(handle, dim, dim.count, keepdim), file, line)
  }

  /// `aten::cumsum`
  @inline(never)
  public func cumsum(
    dim: Int, dtype: DType? = nil, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    return Tensor(owning: ct_cumsum(handle, dim, dtype.c), file, line)
  }

  /// `aten::cumprod`
  @inline(never)
  public func cumprod(
    dim: Int, dtype: DType? = nil, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    return Tensor(owning: ct_cumprod(handle, dim, dtype.c), file, line)
  }

  /// `aten::linalg_vector_norm`
  @inline(never)
  public func vectorNorm(
    _ ord: Scalar = 2, dim: [Int]? = nil, keepdim: Bool = false, dtype: DType? = nil, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    return Tensor(owning: ct_linalg_vector_norm(handle, ord.c, dim, dim?.count ?? -1, keepdim, dtype.c), file, line)
  }

  /// `aten::dot`
  @inline(never)
  public func dot(
    _ tensor: Tensor, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    return Tensor(owning: ct_dot(handle, tensor.handle), file, line)
  }

  /// `aten::vdot`
  @inline(never)
  public func vdot(
    _ other: Tensor, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    return Tensor(owning: ct_vdot(handle, other.handle), file, line)
  }

  /// `aten::count_nonzero`
  @inline(never)
  public func countNonzero(
    dim: Int? = nil, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    return Tensor(owning: ct_count_nonzero(handle, dim.asList), file, line)
  }

  /// `aten::median`
  @inline(never)
  public func median(
    file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    return Tensor(owning: ct_median(handle), file, line)
  }

  /// `aten::quantile`
  @inline(never)
  public func quantile(
    _ q: Tensor, dim: Int? = nil, keepdim: Bool = false, interpolation: String = "linear", file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    return Tensor(owning: ct_quantile(handle, q.handle, dim.asList, keepdim, interpolation), file, line)
  }

  /// `aten::bincount`
  @inline(never)
  public func bincount(
    weights: Tensor? = nil, minlength: Int = 0, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    return Tensor(owning: ct_bincount(handle, weights?.handle, minlength), file, line)
  }

  /// `aten::topk`
  @inline(never)
  public func topk(
    _ k: Int, dim: Int = -1, largest: Bool = true, sorted: Bool = true, file: StaticString = #fileID, line: UInt = #line
  ) -> (values: Tensor, indices: Tensor) {
    var result0: OpaquePointer?
    var result1: OpaquePointer?
    if !ct_topk(handle, k, dim, largest, sorted, &result0, &result1) { failed(file, line) }
    return (values: Tensor(owning: result0, file, line), indices: Tensor(owning: result1, file, line))
  }

  /// `aten::sort`
  @inline(never)
  public func sort(
    dim: Int = -1, descending: Bool = false, file: StaticString = #fileID, line: UInt = #line
  ) -> (values: Tensor, indices: Tensor) {
    var result0: OpaquePointer?
    var result1: OpaquePointer?
    if !ct_sort(handle, dim, descending, &result0, &result1) { failed(file, line) }
    return (values: Tensor(owning: result0, file, line), indices: Tensor(owning: result1, file, line))
  }

  /// `aten::sort.stable`
  @inline(never)
  public func sort(
    stable: Bool?, dim: Int = -1, descending: Bool = false, file: StaticString = #fileID, line: UInt = #line
  ) -> (values: Tensor, indices: Tensor) {
    var result0: OpaquePointer?
    var result1: OpaquePointer?
    if !ct_sort_stable(handle, stable.c, dim, descending, &result0, &result1) { failed(file, line) }
    return (values: Tensor(owning: result0, file, line), indices: Tensor(owning: result1, file, line))
  }

  /// `aten::argsort`
  @inline(never)
  public func argsort(
    dim: Int = -1, descending: Bool = false, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    return Tensor(owning: ct_argsort(handle, dim, descending), file, line)
  }

  /// `aten::unique_dim`
  @inline(never)
  public func unique(
    dim: Int, sorted: Bool = true, returnInverse: Bool = false, returnCounts: Bool = false, file: StaticString = #fileID, line: UInt = #line
  ) -> (Tensor, Tensor, Tensor) {
    var result0: OpaquePointer?
    var result1: OpaquePointer?
    var result2: OpaquePointer?
    if !ct_unique_dim(handle, dim, sorted, returnInverse, returnCounts, &result0, &result1, &result2) { failed(file, line) }
    return (Tensor(owning: result0, file, line), Tensor(owning: result1, file, line), Tensor(owning: result2, file, line))
  }

  /// `aten::searchsorted.Tensor`
  @inline(never)
  public func searchsorted(
    _ self_: Tensor, outInt32: Bool = false, right: Bool = false, side: String? = nil, sorter: Tensor? = nil, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    return Tensor(owning: ct_searchsorted_Tensor(handle, self_.handle, outInt32, right, side, sorter?.handle), file, line)
  }
}
