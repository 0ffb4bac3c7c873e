import Command
import Data
import Foundation
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
    /// Side that pictures of a folder or table are resized to; nil where they have one size.
    public var imageSize: Int?
    /// How they come to that size.
    public var resize = PictureResize.shortSideThenCrop
    /// Channels of pictures of a folder or table.
    public var channels = Picture.Channels.rgb
    /// Ten classes of a folder with ImageNet; nil for all.
    public var subset: ImageNetSubset?
    /// `computed` from the training images (of a distilled set: its own), `none`, a known set of constants such as `cifar10`, or `zca` or `zca:ε`:
    /// whitening fitted to the training images, with ε = 0.1 if it is not given.
    public var normalize = "computed"

    public init() {}

    private enum CodingKeys: String, CodingKey {
      case path, format, trainLimit, testLimit, imageSize, resize, channels, subset, normalize
    }

    /// - Throws: a decoding error that lists the words there are, for one of a fixed choice.
    public init(from decoder: any Decoder) throws {
      let container = try decoder.container(keyedBy: CodingKeys.self)
      func word<Word: RawRepresentable<String> & CaseIterable>(_ key: CodingKeys) throws -> Word? {
        guard let text = try container.decode(String?.self, forKey: key) else { return nil }
        if let word = Word(rawValue: text) { return word }
        let known = Word.allCases.map(\.rawValue).joined(separator: ", ")
        throw DecodingError.dataCorruptedError(
          forKey: key, in: container, debugDescription: "expected one of: \(known)")
      }
      path = try container.decode(String.self, forKey: .path)
      format = try container.decode(String?.self, forKey: .format)
      trainLimit = try container.decode(Int?.self, forKey: .trainLimit)
      testLimit = try container.decode(Int?.self, forKey: .testLimit)
      imageSize = try container.decode(Int?.self, forKey: .imageSize)
      resize = try word(.resize) ?? resize
      channels = try word(.channels) ?? channels
      subset = try word(.subset)
      normalize = try container.decode(String.self, forKey: .normalize)
    }

    /// Nil is written down, so that every key can be set.
    public func encode(to encoder: any Encoder) throws {
      var container = encoder.container(keyedBy: CodingKeys.self)
      try container.encode(path, forKey: .path)
      try container.encode(format, forKey: .format)
      try container.encode(trainLimit, forKey: .trainLimit)
      try container.encode(testLimit, forKey: .testLimit)
      try container.encode(imageSize, forKey: .imageSize)
      try container.encode(resize, forKey: .resize)
      try container.encode(channels, forKey: .channels)
      try container.encode(subset, forKey: .subset)
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
    Self.qualified(
      assignment,
      [("", self), ("network.", network), ("training.", training), ("data.", data)],
      besides: [("regularisers.", RegulariserCatalog.kinds.map { $0.name })])
  }

  /// An assignment with the name of the first group before it that has its key.
  ///
  /// - Parameter groups: settings by what stands before their keys.
  static func qualified(
    _ assignment: String, _ groups: [(prefix: String, settings: any Encodable)],
    besides: [(prefix: String, keys: [String])] = []
  ) -> String {
    func keys(_ value: some Encodable) -> [String] {
      guard case .object(let members)? = try? JSONValue(value) else { return [] }
      return members.keys.sorted()
    }
    let key = String(assignment.prefix { $0 != "=" && $0 != "." })
    var known: [(String, [String])] = []
    for group in groups { known.append((group.prefix, keys(group.settings))) }
    known += besides.map { ($0.prefix, $0.keys) }
    if let group = known.first(where: { $0.1.contains(key) }) { return group.0 + assignment }
    // A key that is nobody's goes to the group that has one like it, which names that one.
    let near = nearest(key, among: known.flatMap { $0.1 })
    return (known.first { near.map($0.1.contains) ?? false }?.0 ?? "") + assignment
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
    return (try openTraining(), try openTest())
  }

  /// The training split, to be trained on or distilled.
  ///
  /// - Throws: ``DataError`` for a path that names the test split of a data set, whose images are to be left to test with.
  public func openTraining() throws -> DataSet {
    if !isDistilled, let found = try forcedFormat() ?? (try? DataCatalog.detect(path).format),
      DataCatalog.isTestPart(path, found)
    {
      throw DataError(
        "\(path): is the test split of a data set, and training data was asked for; give the folder of both")
    }
    return try open(.train)
  }

  private func check(_ key: String, _ limit: Int?) throws {
    if let limit, limit < 1 { throw CommandError("data.\(key) must be at least 1, found \(limit)") }
  }

  /// One split, cut to its limit.
  public func open(_ split: DataSet.Split) throws -> DataSet {
    let limit = split == .train ? trainLimit : testLimit
    if isDistilled {
      guard split == .train else {
        throw DataError(
          "\(path): is a distilled set, which is all training; test on the data it was made from",
          isMissingSplit: true)
      }
      let all = try DistilledSet(reading: URL(fileURLWithPath: path)).dataSet(clamped: false)
      return try limit.map(all.first) ?? all
    }
    // Drawn images cost time: no more of them than wanted.
    if let limit, path.hasPrefix("builtin:"), pictureOptions == DataCatalog.Options() {
      let name = String(path.dropFirst("builtin:".count))
      return try BuiltInData.open(name, split: split, count: min(limit, BuiltInData.defaultCount(split)))
    }
    let all = try whole(split)
    return try limit.map(all.first) ?? all
  }

  /// Whether the path is that of a distilled set: its file, or the folder of the run that made it.
  public var isDistilled: Bool { format == nil && DistilledSet.isOne(URL(fileURLWithPath: path)) }

  private func whole(_ split: DataSet.Split) throws -> DataSet {
    if format == nil, (try? RunRecord(reading: URL(fileURLWithPath: path)))?.info.kind == DistillationRun.kind
    {
      throw CommandError(
        "\(path): is the folder of a distillation that holds no \(DistilledSet.fileName); has it ended? Run it again to go on"
      )
    }
    return try DataCatalog.open(path, split: split, format: try forcedFormat(), options: pictureOptions)
  }

  private var pictureOptions: DataCatalog.Options {
    .init(pictures: PictureOptions(size: imageSize, resize: resize, channels: channels), subset: subset)
  }

  private func forcedFormat() throws -> DataFormat? {
    guard let format else { return nil }
    if let known = DataFormat(rawValue: format) { return known }
    let names = DataFormat.allCases.map(\.rawValue)
    throw CommandError(
      "unknown format '\(format)'\(suggestion(for: format, among: names)); known: \(names.joined(separator: ", "))"
    )
  }

  /// The same data as a network takes it: pictures of folders and tables come to its size and channels. Other formats
  /// have their own, and stay as they are.
  ///
  /// - Parameter shape: [C, H, W] of the network's input.
  /// - Throws: ``CommandError`` for an unknown format, ``DataError`` for a path that holds no data.
  public func fitted(to shape: [Int]) throws -> TrainRecipe.DataChoice {
    guard !isDistilled else { return self }
    let format = try forcedFormat() ?? DataCatalog.detect(path).format
    guard format == .folder || format == .csv else { return self }
    var choice = self
    choice.imageSize = shape[1]
    choice.channels = shape[0] == 1 ? .gray : .rgb
    return choice
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
  ///
  /// - Throws: ``DataError`` for an unknown name or images it cannot be fitted to; ``CommandError`` for ZCA with an ε
  ///   that is none, or of images too large for it.
  public func preprocessing(_ train: DataSet) throws -> (any Preprocessing)? {
    let parts = normalize.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
    switch (normalize, parts.first) {
    case ("none", _): return nil
    case ("computed", _):
      // Its images stand for others, whose normalisation or whitening it knows.
      if isDistilled { return try DistilledSet(reading: URL(fileURLWithPath: path)).card.model.normalization }
      return try Normalization(computedFrom: train)
    case (_, "zca"?):
      let epsilon = parts.count == 1 ? 0.1 : Double(parts[1]) ?? .nan
      guard epsilon > 0, epsilon.isFinite else {
        throw CommandError("data.normalize=\(normalize): expected zca:ε with ε above 0, as in zca:0.1")
      }
      try checkMemory(train.shape)
      return try ZCA(fitting: train, epsilon: epsilon)
    default: return try Normalization(named: normalize)
    }
  }

  /// - Throws: ``CommandError`` for images whose covariance does not fit the machine's memory.
  private func checkMemory(_ shape: [Int]) throws(CommandError) {
    let d = shape.reduce(1, *)
    let needed = 5 * Double(d) * Double(d) * 8
    let present = Double(ProcessInfo.processInfo.physicalMemory)
    guard needed < present / 2 else {
      throw CommandError(
        "data.normalize=\(normalize): images of shape \(shape) have a covariance of \(d)×\(d), for which about "
          + "\(Int(needed).bytesText) are needed, and this machine has \(Int(present).bytesText); take smaller images "
          + "(imageSize), or normalize=computed")
    }
  }
}
