import Foundation

/// Where commands write: results to standard output, everything else to standard error.
public enum CommandOutput {
  /// One JSON document, keys in order; the only thing on standard output under `--json`.
  public static func json(_ value: some Encodable) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    try write(try encoder.encode(value) + Data("\n".utf8))
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
