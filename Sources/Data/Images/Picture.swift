import Torch

/// A picture in memory: bytes row by row, the channels of a pixel side by side.
public struct Picture: Sendable, Equatable {
  public enum Channels: String, Sendable, Codable, CaseIterable {
    /// 1 channel for gray files, 3 for all others.
    case asStored
    /// 1 channel: (299 R + 587 G + 114 B) / 1000 of colours, as ITU-R 601-2 and Pillow weigh them.
    case gray
    /// 3 channels; gray is repeated.
    case rgb
  }

  public let width: Int
  public let height: Int
  /// 1 (gray) or 3 (red, green, blue).
  public let channels: Int
  /// height · width · channels bytes.
  public let pixels: [UInt8]

  /// The longest side that is read or made: what JPEG allows.
  public static let maximumSide = 65_535
  /// The most pixels that are read or made (Pillow's limit): beyond it a small file can fill the memory.
  public static let maximumPixels = 178_956_970

  /// - Parameter pixels: height · width · channels bytes, row by row.
  public init(width: Int, height: Int, channels: Int, pixels: [UInt8]) {
    precondition(channels == 1 || channels == 3, "1 or 3 channels, found \(channels)")
    precondition(
      width > 0 && height > 0 && pixels.count == width * height * channels,
      "\(width)×\(height)×\(channels) bytes, found \(pixels.count)")
    self.width = width
    self.height = height
    self.channels = channels
    self.pixels = pixels
  }

  /// Decodes a JPEG or PNG file, told apart by their first bytes.
  ///
  /// As torchvision's loader does it (Pillow's `convert("RGB")`): alpha and PNG's single transparent colour are dropped
  /// and the colours below them kept; gamma and colour profiles are not applied; CMYK is converted without a profile,
  /// taken as Adobe's inverted one; orientation tags are not followed. PNG channels of 16 bits become the nearest of
  /// 8 bits.
  ///
  /// - Parameter name: the file, for messages.
  /// - Throws: ``DataError`` if it is neither, damaged or cut off, has no pixel, a side above ``maximumSide``, more than
  ///   ``maximumPixels``, or more than a file of its length can hold; before memory is asked for.
  public init(decoding bytes: [UInt8], channels: Channels = .asStored, name: String) throws(DataError) {
    let stored: Picture
    switch Kind(bytes) {
    case .jpeg: stored = try JPEG.decode(bytes, name: name)
    case .png: stored = try PNG.decode(bytes, name: name)
    case nil: throw Self.unknown(bytes, name)
    }
    self = stored.converted(to: channels)
  }

  /// Reads a JPEG or PNG file; see ``init(decoding:channels:name:)``.
  public init(reading path: String, channels: Channels = .asStored) throws(DataError) {
    try self.init(decoding: DataFile.read(path), channels: channels, name: path)
  }

  /// The size that the file's header says, without decoding: cheap.
  static func size(_ bytes: [UInt8], name: String) throws(DataError) -> (width: Int, height: Int) {
    switch Kind(bytes) {
    case .jpeg:
      let header = try JPEG.Header(bytes, name: name)
      return (header.width, header.height)
    case .png:
      let header = try PNG.Header(bytes, name: name)
      return (header.width, header.height)
    case nil: throw unknown(bytes, name)
    }
  }

  private enum Kind {
    case jpeg, png

    init?(_ bytes: [UInt8]) {
      if bytes.starts(with: JPEG.magic) {
        self = .jpeg
      } else if bytes.starts(with: PNG.magic) {
        self = .png
      } else {
        return nil
      }
    }
  }

  private static func unknown(_ bytes: [UInt8], _ name: String) -> DataError {
    let known: [(String, [UInt8])] = [
      ("a GIF", Array("GIF8".utf8)), ("a BMP", Array("BM".utf8)),
      ("a WebP or other RIFF", Array("RIFF".utf8)),
      ("a TIFF", [0x49, 0x49, 0x2A, 0]), ("a TIFF", [0x4D, 0x4D, 0, 0x2A]),
    ]
    guard !bytes.isEmpty else { return .file(name, "is empty; a JPEG or PNG picture was expected") }
    if let found = known.first(where: { bytes.starts(with: $0.1) }) {
      return .file(name, "is \(found.0) picture; JPEG and PNG can be read: convert it")
    }
    return .file(name, "is neither a JPEG nor a PNG picture by its first bytes; remove or replace it")
  }

  /// Refuses sizes that no picture should have.
  static func checkSize(_ width: Int, _ height: Int, _ name: String) throws(DataError) {
    guard width > 0, height > 0 else {
      throw .file(name, "is a picture of \(width)×\(height) pixels; it must have at least one")
    }
    guard width <= maximumSide, height <= maximumSide, width * height <= maximumPixels else {
      throw .file(
        name,
        "is a picture of \(width)×\(height) pixels; at most \(maximumSide) a side and \(maximumPixels) in all are read: scale it down"
      )
    }
  }

  // MARK: Channels

  /// The same picture with other channels.
  public func converted(to wanted: Channels) -> Picture {
    switch (wanted, channels) {
    case (.gray, 3):
      var gray = [UInt8](repeating: 0, count: width * height)
      pixels.withUnsafeBufferPointer { rgb in
        gray.withUnsafeMutableBufferPointer { gray in
          for index in gray.indices {
            // Weights in 1/65536 with a half added, as Pillow has them.
            let sum =
              19_595 * Int(rgb[3 * index]) + 38_470 * Int(rgb[3 * index + 1]) + 7_471
              * Int(rgb[3 * index + 2])
            gray[index] = UInt8((sum + 0x8000) >> 16)
          }
        }
      }
      return Picture(width: width, height: height, channels: 1, pixels: gray)
    case (.rgb, 1):
      var rgb = [UInt8](repeating: 0, count: 3 * pixels.count)
      pixels.withUnsafeBufferPointer { gray in
        rgb.withUnsafeMutableBufferPointer { rgb in
          for index in gray.indices {
            rgb[3 * index] = gray[index]
            rgb[3 * index + 1] = gray[index]
            rgb[3 * index + 2] = gray[index]
          }
        }
      }
      return Picture(width: width, height: height, channels: 3, pixels: rgb)
    default: return self
    }
  }

  // MARK: Tensors

  /// uint8 [C, H, W].
  public var tensor: Tensor {
    Tensor(pixels, shape: [height, width, channels]).permute([2, 0, 1]).contiguous()
  }

  /// The picture of a tensor.
  ///
  /// - Parameter image: [C, H, W] with 1 or 3 channels: uint8, or floating point in [0, 1], which is clamped, scaled by
  ///   255 and rounded.
  /// - Throws: ``DataError`` for other shapes and types.
  public init(_ image: Tensor) throws(DataError) {
    guard image.dim == 3, image.size(0) == 1 || image.size(0) == 3, image.count > 0 else {
      throw DataError("a picture has the shape [1 or 3, height, width], found \(image.shape)")
    }
    guard image.dtype == .uint8 || image.dtype.isFloatingPoint else {
      throw DataError("a picture is uint8, or floating point in [0, 1]; found \(image.dtype)")
    }
    let bytes = withNoGrad {
      let plain = image.detach().to(.cpu)
      let bytes =
        image.dtype == .uint8 ? plain : (plain.to(.float32).clamp(min: 0, max: 1) * 255).round().to(.uint8)
      return bytes.permute([1, 2, 0]).contiguous().array(of: UInt8.self)
    }
    self.init(width: image.size(2), height: image.size(1), channels: image.size(0), pixels: bytes)
  }
}
