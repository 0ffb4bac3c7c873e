import CTorch

/// A number an operation takes beside tensors. Like PyTorch's, it does not widen a tensor's type within its category.
public enum Scalar: Sendable, Hashable {
  case integer(Int)
  case real(Double)
  case boolean(Bool)

  var c: ct_scalar {
    switch self {
    case .integer(let value): ct_scalar(bits: Int64(value), kind: 0)
    case .real(let value): ct_scalar(bits: Int64(bitPattern: value.bitPattern), kind: 1)
    case .boolean(let value): ct_scalar(bits: value ? 1 : 0, kind: 2)
    }
  }

  init(_ scalar: ct_scalar) {
    switch scalar.kind {
    case 0: self = .integer(Int(scalar.bits))
    case 1: self = .real(Double(bitPattern: UInt64(bitPattern: scalar.bits)))
    default: self = .boolean(scalar.bits != 0)
    }
  }

  /// A real number.
  public init(_ value: Double) { self = .real(value) }
  /// A real number.
  public init(_ value: Float) { self = .real(Double(value)) }
  /// A whole number.
  public init(_ value: Int) { self = .integer(value) }

  /// The number; 0 or 1 for a truth value.
  public var double: Double {
    switch self {
    case .integer(let value): Double(value)
    case .real(let value): value
    case .boolean(let value): value ? 1 : 0
    }
  }

  /// The number as an integer; a real one loses its fraction.
  public var int: Int {
    switch self {
    case .integer(let value): value
    case .real(let value): Int(value)
    case .boolean(let value): value ? 1 : 0
    }
  }
}

extension Scalar: ExpressibleByIntegerLiteral, ExpressibleByFloatLiteral, ExpressibleByBooleanLiteral {
  public init(integerLiteral value: Int) { self = .integer(value) }
  public init(floatLiteral value: Double) { self = .real(value) }
  public init(booleanLiteral value: Bool) { self = .boolean(value) }
}

// A C parameter that may be absent is a pointer: nil, or a list of one.

extension Optional<Scalar> {
  var asList: [ct_scalar]? { map { [$0.c] } }
}

extension Optional<Int> {
  var asList: [Int]? { map { [$0] } }
}

extension Optional<Double> {
  var asList: [Double]? { map { [$0] } }
}
