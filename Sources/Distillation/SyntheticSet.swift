import Torch

/// The images that are distilled, so many a class, class by class, with labels that stay.
public final class SyntheticSet {
  /// What networks see: float32 [classes · ipc, C, H, W]. Changed in place.
  public let images: Tensor
  /// int64 [classes · ipc]: 0, …, 0, 1, …
  public let labels: Tensor
  public let classes: Int
  /// Images per class (ipc).
  public let perClass: Int

  /// - Parameter images: [classes · ipc, C, H, W], class by class; taken over.
  public init(images: Tensor, classes: Int) {
    precondition(
      images.dim == 4 && images.size(0) % classes == 0 && images.size(0) > 0,
      "images of \(classes) classes, found shape \(images.shape)")
    self.images = images
    self.classes = classes
    perClass = images.size(0) / classes
    labels = Tensor((0..<classes).flatMap { [Int64](repeating: Int64($0), count: images.size(0) / classes) })
      .to(device: images.device)
  }

  /// The images of one class: a view.
  public func images(of label: Int) -> Tensor {
    images.narrow(dim: 0, start: label * perClass, length: perClass)
  }

  /// What images are before the first iteration.
  public enum Start: String, CaseIterable, Sendable {
    /// Different real images of each class.
    case real
    /// N(0, 1).
    case noise
  }

  /// - Throws: ``DistillationError`` if a class has too few images; ``DataError`` if one cannot be read.
  public convenience init(
    _ start: Start, perClass: Int, from samples: RealSamples, _ generator: Generator
  ) throws {
    try samples.require(perClass: perClass)
    let classes = samples.data.classes
    switch start {
    case .real:
      let indices = (0..<classes).flatMap { samples.drawn(perClass, of: $0, generator) }
      self.init(images: try samples.images(indices).contiguous(), classes: classes)
    case .noise:
      let shape = [classes * perClass] + samples.data.shape
      self.init(
        images: Tensor.randn(shape, generator: generator).to(device: samples.device), classes: classes)
    }
  }
}
