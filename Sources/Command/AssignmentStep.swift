import Foundation

/// One assignment laid over settings.
struct AssignmentStep {
  enum Outcome<Settings> {
    case done(Settings)
    case unknownKey(CommandError)
  }

  private let assignment: Overrides.Assignment
  private let subject: String

  init(_ assignment: Overrides.Assignment, subject: String) {
    self.assignment = assignment
    self.subject = subject
  }

  func applied<Settings: Codable>(to settings: Settings) throws(CommandError) -> Outcome<Settings> {
    let tree = try SettingsTree(settings, subject: subject).value
    let here = tree[assignment.path[...]]
    if let unreachable = blocked(tree) { throw failure(unreachable) }

    var reason: String?
    let (candidates, unreadable) = try candidates(over: here)
    for candidate in candidates {
      let tentative = tree.replacing(assignment.path[...], by: candidate)
      do {
        let result = try tentative.decoded(as: Settings.self)
        // Decoding ignores what it does not know, so that only what comes back was a key.
        let back = try SettingsTree(result, subject: subject).value[assignment.path[...]]
        if here == nil, back == nil || back == .null { continue }
        if let stray = candidate.keyMissing(in: back ?? .null) {
          throw failure("\(assignment.key) has no key '\(stray)'")
        }
        return .done(result)
      } catch let error as DecodingError {
        reason = reason ?? Self.reason(error, candidate)
      } catch let error as CommandError {
        throw error
      } catch {
        reason = reason ?? "\(error)"
      }
    }
    if let unreadable { throw unreadable }
    guard let reason else { return .unknownKey(unknownKey(tree)) }
    let refusal = failure("\(shown)\(reason)")
    if here != nil { throw refusal }
    return .unknownKey(refusal)
  }

  // MARK: Reading

  /// What the value may stand for, the likeliest first; and what is wrong with it if it stands for nil alone.
  private func candidates(
    over here: JSONValue?
  ) throws(CommandError) -> ([JSONValue], unreadable: CommandError?) {
    if case .object = here {
      // An empty group says that it is there, which it is.
      if assignment.value == .group([:]) { return ([here!], nil) }
      throw failure("\(assignment.key) is a group; set one of its keys")
    }
    var candidates: [JSONValue] = []
    // A setting that may be absent is recognised by its decoding nil.
    if case .text(let text) = assignment.value, Self.isNone(text), here.map({ !$0.isString }) ?? true {
      candidates.append(.null)
    }
    do {
      candidates.append(try read(assignment.value, as: here ?? .null))
    } catch {
      if candidates.isEmpty { throw error }
      return (candidates, error)
    }
    if here == nil || here == .null || here == .array([]) { candidates.append(literal(assignment.value)) }
    return (candidates, nil)
  }

  /// The value read as the kind of value that stands there now.
  private func read(_ value: Overrides.Value, as current: JSONValue) throws(CommandError) -> JSONValue {
    func expected(_ what: String) -> CommandError {
      failure("\(assignment.key) must be \(what), found \(value)")
    }
    switch (value, current) {
    case (.text(let text), .bool):
      guard let truth = Bool(text) else { throw expected("true or false") }
      return .bool(truth)
    case (.text(let text), .int), (.text(let text), .double):
      guard let number = Self.number(text) else { throw expected("a number") }
      return number
    case (.text(let text), .string), (.quoted(let text), .string), (.quoted(let text), .null):
      return .string(text)
    case (.text(let text), .null): return Self.guessed(text)
    case (.text(let text), .array):
      let parts = text.isEmpty ? [] : text.split(separator: ",", omittingEmptySubsequences: false)
      return try read(.list(parts.map { .text(String($0)) }), as: current)
    case (.list(let items), .array(let patterns)):
      var values: [JSONValue] = []
      for (index, item) in items.enumerated() {
        let pattern = patterns.indices.contains(index) ? patterns[index] : patterns.last ?? .null
        values.append(try read(item, as: pattern))
      }
      return .array(values)
    case (.list(let items), .null):
      var values: [JSONValue] = []
      for item in items { values.append(try read(item, as: .null)) }
      return .array(values)
    case (.group(let members), .object(let patterns)):
      var values: [String: JSONValue] = [:]
      for (key, member) in members { values[key] = try read(member, as: patterns[key] ?? .null) }
      return .object(values)
    case (.group(let members), .null):
      var values: [String: JSONValue] = [:]
      for (key, member) in members { values[key] = try read(member, as: .null) }
      return .object(values)
    case (_, .bool): throw expected("true or false")
    case (_, .int), (_, .double): throw expected("a number")
    case (_, .string): throw expected("a text")
    case (_, .array): throw expected("a list")
    case (_, .object): throw expected("a group of keys")
    }
  }

