import Command
import Networks

/// An architecture by name with its settings, as recipes, flags and saved models have it.
public struct NetworkChoice: Sendable, Hashable {
  public let name: String
  /// Every setting by key.
  public let settings: JSONValue

  /// The defaults of an architecture, shaped for some data.
  ///
  /// - Parameters:
  ///   - shape: [C, H, W] of the images, nil for the architecture's own default.
  ///   - classes: likewise.
  /// - Throws: ``CommandError`` for an unknown name, or images that are not square where the architecture needs them so.
  public init(_ name: String, shape: [Int]? = nil, classes: Int? = nil) throws {
    let kind = try Self.kind(name)
    var members: [String: JSONValue] = [:]
    if case .object(let defaults) = try JSONValue(kind.init()) { members = defaults }
    if let shape {
      guard shape[1] == shape[2] else {
        throw CommandError(
          "network \(name): takes square images, found \(shape[2])×\(shape[1]); resize them with --image-size"
        )
      }
      members["channels"] = .int(shape[0])
      members["size"] = .int(shape[1])
    }
    if let classes { members["classes"] = .int(classes) }
    self.name = name
    settings = .object(members)
  }

  public init(name: String, settings: JSONValue) {
    self.name = name
    self.settings = settings
  }

  /// - Throws: ``CommandError`` with the nearest name for an unknown one.
  public static func kind(_ name: String) throws -> any NetworkSettings.Type {
    guard let kind = NetworkCatalog.settings(named: name) else {
      let known = NetworkCatalog.all.map { $0.name }
      throw CommandError(
        "unknown network '\(name)'\(suggestion(for: name, among: known)); known: \(known.joined(separator: ", "))"
      )
    }
    return kind
  }

  /// The choice with `key=value` laid over it.
  public func setting(_ assignments: [String]) throws -> NetworkChoice {
    func laidOver<Settings: NetworkSettings>(_ kind: Settings.Type) throws -> JSONValue {
      let base = try settings.decoded(as: kind)
      return try JSONValue(Overrides(parsing: assignments).applied(to: base, subject: "network \(name)"))
    }
    return NetworkChoice(name: name, settings: try laidOver(Self.kind(name)))
  }

  /// - Throws: ``NetworkError`` for settings that make no network.
  public func make() throws -> any Network {
    func made<Settings: NetworkSettings>(_ kind: Settings.Type) throws -> any Network {
      try settings.decoded(as: kind).network()
    }
    return try made(Self.kind(name))
  }
}

extension NetworkChoice: Codable {
  private static let nameKey = "name"

  /// One group of keys, the name among them: `network: {name: convnet, width: 64, …}`.
  public init(from decoder: any Decoder) throws {
    var members = try [String: JSONValue](from: decoder)
    guard case .string(let name)? = members.removeValue(forKey: Self.nameKey) else {
      throw DecodingError.dataCorrupted(
        .init(codingPath: decoder.codingPath, debugDescription: "expected the network's name"))
    }
    self.init(name: name, settings: .object(members))
    // Decoded as the architecture's own type, so that a value that does not fit is refused here.
    func check<Settings: NetworkSettings>(_ kind: Settings.Type) throws {
      _ = try kind.init(from: decoder)
    }
    if let kind = NetworkCatalog.settings(named: name) { try check(kind) }
  }

  public func encode(to encoder: any Encoder) throws {
    guard case .object(var members) = settings else { return }
    members[Self.nameKey] = .string(name)
    try members.encode(to: encoder)
  }
}
