import CMatio
import Torch

/// Numeric arrays of a MATLAB file (version 5, which MATLAB writes with `-v6` and `-v7`), read by matio.
///
/// matio checks no sums, and older versions of it read beyond their memory for damaged files.
/// So each file is walked first (``MATStructure``), and matio sees only files of plain arrays whose lengths add up.
enum MATFile {
  /// The array of that name, its elements in the order of the file: the first dimension runs fastest.
  ///
  /// - Throws: ``DataError`` if the file is damaged, of another version, or has no such array of a type that a tensor
  ///   can hold.
  static func read(_ path: String, _ name: String, _ structure: MATStructure) throws(DataError) -> Tensor {
    guard let expected = structure.variables.first(where: { $0.name == name }) else {
      let found = structure.variables.map { DataError.quoted($0.name) }.joined(separator: ", ")
      throw .file(path, "has the arrays \(found.isEmpty ? "(none)" : found), but none named '\(name)'")
    }
    let damaged = DataError.file(path, "is damaged: matio cannot read its array '\(name)'")
    guard let file = Mat_Open(path, Int32(MAT_ACC_RDONLY.rawValue)) else { throw damaged }
    defer { Mat_Close(file) }
    guard let variable = Mat_VarRead(file, name) else { throw damaged }
    defer { Mat_VarFree(variable) }
    let facts = variable.pointee
    let shape = (0..<Int(facts.rank)).map { Int(facts.dims[$0]) }
    let types: [matio_classes.RawValue: DType] = [
      MAT_C_UINT8.rawValue: .uint8, MAT_C_INT8.rawValue: .int8, MAT_C_INT16.rawValue: .int16,
      MAT_C_INT32.rawValue: .int32, MAT_C_INT64.rawValue: .int64, MAT_C_SINGLE.rawValue: .float32,
      MAT_C_DOUBLE.rawValue: .float64,
    ]
    guard let type = types[facts.class_type.rawValue], facts.isComplex == 0 else {
      throw .file(path, "holds '\(name)' as a type that cannot be read; save it as uint8 or double")
    }
    guard let data = facts.data, shape == expected.shape,
      Int(facts.nbytes) == shape.reduce(type.elementSize, *), Int(facts.data_size) == type.elementSize
    else { throw damaged }
    let tensor = Tensor.empty(shape.reversed(), dtype: type, device: .cpu)
    tensor.withUnsafeMutableBytes {
      $0.copyMemory(from: UnsafeRawBufferPointer(start: data, count: $0.count))
    }
    return tensor
  }
}

/// What a MATLAB file of version 5 holds, found by walking its elements without trusting any length.
struct MATStructure: Sendable, Equatable {
  struct Variable: Sendable, Equatable {
    var name: String
    var shape: [Int]
  }

  private(set) var variables: [Variable] = []

  /// - Parameter path: the file, for messages.
  /// - Throws: ``DataError`` if an element is cut off, does not add up, or is not a plain real array of numbers.
  init(_ file: [UInt8], path: String) throws(DataError) {
    guard file.count >= 128 else {
      throw .file(path, "is not a MATLAB file: it has \(file.count) bytes, and the header takes 128")
    }
    let isLittle = file[126] == UInt8(ascii: "I") && file[127] == UInt8(ascii: "M")
    let isBig = file[126] == UInt8(ascii: "M") && file[127] == UInt8(ascii: "I")
    let version = isBig ? Int(file[124]) << 8 | Int(file[125]) : Int(file[125]) << 8 | Int(file[124])
    guard isLittle || isBig, version == 0x0100 else {
      let advice =
        version == 0x0200 ? "version 7.3 (HDF5)" : "not a MATLAB file of version 5"
      throw .file(path, "is \(advice); save it in MATLAB with -v7")
    }
    var position = 128
    while position < file.count {
      let words = Words(file[position...], isBig: isBig)
      guard let type = words.number(0), let count = words.number(4), count <= file.count - position - 8 else {
        throw .file(path, "is cut off or damaged: the element at byte \(position) goes beyond its end")
      }
      let content = file[position + 8..<position + 8 + count]
      let end = position + 8 + count
      switch type {
      case 14:
        // matio steps by the length as it is.
        guard count % 8 == 0 else {
          throw .file(path, "is damaged: the array at byte \(position) has \(count) bytes, no multiple of 8")
        }
        variables.append(try Self.array(Words(content, isBig: isBig), count, path, position))
      case 15:
        variables.append(try Self.packed(content, isBig: isBig, path, position))
      default:
        throw .file(
          path,
          "is damaged: the element at byte \(position) is of type \(type); arrays (14, 15) were expected")
      }
      position = end
      guard variables.count <= 1000 else { throw .file(path, "has more than 1000 arrays") }
    }
    let names = variables.map(\.name)
    guard Set(names).count == names.count else { throw .file(path, "has two arrays of one name") }
  }

  /// How much of an array's beginning is looked at: flags, up to 64 lengths, a name of 63 letters.
  private static let headLength = 1024

