import Foundation
import Networks
import Torch

/// The points of one training run, from the fresh weights on, one an epoch: what a student's path is compared with.
///
/// On disk a safetensors file of one tensor `points`, float32 [epochs + 1, P], and what made it as JSON in the metadata. It
/// is mapped into memory, and what is used of it read.
public struct Expert {
  /// What stands beside the points.
  public struct Description: Codable, Sendable, Equatable {
    /// The architecture's name.
    public var network: String
    /// Its settings by key, as text; nil if whoever wrote the file did not say.
    public var settings: [String: String]?
    /// The seed of everything random in its training.
    public var seed: UInt64
    /// The rule that made its steps; its settings are the store's recipe's.
    public var rule: String
    /// On the test split, of each point, the fresh weights first; none where there is no test split.
    public var accuracy: [Double]
    /// On its own training samples, as they were seen: in each epoch.
    public var trainAccuracy: [Double]

    public init(
      network: String, settings: [String: String]? = nil, seed: UInt64, rule: String, accuracy: [Double],
      trainAccuracy: [Double]
    ) {
      self.network = network
      self.settings = settings
      self.seed = seed
      self.rule = rule
      self.accuracy = accuracy
      self.trainAccuracy = trainAccuracy
    }
  }

  public let url: URL
  public let description: Description
  /// [epochs + 1, P].
  private let points: Tensor

  private static let metadataKey = "salar"
  private static let tensorName = "points"

  /// Epochs it was trained for.
  public var epochs: Int { points.size(0) - 1 }

  /// - Parameter architecture: what its points are to be of; the layout alone is compared where it is nil. Networks with the
  ///   same weights can be different functions of them, by another norm or activation.
  /// - Throws: ``DistillationError`` for a file that is none of an expert, is damaged or cut short, or whose points are not
  ///   of this layout or architecture.
  public init(reading url: URL, layout: Layout, architecture: Architecture? = nil) throws(DistillationError) {
    let file: Safetensors
    do {
      file = try Safetensors(reading: url)
    } catch {
      throw DistillationError("\(error.message); remove the file, and the store makes this expert again")
    }
    guard let text = file.metadata[Self.metadataKey], let points = file[Self.tensorName],
      let description = try? JSONDecoder().decode(Description.self, from: Data(text.utf8))
    else {
      throw DistillationError(
        "\(url.path): is no expert: it holds no '\(Self.tensorName)' with a description")
    }
    guard points.dim == 2, points.dtype == .float32, points.size(0) >= 2 else {
      throw DistillationError(
        "\(url.path): expected points float32 [epochs + 1, P], found \(points.dtype) \(points.shape)")
    }
    guard points.size(1) == layout.count else {
      throw DistillationError(
        "\(url.path): is of another architecture: \(description.network) with \(points.size(1)) parameters, and "
          + "\(layout.count) are expected; give the settings that the experts were made with, or another store"
      )
    }
    if let architecture, let other = architecture.difference(from: description) {
      throw DistillationError(
        "\(url.path): is of another architecture: \(other) is expected; give the settings that the experts were made with, or "
          + "another store")
    }
    self.url = url
    self.description = description
    self.points = points
  }

  /// A network by name and settings.
  public struct Architecture: Sendable, Equatable {
    public var network: String
    public var settings: [String: String]

    public init(network: String, settings: [String: String]) {
      self.network = network
      self.settings = settings
    }

    /// The first thing in which an expert is of another one, as `norm is group there, and instance`; nil if there is none.
    func difference(from expert: Description) -> String? {
      guard network == expert.network else { return "the network is \(expert.network) there, and \(network)" }
      // A key that one of them does not know says nothing.
      for (key, theirs) in (expert.settings ?? [:]).sorted(by: { $0.key < $1.key }) {
        if let ours = settings[key], ours != theirs { return "\(key) is \(theirs) there, and \(ours)" }
      }
      return nil
    }
  }

  /// Writes one, whole or not at all.
  ///
  /// - Parameter points: one [P] an epoch, the fresh weights first.
  /// - Throws: ``TorchError`` if the file cannot be written.
  public static func write(_ points: [Tensor], _ description: Description, to url: URL) throws {
    precondition(points.count >= 2, "fresh weights and those after an epoch, found \(points.count) points")
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    let text = String(decoding: try encoder.encode(description), as: UTF8.self)
    try Safetensors.write(
      [(tensorName, withNoGrad { .stacked(points.map { $0.to(dtype: .float32, device: .cpu) }) })],
      metadata: [metadataKey: text], to: url)
  }

  /// θ* after so many epochs, [P]; a view of the file.
  ///
  /// - Throws: ``DistillationError`` for weights that are no finite numbers: the expert has diverged.
  public func point(after epoch: Int) throws(DistillationError) -> Tensor {
    precondition((0...epochs).contains(epoch), "epoch in 0…\(epochs), found \(epoch)")
    let point = points[epoch]
    guard withNoGrad({ point.isfinite().all().int }) == 1 else {
      throw DistillationError(
        "\(url.path): the weights after \(epoch) epochs are no finite numbers; remove the file, and make the expert "
          + "again with a lower lr")
    }
    return point
  }
}
