/// What one entry of a catalogue (an architecture, a step rule) can be asked for, as keys that recipes and `--set` name.
public protocol NamedSettings: Codable, Sendable {
  /// As flags and recipes take it.
  static var name: String { get }
  static var summary: String { get }
  /// Every key with what it means.
  static var help: [(key: String, meaning: String)] { get }

  init()
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
