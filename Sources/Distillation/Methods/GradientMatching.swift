import Data
import Networks
import Torch
import Training

/// DC (Zhao, Mopuri and Bilen 2021) and DSA (Zhao and Bilen 2021): the images whose gradients point where those of real
/// images point, at networks on their way from fresh weights to ones trained on the images themselves.
///
/// The distance is Σ over weights of layers and over their rows (filters of a convolution, outputs of a linear layer) of
/// 1 − ⟨a, b⟩/(‖a‖‖b‖ + 1e-6); biases and norms' parameters do not count. DSA draws an augmentation for each class, the
/// same for the real and the synthetic images, and augments what the networks are trained on.
public struct GradientMatching: Distiller {
  /// By the keys of `--set`.
  public struct Settings: Codable, Sendable, Hashable {
    /// Real images of each class in an iteration.
    public var realBatch = 256
    public var lrImages = 0.1
    public var momentum = 0.5
    /// Moves of the images before the network is thrown away; 0 takes the papers' number for the ipc.
    public var outer = 0
    /// Epochs of the network on the images between two of them; 0 takes the papers' number for the ipc.
    public var inner = 0
    public var lrNetwork = 0.01
    /// Synthetic images in a step of the network's training.
    public var batch = 256
    /// DSA's families, joined with _; none for DC.
    public var strategy = "none"
    public init() {}

    /// DSA's.
    public static var augmented: Settings {
      var settings = Settings()
      settings.strategy = DSA().strategy
      return settings
    }
  }

  let settings: Settings
  let network: any Network
  let samples: RealSamples
  private let augmentation: DSA?
  private var mover: Momentum
  /// For messages: what it is without and with an augmentation.
  private let name: String

  public init(_ network: any Network, _ samples: RealSamples, _ settings: Settings = Settings()) throws {
    name = settings.strategy == "none" ? DC.name : DSAMatching.name
    guard settings.realBatch >= 1, settings.batch >= 1, settings.outer >= 0, settings.inner >= 0 else {
      throw DistillationError("\(name): realBatch and batch must be 1 or more, outer and inner 0 or more")
    }
    guard network.bufferLayout.slots.isEmpty else {
      throw DistillationError(
        "\(name): takes networks without batch statistics (norm=instance, group, layer or none)")
    }
    try requirePositive(name, "lrImages", settings.lrImages)
    try requirePositive(name, "lrNetwork", settings.lrNetwork)
    try requireMomentum(name, settings.momentum)
    self.settings = settings
    self.network = network
    self.samples = samples
    augmentation = try siamese(settings.strategy)
    mover = Momentum(settings.momentum, rate: settings.lrImages)
  }

  /// The papers' outer and inner loops for so many images per class.
  static func loops(_ perClass: Int) -> (outer: Int, inner: Int) {
    switch perClass {
    case ...1: (1, 1)
    case ...10: (10, 50)
    case ...20: (20, 25)
    case ...30: (30, 20)
    case ...40: (40, 15)
    default: (50, 10)
    }
  }

  public mutating func step(_ set: SyntheticSet, _ iteration: Iteration) throws -> [String: Double] {
    let usual = Self.loops(set.perClass)
    let outer = settings.outer > 0 ? settings.outer : usual.outer
    let inner = settings.inner > 0 ? settings.inner : usual.inner
    let point = network.initial(iteration.streams.stream("network")).to(.float32, device: samples.device)
    var sum = 0.0
    for round in 0..<outer {
      let streams = iteration.streams.child("outer", round)
      let ofImages = set.images.zerosLike()
      for label in 0..<set.classes {
        let draws = streams.child("class", label)
        let chosen = samples.drawn(settings.realBatch, of: label, draws.stream("real"))
        let draw = augmentation?.draw(1, shape: samples.data.shape, draws.stream("augment"))
        let (distance, gradient) = distance(
          set.images(of: label), try samples.images(chosen), label, point, draw)
        sum += distance
        withNoGrad {
          _ = ofImages.narrow(dim: 0, start: label * set.perClass, length: set.perClass).copy_(gradient)
        }
      }
      guard sum.isFinite, withNoGrad({ ofImages.isfinite().all().int }) == 1 else {
        throw DistillationError(
          "\(name): the distance of gradients is \(sum) at iteration \(iteration.index), or its gradient no finite number: the "
            + "distillation has diverged; try a smaller lrImages or lrNetwork")
      }
      mover.move(set.images, by: ofImages)
      if round < outer - 1 { train(point, on: set, epochs: inner, streams) }
    }
    return ["loss": sum / Double(outer * set.classes)]
  }

