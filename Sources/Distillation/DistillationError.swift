/// What stops a distillation: settings that make none, data or experts that do not fit, numbers that are none.
public struct DistillationError: Error, Equatable, Sendable, CustomStringConvertible {
  /// What was found, what was expected, and what to do.
  public var message: String
  public init(_ message: String) { self.message = message }
  public var description: String { message }
}
