import Command
import Foundation
import Networks
import Runs
import Torch
import Training

/// Keeps a training run in its folder: checkpoints, metrics, progress.
final class RunRecorder: TrainingRecorder {
  private let folder: RunFolder
  private var metrics: MetricsLog?
  private var lastSave = ContinuousClock.now
  private let secondsBetweenCheckpoints: Double
  private let batch: Int
  private var meter: ProgressMeter?
  private var lastNote = ""
  private var lastStep: (step: Int, time: ContinuousClock.Instant)?
  /// Writes a point on the way to a file.
  var write: (Point, URL) throws -> Void = { _, _ in }

  init(_ folder: RunFolder, batch: Int, secondsBetweenCheckpoints: Double) {
    self.folder = folder
    self.batch = batch
    self.secondsBetweenCheckpoints = secondsBetweenCheckpoints
  }

  func resume() throws -> TrainingCheckpoint? {
    let last = try folder.checkpoints.latest(as: TrainingProgress.self)
    metrics = try folder.metrics(after: last?.step)
    guard let last else { return nil }
    CommandOutput.remark("continuing \(folder.url.path) from step \(last.step)")
    return TrainingCheckpoint(
      progress: last.state, tensors: try last.tensors.dictionary().map { (name: $0, tensor: $1) })
  }

  func save(_ checkpoint: TrainingCheckpoint) throws {
    try metrics?.synchronize()
    try folder.checkpoints.save(
      step: checkpoint.progress.step, tensors: checkpoint.tensors, state: checkpoint.progress)
    lastSave = .now
  }

  func discard(step: Int) throws { try folder.checkpoints.remove(step: step) }

  var isCheckpointDue: Bool { lastSave.duration(to: .now) >= .seconds(secondsBetweenCheckpoints) }

  func log(step: Int, epoch: Int, _ values: [String: Double]) throws {
    var timing: [String: Double] = [:]
    let now = ContinuousClock.now
    if let lastStep, step > lastStep.step {
      let seconds = lastStep.time.duration(to: now) / .seconds(1)
      timing["images/s"] = Double((step - lastStep.step) * batch) / seconds
    }
    lastStep = (step, now)
    try metrics?.append(step: step, epoch: epoch, values: values, timing: timing)
  }

  func keep(_ point: Point, afterEpochs epochs: Int) throws {
    try write(point, folder.folder(KeptPoint.folderName).appendingPathComponent(KeptPoint.fileName(epochs)))
  }

  var lastCheckpoint: String? {
    (try? folder.checkpoints.steps())?.last.map { "step \($0) in \(folder.checkpoints.url.path)" }
  }

  func advance(to step: Int, of total: Int, loss: Double?) {
    let meter = meter ?? ProgressMeter("train", total: total, unit: "steps", done: step - 1)
    self.meter = meter
    lastNote = loss.map { String(format: "loss %.4f", $0) } ?? ""
    meter.update(to: step, note: lastNote)
  }

  func finish() { meter?.finish(note: lastNote) }

  var isStopRequested: Bool { Interruption.isRequested }
}
