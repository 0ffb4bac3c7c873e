import Command
import Distillation
import Foundation
import Networks
import Runs
import Training

/// Every method of distillation by name.
public enum DistillationCatalog: SettingsCatalog {
  public static var noun: String { "method" }
  public static var kinds: [any NamedSettings.Type] { DistillationMethods.all }
}

public typealias DistillationChoice = Choice<DistillationCatalog>

extension Choice<DistillationCatalog> {
  /// - Throws: ``CommandError`` for settings that make no method.
  public func make() throws -> any DistillationSettings {
    guard let settings = try decoded() as? any DistillationSettings else {
      throw CommandError("method \(name): its settings make no method")
    }
    return settings
  }
}

/// Everything that decides what `salar distill run` does.
public struct DistillationRecipe: Codable, Sendable, Equatable {
  /// What the images are before the first iteration, for methods that do not choose themselves.
  public enum Start: String, Sendable, CaseIterable, SettingChoice {
    /// Different real images of each class.
    case real
    /// N(0, 1).
    case noise
  }

  public var data: TrainRecipe.DataChoice
  public var network: NetworkChoice
  public var method: DistillationChoice
  /// Images per class.
  public var ipc: Int
  public var iterations: Int
  public var start = Start.real
  /// β of the average of the images that is kept beside them; 0 keeps none. A method's own is scaled to the iterations.
  public var average: Double
  /// Keeps the images after every so many iterations, for curves and choices; 0 keeps those of the last alone.
  public var keepEvery = 0
  /// The folder of the experts, for methods that need them.
  public var store: String?
  public var precision = TrainingSettings.Precision.float32
  public var seed: UInt64

  public init(
    data: TrainRecipe.DataChoice, network: NetworkChoice, method: DistillationChoice, ipc: Int,
    iterations: Int, store: String?, seed: UInt64
  ) throws {
    self.data = data
    self.network = network
    self.method = method
    self.ipc = ipc
    self.iterations = iterations
    self.store = store
    self.seed = seed
    average = Self.average(type(of: try method.make()).average, iterations)
  }

  /// What a distillation was made by.
  ///
  /// - Throws: ``CommandError`` for a run of another kind, or a file that does not fit.
  public init(of record: RunRecord) throws {
    guard record.info.kind == DistillationRun.kind else {
      throw CommandError(
        "\(record.url.path): holds a run of '\(record.info.kind)'; a distillation was expected (`salar distill run` makes one)"
      )
    }
    // The keys of network and method depend on their names, which the file knows.
    let values = try Recipe.values(in: record.url.appendingPathComponent("recipe.yaml"))
    let defaults = try DistillationRecipe(
      data: .init(), network: NetworkChoice(values["network.name"] ?? ""),
      method: DistillationChoice(values["method.name"] ?? ""), ipc: 1, iterations: 0, store: nil, seed: 0)
    self = try record.recipe(over: defaults)
  }

  /// β of a run of so many iterations where the method's is for ``DistillationMethods/publishedIterations``: with it as much
  /// of the first images is left in the average at the end.
  static func average(_ published: Double, _ iterations: Int) -> Double {
    guard published > 0, iterations > 0 else { return 0 }
    return pow(published, Double(DistillationMethods.publishedIterations) / Double(iterations))
  }

  /// - Throws: ``CommandError`` naming the key.
  public func validate() throws {
    guard ipc >= 1 else { throw CommandError("ipc must be 1 or more, found \(ipc)") }
    guard iterations >= 0 else { throw CommandError("iterations must be 0 or more, found \(iterations)") }
    guard keepEvery >= 0 else { throw CommandError("keepEvery must be 0 or more, found \(keepEvery)") }
    guard (0..<1).contains(average) else { throw CommandError("average must be in [0, 1), found \(average)") }
    guard precision != .float64 else {
      throw CommandError("precision must be float32 or bfloat16 here; `salar distill gradient` has float64")
    }
    let needsExperts = type(of: try method.make()).needsExperts
    guard precision == .float32 || needsExperts else {
      throw CommandError(
        "precision must be float32 for method \(method.name), found \(precision.rawValue): students of experts alone compute in "
          + "bfloat16 (mtt, tesla, ftd)")
    }
    if needsExperts, store == nil {
      throw CommandError(
        "method \(method.name): needs experts; name their --store (`salar distill experts` makes one)")
    }
  }
}

extension DistillationRecipe {
  /// `key=value` as a person types it, with the group that the key belongs to: `steps=30` is the method's.
  public func qualified(_ assignment: String) -> String {
    TrainRecipe.qualified(
      assignment, [("", self), ("method.", method), ("network.", network), ("data.", data)])
  }
}
