import Command
import Foundation
import PeerSupport
import Testing

@testable import Runs

@Suite struct MetricsTests {
  let folder: TemporaryFolder
  init() throws { folder = try TemporaryFolder() }

  private func log(after step: Int? = nil, time: Double = 1_700_000_000) throws -> MetricsLog {
    try MetricsLog(in: folder.url, after: step, clock: { time })
  }

  private func text(_ name: String) throws -> String {
    try String(contentsOf: folder.file(name), encoding: .utf8)
  }

  private var eventBytes: [UInt8] {
    get throws { [UInt8](try Data(contentsOf: folder.file(EventFile.name))) }
  }

  @Test func linesAreJSONWithKeysInOrder() throws {
    let log = try log()
    try log.append(
      step: 1, epoch: 0, values: ["train/loss": 0.1, "accuracy": 1, "lr": 1e-7], timing: ["images/s": 20])
    try log.append(step: 2, epoch: 0, values: ["a": .nan, "b": .infinity, "c": -.infinity, "q\"\\\n": -0.5])
    let lines = try text("metrics.jsonl")
    #expect(
      lines == """
        {"accuracy":1,"epoch":0,"lr":1e-07,"step":1,"train/loss":0.1}
        {"a":"NaN","b":"Infinity","c":"-Infinity","epoch":0,"q\\"\\\\\\u000a":-0.5,"step":2}

        """)
    for line in lines.split(separator: "\n") {
      #expect(throws: Never.self) { try JSONSerialization.jsonObject(with: Data(line.utf8)) }
    }
    #expect(
      try text("timing.jsonl").hasPrefix("{\"epoch\":0,\"images/s\":20,\"step\":1,\"time\":1700000000}\n"))
    let read = try MetricsLog.lines(in: folder.url)
    #expect(read[0] == .init(step: 1, epoch: 0, values: ["train/loss": 0.1, "accuracy": 1, "lr": 1e-7]))
    #expect(
      read[1].values["a"]?.isNaN == true && read[1].values["c"] == -.infinity
        && read[1].values["q\"\\\n"] == -0.5)
  }

  @Test func everyNumberComesBack() throws {
    let log = try log()
    let values = [
      0.1 + 0.2, .pi, .leastNonzeroMagnitude, 1.7976931348623157e308, 1e22, 123456789012345680, -0.0, 1.0 / 3,
    ]
    for (step, value) in values.enumerated() { try log.append(step: step, epoch: 0, values: ["v": value]) }
    let read = try MetricsLog.lines(in: folder.url).map { $0.values["v"] }
    #expect(read == values)
  }

  /// What is killed and continued must end with the same bytes.
  @Test(arguments: [nil, 0, 3, 7, 10] as [Int?]) func aContinuedRunHasTheSameBytes(_ checkpoint: Int?) throws
  {
    func steps(_ log: MetricsLog, _ range: ClosedRange<Int>) throws {
      for step in range {
        try log.append(step: step, epoch: step / 4, values: ["loss": 1 / Double(step + 1)])
        if step % 5 == 0 { try log.append(step: step, epoch: step / 4, values: ["test/accuracy": 0.5]) }
      }
    }
    try steps(log(), 0...10)
    let whole = try text("metrics.jsonl")
    let events = try eventBytes
    // Killed in the middle of a line, after steps that no checkpoint has.
    let handle = try FileHandle(forWritingTo: folder.file("metrics.jsonl"))
    try handle.seekToEnd()
    try handle.write(contentsOf: Data("{\"epoch\":9,\"st".utf8))
    let eventHandle = try FileHandle(forWritingTo: folder.file(EventFile.name))
    try eventHandle.truncate(atOffset: UInt64(events.count - 3))
    #expect(try MetricsLog.lines(in: folder.url).count == 14)

    let continued = try log(after: checkpoint)
    #expect(try MetricsLog.lines(in: folder.url).allSatisfy { $0.step <= checkpoint ?? -1 })
    let next = (checkpoint ?? -1) + 1
    if next <= 10 { try steps(continued, next...10) }
    #expect(try text("metrics.jsonl") == whole)
    if checkpoint != 10 { #expect(try eventBytes == events) }
    #expect(try text("timing.jsonl").split(separator: "\n").count == 14)
  }

  @Test func damagedLinesAreNamed() throws {
    try Data("{\"epoch\":1,\"step\":1}\nnonsense\n".utf8).write(to: folder.file("metrics.jsonl"))
    #expect(refusal { _ = try log(after: 5) }.contains("metrics.jsonl:2: is damaged"))
  }

  @Test(.enabled(if: FileManager.default.fileExists(atPath: "/dev/full"), "only Linux has /dev/full"))
  func aFullDiskIsSaid() throws {
    let file = try AppendedFile(URL(fileURLWithPath: "/dev/full"))
    #expect(
      refusal { try file.append([1, 2, 3]) }.contains(
        "/dev/full: cannot be written: No space left on device; free"))
  }

  // MARK: TensorBoard

  @Test func checksumsAreThoseOfTheStandard() {
    // RFC 3720, B.4.
    #expect(CRC32C.of(Array(repeating: 0, count: 32)[...]) == 0x8A91_36AA)
    #expect(CRC32C.of(Array(repeating: 0xFF, count: 32)[...]) == 0x62A8_AB43)
    #expect(CRC32C.of(Array(0..<32)[...]) == 0x46DD_794E)
    #expect(CRC32C.of(Array("123456789".utf8)[...]) == 0xE306_9283)
  }

  @Test func recordsEndAtTheFirstDamage() {
    let records = [[1, 2, 3], [], [4]].map { EventRecord.framed($0[...]) }
    let bytes = Array(records.joined())
    #expect(EventRecord.payloads(bytes).map(Array.init) == [[1, 2, 3], [], [4]])
    for end in bytes.indices {
      let whole = records.indices.filter { records[...$0].joined().count <= end }.count
      #expect(EventRecord.payloads(Array(bytes[..<end])).count == whole)
    }
    for index in bytes.indices {
      var damaged = bytes
      damaged[index] ^= 0x10
      let before = records.indices.filter { records[...$0].joined().count <= index }.count
      #expect(EventRecord.payloads(damaged).count == before)
    }
  }

  @Test func histogramsCountEveryValue() {
    let histogram = Histogram([1, 2, 3, 4, .nan, .infinity], intervals: 3)
    #expect(histogram.count == 4 && histogram.sum == 10 && histogram.sumOfSquares == 30)
    #expect(histogram.limits == [2, 3, 4] && histogram.counts == [1, 1, 2])
    #expect(Histogram([5, 5]).counts == [2])
    #expect(Histogram([]).counts == [])
    #expect(Histogram([-.greatestFiniteMagnitude, .greatestFiniteMagnitude]).counts == [2])
    #expect(Histogram((0..<1000).map { sin(Double($0)) }).counts.reduce(0, +) == 1000)
  }

  @Test(.enabled(if: Peer.isAvailable, Comment(rawValue: Peer.missing))) func tensorBoardReadsTheEvents()
    throws
  {
    let log = try log(time: 1_700_000_000.5)
    try log.append(step: 3, epoch: 0, values: ["train/loss": 0.5, "ünicode": .nan], timing: ["images/s": 7])
    try log.append(step: 1 << 40, epoch: 0, values: ["train/loss": 0.25])
    let png = try #require(
      Data(
        base64Encoded:
          "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="))
    try log.append(image: "pictures/one", png: png, size: (width: 1, height: 1), step: 4)
    try log.append(histogram: "weights", values: [1, 2, 3, 4], step: 5)
    let output = try Peer.run("tensorboard_events", [folder.url.path])
    #expect(
      output == """
        scalar images/s 3 7.0 1700000000.5
        scalar train/loss 3 0.5 1700000000.5
        scalar train/loss 1099511627776 0.25 1700000000.5
        scalar ünicode 3 nan 1700000000.5
        image pictures/one 4 1x1 \(png.count)
        histogram weights 5 min 1.0 max 4.0 num 4.0 sum 10.0 squares 30.0 buckets 30 4.0

        """)
  }
}
