import Command
import Foundation

/// One JSON object a line.
final class LineFile {
  let file: AppendedFile

  /// Keeps the lines up to that step.
  init(_ url: URL, upTo step: Int) throws(CommandError) {
    if FileManager.default.fileExists(atPath: url.path) {
      let (lines, isWhole) = try Self.read(url)
      let kept = lines.filter { $0.line.step <= step }
      if kept.count < lines.count || !isWhole {
        try Files.write(Data(kept.map { $0.bytes + [UInt8(ascii: "\n")] }.joined()), to: url)
      }
    }
    file = try AppendedFile(url)
  }

  func append(_ line: MetricsLog.Line) throws(CommandError) {
    try file.append(Array((line.text + "\n").utf8))
  }

  /// The lines; false if the last one is cut off, as a process that was killed leaves it.
  static func read(_ url: URL) throws(CommandError) -> (
    lines: [(line: MetricsLog.Line, bytes: ArraySlice<UInt8>)], isWhole: Bool
  ) {
    let bytes = [UInt8](try Files.contents(of: url))
    var lines: [(line: MetricsLog.Line, bytes: ArraySlice<UInt8>)] = []
    var start = 0
    while let end = bytes[start...].firstIndex(of: UInt8(ascii: "\n")) {
      guard let line = MetricsLog.Line(bytes[start..<end]) else {
        throw CommandError(
          "\(url.path):\(lines.count + 1): is damaged: no JSON object with a step, an epoch and numbers")
      }
      lines.append((line, bytes[start..<end]))
      start = end + 1
    }
    return (lines, start == bytes.count)
  }
}

/// A file that grows by whole pieces.
final class AppendedFile {
  private let descriptor: Int32
  private let path: String

  init(_ url: URL) throws(CommandError) {
    path = url.path
    descriptor = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o666)
    guard descriptor >= 0 else { throw Files.failure(path, "cannot be written") }
  }

  deinit { close(descriptor) }

  /// In one call, so that who reads along sees whole pieces. A piece that does not fit leaves nothing.
  func append(_ bytes: [UInt8]) throws(CommandError) {
    let start = lseek(descriptor, 0, SEEK_END)
    var done = 0
    while done < bytes.count {
      let count = bytes[done...].withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
      if count < 0, errno == EINTR { continue }
      guard count > 0 else {
        let code = errno
        if start >= 0 { ftruncate(descriptor, start) }
        throw Files.failure(path, "cannot be written", code)
      }
      done += count
    }
  }

  func synchronize() throws(CommandError) {
    if fsync(descriptor) != 0, errno != EINVAL { throw Files.failure(path, "cannot be brought to the disk") }
  }
}
