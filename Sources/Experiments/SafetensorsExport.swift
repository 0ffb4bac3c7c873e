import Command
import Foundation
import Runs
import Torch

/// A trained network as one file of tensors, which other programs read and ``SavedModel`` reads back.
public enum SafetensorsExport {
  /// - Returns: the file written.
  /// - Throws: ``CommandError`` for the folder of a run, whose model would be lost, or one that cannot be made;
  ///   ``TorchError`` if the file cannot be written.
  public static func write(_ model: SavedModel, to folder: URL) throws -> URL {
    guard !RunFolder.isRun(folder) else {
      throw CommandError(
        "\(folder.path): is the folder of a run, whose model would be overwritten; choose another")
    }
    do {
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    } catch {
      throw CommandError("\(folder.path): cannot be made: \(error.localizedDescription)")
    }
    let file = folder.appendingPathComponent(SavedModel.fileName)
    try model.write(to: file)
    return file
  }
}