  /// Every text as a text.
  private func literal(_ value: Overrides.Value) -> JSONValue {
    switch value {
    case .text(let text), .quoted(let text): .string(text)
    case .list(let items): .array(items.map(literal))
    case .group(let members): .object(members.mapValues(literal))
    }
  }

  private static func isNone(_ text: String) -> Bool { ["none", "null", "~", ""].contains(text) }

  /// `3`, `0.5`, `1e-3` or `8/255`; nil if it is no finite number.
  static func number(_ text: String) -> JSONValue? {
    if let value = Int(text) { return .int(value) }
    let parts = text.split(separator: "/", omittingEmptySubsequences: false).map { Double($0) }
    guard let first = parts[0], parts.count <= 2 else { return nil }
    var value = first
    if parts.count == 2 {
      guard let second = parts[1] else { return nil }
      value /= second
    }
    return value.isFinite ? .double(value) : nil
  }

  private static func guessed(_ text: String) -> JSONValue {
    if isNone(text), !text.isEmpty { return .null }
    return number(text) ?? Bool(text).map(JSONValue.bool) ?? .string(text)
  }

  // MARK: Refusing

  private func failure(_ message: String) -> CommandError {
    CommandError((assignment.place.map { "\($0): " } ?? "") + "\(subject): \(message)")
  }

  private var shown: String {
    switch assignment.value {
    case .text(let text): "\(assignment.key)=\(text): "
    default: "\(assignment.key): "
    }
  }

  /// A message if the path goes through a value that is no group.
  private func blocked(_ tree: JSONValue) -> String? {
    for end in assignment.path.indices {
      guard let value = tree[assignment.path[..<end]], value != .null else { return nil }
      if case .object = value { continue }
      let parent = assignment.path[..<end].joined(separator: ".")
      return "\(parent) is one value and has no key '\(assignment.path[end])'"
    }
    return nil
  }

  private func unknownKey(_ tree: JSONValue) -> CommandError {
    var depth = 0
    while depth < assignment.path.count - 1, case .object = tree[assignment.path[...depth]] { depth += 1 }
    var known: [String] = []
    if case .object(let members) = tree[assignment.path[..<depth]] { known = members.keys.sorted() }
    let key = assignment.path[depth]
    let parent = assignment.path[..<depth].joined(separator: ".")
    return failure(
      "unknown key '\(key)'\(parent.isEmpty ? "" : " in \(parent)")\(suggestion(for: key, among: known)); "
        + (known.isEmpty ? "it has none" : "known: \(known.joined(separator: ", "))"))
  }

  private static func reason(_ error: DecodingError, _ candidate: JSONValue) -> String {
    switch error {
    // A fraction where a whole number stands is reported by Foundation as if the JSON were broken.
    case .dataCorrupted(let context):
      candidate.isFraction ? "expected a whole number" : context.debugDescription
    case .typeMismatch(let type, let context), .valueNotFound(let type, let context):
      "\(type)" == "Int" ? "expected a whole number" : "expected \(type)\(Self.place(context))"
    case .keyNotFound(let key, let context): "needs \(key.stringValue)\(Self.place(context))"
    @unknown default: "\(error)"
    }
  }

  private static func place(_ context: DecodingError.Context) -> String {
    context.codingPath.count < 2
      ? ""
      : " at "
        + context.codingPath.map { $0.intValue.map(String.init) ?? $0.stringValue }.joined(separator: ".")
  }
}

extension Overrides.Value: CustomStringConvertible {
  public var description: String {
    switch self {
    case .text(let text): "'\(text)'"
    case .quoted(let text): "the text \"\(text)\""
    case .list: "a list"
    case .group: "a group of keys"
    }
  }
}
