import CTorch
import Foundation

/// What libtorch, or the reading and writing of tensors, refuses.
public struct TorchError: Error, Equatable, Sendable, CustomStringConvertible {
  /// What went wrong, as libtorch tells errors apart.
  public enum Kind: Sendable {
    case index, value, type, notImplemented, outOfMemory, linearAlgebra
    /// A file that is missing, cannot be written, or is not what it says it is.
    case file
    case other
  }

  /// What went wrong.
  public var kind: Kind
  /// libtorch's text or ours, without a backtrace.
  public var message: String

  /// - Parameter message: what was found, what was expected, and what to do.
  public init(kind: Kind, message: String) {
    self.kind = kind
    self.message = message
  }

  public var description: String { message }

  /// The last failure on this thread.
  static var last: TorchError {
    let kind: Kind =
      switch Int(ct_error_kind()) {
      case CT_ERROR_INDEX: .index
      case CT_ERROR_VALUE: .value
      case CT_ERROR_TYPE: .type
      case CT_ERROR_NOT_IMPLEMENTED: .notImplemented
      case CT_ERROR_OUT_OF_MEMORY: .outOfMemory
      case CT_ERROR_LINALG: .linearAlgebra
      default: .other
      }
    return TorchError(kind: kind, message: String(cString: ct_error_message()))
  }
}

/// Runs `body`; the first operation in it that libtorch refuses is thrown, instead of stopping the program.
///
/// Operations after the failed one are still called and return undefined tensors (``Tensor/isDefined``), as control
/// comes back only when `body` returns. Scopes nest; each catches for itself. The scope belongs to this thread, so
/// there is no `async` form.
///
/// - Throws: the first ``TorchError``, or what `body` throws by itself if no operation failed before.
public func catchingTorchErrors<Result>(_ body: () throws -> Result) throws -> Result {
  ct_catching_enter()
  let outer = CaughtErrors.first
  CaughtErrors.first = nil
  defer {
    ct_catching_leave()
    CaughtErrors.first = outer
  }
  let result: Result
  do {
    result = try body()
  } catch {
    throw CaughtErrors.first ?? error
  }
  if let error = CaughtErrors.first { throw error }
  return result
}

/// The first failure inside the innermost `catchingTorchErrors` of this thread.
private enum CaughtErrors {
  private final class Box {
    var error: TorchError?
  }

  // Thread-local through pthread: Swift has no thread-local variables of its own.
  private static let key: pthread_key_t = {
    var key = pthread_key_t()
    pthread_key_create(&key) { pointer in
      #if canImport(Darwin)
        Unmanaged<Box>.fromOpaque(pointer).release()
      #else
        if let pointer { Unmanaged<Box>.fromOpaque(pointer).release() }
      #endif
    }
    return key
  }()

  private static var box: Box {
    if let pointer = pthread_getspecific(key) {
      return Unmanaged<Box>.fromOpaque(pointer).takeUnretainedValue()
    }
    let box = Box()
    pthread_setspecific(key, Unmanaged.passRetained(box).toOpaque())
    return box
  }

  static var first: TorchError? {
    get { box.error }
    set { box.error = newValue }
  }
}

extension TorchError {
  /// Keeps the failure for the enclosing `catchingTorchErrors`. False where there is none.
  static func caught(_ error: TorchError) -> Bool {
    guard ct_catching_depth() > 0 else { return false }
    if CaughtErrors.first == nil { CaughtErrors.first = error }
    return true
  }
}

/// What a failed operation does: nothing inside `catchingTorchErrors`, else it stops the program with libtorch's words
/// and the caller's line.
@inline(never)
func failed(_ file: StaticString, _ line: UInt) {
  fail(TorchError.last, file, line)
}

@inline(never)
func fail(_ error: TorchError, _ file: StaticString, _ line: UInt) {
  if TorchError.caught(error) { return }
  // Operators, subscripts and properties cannot receive their caller's line and give their name with line 0.
  let place = line > 0 ? "\(file):\(line)" : callerLine().map { "\($0), \(file)" } ?? "\(file)"
  fatalError("\(error.message)\n  at \(place)", file: file, line: line)
}

extension Tensor {
  /// What an operation written in Swift returns for arguments it refuses: it fails as libtorch's own operations do.
  public static func refused(_ error: TorchError, file: StaticString = #fileID, line: UInt = #line) -> Tensor
  {
    fail(error, file, line)
    return Tensor()
  }
}
