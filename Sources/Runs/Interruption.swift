import Foundation
import Synchronization

/// Ctrl-C that saves: the first SIGINT or SIGTERM is noted, for loops to look at between steps; a second one of the same
/// kind ends the process at once, as if nothing had been installed.
///
/// ```swift
/// Interruption.install()
/// for step in start..<end {
///   if Interruption.isRequested { try save(); break }
/// }
/// ```
public enum Interruption {
  private static let noted = Atomic<Int32>(0)

  /// Begins to note the signals. Again after one came, it waits for the next.
  public static func install() {
    // What the handler touches must be made before the first signal.
    noted.store(0, ordering: .sequentiallyConsistent)
    _ = remark.utf8Start
    for signal in [SIGINT, SIGTERM] {
      var action = sigaction()
      // The second signal finds the system's own handling back in place.
      action.sa_flags = Int32(truncatingIfNeeded: Int(SA_RESTART) | Int(SA_RESETHAND))
      #if canImport(Darwin)
        action.__sigaction_u.__sa_handler = handler
      #else
        action.__sigaction_handler.sa_handler = handler
      #endif
      sigaction(signal, &action, nil)
    }
    // A parent may have left them blocked.
    var signals = sigset_t()
    sigemptyset(&signals)
    sigaddset(&signals, SIGINT)
    sigaddset(&signals, SIGTERM)
    pthread_sigmask(SIG_UNBLOCK, &signals, nil)
  }

  /// Whether a signal asked the process to end.
  public static var isRequested: Bool { signal != nil }

  /// The signal that came: `SIGINT` or `SIGTERM`.
  public static var signal: Int32? {
    let number = noted.load(ordering: .sequentiallyConsistent)
    return number == 0 ? nil : number
  }

  /// Only what may be called in a handler: an atomic store, and `write`.
  private static let handler: @convention(c) (Int32) -> Void = { number in
    noted.store(number, ordering: .sequentiallyConsistent)
    let saved = errno
    _ = write(2, remark.utf8Start, remark.utf8CodeUnitCount)
    errno = saved
  }

  private static let remark: StaticString = "\nstopping after this step; once more to stop at once\n"
}
