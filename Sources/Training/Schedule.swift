import Foundation
import Networks

/// The learning rate of each step.
public struct Schedule: Sendable, Codable, Hashable {
  public enum Kind: String, Sendable, CaseIterable, SettingChoice {
    case constant
    /// From the rate down to ``Schedule/minimum`` along half a cosine.
    case cosine
    /// Times ``Schedule/gamma`` at each of ``Schedule/milestones``.
    case step
  }

  public var kind = Kind.cosine
  /// Epochs in which the rate rises evenly from 0; they count as part of the run.
  public var warmupEpochs = 0.0
  /// The rate at the end of a cosine.
  public var minimum = 0.0
  /// Epochs at which a step schedule drops.
  public var milestones: [Double] = []
  public var gamma = 0.1

  public init() {}

  /// - Parameters:
  ///   - base: the rate that the schedule starts from.
  ///   - step: counted from 0.
  public func rate(_ base: Double, step: Int, stepsPerEpoch: Int, epochs: Int) -> Double {
    let total = Double(stepsPerEpoch * epochs)
    let warmup = min(warmupEpochs * Double(stepsPerEpoch), total)
    let position = Double(step)
    if position < warmup { return base * (position + 1) / warmup }
    switch kind {
    case .constant: return base
    case .cosine:
      let progress = (position - warmup) / max(1, total - warmup)
      return minimum + (base - minimum) * 0.5 * (1 + cos(Double.pi * progress))
    case .step:
      let epoch = position / Double(stepsPerEpoch)
      return base * pow(gamma, Double(milestones.count { epoch >= $0 }))
    }
  }
}
