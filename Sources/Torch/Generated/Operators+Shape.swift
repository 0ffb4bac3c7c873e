// Written by `./run generate` from libtorch's operator schemas; do not edit.
import CTorch

// MARK: Shape

extension Tensor {
  /// `aten::reshape`
  @inline(never)
  public func reshape(
    _ shape: [Int], file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    return Tensor(owning: ct_reshape(handle, shape, shape.count), file, line)
  }

  /// `aten::view`
  @inline(never)
  public func view(
    _ size: [Int], file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    return Tensor(owning: ct_view(handle, size, size.count), file, line)
  }

  /// `aten::view_as`
  @inline(never)
  public func viewAs(
    _ other: Tensor, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    return Tensor(owning: ct_view_as(handle, other.handle), file, line)
  }

  /// `aten::flatten.using_ints`
  @inline(never)
  public func flatten(
    from startDim: Int = 0, to endDim: Int = -1, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    return Tensor(owning: ct_flatten_using_ints(handle, startDim, endDim), file, line)
  }

  /// `aten::unflatten.int`
  @inline(never)
  public func unflatten(
    dim: Int, sizes: [Int], file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    return Tensor(owning: ct_unflatten_int(handle, dim, sizes, sizes.count), file, line)
  }

  /// `aten::squeeze`
  @inline(never)
  public func squeeze(
    file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    return Tensor(owning: ct_squeeze(handle), file, line)
  }

  /// `aten::squeeze.dim`
  @inline(never)
  public func squeeze(
    _ dim: Int, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    return Tensor(owning: ct_squeeze_dim(handle, dim), file, line)
  }

  /// `aten::unsqueeze`
  @inline(never)
  public func unsqueeze(
    _ dim: Int, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    return Tensor(owning: ct_unsqueeze(handle, dim), file, line)
  }

  /// `aten::permute`
  @inline(never)
  public func permute(
    _ dims: [Int], file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    return Tensor(owning: ct_permute(handle, dims, dims.count), file, line)
  }

  /// `aten::transpose.int`
  @inline(never)
  public func transpose(
    _ dim0: Int, _ dim1: Int, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    return Tensor(owning: ct_transpose_int(handle, dim0, dim1), file, line)
  }

  /// `aten::t`
  @inline(never)
  public func t(
    file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    return Tensor(owning: ct_t(handle), file, line)
  }

  /// `aten::movedim.int`
  @inline(never)
  public func movedim(
    from source: Int, to destination: Int, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    return Tensor(owning: ct_movedim_int(handle, source, destination), file, line)
  }

  /// `aten::expand`
  @inline(never)
  public func expand(
    _ size: [Int], implicit: Bool = false, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    return Tensor(owning: ct_expand(handle, size, size.count, implicit), file, line)
  }

  /// `aten::expand_as`
  @inline(never)
  public func expandAs(
    _ other: Tensor, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    return Tensor(owning: ct_expand_as(handle, other.handle), file, line)
  }

  /// `aten::broadcast_to`
  @inline(never)
  public func broadcast(
    to size: [Int], file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    return Tensor(owning: ct_broadcast_to(handle, size, size.count), file, line)
  }

  /// `aten::repeat`
  @inline(never)
  public func repeated(
    _ repeats: [Int], file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    return Tensor(owning: ct_repeat(handle, repeats, repeats.count), file, line)
  }

  /// `aten::repeat_interleave.self_int`
  @inline(never)
  public func repeatInterleave(
    _ repeats: Int, dim: Int? = nil, outputSize: Int? = nil, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    return Tensor(owning: ct_repeat_interleave_self_int(handle, repeats, dim.asList, outputSize.asList), file, line)
  }

  /// `aten::tile`
  @inline(never)
  public func tile(
    _ dims: [Int], file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    return Tensor(owning: ct_tile(handle, dims, dims.count), file, line)
  }

  /// `aten::flip`
  @inline(never)
  public func flip(
    _ dims: [Int], file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    return Tensor(owning: ct_flip(handle, dims, dims.count), file, line)
  }

  /// `aten::roll`
  @inline(never)
  public func roll(
    _ shifts: [Int], dims: [Int] = [], file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    return Tensor(owning: ct_roll(handle, shifts, shifts.count, dims, dims.count), file, line)
  }

  /// `aten::cat`
  @inline(never)
  public static func concatenated(
    _ tensors: [Tensor], dim: Int = 0, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    return Tensor(owning: ct_cat(tensors.handles, tensors.count, dim), file, line)
  }