  /// The distance between the gradients of a class's images, and its gradient for the synthetic ones.
  func distance(_ synthetic: Tensor, _ real: Tensor, _ label: Int, _ point: Point, _ draw: [Tensor]?) -> (
    Double, Tensor
  ) {
    let layout = network.layout
    func loss(_ images: Tensor, _ weights: Parameters) -> Tensor {
      func logits(_ network: some Network) -> Tensor {
        var pass = Pass.training(point, updatesBuffers: false)
        return network(network.laidOut(images), weights, &pass).logits
      }
      let labels = Tensor.full([images.size(0)], Scalar(Double(label)), dtype: .int64, device: images.device)
      return logits(network).crossEntropy(labels)
    }
    func augmented(_ images: Tensor) -> Tensor {
      guard let augmentation, let draw else { return images }
      return augmentation.apply(images, draw)
    }
    return withGrad {
      let weights = point.leaves(.matching(layout) { $0.shape.count > 1 })
      let leaves = weights.leaves.map { weights[$0] }
      let goal = grad(of: loss(withNoGrad { augmented(real) }, weights), wrt: leaves)
      let images = synthetic.detach().requiresGrad_()
      let found = grad(of: loss(augmented(images), weights), wrt: leaves, createGraph: true)
      let parts = zip(found, goal).map { Self.distance($0, $1.detach()) }
      let distance = parts.dropFirst().reduce(parts[0]) { $0 + $1 }
      return (distance.detach().double, grad(of: distance, wrt: images))
    }
  }

  /// Σ over rows of 1 − cosine.
  static func distance(_ a: Tensor, _ b: Tensor) -> Tensor {
    let (a, b) = (a.reshape([a.size(0), -1]), b.reshape([b.size(0), -1]))
    // Of a row of zeros, as under a ReLU that never fires, the gradient of the norm is taken as zero.
    let lengths = a.vectorNorm(dim: [1]) * b.vectorNorm(dim: [1])
    return (1 - (a * b).sum(dim: [1]) / (lengths + Scalar(1e-6))).sum()
  }

  /// Plain SGD on the images.
  private func train(_ point: Point, on set: SyntheticSet, epochs: Int, _ streams: RandomStreams) {
    let student = Student(network: network, autocasts: false, part: nil)
    let ordinary = augmentation.map { DSA($0.families) }
    let count = set.images.size(0)
    for epoch in 0..<epochs {
      let draws = streams.child("epoch", epoch)
      let order: [Int64] = Tensor.randperm(count, generator: draws.stream("order")).array()
      for (step, start) in stride(from: 0, to: count, by: settings.batch).enumerated() {
        let rows = SampleSubset.positions(
          Tensor(Array(order[start..<min(start + settings.batch, count)])).to(device: set.images.device))
        var images = set.images.selecting(rows)
        if let ordinary {
          images = withNoGrad { ordinary(images, draws.child("step", step).stream("augment")) }
        }
        let gradient = student.gradient(point.flat, images, set.labels.selecting(rows))
        withNoGrad { _ = point.flat.add_(gradient, alpha: Scalar(-settings.lrNetwork)) }
      }
    }
  }

  public var state: [(name: String, tensor: Tensor)] { mover.state("velocity") }
  public mutating func restore(_ state: (String) -> Tensor?) throws(DistillationError) {
    if let velocity = state("velocity") { try mover.restore("velocity", state, like: velocity) }
  }
}
