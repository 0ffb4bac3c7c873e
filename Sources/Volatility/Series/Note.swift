/// Something odd that was found in data, and what was done about it.
public struct Note: Sendable, Equatable, CustomStringConvertible {
  public enum Kind: String, Sendable {
    /// Encoding, quotes, rows of other lengths, columns without names.
    case layout
    /// Formats, cells that are no date, times of day, order, duplicates.
    case date
    /// Missing values.
    case missing
    /// Numbers that cannot be what they should be, as prices of zero.
    case value
    /// Securities that are absent, halted or unknown.
    case ticker
    /// Days that one series has and another has not.
    case calendar
  }
  public let kind: Kind
  public let text: String
  public init(_ kind: Kind, _ text: String) {
    self.kind = kind
    self.text = text
  }
  public var description: String { text }
}

/// The first few, and how many more there are.
func listed<T>(_ items: [T], upTo most: Int = 5) -> String {
  let shown = items.prefix(most).map { "\($0)" }.joined(separator: ", ")
  return items.count > most ? "\(shown) and \(items.count - most) more" : shown
}
