import Dispatch

/// Independent pieces of work over the machine's cores.
enum Parallel {
  /// body(0) … body(count − 1) in order, whatever the number of threads; `threads` 1 runs them here.
  static func map<Result: Sendable>(
    _ count: Int, threads: Int? = nil, _ body: @Sendable (Int) -> Result
  ) -> [Result] {
    guard count > 1, threads != 1 else { return (0..<count).map(body) }
    return [Result?](unsafeUninitializedCapacity: count) { buffer, filled in
      buffer.initialize(repeating: nil)
      filled = count
      nonisolated(unsafe) let slots = buffer.baseAddress!
      if let threads {
        DispatchQueue.concurrentPerform(iterations: min(threads, count)) { thread in
          for i in stride(from: thread, to: count, by: threads) { slots[i] = body(i) }
        }
      } else {
        DispatchQueue.concurrentPerform(iterations: count) { slots[$0] = body($0) }
      }
    }.map { $0! }
  }
}
