/// The part of a safetensors file before the data: its length in 8 bytes, then JSON.
struct SafetensorsHeader {
  /// The reference library's limit.
  static let maximumLength = 100_000_000

  private(set) var entries: [Safetensors.Entry] = []
  private(set) var metadata: [String: String] = [:]

  /// Reads and checks the header of the file whose contents are `file`.
  init(_ file: UnsafeRawBufferPointer, path: String) throws(TorchError) {
    guard file.count >= 8 else {
      throw .file(
        path, "is not a safetensors file: it has \(file.count) bytes, and the length of the header takes 8")
    }
    let declared = UInt64(littleEndian: file.loadUnaligned(as: UInt64.self))
    guard declared <= UInt64(Self.maximumLength) else {
      throw .file(
        path,
        "is not a safetensors file: its header would have \(declared) bytes, more than the \(Self.maximumLength) that the format allows"
      )
    }
    let length = Int(declared)
    guard length <= file.count - 8 else {
      throw .file(
        path,
        "is cut off, or not a safetensors file: its header has \(length) bytes, of which \(file.count - 8) are there"
      )
    }
    let text = UnsafeRawBufferPointer(rebasing: file[8..<8 + length])
    guard text.first == UInt8(ascii: "{") else {
      throw .file(path, "is not a safetensors file: its header does not begin with '{'")
    }
    var json = StrictJSON(text, subject: "\(path): the safetensors header")
    var read = Contents(dataStart: 8 + length)
    try json.object { (json, key) throws(TorchError) in
      if key == "__metadata__" {
        try read.readMetadata(&json)
      } else {
        try read.readEntry(key, &json)
      }
    }
    try json.end()
    try read.checkCoverage(fileSize: file.count, path: path)
    entries = read.entries
    metadata = read.metadata
  }

  private struct Contents {
    let dataStart: Int
    var entries: [Safetensors.Entry] = []
    var metadata: [String: String] = [:]

    mutating func readMetadata(_ json: inout StrictJSON) throws(TorchError) {
      if try json.null() { return }
      var found: [String: String] = [:]
      try json.object { (json, key) throws(TorchError) in
        let value = try json.string()
        guard found.updateValue(value, forKey: key) == nil else {
          throw json.failure("the metadata has two spellings of the key \(quoted(key))")
        }
      }
      metadata = found
    }

    mutating func readEntry(_ name: String, _ json: inout StrictJSON) throws(TorchError) {
      let start = json.position
      var typeName: String?
      var shape: [Int]?
      var offsets: [Int]?
      try json.object { (json, key) throws(TorchError) in
        switch key {
        case "dtype": typeName = try json.string()
        case "shape": shape = try Contents.numbers(&json, "the shape of \(quoted(name))", maximumRank)
        case "data_offsets": offsets = try Contents.numbers(&json, "the offsets of \(quoted(name))", 2)
        default: try json.skipValue()  // as the reference library does
        }
      }
      guard let typeName, let shape, let offsets else {
        let missing = typeName == nil ? "dtype" : shape == nil ? "shape" : "data_offsets"
        throw json.failure("the tensor \(quoted(name)) has no '\(missing)'", at: start)
      }
      guard let dtype = DType(safetensors: typeName) else {
        throw json.failure(
          "the tensor \(quoted(name)) is of type \(quoted(typeName)), which Salar cannot hold; convert it before saving",
          at: start)
      }
      guard offsets.count == 2, offsets[0] <= offsets[1] else {
        throw json.failure(
          "the offsets of \(quoted(name)) are \(offsets); a beginning and an end not before it were expected",
          at: start)
      }
      guard let bytes = byteCount(shape: shape, elementSize: dtype.elementSize) else {
        throw json.failure("the shape \(shape) of \(quoted(name)) has more elements than memory", at: start)
      }
      guard bytes == offsets[1] - offsets[0] else {
        throw json.failure(
          "the tensor \(quoted(name)) of shape \(shape) and type \(dtype) takes \(bytes) bytes, but its offsets \(offsets) hold \(offsets[1] - offsets[0])",
          at: start)
      }
      let (end, overflow) = offsets[1].addingReportingOverflow(dataStart)
      guard !overflow else {
        throw json.failure("the offsets of \(quoted(name)) lie beyond any file: \(offsets)", at: start)
      }
      entries.append(.init(name: name, dtype: dtype, shape: shape, range: dataStart + offsets[0]..<end))
    }

    static func numbers(
      _ json: inout StrictJSON, _ what: String, _ most: Int
    ) throws(TorchError) -> [Int] {
      var values: [Int] = []
      try json.array { (json) throws(TorchError) in
        guard values.count < most else { throw json.failure("\(what) has more than \(most) numbers") }
        values.append(try json.unsigned())
      }
      return values
    }

