import Data
import Foundation
import Networks
import Testing
import Torch

@testable import Training

@Suite struct TrainerTests {
  private func settings(_ adjust: (inout TrainingSettings) -> Void = { _ in }) -> TrainingSettings {
    var settings = TrainingSettings()
    (settings.epochs, settings.lr) = (3, 0.05)
    adjust(&settings)
    return settings
  }

  private func trainer(
    _ settings: TrainingSettings, rule: (any StepRule)? = nil, regularisers: [any Regulariser] = [],
    recorder: any TrainingRecorder = NoRecorder(), batches: [Batch] = stripes(batches: 8)
  ) throws -> Trainer<ConvNet> {
    let network = try smallConvNet()
    let point = network.initial(Generator(seed: 1))
    let test = stripes(batches: 2, seed: 9)
    return try Trainer(
      network, at: point, rule: rule ?? GradientStep(settings.makeOptimizer()), regularisers: regularisers,
      settings: settings, batches: ListedBatches(batches), seed: 4, recorder: recorder
    ) { point in
      var tally = EvaluationTally(classes: 10)
      for batch in test { tally.add(network.logits(batch.images, at: point), batch.labels) }
      return tally.evaluation
    }
  }

  @Test func learns() throws {
    let outcome = try trainer(settings { $0.epochs = 8 }).run()
    #expect(outcome.isComplete)
    #expect(outcome.evaluation!.accuracy > 0.9)
    #expect(outcome.evaluation!.count == 32)
  }

  @Test func bfloat16Learns() throws {
    let outcome = try trainer(settings { ($0.epochs, $0.precision) = (8, .bfloat16) }).run()
    #expect(outcome.evaluation!.accuracy > 0.9)
  }

  /// Products are rounded to 8 bits, weights are not.
  @Test func bfloat16RoundsProductsAlone() throws {
    func run(_ precision: TrainingSettings.Precision) throws -> (losses: [Double], point: Point) {
      let recorder = MemoryRecorder()
      let trainer = try trainer(
        settings { ($0.epochs, $0.precision, $0.logEvery, $0.lr) = (1, precision, 1, 0.01) },
        recorder: recorder)
      try trainer.run()
      return (recorder.lines.compactMap { $0.values["loss"] }, trainer.point)
    }
    let (full, half) = (try run(.float32), try run(.bfloat16))
    #expect(full.losses.count == 8 && half.losses.count == 8)
    for (one, other) in zip(full.losses, half.losses) {
      #expect(one != other && abs(one - other) < 0.02 * one, "\(one) \(other)")
    }
    #expect(half.point.dtype == .float32 && half.point.buffers.tensors.allSatisfy { $0.dtype != .bfloat16 })
    // More digits than bfloat16 has.
    #expect(!half.point.flat.to(.bfloat16).to(.float32).equal(half.point.flat))
  }

  /// Three updates by hand with β = 0.9, of weights and statistics; counts are copied.
  @Test func averagesOfPointsByHand() throws {
    let network = try smallConvNet()
    let point = network.initial(Generator(seed: 1))
    let isCount = point.buffers.layout.slots.map(\.isCount)
    #expect(isCount.contains(true) && isCount.contains(false))
    func set(_ value: Double) {
      withNoGrad {
        point.flat.fill_(Scalar(value))
        for tensor in point.buffers.tensors { tensor.fill_(Scalar(value)) }
      }
    }
    set(1)
    let average = PointAverage(of: point, decay: 0.9)
    var expected = 1.0
    for value in [2.0, 5, -3] {
      set(value)
      average.update(point)
      expected = 0.9 * expected + 0.1 * value
      #expect((average.point.flat - Scalar(expected)).abs().max().double < 1e-6)
      for (count, tensor) in zip(isCount, average.point.buffers.tensors) {
        #expect((tensor.to(.float64) - Scalar(count ? value : expected)).abs().max().double < 1e-6)
      }
    }
    #expect(abs(expected - (0.729 + 0.162 + 0.45 - 0.3)) < 1e-12)
  }

