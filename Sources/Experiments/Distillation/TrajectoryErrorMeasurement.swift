import Command
import Data
import Distillation
import Foundation
import Networks
import Runs
import Torch

/// `salar distill error`: how far students of a distilled set come off the experts' paths, in test loss and in weights.
public struct TrajectoryErrorMeasurement {
  /// Beside one expert, by segment; the first entry is the beginning.
  public struct Course: Codable, Sendable, Equatable {
    /// Of the expert in the store's order.
    public var expert: Int
    /// Test loss of the expert; like the others NaN where weights have gone beyond all numbers.
    public var expertLoss: [Double] = []
    /// Test loss of the student that goes on, less the expert's: the accumulated error.
    public var accumulated: [Double] = []
    /// Of the one that sets out anew in every segment: the matching error.
    public var matching: [Double] = []
    /// ‖θ̂ − θ*‖ over ‖θ* − θ*₀‖ of the student that goes on; 0 at the beginning.
    public var distance: [Double] = []
  }

  /// What `error.json` holds and `--json` prints.
  public struct Answer: Codable, Sendable, Equatable {
    public var method: String
    public var ipc: Int
    public var steps: Int
    public var expertEpochs: Int
    public var samples: Int
    /// Of the experts, at each entry.
    public var epochs: [Int]
    public var courses: [Course]
  }

  public static let fileName = "error.json"

  /// Experts that are followed, from the first; all of them if there are fewer.
  public var experts = 3
  /// Epochs to follow them; nil for all.
  public var epochs: Int?
  /// Test images, drawn by a fixed seed.
  public var samples = 2_000
  public var images = DistillationEvaluation.Images.average
  public var seed: UInt64 = 0
  /// What a segment is; nil for what the set was distilled with.
  public var steps: Int?
  public var expertEpochs: Int?
  /// Families of the augmentation, joined with _, or none.
  public var strategy: String?
  /// The students' step size; nil for the learned one.
  public var stepSize: Double?

  public init() {}

  /// - Parameters:
  ///   - run: the folder of a distillation.
  ///   - store: of the experts; nil for those that it was distilled with.
  /// - Throws: ``CommandError``, ``DistillationError`` for what does not fit together.
  public func measure(_ run: URL, store: URL? = nil, device: Device = .cpu) throws -> Answer {
    let set = try DistilledSet(reading: run)
    let recipe = try DistillationRecipe(of: RunRecord(reading: run))
    let distilled = try recipe.method.trajectoryMatching()
    guard let steps = steps ?? distilled?.steps, let expertEpochs = expertEpochs ?? distilled?.expertEpochs
    else {
      throw CommandError(
        "\(run.path): \(recipe.method.name) follows no expert; say what a segment is (--steps and --expert-epochs)"
      )
    }
    guard let place = store ?? recipe.store.map(URL.init(fileURLWithPath:)) else {
      throw CommandError(
        "\(run.path): was distilled by \(recipe.method.name) without experts; name a --store")
    }
    guard let stepSize = stepSize ?? set.stepSize else {
      throw CommandError("\(run.path): \(recipe.method.name) learns no step size; give one (--step-size)")
    }
    guard stepSize > 0, stepSize.isFinite else {
      throw CommandError("the step size must be above 0, found \(stepSize)")
    }
    let network = try recipe.network.make()
    let all = try ExpertStore(
      reading: place, layout: network.layout, architecture: recipe.network.architecture)
    let chosen = Array(all.experts.prefix(experts))
    let test = try set.card.data.open(.test).drawn(samples, "error")
    try checkData(test, fits: network)
    let last = min(epochs ?? all.epochs, all.epochs)
    guard last >= expertEpochs else {
      throw CommandError(
        "a segment has \(expertEpochs) epochs (--expert-epochs), and experts are followed for \(last) (those of \(place.path) "
          + "have \(all.epochs))")
    }
    let plan = try StepPlan(
      steps: steps, batch: distilled?.batch ?? 0, strategy: strategy ?? distilled?.strategy ?? DSA().strategy)
    let course = StudentCourse(network, plan: plan, expertEpochs: expertEpochs)
    nonisolated(unsafe) let seen = (images == .average ? set.best : set.images).to(device: device)
    nonisolated(unsafe) let labels = set.labels.to(device: device)
    let card = set.card.model
    nonisolated(unsafe) let paths = chosen
    nonisolated(unsafe) let shared = course
    let seed = seed
    @Sendable func follow(_ index: Int) throws -> Course {
      var found = Course(expert: index)
      func loss(_ flat: Tensor) throws -> Double {
        let point = Point(
          layout: network.layout, flat: flat.contiguous(), buffers: network.bufferLayout.initial())
        return try evaluateNetwork(network, point, card, test, noise: 0, seed: 0, batch: 500).loss
      }
      var fresh: Tensor?
      try shared.follow(
        paths[index], to: last, images: seen, labels: labels, stepSize: stepSize,
        streams: RandomStreams(seed: seed).child("error", index)
      ) { mark in
        let start = fresh ?? mark.expert
        fresh = start
        let expert = try loss(mark.expert)
        found.expertLoss.append(expert)
        found.accumulated.append(mark.epoch == 0 ? 0 : try loss(mark.carried) - expert)
        found.matching.append(mark.epoch == 0 ? 0 : try loss(mark.restarted) - expert)
        found.distance.append(
          withNoGrad {
            let way = (mark.expert - start).vectorNorm().double
            return way > 0 ? (mark.carried - mark.expert).vectorNorm().double / way : 0
          })
      }
      return found
    }
    let courses =
      device == .cpu ? try Runtime.map(chosen.count, follow) : try chosen.indices.map(follow)
    return Answer(
      method: recipe.method.name, ipc: recipe.ipc, steps: plan.steps, expertEpochs: expertEpochs,
      samples: test.count, epochs: courses[0].expertLoss.indices.map { $0 * expertEpochs }, courses: courses)
  }
}

extension Choice<DistillationCatalog> {
  /// The settings of a method that matches trajectories; nil for another.
  func trajectoryMatching() throws -> TrajectoryMatching.Settings? {
    let settings = try decoded()
    return (settings as? MethodSettings<MTT>)?.settings ?? (settings as? MethodSettings<FTD>)?.settings
      ?? (settings as? MethodSettings<TESLA>)?.settings
  }
}

extension TrajectoryErrorMeasurement.Answer {
  /// Keeps it beside the run, for reports.
  public func write(to run: URL) throws(CommandError) {
    try RunJSON.write(self, to: run.appendingPathComponent(TrajectoryErrorMeasurement.fileName))
  }
}
