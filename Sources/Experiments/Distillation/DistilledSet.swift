import Command
import Data
import Distillation
import Foundation
import Networks
import Runs
import Torch

/// A distilled set as a file: images, their average, labels, the learned step size, and everything that is needed to use
/// them: how real images come to what these are, and what made them.
public struct DistilledSet {
  /// What stands in the file's metadata.
  public struct Card: Codable, Sendable {
    public var method: String
    /// Images per class.
    public var perClass: Int
    public var iterations: Int
    public var seed: UInt64
    /// The data it was distilled from.
    public var data: TrainRecipe.DataChoice
    /// The network it was distilled with; how images in [0, 1] come to what it sees; the classes' names.
    public var model: SavedModel.Card
    /// The recipe of the run, as YAML.
    public var recipe: String
    /// What made it: versions of Salar and libtorch; nil in files of before.
    public var program: String?
    /// The experts that were followed, in the store's order; nil without any.
    public var experts: [Source]?
  }

  /// An expert that was followed: its rule, and the seed of its training, by which it can be told from others.
  public struct Source: Codable, Sendable, Equatable {
    public var rule: String
    public var seed: UInt64
  }

  static let program = "Salar \(ProgramVersion.text), libtorch \(Runtime.libtorchVersion)"

  public static let fileName = "distilled.safetensors"
  private static let metadataKey = "salar.distilled"

  public var card: Card
  /// As networks see them: float32 [classes · ipc, C, H, W].
  public let images: Tensor
  /// The running average of the images; nil where none was kept.
  public let average: Tensor?
  /// int64 [classes · ipc].
  public let labels: Tensor
  /// The learning rate that was learned with them.
  public let stepSize: Double?

  public init(card: Card, images: Tensor, average: Tensor?, labels: Tensor, stepSize: Double?) {
    self.card = card
    self.images = images
    self.average = average
    self.labels = labels
    self.stepSize = stepSize
  }

  /// The images to use: the average where there is one.
  public var best: Tensor { average ?? images }

  /// They as pixels, in [0, 1] but for rounding and what the distillation pushed beyond: float32.
  public var pixels: Tensor {
    withNoGrad { card.model.normalization.map { $0.inverse(best) } ?? best }
  }

  /// Real or synthetic, with the names of the classes: to be drawn or exported.
  public func dataSet(clamped: Bool = true) throws -> DataSet {
    let shown = withNoGrad { clamped ? pixels.clamp(min: 0, max: 1) : pixels }
    return try DataSet(
      name: "distilled", split: .train, format: "distilled",
      images: MemoryImages(shown.to(dtype: .float32, device: .cpu).contiguous()),
      labels: labels.array(of: Int64.self).map { Int($0) }, classNames: card.model.classNames)
  }

  // MARK: On disk

  private static let keptFolder = "points"

  /// Beside those that a run kept before; returns the file.
  @discardableResult
  func keep(in run: RunFolder) throws -> URL {
    let name = String(format: "iteration-%07d.safetensors", card.iterations)
    let file = try run.folder(Self.keptFolder).appendingPathComponent(name)
    try write(to: file)
    return file
  }

  /// What a run kept on its way (`keepEvery`), in order: sets of their own; none if it kept none.
  ///
  /// - Throws: ``CommandError`` or ``TorchError`` for a damaged one.
  public static func kept(in run: URL) throws -> [DistilledSet] {
    try files(in: run).sorted { $0.key < $1.key }.map { try DistilledSet(reading: $0.value) }
  }

  /// Those sets' files by their iterations.
  static func files(in run: URL) -> [Int: URL] {
    let folder = run.appendingPathComponent(keptFolder)
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
    var files: [Int: URL] = [:]
    for name in names {
      guard let match = name.wholeMatch(of: /iteration-(\d+)\.safetensors/), let iteration = Int(match.1)
      else {
        continue
      }
      files[iteration] = folder.appendingPathComponent(name)
    }
    return files
  }

  /// Whole or not at all.
  public func write(to url: URL) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    let text = String(decoding: try encoder.encode(card), as: UTF8.self)
    var tensors: [(name: String, tensor: Tensor)] = [("images", images), ("labels", labels)]
    if let average { tensors.append(("average", average)) }
    if let stepSize { tensors.append(("stepSize", Tensor.full([], Scalar(stepSize), dtype: .float64))) }
    try Safetensors.write(
      tensors + card.model.normalizationTensors, metadata: [Self.metadataKey: text], to: url)
  }

  /// Whether a distilled set, or a run that made one, lies there; whether it is whole shows when it is read.
  public static func isOne(_ url: URL) -> Bool {
    if FileManager.default.fileExists(atPath: url.appendingPathComponent(fileName).path) { return true }
    guard url.pathExtension == "safetensors", let file = try? Safetensors(reading: url) else { return false }
    return file.metadata[metadataKey] != nil
  }

  /// A file of ``write(to:)``, or the one of a run's folder.
  ///
  /// - Throws: ``CommandError`` or ``TorchError`` for a file that is none or is damaged.
  public init(reading url: URL) throws {
    var file = url
    var isFolder: ObjCBool = false
    if FileManager.default.fileExists(atPath: url.path, isDirectory: &isFolder), isFolder.boolValue {
      file = url.appendingPathComponent(Self.fileName)
      guard FileManager.default.fileExists(atPath: file.path) else {
        throw CommandError("\(url.path): holds no \(Self.fileName); has the run ended? Run it again to go on")
      }
    }
    let stored = try Safetensors(reading: file)
    guard let text = stored.metadata[Self.metadataKey], let images = stored["images"],
      let labels = stored["labels"]
    else {
      throw CommandError("\(file.path): is no distilled set: it lacks its description, images or labels")
    }
    var card: Card
    do {
      card = try JSONDecoder().decode(Card.self, from: Data(text.utf8))
      card.model = try card.model.completed(by: stored.dictionary())
    } catch {
      throw CommandError("\(file.path): its description cannot be read: \(error)")
    }
    let classes = card.model.classNames.count
    guard images.dim == 4, images.dtype == .float32, labels.dtype == .int64,
      labels.shape == [images.size(0)], images.size(0) > 0,
      labels.min().int >= 0, labels.max().int < classes,
      stored["average"].map({ $0.shape == images.shape && $0.dtype == .float32 }) ?? true
    else {
      throw CommandError(
        "\(file.path): is damaged: images \(images.dtype) \(images.shape), labels \(labels.dtype) \(labels.shape), "
          + "\(classes) classes")
    }
    self.init(
      card: card, images: images, average: stored["average"], labels: labels,
      stepSize: stored["stepSize"].flatMap { $0.count == 1 ? $0.double : nil })
  }
}
