/// What a user of the room can cause: says what was found, what was expected and what to do.
public struct VolatilityError: Error, CustomStringConvertible, Sendable, Equatable {
  public enum Kind: String, Sendable { case data, specification, estimation, regression }
  public let kind: Kind
  public let message: String
  public init(_ kind: Kind, _ message: String) {
    self.kind = kind
    self.message = message
  }
  public var description: String { message }
}
