import Torch

/// Augmentations in a row, with the preprocessing somewhere between them.
///
/// As text: `crop:4,flip,normalize,cutout:16:0.5`. Members are separated by commas, their numbers by colons.
/// `normalize` says where the data set's preprocessing happens; without it, cutout and DSA come after preprocessing
/// (their zeros mean the mean colour) and the rest before (on pixels in [0, 1]), each group in the order written.
/// Mixtures of samples (mixup, cutmix) come last.
///
/// Every member draws from a stream of its own, so that adding one changes the draws of no other.
public struct AugmentationPipeline: Sendable {
  /// On pixels in [0, 1].
  public let before: [any Augmentation]
  /// On preprocessed images.
  public let after: [any Augmentation]
  /// On whole batches, at the end.
  public let mixing: [any BatchAugmentation]
  /// The text that makes this pipeline, empty if it was not made from one.
  public let text: String

  public init(
    before: [any Augmentation] = [], after: [any Augmentation] = [], mixing: [any BatchAugmentation] = [],
    text: String = ""
  ) {
    self.before = before
    self.after = after
    self.mixing = mixing
    self.text = text
  }

  /// No augmentation.
  public static let none = AugmentationPipeline()

  public var isEmpty: Bool { before.isEmpty && after.isEmpty && mixing.isEmpty }

  /// The shape [C, H, W] of what comes out for images of that shape.
  public func shape(after shape: [Int]) -> [Int] {
    (before + after).reduce(shape) { $1.shape(after: $0) }
  }

  /// The parameters of one batch: for each member what its `draw` returned.
  public struct Draw {
    public var before: [[Tensor]]
    public var after: [[Tensor]]
    public var mixing: [[Tensor]]
  }

  /// - Parameters:
  ///   - shape: [C, H, W] of the data set's images.
  ///   - streams: the family for this batch; members draw from its streams named `NAME` (`NAME#2` for the second of a
  ///     name).
  public func draw(_ count: Int, shape: [Int], _ streams: RandomStreams) -> Draw {
    var shape = shape
    var seen: [String: Int] = [:]
    func generator(_ name: String) -> Generator {
      seen[name, default: 0] += 1
      return streams.stream(seen[name]! == 1 ? name : "\(name)#\(seen[name]!)")
    }
    func parameters(_ member: any Augmentation) -> [Tensor] {
      defer { shape = member.shape(after: shape) }
      return member.draw(count, shape: shape, generator(type(of: member).name))
    }
    return Draw(
      before: before.map(parameters), after: after.map(parameters),
      mixing: mixing.map { $0.draw(count, shape: shape, generator(type(of: $0).name)) })
  }

  /// Pixels in [0, 1] (floating point [B, C, H, W]) through the members and the preprocessing; mixtures stay out.
  public func apply(_ pixels: Tensor, _ draw: Draw, preprocessing: (any Preprocessing)? = nil) -> Tensor {
    var images = pixels
    for (member, parameters) in zip(before, draw.before) { images = member.apply(images, parameters) }
    if let preprocessing { images = preprocessing(images) }
    return applyAfter(images, draw)
  }

  /// The members after the preprocessing, from the one of that number on.
  func applyAfter(_ preprocessed: Tensor, _ draw: Draw, from first: Int = 0) -> Tensor {
    zip(after, draw.after).dropFirst(first).reduce(preprocessed) { $1.0.apply($0, $1.1) }
  }

  /// The mixtures of a batch.
  public func mix(_ batch: Batch, classes: Int, _ draw: Draw) -> Batch {
    zip(mixing, draw.mixing).reduce(batch) { $1.0.apply($0, classes: classes, $1.1) }
  }
}
