import Command
import Foundation
import Yams

/// A YAML file as assignments to keys, each with its line.
struct RecipeFile {
  private(set) var assignments: [Overrides.Assignment] = []

  private let name: String
  private var values = 0

  /// More is no recipe; aliases of aliases could else grow without end.
  private static let maximumBytes = 1 << 20
  private static let maximumValues = 100_000

  init(reading url: URL) throws(CommandError) {
    let data: Data
    do {
      data = try Files.contents(of: url, atMost: Self.maximumBytes)
    } catch {
      throw CommandError("recipe \(error.message)")
    }
    guard let text = String(validating: data, as: UTF8.self) else {
      throw CommandError("\(url.path): a recipe is text in UTF-8, and this file is not")
    }
    try self.init(text, name: url.path)
  }

  /// - Parameter name: what messages call the file.
  init(_ text: String, name: String) throws(CommandError) {
    self.name = name
    let root: Node?
    do {
      root = try Yams.compose(yaml: text)
    } catch {
      throw CommandError("\(name): \(Self.reason(error))")
    }
    guard let root else { return }
    switch root {
    case .mapping(let mapping): try visit(mapping, at: [])
    case .scalar(let scalar) where scalar.string.isEmpty && scalar.style == .plain: break
    default:
      throw CommandError(
        "\(place(root)): a recipe is a group of keys, as in 'epochs: 10'; found \(Self.kind(root))")
    }
    var seen: [[String]: String] = [:]
    for assignment in assignments {
      if let first = seen.updateValue(assignment.place ?? name, forKey: assignment.path) {
        throw CommandError(
          "\(assignment.place ?? name): the key \(assignment.key) stands at \(first) already")
      }
    }
  }

  private mutating func visit(_ mapping: Node.Mapping, at path: [String]) throws(CommandError) {
    for (key, node) in mapping {
      let path = try path + names(key)
      if case .mapping(let inner) = node, !inner.isEmpty {
        try visit(inner, at: path)
      } else {
        let value = try value(node)
        assignments.append(.init(path: path, value: value, place: place(key)))
      }
    }
  }

  /// `a.b` is two keys, as for `--set`.
  private func names(_ key: Node) throws(CommandError) -> [String] {
    guard case .scalar(let scalar) = key else {
      throw CommandError("\(place(key)): a key is a word; found \(Self.kind(key))")
    }
    let names = scalar.string.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
    guard !names.contains("") else {
      throw CommandError("\(place(key)): the key '\(scalar.string)' has an empty part")
    }
    return names
  }

  private mutating func value(_ node: Node) throws(CommandError) -> Overrides.Value {
    values += 1
    guard values <= Self.maximumValues else {
      throw CommandError("\(name): has more than \(Self.maximumValues) values, which is no recipe")
    }
    switch node {
    case .scalar(let scalar):
      return scalar.style == .plain || scalar.style == .any ? .text(scalar.string) : .quoted(scalar.string)
    case .sequence(let sequence):
      var items: [Overrides.Value] = []
      for item in sequence { items.append(try value(item)) }
      return .list(items)
    case .mapping(let mapping):
      var members: [String: Overrides.Value] = [:]
      for (key, member) in mapping { members[try names(key).joined(separator: ".")] = try value(member) }
      return .group(members)
    case .alias:
      throw CommandError("\(place(node)): aliases cannot be used here; write the value out")
    }
  }

  private func place(_ node: Node) -> String { node.mark.map { "\(name):\($0.line)" } ?? name }

  private static func kind(_ node: Node) -> String {
    switch node {
    case .scalar(let scalar): "'\(scalar.string.prefix(40))'"
    case .sequence: "a list"
    case .mapping: "a group of keys"
    case .alias: "an alias"
    }
  }

  private static func reason(_ error: any Error) -> String {
    switch error as? YamlError {
    case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
      .composer(_, let problem, let mark, _):
      "line \(mark.line), column \(mark.column): is no YAML: \(problem)"
    case .duplicatedKeysInMapping(let keys, let context):
      "line \(context.mark.line): the key \(keys.sorted().joined(separator: ", ")) stands there twice"
    case .reader(let problem, _, _, _): "is no YAML: \(problem)"
    default: "is no YAML: \(error)"
    }
  }
}
