import Data
import Foundation
import Networks
import Torch

/// The batches of every epoch, the same ones whenever they are asked for.
public protocol BatchSource {
  var stepsPerEpoch: Int { get }

  /// The batches of an epoch from one of its steps on; nil ends the epoch.
  func batches(epoch: Int, from step: Int) throws -> () throws -> Batch?
}

/// A training run: a point that a rule moves over batches, epoch by epoch.
///
/// What a step draws depends on the seed and the step alone, so that a run continued from any checkpoint ends in the
/// same bits as one that was never stopped.
public final class Trainer<Architecture: Network> {
  public let network: Architecture
  public let settings: TrainingSettings
  public let point: Point
  /// The average of points, if the settings ask for one.
  public let average: PointAverage?
  public private(set) var progress = TrainingProgress()

  private var rule: any StepRule
  private var regularisers: [any Regulariser]
  private let source: any BatchSource
  private let streams: RandomStreams
  private let recorder: any TrainingRecorder
  private let evaluate: (Point) throws -> Evaluation?
  private let probes: Set<Probe>
  /// Reports whose numbers are still on the device.
  private var pending: [(step: Int, rate: Double, report: StepReport)] = []
  /// The step after which weights were last found finite.
  private var checkedStep: Int?
  /// Steps left out one after another, in this process; so many end the run.
  private var skippedInARow = 0
  private static var mostSkipped: Int { 20 }

  /// - Parameters:
  ///   - point: where it starts; changed in place.
  ///   - evaluate: called with the point (the average, if there is one) after each epoch.
  public init(
    _ network: Architecture, at point: Point, rule: any StepRule, regularisers: [any Regulariser] = [],
    settings: TrainingSettings, batches source: any BatchSource, seed: UInt64,
    recorder: any TrainingRecorder = NoRecorder(),
    evaluate: @escaping (Point) throws -> Evaluation? = { _ in nil }
  ) throws(TrainingError) {
    try settings.validate()
    self.network = network
    self.settings = settings
    self.point = point
    average = settings.ema > 0 ? PointAverage(of: point, decay: settings.ema) : nil
    self.rule = rule
    self.regularisers = regularisers
    self.source = source
    self.recorder = recorder
    self.evaluate = evaluate
    streams = RandomStreams(seed: seed)
    probes = regularisers.reduce(into: []) { $0.formUnion($1.probes) }
    self.rule.prepare(for: point)
  }

  public var totalSteps: Int { source.stepsPerEpoch * settings.epochs }

  /// What the run ended as.
  public struct Outcome {
    public var evaluation: Evaluation?
    /// False if the person asked to stop before the end; a checkpoint was saved.
    public var isComplete: Bool
  }

  /// Trains to the end, from the last checkpoint if there is one.
  ///
  /// - Throws: ``TrainingError`` when the loss or the weights are no numbers, the loss grows without bound, or twenty steps
  ///   in a row are left out by the rule; whatever the source, the rule or the recorder throw.
  @discardableResult
  public func run() throws -> Outcome {
    if let checkpoint = try recorder.resume() { try restore(checkpoint) }
    if progress.step == 0, settings.keepEvery > 0 { try recorder.keep(point, afterEpochs: 0) }
    var evaluation: Evaluation?
    while progress.step < totalSteps {
      let epoch = progress.step / source.stepsPerEpoch
      let next = try source.batches(epoch: epoch, from: progress.step % source.stepsPerEpoch)
      while let batch = try next() {
        try step(batch, epoch)
        let isEpochEnd = progress.step % source.stepsPerEpoch == 0
        if isEpochEnd { evaluation = try endEpoch(epoch) }
        if recorder.isStopRequested, progress.step < totalSteps {
          try save()
          return Outcome(evaluation: evaluation, isComplete: false)
        }
        if isEpochEnd || recorder.isCheckpointDue { try save() }
      }
      guard progress.step % source.stepsPerEpoch == 0 else {
        throw TrainingError(
          "epoch \(epoch) ended after \(progress.step % source.stepsPerEpoch) batches, "
            + "expected \(source.stepsPerEpoch)")
      }
    }
    // A run that was complete already has nothing to train, but is asked for its result again.
    if evaluation == nil { evaluation = try evaluated() }
    return Outcome(evaluation: evaluation, isComplete: true)
  }

