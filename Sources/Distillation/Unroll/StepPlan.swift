import Data
import Torch

/// What a student sees on its way, drawn before it sets out.
public struct StepPlan {
  /// Of the student.
  public let steps: Int
  /// Images in a step; 0 for all.
  public let batch: Int
  private let augmentation: DSA?

  /// - Parameter strategy: DSA's families, joined with _; none for no augmentation.
  /// - Throws: ``DataError`` for an unknown family.
  public init(steps: Int, batch: Int = 0, strategy: String) throws {
    precondition(steps >= 1 && batch >= 0, "at least one step, and batches of 0 or more")
    self.steps = steps
    self.batch = batch
    augmentation = strategy == "none" ? nil : try DSA(strategy: strategy)
  }

  /// Batches from an order of all images, drawn anew when it is used up, each augmented by its own draw.
  ///
  /// - Parameter images: [N, C, H, W].
  public func draw(_ images: Tensor, _ streams: RandomStreams) -> [StudentStep] {
    let count = images.size(0)
    let batch = batch > 0 ? min(batch, count) : count
    var queue: [[Int64]] = []
    return (0..<steps).map { step in
      let draws = streams.child("step", step)
      if queue.isEmpty {
        let order: [Int64] = Tensor.randperm(count, generator: draws.stream("order")).array()
        queue = stride(from: 0, to: count, by: batch).map { Array(order[$0..<min($0 + batch, count)]) }
      }
      let rows = queue.removeLast()
      // All of them in their own order, where it makes no difference.
      let samples: SampleSubset =
        rows.count == count ? .all : .positions(Tensor(rows).to(device: images.device))
      let parameters = augmentation?.draw(
        rows.count, shape: Array(images.shape.dropFirst()), draws.stream("augment"))
      return StudentStep(
        samples: samples, augmentation: augmentation.flatMap { one in parameters.map { (one, $0) } })
    }
  }
}
