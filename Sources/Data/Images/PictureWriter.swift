import Foundation
import Torch

/// Writes pictures whole or not at all.
public enum PictureWriter {
  /// The bytes of a PNG file: nothing is lost.
  public static func png(_ picture: Picture) throws(DataError) -> [UInt8] { try PNG.encode(picture) }

  /// The bytes of a JPEG file with colour at half the resolution (4:2:0), as Pillow writes it unless told otherwise.
  ///
  /// - Parameter quality: 1…100.
  public static func jpeg(_ picture: Picture, quality: Int = 75) throws(DataError) -> [UInt8] {
    try JPEG.encode(picture, quality: quality)
  }

  /// Writes a PNG, or a JPEG of quality 95 if the path ends in `.jpg` or `.jpeg`. An old file stays as it was until the
  /// new one is complete and on the disk.
  public static func write(_ picture: Picture, to path: String) throws(DataError) {
    let lower = path.lowercased()
    let bytes =
      lower.hasSuffix(".jpg") || lower.hasSuffix(".jpeg") ? try jpeg(picture, quality: 95) : try png(picture)
    do throws(TorchError) {
      try writeAtomically(to: URL(fileURLWithPath: path)) { (file) throws(TorchError) in try file.write(bytes)
      }
    } catch {
      throw DataError(error.message)
    }
  }
}

extension DataSet {
  /// One image as a PNG file, as it is stored.
  ///
  /// - Throws: ``DataError`` if it cannot be read.
  public func png(_ index: Int) throws(DataError) -> [UInt8] {
    try PictureWriter.png(Picture(images.images([index])[0]))
  }
}
