import Foundation

/// Where commands write: results to standard output, everything else to standard error.
public enum CommandOutput {
  /// One JSON document, keys in order; the only thing on standard output under `--json`.
  public static func json(_ value: some Encodable) throws {
    try write(try document(value) + Data("\n".utf8))
  }

  /// Numbers that are not finite, which JSON has none of, are null.
  static func document(_ value: some Encodable) throws -> Data {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    // A word for private use, which no text has.
    let mark = "\u{E000}not finite\u{E000}"
    encoder.nonConformingFloatEncodingStrategy = .convertToString(
      positiveInfinity: mark, negativeInfinity: mark, nan: mark)
    let text = String(decoding: try encoder.encode(value), as: UTF8.self)
    return Data(text.replacingOccurrences(of: "\"\(mark)\"", with: "null").utf8)
  }

  public static func line(_ text: String = "") throws(CommandError) {
    try write(Data((text + "\n").utf8))
  }

  private static func write(_ data: Data) throws(CommandError) {
    do {
      try FileHandle.standardOutput.write(contentsOf: data)
    } catch {
      throw CommandError("standard output cannot be written: \(error.localizedDescription)")
    }
  }

  /// A remark that is no result.
  public static func remark(_ text: String) {
    // A remark that nobody can read must not stop the work.
    try? FileHandle.standardError.write(contentsOf: Data((text + "\n").utf8))
  }
}
