import Foundation
import Torch

/// Bytes to normalised floats in one pass: gather, crop, flip, conversion, normalisation and cutout together.
///
/// It stands for the same tensor operations and gives the same bits: a table holds what they make of each of the 256
/// values in each channel.
struct FusedBytes: Sendable {
  private let crop: PadCrop?
  private let flips: Bool
  private let cutout: Cutout?
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
    cutout = pipeline.after.first as? Cutout
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

  /// How many members after the preprocessing are done with.
  var membersAfter: Int { cutout == nil ? 0 : 1 }

  /// - Parameters:
  ///   - images: uint8 [N, C, H, W].
  ///   - places: which of them, B.
  ///   - draw: the parameters of B images.
  /// - Returns: float32 [B, C, H, W].
  func callAsFunction(_ images: Tensor, _ places: [Int], _ draw: AugmentationPipeline.Draw) -> Tensor {
    let shape = images.shape
    let (channels, height, width) = (shape[1], shape[2], shape[3])
    for place in places { precondition((0..<shape[0]).contains(place), "image \(place) of \(shape[0])") }
    let changes = changes(places.count, draw, height: height, width: width)
    let area = height * width
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
              for channel in 0..<channels {
                changes[index].write(
                  source + (places[index] * channels + channel) * area,
                  to: target + (index * channels + channel) * area, values: table + channel * 256,
                  height: height, width: width)
              }
            }
          }
        }
      }
    }
    return result
  }

  private func changes(
    _ count: Int, _ draw: AugmentationPipeline.Draw, height: Int, width: Int
  ) -> [Change] {
    var changes = [Change](repeating: Change(), count: count)
    if let crop {
      let windows: [Int] = draw.before[0][0].array()
      for index in 0..<count {
        changes[index].down = windows[2 * index] - crop.padding
        changes[index].right = windows[2 * index + 1] - crop.padding
      }
    }
    if flips {
      let flipped: [Bool] = draw.before[crop == nil ? 0 : 1][0].array()
      for index in 0..<count { changes[index].isMirrored = flipped[index] }
    }
    if let cutout {
      let corners: [Int] = draw.after[0][0].array()
      let applied: [Bool] = draw.after[0][1].array()
      for index in 0..<count where applied[index] {
        let (top, left) = (corners[2 * index], corners[2 * index + 1])
        changes[index].hiddenRows = (top..<(top + cutout.side)).clamped(to: 0..<height)
        changes[index].hiddenColumns = (left..<(left + cutout.side)).clamped(to: 0..<width)
      }
    }
    return changes
  }
}

/// What happens to one image, in this order: shifted, mirrored, looked up, partly hidden.
private struct Change {
  /// out[y, x] = in[y + down, x + right], the table's first value outside.
  var down = 0
  var right = 0
  var isMirrored = false
  var hiddenRows = 0..<0
  var hiddenColumns = 0..<0

  /// One channel.
  func write(
    _ from: UnsafePointer<UInt8>, to: UnsafeMutablePointer<Float>, values: UnsafePointer<Float>, height: Int,
    width: Int
  ) {
    for y in 0..<height {
      let row = to + y * width
      if (0..<height).contains(y + down) {
        write(row: from + (y + down) * width, to: row, values, width)
      } else {
        row.update(repeating: values[0], count: width)
      }
      if hiddenRows.contains(y) {
        (row + hiddenColumns.lowerBound).update(repeating: 0, count: hiddenColumns.count)
      }
    }
  }

  @inline(__always)
  private func write(
    row from: UnsafePointer<UInt8>, to: UnsafeMutablePointer<Float>, _ values: UnsafePointer<Float>,
    _ width: Int
  ) {
    let low = min(max(0, -right), width)
    let high = max(low, min(width, width - right))
    if isMirrored {
      for x in 0..<low { to[width - 1 - x] = values[0] }
      for x in low..<high { to[width - 1 - x] = values[Int(from[x + right])] }
      for x in high..<width { to[width - 1 - x] = values[0] }
    } else {
      for x in 0..<low { to[x] = values[0] }
      for x in low..<high { to[x] = values[Int(from[x + right])] }
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
