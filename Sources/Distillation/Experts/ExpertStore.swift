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
  /// - Throws: ``DistillationError`` if there is none, or one of them is damaged or of another architecture.
  public init(reading url: URL, layout: Layout) throws(DistillationError) {
    let names: [String]
    do {
      names = try FileManager.default.contentsOfDirectory(atPath: url.path).sorted()
    } catch {
      throw DistillationError("\(url.path): is no store of experts: it cannot be read")
    }
    var experts: [Expert] = []
    for name in names where name.hasPrefix("expert-") && name.hasSuffix(".safetensors") {
      experts.append(try Expert(reading: url.appendingPathComponent(name), layout: layout))
    }
    guard !experts.isEmpty else {
      throw DistillationError("\(url.path): holds no experts; `salar distill experts` makes them")
    }
    self.url = url
    self.experts = experts
  }

  /// Epochs that every expert has.
  public var epochs: Int { experts.map(\.epochs).min() ?? 0 }
}
