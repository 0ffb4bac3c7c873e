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

  @Test func aDivergingRunStopsWithItsLastCheckpoint() throws {
    let recorder = MemoryRecorder()
    recorder.every = 2
    let trainer = try trainer(
      settings { ($0.lr, $0.momentum) = (1e20, 0) }, recorder: recorder)
    let error = #expect(throws: TrainingError.self) { try trainer.run() }
    let message = try #require(error).message
    #expect(message.contains("at step") && message.contains("learning rate 9") && message.contains("e+19"))
    #expect(message.contains("checkpoint"))
    for tensor in recorder.saved?.tensors ?? [] where tensor.tensor.dtype.isFloatingPoint {
      #expect(tensor.tensor.isfinite().all().item().double == 1, "\(tensor.name)")
    }
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

  var saved: TrainingCheckpoint?
  var lines: [Line] = []
  var stopAt: Int?
  var every: Int?
  private var step = 0

  func resume() throws -> TrainingCheckpoint? {
    lines.removeAll { $0.step > saved?.progress.step ?? 0 }
    return saved
  }

  func save(_ checkpoint: TrainingCheckpoint) throws {
    saved = TrainingCheckpoint(
      progress: checkpoint.progress, tensors: checkpoint.tensors.map { ($0.name, $0.tensor.clone()) })
  }

  var isCheckpointDue: Bool { every.map { step % $0 == 0 } ?? false }
  func log(step: Int, epoch: Int, _ values: [String: Double]) throws {
    lines.append(Line(step: step, epoch: epoch, values: values))
  }
  var lastCheckpoint: String? { saved.map { "step \($0.progress.step)" } }
  func advance(to step: Int, of total: Int, loss: Double?) { self.step = step }
  var isStopRequested: Bool { stopAt.map { step >= $0 } ?? false }
}
