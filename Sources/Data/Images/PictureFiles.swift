import Foundation
import Torch

/// How pictures of folders become images of one shape.
public struct PictureOptions: Sendable, Equatable {
  /// The side of the square that every picture becomes, in pixels; nil leaves them as they are, which must be one size.
  public var size: Int?
  /// How a picture comes to `size`.
  public var resize: PictureResize
  /// Gray pictures among colours are common, so that colour is the default.
  public var channels: Picture.Channels
  /// Bytes up to which all pictures are decoded once and kept; above it each reading decodes anew.
  public var memoryBudget: Int

  /// - Parameter memoryBudget: a quarter of the machine's memory if nil.
  public init(
    size: Int? = nil, resize: PictureResize = .shortSideThenCrop, channels: Picture.Channels = .rgb,
    memoryBudget: Int? = nil
  ) {
    self.size = size
    self.resize = resize
    self.channels = channels
    self.memoryBudget = memoryBudget ?? Int(clamping: ProcessInfo.processInfo.physicalMemory / 4)
  }
}

/// Picture files as a source of images, decoded on all cores.
final class PictureFiles: ImageSource {
  let shape: [Int]
  private let files: [String]
  private let options: PictureOptions

  var count: Int { files.count }

  /// Images of these files: kept in memory where they fit the budget, else decoded when they are asked for.
  static func source(_ files: [String], _ options: PictureOptions) throws(DataError) -> any ImageSource {
    let source = try PictureFiles(files, options)
    let bytes = source.shape.reduce(files.count, *)
    guard bytes <= options.memoryBudget else {
      try source.checkSizes()
      return source
    }
    // In parts, as pixels lie in another order in files.
    let all = Tensor.empty([files.count] + source.shape, dtype: .uint8, device: .cpu)
    let part = max(1, (64 << 20) / source.shape.reduce(1, *))
    for start in stride(from: 0, to: files.count, by: part) {
      let length = min(part, files.count - start)
      let decoded = try source.images(Array(start..<start + length))
      withNoGrad { _ = all.narrow(dim: 0, start: start, length: length).copy_(decoded) }
    }
    return MemoryImages(all)
  }

  private init(_ files: [String], _ options: PictureOptions) throws(DataError) {
    precondition(!files.isEmpty)
    if let size = options.size {
      guard (1...Picture.maximumSide).contains(size), size * size <= Picture.maximumPixels else {
        throw DataError("the wanted size of pictures is \(size); 1…13377 pixels a side are possible")
      }
    }
    self.files = files
    self.options = options
    let first = try Self.picture(files[0], options)
    shape = [first.channels, first.height, first.width]
  }

  private static func picture(_ path: String, _ options: PictureOptions) throws(DataError) -> Picture {
    let picture = try Picture(reading: path, channels: options.channels)
    guard let size = options.size else { return picture }
    return try picture.resized(to: size, options.resize)
  }

  func images(_ indices: [Int]) throws(DataError) -> Tensor {
    let (channels, height, width) = (shape[0], shape[1], shape[2])
    let length = channels * height * width
    let pixels = Tensor.empty([indices.count, height, width, channels], dtype: .uint8, device: .cpu)
    try pixels.withUnsafeMutableBytes { (target) throws(DataError) in
      guard let start = target.baseAddress else { return }
      // Each call writes its own stretch.
      nonisolated(unsafe) let base = start
      try concurrently(indices.count) { (index) throws(DataError) in
        let picture = try Self.picture(files[indices[index]], options)
        try check(picture.width, picture.height, files[indices[index]])
        guard picture.channels == channels else {
          throw .file(
            files[indices[index]],
            "has \(picture.channels) channels, but \(files[0]) has \(channels): choose gray or rgb for all")
        }
        picture.pixels.withUnsafeBytes {
          (base + index * length).copyMemory(from: $0.baseAddress!, byteCount: length)
        }
      }
    }
    return withNoGrad { pixels.permute([0, 3, 1, 2]).contiguous() }
  }

  private func check(_ width: Int, _ height: Int, _ path: String) throws(DataError) {
    guard width == shape[2], height == shape[1] else {
      throw DataError(
        "\(path) is \(width)×\(height) pixels, but \(files[0]) is \(shape[2])×\(shape[1]); images of a data set have one size: give a size to scale them to"
      )
    }
  }

  /// Where no size is given, headers are read now, so that a picture of another size is not found in mid-training.
  private func checkSizes() throws(DataError) {
    guard options.size == nil else { return }
    try concurrently(files.count) { (index) throws(DataError) in
      let size: (width: Int, height: Int)
      // A thumbnail before the header can be longer than this.
      if let early = try? Picture.size(DataFile.read(files[index], prefix: 1 << 16), name: files[index]) {
        size = early
      } else {
        size = try Picture.size(DataFile.read(files[index]), name: files[index])
      }
      try check(size.width, size.height, files[index])
    }
  }
}
