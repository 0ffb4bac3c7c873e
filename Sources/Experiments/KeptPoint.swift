import Command
import Foundation

/// A point that a training run kept on its way (`keepEvery`): a model of its own.
public struct KeptPoint: Sendable {
  /// Epochs of training behind it.
  public let epochs: Int
  public let url: URL

  static let folderName = "points"

  static func fileName(_ epochs: Int) -> String { String(format: "epoch-%05d.safetensors", epochs) }

  /// Those of a run's folder, in order; none if it kept none.
  public static func all(of run: URL) -> [KeptPoint] {
    let folder = run.appendingPathComponent(folderName)
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
    return names.compactMap { name in
      guard let match = name.wholeMatch(of: /epoch-(\d+)\.safetensors/), let epochs = Int(match.1) else {
        return nil
      }
      return KeptPoint(epochs: epochs, url: folder.appendingPathComponent(name))
    }.sorted { $0.epochs < $1.epochs }
  }
}
