import Dispatch

extension Runtime {
  /// Independent pieces of work side by side, each with its share of ``threads``: what consists of many small operations
  /// gains more by that than by all threads within each operation.
  ///
  /// - Returns: body(0) … body(count − 1), in order.
  /// - Throws: the first error by index, those of libtorch too; pieces that have not begun by then are left out.
  public static func map<Value: Sendable>(_ count: Int, _ body: @Sendable (Int) throws -> Value) throws
    -> [Value]
  {
    let whole = threads
    defer { threads = whole }
    let width = max(1, min(whole, count))
    let work = ConcurrentWork<Value>(count)
    DispatchQueue.concurrentPerform(iterations: width) { _ in
      // The number holds for the thread that sets it, so that everyone who takes part does.
      threads = whole / width
      while let index = work.next() {
        do {
          work.put(index, .success(try catchingTorchErrors { try body(index) }))
        } catch {
          work.put(index, .failure(error))
        }
      }
    }
    return try work.results()
  }
}

/// Which pieces are taken, and what came of those that are done.
private final class ConcurrentWork<Value: Sendable>: @unchecked Sendable {
  private let lock = DispatchSemaphore(value: 1)
  private var taken = 0
  private var hasFailed = false
  private var found: [Result<Value, any Error>?]

  init(_ count: Int) { found = Array(repeating: nil, count: count) }

  func next() -> Int? {
    lock.wait()
    defer { lock.signal() }
    guard taken < found.count, !hasFailed else { return nil }
    taken += 1
    return taken - 1
  }

  func put(_ index: Int, _ result: Result<Value, any Error>) {
    lock.wait()
    defer { lock.signal() }
    found[index] = result
    if case .failure = result { hasFailed = true }
  }

  func results() throws -> [Value] {
    // Those that were left out come after the error.
    try found.map { try $0!.get() }
  }
}
