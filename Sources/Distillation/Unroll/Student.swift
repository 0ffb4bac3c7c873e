import Data
import Networks
import Torch
import Training

/// One step of the student: which of the synthetic samples it sees, and how they are changed before.
public struct StudentStep {
  /// Of the synthetic set.
  public var samples: SampleSubset
  /// Drawn before the training is differentiated, so that every pass sees the same images.
  public var augmentation: (any Augmentation, parameters: [Tensor])?

  public init(
    samples: SampleSubset = .all, augmentation: (any Augmentation, parameters: [Tensor])? = nil
  ) {
    self.samples = samples
    self.augmentation = augmentation
  }

  /// What the student sees: [B, C, H, W], differentiable in the synthetic images [N, C, H, W].
  func images(_ synthetic: Tensor) -> Tensor {
    let chosen = synthetic.selecting(samples)
    return augmentation.map { $0.0.apply(chosen, $0.parameters) } ?? chosen
  }
}

/// A student's gradient as a function of its weights and of the images: what one step of plain descent follows.
struct Student {
  let network: any Network
  /// Whether passes compute in bfloat16; weights, gradients and sums stay as they are.
  let autocasts: Bool
  /// The most images in one pass; the gradient of a batch is a sum over its parts.
  let part: Int?

  /// ∇_θ of the mean cross-entropy, without a graph: [P].
  func gradient(_ theta: Tensor, _ images: Tensor, _ labels: Tensor) -> Tensor {
    var sum: Tensor?
    for (range, share) in parts(of: images.size(0)) {
      let weights = Point(layout: network.layout, flat: theta, buffers: buffers).leaves()
      let found = withGrad {
        weights.gradient(of: loss(weights, images.selecting(range), labels.selecting(range)) * Scalar(share))
      }
      sum = sum.map { $0.add_(found) } ?? found
    }
    return sum!
  }

  /// The same with a graph to θ and the images.
  func gradient(followed theta: Tensor, _ images: Tensor, _ labels: Tensor, share: Double = 1) -> Tensor {
    let weights = Parameters(splitting: theta, network.layout)
    let loss = loss(weights, images, labels)
    return grad(of: share == 1 ? loss : loss * Scalar(share), wrt: theta, createGraph: true)
  }

  /// The parts of a batch with their shares of the mean.
  func parts(of count: Int) -> [(samples: SampleSubset, share: Double)] {
    guard let part, part < count else { return [(.all, 1)] }
    return stride(from: 0, to: count, by: part).map { start in
      let range = start..<min(start + part, count)
      return (.range(range), Double(range.count) / Double(count))
    }
  }

  /// None: see ``Unroll/init(_:mode:)``.
  private var buffers: Buffers { network.bufferLayout.initial() }

  private func loss(_ weights: Parameters, _ images: Tensor, _ labels: Tensor) -> Tensor {
    func logits(_ network: some Network) -> Tensor {
      var pass = Pass(training: true, buffers: buffers, updatesBuffers: false)
      return network(network.laidOut(images), weights, &pass).logits
    }
    let found = autocasts ? autocast(.bfloat16, device: images.device) { logits(network) } : logits(network)
    return crossEntropyPerSample(found, labels).mean()
  }
}
