import Command
import Foundation
import Torch
import Yams

/// Settings of any Codable type from a YAML file and `--set key=value`, over defaults.
///
/// ```swift
/// let resolved = try Recipe.resolve(TrainSettings(), yaml: url, overrides: ["rule.rho=0.1"], subject: "train")
/// for change in resolved.changes { CommandOutput.remark("\(change)") }   // rule.rho=0.1 (was 0.05)
/// ```
///
/// A plain value in YAML is read as the kind of value that the default is, so that `name: no` is the text *no* and
/// `rate: 1e-3` a number; `8/255` is a number too, and `none`, `null` or `~` nil. What is between quotation marks is a text.
public enum Recipe {
  /// Settings with everything laid over them.
  public struct Resolved<Settings> {
    public var settings: Settings
    /// What differs from the defaults, in the order of the keys.
    public var changes: [SettingChange]
  }

  /// - Parameters:
  ///   - yaml: a recipe; nil for none.
  ///   - overrides: `key=value`, laid over the recipe.
  ///   - subject: what the settings are of, for messages: `train`.
  /// - Throws: ``CommandError`` for a file that cannot be read, is no YAML, or names a key twice; for an unknown key (with
  ///   the nearest known one) and a value of the wrong type, with file and line.
  public static func resolve<Settings: Codable>(
    _ defaults: Settings, yaml: URL? = nil, overrides: [String] = [], subject: String
  ) throws(CommandError) -> Resolved<Settings> {
    var assignments: [Overrides.Assignment] = []
    if let yaml { assignments = try RecipeFile(reading: yaml).assignments }
    let settings = try Overrides(assignments).applied(to: defaults, subject: subject)
    let final = try Overrides(parsing: overrides).applied(to: settings, subject: subject)
    let changes = try SettingsTree(final, subject: subject).changes(
      from: SettingsTree(defaults, subject: subject))
    return Resolved(settings: final, changes: changes)
  }

  /// What a recipe file says, by key (`network.name`), before any default is known: for the few keys that decide what
  /// the others mean.
  ///
  /// - Throws: ``CommandError`` for a file that cannot be read or is no recipe.
  public static func values(in yaml: URL) throws(CommandError) -> [String: String] {
    var values: [String: String] = [:]
    for assignment in try RecipeFile(reading: yaml).assignments {
      switch assignment.value {
      case .text(let text), .quoted(let text): values[assignment.key] = text
      case .list, .group: break
      }
    }
    return values
  }

  /// The keys in which settings differ from those of a file that ``yaml(_:header:)`` made, each with both values; none where
  /// they are equal.
  ///
  /// - Throws: ``CommandError`` for a file that cannot be read or does not fit the type.
  public static func differences<Settings: Codable & Equatable>(
    of settings: Settings, from stored: URL, subject: String
  ) throws(CommandError) -> [String] {
    let file = try RecipeFile(reading: stored)
    let earlier = try Overrides(file.assignments).applied(to: settings, subject: subject)
    let tree = try SettingsTree(settings)
    let changes = try SettingsTree(earlier).changes(from: tree)
    let names = Set(file.assignments.map(\.path))
    let missing = tree.leaves.map(\.path).filter { !names.contains($0) }.map { $0.joined(separator: ".") }
    if earlier == settings, changes.isEmpty, missing.isEmpty { return [] }
    return changes.map { "\($0.key) is \($0.value) there and \($0.original) now" }
      + missing.map { "\($0) does not stand there" }
  }

  /// The settings as a recipe that ``resolve(_:yaml:overrides:subject:)`` reads back: every key, in the order in which the
  /// type declares them, so that equal settings make equal texts.
  ///
  /// - Parameter header: lines of comment before the first key, without `#`.
  /// - Throws: ``CommandError`` for settings that cannot be written down: a number that is not finite.
  public static func yaml(_ settings: some Encodable, header: [String] = []) throws(CommandError) -> String {
    let tree = try SettingsTree(settings)
    do {
      let comment = header.map { "# \($0)\n" }.joined()
      return comment
        + (try Yams.serialize(node: node(tree.value, at: [], tree), width: -1, allowUnicode: true))
    } catch {
      throw CommandError("the settings cannot be written as YAML: \(error)")
    }
  }

  private static func node(_ value: JSONValue, at path: [String], _ tree: SettingsTree) -> Node {
    switch value {
    case .null: Node("null")
    case .bool(let value): Node("\(value)")
    case .int(let value): Node("\(value)")
    case .double(let value): Node("\(value)")
    case .string(let text): Self.text(text)
    case .array(let values):
      // What is in a list has no path; its keys follow by name.
      Node(
        values.map { node($0, at: path + ["[]"], tree) }, .implicit,
        values.contains { $0.isCollection } ? .block : .flow)
    case .object(let members):
      Node(
        (path.contains("[]") ? members.keys.sorted() : tree.keys(at: path)).map {
          (Self.text($0), node(members[$0]!, at: path + [$0], tree))
        }, .implicit, members.isEmpty ? .flow : .block)
    }
  }

  /// Between quotation marks where another reader of YAML would take it for something else.
  private static func text(_ text: String) -> Node {
    let plain = Node(text)
    return Resolver.default.resolveTag(of: plain) == .str ? plain : Node(text, .implicit, .singleQuoted)
  }
}

extension JSONValue {
  fileprivate var isCollection: Bool {
    switch self {
    case .array, .object: true
    default: false
    }
  }
}
