/// Reads JSON in one pass over memory, taking nothing that the grammar does not allow and, beyond it, no key twice, no
/// key that is costly to compare (`String.isStreamSafe`), no integer that 64 signed bits cannot hold exactly,
/// and no nesting deeper than ``maximumDepth``.
///
/// There is no tree: whoever reads says what is expected next, so that a hostile file costs no memory beyond what the
/// caller keeps. Time is linear in the bytes.
struct StrictJSON {
  /// Values inside values; also bounds the stack that ``skipValue()`` takes.
  static let maximumDepth = 64

  private let bytes: UnsafeRawBufferPointer
  /// What messages name: the file and its part.
  private let subject: String
  private(set) var position = 0
  private var depth = 0

  /// The memory must outlive the parser.
  init(_ bytes: UnsafeRawBufferPointer, subject: String) {
    self.bytes = bytes
    self.subject = subject
  }

  // MARK: Values

  /// Reads an object: `member` is called with each key, in the order of the file, and must read the value.
  mutating func object(
    _ member: (inout StrictJSON, String) throws(TorchError) -> Void
  ) throws(TorchError) {
    var keys: Set<[UInt8]> = []
    try list(from: "{", to: "}", of: "an object") { (json) throws(TorchError) in
      let start = json.position
      let key = try json.string()
      guard key.isStreamSafe else { throw json.failure("the key \(quoted(key)) \(tooManyMarks)", at: start) }
      // By bytes: Swift's own comparison takes different spellings of an accent for the same.
      guard keys.insert(Array(key.utf8)).inserted else {
        throw json.failure("the key \(quoted(key)) appears twice; each may appear once", at: start)
      }
      try json.expect(":")
      try member(&json, key)
    }
  }

  /// Reads an array: `element` is called for each element and must read it.
  mutating func array(
    _ element: (inout StrictJSON) throws(TorchError) -> Void
  ) throws(TorchError) {
    try list(from: "[", to: "]", of: "an array", element)
  }

  /// Reads a whole number from 0 to 2^63 - 1, written without a point or an exponent.
  mutating func unsigned() throws(TorchError) -> Int {
    skipSpace()
    let start = position
    var value = 0
    while let byte = current, isDigit(byte) {
      let (tens, first) = value.multipliedReportingOverflow(by: 10)
      let (sum, second) = tens.addingReportingOverflow(Int(byte - 0x30))
      if first || second { throw failure("a number beyond 2^63 - 1", at: start) }
      value = sum
      position += 1
    }
    guard position > start else {
      throw unexpected("a whole number that is not negative")
    }
    if position > start + 1, bytes[start] == ascii("0") {
      throw failure("a number with a leading zero", at: start)
    }
    if let byte = current, byte == ascii(".") || byte | 0x20 == ascii("e") {
      throw failure("a number with a point or an exponent; only whole numbers are allowed here", at: start)
    }
    return value
  }

  mutating func string() throws(TorchError) -> String {
    skipSpace()
    guard current == ascii("\"") else { throw unexpected("a string") }
    position += 1
    let start = position
    while let byte = current, byte != ascii("\""), byte != ascii("\\"), byte >= 0x20 { position += 1 }
    if current == ascii("\"") {
      let text = try text(bytes[start..<position], at: start)
      position += 1
      return text
    }
    var collected = Array(bytes[start..<position])
    while true {
      guard let byte = current else { throw failure("a string that does not end", at: start - 1) }
      position += 1
      switch byte {
      case ascii("\""): return try text(collected, at: start)
      case ascii("\\"): try escape(into: &collected)
      case ..<0x20: throw failure("a control character in a string; it must be escaped", at: position - 1)
      default: collected.append(byte)
      }
    }
  }

  /// Reads any value and drops it.
  mutating func skipValue() throws(TorchError) {
    skipSpace()
    switch current {
    case ascii("{"): try object { (json, _) throws(TorchError) in try json.skipValue() }
    case ascii("["): try array { (json) throws(TorchError) in try json.skipValue() }
    case ascii("\""): _ = try string()
    case ascii("t"): try word("true")
    case ascii("f"): try word("false")
    case ascii("n"): try word("null")
    default: try skipNumber()
    }
  }

  /// Reads `null` if it is next.
  mutating func null() throws(TorchError) -> Bool {
    skipSpace()
    guard current == ascii("n") else { return false }
    try word("null")
    return true
  }

  /// Checks that nothing but spaces follows.
  mutating func end() throws(TorchError) {
    while current == ascii(" ") { position += 1 }
    guard current == nil else { throw unexpected("nothing but spaces after the end") }
  }

  // MARK: Failures

  func failure(_ message: String, at place: Int? = nil) -> TorchError {
    .file(subject, "\(message), at byte \(place ?? position)")
  }

  private func unexpected(_ expected: String) -> TorchError {
    guard let byte = current else { return failure("\(expected) was expected, but the text ends") }
    let found = (0x21..<0x7F).contains(byte) ? "'\(Unicode.Scalar(byte))'" : "the byte \(byte)"
    return failure("\(expected) was expected, but \(found) was found")
  }

