import Data
import Networks
import Torch

/// What a student's training says of the images and the step size it was made with.
public struct UnrollGradient {
  /// ‖θ_T − θ*_end‖² / ‖θ*_start − θ*_end‖²: a scalar without a graph.
  public let loss: Tensor
  /// ∂L/∂S: [N, C, H, W].
  public let images: Tensor
  /// ∂L/∂α: a scalar.
  public let stepSize: Tensor
}

/// The matching loss of a student and its gradient (Cazenavette et al. 2022, Algorithm 1).
///
/// From θ_0 = θ*_start the student takes T steps of plain gradient descent, θ_{i+1} = θ_i − α g_i with g_i = ∇_θ of the
/// mean cross-entropy of its step's images; the loss is how far from θ*_end it stands then, in units of the expert's own
/// way.
///
/// In mode `exact`, with v_T = ∂L/∂θ_T, each step from the last to the first builds the graph of g_i at θ_i (whose value is
/// kept from the way forward), takes h = ⟨g_i, v_{i+1}⟩, and gives ∂L/∂X_i = −α ∂h/∂X_i, ∂L/∂α −= h,
/// v_i = v_{i+1} − α ∂h/∂θ_i.
public struct Unroll {
  /// Its convolutions take their weights from θ as they are.
  public let network: any Network
  public let mode: GradientMode
  public var teslaScale = TESLAScale.derived
  /// Whether the network's passes compute in bfloat16; weights, their gradients and all sums stay in the weights' type.
  public var autocasts = false
  /// The most images in one pass of `exact` and `tesla`; nil for whole batches.
  public var part: Int?
  /// The last steps whose graphs `exact` keeps from the way forward instead of building them again: more memory, up to a
  /// third less time.
  public var keptSteps = 0

  /// - Throws: ``DistillationError`` for a network with batch statistics, which no expert's path holds.
  public init(_ network: any Network, mode: GradientMode = .exact) throws(DistillationError) {
    guard network.bufferLayout.slots.isEmpty else {
      throw DistillationError(
        "trajectories hold weights, not batch statistics: use a norm without them (norm=instance, group, layer or none)"
      )
    }
    self.network = network
    self.mode = mode
  }

  /// - Parameters:
  ///   - images: S, [N, C, H, W] in the weights' type, without a graph.
  ///   - labels: int64 [N], or probabilities [N, classes].
  ///   - stepSize: α, a scalar in the weights' type.
  ///   - start: θ*_start, [P].
  ///   - end: θ*_end, [P].
  ///   - steps: what the student sees, in order.
  public func callAsFunction(
    images: Tensor, labels: Tensor, stepSize: Tensor, from start: Tensor, to end: Tensor, steps: [StudentStep]
  ) -> UnrollGradient {
    precondition(!steps.isEmpty, "at least one step")
    precondition(
      start.shape == [network.layout.count] && end.shape == start.shape,
      "two points of [\(network.layout.count)] weights, found \(start.shape) and \(end.shape)")
    let way = withNoGrad { (start - end).square().sum() }
    let course = Course(
      student: Student(network: network, autocasts: autocasts, part: part), images: images, labels: labels,
      stepSize: stepSize, start: start, end: end, way: way, steps: steps)
    return switch mode {
    case .exact: course.exact(keptSteps: keptSteps)
    case .unrolled: course.unrolled()
    case .tesla: course.tesla(teslaScale)
    }
  }

  /// Where the student stands after its steps, [P]; no gradient follows.
  public func end(images: Tensor, labels: Tensor, stepSize: Tensor, from start: Tensor, steps: [StudentStep])
    -> Tensor
  {
    let student = Student(network: network, autocasts: autocasts, part: part)
    return withNoGrad {
      steps.reduce(start) { theta, step in
        theta
          - stepSize * student.gradient(theta, step.images(images), labels.selecting(step.samples))
      }
    }
  }

  /// How many of the last steps' graphs fit so many bytes of tensors on the CPU, by building that of the longest step (or
  /// of its first part): for ``keptSteps``.
  public func keptSteps(
    within bytes: Int, images: Tensor, labels: Tensor, from start: Tensor, steps: [StudentStep]
  ) -> Int {
    let count = images.size(0)
    guard let longest = steps.max(by: { $0.samples.count(of: count) < $1.samples.count(of: count) }) else {
      return 0
    }
    let course = Course(
      student: Student(network: network, autocasts: autocasts, part: part), images: images, labels: labels,
      stepSize: start.zerosLike().sum(), start: start, end: start, way: start.zerosLike().sum(),
      steps: [longest])
    return min(steps.count, bytes / max(1, course.graphBytes()))
  }
}

/// One student's way and what it is compared with.
private struct Course {
  let student: Student
  let images: Tensor
  let labels: Tensor
  let stepSize: Tensor
  let start: Tensor
  let end: Tensor
  /// ‖θ*_start − θ*_end‖².
  let way: Tensor
  let steps: [StudentStep]

  func labels(_ step: StudentStep) -> Tensor { labels.selecting(step.samples) }
  func loss(_ theta: Tensor) -> Tensor { (theta - end).square().sum() / way }

  // MARK: One graph of all steps

  func unrolled() -> UnrollGradient {
    withGrad {
      let (images, stepSize) = (images.detach().requiresGrad_(), stepSize.detach().requiresGrad_())
      var theta = start.detach().requiresGrad_()
      for step in steps {
        let found = student.gradient(followed: theta, step.images(images), labels(step))
        theta = theta - stepSize * found
      }
      let loss = loss(theta)
      let found = grad(of: loss, wrt: [images, stepSize])
      return UnrollGradient(loss: loss.detach(), images: found[0], stepSize: found[1])
    }
  }

