/// A protobuf message as it is being written.
struct ProtoMessage {
  private(set) var bytes: [UInt8] = []

  private mutating func varint(_ value: UInt64) {
    var rest = value
    while rest >= 0x80 {
      bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest >>= 7
    }
    bytes.append(UInt8(rest))
  }

  private mutating func key(_ number: Int, _ wireType: UInt64) { varint(UInt64(number) << 3 | wireType) }

  private mutating func fixed(_ value: some FixedWidthInteger) {
    withUnsafeBytes(of: value.littleEndian) { bytes += $0 }
  }

  mutating func field(_ number: Int, integer: Int) {
    key(number, 0)
    varint(UInt64(bitPattern: Int64(integer)))
  }

  mutating func field(_ number: Int, double: Double) {
    key(number, 1)
    fixed(double.bitPattern)
  }

  mutating func field(_ number: Int, float: Float) {
    key(number, 5)
    fixed(float.bitPattern)
  }

  mutating func field(_ number: Int, bytes content: [UInt8]) {
    key(number, 2)
    varint(UInt64(content.count))
    bytes += content
  }

  mutating func field(_ number: Int, text: String) { field(number, bytes: Array(text.utf8)) }

  mutating func field(_ number: Int, message: ProtoMessage) { field(number, bytes: message.bytes) }

  /// Packed.
  mutating func field(_ number: Int, doubles: [Double]) {
    key(number, 2)
    varint(UInt64(doubles.count * 8))
    for value in doubles { fixed(value.bitPattern) }
  }
}
