import Command
import Data
import Distillation
import Foundation
import Networks
import Runs
import Torch

/// `salar distill run`: a recipe, worked off in a run folder.
public struct DistillationRun {
  /// What `summary.json` holds and `--json` prints.
  public struct Summary: Codable, Sendable {
    public var method: String
    public var network: String
    public var data: String
    public var ipc: Int
    public var images: Int
    public var iterations: Int
    public var seed: UInt64
    /// Of the last iteration; nil for methods that choose and are done.
    public var loss: Double?
    public var stepSize: Double?
    public var classNames: [String]
  }

  public enum Ending {
    case complete(Summary)
    /// The person asked to stop; running it again goes on.
    case stopped
  }

  /// As `run.json` has it.
  static let kind = "distill"
  public static let pictureName = "images.png"

  public let recipe: DistillationRecipe
  private let train: DataSet

  /// - Parameter train: what `recipe.data` opened.
  public init(_ recipe: DistillationRecipe, train: DataSet) {
    self.recipe = recipe
    self.train = train
  }

  private struct Progress: Codable {
    var iteration: Int
    var loss: Double?
    /// Files of the experts that the run began with: those that come into the store later do not change it.
    var experts: [String]?
  }

  /// The images as they were.
  private struct Moment {
    var progress: Progress
    var images: Tensor
    var average: Tensor?
    var stepSize: Double?
  }

  /// Distils in a folder, or goes on where an earlier process left it.
  public func run(
    in url: URL, device: Device = .cpu, secondsBetweenCheckpoints: Double = 60
  ) throws -> Ending {
    try recipe.validate()
    let network = try recipe.network.make()
    try checkData(train, fits: network)
    let normalization = try recipe.data.preprocessing(train)
    let samples = try RealSamples(train, normalization, device: device)
    try samples.require(perClass: recipe.ipc)
    let settings = try recipe.method.make()
    var experts: ExpertStore?
    if type(of: settings).needsExperts, let store = recipe.store {
      experts = try ExpertStore(
        reading: URL(fileURLWithPath: store), layout: network.layout,
        architecture: recipe.network.architecture)
    }
    let streams = RandomStreams(seed: recipe.seed)
    func context() -> DistillationContext {
      DistillationContext(
        network: network, samples: samples, experts: experts, perClass: recipe.ipc, streams: streams,
        autocasts: recipe.precision == .bfloat16)
    }
    var distiller = try settings.distiller(context())
    // What is refused until here leaves no folder behind.
    let folder = try RunFolder(at: url, recipe: recipe, kind: Self.kind, seed: recipe.seed, device: device)
    let last = try folder.checkpoints.latest(as: Progress.self)
    let metrics = try folder.metrics(after: last?.step)
    let set: SyntheticSet
    var progress = Progress(iteration: 0, experts: experts?.names)
    let average: Tensor?
    if let last {
      CommandOutput.remark("continuing \(url.path) from iteration \(last.step)")
      let tensors = try last.tensors.dictionary().mapValues { $0.to(device: device) }
      guard let images = tensors["images"] else {
        throw CommandError("\(last.url.path): holds no images; remove it to go on from an earlier one")
      }
      set = SyntheticSet(images: images.clone(), classes: train.classes)
      average = tensors["average"]?.clone()
      progress = last.state
      progress.experts = progress.experts ?? experts?.names
      if let present = experts, let names = progress.experts, names != present.names {
        experts = try present.only(names)
        CommandOutput.remark(
          "the store has \(present.experts.count) experts now; this run goes on with the \(names.count) that it began with"
        )
        distiller = try settings.distiller(context())
      }
      try distiller?.restore { tensors["method.\($0)"] }
    } else {
      set = try settings.start(context()) ?? begin(samples, streams)
      average = recipe.average > 0 && distiller != nil ? set.images.clone() : nil
    }

    func moment() -> Moment {
      withNoGrad {
        Moment(
          progress: progress, images: set.images.clone(), average: average?.clone(),
          stepSize: distiller?.stepSize)
      }
    }
    func distilled(_ moment: Moment) throws -> DistilledSet {
      try self.distilled(moment, set.labels, normalization, experts)
    }
    func save() throws {
      var tensors: [(name: String, tensor: Tensor)] = [("images", set.images)]
      if let average { tensors.append(("average", average)) }
      tensors += distiller?.state.map { ("method.\($0.name)", $0.tensor) } ?? []
      try metrics.synchronize()
      try folder.checkpoints.save(step: progress.iteration, tensors: tensors, state: progress)
    }

    Interruption.install()
    let total = distiller == nil ? 0 : recipe.iterations
    let meter = ProgressMeter("distill", total: total, unit: "iterations", done: progress.iteration)
    // What an iteration has been through without leaving the numbers.
    var good: Moment?
    var lastSave = ContinuousClock.now
    var lastLine = (iteration: progress.iteration, time: ContinuousClock.now)
    while progress.iteration < total {
      let index = progress.iteration
      let before = moment()
      let values: [String: Double]
      do {
        values = try distiller!.step(set, Iteration(index: index, run: streams))
      } catch let error as DistillationError {
        throw failure(error.message, try good.map(distilled), at: index, folder)
      }
      good = before
      let isFinite = withNoGrad { set.images.isfinite().all().int } == 1
      guard isFinite, distiller?.stepSize?.isFinite ?? true, values.values.allSatisfy(\.isFinite) else {
        throw failure(
          "iteration \(index) led to images or a step size that are no finite numbers: the distillation has diverged; try "
            + "smaller rates (\(recipe.method.name): \(Self.rates(distiller!)))", try distilled(before),
          at: index, folder)
      }
      if let average {
        withNoGrad {
          _ = average.mul_(Scalar(recipe.average)).add_(set.images, alpha: Scalar(1 - recipe.average))
        }
      }
      (progress.iteration, progress.loss) = (index + 1, values["loss"])
      if (index + 1) % 10 == 0 || index + 1 == total {
        let rate = Double(index + 1 - lastLine.iteration) / (lastLine.time.duration(to: .now) / .seconds(1))
        try metrics.append(step: index + 1, epoch: 0, values: values, timing: ["iterations/s": rate])
        lastLine = (index + 1, .now)
      }
      if recipe.keepEvery > 0, (index + 1) % recipe.keepEvery == 0 {
        try distilled(moment()).keep(in: folder)
      }
      meter.update(to: index + 1, note: values["loss"].map { String(format: "loss %.4f", $0) } ?? "")
      let isDue = lastSave.duration(to: .now) >= .seconds(secondsBetweenCheckpoints)
      if isDue || Interruption.isRequested || index + 1 == total {
        try save()
        lastSave = .now
      }
      if Interruption.isRequested, index + 1 < total {
        meter.finish()
        return .stopped
      }
    }
    if total > 0 { meter.finish() }
    return .complete(try finish(folder, distilled(moment()), progress))
  }

