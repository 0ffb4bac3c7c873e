/// The part of an NPY file before the data: what the elements are, and in which shape and order they lie.
struct NPYHeader {
  /// Version, length and dictionary come after these six bytes.
  static let magic: [UInt8] = [0x93] + Array("NUMPY".utf8)
  /// Magic, version and the longer of the two lengths: what must be read to know the length of the rest.
  static let longestPrefix = 12
  /// Headers of the types that can be read are a hundredth of this.
  static let maximumLength = 1 << 20

  let type: NPYType
  let isFortran: Bool
  let shape: [Int]

  /// The bytes before the dictionary and those of it, from the beginning of the file.
  ///
  /// - Parameter prefix: the first ``longestPrefix`` bytes, or all if there are fewer.
  static func lengths(_ prefix: [UInt8], path: String) throws(TorchError) -> (start: Int, count: Int) {
    guard prefix.starts(with: magic) else {
      throw .file(
        path,
        "is not an NPY file: it does not begin with \\x93NUMPY\(magic.starts(with: prefix) ? ", being cut off" : "")"
      )
    }
    guard prefix.count >= 10 else { throw .file(path, "is cut off within its first 10 bytes") }
    let version = (prefix[6], prefix[7])
    let start: Int
    let count: Int
    switch version {
    case (1, 0):
      start = 10
      count = Int(prefix[8]) | Int(prefix[9]) << 8
    case (2, 0), (3, 0):
      guard prefix.count >= 12 else { throw .file(path, "is cut off within its first 12 bytes") }
      start = 12
      count = (0..<4).reduce(0) { $0 | Int(prefix[8 + $1]) << (8 * $1) }
    default:
      throw .file(path, "is NPY version \(version.0).\(version.1); versions 1.0, 2.0 and 3.0 can be read")
    }
    guard count <= maximumLength else {
      throw .file(path, "has an NPY header of \(count) bytes; at most \(maximumLength) can be read")
    }
    return (start, count)
  }

  /// - Parameter text: the dictionary.
  init(_ text: [UInt8], path: String) throws(TorchError) {
    var literal = PythonLiteral(text, subject: path)
    var read: (type: NPYType?, isFortran: Bool?, shape: [Int]?) = (nil, nil, nil)
    try literal.dictionary { (literal, key) throws(TorchError) in
      switch key {
      case "descr":
        if let fields = literal.listAhead() {
          throw .file(
            path,
            "is a structured array of type \(quoted(fields)); save each of its fields as an array of its own")
        }
        read.type = try NPYType(try literal.string(), path: path)
      case "fortran_order": read.isFortran = try literal.boolean()
      case "shape": read.shape = try literal.tuple()
      default: throw literal.failure("the key \(quoted(key)) is none of an NPY header")
      }
    }
    guard let type = read.type, let isFortran = read.isFortran, let shape = read.shape else {
      let missing = read.type == nil ? "descr" : read.isFortran == nil ? "fortran_order" : "shape"
      throw .file(path, "has an NPY header without '\(missing)'")
    }
    // What is made of it can be twice as long as what is stored.
    guard byteCount(shape: shape, elementSize: type.result.elementSize) != nil else {
      throw .file(path, "has the shape \(shape), which has more elements than memory")
    }
    self.type = type
    self.isFortran = isFortran
    self.shape = shape
  }

  /// The bytes that the elements take in the file.
  var dataCount: Int { byteCount(shape: shape, elementSize: type.stored.elementSize) ?? 0 }

  /// The bytes before the elements of a file that holds such a tensor; a multiple of 64, as NumPy writes them.
  static func bytes(for tensor: Tensor, path: String) throws(TorchError) -> [UInt8] {
    try tensor.requireStorable(path, "the tensor")
    guard let name = NPYType.name(of: tensor.dtype) else {
      throw TorchError(
        kind: .value,
        message:
          "\(path): NPY has no type \(tensor.dtype); convert the tensor with .to(.float32) before writing")
    }
    let lengths = tensor.shape.map { "\($0)," }.joined(separator: " ")
    // NumPy writes no comma after the last of several lengths.
    let shape = tensor.dim > 1 ? String(lengths.dropLast()) : lengths
    var text = Array("{'descr': '\(name)', 'fortran_order': False, 'shape': (\(shape)), }".utf8)
    text += [UInt8](repeating: UInt8(ascii: " "), count: 63 - (10 + text.count) % 64)
    text.append(UInt8(ascii: "\n"))
    // 64 lengths of 20 digits fit version 1.0 many times over.
    return magic + [1, 0, UInt8(text.count & 0xFF), UInt8(text.count >> 8)] + text
  }
}

/// NumPy's name of an element type, and what becomes of it here.
struct NPYType {
  /// A type of the same size, in which the bytes are first held.
  let stored: DType
  /// The type of the tensor: a wider one where there is no unsigned type of that size.
  let result: DType
  let isUnsigned: Bool
  /// The length of the units whose bytes must be turned round; 1 if none.
  let swapped: Int

  init(_ name: String, path: String) throws(TorchError) {
    let order = name.unicodeScalars.first
    let code = String(name.unicodeScalars.dropFirst())
    let types: (stored: DType, result: DType)? =
      switch code {
      case "b1": (.bool, .bool)
      case "i1": (.int8, .int8)
      case "i2": (.int16, .int16)
      case "i4": (.int32, .int32)
      case "i8": (.int64, .int64)
      case "u1": (.uint8, .uint8)
      case "u2": (.int16, .int32)
      case "u4": (.int32, .int64)
      case "u8": (.int64, .int64)
      case "f2": (.float16, .float16)
      case "f4": (.float32, .float32)
      case "f8": (.float64, .float64)
      case "c8": (.complex64, .complex64)
      case "c16": (.complex128, .complex128)
      default: nil
      }
    // '|' says that there is no order, which is true of single bytes alone.
    guard let types, let order,
      order == "|" ? types.stored.elementSize == 1 : "<>=".unicodeScalars.contains(order)
    else {
      let bare = code.prefix { $0.isLetter }
      let advice =
        switch bare {
        case "O": "Python objects, which only unpickling could read; save the values as numbers"
        case "U", "S", "a": "strings; save them as text"
        case "M", "m": "times; save them as int64 (NumPy: array.view('int64'))"
        case "V":
          "raw or structured bytes (bfloat16 of ml_dtypes is stored so); save them as float32 or bytes"
        default: "which is not a type that a tensor can hold; convert it before saving"
        }
      throw .file(path, "holds elements of NumPy's type \(quoted(name)): \(advice)")
    }
    stored = types.stored
    result = types.result
    isUnsigned = code.hasPrefix("u")
    let isComplex = types.stored == .complex64 || types.stored == .complex128
    swapped = order == ">" ? types.stored.elementSize / (isComplex ? 2 : 1) : 1
  }

  /// What is written for a type; nil if NPY has none.
  static func name(of dtype: DType) -> String? {
    switch dtype {
    case .bool: "|b1"
    case .int8: "|i1"
    case .uint8: "|u1"
    case .int16: "<i2"
    case .int32: "<i4"
    case .int64: "<i8"
    case .float16: "<f2"
    case .float32: "<f4"
    case .float64: "<f8"
    case .complex64: "<c8"
    case .complex128: "<c16"
    case .bfloat16: nil
    }
  }
}
