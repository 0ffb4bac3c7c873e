import Command
import Data
import Foundation
import Networks
import Sharpness
import Torch

/// What is measured of a network's flatness, and how closely.
public struct SharpnessSettings: Codable, Sendable, Equatable {
  /// So many samples, without augmentation.
  public var samples = 500
  /// Draws them from this seed; nil takes the first ones.
  public var sampleSeed: UInt64?
  /// Hessian eigenvalues, greatest first.
  public var top = 5
  /// ρ of SAM's and PGA's sharpness.
  public var rho = 0.05
  /// ε of Keskar's box.
  public var epsilon = 1e-3
  /// Whether the greatest rises nearby are looked for, PGA's and Keskar's: some 40 gradients.
  public var ascents = true
  /// Of the eigenvalues' residuals, as a share of the greatest.
  public var tolerance = 1e-3
  /// Hessian products after which the search for eigenvalues stops.
  public var products = 300
  /// The most random vectors for the trace.
  public var draws = 100
  /// Lanczos steps for the spectral density; 0 leaves it out.
  public var density = 0
  /// Points on the landscape's line; 0 leaves the landscape out.
  public var line = 0
  /// Points a side of the landscape's plane; 0 leaves it out.
  public var plane = 0
  public var reach = 1.0
  /// Samples in one pass.
  public var part = 128
  public var seed: UInt64 = 0

  public init() {}

  /// - Throws: ``CommandError`` naming what is out of range.
  public func validate() throws(CommandError) {
    func check(_ isFine: Bool, _ message: String) throws(CommandError) {
      if !isFine { throw CommandError("sharpness: \(message)") }
    }
    func positive(_ name: String, _ value: Double) throws(CommandError) {
      try check(value > 0 && value.isFinite, "\(name) must be above 0, found \(value)")
    }
    for (name, value) in [("samples", samples), ("top", top), ("products", products), ("part", part)] {
      try check(value >= 1, "\(name) must be at least 1, found \(value)")
    }
    try check(draws >= 2, "draws must be at least 2, found \(draws)")
    for (name, value) in [("rho", rho), ("epsilon", epsilon), ("tolerance", tolerance), ("reach", reach)] {
      try positive(name, value)
    }
    try check(density >= 0, "density must be at least 0, found \(density)")
    for (name, value) in [("line", line), ("plane", plane)] {
      try check(
        value == 0 || (value >= 3 && value % 2 == 1),
        "\(name) must be 0 or an odd number from 3 on, so that the point itself is on it; found \(value)")
    }
  }
}

/// What came out.
public struct SharpnessResult: Codable, Sendable {
  public var network: String
  public var data: String
  public var samples: Int
  public var rho: Double
  /// Mean cross-entropy.
  public var loss: Double
  public var hessianEigenvalues: [Double]
  /// ‖Hu − λu‖ of each.
  public var hessianResiduals: [Double]
  public var isConverged: Bool
  public var hessianTrace: Double
  public var hessianTraceError: Double
  public var hessianTraceDraws: Int
  public var samSharpness: Double
  public var pgaSharpness: Double?
  public var keskarSharpness: Double?
  /// How many classes the samples are of.
  public var classes: Int
  public var density: SpectralDensity?
  public var landscape: LossLandscape?
}

/// Measures of a model's flatness on a data set.
public struct SharpnessMeasurement {
  public let settings: SharpnessSettings

  /// - Throws: ``CommandError`` for settings out of range.
  public init(_ settings: SharpnessSettings) throws(CommandError) {
    try settings.validate()
    self.settings = settings
  }

  /// - Parameters:
  ///   - label: what the progress is called.
  /// - Throws: ``CommandError`` if the data are fewer than asked for or do not fit, or the loss is no number.
  public func measure(_ model: SavedModel, on data: DataSet, label: String) throws -> SharpnessResult {
    try model.check(data)
    guard data.count >= settings.samples else {
      throw CommandError(
        "\(data.name) (\(data.split)): \(data.count) samples, and \(settings.samples) were asked for; take --samples \(data.count)"
      )
    }
    let chosen = try chosen(data)
    let surface = try surface(model, chosen)
    let streams = RandomStreams(seed: settings.seed)
    let meter = ProgressMeter(label, total: nil, unit: "passes")
    var passes = 0
    func advance(_ what: String) {
      passes += 1
      meter.update(to: passes, note: what)
    }
    let loss = surface.loss()
    guard loss.isFinite else {
      throw CommandError("the loss of \(label) is \(loss): its weights are of no use")
    }
    let hessian = Hessian(surface)
    hessian.onProduct = { advance("Hessian products") }
    let eigenvalues = Eigenvalues(
      largestOf: hessian, count: settings.top, tolerance: settings.tolerance,
      mostProducts: settings.products, generator: streams.stream("eigenvalues"))
    let trace = TraceEstimate(
      of: hessian, without: eigenvalues, mostDraws: settings.draws, generator: streams.stream("trace"))
    let density =
      settings.density > 0
      ? SpectralDensity(of: hessian, steps: settings.density, generator: streams.stream("density")) : nil
    advance("neighbourhood")
    let sam = surface.samSharpness(rho: settings.rho)
    let (pga, keskar) =
      settings.ascents
      ? (surface.pgaSharpness(rho: settings.rho), surface.keskarSharpness(epsilon: settings.epsilon))
      : (nil, nil)
    let landscape =
      settings.line > 0
      ? LossLandscape(
        surface, lineSteps: settings.line, planeSteps: settings.plane, reach: settings.reach, streams: streams
      ) { _ in advance("landscape") } : nil
    meter.finish()
    return SharpnessResult(
      network: model.card.network.name, data: data.name, samples: surface.count, rho: settings.rho,
      loss: loss, hessianEigenvalues: eigenvalues.values, hessianResiduals: eigenvalues.residuals,
      isConverged: eigenvalues.isConverged, hessianTrace: trace.value,
      hessianTraceError: trace.standardError, hessianTraceDraws: trace.draws, samSharpness: sam,
      pgaSharpness: pga, keskarSharpness: keskar, classes: Set(chosen.labels).count, density: density,
      landscape: landscape)
  }

  /// What to say where the first samples are of few classes, as those of folders by class are; nil if they are not.
  public func remark(on data: DataSet) -> String? {
    guard settings.sampleSeed == nil, settings.samples < data.count else { return nil }
    let (seen, all) = (Set(data.labels.prefix(settings.samples)).count, Set(data.labels).count)
    guard 2 * seen < min(all, settings.samples) else { return nil }
    return "the first \(settings.samples) samples of \(data.name) are of \(seen) of \(all) classes"
  }

  /// The samples that are measured on.
  private func chosen(_ data: DataSet) throws -> DataSet {
    if let seed = settings.sampleSeed {
      let order = Tensor.randperm(data.count, generator: RandomStreams(seed: seed).stream("samples"))
      return try data.subset(order.array(of: Int64.self).prefix(settings.samples).map { Int($0) })
    }
    return try data.first(settings.samples)
  }

  private func surface(_ model: SavedModel, _ data: DataSet) throws -> LossSurface {
    let batches = try data.evaluationBatches(
      size: 500, preprocessing: model.card.normalization, device: model.point.device)
    var images: [Tensor] = []
    var labels: [Tensor] = []
    while let batch = try batches.next() {
      images.append(batch.images)
      labels.append(batch.labels)
    }
    return LossSurface(
      model.network, at: model.point, images: .concatenated(images), labels: .concatenated(labels),
      part: settings.part)
  }
}
