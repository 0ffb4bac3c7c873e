import Data
import Foundation
import Networks
import Sharpness
import Testing
import Torch
import Training

/// A small convolutional network with batch norm and drawn images, in float64.
struct Fixture {
  let network: ConvNet
  let point: Point
  let images: Tensor
  let labels: Tensor
  let batchSize: Int
  var settings = TrainingSettings()

  init(samples: Int = 30, batch: Int = 6, dtype: DType = .float64) throws {
    var description = ConvNet.Settings()
    (description.width, description.depth, description.size, description.norm) = (4, 2, 8, .batch)
    network = try ConvNet(description)
    point = network.initial(Generator(seed: 3)).to(dtype)
    images = Tensor.randn([samples, 3, 8, 8], generator: Generator(seed: 4)).to(dtype)
    labels = Tensor.randint(0, 10, [samples], generator: Generator(seed: 5))
    batchSize = batch
    (settings.epochs, settings.batch, settings.lr, settings.momentum, settings.weightDecay) = (
      4, batch, 0.05, 0.9, 5e-4
    )
    settings.schedule.kind = .constant
    settings.precision = dtype == .float64 ? .float64 : .float32
    settings.logEvery = 1
  }

  var stepsPerEpoch: Int { images.size(0) / batchSize }

  func order(_ epoch: Int) -> [Int] {
    Tensor.randperm(images.size(0), generator: Generator(seed: UInt64(100 + epoch))).array()
  }

  func batches(_ epoch: Int) -> [Batch] {
    let order = order(epoch)
    return (0..<stepsPerEpoch).map { step in
      let rows = Tensor(Array(order[(step * batchSize)..<((step + 1) * batchSize)]))
      return Batch(
        indices: rows, images: images.indexSelect(dim: 0, rows), labels: labels.indexSelect(dim: 0, rows))
    }
  }

  /// A fresh start at the same weights.
  func begin() -> Point { point.copy() }

  func context(_ point: Point) -> MethodContext {
    MethodContext(
      network: network, point: point, settings: settings, sampleCount: images.size(0),
      stepsPerEpoch: stepsPerEpoch, order: { order($0) })
  }

  /// Trains from the start.
  ///
  /// - Parameter wrapped: what becomes of the rule.
  @discardableResult
  func train(
    _ rule: (any RuleSettings)? = nil, _ regulariser: (any RegulariserSettings)? = nil,
    recorder: any TrainingRecorder = NoRecorder(), seed: UInt64 = 0,
    wrapped: (any StepRule) -> any StepRule = { $0 }
  ) throws -> Point {
    let point = begin()
    let context = context(point)
    let optimizer = settings.makeOptimizer()
    try Trainer(
      network, at: point, rule: wrapped(rule?.rule(optimizer, context) ?? GradientStep(optimizer)),
      regularisers: regulariser.map { [try $0.regulariser(context)] } ?? [], settings: settings,
      batches: Epochs(stepsPerEpoch: stepsPerEpoch, of: batches), seed: seed, recorder: recorder
    ).run()
    return point
  }

  struct Epochs: BatchSource {
    let stepsPerEpoch: Int
    let of: (Int) -> [Batch]
    func batches(epoch: Int, from step: Int) -> () throws -> Batch? {
      var rest = of(epoch).dropFirst(step)
      return { rest.popFirst() }
    }
  }
}

/// A rule some of whose passes answer with no number, and leave none in batch norm's statistics.
struct BrokenPasses: StepRule {
  var rule: any StepRule
  /// Which of a step's passes, counted from 0.
  let isBroken: (_ step: Int, _ pass: Int) -> Bool

  mutating func step(
    _ point: Point, _ batch: Batch, _ pass: inout Pass, _ context: StepContext, _ objective: Objective
  ) throws -> StepReport {
    let isBroken = isBroken
    var passes = 0
    return try rule.step(point, batch, &pass, context) { weights, samples, pass in
      defer { passes += 1 }
      let loss = try objective(weights, samples, &pass)
      guard isBroken(context.step, passes) else { return loss }
      withNoGrad {
        for buffer in point.buffers.tensors where buffer.dtype != .int64 { buffer.fill_(.real(.nan)) }
      }
      return PerSampleLoss(values: loss.values * Scalar(Double.nan), logits: loss.logits)
    }
  }

  mutating func prepare(for point: Point) { rule.prepare(for: point) }
  var maySkip: Bool { rule.maySkip }
  var state: [(name: String, tensor: Tensor)] { rule.state }
  mutating func restore(_ state: (String) -> Tensor?) throws(TrainingError) { try rule.restore(state) }
}

/// The log and the last checkpoint in memory.
final class Lines: TrainingRecorder {
  var lines: [(step: Int, values: [String: Double])] = []
  var saved: TrainingCheckpoint?
  /// Steps after which it asks to stop.
  var stopAt = Int.max
  private var step = 0

  func resume() throws -> TrainingCheckpoint? { saved }
  func save(_ checkpoint: TrainingCheckpoint) throws {
    saved = TrainingCheckpoint(
      progress: checkpoint.progress, tensors: checkpoint.tensors.map { ($0.name, $0.tensor.clone()) })
  }
  func log(step: Int, epoch: Int, _ values: [String: Double]) { lines.append((step, values)) }
  func advance(to step: Int, of total: Int, loss: Double?) { self.step = step }
  var isCheckpointDue: Bool { false }
  var lastCheckpoint: String? { nil }
  var isStopRequested: Bool { step >= stopAt }
  func values(_ name: String) -> [Double] { lines.compactMap { $0.values[name] } }
}
