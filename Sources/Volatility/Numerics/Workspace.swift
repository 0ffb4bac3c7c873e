import Foundation

/// Memory for the arrays of an estimation, kept for the next one: a fit takes less time than the system needs to hand out
/// and clear new pages.
enum Workspace {
  struct Buffer: @unchecked Sendable {
    /// Aligned to 64 bytes; not cleared.
    let numbers: UnsafeMutablePointer<Double>
    let capacity: Int
  }

  private final class Store: @unchecked Sendable {
    let lock = NSLock()
    var free: [Buffer] = []
    var size = 0
  }
  private static let store = Store()
  /// What is kept at most, in numbers.
  private static let limit = 4 << 20

  static func take(_ count: Int) -> Buffer {
    store.lock.lock()
    // One that is large enough and not far too large.
    if let at = store.free.lastIndex(where: { $0.capacity >= count && $0.capacity <= 4 * count + 1024 }) {
      let buffer = store.free.remove(at: at)
      store.size -= buffer.capacity
      store.lock.unlock()
      return buffer
    }
    store.lock.unlock()
    let capacity = max(count, 64)
    let raw = UnsafeMutableRawPointer.allocate(byteCount: 8 * capacity, alignment: 64)
    return Buffer(numbers: raw.bindMemory(to: Double.self, capacity: capacity), capacity: capacity)
  }

  static func giveBack(_ buffer: Buffer) {
    store.lock.lock()
    defer { store.lock.unlock() }
    guard store.size + buffer.capacity <= limit, store.free.count < 64 else {
      UnsafeMutableRawPointer(buffer.numbers).deallocate()
      return
    }
    store.free.append(buffer)
    store.size += buffer.capacity
  }
}
