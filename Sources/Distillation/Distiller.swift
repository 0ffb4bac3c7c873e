import Torch

/// What an iteration is told.
public struct Iteration {
  /// Counted from 0.
  public let index: Int
  /// The streams of this iteration alone: what is drawn depends on the seed and the iteration, on nothing before.
  public let streams: RandomStreams
  /// Those of the whole run, for what several iterations share.
  public let run: RandomStreams

  public init(index: Int, run: RandomStreams) {
    self.index = index
    self.run = run
    streams = run.child("iteration", index)
  }
}

/// A method that moves synthetic images, iteration by iteration.
public protocol Distiller {
  /// Moves the images in place.
  ///
  /// - Returns: numbers worth logging, `loss` among them; not finite ones stop the run.
  /// - Throws: ``DistillationError`` where there is no sense in going on; images and state may then have moved on a part of
  ///   the way.
  mutating func step(_ set: SyntheticSet, _ iteration: Iteration) throws -> [String: Double]

  /// The learning rate that the method has learned for networks trained on its images; nil for none.
  var stepSize: Double? { get }

  /// Everything a run needs to go on to the same bits, by name.
  var state: [(name: String, tensor: Tensor)] { get }
  /// Takes the state over from a checkpoint.
  mutating func restore(_ state: (String) -> Tensor?) throws(DistillationError)
}

extension Distiller {
  public var stepSize: Double? { nil }
}

/// v ← μv + g, x ← x − ηv: how images and step sizes move (SGD as PyTorch has it).
struct Momentum {
  let momentum: Double
  let rate: Double
  private(set) var velocity: Tensor?

  /// - Parameter momentum: μ in [0, 1).
  init(_ momentum: Double, rate: Double) {
    self.momentum = momentum
    self.rate = rate
  }

  mutating func move(_ tensor: Tensor, by gradient: Tensor) {
    withNoGrad {
      if let velocity {
        velocity.mul_(Scalar(momentum)).add_(gradient)
      } else {
        velocity = gradient.clone()
      }
      tensor.add_(velocity!, alpha: Scalar(-rate))
    }
  }

  func state(_ name: String) -> [(name: String, tensor: Tensor)] { velocity.map { [(name, $0)] } ?? [] }

  mutating func restore(_ name: String, _ state: (String) -> Tensor?, like tensor: Tensor)
    throws(DistillationError)
  {
    guard let found = state(name) else {
      velocity = nil
      return
    }
    guard found.shape == tensor.shape else {
      throw DistillationError(
        "the checkpoint's \(name) has the shape \(found.shape), expected \(tensor.shape)")
    }
    velocity = found.to(dtype: tensor.dtype, device: tensor.device, copy: true)
  }
}
