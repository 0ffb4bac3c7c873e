import Data
import Networks
import Torch
import Training

/// How the network is trained whose features choose.
public struct CoresetSettings: Codable, Sendable, Hashable {
  /// Epochs on the real images; 0 takes the features of fresh weights.
  public var epochs = 20
  public var lr = 0.01
  public var batch = 256
  public init() {}

  static let help: [(key: String, meaning: String)] = [
    ("epochs", "of the network whose features choose; 0 for fresh weights"), ("lr", "of that network"),
    ("batch", "of that network"),
  ]
}

/// So many real images of each class.
public enum RandomImages: DistillationMethod {
  public struct Settings: Codable, Sendable, Hashable { public init() {} }
  public static let name = "random"
  public static let summary = "real images, drawn"
  public static let help: [(key: String, meaning: String)] = []
  public static let defaults = Settings()

  public static func start(_ settings: Settings, _ context: DistillationContext) throws -> SyntheticSet? {
    try chosen(.random, nil, context)
  }
  public static func distiller(_ settings: Settings, _ context: DistillationContext) -> (any Distiller)? {
    nil
  }
}

/// Real images whose mean features follow those of all; see ``Coreset/herding``.
public enum Herding: DistillationMethod {
  public static let name = "herding"
  public static let summary = "real images whose mean features are those of all"
  public static let help = CoresetSettings.help
  public static let defaults = CoresetSettings()

  public static func start(_ settings: CoresetSettings, _ context: DistillationContext) throws
    -> SyntheticSet?
  { try chosen(.herding, settings, context) }
  public static func distiller(_ settings: CoresetSettings, _ context: DistillationContext) -> (
    any Distiller
  )? { nil }
}

/// Real images that leave no other one far away; see ``Coreset/kcenter``.
public enum KCenter: DistillationMethod {
  public static let name = "kcenter"
  public static let summary = "real images that leave no other one far away (greedy k-center)"
  public static let help = CoresetSettings.help
  public static let defaults = CoresetSettings()

  public static func start(_ settings: CoresetSettings, _ context: DistillationContext) throws
    -> SyntheticSet?
  { try chosen(.kcenter, settings, context) }
  public static func distiller(_ settings: CoresetSettings, _ context: DistillationContext) -> (
    any Distiller
  )? { nil }
}

/// Real images at the centres of groups; see ``Coreset/kmeans``.
public enum KMeans: DistillationMethod {
  public static let name = "kmeans"
  public static let summary = "the real images nearest to the centres of k-means"
  public static let help = CoresetSettings.help
  public static let defaults = CoresetSettings()

  public static func start(_ settings: CoresetSettings, _ context: DistillationContext) throws
    -> SyntheticSet?
  { try chosen(.kmeans, settings, context) }
  public static func distiller(_ settings: CoresetSettings, _ context: DistillationContext) -> (
    any Distiller
  )? { nil }
}

private func chosen(_ coreset: Coreset, _ settings: CoresetSettings?, _ context: DistillationContext) throws
  -> SyntheticSet
{
  let samples = context.samples
  try samples.require(perClass: context.perClass)
  let point = try settings.map { try trained(context, $0) }
  var places: [Int] = []
  for label in 0..<samples.data.classes {
    let generator = context.streams.child("coreset", label).stream("choice")
    let ofClass = samples.byClass[label]
    let features = try point.map { try CoresetFeatures(context.network, $0).of(ofClass, samples) }
    let rows = coreset.choose(
      context.perClass, of: features ?? Tensor.zeros([ofClass.count, 1]), generator)
    places += rows.map { ofClass[$0] }
  }
  return SyntheticSet(images: try samples.images(places).contiguous(), classes: samples.data.classes)
}

/// A network trained on the real images, plainly.
private func trained(_ context: DistillationContext, _ settings: CoresetSettings) throws -> Point {
  let streams = context.streams.child("coreset-network")
  let point = context.network.initial(streams.stream("init")).to(.float32, device: context.samples.device)
  guard settings.epochs > 0 else { return point }
  var training = TrainingSettings()
  (training.epochs, training.batch, training.lr, training.momentum, training.weightDecay) = (
    settings.epochs, settings.batch, settings.lr, 0.9, 5e-4
  )
  (training.schedule.kind, training.logEvery) = (.constant, 0)
  try training.validate()
  let loader = try BatchLoader(
    context.samples.data, batchSize: settings.batch, preprocessing: context.samples.preprocessing,
    streams: streams, device: context.samples.device)
  func train(_ network: some Network) throws {
    try Trainer(
      network, at: point, rule: GradientStep(training.makeOptimizer()), settings: training,
      batches: LoadedBatches(loader, dtype: .float32), seed: streams.seed
    ).run()
  }
  try train(context.network)
  return point
}

/// What the classifier of a network reads.
struct CoresetFeatures {
  private let network: any Network
  private let point: Point

  init(_ network: any Network, _ point: Point) {
    self.network = network
    self.point = point
  }

  /// [K, F], float32 on the CPU.
  func of(_ places: [Int], _ samples: RealSamples, batch: Int = 500) throws -> Tensor {
    func features(_ network: some Network, _ images: Tensor) -> Tensor {
      withNoGrad {
        var pass = Pass.evaluation(point)
        pass.probes = [.features]
        return network(network.laidOut(images), point.weights, &pass).probes[.features]!.to(device: .cpu)
      }
    }
    return .concatenated(
      try stride(from: 0, to: places.count, by: batch).map { start in
        features(network, try samples.images(Array(places[start..<min(start + batch, places.count)])))
      })
  }
}
