import Foundation

/// Where commands write: results to standard output, everything else to standard error.
public enum CommandOutput {
  /// One JSON document, keys in order; the only thing on standard output under `--json`.
  public static func json(_ value: some Encodable) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    FileHandle.standardOutput.write(try encoder.encode(value) + Data("\n".utf8))
  }

  public static func line(_ text: String = "") {
    FileHandle.standardOutput.write(Data((text + "\n").utf8))
  }

  /// A remark that is no result.
  public static func remark(_ text: String) {
    FileHandle.standardError.write(Data((text + "\n").utf8))
  }
}