  // MARK: One step

  private func step(_ batch: Batch, _ epoch: Int) throws {
    let rate = settings.schedule.rate(
      settings.lr, step: progress.step, stepsPerEpoch: source.stepsPerEpoch, epochs: settings.epochs)
    let context = StepContext(
      step: progress.step, epoch: epoch, totalSteps: totalSteps, learningRate: rate,
      streams: streams.child("step", progress.step))
    for index in regularisers.indices { regularisers[index].begin(batch, context) }
    // Samples before this one have had a pass.
    var firstUnseen = 0
    let objective: Objective = { weights, samples, pass in
      let part = batch.selecting(samples)
      let isFirst: Bool
      switch samples {
      case .all: (isFirst, firstUnseen) = (firstUnseen == 0, batch.count)
      case .range(let range):
        (isFirst, firstUnseen) = (range.lowerBound >= firstUnseen, max(firstUnseen, range.upperBound))
      case .positions: isFirst = false
      }
      pass.probes = self.probes
      let output = self.computing { self.network(self.network.laidOut(part.images), weights, &pass) }
      var values = crossEntropyPerSample(output.logits, part.labels, smoothing: self.settings.labelSmoothing)
      for index in self.regularisers.indices {
        let term = self.regularisers[index].term(part, output, samples, isFirst: isFirst)
        if let term { values = values + term }
      }
      return PerSampleLoss(values: values, logits: output.logits.detach())
    }
    var pass = Pass.training(point, random: try context.streams.stream("dropout", device: point.device))
    let statistics = rule.maySkip && !point.buffers.tensors.isEmpty ? point.buffers.copy() : nil
    let report = try rule.step(point, batch, &pass, context, objective)
    if report.isSkipped, let statistics { point.buffers.assign(statistics) }
    for index in regularisers.indices { regularisers[index].end(point, context) }
    average?.update(point)
    pending.append((progress.step, rate, report))
    progress.step += 1
    // Reading a number back makes an accelerator wait; the CPU has it at hand.
    if point.device == .cpu || pending.count >= 20 { try settle() }
  }

  private func computing<Result>(_ body: () -> Result) -> Result {
    settings.precision == .bfloat16 ? autocast(.bfloat16, device: point.device, body) : body()
  }

  /// Reads the pending reports: tallies, logs, and stops a run that has gone wrong.
  private func settle() throws {
    defer { pending.removeAll() }
    for (step, rate, report) in pending {
      let loss = report.loss.double
      skippedInARow = report.isSkipped ? skippedInARow + 1 : 0
      guard skippedInARow < Self.mostSkipped else {
        throw diverged(
          "\(skippedInARow) steps in a row had no finite gradient, the last is step \(step)", rate)
      }
      // A step that was left out moved nothing, whatever its loss.
      let isFine = loss.isFinite && loss < 1_000 * log(Double(max(2, network.classes)))
      guard isFine || report.isSkipped else {
        // The weights of that step may have been saved before their loss was known.
        try recorder.discard(step: step)
        throw diverged("the loss is \(loss) at step \(step)", rate)
      }
      if isFine {
        progress.epochLoss += loss * Double(report.count)
        progress.epochCorrect += report.correct.int
        progress.epochCount += report.count
      }
      if settings.logEvery > 0, (step + 1) % settings.logEvery == 0 {
        var values = report.metrics.mapValues(\.double)
        values["loss"] = loss
        values["lr"] = rate
        try recorder.log(step: step + 1, epoch: step / source.stepsPerEpoch, values)
      }
      recorder.advance(to: step + 1, of: totalSteps, loss: loss)
    }
  }

  private func diverged(_ what: String, _ rate: Double) -> TrainingError {
    let kept =
      recorder.lastCheckpoint.map { "the last good checkpoint is \($0)" } ?? "no checkpoint was kept"
    return TrainingError(
      "\(what), learning rate \(rate): the run has diverged; \(kept). "
        + "Try a lower lr, schedule.warmupEpochs or clip.")
  }

