import Networks
import Torch

/// How a gradient moves a point. Works on the flat vector.
public protocol Optimizer {
  /// Makes the state for a point; called once.
  mutating func prepare(for point: Point)

  /// - Parameters:
  ///   - point: changed in place.
  ///   - gradient: ∇L [P], without weight decay.
  mutating func update(_ point: Point, _ gradient: Tensor, learningRate: Double)

  /// What it remembers of earlier gradients as a direction uphill, [P]: SGD's velocity, Adam's first moment; nil without
  /// a memory.
  var momentumDirection: Tensor? { get }

  /// Momentum and its like, by name.
  var state: [(name: String, tensor: Tensor)] { get }
  mutating func restore(_ state: (String) -> Tensor?) throws(TrainingError)
}

extension Optimizer {
  public var momentumDirection: Tensor? { nil }
}

/// Which parameters weight decay pulls on.
public enum DecayMask: String, Sendable, Codable, CaseIterable, SettingChoice {
  /// All of them, as PyTorch's optimisers do when given a model's parameters.
  case all
  /// Weights alone: neither biases nor scales and shifts of normalisations.
  case weights

  /// Where in the flat vector it pulls, neighbours joined.
  public func ranges(_ layout: Layout) -> [Range<Int>] {
    DecayGroup.groups(layout, weightDecay: 1, self).filter { $0.weightDecay > 0 }.map(\.range)
  }
}

/// A stretch of the flat vector with one decay.
struct DecayGroup {
  let range: Range<Int>
  let weightDecay: Double

  /// Neighbouring slots of equal decay make one group, so that an update is a few long strides.
  static func groups(_ layout: Layout, weightDecay: Double, _ mask: DecayMask) -> [DecayGroup] {
    var groups: [DecayGroup] = []
    for slot in layout.slots {
      let decay = mask == .all || slot.role == .weight ? weightDecay : 0
      if let last = groups.last, last.weightDecay == decay {
        groups[groups.count - 1] = DecayGroup(
          range: last.range.lowerBound..<slot.range.upperBound, weightDecay: decay)
      } else {
        groups.append(DecayGroup(range: slot.range, weightDecay: decay))
      }
    }
    return groups
  }
}

/// Copies a checkpoint's tensor into a state tensor.
///
/// - Throws: ``TrainingError`` where the checkpoint lacks it or has one of another type or shape.
public func take(_ name: String, into target: Tensor, from state: (String) -> Tensor?) throws(TrainingError) {
  guard let saved = state(name) else {
    throw TrainingError("the checkpoint lacks '\(name)': it belongs to a run of another rule")
  }
  guard saved.shape == target.shape, saved.dtype == target.dtype else {
    throw TrainingError(
      "the checkpoint's '\(name)' is \(saved.dtype) \(saved.shape), expected \(target.dtype) \(target.shape)")
  }
  withNoGrad { _ = target.copy_(saved) }
}