  // MARK: Parts

  private var current: UInt8? { position < bytes.count ? bytes[position] : nil }

  private mutating func skipSpace() {
    while let byte = current, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { position += 1 }
  }

  private mutating func expect(_ character: Unicode.Scalar) throws(TorchError) {
    skipSpace()
    guard current == ascii(character) else { throw unexpected("'\(character)'") }
    position += 1
  }

  private mutating func list(
    from opening: Unicode.Scalar, to closing: Unicode.Scalar, of what: String,
    _ element: (inout StrictJSON) throws(TorchError) -> Void
  ) throws(TorchError) {
    skipSpace()
    guard current == ascii(opening) else { throw unexpected(what) }
    guard depth < Self.maximumDepth else {
      throw failure("values are nested deeper than \(Self.maximumDepth)")
    }
    position += 1
    depth += 1
    defer { depth -= 1 }
    skipSpace()
    if current == ascii(closing) {
      position += 1
      return
    }
    while true {
      try element(&self)
      skipSpace()
      if current == ascii(closing) {
        position += 1
        return
      }
      guard current == ascii(",") else { throw unexpected("',' or '\(closing)'") }
      position += 1
    }
  }

  private mutating func word(_ word: StaticString) throws(TorchError) {
    let length = word.utf8CodeUnitCount
    let expected = UnsafeRawBufferPointer(start: word.utf8Start, count: length)
    guard bytes[position...].prefix(length).elementsEqual(expected) else {
      throw unexpected("a value")
    }
    position += length
  }

  /// `-? (0 | [1-9][0-9]*) (. [0-9]+)? ([eE] [+-]? [0-9]+)?`
  private mutating func skipNumber() throws(TorchError) {
    let start = position
    if current == ascii("-") { position += 1 }
    let whole = position
    guard skipDigits() else { throw unexpected("a value") }
    if position > whole + 1, bytes[whole] == ascii("0") {
      throw failure("a number with a leading zero", at: start)
    }
    if current == ascii(".") {
      position += 1
      guard skipDigits() else { throw unexpected("a digit after the point") }
    }
    if let byte = current, byte | 0x20 == ascii("e") {
      position += 1
      if current == ascii("+") || current == ascii("-") { position += 1 }
      guard skipDigits() else { throw unexpected("a digit of the exponent") }
    }
  }

  /// False if there is none.
  private mutating func skipDigits() -> Bool {
    let start = position
    while let byte = current, isDigit(byte) { position += 1 }
    return position > start
  }

  private mutating func escape(into collected: inout [UInt8]) throws(TorchError) {
    let start = position - 1
    guard let byte = current else { throw failure("a string that does not end", at: start) }
    position += 1
    switch byte {
    case ascii("\""), ascii("\\"), ascii("/"): collected.append(byte)
    case ascii("b"): collected.append(0x08)
    case ascii("f"): collected.append(0x0C)
    case ascii("n"): collected.append(0x0A)
    case ascii("r"): collected.append(0x0D)
    case ascii("t"): collected.append(0x09)
    case ascii("u"):
      var code = try hexadecimal()
      if (0xD800..<0xDC00).contains(code), current == ascii("\\") {
        position += 1
        guard current == ascii("u") else { throw failure("half of a surrogate pair", at: start) }
        position += 1
        let low = try hexadecimal()
        guard (0xDC00..<0xE000).contains(low) else { throw failure("half of a surrogate pair", at: start) }
        code = 0x10000 + (code - 0xD800) << 10 + (low - 0xDC00)
      }
      guard let scalar = Unicode.Scalar(code) else { throw failure("half of a surrogate pair", at: start) }
      collected.append(contentsOf: Array(String(scalar).utf8))
    default: throw failure("an escape that JSON does not have", at: start)
    }
  }

  private mutating func hexadecimal() throws(TorchError) -> UInt32 {
    var code: UInt32 = 0
    for _ in 0..<4 {
      guard let byte = current, let digit = Character(Unicode.Scalar(byte)).hexDigitValue else {
        throw unexpected("a hexadecimal digit")
      }
      code = code << 4 | UInt32(digit)
      position += 1
    }
    return code
  }

  private func text(_ part: some Collection<UInt8>, at start: Int) throws(TorchError) -> String {
    guard let text = String(validating: part, as: UTF8.self) else {
      throw failure("a string that is not UTF-8", at: start)
    }
    return text
  }
}

@inline(__always)
private func ascii(_ character: Unicode.Scalar) -> UInt8 { UInt8(truncatingIfNeeded: character.value) }

@inline(__always)
private func isDigit(_ byte: UInt8) -> Bool { byte &- 0x30 < 10 }

extension String {
  /// As a JSON string, with its quotation marks.
  var asJSON: String {
    var result = "\""
    for scalar in unicodeScalars {
      switch scalar {
      case "\"", "\\":
        result.unicodeScalars.append("\\")
        result.unicodeScalars.append(scalar)
      case ..<"\u{20}":
        let digits = String(scalar.value, radix: 16)
        result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result + "\""
  }
}
