/// A record: the payload's length (u64), its masked CRC32C, the payload, its masked CRC32C; all little-endian.
enum EventRecord {
  static func framed(_ payload: ArraySlice<UInt8>) -> [UInt8] {
    let length = littleEndian(UInt64(payload.count))
    return length + littleEndian(CRC32C.masked(length[...])) + payload + littleEndian(CRC32C.masked(payload))
  }

  /// The whole records from the beginning, up to the first that is cut off or damaged.
  static func payloads(_ bytes: [UInt8]) -> [ArraySlice<UInt8>] {
    var payloads: [ArraySlice<UInt8>] = []
    var rest = bytes[...]
    while rest.count >= 16 {
      let header = rest.prefix(12)
      let length = number(header.prefix(8), UInt64.self)
      guard length <= UInt64(rest.count - 16),
        number(header.suffix(4), UInt32.self) == CRC32C.masked(header.prefix(8))
      else { break }
      let payload = rest.dropFirst(12).prefix(Int(length))
      let sum = rest.dropFirst(12 + Int(length)).prefix(4)
      guard number(sum, UInt32.self) == CRC32C.masked(payload) else { break }
      payloads.append(payload)
      rest = rest.dropFirst(16 + Int(length))
    }
    return payloads
  }

  private static func littleEndian(_ value: some FixedWidthInteger) -> [UInt8] {
    withUnsafeBytes(of: value.littleEndian) { Array($0) }
  }

  private static func number<Number: FixedWidthInteger>(_ bytes: ArraySlice<UInt8>, _: Number.Type) -> Number
  {
    bytes.reversed().reduce(0) { $0 << 8 | Number($1) }
  }
}

/// The Castagnoli checksum (RFC 3720, B.4).
enum CRC32C {
  private static let table: [UInt32] = (0..<256).map { index in
    (0..<8).reduce(UInt32(index)) { value, _ in value & 1 == 1 ? value >> 1 ^ 0x82F6_3B78 : value >> 1 }
  }

  static func of(_ bytes: ArraySlice<UInt8>) -> UInt32 {
    table.withUnsafeBufferPointer { table in
      bytes.withUnsafeBufferPointer { bytes in
        var sum = UInt32.max
        for byte in bytes { sum = sum >> 8 ^ table[Int(UInt8(truncatingIfNeeded: sum) ^ byte)] }
        return ~sum
      }
    }
  }

  /// Masked as TensorFlow does, so that a checksum of data with checksums in it is still a good one.
  static func masked(_ bytes: ArraySlice<UInt8>) -> UInt32 {
    let sum = of(bytes)
    return (sum >> 15 | sum << 17) &+ 0xA282_EAD8
  }
}
