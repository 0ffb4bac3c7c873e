import Dispatch

/// Independent pieces of work over the machine's cores.
enum Parallel {
  private final class Slots<Value: Sendable, Failure: Error>: @unchecked Sendable {
    let results: UnsafeMutablePointer<Result<Value, Failure>?>
    let count: Int

    init(_ count: Int) {
      self.count = count
      results = .allocate(capacity: max(1, count))
      results.initialize(repeating: nil, count: count)
    }

    deinit {
      results.deinitialize(count: count)
      results.deallocate()
    }
  }

  /// body(0) … body(count − 1) in order, whatever the number of threads; the first error by index is thrown.
  ///
  /// - Parameter threads: 1 runs them here; nil: as many as there are cores.
  static func map<Value: Sendable, Failure: Error>(
    _ count: Int, threads: Int? = nil, _ body: @Sendable (Int) throws(Failure) -> Value
  ) throws(Failure) -> [Value] {
    var found: [Value] = []
    found.reserveCapacity(count)
    guard count > 1, threads != 1 else {
      for i in 0..<count { found.append(try body(i)) }
      return found
    }
    let slots = Slots<Value, Failure>(count)
    @Sendable func one(_ i: Int) {
      do throws(Failure) { slots.results[i] = .success(try body(i)) } catch {
        slots.results[i] = .failure(error)
      }
    }
    if let threads {
      DispatchQueue.concurrentPerform(iterations: min(threads, count)) { thread in
        for i in stride(from: thread, to: count, by: threads) { one(i) }
      }
    } else {
      DispatchQueue.concurrentPerform(iterations: count) { one($0) }
    }
    for i in 0..<count { found.append(try slots.results[i]!.get()) }
    return found
  }
}