  /// Mixtures have probabilities for labels; they come from epoch and step alone, as all else does.
  @Test func mixturesTrainAndResumeToTheSameBits() throws {
    let images = Tensor.concatenated(stripes(batches: 4).map(\.images), dim: 0)
    let labels = stripes(batches: 4).flatMap { $0.labels.array(of: Int.self) }
    let data = try DataSet(
      name: "stripes", split: .train, format: "memory", images: MemoryImages(images), labels: labels,
      classNames: (0..<10).map(String.init))
    func trainer(_ augment: String, _ recorder: MemoryRecorder) throws -> Trainer<ConvNet> {
      let network = try smallConvNet()
      let loader = try BatchLoader(
        data, batchSize: 16, augmentation: AugmentationPipeline(parsing: augment),
        streams: RandomStreams(seed: 2))
      let settings = settings { ($0.epochs, $0.logEvery) = (6, 1) }
      return try Trainer(
        network, at: network.initial(Generator(seed: 1)), rule: GradientStep(settings.makeOptimizer()),
        settings: settings, batches: LoadedBatches(loader), seed: 4, recorder: recorder)
    }
    let recorder = MemoryRecorder()
    let whole = try trainer("mixup:1", recorder)
    try whole.run()
    let losses = recorder.lines.compactMap { $0.values["loss"] }
    #expect(losses.count == 24 && losses.suffix(4).reduce(0, +) < 0.9 * losses.prefix(4).reduce(0, +))
    let plain = MemoryRecorder()
    try trainer("", plain).run()
    #expect(plain.lines.map(\.values) != recorder.lines.map(\.values))
    for stop in [3, 13] {
      let broken = MemoryRecorder()
      broken.stopAt = stop
      #expect(try !trainer("mixup:1", broken).run().isComplete)
      broken.stopAt = nil
      let second = try trainer("mixup:1", broken)
      try second.run()
      #expect(second.point.flat.equal(whole.point.flat) && broken.lines == recorder.lines)
    }
  }

  /// A rule from outside plugs in without the loop knowing it: it looks at half of the batch, twice.
  @Test func foreignRulesPlugIn() throws {
    struct HalfBatchTwice: StepRule {
      var optimizer: any Optimizer
      mutating func prepare(for point: Point) { optimizer.prepare(for: point) }
      mutating func step(
        _ point: Point, _ batch: Batch, _ pass: inout Pass, _ context: StepContext, _ objective: Objective
      ) throws -> StepReport {
        let half = SampleSubset.range(0..<batch.count / 2)
        var report: StepReport?
        for _ in 0..<2 {
          let weights = point.leaves()
          let loss = try objective(weights, half, &pass)
          #expect(loss.values.shape == [batch.count / 2])
          optimizer.update(point, weights.gradient(of: loss.mean), learningRate: context.learningRate)
          report = StepReport(loss, batch.selecting(half).labels, metrics: ["half": loss.mean.detach()])
        }
        return report!
      }
      var state: [(name: String, tensor: Tensor)] { optimizer.state }
      mutating func restore(_ state: (String) -> Tensor?) throws(TrainingError) {
        try optimizer.restore(state)
      }
    }
    let recorder = MemoryRecorder()
    let settings = settings { ($0.epochs, $0.logEvery) = (8, 4) }
    let rule = HalfBatchTwice(optimizer: settings.makeOptimizer())
    #expect(try trainer(settings, rule: rule, recorder: recorder).run().evaluation!.accuracy > 0.8)
    #expect(recorder.lines.contains { $0.values["half"] != nil })
  }

  /// A regulariser's term enters the loss of every pass, and it sees each step's first full pass once.
  @Test func foreignRegularisersPlugIn() throws {
    final class LogitPenalty: Regulariser {
      let strength: Double
      var begun = 0
      var firstPasses = 0
      init(_ strength: Double) { self.strength = strength }
      var probes: Set<Probe> { [.features] }
      func begin(_ batch: Batch, _ context: StepContext) { begun += 1 }
      func term(_ batch: Batch, _ output: Output, _ samples: SampleSubset, isFirst: Bool) -> Tensor? {
        firstPasses += isFirst ? 1 : 0
        #expect(output.probes[.features] != nil)
        return output.logits.square().mean(dim: [1]) * Scalar(strength)
      }
    }
    func logitSize(_ regulariser: LogitPenalty) throws -> Double {
      let trainer = try trainer(settings { $0.epochs = 4 }, regularisers: [regulariser])
      try trainer.run()
      #expect(regulariser.begun == 32 && regulariser.firstPasses == 32)
      return trainer.network.logits(stripes(batches: 1)[0].images, at: trainer.point).square().mean().double
    }
    #expect(try logitSize(LogitPenalty(1)) < 0.5 * logitSize(LogitPenalty(0)))
  }

