import Torch

/// A network on square images that a ``LayoutBuilder`` put together: its settings and its blueprint say all but the
/// function.
public protocol ImageNetwork: Network {
  associatedtype Settings: ImageNetworkSettings
  var settings: Settings { get }
  var blueprint: Blueprint { get }
}

extension ImageNetwork {
  public var layout: Layout { blueprint.layout }
  public var bufferLayout: BufferLayout { blueprint.bufferLayout }
  public var inputShape: [Int] { [settings.channels, settings.size, settings.size] }
  public var classes: Int { settings.classes }
  /// Fresh weights by the blueprint's initialisers.
  public func initial(_ generator: Generator) -> Point { blueprint.initial(generator) }
}

/// Settings that say what the images are and how many classes they have.
public protocol ImageNetworkSettings: NetworkSettings {
  var channels: Int { get set }
  /// The side in pixels.
  var size: Int { get set }
  var classes: Int { get set }
}

extension ImageNetworkSettings {
  /// - Throws: ``NetworkError`` for numbers that no images have.
  func checkImages() throws(NetworkError) {
    try check("channels", channels, 1...4_096)
    try check("size", size, 1...4_096)
    try check("classes", classes, 1...1_000_000)
  }
}