  private static func packed(
    _ content: ArraySlice<UInt8>, isBig: Bool, _ path: String, _ position: Int
  ) throws(DataError) -> Variable {
    let stream = try Inflater(content, .zlib, name: "\(path): the array at byte \(position)")
    let tag = Words(try stream.next(8)[...], isBig: isBig)
    guard tag.number(0) == 14, let count = tag.number(4) else {
      throw .file(path, "is damaged: the packed element at byte \(position) is no array")
    }
    let head = try stream.next(min(count, headLength))
    let variable = try array(Words(head[...], isBig: isBig), count, path, position)
    // The rest is unpacked to check its length and its sum; matio checks neither.
    var left = count - head.count
    while left > 0 {
      let part = try stream.next(min(left, 1 << 16))
      guard !part.isEmpty else {
        throw .file(path, "is damaged: the packed array at byte \(position) is \(left) bytes too short")
      }
      left -= part.count
    }
    try stream.finish()
    return variable
  }

  /// - Parameters:
  ///   - words: the beginning of the array, or all of it.
  ///   - count: the bytes of the whole array.
  private static func array(
    _ words: Words, _ count: Int, _ path: String, _ position: Int
  ) throws(DataError) -> Variable {
    let place = "the array at byte \(position)"
    func damaged(_ what: String) -> DataError { .file(path, "is damaged: \(what) of \(place)") }
    guard words.number(0) == 6, words.number(4) == 8, let flags = words.number(8) else {
      throw damaged("flags")
    }
    // double, single, and integers of 8 to 64 bits.
    guard (6...15).contains(flags & 0xFF) else {
      throw .file(
        path, "\(place) is of class \(flags & 0xFF): text, cells, structures and sparse arrays cannot be read"
      )
    }
    guard flags & 0x0800 == 0 else {
      throw .file(path, "\(place) has complex numbers; real ones can be read")
    }
    guard let dimensions = words.element(16, limit: 64 * 4), dimensions.type == 5, !dimensions.isSmall,
      dimensions.count >= 8, dimensions.count % 4 == 0
    else { throw damaged("lengths") }
    var shape: [Int] = []
    var elements = 1
    for index in 0..<dimensions.count / 4 {
      let length = words.number(dimensions.start + 4 * index)!
      let (product, overflow) = elements.multipliedReportingOverflow(by: length)
      guard length <= Int(Int32.max), !overflow else { throw damaged("lengths") }
      shape.append(length)
      elements = product
    }
    guard let name = words.element(dimensions.end, limit: 63), name.type == 1 else { throw damaged("name") }
    let letters = words.bytes(name.start, name.count)
    guard let first = letters.first, isLetter(first),
      letters.allSatisfy({ isLetter($0) || 0x30...0x39 ~= $0 })
    else { throw damaged("name") }
    // Numbers may be stored in a shorter type than their class.
    let sizes = [1: 1, 2: 1, 3: 2, 4: 2, 5: 4, 6: 4, 7: 4, 9: 8, 12: 8, 13: 8]
    guard let data = words.tag(name.end), let size = sizes[data.type] else { throw damaged("type") }
    let (bytes, overflow) = elements.multipliedReportingOverflow(by: size)
    guard !overflow, data.count == bytes, data.end <= count + 7, data.start + data.count <= count,
      count - data.start - data.count < 8
    else {
      throw .file(
        path,
        "is damaged: \(place) has the shape \(shape), whose numbers take \(overflow ? "too many" : "\(bytes)") bytes, but holds \(data.count) in \(count)"
      )
    }
    return Variable(name: String(decoding: letters, as: UTF8.self), shape: shape)
  }

  private static func isLetter(_ byte: UInt8) -> Bool {
    0x41...0x5A ~= byte || 0x61...0x7A ~= byte || byte == UInt8(ascii: "_")
  }

  /// Numbers and elements at places that may lie outside.
  private struct Words {
    private let content: ArraySlice<UInt8>
    private let isBig: Bool

    init(_ content: ArraySlice<UInt8>, isBig: Bool) {
      self.content = content
      self.isBig = isBig
    }

    func number(_ position: Int) -> Int? {
      guard position >= 0, position <= content.count - 4 else { return nil }
      let start = content.startIndex + position
      let bytes = content[start..<start + 4]
      return isBig ? bytes.reduce(0) { $0 << 8 | Int($1) } : bytes.reversed().reduce(0) { $0 << 8 | Int($1) }
    }

    func bytes(_ position: Int, _ count: Int) -> [UInt8] {
      Array(content[content.startIndex + position..<content.startIndex + position + count])
    }

    /// An element whose content may lie outside.
    func tag(_ position: Int) -> (type: Int, start: Int, count: Int, end: Int, isSmall: Bool)? {
      guard let first = number(position), let second = number(position + 4) else { return nil }
      // Up to four bytes can lie within the tag, the length above the type.
      if first >> 16 != 0 {
        guard first >> 16 <= 4 else { return nil }
        return (first & 0xFFFF, position + 4, first >> 16, position + 8, true)
      }
      return (first, position + 8, second, position + 8 + (second + 7) / 8 * 8, false)
    }

    /// An element that lies wholly inside.
    func element(
      _ position: Int, limit: Int
    ) -> (type: Int, start: Int, count: Int, end: Int, isSmall: Bool)? {
      guard let tag = tag(position), tag.count <= limit, tag.start + tag.count <= content.count else {
        return nil
      }
      return tag
    }
  }
}
