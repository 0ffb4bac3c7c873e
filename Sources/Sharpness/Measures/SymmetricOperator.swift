import Networks
import Torch

/// A symmetric matrix that is known by its products with vectors: all that the eigenvalue methods ask for.
public protocol SymmetricOperator: AnyObject {
  /// n of the n × n matrix.
  var dimension: Int { get }
  var dtype: DType { get }
  var device: Device { get }
  /// A·v.
  ///
  /// - Parameter vector: [n].
  func callAsFunction(_ vector: Tensor) -> Tensor
}

/// ∇²L at a point, by products with vectors (Pearlmutter 1994): the derivative of ⟨∇L, v⟩, exact up to rounding.
public final class Hessian: SymmetricOperator {
  public let surface: LossSurface
  /// Products so far; each costs two to three gradients.
  public private(set) var products = 0
  /// Called after each product.
  public var onProduct: () -> Void = {}
  /// The gradient with its graph, kept between products where all samples are one part, as it is no larger then than what
  /// a product needs anyway.
  private var kept: (leaves: [Tensor], gradients: [Tensor])?

  public init(_ surface: LossSurface) { self.surface = surface }

  public var dimension: Int { surface.point.layout.count }
  public var dtype: DType { surface.point.dtype }
  public var device: Device { surface.point.device }

  public func callAsFunction(_ vector: Tensor) -> Tensor {
    precondition(vector.shape == [dimension], "a vector of \(dimension), found shape \(vector.shape)")
    let layout = surface.point.layout
    let direction = Parameters(splitting: vector, layout).tensors
    let sum = vector.zerosLike()
    for (images, labels) in surface.parts {
      let (leaves, gradients) = kept ?? differentiable(images, labels)
      let isOnly = surface.parts.count == 1
      if isOnly { kept = (leaves, gradients) }
      let products = hessianVectorProduct(
        gradients: gradients, wrt: leaves, direction: direction, retainGraph: isOnly)
      withNoGrad {
        for (slot, product) in zip(layout.slots, products) {
          _ = sum[slot.range].view(slot.shape).add_(product, alpha: Scalar(surface.share(labels)))
        }
      }
    }
    products += 1
    onProduct()
    return sum
  }

  private func differentiable(_ images: Tensor, _ labels: Tensor) -> (leaves: [Tensor], gradients: [Tensor]) {
    let weights = surface.point.leaves()
    let loss = surface.meanLoss(weights, images, labels)
    let gradients = grad(of: loss, wrt: weights.tensors, createGraph: true, allowUnused: true)
    return (weights.tensors, zip(gradients, weights.tensors).map { $0.isDefined ? $0 : $1.zerosLike() })
  }
}
