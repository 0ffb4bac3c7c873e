// Written by `./run generate` from libtorch's operator schemas; do not edit.
import CTorch

// MARK: Comparison

extension Tensor {
  /// `aten::eq.Tensor`
  @inline(never)
  public func eq(
    _ other: Tensor, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    return Tensor(owning: ct_eq_Tensor(handle, other.handle), file, line)
  }

  /// `aten::eq.Scalar`
  @inline(never)
  public func eq(
    _ other: Scalar, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    return Tensor(owning: ct_eq_Scalar(handle, other.c), file, line)
  }

  /// `aten::ne.Tensor`
  @inline(never)
  public func ne(
    _ other: Tensor, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    return Tensor(owning: ct_ne_Tensor(handle, other.handle), file, line)
  }

  /// `aten::ne.Scalar`
  @inline(never)
  public func ne(
    _ other: Scalar, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    return Tensor(owning: ct_ne_Scalar(handle, other.c), file, line)
  }

  /// `aten::lt.Tensor`
  @inline(never)
  public func lt(
    _ other: Tensor, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    return Tensor(owning: ct_lt_Tensor(handle, other.handle), file, line)
  }

  /// `aten::lt.Scalar`
  @inline(never)
  public func lt(
    _ other: Scalar, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    return Tensor(owning: ct_lt_Scalar(handle, other.c), file, line)
  }

  /// `aten::le.Tensor`
  @inline(never)
  public func le(
    _ other: Tensor, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    return Tensor(owning: ct_le_Tensor(handle, other.handle), file, line)
  }

  /// `aten::le.Scalar`
  @inline(never)
  public func le(
    _ other: Scalar, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    return Tensor(owning: ct_le_Scalar(handle, other.c), file, line)
  }

  /// `aten::gt.Tensor`
  @inline(never)
  public func gt(
    _ other: Tensor, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    return Tensor(owning: ct_gt_Tensor(handle, other.handle), file, line)
  }

  /// `aten::gt.Scalar`
  @inline(never)
  public func gt(
    _ other: Scalar, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    return Tensor(owning: ct_gt_Scalar(handle, other.c), file, line)
  }

  /// `aten::ge.Tensor`
  @inline(never)
  public func ge(
    _ other: Tensor, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    return Tensor(owning: ct_ge_Tensor(handle, other.handle), file, line)
  }

  /// `aten::ge.Scalar`
  @inline(never)
  public func ge(
    _ other: Scalar, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    return Tensor(owning: ct_ge_Scalar(handle, other.c), file, line)
  }

  /// `aten::logical_and`
  @inline(never)
  public func logicalAnd(
    _ other: Tensor, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    return Tensor(owning: ct_logical_and(handle, other.handle), file, line)
  }

  /// `aten::logical_or`
  @inline(never)
  public func logicalOr(
    _ other: Tensor, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    return Tensor(owning: ct_logical_or(handle, other.handle), file, line)
  }

  /// `aten::logical_not`
  @inline(never)
  public func logicalNot(
    file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    return Tensor(owning: ct_logical_not(handle), file, line)
  }

  /// `aten::logical_xor`
  @inline(never)
  public func logicalXor(
    _ other: Tensor, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    return Tensor(owning: ct_logical_xor(handle, other.handle), file, line)
  }

  /// `aten::bitwise_and.Tensor`
  @inline(never)
  public func bitwiseAnd(
    _ other: Tensor, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    return Tensor(owning: ct_bitwise_and_Tensor(handle, other.handle), file, line)
  }

  /// `aten::bitwise_or.Tensor`
  @inline(never)
  public func bitwiseOr(
    _ other: Tensor, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    return Tensor(owning: ct_bitwise_or_Tensor(handle, other.handle), file, line)
  }

  /// `aten::bitwise_not`
  @inline(never)
  public func bitwiseNot(
    file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    return Tensor(owning: ct_bitwise_not(handle), file, line)
  }

  /// `aten::where.self`
  @inline(never)
  public func select(
    _ self_: Tensor, _ other: Tensor, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    return Tensor(owning: ct_where_self(handle, self_.handle, other.handle), file, line)
  }

  /// `aten::masked_fill.Scalar`
  @inline(never)
  public func maskedFill(
    _ mask: Tensor, _ value: Scalar, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    return Tensor(owning: ct_masked_fill_Scalar(handle, mask.handle, value.c), file, line)
  }

  /// `aten::masked_fill_.Scalar`
  @discardableResult
  @inline(never)
  public func maskedFill_(
    _ mask: Tensor, _ value: Scalar, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    if !ct_masked_fill__Scalar(handle, mask.handle, value.c) { failed(file, line) }
    return self
  }

  /// `aten::masked_select`
  @inline(never)
  public func maskedSelect(
    _ mask: Tensor, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    return Tensor(owning: ct_masked_select(handle, mask.handle), file, line)
  }

  /// `aten::equal`
  @inline(never)
  public func equal(
    _ other: Tensor, file: StaticString = #fileID, line: UInt = #line
  ) -> Bool {
    let result = ct_equal(handle, other.handle)
    if result < 0 { failed(file, line) }
    return result == 1
  }

  /// `aten::allclose`
  @inline(never)
  public func allclose(
    _ other: Tensor, rtol: Double = 1e-05, atol: Double = 1e-08, equalNan: Bool = false, file: StaticString = #fileID, line: UInt = #line
  ) -> Bool {
    let result = ct_allclose(handle, other.handle, rtol, atol, equalNan)
    if result < 0 { failed(file, line) }
    return result == 1
  }

  /// `aten::isclose`
  @inline(never)
  public func isclose(
    _ other: Tensor, rtol: Double = 1e-05, atol: Double = 1e-08, equalNan: Bool = false, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    return Tensor(owning: ct_isclose(handle, other.handle, rtol, atol, equalNan), file, line)
  }
}
