import Foundation

/// Where commands write: results to standard output, everything else to standard error.
public enum CommandOutput {
  /// One JSON document, keys in order; the only thing on standard output under `--json`. Numbers that are not finite,
  /// which JSON does not have, are null.
  public static func json(_ value: some Encodable) throws {
    try write(jsonDocument(value) + Data("\n".utf8))
  }

  /// A document as it is printed: in one line, keys in order, null for numbers that are none.
  public static func jsonDocument(_ value: some Encodable) throws -> Data {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    // The encoder can write such numbers as texts alone: as one that no value has.
    let mark = UUID().uuidString
    encoder.nonConformingFloatEncodingStrategy = .convertToString(
      positiveInfinity: mark, negativeInfinity: mark, nan: mark)
    let document = try encoder.encode(value)
    guard document.range(of: Data(mark.utf8)) != nil else { return document }
    return Data(String(decoding: document, as: UTF8.self).replacing("\"\(mark)\"", with: "null").utf8)
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
