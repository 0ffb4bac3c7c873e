import Command
import Data
import Distillation
import Foundation
import Runs

/// What `salar distill evaluate` found of a run, kept beside it in `evaluation.json` for reports.
public struct EvaluationRecord: Codable, Sendable, Equatable {
  public var method: String
  public var ipc: Int
  /// What was tested on.
  public var data: String
  public var epochs: Int
  /// average or final.
  public var images: String
  /// final, validation or published.
  public var selection: String
  /// 0 for the learned step size.
  public var lr: Double
  public var augment: String
  public var seed: UInt64
  public var networks: [DistillationEvaluation.Result]

  public static let fileName = "evaluation.json"

  public init(
    _ set: DistilledSet, _ evaluation: DistillationEvaluation, data: String,
    _ networks: [DistillationEvaluation.Result]
  ) {
    (method, ipc, self.data) = (set.card.method, set.card.perClass, data)
    (epochs, lr, augment) = (evaluation.training.epochs, evaluation.training.lr, evaluation.training.strategy)
    (images, selection, seed) = (evaluation.images.rawValue, evaluation.selection.rawValue, evaluation.seed)
    self.networks = networks
  }

  /// Those of a run; none if it was never evaluated.
  ///
  /// - Throws: ``CommandError`` for a damaged file.
  public static func all(of run: URL) throws -> [EvaluationRecord] {
    let file = run.appendingPathComponent(fileName)
    guard FileManager.default.fileExists(atPath: file.path) else { return [] }
    return try RunJSON.read([EvaluationRecord].self, from: file)
  }

  /// Adds it to those of a run; networks that were evaluated in the same way before are replaced. Several processes may add to
  /// one run.
  public func add(to run: URL) throws {
    try changing(run) { try adding(to: run) }
  }

  private func adding(to run: URL) throws {
    var all = try Self.all(of: run)
    if let index = all.firstIndex(where: { $0.isSame(as: self) }) {
      let new = Set(networks.map(\.network))
      all[index].networks = all[index].networks.filter { !new.contains($0.network) } + networks
    } else {
      all.append(self)
    }
    try RunJSON.write(all, to: run.appendingPathComponent(Self.fileName))
  }

  /// But for the networks.
  private func isSame(as other: EvaluationRecord) -> Bool {
    var one = self
    one.networks = other.networks
    return one == other
  }

  /// How it was evaluated, in a few words.
  ///
  /// - Parameter data: what was distilled.
  func procedure(_ data: String) -> String {
    var words: [String] = []
    switch DistillationEvaluation.Selection(rawValue: selection) {
    case .validation: words.append("chosen on held-out training images")
    case .published: words.append("best of the run on the test set, as published")
    default: words += images == "final" ? ["last images"] : []
    }
    words.append("\(epochs) epochs")
    if lr > 0 { words.append("lr \(lr)") }
    if augment == "none" {
      words.append("no augmentation")
    } else if augment != DSA().strategy {
      words.append(augment)
    }
    if self.data != data { words.append("on \(self.data)") }
    if seed != 0 { words.append("seed \(seed)") }
    return words.joined(separator: ", ")
  }
}
