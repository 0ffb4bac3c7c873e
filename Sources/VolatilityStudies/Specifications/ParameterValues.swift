import Command
import Volatility

/// Values of parameters by name, in their order: `mu=0.1,omega=0.05,phi[csad]=0.1`.
///
/// A column's name inside brackets may hold commas, equals signs and brackets in pairs; where the names are known, any
/// characters.
public struct ParameterValues: Sendable, Equatable {
  public struct Entry: Sendable, Equatable, Encodable {
    public var name: String
    public var value: Double
    public init(_ name: String, _ value: Double) {
      self.name = name
      self.value = value
    }
  }

  public private(set) var entries: [Entry]
  public var dictionary: [String: Double] {
    Dictionary(entries.map { ($0.name, $0.value) }, uniquingKeysWith: { first, _ in first })
  }

  /// - Parameter names: of the model's parameters, to check against and to order by; nil: any, as given.
  /// - Throws: `VolatilityError` for a text that is no `NAME=VALUE,…`, a value that is no finite number, a name
  ///   given twice, and a name that is none of `names`. That some are missing is no error here.
  public init(parsing text: String, names: [String]? = nil, flag: String = "--at") throws(VolatilityError) {
    func fail(_ reason: String) -> VolatilityError {
      VolatilityError(.specification, "\(flag) '\(text)': \(reason); expected NAME=VALUE,NAME=VALUE")
    }
    entries = []
    let whole = text.trimmed
    guard !whole.isEmpty else { throw fail("nothing is given") }
    var rest = Substring(whole)
    while true {
      while rest.first?.isWhitespace == true { rest.removeFirst() }
      let (name, after) = Self.name(rest, among: names ?? [])
      guard let after else { throw fail("'\(rest)' has no '='") }
      guard !name.isEmpty else { throw fail("a name is missing before '='") }
      let end = after.firstIndex(of: ",") ?? after.endIndex
      let digits = after[..<end].trimmed
      guard let value = Double(digits), value.isFinite else {
        throw fail("'\(digits)' stands where the number for '\(name)' was expected")
      }
      guard !entries.contains(where: { $0.name == name }) else { throw fail("'\(name)' is given twice") }
      if let names, !names.contains(name) {
        throw fail(
          "there is no parameter '\(name)'\(suggestion(for: name, among: names)); this model has "
            + names.joined(separator: ", "))
      }
      entries.append(Entry(name, value))
      if end == after.endIndex { break }
      rest = after[after.index(after: end)...]
    }
    if let names {
      let places = Dictionary(names.enumerated().map { ($1, $0) }, uniquingKeysWith: { first, _ in first })
      entries.sort { places[$0.name, default: 0] < places[$1.name, default: 0] }
    }
  }

  public init(_ entries: [Entry]) { self.entries = entries }

  /// The name at the beginning and what follows its `=`; nil where there is none.
  private static func name(_ text: Substring, among known: [String]) -> (String, Substring?) {
    let fitting = known.filter { text.hasPrefix($0 + "=") }
    if let name = fitting.max(by: { $0.count < $1.count }) { return (name, text.dropFirst(name.count + 1)) }
    var depth = 0
    for place in text.indices {
      switch text[place] {
      case "[": depth += 1
      case "]": depth = max(0, depth - 1)
      case "=" where depth == 0: return (text[..<place].trimmed, text[text.index(after: place)...])
      default: break
      }
    }
    return (text.trimmed, nil)
  }

  /// What ``init(parsing:names:flag:)`` reads as these values, every digit kept.
  public var text: String {
    entries.map { "\($0.name)=\(specificationNumber($0.value))" }.joined(separator: ",")
  }
}

extension ParameterValues: Encodable {
  /// A list, so that the order stays: `[{"name": "mu", "value": 0.1}, …]`.
  public func encode(to encoder: any Encoder) throws { try entries.encode(to: encoder) }
}
