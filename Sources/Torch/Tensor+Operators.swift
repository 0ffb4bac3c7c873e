// Arithmetic and comparison as Swift writes them. An operator cannot receive its caller's line; where it traps, the
// line is looked up on the stack.

extension Tensor {
  public static func + (a: Tensor, b: Tensor) -> Tensor { a.add(b, file: "operator +", line: 0) }
  public static func + (a: Tensor, b: Scalar) -> Tensor { a.add(b, file: "operator +", line: 0) }
  public static func + (a: Scalar, b: Tensor) -> Tensor { b.add(a, file: "operator +", line: 0) }

  public static func - (a: Tensor, b: Tensor) -> Tensor { a.sub(b, file: "operator -", line: 0) }
  public static func - (a: Tensor, b: Scalar) -> Tensor { a.sub(b, file: "operator -", line: 0) }
  public static func - (a: Scalar, b: Tensor) -> Tensor { b.rsub(a, file: "operator -", line: 0) }
  public static prefix func - (a: Tensor) -> Tensor { a.neg(file: "operator -", line: 0) }

  public static func * (a: Tensor, b: Tensor) -> Tensor { a.mul(b, file: "operator *", line: 0) }
  public static func * (a: Tensor, b: Scalar) -> Tensor { a.mul(b, file: "operator *", line: 0) }
  public static func * (a: Scalar, b: Tensor) -> Tensor { b.mul(a, file: "operator *", line: 0) }

  public static func / (a: Tensor, b: Tensor) -> Tensor { a.div(b, file: "operator /", line: 0) }
  public static func / (a: Tensor, b: Scalar) -> Tensor { a.div(b, file: "operator /", line: 0) }
  public static func / (a: Scalar, b: Tensor) -> Tensor {
    b.reciprocal(file: "operator /", line: 0).mul(a, file: "operator /", line: 0)
  }

  // Assignment makes a new tensor and leaves the old one as it was; `add_` and its like change in place.
  public static func += (a: inout Tensor, b: Tensor) { a = a + b }
  public static func += (a: inout Tensor, b: Scalar) { a = a + b }
  public static func -= (a: inout Tensor, b: Tensor) { a = a - b }
  public static func -= (a: inout Tensor, b: Scalar) { a = a - b }
  public static func *= (a: inout Tensor, b: Tensor) { a = a * b }
  public static func *= (a: inout Tensor, b: Scalar) { a = a * b }
  public static func /= (a: inout Tensor, b: Tensor) { a = a / b }
  public static func /= (a: inout Tensor, b: Scalar) { a = a / b }
}

// Elementwise comparison, in pointwise form so that `==` keeps its Swift meaning.

infix operator .== : ComparisonPrecedence
infix operator .!= : ComparisonPrecedence

extension Tensor {
  public static func .== (a: Tensor, b: Tensor) -> Tensor { a.eq(b, file: "operator .==", line: 0) }
  public static func .== (a: Tensor, b: Scalar) -> Tensor { a.eq(b, file: "operator .==", line: 0) }
  public static func .!= (a: Tensor, b: Tensor) -> Tensor { a.ne(b, file: "operator .!=", line: 0) }
  public static func .!= (a: Tensor, b: Scalar) -> Tensor { a.ne(b, file: "operator .!=", line: 0) }
  public static func .< (a: Tensor, b: Tensor) -> Tensor { a.lt(b, file: "operator .<", line: 0) }
  public static func .< (a: Tensor, b: Scalar) -> Tensor { a.lt(b, file: "operator .<", line: 0) }
  public static func .<= (a: Tensor, b: Tensor) -> Tensor { a.le(b, file: "operator .<=", line: 0) }
  public static func .<= (a: Tensor, b: Scalar) -> Tensor { a.le(b, file: "operator .<=", line: 0) }
  public static func .> (a: Tensor, b: Tensor) -> Tensor { a.gt(b, file: "operator .>", line: 0) }
  public static func .> (a: Tensor, b: Scalar) -> Tensor { a.gt(b, file: "operator .>", line: 0) }
  public static func .>= (a: Tensor, b: Tensor) -> Tensor { a.ge(b, file: "operator .>=", line: 0) }
  public static func .>= (a: Tensor, b: Scalar) -> Tensor { a.ge(b, file: "operator .>=", line: 0) }
}

// MARK: Indexing

extension Tensor {
  /// One entry along the first dimension, as a view.
  public subscript(index: Int) -> Tensor {
    select(dim: 0, index: index, file: "subscript", line: 0)
  }

  /// A stretch along the first dimension, as a view.
  public subscript(range: Range<Int>) -> Tensor {
    narrow(dim: 0, start: range.lowerBound, length: range.count, file: "subscript", line: 0)
  }

  /// Entries along the first dimension in the order of `indices` (int64), as a copy.
  public subscript(indices: Tensor) -> Tensor {
    index([indices], file: "subscript", line: 0)
  }
}
