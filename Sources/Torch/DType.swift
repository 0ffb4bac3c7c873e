import CTorch

/// The type of a tensor's elements. Raw values are libtorch's own numbers.
public enum DType: Int8, Sendable, Codable, CaseIterable {
  case uint8 = 0
  case int8 = 1
  case int16 = 2
  case int32 = 3
  case int64 = 4
  case float16 = 5
  case float32 = 6
  case float64 = 7
  case complex64 = 9
  case complex128 = 10
  case bool = 11
  case bfloat16 = 15

  /// Bytes an element takes.
  public var elementSize: Int { ct_element_size(rawValue) }

  /// Whether gradients can be taken for it.
  public var isFloatingPoint: Bool {
    switch self {
    case .float16, .float32, .float64, .bfloat16: true
    default: false
    }
  }
}

extension DType: CustomStringConvertible {
  /// PyTorch's name without `torch.`: `float32`.
  public var description: String { name }

  /// As NumPy and PyTorch write it: `float32`.
  public var name: String {
    switch self {
    case .uint8: "uint8"
    case .int8: "int8"
    case .int16: "int16"
    case .int32: "int32"
    case .int64: "int64"
    case .float16: "float16"
    case .float32: "float32"
    case .float64: "float64"
    case .complex64: "complex64"
    case .complex128: "complex128"
    case .bool: "bool"
    case .bfloat16: "bfloat16"
    }
  }

  /// The type with that name, as a flag or a recipe gives it.
  public init?(name: String) {
    guard let found = DType.allCases.first(where: { $0.name == name }) else { return nil }
    self = found
  }
}

extension Optional<DType> {
  var c: Int8 { self?.rawValue ?? -1 }
}

/// How the elements of an image batch lie in memory.
public enum MemoryFormat: Int8, Sendable {
  case contiguous = 0
  case preserve = 1
  case channelsLast = 2
}

extension Optional<MemoryFormat> {
  var c: Int8 { self?.rawValue ?? -1 }
}

extension Optional<Bool> {
  var c: Int8 { self.map { $0 ? 1 : 0 } ?? -1 }
}

/// A Swift type whose values a tensor can hold.
public protocol TensorElement: BitwiseCopyable, Sendable {
  static var dtype: DType { get }
}

extension UInt8: TensorElement { public static var dtype: DType { .uint8 } }
extension Int8: TensorElement { public static var dtype: DType { .int8 } }
extension Int16: TensorElement { public static var dtype: DType { .int16 } }
extension Int32: TensorElement { public static var dtype: DType { .int32 } }
extension Int64: TensorElement { public static var dtype: DType { .int64 } }
extension Int: TensorElement { public static var dtype: DType { .int64 } }
extension Float: TensorElement { public static var dtype: DType { .float32 } }
extension Double: TensorElement { public static var dtype: DType { .float64 } }
extension Bool: TensorElement { public static var dtype: DType { .bool } }