  /// `aten::stack`
  @inline(never)
  public static func stacked(
    _ tensors: [Tensor], dim: Int = 0, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    return Tensor(owning: ct_stack(tensors.handles, tensors.count, dim), file, line)
  }

  /// `aten::split.Tensor`
  @inline(never)
  public func split(
    _ splitSize: Int, dim: Int = 0, file: StaticString = #fileID, line: UInt = #line
  ) -> [Tensor] {
    return tensors(owning: ct_split_Tensor(handle, splitSize, dim), file, line)
  }

  /// `aten::split_with_sizes`
  @inline(never)
  public func split(
    sizes splitSizes: [Int], dim: Int = 0, file: StaticString = #fileID, line: UInt = #line
  ) -> [Tensor] {
    return tensors(owning: ct_split_with_sizes(handle, splitSizes, splitSizes.count, dim), file, line)
  }

  /// `aten::chunk`
  @inline(never)
  public func chunk(
    _ chunks: Int, dim: Int = 0, file: StaticString = #fileID, line: UInt = #line
  ) -> [Tensor] {
    return tensors(owning: ct_chunk(handle, chunks, dim), file, line)
  }

  /// `aten::unbind.int`
  @inline(never)
  public func unbind(
    dim: Int = 0, file: StaticString = #fileID, line: UInt = #line
  ) -> [Tensor] {
    return tensors(owning: ct_unbind_int(handle, dim), file, line)
  }

  /// `aten::narrow`
  @inline(never)
  public func narrow(
    dim: Int, start: Int, length: Int, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    return Tensor(owning: ct_narrow(handle, dim, start, length), file, line)
  }

  /// `aten::select.int`
  @inline(never)
  public func select(
    dim: Int, index: Int, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    return Tensor(owning: ct_select_int(handle, dim, index), file, line)
  }

  /// `aten::slice.Tensor`
  @inline(never)
  public func slice(
    dim: Int = 0, start: Int? = nil, end: Int? = nil, step: Int = 1, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    return Tensor(owning: ct_slice_Tensor(handle, dim, start.asList, end.asList, step), file, line)
  }

  /// `aten::index_select`
  @inline(never)
  public func indexSelect(
    dim: Int, _ index: Tensor, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    return Tensor(owning: ct_index_select(handle, dim, index.handle), file, line)
  }

  /// `aten::index_select_backward`
  @inline(never)
  public func indexSelectBackward(
    sizes selfSizes: [Int], dim: Int, _ index: Tensor, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    return Tensor(owning: ct_index_select_backward(handle, selfSizes, selfSizes.count, dim, index.handle), file, line)
  }

  /// `aten::gather`
  @inline(never)
  public func gather(
    dim: Int, _ index: Tensor, sparseGrad: Bool = false, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    return Tensor(owning: ct_gather(handle, dim, index.handle, sparseGrad), file, line)
  }

  /// `aten::scatter.src`
  @inline(never)
  public func scatter(
    dim: Int, _ index: Tensor, _ src: Tensor, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    return Tensor(owning: ct_scatter_src(handle, dim, index.handle, src.handle), file, line)
  }

  /// `aten::scatter.value`
  @inline(never)
  public func scatter(
    dim: Int, _ index: Tensor, _ value: Scalar, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    return Tensor(owning: ct_scatter_value(handle, dim, index.handle, value.c), file, line)
  }

  /// `aten::scatter_add`
  @inline(never)
  public func scatterAdd(
    dim: Int, _ index: Tensor, _ src: Tensor, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    return Tensor(owning: ct_scatter_add(handle, dim, index.handle, src.handle), file, line)
  }

  /// `aten::index_add`
  @inline(never)
  public func indexAdd(
    dim: Int, _ index: Tensor, _ source: Tensor, alpha: Scalar = 1, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    return Tensor(owning: ct_index_add(handle, dim, index.handle, source.handle, alpha.c), file, line)
  }

  /// `aten::index_add_`
  @discardableResult
  @inline(never)
  public func indexAdd_(
    dim: Int, _ index: Tensor, _ source: Tensor, alpha: Scalar = 1, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    if !ct_index_add_(handle, dim, index.handle, source.handle, alpha.c) { failed(file, line) }
    return self
  }

  /// `aten::index_copy_`
  @discardableResult
  @inline(never)
  public func indexCopy_(
    dim: Int, _ index: Tensor, _ source: Tensor, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    if !ct_index_copy_(handle, dim, index.handle, source.handle) { failed(file, line) }
    return self
  }

  /// `aten::index.Tensor`
  @inline(never)
  public func index(
    _ indices: [Tensor?], file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    return Tensor(owning: ct_index_Tensor(handle, indices.handles, indices.count), file, line)
  }

