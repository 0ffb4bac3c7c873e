import Data
import Networks
import Torch

/// MTT (Cazenavette et al. 2022), TESLA (Cui et al. 2023) and FTD (Du et al. 2023): the images, and the step size, with
/// which a student that starts on an expert's path soon stands where the expert stands some epochs later.
///
/// FTD is MTT on experts trained for flat paths (GSAM), with an average of the images kept beside them; TESLA is MTT with
/// another gradient.
public struct TrajectoryMatching: Distiller {
  /// By the keys of `--set`.
  public struct Settings: Codable, Sendable, Hashable {
    /// How the student's step size is kept.
    public enum StepSizeForm: String, Sendable, CaseIterable, SettingChoice {
      /// As a number that can become negative, as published.
      case plain
      /// As its logarithm.
      case log
    }

    /// Steps of the student.
    public var steps = 30
    /// Epochs of the expert that they stand for.
    public var expertEpochs = 2
    /// Start epochs are drawn from ``minStart`` to one less than this.
    public var maxStart = 20
    public var minStart = 0
    /// What ``maxStart`` is at the first iteration, from where it grows evenly (Guo et al. 2024, DATM); 0 for no growth.
    public var firstMaxStart = 0
    /// Iterations until it has grown.
    public var growth = 0
    /// Images in a step of the student; 0 takes all.
    public var batch = 0
    public var lrImages = 100.0
    /// Of the step size.
    public var lrStepSize = 1e-5
    /// The student's step size at the beginning.
    public var stepSize = 0.01
    public var stepSizeForm = StepSizeForm.plain
    public var momentum = 0.5
    /// DSA's families, joined with _; none for no augmentation.
    public var strategy = DSA().strategy
    public var mode = GradientMode.exact
    public var teslaScale = TESLAScale.derived
    /// An iteration whose loss is above this moves nothing; 0 lets all move.
    public var gate = 0.0
    /// The most images in one pass, which bounds the memory of a step; 0 takes as many as have the pixels of 256 images of
    /// 32×32. A batch is cut into parts of one size, whose gradients are added; mode `unrolled` takes it whole.
    public var part = 0
    /// The last steps whose graphs are kept instead of being built again: more memory, less time.
    public var keptSteps = 0
    /// MiB that kept steps may take, on the CPU, beside what one step takes in any case; how many these are shows at the first
    /// iteration. They change time alone, no bit of the images (where a batch is cut into parts, the last bits). Where ``keptSteps`` is given,
    /// that counts.
    public var memory = 512
    public init() {}
  }

  let settings: Settings
  let network: any Network
  let experts: ExpertStore
  private var unroll: Unroll
  private let plan: StepPlan
  /// Whether ``Settings/memory`` has become a number of kept steps.
  private var isMeasured = false
  private var ofImages: Momentum
  private var ofStepSize: Momentum
  /// α, or ln α.
  private let parameter: Tensor
  /// Iterations that the gate held back.
  private let held: Tensor

  public init(
    _ network: any Network, _ experts: ExpertStore, _ settings: Settings = Settings(), device: Device = .cpu,
    autocasts: Bool = false
  ) throws {
    func check(_ isFine: Bool, _ message: String) throws(DistillationError) {
      if !isFine { throw DistillationError("trajectory matching: \(message)") }
    }
    try check(settings.steps >= 1, "steps must be 1 or more, found \(settings.steps)")
    try check(settings.expertEpochs >= 1, "expertEpochs must be 1 or more, found \(settings.expertEpochs)")
    try check(settings.maxStart >= 1, "maxStart must be 1 or more, found \(settings.maxStart)")
    try check(
      settings.minStart >= 0 && settings.minStart < settings.maxStart,
      "minStart must be 0 or more and below maxStart, found \(settings.minStart) and \(settings.maxStart)")
    try check(settings.growth >= 0, "growth must be 0 or more, found \(settings.growth)")
    try check(
      settings.growth == 0 || (settings.minStart + 1...settings.maxStart).contains(settings.firstMaxStart),
      "firstMaxStart must be above minStart and at most maxStart where growth is given, found \(settings.firstMaxStart)"
    )
    try check(
      settings.firstMaxStart == 0 || settings.growth > 0,
      "firstMaxStart needs growth, the iterations until maxStart is reached")
    try check(settings.batch >= 0, "batch must be 0 or more, found \(settings.batch)")
    try check(
      settings.part >= 0 && settings.keptSteps >= 0 && settings.memory >= 0,
      "part, keptSteps and memory must be 0 or more")
    try requirePositive("trajectory matching", "stepSize", settings.stepSize)
    if settings.lrStepSize != 0 {
      try requirePositive("trajectory matching", "lrStepSize", settings.lrStepSize)
    }
    try requirePositive("trajectory matching", "lrImages", settings.lrImages)
    try requireMomentum("trajectory matching", settings.momentum)
    try check(settings.gate >= 0, "gate must be 0 or more, found \(settings.gate)")
    let needed = settings.maxStart - 1 + settings.expertEpochs
    try check(
      experts.epochs >= needed,
      "experts are read up to epoch \(needed) (maxStart − 1 + expertEpochs), and those of \(experts.url.path) have "
        + "\(experts.epochs); take a smaller maxStart, or make experts of more epochs")
    self.settings = settings
    self.network = network
    self.experts = experts
    var unroll = try Unroll(network, mode: settings.mode)
    (unroll.teslaScale, unroll.autocasts, unroll.keptSteps) = (
      settings.teslaScale, autocasts, settings.keptSteps
    )
    self.unroll = unroll
    plan = try StepPlan(steps: settings.steps, batch: settings.batch, strategy: settings.strategy)
    ofImages = Momentum(settings.momentum, rate: settings.lrImages)
    ofStepSize = Momentum(settings.momentum, rate: settings.lrStepSize)
    let isLog = settings.stepSizeForm == .log
    parameter = withNoGrad {
      let start = Tensor.full([], Scalar(settings.stepSize), dtype: .float32, device: device)
      return isLog ? start.log() : start
    }
    held = Tensor.zeros([], dtype: .float64)
  }

