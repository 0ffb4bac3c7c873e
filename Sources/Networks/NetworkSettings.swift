/// What an architecture can be asked for. Defaults give the network that papers mean by the name.
public protocol NetworkSettings: NamedSettings {
  /// - Throws: ``NetworkError`` for settings that make no network.
  func network() throws(NetworkError) -> any Network
}

/// Settings that make no network, or weights that are not a network's.
public struct NetworkError: Error, Equatable, Sendable, CustomStringConvertible {
  /// What was found, what was expected, and what to do.
  public var message: String
  /// - Parameter message: what was found, what was expected, and what to do.
  public init(_ message: String) { self.message = message }
  public var description: String { message }
}

/// Every architecture by name.
public enum NetworkCatalog {
  /// In alphabetical order.
  public static let all: [any NetworkSettings.Type] = [
    AlexNet.Settings.self, ConvNet.Settings.self, LeNet.Settings.self, MLP.Settings.self,
    PyramidNet.Settings.self, ResNet18.Settings.self, ResNet18AP.Settings.self, ResNet50.Settings.self,
    ResNet101.Settings.self, VGG11.Settings.self, VisionTransformer.Settings.self, WideResNet.Settings.self,
  ]

  /// The settings of that architecture, nil for a name that is none.
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
