import Command
import Foundation

/// A run's folder, only to be read: for reports and evaluation. It need not be free.
public struct RunRecord {
  public let url: URL
  public let info: RunInfo
  public let checkpoints: Checkpoints

  /// - Throws: ``CommandError`` if there is no run.
  public init(reading url: URL) throws(CommandError) {
    self.url = url.standardizedFileURL
    let file = self.url.appendingPathComponent(RunInfo.fileName)
    guard FileManager.default.fileExists(atPath: file.path) else {
      throw CommandError("\(self.url.path): is not the folder of a run: it has no \(RunInfo.fileName)")
    }
    info = try RunInfo(reading: file)
    checkpoints = Checkpoints(in: self.url.appendingPathComponent("checkpoints"))
  }

  /// The settings it ran with.
  ///
  /// - Parameter defaults: settings of the type; all keys are replaced.
  /// - Throws: ``CommandError`` if `recipe.yaml` does not fit the type.
  public func recipe<Settings: Codable>(over defaults: Settings) throws(CommandError) -> Settings {
    let file = url.appendingPathComponent(RunFolder.recipeName)
    return try Recipe.resolve(defaults, yaml: file, subject: info.kind).settings
  }

  /// Its numbers; none if it has not got so far.
  public func metrics() throws(CommandError) -> [MetricsLog.Line] {
    let file = url.appendingPathComponent(MetricsLog.metricsName)
    return FileManager.default.fileExists(atPath: file.path) ? try MetricsLog.lines(in: url) : []
  }

  /// What came out; nil if it is not over.
  public func summary<Summary: Decodable>(as type: Summary.Type) throws(CommandError) -> Summary? {
    let file = url.appendingPathComponent(RunFolder.summaryName)
    guard FileManager.default.fileExists(atPath: file.path) else { return nil }
    return try RunJSON.value(type, from: Files.contents(of: file), path: file.path)
  }
}