  // MARK: Step by step

  /// One step's gradient with its graph, in parts.
  private struct Followed {
    let theta: Tensor
    let images: Tensor
    let parts: [Tensor]
  }

  private func followed(_ theta: Tensor, _ step: StudentStep) -> Followed {
    withGrad {
      let theta = theta.detach().requiresGrad_()
      let images = withNoGrad { step.images(self.images) }.detach().requiresGrad_()
      let labels = labels(step)
      return Followed(
        theta: theta, images: images,
        parts: student.parts(of: images.size(0)).map { range, share in
          student.gradient(followed: theta, images.selecting(range), labels.selecting(range), share: share)
        })
    }
  }

  /// ∂L/∂S from ∂L/∂X of a step's images.
  private func backward(_ step: StudentStep, _ gradient: Tensor) -> Tensor {
    withGrad {
      let images = images.detach().requiresGrad_()
      return grad(of: [step.images(images)], wrt: [images], seeds: [gradient])[0]
    }
  }

  func exact(keptSteps: Int) -> UnrollGradient {
    var (points, gradients) = ([Tensor](), [Tensor]())
    var kept: [Int: Followed] = [:]
    var theta = start
    for (index, step) in steps.enumerated() {
      points.append(theta)
      let found: Tensor
      if index >= steps.count - keptSteps {
        let followed = followed(theta, step)
        kept[index] = followed
        found = withNoGrad { followed.parts.dropFirst().reduce(followed.parts[0].detach()) { $0 + $1 } }
      } else {
        found = student.gradient(theta, withNoGrad { step.images(images) }, labels(step))
      }
      gradients.append(found)
      theta = withNoGrad { theta - stepSize * found }
    }
    return withNoGrad {
      let loss = loss(theta)
      var seed = (theta - end) * (Scalar(2.0) / way)
      let ofImages = images.zerosLike()
      var ofStepSize = stepSize.zerosLike()
      for (index, step) in steps.enumerated().reversed() {
        let (ofTheta, ofSeen) = products(kept.removeValue(forKey: index), points.removeLast(), step, seed)
        ofStepSize = ofStepSize - (gradients.removeLast() * seed).sum()
        ofImages.add_(backward(step, ofSeen * -stepSize))
        seed = seed - stepSize * ofTheta
      }
      return UnrollGradient(loss: loss, images: ofImages, stepSize: ofStepSize)
    }
  }

  /// What the graph of the whole first step takes.
  func graphBytes() -> Int {
    let images = withNoGrad { steps[0].images(self.images) }
    let parts = student.parts(of: images.size(0))
    let before = CPUAllocator.statistics.live
    let graph = followed(start, images, labels(steps[0]), parts[0])
    return withExtendedLifetime(graph) { (CPUAllocator.statistics.live - before) * parts.count }
  }

  /// One part's gradient with its graph.
  private func followed(
    _ theta: Tensor, _ images: Tensor, _ labels: Tensor, _ part: (samples: SampleSubset, share: Double)
  ) -> Followed {
    withGrad {
      let theta = theta.detach().requiresGrad_()
      let seen = images.selecting(part.samples).detach().requiresGrad_()
      return Followed(
        theta: theta, images: seen,
        parts: [student.gradient(followed: theta, seen, labels.selecting(part.samples), share: part.share)])
    }
  }

  /// ∂h/∂θ and ∂h/∂X of h = ⟨g, seed⟩.
  private func products(_ kept: Followed?, _ theta: Tensor, _ step: StudentStep, _ seed: Tensor)
    -> (theta: Tensor, images: Tensor)
  {
    if let kept { return products(kept, seed) }
    guard student.part != nil else {
      return products(withUnreadWeightGradients { followed(theta, step) }, seed)
    }
    // A part at a time, so that there is one part's graph.
    let images = withNoGrad { step.images(self.images) }
    let labels = labels(step)
    var (ofTheta, ofImages) = (Tensor?.none, [Tensor]())
    for part in student.parts(of: images.size(0)) {
      let found = products(withUnreadWeightGradients { followed(theta, images, labels, part) }, seed)
      ofTheta = ofTheta.map { $0 + found.theta } ?? found.theta
      ofImages.append(found.images)
    }
    return (ofTheta!, .concatenated(ofImages))
  }

  private func products(_ followed: Followed, _ seed: Tensor) -> (theta: Tensor, images: Tensor) {
    let found = grad(
      of: followed.parts, wrt: [followed.theta, followed.images], seeds: followed.parts.map { _ in seed })
    return (found[0], found[1])
  }

  // MARK: TESLA

  func tesla(_ scale: TESLAScale) -> UnrollGradient {
    var points: [Tensor] = []
    var theta = start
    let sum = start.zerosLike()
    for step in steps {
      points.append(theta)
      let found = student.gradient(theta, withNoGrad { step.images(images) }, labels(step))
      withNoGrad { _ = sum.add_(found) }
      theta = withNoGrad { theta - stepSize * found }
    }
    return withNoGrad {
      let factor = Scalar(scale == .derived ? 2.0 : 1.0)
      // Of ‖θ*_start − αG − θ*_end‖², by the images: (α(θ*_end − θ*_start) + α²G)·∂G.
      let seed = (stepSize * (end - start) + stepSize.square() * sum) * (factor / way)
      let ofImages = images.zerosLike()
      for (index, step) in steps.enumerated() {
        ofImages.add_(backward(step, products(nil, points[index], step, seed).images))
      }
      let ofStepSize = ((theta - end) * sum).sum() * (Scalar(-2.0) / way)
      return UnrollGradient(loss: loss(theta), images: ofImages, stepSize: ofStepSize)
    }
  }
}