  /// Stopped after any step and continued, a run ends in the same bits, with the same log.
  @Test(arguments: [1, 5, 8, 13, 23]) func resumesToTheSameBits(stop: Int) throws {
    for adjust in [
      { (s: inout TrainingSettings) in (s.ema, s.logEvery) = (0.9, 3) },
      { (s: inout TrainingSettings) in (s.optimizer, s.lr) = (.adamw, 1e-3) },
    ] {
      let settings = settings(adjust)
      let whole = MemoryRecorder()
      let first = try trainer(settings, recorder: whole)
      try first.run()

      let broken = MemoryRecorder()
      broken.stopAt = stop
      let part = try trainer(settings, recorder: broken)
      #expect(try !part.run().isComplete)
      #expect(part.progress.step == stop)
      broken.stopAt = nil
      let second = try trainer(settings, recorder: broken)
      let outcome = try second.run()
      #expect(outcome.isComplete)
      #expect(second.point.flat.equal(first.point.flat))
      #expect(zip(second.point.buffers.tensors, first.point.buffers.tensors).allSatisfy { $0.equal($1) })
      if let average = first.average { #expect(second.average!.point.flat.equal(average.point.flat)) }
      #expect(broken.lines == whole.lines)
    }
  }

  @Test func dropoutIsTheSameOnResume() throws {
    var mlp = MLP.Settings()
    (mlp.size, mlp.hidden, mlp.dropout) = (8, [16], 0.5)
    let network = try MLP(mlp)
    func run(_ recorder: MemoryRecorder) throws -> Point {
      let point = network.initial(Generator(seed: 1))
      let settings = settings()
      let trainer = try Trainer(
        network, at: point, rule: GradientStep(settings.makeOptimizer()), settings: settings,
        batches: ListedBatches(stripes(batches: 8)), seed: 4, recorder: recorder)
      try trainer.run()
      return point
    }
    let whole = try run(MemoryRecorder())
    let broken = MemoryRecorder()
    broken.stopAt = 11
    _ = try run(broken)
    broken.stopAt = nil
    #expect(try run(broken).flat.equal(whole.flat))
  }

  /// A plain rule after whose step of that number something has gone wrong.
  private struct Accident: StepRule {
    var base: any StepRule
    let step: Int
    let damage: (Point) -> Void

    mutating func prepare(for point: Point) { base.prepare(for: point) }
    mutating func step(
      _ point: Point, _ batch: Batch, _ pass: inout Pass, _ context: StepContext, _ objective: Objective
    ) throws -> StepReport {
      let report = try base.step(point, batch, &pass, context, objective)
      if context.step == step { withNoGrad { damage(point) } }
      return report
    }
    var state: [(name: String, tensor: Tensor)] { base.state }
    mutating func restore(_ state: (String) -> Tensor?) throws(TrainingError) { try base.restore(state) }
  }

  private func expectAccident(
    _ words: String..., at step: Int, kept: Int?, every: Int? = 2, ema: Double = 0,
    sourceLocation: SourceLocation = #_sourceLocation, _ damage: @escaping (Point) -> Void
  ) throws {
    let settings = settings { ($0.ema, $0.schedule.kind) = (ema, .constant) }
    let recorder = MemoryRecorder()
    recorder.every = every
    let rule = Accident(base: GradientStep(settings.makeOptimizer()), step: step, damage: damage)
    let error = #expect(throws: TrainingError.self, sourceLocation: sourceLocation) {
      try trainer(settings, rule: rule, recorder: recorder).run()
    }
    let message = try #require(error).message
    let place = kept.map { "the last good checkpoint is step \($0)" } ?? "no checkpoint was kept"
    for part in words + ["learning rate 0.05", "diverged", place] {
      #expect(message.contains(part), "\(message)", sourceLocation: sourceLocation)
    }
    #expect(recorder.saved?.progress.step == kept, sourceLocation: sourceLocation)
    for (name, tensor) in recorder.saved?.tensors ?? [] where tensor.dtype.isFloatingPoint {
      #expect(tensor.isfinite().all().item().double == 1, "\(name)", sourceLocation: sourceLocation)
    }
    // What was kept can be gone on with, and ends where a run without the accident ends.
    let outcome = try trainer(settings, recorder: recorder).run()
    #expect(outcome.isComplete && outcome.evaluation!.loss.isFinite, sourceLocation: sourceLocation)
    let whole = try trainer(settings).run()
    #expect(outcome.evaluation == whole.evaluation, sourceLocation: sourceLocation)
  }

