/// Something a user can mend: what was found, what was expected, what to do. Ends a command with exit code 1.
public struct CommandError: Error, Equatable, Sendable, CustomStringConvertible {
  public let message: String

  public init(_ message: String) { self.message = message }

  public var description: String { message }
}
