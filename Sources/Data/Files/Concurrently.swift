import Dispatch
import Foundation

/// Calls `body` with every number below `count`, on all cores. After a failure no new call begins.
///
/// - Throws: of the failures that happened, that of the lowest number.
func concurrently(
  _ count: Int, _ body: @Sendable (Int) throws(DataError) -> Void
) throws(DataError) {
  let failures = Failures()
  DispatchQueue.concurrentPerform(iterations: count) { index in
    guard !failures.isAny else { return }
    do throws(DataError) {
      try body(index)
    } catch {
      failures.add(index, error)
    }
  }
  if let error = failures.first { throw error }
}

private final class Failures: @unchecked Sendable {
  private let lock = NSLock()
  private var lowest: (index: Int, error: DataError)?

  var isAny: Bool { lock.withLock { lowest != nil } }
  var first: DataError? { lock.withLock { lowest?.error } }

  func add(_ index: Int, _ error: DataError) {
    lock.withLock { if index < lowest?.index ?? .max { lowest = (index, error) } }
  }
}
