import Command
import Data
import Networks
import Runs
import Training

/// Everything that decides what a training run does, as `salar train` resolves it and writes it down.
public struct TrainRecipe: Codable, Sendable, Equatable {
  /// Which data, and how it enters the network.
  public struct DataChoice: Codable, Sendable, Equatable {
    /// A folder or file, `builtin:gray` or `builtin:color`.
    public var path = ""
    /// Forces a format; nil finds it by looking.
    public var format: String?
    /// Only the first so many training samples; nil takes all.
    public var trainLimit: Int?
    public var testLimit: Int?
    /// Side that pictures of a folder are resized to; nil where they have one size.
    public var imageSize: Int?
    /// `computed` from the training images, `none`, or a known set of constants such as `cifar10`.
    public var normalize = "computed"

    public init() {}

    private enum CodingKeys: String, CodingKey {
      case path, format, trainLimit, testLimit, imageSize, normalize
    }

    /// Nil is written down, so that every key can be set.
    public func encode(to encoder: any Encoder) throws {
      var container = encoder.container(keyedBy: CodingKeys.self)
      try container.encode(path, forKey: .path)
      try container.encode(format, forKey: .format)
      try container.encode(trainLimit, forKey: .trainLimit)
      try container.encode(testLimit, forKey: .testLimit)
      try container.encode(imageSize, forKey: .imageSize)
      try container.encode(normalize, forKey: .normalize)
    }
  }

  public var data: DataChoice
  public var network: NetworkChoice
  public var rule: RuleChoice
  public var regularisers: RegulariserChoices
  public var training: TrainingSettings
  public var seed: UInt64

  /// - Throws: ``CommandError`` for an unknown rule.
  public init(
    data: DataChoice, network: NetworkChoice, rule: String = GradientStep.Settings.name,
    regularisers: RegulariserChoices = RegulariserChoices(), training: TrainingSettings, seed: UInt64
  ) throws {
    self.data = data
    self.network = network
    self.rule = try RuleChoice(rule)
    self.regularisers = regularisers
    self.training = training
    self.seed = seed
  }

  /// What a training run was made by.
  ///
  /// - Throws: ``CommandError`` if its file does not fit.
  public init(of record: RunRecord) throws {
    // The network's keys depend on its name, which the file knows.
    let values = try Recipe.values(in: record.url.appendingPathComponent("recipe.yaml"))
    let defaults = try TrainRecipe(
      data: .init(), network: try NetworkChoice(values["network.name"] ?? ""), training: .init(), seed: 0)
    self = try record.recipe(over: defaults)
  }

  /// `key=value` as a person types it, with the group that the key belongs to: `width=64` is the network's, `lr=0.1` the
  /// training's. A key that names its group, or nobody's, stays as it is.
  public func qualified(_ assignment: String) -> String {
    let key = assignment.prefix { $0 != "=" && $0 != "." }
    func has(_ value: (some Encodable)?) -> Bool {
      guard let value, case .object(let members) = try? JSONValue(value) else { return false }
      return members[String(key)] != nil
    }
    if has(self) { return assignment }
    if has(network) { return "network.\(assignment)" }
    if has(training) { return "training.\(assignment)" }
    if has(data) { return "data.\(assignment)" }
    if RegulariserCatalog.kinds.contains(where: { $0.name == key }) { return "regularisers.\(assignment)" }
    return assignment
  }
}

extension TrainRecipe.DataChoice {
  /// The splits there are.
  ///
  /// - Returns: the training split, and the test split where the data set has one.
  /// - Throws: ``DataError``, also for a test split that is there and damaged.
  public func open() throws -> (train: DataSet, test: DataSet?) {
    try check("trainLimit", trainLimit)
    try check("testLimit", testLimit)
    return (try open(.train), try openTest())
  }

  private func check(_ key: String, _ limit: Int?) throws {
    if let limit, limit < 1 { throw CommandError("data.\(key) must be at least 1, found \(limit)") }
  }

  /// One split, cut to its limit.
  public func open(_ split: DataSet.Split) throws -> DataSet {
    let limit = split == .train ? trainLimit : testLimit
    // Drawn images cost time: no more of them than wanted.
    if let limit, path.hasPrefix("builtin:") {
      let name = String(path.dropFirst("builtin:".count))
      return try BuiltInData.open(name, split: split, count: min(limit, BuiltInData.defaultCount(split)))
    }
    let all = try whole(split)
    return try limit.map(all.first) ?? all
  }

  private func whole(_ split: DataSet.Split) throws -> DataSet {
    var options = DataCatalog.Options()
    if let imageSize { options.pictures.size = imageSize }
    var forced: DataFormat?
    if let format {
      guard let known = DataFormat(rawValue: format) else {
        let names = DataFormat.allCases.map(\.rawValue)
        throw CommandError(
          "unknown format '\(format)'\(suggestion(for: format, among: names)); known: \(names.joined(separator: ", "))"
        )
      }
      forced = known
    }
    return try DataCatalog.open(path, split: split, format: forced, options: options)
  }

  private func openTest() throws -> DataSet? {
    do {
      return try open(.test)
    } catch let error as DataError where error.isMissingSplit {
      // Training does without.
      CommandOutput.remark("no test split: \(error.message)")
      return nil
    }
  }

  /// What images go through, fitted to the training split if it is to be computed.
  public func preprocessing(_ train: DataSet) throws -> Normalization? {
    switch normalize {
    case "none": nil
    case "computed": try Normalization(computedFrom: train)
    default: try Normalization(named: normalize)
    }
  }
}
