import Command
import Networks
import Training

/// The regularisers of a run, each at most once: `{saf: {lambda: 0.3}, …}`. They are made, and kept in checkpoints, in the
/// order of their names.
public struct RegulariserChoices: Sendable, Hashable {
  public private(set) var choices: [Choice<RegulariserCatalog>]

  public init(_ choices: [Choice<RegulariserCatalog>] = []) {
    self.choices = choices.sorted { $0.name < $1.name }
  }

  /// - Throws: ``TrainingError`` for settings that make no regulariser.
  public func make(_ context: MethodContext) throws -> [any Regulariser] {
    try choices.map { choice in
      guard let settings = try choice.decoded() as? any RegulariserSettings else {
        throw CommandError("regulariser \(choice.name): its settings make no regulariser")
      }
      return try settings.regulariser(context)
    }
  }
}

extension RegulariserChoices: Codable {
  public init(from decoder: any Decoder) throws {
    // Nothing is written as null, which can be set to a group.
    if try decoder.singleValueContainer().decodeNil() {
      self.init()
      return
    }
    let groups = try [String: [String: JSONValue]](from: decoder)
    do {
      self.init(try groups.map { try Choice($0, $1) })
    } catch let error as CommandError {
      throw DecodingError.dataCorrupted(
        .init(codingPath: decoder.codingPath, debugDescription: error.message))
    }
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    guard !choices.isEmpty else { return try container.encodeNil() }
    try container.encode(Dictionary(uniqueKeysWithValues: choices.map { ($0.name, $0.settings) }))
  }
}
