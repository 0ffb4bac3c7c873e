import Command
import Foundation

extension RunFolder {
  static let summaryName = "summary.json"

  /// Writes what came out to `summary.json`: keys in order, numbers that are not finite as texts.
  ///
  /// - Throws: ``CommandError`` if the file cannot be written.
  public func writeSummary(_ summary: some Encodable) throws(CommandError) {
    try Files.write(RunJSON.data(summary), to: file(Self.summaryName))
  }
}
