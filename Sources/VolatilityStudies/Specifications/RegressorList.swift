import Command
import Volatility

/// Names of columns as flags have them: `csad,GIs`, each with its own timing where it says so: `csad@lagged,GIs@same`.
///
/// A name with a comma, a quotation mark, or an @ that is part of it stands in double quotation marks, doubled inside,
/// as in CSV.
public struct RegressorList: Sendable, Equatable {
  public struct Entry: Sendable, Equatable {
    public var name: String
    /// nil: the timing that holds for the whole list.
    public var timing: Regressor.Timing?
    public init(_ name: String, timing: Regressor.Timing? = nil) {
      self.name = name
      self.timing = timing
    }
  }

  public var entries: [Entry]
  public init(_ entries: [Entry]) { self.entries = entries }

  /// - Parameters:
  ///   - text: empty for none.
  ///   - flag: where it stands, for messages: `--x`.
  /// - Throws: `VolatilityError` for an empty name, a name given twice, open quotation marks, an unknown timing.
  public init(parsing text: String, flag: String = "--x") throws(VolatilityError) {
    func fail(_ reason: String) -> VolatilityError {
      VolatilityError(.specification, "\(flag) '\(text)': \(reason); expected names of columns: COL,COL")
    }
    entries = []
    guard !text.trimmed.isEmpty else { return }
    var rest = Substring(text)
    while true {
      let name: String
      var tail: Substring
      while rest.first?.isWhitespace == true { rest.removeFirst() }
      if rest.first == "\"" {
        (name, rest) = try Self.quoted(rest.dropFirst(), fail)
        let end = rest.firstIndex(of: ",") ?? rest.endIndex
        (tail, rest) = (rest[..<end], rest[end...])
        let after = tail.trimmed
        guard after.isEmpty || after.hasPrefix("@") else {
          throw fail("'\(after)' stands after a quoted name")
        }
        entries.append(
          Entry(name, timing: after.isEmpty ? nil : try Regressor.Timing(parsing: String(after.dropFirst()))))
      } else {
        let end = rest.firstIndex(of: ",") ?? rest.endIndex
        (tail, rest) = (rest[..<end], rest[end...])
        entries.append(try Self.plain(tail.trimmed))
      }
      let entry = entries[entries.count - 1]
      guard !entry.name.isEmpty else { throw fail("a name is empty") }
      guard !entries.dropLast().contains(where: { $0.name == entry.name }) else {
        throw fail("'\(entry.name)' stands in it twice")
      }
      guard rest.first == "," else { return }
      rest.removeFirst()
    }
  }

  private static func quoted(
    _ start: Substring, _ fail: (String) -> VolatilityError
  ) throws(VolatilityError) -> (String, Substring) {
    var (name, rest) = ("", start)
    while let character = rest.popFirst() {
      guard character == "\"" else {
        name.append(character)
        continue
      }
      guard rest.first == "\"" else { return (name, rest) }
      rest.removeFirst()
      name.append("\"")
    }
    throw fail("a quotation mark is open")
  }

  private static func plain(_ text: String) throws(VolatilityError) -> Entry {
    guard let at = text.lastIndex(of: "@"), at > text.startIndex else { return Entry(text) }
    let timing = String(text[text.index(after: at)...])
    let word = String(timing.prefix { $0 != ":" })
    // An @ may be part of a name.
    guard nearest(word, among: ["same", "lagged"]) != nil else { return Entry(text) }
    return Entry(text[..<at].trimmed, timing: try Regressor.Timing(parsing: timing))
  }

  /// What ``init(parsing:flag:)`` reads as this list.
  public var text: String {
    entries.map { entry in
      let needsQuotes = entry.name.contains { "\",@".contains($0) } || entry.name != entry.name.trimmed
      let name = needsQuotes ? "\"\(entry.name.replacing("\"", with: "\"\""))\"" : entry.name
      return name + (entry.timing.map { "@\($0.specification)" } ?? "")
    }.joined(separator: ",")
  }
}