  private func begin(_ samples: RealSamples, _ streams: RandomStreams) throws -> SyntheticSet {
    try SyntheticSet(
      recipe.start == .real ? .real : .noise, perClass: recipe.ipc, from: samples, streams.stream("start"))
  }

  /// Keeps the last images that an iteration was good with, as a set that can be evaluated and exported. Without any, as in the
  /// first iteration of a process, those count that were kept before this iteration's.
  private func failure(_ message: String, _ good: DistilledSet?, at iteration: Int, _ folder: RunFolder)
    -> CommandError
  {
    var kept: String
    do {
      let earlier = DistilledSet.files(in: folder.url).filter { $0.key < iteration }
      let last = try good?.keep(in: folder) ?? earlier.max { $0.key < $1.key }?.value
      kept =
        last.map {
          "the last good images are \($0.path), which `salar distill evaluate` and `salar distill export` take"
        } ?? "no images were kept"
    } catch {
      kept = "the last good images could not be kept: \(error)"
    }
    return CommandError("\(message); \(kept)")
  }

  /// Keys of the rates that a method moves by.
  private static func rates(_ distiller: any Distiller) -> String {
    distiller.stepSize == nil ? "lrImages" : "lrImages, lrStepSize"
  }

  /// The images at a moment, as a file of their own.
  private func distilled(
    _ moment: Moment, _ labels: Tensor, _ normalization: (any Preprocessing)?, _ experts: ExpertStore?
  ) throws -> DistilledSet {
    try DistilledSet(
      card: DistilledSet.Card(
        method: recipe.method.name, perClass: recipe.ipc, iterations: moment.progress.iteration,
        seed: recipe.seed, data: recipe.data,
        model: SavedModel.Card(
          network: recipe.network, normalization: normalization, classNames: train.classNames,
          resize: recipe.data.resize),
        recipe: Recipe.yaml(recipe), program: DistilledSet.program,
        experts: experts?.experts.map { .init(rule: $0.description.rule, seed: $0.description.seed) }),
      images: moment.images, average: moment.average, labels: labels, stepSize: moment.stepSize)
  }

  private func finish(_ folder: RunFolder, _ distilled: DistilledSet, _ progress: Progress) throws -> Summary
  {
    try distilled.write(to: folder.file(DistilledSet.fileName))
    let picture = try ContactSheet.draw(distilled.dataSet(), perClass: min(recipe.ipc, 10))
    try PictureWriter.write(picture, to: folder.file(Self.pictureName).path)
    let summary = Summary(
      method: recipe.method.name, network: recipe.network.name, data: recipe.data.path, ipc: recipe.ipc,
      images: distilled.images.size(0), iterations: progress.iteration, seed: recipe.seed,
      loss: progress.loss, stepSize: distilled.stepSize, classNames: train.classNames)
    try folder.writeSummary(summary)
    return summary
  }
}
