/// What an architecture can be asked for, as keys that recipes and `--set` name. Defaults give the network that papers
/// mean by the name.
public protocol NetworkSettings: Codable, Sendable {
  /// As `--network` takes it.
  static var name: String { get }
  static var summary: String { get }
  /// Every key with what it means.
  static var help: [(key: String, meaning: String)] { get }

  init()

  /// - Throws: ``NetworkError`` for settings that make no network.
  func network() throws(NetworkError) -> any Network
}

/// Settings that make no network, or weights that are not a network's.
public struct NetworkError: Error, Equatable, Sendable, CustomStringConvertible {
  public var message: String
  public init(_ message: String) { self.message = message }
  public var description: String { message }
}

/// A setting with a fixed choice of words.
public protocol SettingChoice: RawRepresentable<String>, CaseIterable, Codable {}

extension SettingChoice {
  /// - Throws: a decoding error that lists the words there are.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    let word = try container.decode(String.self)
    guard let choice = Self(rawValue: word) else {
      let known = Self.allCases.map(\.rawValue).joined(separator: ", ")
      throw DecodingError.dataCorruptedError(in: container, debugDescription: "expected one of: \(known)")
    }
    self = choice
  }
}

/// Every architecture by name.
public enum NetworkCatalog {
  public static let all: [any NetworkSettings.Type] = [
    ConvNet.Settings.self, LeNet.Settings.self, MLP.Settings.self, ResNet18.Settings.self,
  ]

  public static func settings(named name: String) -> (any NetworkSettings.Type)? {
    all.first { $0.name == name }
  }
}

extension NetworkSettings {
  /// - Throws: ``NetworkError`` naming the key, unless the value is in the range.
  func check(_ key: String, _ value: Int, _ range: ClosedRange<Int>) throws(NetworkError) {
    guard range.contains(value) else {
      throw NetworkError(
        "network \(Self.name): \(key) must be in \(range.lowerBound)…\(range.upperBound), found \(value)")
    }
  }

  /// - Throws: ``NetworkError`` where the norm cannot be laid over that many channels.
  func check(_ norm: NormKind, width: Int) throws(NetworkError) {
    if norm == .group, width % 4 != 0 {
      throw NetworkError("network \(Self.name): group norm needs a width divisible by 4, found \(width)")
    }
  }
}
