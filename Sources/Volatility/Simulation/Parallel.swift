import Dispatch

/// Independent pieces of work on all cores.
enum Parallel {
  private final class Results<Value: Sendable>: @unchecked Sendable {
    let values: UnsafeMutablePointer<Result<Value, VolatilityError>?>
    init(_ count: Int) {
      values = .allocate(capacity: count)
      values.initialize(repeating: nil, count: count)
    }
  }

  /// `body` of 0 ..< count, in order; the first error by index is thrown.
  static func map<Value: Sendable>(
    _ count: Int, _ body: @Sendable (Int) throws(VolatilityError) -> Value
  ) throws(VolatilityError) -> [Value] {
    let results = Results<Value>(count)
    defer {
      results.values.deinitialize(count: count)
      results.values.deallocate()
    }
    @Sendable func one(_ i: Int) {
      do throws(VolatilityError) {
        results.values[i] = .success(try body(i))
      } catch {
        results.values[i] = .failure(error)
      }
    }
    if count == 1 { one(0) } else { DispatchQueue.concurrentPerform(iterations: count) { one($0) } }
    var found: [Value] = []
    found.reserveCapacity(count)
    for i in 0..<count { found.append(try results.values[i]!.get()) }
    return found
  }
}
