import Foundation
import Networks
import Torch

/// A folder of experts:
///
/// ```
/// recipe.yaml               what all of them were made by, but their seeds
/// expert-00000.safetensors  …
/// making/expert-00001/      the training run of one that is not whole yet
/// ```
///
/// More can be added later, and by several processes at once.
public struct ExpertStore {
  public let url: URL
  public let experts: [Expert]

  public static let recipeName = "recipe.yaml"

  /// Where the expert of that number lies.
  public static func file(_ index: Int, in store: URL) -> URL {
    store.appendingPathComponent("\(name(index)).safetensors")
  }

  /// Where it is made.
  public static func workshop(_ index: Int, in store: URL) -> URL {
    store.appendingPathComponent("making").appendingPathComponent(name(index))
  }

  private static func name(_ index: Int) -> String {
    let digits = String(index)
    return "expert-" + String(repeating: "0", count: max(0, 5 - digits.count)) + digits
  }

  /// Every expert that is there.
  ///
  /// - Parameter architecture: what they are to be of; see ``Expert``.
  /// - Throws: ``DistillationError`` if there is none, or one of them is damaged or of another architecture.
  public init(reading url: URL, layout: Layout, architecture: Expert.Architecture? = nil)
    throws(DistillationError)
  {
    let names: [String]
    do {
      names = try FileManager.default.contentsOfDirectory(atPath: url.path).sorted()
    } catch {
      throw DistillationError("\(url.path): is no store of experts: it cannot be read")
    }
    var experts: [Expert] = []
    for name in names where name.hasPrefix("expert-") && name.hasSuffix(".safetensors") {
      experts.append(
        try Expert(reading: url.appendingPathComponent(name), layout: layout, architecture: architecture))
    }
    guard !experts.isEmpty else {
      throw DistillationError("\(url.path): holds no experts; `salar distill experts` makes them")
    }
    self.init(url: url, experts: experts)
  }

  private init(url: URL, experts: [Expert]) {
    self.url = url
    self.experts = experts
  }

  /// File names of its experts, in their order.
  public var names: [String] { experts.map(\.url.lastPathComponent) }

  /// The store as it was when it held these alone: what is drawn from it is then the same.
  ///
  /// - Throws: ``DistillationError`` naming one that is no longer there.
  public func only(_ names: [String]) throws(DistillationError) -> ExpertStore {
    var chosen: [Expert] = []
    for name in names {
      guard let expert = experts.first(where: { $0.url.lastPathComponent == name }) else {
        throw DistillationError(
          "\(url.path): \(name), which this distillation began with, is gone; the command that made the experts makes it again"
        )
      }
      chosen.append(expert)
    }
    return ExpertStore(url: url, experts: chosen)
  }

  /// Epochs that every expert has.
  public var epochs: Int { experts.map(\.epochs).min() ?? 0 }
}
