import Command
import Networks

/// Named settings that recipes and flags choose among.
public protocol SettingsCatalog {
  /// What its entries are, for messages: `network`.
  static var noun: String { get }
  static var kinds: [any NamedSettings.Type] { get }
}

/// An entry of a catalogue by name with its settings, one group of keys: `{name: convnet, width: 64, …}`.
///
/// When it is decoded, keys that the entry does not have are dropped, and those that are missing have its defaults: a key
/// may be laid over it before or after the name that it belongs to.
public struct Choice<Catalog: SettingsCatalog>: Sendable, Hashable {
  public let name: String
  /// Every setting by key.
  public let settings: JSONValue

  /// An entry with its defaults.
  ///
  /// - Parameter members: settings laid over the defaults.
  /// - Throws: ``CommandError`` for an unknown name, with the nearest one; a decoding error for a value that does not fit.
  public init(_ name: String, _ members: [String: JSONValue] = [:]) throws {
    func complete<Settings: NamedSettings>(_ kind: Settings.Type) throws -> JSONValue {
      guard case .object(var all) = try SettingsTree(kind.init()).value else { return .object([:]) }
      for key in all.keys { all[key] = members[key] ?? all[key] }
      return try SettingsTree(JSONValue.object(all).decoded(as: kind)).value
    }
    self.name = name
    settings = try complete(Self.kind(name))
  }

  /// - Throws: ``CommandError`` with the nearest name for an unknown one.
  public static func kind(_ name: String) throws -> any NamedSettings.Type {
    if let kind = Catalog.kinds.first(where: { $0.name == name }) { return kind }
    let known = Catalog.kinds.map { $0.name }
    throw CommandError(
      "unknown \(Catalog.noun) '\(name)'\(suggestion(for: name, among: known)); "
        + (known.isEmpty ? "there is none yet" : "known: \(known.joined(separator: ", "))"))
  }

  /// The choice with `key=value` laid over it.
  public func setting(_ assignments: [String]) throws -> Choice {
    func laidOver<Settings: NamedSettings>(_ kind: Settings.Type) throws -> JSONValue {
      let base = try settings.decoded(as: kind)
      return try SettingsTree(
        Overrides(parsing: assignments).applied(to: base, subject: "\(Catalog.noun) \(name)")
      ).value
    }
    guard case .object(let members) = try laidOver(Self.kind(name)) else { return self }
    return try Choice(name, members)
  }

  /// What differs from another choice, by key, with both values; empty where they are equal.
  public func differences(from other: Choice) -> [String] {
    guard name == other.name else { return ["\(Catalog.noun) is \(other.name) there and \(name) now"] }
    guard case .object(let ours) = settings, case .object(let theirs) = other.settings else { return [] }
    return ours.keys.sorted().compactMap { key in
      let (now, there) = (ours[key] ?? .null, theirs[key] ?? .null)
      return now == there ? nil : "\(Catalog.noun).\(key) is \(there) there and \(now) now"
    }
  }

  /// The settings as the entry's own type.
  func decoded() throws -> any NamedSettings {
    func decoded<Settings: NamedSettings>(_ kind: Settings.Type) throws -> any NamedSettings {
      try settings.decoded(as: kind)
    }
    return try decoded(Self.kind(name))
  }
}

extension Choice: Codable {
  private static var nameKey: String { "name" }

  public init(from decoder: any Decoder) throws {
    var members = try [String: JSONValue](from: decoder)
    guard case .string(let name)? = members.removeValue(forKey: Self.nameKey) else {
      throw DecodingError.dataCorrupted(
        .init(codingPath: decoder.codingPath, debugDescription: "expected the name of a \(Catalog.noun)"))
    }
    do {
      try self.init(name, members)
    } catch let error as CommandError {
      throw DecodingError.dataCorrupted(
        .init(codingPath: decoder.codingPath, debugDescription: error.message))
    }
  }

  public func encode(to encoder: any Encoder) throws {
    guard case .object(var members) = settings else { return }
    members[Self.nameKey] = .string(name)
    try members.encode(to: encoder)
  }
}
