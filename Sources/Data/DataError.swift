/// What is wrong with data a person gave: the file, what was found, what was expected, what to do.
public struct DataError: Error, Equatable, Sendable, CustomStringConvertible {
  public var message: String
  /// Whether nothing is wrong with what is there, and only the split asked for is not.
  public var isMissingSplit: Bool

  public init(_ message: String, isMissingSplit: Bool = false) {
    self.message = message
    self.isMissingSplit = isMissingSplit
  }

  public var description: String { message }
}
