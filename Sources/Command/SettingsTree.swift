/// Settings as a tree of values, with the keys in the order in which their type declares them.
public struct SettingsTree: Sendable {
  /// Every key, those that hold nil among them.
  public private(set) var value: JSONValue

  /// The keys of each group by the group's path.
  private var order: [[String]: [String]] = [:]

  /// - Throws: ``CommandError`` for settings that cannot be written down: a number that is not finite.
  public init(_ settings: some Encodable, subject: String = "settings") throws(CommandError) {
    do {
      value = try JSONValue(settings)
    } catch let error as EncodingError {
      guard case .invalidValue(let found, let context) = error else {
        throw CommandError("\(subject): cannot be written down: \(error)")
      }
      let key = context.codingPath.map(\.stringValue).joined(separator: ".")
      throw CommandError(
        "\(subject): \(key) is \(found), which cannot be written down; a finite number was expected")
    } catch {
      throw CommandError("\(subject): cannot be written down: \(error)")
    }
    complete(settings, at: [], depth: 0)
  }

  /// Encoding leaves out what is nil; the type itself knows better. Takes the order of keys too.
  private mutating func complete(_ settings: Any, at path: [String], depth: Int) {
    guard depth < 16, case .object(var members)? = value[path[...]] else { return }
    var declared: [String] = []
    for child in Mirror(reflecting: settings).children {
      guard let key = child.label else { continue }
      if case Optional<Any>.none = child.value {
        if members[key] == nil { members[key] = .null }
      }
      if members[key] != nil { declared.append(key) }
    }
    value = value.replacing(path[...], by: .object(members))
    order[path] = declared + members.keys.filter { !declared.contains($0) }.sorted()
    for child in Mirror(reflecting: settings).children {
      guard let key = child.label else { continue }
      let mirror = Mirror(reflecting: child.value)
      if mirror.displayStyle == .optional {
        if let inner = mirror.children.first { complete(inner.value, at: path + [key], depth: depth + 1) }
      } else {
        complete(child.value, at: path + [key], depth: depth + 1)
      }
    }
  }

  /// The keys of the group at that path, as declared; others follow by name.
  public func keys(at path: [String]) -> [String] {
    guard case .object(let members)? = value[path[...]] else { return [] }
    return order[path] ?? members.keys.sorted()
  }

  /// Every key that is no group, with its value.
  public var leaves: [(path: [String], value: JSONValue)] {
    var leaves: [(path: [String], value: JSONValue)] = []
    func visit(_ path: [String]) {
      guard let here = value[path[...]] else { return }
      if case .object(let members) = here, !members.isEmpty {
        for key in keys(at: path) { visit(path + [key]) }
      } else {
        leaves.append((path, here))
      }
    }
    visit([])
    return leaves
  }

  /// What is not as in `defaults`, in the order of the keys.
  public func changes(from defaults: SettingsTree) -> [SettingChange] {
    var changes: [SettingChange] = []
    for (path, value) in leaves where defaults.value[path[...]] != value {
      changes.append(
        SettingChange(
          key: path.joined(separator: "."), original: defaults.value[path[...]] ?? .null, value: value))
    }
    for (path, original) in defaults.leaves where value[path[...]] == nil {
      changes.append(SettingChange(key: path.joined(separator: "."), original: original, value: .null))
    }
    return changes
  }
}

/// A setting that is not what it was.
public struct SettingChange: Sendable, Equatable, CustomStringConvertible {
  public var key: String
  public var original: JSONValue
  public var value: JSONValue

  public init(key: String, original: JSONValue, value: JSONValue) {
    self.key = key
    self.original = original
    self.value = value
  }

  /// `rule.rho=0.1 (was 0.05)`.
  public var description: String { "\(key)=\(value) (was \(original))" }
}

extension JSONValue {
  /// What stands at the path; nil if there is no such key.
  subscript(path: ArraySlice<String>) -> JSONValue? {
    guard let key = path.first else { return self }
    guard case .object(let members) = self else { return nil }
    return members[key]?[path.dropFirst()]
  }

  /// The tree with another value at the path, groups on the way made where there are none.
  func replacing(_ path: ArraySlice<String>, by value: JSONValue) -> JSONValue {
    guard let key = path.first else { return value }
    var members: [String: JSONValue] = [:]
    if case .object(let found) = self { members = found }
    members[key] = (members[key] ?? .null).replacing(path.dropFirst(), by: value)
    return .object(members)
  }

  /// A key of a group inside this that the other does not have.
  func keyMissing(in other: JSONValue) -> String? {
    switch (self, other) {
    case (.object(let mine), .object(let others)):
      for key in mine.keys.sorted() where mine[key] != .null {
        guard let value = others[key] else { return key }
        if let missing = mine[key]!.keyMissing(in: value) { return missing }
      }
      return nil
    case (.array(let mine), .array(let others)) where mine.count == others.count:
      for (one, other) in zip(mine, others) {
        if let missing = one.keyMissing(in: other) { return missing }
      }
      return nil
    default: return nil
    }
  }

  var isString: Bool { if case .string = self { true } else { false } }

  /// Whether a number with a fraction is in it.
  var isFraction: Bool {
    switch self {
    case .double: true
    case .array(let values): values.contains { $0.isFraction }
    default: false
    }
  }
}
