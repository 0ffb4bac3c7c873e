import Networks
import Torch

/// Adam (Kingma and Ba 2015), with coupled decay, or decoupled as AdamW (Loshchilov and Hutter 2019); PyTorch's
/// formulas.
public struct Adam: Optimizer {
  public let beta1: Double
  public let beta2: Double
  public let epsilon: Double
  public let weightDecay: Double
  public let isDecoupled: Bool
  public let decayMask: DecayMask

  private var mean: Tensor?
  private var square: Tensor?
  private var steps: Tensor?
  private var groups: [DecayGroup] = []

  public init(
    beta1: Double = 0.9, beta2: Double = 0.999, epsilon: Double = 1e-8, weightDecay: Double = 0,
    decoupled: Bool = false, decayMask: DecayMask = .all
  ) {
    precondition(
      (0..<1).contains(beta1) && (0..<1).contains(beta2), "betas in [0, 1), found \(beta1), \(beta2)")
    precondition(epsilon >= 0 && weightDecay >= 0, "epsilon and weight decay of at least 0")
    self.beta1 = beta1
    self.beta2 = beta2
    self.epsilon = epsilon
    self.weightDecay = weightDecay
    isDecoupled = decoupled
    self.decayMask = decayMask
  }

  public mutating func prepare(for point: Point) {
    groups = DecayGroup.groups(point.layout, weightDecay: weightDecay, decayMask)
    mean = point.flat.zerosLike()
    square = point.flat.zerosLike()
    steps = Tensor.zeros([], device: point.device)
  }

  public mutating func update(_ point: Point, _ gradient: Tensor, learningRate: Double) {
    guard let mean, let square, let steps else { preconditionFailure("prepare(for:) comes before update") }
    withNoGrad {
      _ = steps.add_(1)
      for group in groups {
        let apply = isDecoupled ? Tensor.fusedAdamW_ : Tensor.fusedAdam_
        apply(
          [point.flat[group.range]], [gradient[group.range]], [mean[group.range]], [square[group.range]], [],
          [steps], learningRate, beta1, beta2, group.weightDecay, epsilon, false, false, nil, nil, #fileID,
          #line)
      }
    }
  }

  public var momentumDirection: Tensor? { mean }

  public var state: [(name: String, tensor: Tensor)] {
    guard let mean, let square, let steps else { return [] }
    return [("mean", mean), ("square", square), ("steps", steps)]
  }

  public mutating func restore(_ state: (String) -> Tensor?) throws(TrainingError) {
    for (name, tensor) in self.state { try take(name, into: tensor, from: state) }
  }
}
