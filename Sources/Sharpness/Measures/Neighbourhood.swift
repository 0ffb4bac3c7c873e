import Foundation
import Torch

/// How far the loss rises near a point. Each is a search by ascent, so the true maximum lies at or above what it finds.
extension LossSurface {
  /// L(w + ρ∇L/‖∇L‖) − L(w) (Foret et al. 2021): what SAM lowers, and ESAM and SAF report. The gradient is that of all
  /// samples. 0 where the gradient is 0.
  ///
  /// - Parameter rho: ρ > 0.
  public func samSharpness(rho: Double) -> Double {
    let (_, gradient) = gradient()
    let length = gradient.vectorNorm().double
    guard length > 0 else { return 0 }
    // Both without gradients, so that both are rounded in one way.
    return loss(at: moved(by: gradient, times: rho / length)) - loss()
  }

  /// The greatest L(w + e) − L(w) met on normalised gradient ascent inside the ball ‖e‖ ≤ ρ (Andriushchenko and Flammarion
  /// 2022).
  ///
  /// - Parameters:
  ///   - rho: ρ > 0.
  ///   - step: of one ascent step, as a share of ρ.
  public func pgaSharpness(rho: Double, steps: Int = 20, step: Double = 0.1) -> Double {
    ascent(steps: steps) { offset, gradient in
      let length = gradient.vectorNorm().double
      guard length > 0 else { return false }
      offset.add_(gradient, alpha: Scalar(step * rho / length))
      let size = offset.vectorNorm().double
      if size > rho { offset.mul_(Scalar(rho / size)) }
      return true
    }
  }

  /// 100 · (max L(w + y) − L(w)) / (1 + L(w)) over the box |y_i| ≤ ε(|w_i| + 1) (Keskar et al. 2017), by ascent along the
  /// signs of the gradient.
  ///
  /// - Parameters:
  ///   - epsilon: ε > 0.
  ///   - step: of one ascent step, as a share of the box.
  public func keskarSharpness(epsilon: Double = 1e-3, steps: Int = 20, step: Double = 0.1) -> Double {
    let box = withNoGrad { point.flat.abs().add_(1).mul_(Scalar(epsilon)) }
    let rise = ascent(steps: steps) { offset, gradient in
      offset.add_(gradient.sign().mul_(box), alpha: Scalar(step))
      offset.copy_(offset.minimum(box).maximum(-box))
      return true
    }
    return 100 * rise / (1 + loss())
  }

  /// The greatest rise of the loss on a path of offsets that `move` changes by the gradient, until it says that there is
  /// nowhere to go.
  private func ascent(steps: Int, _ move: (_ offset: Tensor, _ gradient: Tensor) -> Bool) -> Double {
    let offset = point.flat.zerosLike()
    var (start, gradient) = gradient()
    var best = 0.0
    for index in 0..<steps {
      guard withNoGrad({ move(offset, gradient) }) else { break }
      let there = withNoGrad { point.flat + offset }
      if index + 1 < steps {
        let (loss, next) = self.gradient(at: there)
        best = max(best, loss - start)
        gradient = next
      } else {
        best = max(best, loss(at: there) - loss())
      }
    }
    return best
  }

  func moved(by direction: Tensor, times factor: Double) -> Tensor {
    withNoGrad { point.flat.add(direction, alpha: Scalar(factor)) }
  }
}
