import Torch

/// Zeroes each element with probability p in training and scales the others by 1/(1−p) (Srivastava et al. 2014).
public struct Dropout: Sendable {
  /// In [0, 1).
  public let probability: Double

  /// - Parameter probability: of zeroing an element, in [0, 1).
  public init(_ probability: Double) {
    precondition((0..<1).contains(probability), "a dropout probability in [0, 1), found \(probability)")
    self.probability = probability
  }

  /// The mask comes from the pass's own stream, so that a second pass can draw the same one.
  public func callAsFunction(_ x: Tensor, _ pass: inout Pass) -> Tensor {
    guard pass.training, probability > 0 else { return x }
    guard let random = pass.random else { preconditionFailure("dropout in training needs Pass.random") }
    let mask = x.detach().emptyLike().bernoulli_(1 - probability, generator: random)
    return x * mask * Scalar(1 / (1 - probability))
  }
}
