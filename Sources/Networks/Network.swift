import Torch

/// What a network can be asked to hand out beside its logits.
public struct Probe: Hashable, Sendable, ExpressibleByStringLiteral {
  /// What it is called in ``Output/probes``.
  public let name: String
  /// - Parameter name: unique among those that networks know.
  public init(_ name: String) { self.name = name }
  public init(stringLiteral name: String) { self.name = name }

  /// What the classifier reads: [B, F].
  public static let features: Probe = "features"
}

/// How one application of a network behaves.
public struct Pass {
  /// Batch statistics and dropout, as in training.
  public var training: Bool
  /// Whether batch norm moves its running statistics (in training alone). A second pass on the same batch must not.
  public var updatesBuffers: Bool
  /// Statistics that evaluation reads and training moves.
  public var buffers: Buffers
  /// Where dropout draws from.
  public var random: Generator?
  /// What the network is to hand out beside its logits.
  public var probes: Set<Probe>

  public init(
    training: Bool, buffers: Buffers, updatesBuffers: Bool = true, random: Generator? = nil,
    probes: Set<Probe> = []
  ) {
    self.training = training
    self.updatesBuffers = updatesBuffers
    self.buffers = buffers
    self.random = random
    self.probes = probes
  }

  /// As in training, on the point's own buffers.
  public static func training(_ point: Point, updatesBuffers: Bool = true, random: Generator? = nil) -> Pass {
    Pass(training: true, buffers: point.buffers, updatesBuffers: updatesBuffers, random: random)
  }

  /// As in evaluation: running statistics, no dropout.
  public static func evaluation(_ point: Point) -> Pass {
    Pass(training: false, buffers: point.buffers, updatesBuffers: false)
  }
}

/// What a network answers.
public struct Output {
  /// [B, classes].
  public let logits: Tensor
  /// What was asked for in ``Pass/probes`` and the network has.
  public let probes: [Probe: Tensor]

  /// - Parameters:
  ///   - logits: [B, classes].
  ///   - probes: those that were asked for.
  public init(logits: Tensor, probes: [Probe: Tensor] = [:]) {
    self.logits = logits
    self.probes = probes
  }
}

/// An architecture: an immutable value that knows its parameters' names and shapes and computes from weights that it
/// does not hold.
public protocol Network: Sendable {
  var layout: Layout { get }
  var bufferLayout: BufferLayout { get }
  /// [C, H, W] of one input.
  var inputShape: [Int] { get }
  var classes: Int { get }
  /// Whether a training step is faster on images whose channels lie together (measured on the CPU). Layers pass the
  /// layout of their input on; results differ by rounding.
  var prefersChannelsLast: Bool { get }

  /// Fresh weights (float32, on the CPU), with the reference's distributions.
  func initial(_ generator: Generator) -> Point

  /// - Parameters:
  ///   - x: [B, C, H, W], in the weights' precision.
  ///   - weights: one tensor a slot of ``layout``.
  ///   - pass: how to behave; buffers are moved through it.
  func callAsFunction(_ x: Tensor, _ weights: Parameters, _ pass: inout Pass) -> Output
}

extension Network {
  public var prefersChannelsLast: Bool { false }

  /// The images in the layout that this network is fastest on.
  public func laidOut(_ images: Tensor) -> Tensor {
    prefersChannelsLast && images.dim == 4 ? images.contiguous(memoryFormat: .channelsLast) : images
  }

  /// The logits [B, classes] at a point in evaluation mode, without a graph.
  public func logits(_ x: Tensor, at point: Point) -> Tensor {
    withNoGrad {
      var pass = Pass.evaluation(point)
      return self(x, point.weights, &pass).logits
    }
  }
}
