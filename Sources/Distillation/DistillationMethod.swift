import Data
import Networks
import Torch

/// What a method works with.
public struct DistillationContext {
  public let network: any Network
  public let samples: RealSamples
  /// Of the methods that need them.
  public let experts: ExpertStore?
  public let perClass: Int
  /// Of the whole run.
  public let streams: RandomStreams
  /// Whether networks compute in bfloat16.
  public let autocasts: Bool

  public init(
    network: any Network, samples: RealSamples, experts: ExpertStore?, perClass: Int, streams: RandomStreams,
    autocasts: Bool = false
  ) {
    self.network = network
    self.samples = samples
    self.experts = experts
    self.perClass = perClass
    self.streams = streams
    self.autocasts = autocasts
  }
}

/// A way to a small set: what it begins with, and what moves it on.
public protocol DistillationMethod {
  associatedtype Settings: Codable & Hashable & Sendable
  /// As `--method` takes it.
  static var name: String { get }
  static var summary: String { get }
  /// Every key of the settings with what it means.
  static var help: [(key: String, meaning: String)] { get }
  static var defaults: Settings { get }
  /// Whether it reads experts' paths.
  static var needsExperts: Bool { get }
  /// β of the average of the images that is kept beside them where nothing else is asked for, for
  /// ``DistillationMethods/publishedIterations``; 0 for none.
  static var average: Double { get }

  /// The images before the first iteration; nil where the person chooses (real or noise).
  static func start(_ settings: Settings, _ context: DistillationContext) throws -> SyntheticSet?
  /// What moves them; nil for methods that choose and are done.
  static func distiller(_ settings: Settings, _ context: DistillationContext) throws -> (any Distiller)?
}

extension DistillationMethod {
  public static var needsExperts: Bool { false }
  public static var average: Double { 0 }
  public static func start(_ settings: Settings, _ context: DistillationContext) throws -> SyntheticSet? {
    nil
  }
}

/// A method's settings as recipes and `--set` name them: the same type can serve several methods.
public struct MethodSettings<Method: DistillationMethod>: NamedSettings, DistillationSettings {
  public static var name: String { Method.name }
  public static var summary: String { Method.summary }
  public static var help: [(key: String, meaning: String)] { Method.help }
  public static var needsExperts: Bool { Method.needsExperts }
  public static var average: Double { Method.average }

  public var settings: Method.Settings
  public init() { settings = Method.defaults }
  public init(from decoder: any Decoder) throws { settings = try Method.Settings(from: decoder) }
  public func encode(to encoder: any Encoder) throws { try settings.encode(to: encoder) }

  public func start(_ context: DistillationContext) throws -> SyntheticSet? {
    try Method.start(settings, context)
  }
  public func distiller(_ context: DistillationContext) throws -> (any Distiller)? {
    try Method.distiller(settings, context)
  }
}

/// ``MethodSettings`` of any method.
public protocol DistillationSettings: NamedSettings {
  static var needsExperts: Bool { get }
  static var average: Double { get }
  func start(_ context: DistillationContext) throws -> SyntheticSet?
  func distiller(_ context: DistillationContext) throws -> (any Distiller)?
}

/// Every method by name.
public enum DistillationMethods {
  /// Of MTT and FTD.
  public static let publishedIterations = 5_000

  public static let all: [any DistillationSettings.Type] = [
    MethodSettings<RandomImages>.self, MethodSettings<Herding>.self, MethodSettings<KCenter>.self,
    MethodSettings<KMeans>.self, MethodSettings<DC>.self, MethodSettings<DSAMatching>.self,
    MethodSettings<DM>.self, MethodSettings<MTT>.self, MethodSettings<TESLA>.self, MethodSettings<FTD>.self,
  ]
}
