import Networks
import Torch

/// Stochastic gradient descent with momentum, as PyTorch has it: d = g + λw; v ← μv + d (v = d at first);
/// w ← w − η(d + μv) with Nesterov, w − ηv without.
public struct SGD: Optimizer {
  public let momentum: Double
  public let nesterov: Bool
  public let weightDecay: Double
  public let decayMask: DecayMask

  /// v, [P]; nil without momentum and before the first step.
  public private(set) var velocity: Tensor?
  private var groups: [DecayGroup] = []
  private var isFirstStep = true

  /// - Parameters:
  ///   - momentum: μ in [0, 1).
  ///   - weightDecay: λ ≥ 0, coupled.
  public init(
    momentum: Double = 0, nesterov: Bool = false, weightDecay: Double = 0, decayMask: DecayMask = .all
  ) {
    precondition((0..<1).contains(momentum), "momentum in [0, 1), found \(momentum)")
    precondition(!nesterov || momentum > 0, "Nesterov's form needs momentum")
    precondition(weightDecay >= 0, "a weight decay of at least 0, found \(weightDecay)")
    self.momentum = momentum
    self.nesterov = nesterov
    self.weightDecay = weightDecay
    self.decayMask = decayMask
  }

  public mutating func prepare(for point: Point) {
    groups = DecayGroup.groups(point.layout, weightDecay: weightDecay, decayMask)
    velocity = momentum > 0 ? point.flat.zerosLike() : nil
    isFirstStep = true
  }

  public mutating func update(_ point: Point, _ gradient: Tensor, learningRate: Double) {
    withNoGrad {
      for group in groups {
        Tensor.fusedSGD_(
          [point.flat[group.range]], gradients: [gradient[group.range]],
          momentumBuffers: velocity.map { [$0[group.range]] } ?? [], weightDecay: group.weightDecay,
          momentum: momentum, lr: learningRate, dampening: 0, nesterov: nesterov, maximize: false,
          isFirstStep: isFirstStep)
      }
    }
    isFirstStep = false
  }

  public var momentumDirection: Tensor? { velocity }

  public var state: [(name: String, tensor: Tensor)] { velocity.map { [("velocity", $0)] } ?? [] }

  public mutating func restore(_ state: (String) -> Tensor?) throws(TrainingError) {
    if let velocity { try take("velocity", into: velocity, from: state) }
    isFirstStep = false
  }
}
