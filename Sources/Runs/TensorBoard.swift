import Command
import Foundation

/// TensorBoard's event file: records, each an `Event` message between its length and checksums.
final class EventFile {
  /// TensorBoard takes files with `tfevents` in their name; a fixed one lets a continued run go on in it.
  static let name = "events.out.tfevents.0000000000.salar"

  let file: AppendedFile

  /// Keeps the events up to that step.
  init(_ url: URL, upTo step: Int, time: Double) throws(CommandError) {
    var kept: [UInt8] = []
    if FileManager.default.fileExists(atPath: url.path) {
      let bytes = [UInt8](try Files.contents(of: url))
      for payload in EventRecord.payloads(bytes) where EventMessage.step(of: payload) ?? .max <= step {
        kept += EventRecord.framed(payload)
      }
      if kept.isEmpty || step < 0 { kept = Self.beginning(time) }
      if kept != bytes { try Files.write(Data(kept), to: url) }
    } else {
      try Files.write(Data(Self.beginning(time)), to: url)
    }
    file = try AppendedFile(url)
  }

  /// Every file begins with its version.
  private static func beginning(_ time: Double) -> [UInt8] {
    var event = EventMessage(time: time, step: 0)
    event.body.field(3, text: "brain.Event:2")
    return EventRecord.framed(event.body.bytes[...])
  }

  func append(scalars: [String: Double], step: Int, time: Double) throws(CommandError) {
    var summary = ProtoMessage()
    for (name, value) in scalars.sorted(by: { $0.key < $1.key }) {
      var entry = ProtoMessage()
      entry.field(1, text: name)
      entry.field(2, float: Float(value))
      summary.field(1, message: entry)
    }
    try append(summary, step, time)
  }

  func append(
    image name: String, png: Data, size: (width: Int, height: Int), step: Int, time: Double
  ) throws(CommandError) {
    var image = ProtoMessage()
    image.field(1, integer: size.height)
    image.field(2, integer: size.width)
    image.field(3, integer: 3)  // RGB
    image.field(4, bytes: [UInt8](png))
    try append(value: name, 4, image, step, time)
  }

  func append(histogram: Histogram, name: String, step: Int, time: Double) throws(CommandError) {
    var message = ProtoMessage()
    message.field(1, double: histogram.minimum)
    message.field(2, double: histogram.maximum)
    message.field(3, double: Double(histogram.count))
    message.field(4, double: histogram.sum)
    message.field(5, double: histogram.sumOfSquares)
    message.field(6, doubles: histogram.limits)
    message.field(7, doubles: histogram.counts.map(Double.init))
    try append(value: name, 5, message, step, time)
  }

  private func append(
    value name: String, _ number: Int, _ message: ProtoMessage, _ step: Int, _ time: Double
  ) throws(CommandError) {
    var entry = ProtoMessage()
    entry.field(1, text: name)
    entry.field(number, message: message)
    var summary = ProtoMessage()
    summary.field(1, message: entry)
    try append(summary, step, time)
  }

  private func append(_ summary: ProtoMessage, _ step: Int, _ time: Double) throws(CommandError) {
    var event = EventMessage(time: time, step: step)
    event.body.field(5, message: summary)
    try file.append(EventRecord.framed(event.body.bytes[...]))
  }
}

/// `Event` of TensorFlow's event.proto: wall_time = 1, step = 2, file_version = 3, summary = 5.
private struct EventMessage {
  var body = ProtoMessage()

  init(time: Double, step: Int) {
    body.field(1, double: time)
    body.field(2, integer: step)
  }

  /// As ``init(time:step:)`` writes it: 9 bytes of time, then the step.
  static func step(of payload: ArraySlice<UInt8>) -> Int? {
    let rest = payload.dropFirst(9)
    guard rest.first == 2 << 3 else { return nil }
    var step = 0
    for (index, byte) in rest.dropFirst().prefix(9).enumerated() {
      step |= Int(byte & 0x7F) << (7 * index)
      if byte < 0x80 { return step }
    }
    return nil
  }
}

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

/// Counts of values in 30 intervals of equal width between the least and the greatest.
struct Histogram: Equatable {
  var minimum = 0.0
  var maximum = 0.0
  var count = 0
  var sum = 0.0
  var sumOfSquares = 0.0
  /// The upper end of each interval.
  var limits: [Double] = []
  var counts: [Int] = []

  init(_ values: [Double], intervals: Int = 30) {
    let values = values.filter(\.isFinite)
    count = values.count
    guard let least = values.min(), let greatest = values.max() else { return }
    minimum = least
    maximum = greatest
    sum = values.reduce(0, +)
    sumOfSquares = values.reduce(0) { $0 + $1 * $1 }
    let width = (greatest - least) / Double(intervals)
    guard width > 0, width.isFinite else {
      limits = [greatest]
      counts = [count]
      return
    }
    limits = (1...intervals).map { $0 == intervals ? greatest : least + width * Double($0) }
    counts = Array(repeating: 0, count: intervals)
    for value in values { counts[min(intervals - 1, Int((value - least) / width))] += 1 }
  }
}
