/// What a pickle holds, as far as a state dictionary needs it.
///
/// Containers are numbers of nodes in the machine that read them: values that hold each other, however deep or in a ring,
/// are then flat memory.
enum PickleValue {
  case none
  case bool(Bool)
  case int(Int)
  case float(Double)
  case text(String)
  /// Bytes, sets, and whole numbers beyond 64 bits: read over.
  case other(String)
  /// A name of a module, which is nothing but a name here.
  case global(PickleGlobal)
  case tuple(Int)
  case list(Int)
  case dictionary(Int)
  /// Numbers of the archive under this key.
  case storage(PickleStorage)
  case tensor(Tensor)

  /// For messages.
  var kind: String {
    switch self {
    case .none: "None"
    case .bool: "a truth value"
    case .int, .float: "a number"
    case .text: "a text"
    case .other(let kind): kind
    case .global(let global): "the name \(global.name)"
    case .tuple: "a tuple"
    case .list: "a list"
    case .dictionary: "a dictionary"
    case .storage: "a storage without a tensor"
    case .tensor: "a tensor"
    }
  }
}

/// Where a tensor's numbers lie.
struct PickleStorage {
  let dtype: DType
  let key: String
  /// Elements.
  let count: Int
}

/// The names that a state dictionary uses. Every other one is refused: in Python a pickle may call whatever it names.
enum PickleGlobal: Hashable {
  case orderedDictionary
  case rebuildTensor
  case rebuildParameter
  case storage(DType)

  init?(module: String, name: String) {
    switch (module, name) {
    case ("collections", "OrderedDict"): self = .orderedDictionary
    case ("torch._utils", "_rebuild_tensor_v2"): self = .rebuildTensor
    case ("torch._utils", "_rebuild_parameter"): self = .rebuildParameter
    case ("torch", _):
      guard let dtype = Self.storages[name] else { return nil }
      self = .storage(dtype)
    default: return nil
    }
  }

  var name: String {
    switch self {
    case .orderedDictionary: "collections.OrderedDict"
    case .rebuildTensor: "torch._utils._rebuild_tensor_v2"
    case .rebuildParameter: "torch._utils._rebuild_parameter"
    case .storage(let dtype): "torch.\(Self.storages.first { $0.value == dtype }!.key)"
    }
  }

  private static let storages: [String: DType] = [
    "DoubleStorage": .float64, "FloatStorage": .float32, "HalfStorage": .float16,
    "BFloat16Storage": .bfloat16, "LongStorage": .int64, "IntStorage": .int32, "ShortStorage": .int16,
    "CharStorage": .int8, "ByteStorage": .uint8, "BoolStorage": .bool, "ComplexFloatStorage": .complex64,
    "ComplexDoubleStorage": .complex128,
  ]
}
