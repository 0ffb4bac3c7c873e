/// Settings of any type with values laid over them: `--set key=value`, or the lines of a recipe. A key must exist and its
/// value must fit what stands there.
///
/// Keys are those that the type encodes. A key that holds `nil` counts too. A group whose keys depend on one of them, as
/// `rule.rho` depends on `rule.kind`, works in any order if its type ignores keys it has no use for and takes its own
/// defaults for those that are missing.
public struct Overrides: Sendable {
  /// What stands to the right of a key.
  public enum Value: Sendable, Hashable {
    /// Read as the kind of value that stands there: `64`, `1e-3`, `8/255`, `true`, `none`, `1,2,3`.
    case text(String)
    /// A text whatever it looks like, as between quotation marks.
    case quoted(String)
    case list([Value])
    /// A group inside a list, or one without keys (`{}`). Groups elsewhere are assignments of their own.
    case group([String: Value])
  }

  /// One `key=value`; `a.b=1` reaches into a group.
  public struct Assignment: Sendable, Hashable {
    public let path: [String]
    public let value: Value
    /// Where it stands, for messages: `recipe.yaml:12`.
    public let place: String?

    public var key: String { path.joined(separator: ".") }

    public init(path: [String], value: Value, place: String? = nil) {
      self.path = path
      self.value = value
      self.place = place
    }
  }

  public let assignments: [Assignment]

  public init(_ assignments: [Assignment]) { self.assignments = assignments }

  /// - Throws: ``CommandError`` for a text without `=` or without a key.
  public init(parsing texts: [String]) throws(CommandError) {
    var assignments: [Assignment] = []
    for text in texts {
      guard let equals = text.firstIndex(of: "="), equals > text.startIndex else {
        throw CommandError("--set \(text): expected key=value")
      }
      let path = text[..<equals].split(separator: ".", omittingEmptySubsequences: false).map(String.init)
      guard !path.contains("") else { throw CommandError("--set \(text): the key has an empty part") }
      let value = String(text[text.index(after: equals)...])
      assignments.append(Assignment(path: path, value: value == "{}" ? .group([:]) : .text(value)))
    }
    self.assignments = assignments
  }

  /// The settings with every assignment made; of two to one key, the later one counts.
  ///
  /// - Parameter subject: what the settings are of, for messages: `network convnet`.
  /// - Throws: ``CommandError`` naming the key: unknown (with the nearest known one), or of the wrong type.
  public func applied<Settings: Codable>(to settings: Settings, subject: String) throws(CommandError)
    -> Settings
  {
    var current = settings
    var pending = assignments
    // A key may exist only once another one, which stands after it, has chosen the kind of its group.
    while !pending.isEmpty {
      var postponed: [Assignment] = []
      var refusal: CommandError?
      for assignment in pending {
        switch try AssignmentStep(assignment, subject: subject).applied(to: current) {
        case .done(let settings): current = settings
        case .unknownKey(let error):
          postponed.append(assignment)
          refusal = refusal ?? error
        }
      }
      if let refusal, postponed.count == pending.count { throw refusal }
      pending = postponed
    }
    return current
  }
}
