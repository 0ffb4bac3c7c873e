import Foundation
import Torch

/// Bytes to normalised floats in one pass: gather, crop, flip, conversion and normalisation together.
///
/// It stands for the same tensor operations and gives the same bits: a table holds what they make of each of the 256
/// values in each channel.
struct FusedBytes: Sendable {
  private let crop: PadCrop?
  private let flips: Bool
  /// 256 floats a channel.
  private let table: [Float]

  /// Nil where it cannot stand for the pipeline: other augmentations than a crop and then a flip before the
  /// preprocessing, or a preprocessing that looks at more than one pixel.
  init?(_ pipeline: AugmentationPipeline, _ preprocessing: (any Preprocessing)?, channels: Int) {
    guard preprocessing == nil || preprocessing is Normalization else { return nil }
    var rest = pipeline.before[...]
    crop = rest.first as? PadCrop
    if crop != nil { rest = rest.dropFirst() }
    flips = rest.first is HorizontalFlip
    if flips { rest = rest.dropFirst() }
    guard rest.isEmpty else { return nil }
    table = withNoGrad {
      let pixels = unitPixels(Tensor((0...255).map { UInt8($0) }, shape: [256, 1, 1, 1]))
        .expand([256, channels, 1, 1])
      let values = preprocessing.map { $0(pixels) } ?? pixels
      return values.view([256, channels]).t().contiguous().array()
    }
  }

  /// Whether it can read these images.
  static func reads(_ images: Tensor) -> Bool {
    images.dtype == .uint8 && images.device == .cpu && images.isContiguous()
  }

  /// - Parameters:
  ///   - images: uint8 [N, C, H, W].
  ///   - places: which of them, B.
  ///   - draw: the parameters of B images.
  /// - Returns: float32 [B, C, H, W].
  func callAsFunction(_ images: Tensor, _ places: [Int], _ draw: AugmentationPipeline.Draw) -> Tensor {
    let shape = images.shape
    let (channels, height, width) = (shape[1], shape[2], shape[3])
    for place in places { precondition((0..<shape[0]).contains(place), "image \(place) of \(shape[0])") }
    let padding = crop?.padding ?? 0
    let windows: [Int] = crop == nil ? [] : draw.before[0][0].array()
    let mirrored: [Bool] = flips ? draw.before[crop == nil ? 0 : 1][0].array() : []
    let result = Tensor.empty([places.count, channels, height, width], dtype: .float32)
    let parts = max(1, min(Runtime.threads, result.count / 65_536))
    images.withUnsafeBytes { stored in
      result.withUnsafeMutableBytes { bytes in
        table.withUnsafeBufferPointer { table in
          // Every part writes to its own images.
          nonisolated(unsafe) let target = bytes.bindMemory(to: Float.self).baseAddress!
          nonisolated(unsafe) let source = stored.bindMemory(to: UInt8.self).baseAddress!
          nonisolated(unsafe) let table = table.baseAddress!
          DispatchQueue.concurrentPerform(iterations: parts) { part in
            for index in (part * places.count / parts)..<((part + 1) * places.count / parts) {
              let dy = windows.isEmpty ? 0 : windows[2 * index] - padding
              let dx = windows.isEmpty ? 0 : windows[2 * index + 1] - padding
              let isMirrored = mirrored.isEmpty ? false : mirrored[index]
              for channel in 0..<channels {
                let from = source + (places[index] * channels + channel) * height * width
                let to = target + (index * channels + channel) * height * width
                let values = table + channel * 256
                for y in 0..<height {
                  let row = to + y * width
                  guard (0..<height).contains(y + dy) else {
                    row.update(repeating: values[0], count: width)
                    continue
                  }
                  Self.copy(
                    from + (y + dy) * width, row, values, width: width, shift: dx, mirrored: isMirrored)
                }
              }
            }
          }
        }
      }
    }
    return result
  }

  /// One row: to[x] = from[x + shift], or with left and right exchanged after that.
  @inline(__always)
  private static func copy(
    _ from: UnsafePointer<UInt8>, _ to: UnsafeMutablePointer<Float>, _ values: UnsafePointer<Float>,
    width: Int,
    shift: Int, mirrored: Bool
  ) {
    let low = min(max(0, -shift), width)
    let high = max(low, min(width, width - shift))
    if mirrored {
      for x in 0..<low { to[width - 1 - x] = values[0] }
      for x in low..<high { to[width - 1 - x] = values[Int(from[x + shift])] }
      for x in high..<width { to[width - 1 - x] = values[0] }
    } else {
      for x in 0..<low { to[x] = values[0] }
      for x in low..<high { to[x] = values[Int(from[x + shift])] }
      for x in high..<width { to[x] = values[0] }
    }
  }
}

extension ImageSource {
  /// The images in memory that this source stands for, and where `indices` lie in them; nil for what is not in memory.
  func inMemory(_ indices: [Int]?) -> (source: MemoryImages, indices: [Int])? {
    if let memory = self as? MemoryImages { return (memory, indices ?? []) }
    if let subset = self as? ImageSubset { return subset.underlying(indices) }
    return nil
  }
}
