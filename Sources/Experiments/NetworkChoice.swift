import Command
import Networks

extension NetworkCatalog: SettingsCatalog {
  public static var noun: String { "network" }
  public static var kinds: [any NamedSettings.Type] { all }
}

/// An architecture by name with its settings, as recipes, flags and saved models have it.
public typealias NetworkChoice = Choice<NetworkCatalog>

extension Choice<NetworkCatalog> {
  /// The defaults of an architecture, shaped for some data.
  ///
  /// - Parameters:
  ///   - shape: [C, H, W] of the images.
  ///   - classes: how many there are.
  /// - Throws: ``CommandError`` for an unknown name, or images that are not square where the architecture needs them so.
  public init(_ name: String, shape: [Int], classes: Int) throws {
    guard shape[1] == shape[2] else {
      throw CommandError(
        "network \(name): takes square images, found \(shape[2])×\(shape[1]); resize them with --image-size")
    }
    try self.init(
      name, ["channels": .int(shape[0]), "size": .int(shape[1]), "classes": .int(classes)])
  }

  /// - Throws: ``NetworkError`` for settings that make no network.
  public func make() throws -> any Network {
    guard let settings = try decoded() as? any NetworkSettings else {
      throw CommandError("network \(name): its settings make no network")
    }
    return try settings.network()
  }
}