  /// `aten::index_put_`
  @discardableResult
  @inline(never)
  public func indexPut_(
    _ indices: [Tensor?], _ values: Tensor, accumulate: Bool = false, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    if !ct_index_put_(handle, indices.handles, indices.count, values.handle, accumulate) { failed(file, line) }
    return self
  }

  /// `aten::nonzero`
  @inline(never)
  public func nonzero(
    file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    return Tensor(owning: ct_nonzero(handle), file, line)
  }

  /// `aten::tril`
  @inline(never)
  public func tril(
    _ diagonal: Int = 0, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    return Tensor(owning: ct_tril(handle, diagonal), file, line)
  }

  /// `aten::triu`
  @inline(never)
  public func triu(
    _ diagonal: Int = 0, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    return Tensor(owning: ct_triu(handle, diagonal), file, line)
  }

  /// `aten::diagonal`
  @inline(never)
  public func diagonal(
    offset: Int = 0, dim1: Int = 0, dim2: Int = 1, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    return Tensor(owning: ct_diagonal(handle, offset, dim1, dim2), file, line)
  }

  /// `aten::diag_embed`
  @inline(never)
  public func diagEmbed(
    offset: Int = 0, dim1: Int = -2, dim2: Int = -1, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    return Tensor(owning: ct_diag_embed(handle, offset, dim1, dim2), file, line)
  }

  /// `aten::as_strided`
  @inline(never)
  public func asStrided(
    _ size: [Int], strides stride: [Int], storageOffset: Int? = nil, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    return Tensor(owning: ct_as_strided(handle, size, size.count, stride, stride.count, storageOffset.asList), file, line)
  }

  /// `aten::unfold`
  @inline(never)
  public func unfold(
    dim dimension: Int, size: Int, step: Int, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    return Tensor(owning: ct_unfold(handle, dimension, size, step), file, line)
  }

  /// `aten::one_hot`
  @inline(never)
  public func oneHot(
    _ numClasses: Int = -1, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    return Tensor(owning: ct_one_hot(handle, numClasses), file, line)
  }

  /// `aten::detach`
  @inline(never)
  public func detach(
    file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    return Tensor(owning: ct_detach(handle), file, line)
  }

  /// `aten::alias`
  @inline(never)
  public func alias(
    file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    return Tensor(owning: ct_alias(handle), file, line)
  }

  /// `aten::contiguous`
  @inline(never)
  public func contiguous(
    memoryFormat: MemoryFormat = .contiguous, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    return Tensor(owning: ct_contiguous(handle, memoryFormat.rawValue), file, line)
  }

  /// `aten::clone`
  @inline(never)
  public func clone(
    memoryFormat: MemoryFormat? = nil, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    return Tensor(owning: ct_clone(handle, memoryFormat.c), file, line)
  }

  /// `aten::copy_`
  @discardableResult
  @inline(never)
  public func copy_(
    _ src: Tensor, nonBlocking: Bool = false, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    if !ct_copy_(handle, src.handle, nonBlocking) { failed(file, line) }
    return self
  }

  /// `aten::fill_.Scalar`
  @discardableResult
  @inline(never)
  public func fill_(
    _ value: Scalar, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    if !ct_fill__Scalar(handle, value.c) { failed(file, line) }
    return self
  }

  /// `aten::fill_.Tensor`
  @discardableResult
  @inline(never)
  public func fill_(
    _ value: Tensor, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    if !ct_fill__Tensor(handle, value.handle) { failed(file, line) }
    return self
  }

  /// `aten::zero_`
  @discardableResult
  @inline(never)
  public func zero_(
    file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    if !ct_zero_(handle) { failed(file, line) }
    return self
  }

  /// `aten::to.dtype`
  @inline(never)
  public func to(
    _ dtype: DType, nonBlocking: Bool = false, copy: Bool = false, memoryFormat: MemoryFormat? = nil, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    return Tensor(owning: ct_to_dtype(handle, dtype.rawValue, nonBlocking, copy, memoryFormat.c), file, line)
  }

  /// `aten::to.dtype_layout`
  @inline(never)
  public func to(
    dtype: DType? = nil, device: Device? = nil, nonBlocking: Bool = false, copy: Bool = false, memoryFormat: MemoryFormat? = nil, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    return Tensor(owning: ct_to_dtype_layout(handle, dtype.c, device.c, nonBlocking, copy, memoryFormat.c), file, line)
  }

  /// `aten::lift_fresh`
  @inline(never)
  public func liftFresh(
    file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    return Tensor(owning: ct_lift_fresh(handle), file, line)
  }
}
