import Foundation
import Torch

/// Data sets that need no file: images drawn by a program, the same on every call.
///
/// Ten hand-drawn glyphs under random affine maps, smooth warps, pens, distractor strokes, backgrounds, light or dark
/// ink and noise. In `color`, ink and paper have random colours, so that colour tells nothing about the class.
///
/// Trained on 10,000 images, tested on 2,000: softmax regression on the pixels 36 % (`gray`) and 29 % (`color`); a
/// ConvNet of width 32 and depth 3 after four epochs 94 % and 95 % (PyTorch, one run each).
///
/// An image depends on the name, the split, the seed and its index alone: the first N images are the same however many
/// are drawn and however many cores draw them. Each ten consecutive images show each class once, in random order.
public enum BuiltInData {
  struct Kind {
    let name: String
    let channels: Int
    let size: Int
    let summary: String
  }

  static let kinds = [
    Kind(name: "gray", channels: 1, size: 28, summary: "ten drawn glyphs, 28×28, gray"),
    Kind(name: "color", channels: 3, size: 32, summary: "ten drawn glyphs, 32×32, random colours"),
  ]

  /// `gray` and `color`.
  public static var names: [String] { kinds.map(\.name) }

  /// One line about the set of that name.
  public static func summary(_ name: String) -> String? { kinds.first { $0.name == name }?.summary }

  /// 10,000 for training and 2,000 for testing.
  public static func defaultCount(_ split: DataSet.Split) -> Int { split == .train ? 10_000 : 2_000 }

  /// Draws a set: uint8 [count, C, H, W] with C×H×W 1×28×28 (`gray`) or 3×32×32 (`color`).
  ///
  /// - Parameters:
  ///   - count: ``defaultCount(_:)`` if nil.
  ///   - seed: another seed draws other images of the same kind.
  /// - Throws: ``DataError`` for an unknown name or a count below 1.
  public static func open(
    _ name: String, split: DataSet.Split, count: Int? = nil, seed: UInt64 = 0
  ) throws(DataError) -> DataSet {
    try open(
      name, split: split, count: count, seed: seed, workers: ProcessInfo.processInfo.activeProcessorCount)
  }

  static func open(
    _ name: String, split: DataSet.Split, count: Int? = nil, seed: UInt64 = 0, workers: Int
  ) throws(DataError) -> DataSet {
    guard let kind = kinds.first(where: { $0.name == name }) else {
      throw DataError("no built-in data set '\(name)'; there are: \(names.joined(separator: ", "))")
    }
    let count = count ?? defaultCount(split)
    guard count > 0 else {
      throw DataError("\(name) (\(split)): at least one image is needed, asked for \(count)")
    }
    let streams = RandomStreams(seed: seed).child("builtin/\(name)/\(split.rawValue)")
    let labels = classes(count, key: streams.seed(of: "classes"))
    let pixels = draw(kind, labels, key: streams.seed(of: "images"), workers: workers)
    return try DataSet(
      name: name, split: split, format: "builtin", images: MemoryImages(pixels), labels: labels,
      classNames: Glyph.allCases.map { "\($0)" })
  }

  /// Permutations of the ten classes, one after the other.
  private static func classes(_ count: Int, key: UInt64) -> [Int] {
    let all = Array(Glyph.allCases.indices)
    var labels: [Int] = []
    labels.reserveCapacity(count + all.count)
    for block in 0..<((count + all.count - 1) / all.count) {
      var random = PositionRandom(key: key, position: block)
      var order = all
      for last in order.indices.dropFirst().reversed() { order.swapAt(last, random.integer(below: last + 1)) }
      labels += order
    }
    return Array(labels.prefix(count))
  }

  private static func draw(_ kind: Kind, _ labels: [Int], key: UInt64, workers: Int) -> Tensor {
    let length = kind.channels * kind.size * kind.size
    let pixels = Tensor.empty([labels.count, kind.channels, kind.size, kind.size], dtype: .uint8)
    let parts = max(1, min(workers, labels.count))
    pixels.withUnsafeMutableBytes { bytes in
      // Every worker writes to its own images.
      nonisolated(unsafe) let target = bytes.bindMemory(to: UInt8.self)
      DispatchQueue.concurrentPerform(iterations: parts) { part in
        var painter = GlyphPainter(size: kind.size, channels: kind.channels)
        for index in (part * labels.count / parts)..<((part + 1) * labels.count / parts) {
          var random = PositionRandom(key: key, position: index)
          let image = UnsafeMutableBufferPointer(rebasing: target[(index * length)..<((index + 1) * length)])
          painter.paint(Glyph.allCases[labels[index]], &random, image)
        }
      }
    }
    return pixels
  }
}