    /// The tensors must fill the data from its beginning to the end of the file, each byte once.
    func checkCoverage(fileSize: Int, path: String) throws(TorchError) {
      var end = dataStart
      let sorted = entries.sorted {
        ($0.range.lowerBound, $0.range.upperBound) < ($1.range.lowerBound, $1.range.upperBound)
      }
      for entry in sorted {
        let start = entry.range.lowerBound
        if start != end {
          throw .file(
            path,
            start < end
              ? "is damaged: the tensor \(quoted(entry.name)) overlaps the one before it by \(end - start) bytes"
              : "is damaged: before the tensor \(quoted(entry.name)) lie \(start - end) bytes that belong to none"
          )
        }
        end = entry.range.upperBound
      }
      guard end == fileSize else {
        throw .file(
          path,
          end > fileSize
            ? "is cut off: its tensors end at byte \(end), but the file has \(fileSize)"
            : "is damaged: \(fileSize - end) bytes after the last tensor belong to none")
      }
    }
  }
}

/// What is to be written: the bytes before the data, and the order of the data.
struct SafetensorsPlan {
  let header: [UInt8]
  /// Positions in the list that was given.
  let order: [Int]

  init(
    _ tensors: [(name: String, tensor: Tensor)], metadata: [String: String], path: String
  ) throws(TorchError) {
    // Before anything of that length is made.
    let notesCount = metadata.reduce(0) { $0 + $1.key.utf8.count + $1.value.utf8.count }
    try Self.requireHeader(of: notesCount, path)
    var names: Set<[UInt8]> = [Array("__metadata__".utf8)]
    for name in tensors.map(\.name) + metadata.keys where !name.isStreamSafe {
      throw TorchError(kind: .value, message: "\(path): the name \(quoted(name)) \(tooManyMarks)")
    }
    for (name, tensor) in tensors {
      guard names.insert(Array(name.utf8)).inserted else {
        throw TorchError(
          kind: .value,
          message: name == "__metadata__"
            ? "\(path): a tensor cannot be named __metadata__, the format's own key; choose another name"
            : "\(path): the name \(quoted(name)) appears twice; give each tensor its own")
      }
      try tensor.requireStorable(path, "the tensor \(quoted(name))")
      guard tensor.dtype.safetensorsName != nil else {
        throw TorchError(
          kind: .value,
          message:
            "\(path): the tensor \(quoted(name)) is \(tensor.dtype), which safetensors lacks; store real and imaginary parts, or complex64"
        )
      }
    }
    // Longest elements first: every stretch then ends where the next type is aligned.
    order = tensors.indices.sorted {
      (-tensors[$0].tensor.dtype.elementSize, $0) < (-tensors[$1].tensor.dtype.elementSize, $1)
    }
    var starts = [Int](repeating: 0, count: tensors.count)
    var end = 0
    for index in order {
      starts[index] = end
      end += tensors[index].tensor.count * tensors[index].tensor.dtype.elementSize
    }
    var members: [String] = []
    if !metadata.isEmpty {
      let notes = metadata.sorted { $0.key < $1.key }.map { "\($0.key.asJSON):\($0.value.asJSON)" }
      members.append("\"__metadata__\":{\(notes.joined(separator: ","))}")
    }
    for (index, (name, tensor)) in tensors.enumerated() {
      let shape = tensor.shape.map(String.init).joined(separator: ",")
      let length = tensor.count * tensor.dtype.elementSize
      members.append(
        "\(name.asJSON):{\"dtype\":\"\(tensor.dtype.safetensorsName!)\",\"shape\":[\(shape)],\"data_offsets\":[\(starts[index]),\(starts[index] + length)]}"
      )
    }
    var text = Array("{\(members.joined(separator: ","))}".utf8)
    text += [UInt8](repeating: UInt8(ascii: " "), count: (8 - text.count % 8) % 8)
    try Self.requireHeader(of: text.count, path)
    header = withUnsafeBytes(of: UInt64(text.count).littleEndian) { Array($0) } + text
  }

  private static func requireHeader(of count: Int, _ path: String) throws(TorchError) {
    guard count <= SafetensorsHeader.maximumLength else {
      throw TorchError(
        kind: .value,
        message:
          "\(path): names and metadata take \(count) bytes, more than the \(SafetensorsHeader.maximumLength) that the format allows"
      )
    }
  }
}

extension DType {
  /// The format's name; nil if it has none.
  var safetensorsName: String? {
    switch self {
    case .bool: "BOOL"
    case .uint8: "U8"
    case .int8: "I8"
    case .int16: "I16"
    case .int32: "I32"
    case .int64: "I64"
    case .float16: "F16"
    case .bfloat16: "BF16"
    case .float32: "F32"
    case .float64: "F64"
    case .complex64: "C64"
    case .complex128: nil
    }
  }

  init?(safetensors name: String) {
    guard let found = DType.allCases.first(where: { $0.safetensorsName == name }) else { return nil }
    self = found
  }
}