  /// The rate of the step that was made last.
  private var lastRate: Double {
    settings.schedule.rate(
      settings.lr, step: max(0, progress.step - 1), stepsPerEpoch: source.stepsPerEpoch,
      epochs: settings.epochs)
  }

  /// A loss tells of the weights before its step alone: what the last steps made of them is looked at here, before it
  /// is kept. One number is read back.
  private func requireFinite() throws(TrainingError) {
    guard checkedStep != progress.step else { return }
    guard isFinite else {
      throw diverged(
        "weights or statistics are no longer finite numbers after \(progress.step) steps", lastRate)
    }
    checkedStep = progress.step
  }

  private var isFinite: Bool {
    let tensors = [point, average?.point].compactMap { $0 }.flatMap { [$0.flat] + $0.buffers.tensors }
    return withNoGrad {
      Tensor.stacked(tensors.filter(\.dtype.isFloatingPoint).map { $0.isfinite().all() }).all().item().double
        == 1
    }
  }

  /// - Throws: ``TrainingError`` if the network has no finite answer to some images.
  private func evaluated() throws -> Evaluation? {
    let evaluation = try evaluate(average?.point ?? point)
    if let evaluation, evaluation.unanswered > 0 {
      throw diverged(
        "the answers to \(evaluation.unanswered) of \(evaluation.count) test images are no finite numbers after "
          + "\(progress.step) steps", lastRate)
    }
    return evaluation
  }

  private func endEpoch(_ epoch: Int) throws -> Evaluation? {
    try settle()
    try requireFinite()
    let count = Double(max(1, progress.epochCount))
    var values = [
      "train/loss": progress.epochLoss / count, "train/accuracy": Double(progress.epochCorrect) / count,
    ]
    let evaluation = try evaluated()
    if let evaluation {
      values["test/accuracy"] = evaluation.accuracy
      values["test/loss"] = evaluation.loss
      values["test/ece"] = evaluation.ece
    }
    try recorder.log(step: progress.step, epoch: epoch, values)
    if settings.keepEvery > 0, (epoch + 1) % settings.keepEvery == 0 || epoch + 1 == settings.epochs {
      try recorder.keep(average?.point ?? point, afterEpochs: epoch + 1)
    }
    (progress.epochLoss, progress.epochCorrect, progress.epochCount) = (0, 0, 0)
    return evaluation
  }

  // MARK: Checkpoints

  private func save() throws {
    try settle()
    try requireFinite()
    var tensors = point.stateTensors("point")
    if let average { tensors += average.point.stateTensors("average") }
    tensors += rule.state.map { ("rule.\($0.name)", $0.tensor) }
    for (index, regulariser) in regularisers.enumerated() {
      tensors += regulariser.state.map { ("regulariser\(index).\($0.name)", $0.tensor) }
    }
    try recorder.save(TrainingCheckpoint(progress: progress, tensors: tensors))
  }

  private func restore(_ checkpoint: TrainingCheckpoint) throws(TrainingError) {
    let tensors = Dictionary(uniqueKeysWithValues: checkpoint.tensors.map { ($0.name, $0.tensor) })
    try point.restore("point", tensors)
    try average?.point.restore("average", tensors)
    try rule.restore { tensors["rule.\($0)"] }
    for index in regularisers.indices {
      try regularisers[index].restore { tensors["regulariser\(index).\($0)"] }
    }
    progress = checkpoint.progress
    guard isFinite else {
      throw TrainingError(
        "the checkpoint \(recorder.lastCheckpoint ?? "of step \(progress.step)") holds numbers that are not finite; "
          + "remove its folder to go on from an earlier one")
    }
  }
}

extension Point {
  /// The flat vector and every buffer, under a prefix.
  func stateTensors(_ prefix: String) -> [(name: String, tensor: Tensor)] {
    [("\(prefix).flat", flat)]
      + zip(buffers.layout.slots, buffers.tensors).map { (name: "\(prefix).buffer.\($0.name)", tensor: $1) }
  }

  func restore(_ prefix: String, _ tensors: [String: Tensor]) throws(TrainingError) {
    for (name, tensor) in stateTensors(prefix) { try take(name, into: tensor) { tensors[$0] } }
  }
}
