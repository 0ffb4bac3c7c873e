import Networks
import Torch

/// How far a run is, beside its tensors. Small and exact in JSON.
public struct TrainingProgress: Codable, Sendable, Equatable {
  /// Steps made.
  public var step = 0
  /// Sums over the epoch that is running.
  public var epochLoss = 0.0
  public var epochCorrect = 0
  public var epochCount = 0

  public init() {}
}

/// A run as it can be continued.
public struct TrainingCheckpoint {
  public var progress: TrainingProgress
  public var tensors: [(name: String, tensor: Tensor)]

  public init(progress: TrainingProgress, tensors: [(name: String, tensor: Tensor)]) {
    self.progress = progress
    self.tensors = tensors
  }
}

/// Where a run keeps itself: a run folder, or nothing.
public protocol TrainingRecorder: AnyObject {
  /// What to go on from; nil at the beginning. Whatever was logged after it is taken back.
  func resume() throws -> TrainingCheckpoint?
  func save(_ checkpoint: TrainingCheckpoint) throws
  /// Whether enough has happened since the last checkpoint to save one now.
  var isCheckpointDue: Bool { get }
  func log(step: Int, epoch: Int, _ values: [String: Double]) throws
  /// A point on the way is to stay: the one after so many epochs. It may have been kept before, by a run that was killed.
  func keep(_ point: Point, afterEpochs epochs: Int) throws
  /// The checkpoint of that step, if it is there, has turned out to be bad: nothing may go on from it.
  func discard(step: Int) throws
  /// Where the last good checkpoint is, for messages.
  var lastCheckpoint: String? { get }
  /// A step was made: for a line of progress.
  func advance(to step: Int, of total: Int, loss: Double?)
  /// Whether the person has asked to stop.
  var isStopRequested: Bool { get }
}

extension TrainingRecorder {
  public func keep(_ point: Point, afterEpochs epochs: Int) throws {}
  public func discard(step: Int) throws {}
}

/// Keeps nothing.
public final class NoRecorder: TrainingRecorder {
  public init() {}
  public func resume() throws -> TrainingCheckpoint? { nil }
  public func save(_ checkpoint: TrainingCheckpoint) throws {}
  public var isCheckpointDue: Bool { false }
  public func log(step: Int, epoch: Int, _ values: [String: Double]) throws {}
  public var lastCheckpoint: String? { nil }
  public func advance(to step: Int, of total: Int, loss: Double?) {}
  public var isStopRequested: Bool { false }
}
