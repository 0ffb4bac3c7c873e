import Foundation
import Torch

/// Reads the batches of an epoch on a thread of its own, a bounded number ahead of who takes them.
final class ReadAhead {
  /// What both threads know. Only the reading thread outlives the reader, and only until its present read is over.
  private final class Shared: @unchecked Sendable {
    struct Item {
      let step: Int
      let indices: [Int]
      let images: Result<Tensor?, DataError>
    }

    private let condition = NSCondition()
    private var items: [Item] = []
    private var isCancelled = false
    private let ahead: Int

    init(ahead: Int) { self.ahead = ahead }

    /// Waits for room. False when nobody wants more.
    func waitForRoom() -> Bool {
      condition.lock()
      defer { condition.unlock() }
      while items.count >= ahead, !isCancelled { condition.wait() }
      return !isCancelled
    }

    func put(_ item: Item) {
      condition.lock()
      items.append(item)
      condition.broadcast()
      condition.unlock()
    }

    func take() -> Item {
      condition.lock()
      defer { condition.unlock() }
      while items.isEmpty { condition.wait() }
      condition.broadcast()
      return items.removeFirst()
    }

    func cancel() {
      condition.lock()
      isCancelled = true
      items = []
      condition.broadcast()
      condition.unlock()
    }
  }

  private let shared: Shared

  init(_ loader: BatchLoader, order: [Int], steps: Range<Int>, ahead: Int) {
    let shared = Shared(ahead: ahead)
    self.shared = shared
    let thread = Thread {
      for step in steps {
        guard shared.waitForRoom() else { return }
        let indices = loader.samples(of: step, order)
        let images = withNoGrad {
          Result<Tensor?, DataError> { () throws(DataError) in try loader.read(indices) }
        }
        shared.put(Shared.Item(step: step, indices: indices, images: images))
        if case .failure = images { return }
      }
    }
    thread.name = "salar reading ahead"
    thread.stackSize = 8 << 20
    thread.start()
  }

  deinit { shared.cancel() }

  /// The indices and images of that step; steps are taken in order.
  func take(_ step: Int) throws(DataError) -> (indices: [Int], images: Tensor?) {
    let item = shared.take()
    precondition(item.step == step, "step \(item.step) was read where \(step) is wanted")
    return (item.indices, try item.images.get())
  }
}
