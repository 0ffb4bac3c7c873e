import Command
import Data
import Distillation
import Foundation
import Networks
import Torch

/// `salar distill evaluate`: fresh networks trained on a distilled set, tested on real images once, at the end.
public struct DistillationEvaluation {
  /// Which of the images are used.
  public enum Images: String, Sendable, CaseIterable {
    /// The running average where there is one, the images themselves elsewhere.
    case average
    /// As they are after the last iteration.
    case final
  }

  /// Of one architecture.
  public struct Result: Codable, Sendable {
    public var network: String
    /// Test accuracy.
    public var mean: Double
    /// Sample standard deviation; 0 for one run.
    public var std: Double
    public var runs: [Double]
  }

  public var training = SyntheticTraining()
  public var images = Images.average
  public var seed: UInt64 = 0

  public init() {}

  /// - Parameters:
  ///   - networks: names of architectures, with `key=value` after colons (`convnet:width=64`); that of the distillation keeps
  ///     its settings.
  ///   - repeats: fresh networks of each.
  /// - Throws: ``CommandError`` for an architecture that the images do not fit.
  public func evaluate(
    _ set: DistilledSet, on test: DataSet, networks: [String], repeats: Int, device: Device = .cpu
  ) throws -> [Result] {
    precondition(repeats >= 1, "at least one network, found \(repeats)")
    let seen = (images == .average ? set.best : set.images).to(device: device)
    let labels = set.labels.to(device: device)
    let choices = try networks.map { try choice($0, set) }
    return try choices.map { choice in
      let network = try choice.make()
      try checkData(test, fits: network)
      var card = set.card.model
      card.network = choice
      let runs = try (0..<repeats).map { index in
        let streams = RandomStreams(seed: seed).child("evaluate/\(choice.name)", index)
        CommandOutput.remark("\(choice.name): network \(index + 1) of \(repeats)")
        let point = try training.train(
          network, images: seen, labels: labels, stepSize: set.stepSize, streams: streams)
        return try evaluateNetwork(network, point, card, test, noise: 0, seed: 0, batch: 500).accuracy
      }
      let mean = runs.reduce(0, +) / Double(repeats)
      let squares = runs.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
      return Result(
        network: choice.name, mean: mean, std: repeats > 1 ? (squares / Double(repeats - 1)).squareRoot() : 0,
        runs: runs)
    }
  }

  /// An architecture shaped for the images.
  private func choice(_ text: String, _ set: DistilledSet) throws -> NetworkChoice {
    let parts = text.split(separator: ":").map(String.init)
    let name = parts.first ?? ""
    let own = set.card.model.network
    let base =
      name == own.name
      ? own
      : try NetworkChoice(
        name, shape: Array(set.images.shape.dropFirst()), classes: set.card.model.classNames.count)
    return try base.setting(Array(parts.dropFirst()))
  }
}
