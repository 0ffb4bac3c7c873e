import Command
import Data
import Foundation
import Runs
import Torch

/// A distilled set for other programs.
public enum DistilledExport {
  public enum Form: String, Sendable, CaseIterable {
    /// PNGs in a folder a class: what is beyond [0, 1] is cut off, and the rest rounded to 1/255.
    case folder
    /// `distilled.npz`: `images` as networks see them, `pixels`, `labels` and `stepSize`, exact; and what real images go
    /// through: `mean` and `std` of each channel, or `zcaMean` [d] and `zcaWhitening` [d, d] for flattened ones.
    case npz
  }

  /// - Returns: the files written.
  /// - Throws: ``CommandError`` for a folder that holds something else, or cannot be made.
  public static func write(_ set: DistilledSet, _ form: Form, to folder: URL) throws -> [URL] {
    if let names = try? FileManager.default.contentsOfDirectory(atPath: folder.path),
      let other = names.first(where: { !$0.hasPrefix(".") })
    {
      throw CommandError("\(folder.path): holds \(other) already; choose a new or empty folder")
    }
    do {
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
      switch form {
      case .npz: return [try writeNPZ(set, folder)]
      case .folder: return try writePictures(set, folder)
      }
    } catch let error as CocoaError {
      throw CommandError("\(folder.path): cannot be made: \(error.localizedDescription)")
    }
  }

  private static func writeNPZ(_ set: DistilledSet, _ folder: URL) throws -> URL {
    let file = folder.appendingPathComponent("distilled.npz")
    var tensors: [(name: String, tensor: Tensor)] = [
      ("images", set.best), ("pixels", set.pixels), ("labels", set.labels),
    ]
    if let stepSize = set.stepSize {
      tensors.append(("stepSize", Tensor.full([], Scalar(stepSize), dtype: .float64)))
    }
    switch set.card.model.normalization {
    case let constants as Normalization:
      tensors += [("mean", Tensor(constants.mean)), ("std", Tensor(constants.std))]
    case let zca as ZCA:
      tensors += [("zcaMean", zca.mean.to(.float32)), ("zcaWhitening", zca.whitening)]
    default: break
    }
    try NPZ.write(tensors.map { ($0.name, $0.tensor.to(device: .cpu)) }, to: file)
    return file
  }

  private static func writePictures(_ set: DistilledSet, _ folder: URL) throws -> [URL] {
    let data = try set.dataSet()
    var files: [URL] = []
    for (index, label) in data.labels.enumerated() {
      // Numbered, so that folders sort as the classes do.
      let name = String(format: "%04d-", label) + data.classNames[label].replacing("/", with: "-")
      let place = folder.appendingPathComponent(name)
      try FileManager.default.createDirectory(at: place, withIntermediateDirectories: true)
      let file = place.appendingPathComponent(String(format: "%05d.png", index))
      try PictureWriter.write(Picture(data.images.images([index])[0]), to: file.path)
      files.append(file)
    }
    return files
  }
}
