import Data
import Networks
import Torch

/// DM (Zhao and Bilen 2023): in every iteration a fresh network, and for each class the squared distance between the mean
/// features of real and of synthetic images, both augmented by the same draw.
public struct DistributionMatching: Distiller {
  /// By the keys of `--set`.
  public struct Settings: Codable, Sendable, Hashable {
    /// Real images of each class in an iteration.
    public var realBatch = 256
    public var lrImages = 1.0
    public var momentum = 0.5
    /// DSA's families, joined with _; none for no augmentation.
    public var strategy = DSA().strategy
    public init() {}
  }

  let settings: Settings
  let network: any Network
  let samples: RealSamples
  private let augmentation: DSA?
  private var mover: Momentum

  public init(_ network: any Network, _ samples: RealSamples, _ settings: Settings = Settings()) throws {
    guard settings.realBatch >= 1 else {
      throw DistillationError("dm: realBatch must be 1 or more, found \(settings.realBatch)")
    }
    try requirePositive("dm", "lrImages", settings.lrImages)
    try requireMomentum("dm", settings.momentum)
    self.settings = settings
    self.network = network
    self.samples = samples
    augmentation = try siamese(settings.strategy)
    mover = Momentum(settings.momentum, rate: settings.lrImages)
  }

  public mutating func step(_ set: SyntheticSet, _ iteration: Iteration) throws -> [String: Double] {
    let point = network.initial(iteration.streams.stream("network")).to(.float32, device: samples.device)
    let draws = (0..<set.classes).map { iteration.streams.child("class", $0) }
    let real = try draws.enumerated().map { label, streams in
      let chosen = samples.drawn(settings.realBatch, of: label, streams.stream("real"))
      return (try samples.images(chosen), try parameters(streams))
    }
    let (loss, gradient) = loss(set, point, real)
    guard loss.isFinite else {
      throw DistillationError(
        "dm: the loss is \(loss) at iteration \(iteration.index): the distillation has diverged; try a smaller lrImages"
      )
    }
    mover.move(set.images, by: gradient)
    return ["loss": loss]
  }

  private func parameters(_ streams: RandomStreams) throws -> [Tensor]? {
    augmentation?.draw(1, shape: samples.data.shape, streams.stream("augment"))
  }

  /// The sum over classes, and its gradient for the images.
  ///
  /// - Parameter real: for each class the images and the draw for it.
  func loss(_ set: SyntheticSet, _ point: Point, _ real: [(images: Tensor, draw: [Tensor]?)]) -> (
    Double, Tensor
  ) {
    let weights = point.weights
    func features(_ images: Tensor) -> Tensor {
      func apply(_ network: some Network) -> Tensor {
        var pass = Pass.training(point, updatesBuffers: false)
        pass.probes = [.features]
        return network(network.laidOut(images), weights, &pass).probes[.features]!
      }
      return apply(network)
    }
    func augmented(_ images: Tensor, _ draw: [Tensor]?) -> Tensor {
      guard let augmentation, let draw else { return images }
      return augmentation.apply(images, draw)
    }
    let targets = withNoGrad {
      let real = real.map { augmented($0.images, $0.draw) }
      // A network with batch statistics sees all classes at once, as it does of the synthetic images; others come to the same
      // class by class, which takes less memory.
      let found =
        network.bufferLayout.slots.isEmpty
        ? real.map(features) : features(.concatenated(real)).split(sizes: real.map { $0.size(0) })
      return Tensor.stacked(found.map { $0.mean(dim: [0]) }, dim: 0)
    }
    return withGrad {
      let images = set.images.detach().requiresGrad_()
      let seen = Tensor.concatenated(
        real.enumerated().map { label, one in
          augmented(images.narrow(dim: 0, start: label * set.perClass, length: set.perClass), one.draw)
        })
      let found = features(seen)
      let means = found.view([set.classes, set.perClass, found.size(1)]).mean(dim: [1])
      let loss = (targets - means).square().sum()
      return (loss.detach().double, grad(of: loss, wrt: images))
    }
  }

  public var state: [(name: String, tensor: Tensor)] { mover.state("velocity") }
  public mutating func restore(_ state: (String) -> Tensor?) throws(DistillationError) {
    if let velocity = state("velocity") { try mover.restore("velocity", state, like: velocity) }
  }
}

/// - Throws: ``DistillationError`` that names the method and its key.
func requirePositive(_ method: String, _ key: String, _ value: Double) throws(DistillationError) {
  guard value > 0, value <= Double(Float.greatestFiniteMagnitude) else {
    throw DistillationError("\(method): \(key) must be above 0 and a float32 number, found \(value)")
  }
}

/// - Throws: ``DistillationError`` for a momentum outside [0, 1).
func requireMomentum(_ method: String, _ value: Double) throws(DistillationError) {
  guard (0..<1).contains(value) else {
    throw DistillationError("\(method): momentum must be in [0, 1), found \(value)")
  }
}

/// One draw for two batches; nil for `none`.
func siamese(_ strategy: String) throws(DataError) -> DSA? {
  strategy == "none" ? nil : try DSA(strategy: strategy, mode: .siamese)
}
