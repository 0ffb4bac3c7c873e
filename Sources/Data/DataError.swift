/// What is wrong with data a person gave: the file, what was found, what was expected, what to do.
public struct DataError: Error, Equatable, Sendable, CustomStringConvertible {
  public var message: String
  public init(_ message: String) { self.message = message }
  public var description: String { message }
}
