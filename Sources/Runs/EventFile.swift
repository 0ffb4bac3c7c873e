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
