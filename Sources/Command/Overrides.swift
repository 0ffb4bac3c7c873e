import Foundation

/// Settings of any type with `key=value` laid over them. The key must exist and the value must fit what stands there.
public struct Overrides: Sendable {
  /// One `key=value`; `a.b=1` reaches into a group.
  public struct Assignment: Sendable, Hashable {
    public let path: [String]
    public let text: String

    public var key: String { path.joined(separator: ".") }
  }

  public let assignments: [Assignment]

  /// - Throws: ``CommandError`` for a text without `=` or without a key.
  public init(parsing texts: [String]) throws(CommandError) {
    var assignments: [Assignment] = []
    for text in texts {
      guard let equals = text.firstIndex(of: "="), equals > text.startIndex else {
        throw CommandError("--set \(text): expected key=value")
      }
      let path = text[..<equals].split(separator: ".", omittingEmptySubsequences: false).map(String.init)
      guard !path.contains("") else { throw CommandError("--set \(text): the key has an empty part") }
      assignments.append(Assignment(path: path, text: String(text[text.index(after: equals)...])))
    }
    self.assignments = assignments
  }

  /// The settings with every assignment made.
  ///
  /// - Parameter subject: what the settings are of, for messages: `network convnet`.
  /// - Throws: ``CommandError`` naming the key: unknown (with the nearest known one), or of the wrong type.
  public func applied<Settings: Codable>(to settings: Settings, subject: String) throws(CommandError)
    -> Settings
  {
    do {
      var tree = try JSONValue(settings)
      for assignment in assignments {
        try Self.assign(assignment, assignment.path[...], &tree, subject)
        // Decoded after each, so that a value that does not fit is reported with its own key.
        do {
          _ = try tree.decoded(as: Settings.self)
        } catch let error as DecodingError {
          throw CommandError(
            "\(subject): \(assignment.key)=\(assignment.text): \(Self.reason(error, assignment))")
        }
      }
      return try tree.decoded()
    } catch let error as CommandError {
      throw error
    } catch {
      throw CommandError("\(subject): \(error)")
    }
  }

  private static func assign(
    _ assignment: Assignment, _ path: ArraySlice<String>, _ value: inout JSONValue, _ subject: String
  ) throws(CommandError) {
    guard let key = path.first else {
      value = try parsed(assignment, as: value, subject)
      return
    }
    let parent = assignment.path[..<path.startIndex].joined(separator: ".")
    guard case .object(var members) = value else {
      throw CommandError("\(subject): \(parent) is one value and has no key '\(key)'")
    }
    guard members[key] != nil else {
      let known = members.keys.sorted()
      let place = parent.isEmpty ? "" : " in \(parent)"
      throw CommandError(
        "\(subject): unknown key '\(key)'\(place)\(suggestion(for: key, among: known)); "
          + "known: \(known.joined(separator: ", "))")
    }
    try assign(assignment, path.dropFirst(), &members[key]!, subject)
    value = .object(members)
  }

  /// The text read as the kind of value that stands there now.
  private static func parsed(
    _ assignment: Assignment, as current: JSONValue, _ subject: String
  ) throws(CommandError) -> JSONValue {
    let text = assignment.text
    func expected(_ what: String) -> CommandError {
      CommandError("\(subject): \(assignment.key) must be \(what), found '\(text)'")
    }
    switch current {
    case .bool:
      guard let value = Bool(text) else { throw expected("true or false") }
      return .bool(value)
    case .int, .double:
      if let value = Int(text) { return .int(value) }
      guard let value = Double(text), value.isFinite else { throw expected("a number") }
      return .double(value)
    case .string: return .string(text)
    case .null: return guessed(text)
    case .array(let values):
      if text.isEmpty { return .array([]) }
      let parts = text.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
      var items: [JSONValue] = []
      for part in parts {
        guard let pattern = values.first else {
          items.append(guessed(part))
          continue
        }
        let item = Assignment(path: assignment.path, text: part)
        items.append(try parsed(item, as: pattern, subject))
      }
      return .array(items)
    case .object: throw CommandError("\(subject): \(assignment.key) is a group; set one of its keys")
    }
  }

  private static func guessed(_ text: String) -> JSONValue {
    if text == "none" || text == "null" { return .null }
    if let value = Int(text) { return .int(value) }
    if let value = Double(text), value.isFinite { return .double(value) }
    return Bool(text).map(JSONValue.bool) ?? .string(text)
  }

  private static func reason(_ error: DecodingError, _ assignment: Assignment) -> String {
    switch error {
    // A fraction where a whole number stands is reported by Foundation as if the JSON were broken.
    case .dataCorrupted(let context):
      Double(assignment.text) == nil ? context.debugDescription : "expected a whole number"
    case .typeMismatch(let type, _), .valueNotFound(let type, _):
      type == Int.self ? "expected a whole number" : "expected \(type)"
    case .keyNotFound(let key, _): "needs \(key.stringValue)"
    @unknown default: "\(error)"
    }
  }
}