  public var stepSize: Double? { currentStepSize.double }

  private var currentStepSize: Tensor {
    withNoGrad { settings.stepSizeForm == .log ? parameter.exp() : parameter.clone() }
  }

  public mutating func step(_ set: SyntheticSet, _ iteration: Iteration) throws -> [String: Double] {
    let device = set.images.device
    let (expert, epoch) = drawn(iteration)
    let start = try expert.point(after: epoch).to(device: device)
    let end = try expert.point(after: epoch + settings.expertEpochs).to(device: device)
    let stepSize = currentStepSize
    let steps = plan.draw(set.images, iteration.streams)
    unroll.part = part(of: set.images)
    if !isMeasured, settings.keptSteps == 0, settings.mode == .exact, device == .cpu {
      unroll.keptSteps = unroll.keptSteps(
        within: settings.memory << 20, images: set.images, labels: set.labels, from: start, steps: steps)
      isMeasured = true
    }
    let found = unroll(
      images: set.images, labels: set.labels, stepSize: stepSize, from: start, to: end,
      steps: steps)
    let loss = found.loss.double
    guard loss.isFinite else {
      throw DistillationError(
        "the matching loss is \(loss) at iteration \(iteration.index) (step size \(stepSize.double)): the distillation has "
          + "diverged; try a smaller lrImages, lrStepSize or stepSize, or a gate")
    }
    let values = ["loss": loss, "stepSize": stepSize.double, "startEpoch": Double(epoch)]
    guard settings.gate <= 0 || loss <= settings.gate else {
      withNoGrad { _ = held.add_(1) }
      return values.merging(["held": held.double]) { $1 }
    }
    let ofParameter =
      settings.stepSizeForm == .log ? withNoGrad { found.stepSize * stepSize } : found.stepSize
    let isFinite = withNoGrad { found.images.isfinite().all().int == 1 } && ofParameter.double.isFinite
    guard isFinite else {
      throw DistillationError(
        "the gradient is no finite number at iteration \(iteration.index) (step size \(stepSize.double)): the distillation "
          + "has diverged; try a smaller lrImages, lrStepSize or stepSize, or a gate")
    }
    ofImages.move(set.images, by: found.images)
    ofStepSize.move(parameter, by: ofParameter)
    return values
  }

  /// Images in one pass; nil for whole batches.
  func part(of images: Tensor) -> Int? {
    let batch = settings.batch > 0 ? min(settings.batch, images.size(0)) : images.size(0)
    let most = settings.part > 0 ? settings.part : max(1, 256 * 32 * 32 / (images.size(2) * images.size(3)))
    guard most < batch else { return nil }
    let parts = (batch + most - 1) / most
    return (batch + parts - 1) / parts
  }

  /// Every expert once before any comes again, in an order drawn anew each time; and where on its path to start.
  func drawn(_ iteration: Iteration) -> (Expert, epoch: Int) {
    let count = experts.experts.count
    let (round, place) = iteration.index.quotientAndRemainder(dividingBy: count)
    let order: [Int64] = Tensor.randperm(
      count, generator: iteration.run.child("experts", round).stream("order")
    ).array()
    let epoch = Tensor.randint(
      settings.minStart, maxStart(at: iteration.index), [1], generator: iteration.streams.stream("epoch")
    ).int
    return (experts.experts[Int(order[place])], epoch)
  }

  /// One more than the last start epoch there is at an iteration.
  func maxStart(at index: Int) -> Int {
    guard index < settings.growth else { return settings.maxStart }
    let (first, last) = (settings.firstMaxStart, settings.maxStart)
    return first + (last - first) * index / settings.growth
  }

  public var state: [(name: String, tensor: Tensor)] {
    [("stepSize", parameter), ("held", held)] + ofImages.state("images.velocity")
      + ofStepSize.state("stepSize.velocity")
  }

  public mutating func restore(_ state: (String) -> Tensor?) throws(DistillationError) {
    guard let stepSize = state("stepSize"), let held = state("held") else {
      throw DistillationError("the checkpoint is none of trajectory matching: it has no stepSize")
    }
    withNoGrad {
      _ = parameter.copy_(stepSize)
      _ = self.held.copy_(held)
    }
    if let velocity = state("images.velocity") {
      try ofImages.restore("images.velocity", state, like: velocity)
    }
    try ofStepSize.restore("stepSize.velocity", state, like: parameter)
  }
}