  /// Epochs have eight steps, and every second step is a checkpoint.
  @Test func aDivergingRunStopsWithItsLastCheckpoint() throws {
    // Seen by the loss of the next step, before a checkpoint was due.
    try expectAccident("the loss is", "at step 5", at: 4, kept: 4) { $0.flat.mul_(1e20) }
    // Saved before a loss told of it: taken back.
    try expectAccident("the loss is", "at step 6", at: 5, kept: 4) { $0.flat.mul_(1e20) }
    // No step follows before a checkpoint is due, or the epoch ends, or the run.
    try expectAccident("weights or statistics", "after 6 steps", at: 5, kept: 4) {
      $0.flat.fill_(.init(Double.nan))
    }
    try expectAccident("weights or statistics", "after 8 steps", at: 7, kept: nil, every: nil) {
      $0.flat.narrow(dim: 0, start: 0, length: 1).fill_(.init(Double.infinity))
    }
    try expectAccident("weights or statistics", "after 24 steps", at: 23, kept: 22) {
      $0.flat.fill_(.init(Double.nan))
    }
    // Batch statistics are seen by evaluation alone.
    try expectAccident("weights or statistics", "after 6 steps", at: 5, kept: 4) { point in
      let statistics = zip(point.buffers.layout.slots, point.buffers.tensors).first { !$0.0.isCount }
      statistics!.1.fill_(.init(Double.nan))
    }
    // An average keeps what a point forgets.
    try expectAccident("weights or statistics", "after 6 steps", at: 5, kept: 4, ema: 0.9) {
      $0.flat.fill_(.init(Double.infinity))
    }
    // Finite weights whose answers are not.
    try expectAccident("the answers to 32 of 32 test images", "after 16 steps", at: 15, kept: 14) {
      $0.flat.fill_(.init(1e38))
    }
  }

  @Test func aCheckpointThatIsNoNumberIsNotGoneOnWith() throws {
    let recorder = MemoryRecorder()
    recorder.stopAt = 3
    _ = try trainer(settings(), recorder: recorder).run()
    withNoGrad {
      _ = recorder.saved!.tensors.first { $0.name == "point.flat" }!.tensor.fill_(.init(Double.nan))
    }
    recorder.stopAt = nil
    let error = #expect(throws: TrainingError.self) { try trainer(settings(), recorder: recorder).run() }
    #expect(
      error?.message.contains("the checkpoint step 3 holds numbers that are not finite; remove") == true)
  }

  @Test func settingsOutOfRangeAreRefused() {
    func refused(_ words: String, _ adjust: (inout TrainingSettings) -> Void) {
      let error = #expect(throws: TrainingError.self) { try settings(adjust).validate() }
      #expect(error?.message.contains(words) == true)
    }
    refused("epochs must be at least 1") { $0.epochs = 0 }
    refused("lr must be above 0") { $0.lr = 0 }
    refused("momentum must be in [0, 1)") { $0.momentum = 1 }
    refused("nesterov needs momentum") { ($0.momentum, $0.nesterov) = (0, true) }
    refused("labelSmoothing") { $0.labelSmoothing = 1 }
    refused("ema") { $0.ema = -0.1 }
    refused("schedule.minimum") { $0.schedule.minimum = 2 }
  }
}

/// Keeps a run in memory, and stops it on request.
final class MemoryRecorder: TrainingRecorder {
  struct Line: Equatable {
    var step: Int
    var epoch: Int
    var values: [String: Double]
  }

  private var all: [TrainingCheckpoint] = []
  var saved: TrainingCheckpoint? { all.last }
  var lines: [Line] = []
  var stopAt: Int?
  var every: Int?
  private var step = 0

  func resume() throws -> TrainingCheckpoint? {
    lines.removeAll { $0.step > saved?.progress.step ?? 0 }
    return saved
  }

  func save(_ checkpoint: TrainingCheckpoint) throws {
    all.append(
      TrainingCheckpoint(
        progress: checkpoint.progress, tensors: checkpoint.tensors.map { ($0.name, $0.tensor.clone()) }))
  }

  func discard(step: Int) { all.removeAll { $0.progress.step == step } }

  var isCheckpointDue: Bool { every.map { step % $0 == 0 } ?? false }
  func log(step: Int, epoch: Int, _ values: [String: Double]) throws {
    lines.append(Line(step: step, epoch: epoch, values: values))
  }
  var lastCheckpoint: String? { saved.map { "step \($0.progress.step)" } }
  func advance(to step: Int, of total: Int, loss: Double?) { self.step = step }
  var isStopRequested: Bool { stopAt.map { step >= $0 } ?? false }
}
