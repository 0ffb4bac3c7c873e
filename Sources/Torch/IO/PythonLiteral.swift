/// Reads the Python dictionary in an NPY header, and no more of Python than such dictionaries hold: strings without
/// escapes, `True` and `False`, and tuples of whole numbers.
struct PythonLiteral {
  private let bytes: [UInt8]
  private let subject: String
  private var position = 0

  init(_ bytes: [UInt8], subject: String) {
    self.bytes = bytes
    self.subject = subject
  }

  /// Reads the dictionary: `member` is called with each key, in order, and must read the value. Nothing but space may
  /// follow.
  mutating func dictionary(
    _ member: (inout PythonLiteral, String) throws(TorchError) -> Void
  ) throws(TorchError) {
    var keys: Set<String> = []
    try expect("{")
    while !skip("}") {
      let key = try string()
      guard keys.insert(key).inserted else { throw failure("the key \(quoted(key)) appears twice") }
      try expect(":")
      try member(&self, key)
      if !skip(",") {
        try expect("}")
        break
      }
    }
    skipSpace()
    guard current == nil else { throw unexpected("nothing after the dictionary") }
  }

  mutating func string() throws(TorchError) -> String {
    skipSpace()
    guard let quote = current, quote == UInt8(ascii: "'") || quote == UInt8(ascii: "\"") else {
      throw unexpected("a string")
    }
    position += 1
    let start = position
    while let byte = current, byte != quote {
      guard byte >= 0x20, byte < 0x7F, byte != UInt8(ascii: "\\") else {
        throw unexpected("a plain character of a string")
      }
      position += 1
    }
    guard current == quote else { throw failure("a string does not end") }
    defer { position += 1 }
    return String(decoding: bytes[start..<position], as: UTF8.self)
  }

  mutating func boolean() throws(TorchError) -> Bool {
    skipSpace()
    if word("True") { return true }
    if word("False") { return false }
    throw unexpected("True or False")
  }

  /// Reads `()`, `(3,)` or `(3, 4)`.
  mutating func tuple() throws(TorchError) -> [Int] {
    var values: [Int] = []
    try expect("(")
    while !skip(")") {
      guard values.count < maximumRank else {
        throw failure("the shape has more than \(maximumRank) lengths")
      }
      values.append(try unsigned())
      if skip(",") { continue }
      guard values.count > 1 else { throw unexpected("',' after the only length of a shape") }
      try expect(")")
      break
    }
    return values
  }

  /// If a list comes next, as the type of a structured array is one, its text for a message.
  mutating func listAhead() -> String? {
    skipSpace()
    guard current == UInt8(ascii: "[") else { return nil }
    let end = bytes.lastIndex(of: UInt8(ascii: "]")) ?? bytes.count - 1
    return String(
      decoding: bytes[position...].prefix(Swift.max(1, end + 1 - position)).prefix(200), as: UTF8.self)
  }

  func failure(_ message: String) -> TorchError {
    .file(subject, "\(message), at byte \(position) of the header")
  }

  // MARK: Parts

  private var current: UInt8? { position < bytes.count ? bytes[position] : nil }

  private mutating func skipSpace() {
    while let byte = current, byte == 0x20 || (0x09...0x0D).contains(byte) { position += 1 }
  }

  private mutating func skip(_ character: Unicode.Scalar) -> Bool {
    skipSpace()
    guard current == UInt8(ascii: character) else { return false }
    position += 1
    return true
  }

  private mutating func expect(_ character: Unicode.Scalar) throws(TorchError) {
    guard skip(character) else { throw unexpected("'\(character)'") }
  }

  private mutating func word(_ word: String) -> Bool {
    guard bytes[position...].starts(with: word.utf8) else { return false }
    position += word.utf8.count
    return true
  }

  private mutating func unsigned() throws(TorchError) -> Int {
    skipSpace()
    let start = position
    var value = 0
    while let byte = current, byte &- 0x30 < 10 {
      let (tens, first) = value.multipliedReportingOverflow(by: 10)
      let (sum, second) = tens.addingReportingOverflow(Int(byte - 0x30))
      guard !first, !second else { throw failure("a length beyond 2^63 - 1") }
      value = sum
      position += 1
    }
    guard position > start else { throw unexpected("a length that is a whole number and not negative") }
    guard position == start + 1 || bytes[start] != UInt8(ascii: "0") else {
      throw failure("a length with a leading zero")
    }
    return value
  }

  private func unexpected(_ expected: String) -> TorchError {
    guard let byte = current else { return failure("\(expected) was expected, but the header ends") }
    let found = (0x21..<0x7F).contains(byte) ? "'\(Unicode.Scalar(byte))'" : "the byte \(byte)"
    return failure("\(expected) was expected, but \(found) was found")
  }
}
