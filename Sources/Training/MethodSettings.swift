import Networks

/// What a step rule or a regulariser is made for.
public struct MethodContext {
  public let network: any Network
  /// Where training begins; whoever keeps weights of it copies them.
  public let point: Point
  public let settings: TrainingSettings
  /// Training samples; the indices of batches count them.
  public let sampleCount: Int
  public let stepsPerEpoch: Int
  /// The samples of an epoch in their order.
  public let order: (Int) -> [Int]

  public init(
    network: any Network, point: Point, settings: TrainingSettings, sampleCount: Int, stepsPerEpoch: Int,
    order: @escaping (Int) -> [Int]
  ) {
    self.network = network
    self.point = point
    self.settings = settings
    self.sampleCount = sampleCount
    self.stepsPerEpoch = stepsPerEpoch
    self.order = order
  }
}

/// What a step rule can be asked for.
public protocol RuleSettings: NamedSettings {
  /// - Parameter optimizer: what moves the point by the gradient that the rule arrives at.
  /// - Throws: ``TrainingError`` naming the key, for settings that make no rule.
  func rule(_ optimizer: any Optimizer, _ context: MethodContext) throws(TrainingError) -> any StepRule
}

/// What a regulariser can be asked for.
public protocol RegulariserSettings: NamedSettings {
  /// - Throws: ``TrainingError`` naming the key, for settings that make no regulariser.
  func regulariser(_ context: MethodContext) throws(TrainingError) -> any Regulariser
}

extension GradientStep {
  public struct Settings: RuleSettings, Hashable {
    public static let name = "sgd"
    public static let summary =
      "the base of all: one gradient of the whole batch, one update by the optimizer"
    public static let help: [(key: String, meaning: String)] = []

    public init() {}

    public func rule(_ optimizer: any Optimizer, _ context: MethodContext) -> any StepRule {
      GradientStep(optimizer)
    }
  }
}
