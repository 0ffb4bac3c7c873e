import Networks

/// Everything about a training run but its data, its network and its rule, as keys that recipes and `--set` name.
public struct TrainingSettings: Codable, Sendable, Hashable {
  public enum OptimizerKind: String, Sendable, CaseIterable, SettingChoice {
    case sgd, adam, adamw
  }

  public var epochs = 10
  /// B, samples a step.
  public var batch = 128
  /// Whether the last, smaller batch of an epoch is left out.
  public var dropLast = false
  /// Augmentations in order: `crop:4,flip,cutout:16:0.5`.
  public var augment = ""

  public var optimizer = OptimizerKind.sgd
  /// The learning rate the schedule starts from.
  public var lr = 0.1
  /// μ of SGD.
  public var momentum = 0.9
  public var nesterov = false
  public var weightDecay = 5e-4
  public var decay = DecayMask.all
  /// Adam's.
  public var beta1 = 0.9
  public var beta2 = 0.999
  public var epsilon = 1e-8
  /// The longest gradient allowed; 0 allows any.
  public var clip = 0.0
  public var schedule = Schedule()

  public var labelSmoothing = 0.0
  /// β of the average of points that is kept beside the run; 0 keeps none.
  public var ema = 0.0
  /// `float32`, `float64`, or `bfloat16` (products in bfloat16, weights in float32).
  public var precision = Precision.float32

  public enum Precision: String, Sendable, CaseIterable, SettingChoice {
    case float32, float64, bfloat16
  }

  /// Steps between two lines of the log; 0 logs epochs alone.
  public var logEvery = 50
  /// Epochs between the points that are kept along the way, the first and the last one among them; 0 keeps none.
  public var keepEvery = 0

  public init() {}

  /// - Throws: ``TrainingError`` naming the key.
  public func validate() throws(TrainingError) {
    func check(_ isFine: Bool, _ message: String) throws(TrainingError) {
      if !isFine { throw TrainingError("training: " + message) }
    }
    try check(epochs >= 1, "epochs must be at least 1, found \(epochs)")
    try check(batch >= 1, "batch must be at least 1, found \(batch)")
    try check(lr > 0 && lr.isFinite, "lr must be above 0, found \(lr)")
    try check((0..<1).contains(momentum), "momentum must be in [0, 1), found \(momentum)")
    try check(!nesterov || momentum > 0, "nesterov needs momentum above 0")
    try check(weightDecay >= 0, "weightDecay must be at least 0, found \(weightDecay)")
    try check((0..<1).contains(beta1), "beta1 must be in [0, 1), found \(beta1)")
    try check((0..<1).contains(beta2), "beta2 must be in [0, 1), found \(beta2)")
    try check(epsilon > 0, "epsilon must be above 0, found \(epsilon)")
    try check(clip >= 0, "clip must be at least 0, found \(clip)")
    try check((0..<1).contains(labelSmoothing), "labelSmoothing must be in [0, 1), found \(labelSmoothing)")
    try check((0..<1).contains(ema), "ema must be in [0, 1), found \(ema)")
    try check(schedule.warmupEpochs >= 0, "schedule.warmupEpochs must be at least 0")
    try check(schedule.minimum >= 0 && schedule.minimum <= lr, "schedule.minimum must be in 0…lr")
    try check(logEvery >= 0, "logEvery must be at least 0, found \(logEvery)")
    try check(keepEvery >= 0, "keepEvery must be at least 0, found \(keepEvery)")
  }

  /// The optimiser these settings ask for.
  public func makeOptimizer() -> any Optimizer {
    let base: any Optimizer
    switch optimizer {
    case .sgd:
      base = SGD(momentum: momentum, nesterov: nesterov, weightDecay: weightDecay, decayMask: decay)
    case .adam, .adamw:
      base = Adam(
        beta1: beta1, beta2: beta2, epsilon: epsilon, weightDecay: weightDecay,
        decoupled: optimizer == .adamw, decayMask: decay)
    }
    return clip > 0 ? ClippedGradient(base, bound: clip) : base
  }
}
