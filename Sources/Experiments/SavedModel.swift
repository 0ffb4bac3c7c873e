import Command
import Data
import Foundation
import Networks
import Torch
import Training

/// A trained network as a file: weights in safetensors form, and beside the numbers, in the file's metadata, what is
/// needed to use them on pictures.
public struct SavedModel {
  public static let fileName = "model.safetensors"

  public let card: Card
  public let network: any Network
  public let point: Point

  public init(card: Card, network: any Network, point: Point) {
    self.card = card
    self.network = network
    self.point = point
  }

  /// - Throws: ``TorchError`` if the file cannot be written.
  public func write(to url: URL) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    let text = String(decoding: try encoder.encode(card), as: UTF8.self)
    try Safetensors.write(
      point.stateDictionary + card.normalizationTensors, metadata: ["salar": text], to: url)
  }

  /// Weights from a file of any kind that ``StateFile`` reads, with the architecture they belong to.
  ///
  /// - Parameters:
  ///   - network: nil where the file itself says, as those of ``write(to:)`` do.
  ///   - settings: `key=value` of that architecture.
  public init(
    weights url: URL, network: String?, settings: [String] = [], device: Device = .cpu
  ) throws {
    guard let network else {
      try self.init(reading: url, device: device)
      return
    }
    let choice = try NetworkChoice(network).setting(settings)
    let classes = try choice.make().classes
    let card = Card(network: choice, normalization: nil, classNames: (0..<classes).map(String.init))
    try self.init(StateFile(reading: url), card, device: device)
  }

  /// A model written by ``write(to:)``, or the one of a run's folder.
  ///
  /// - Throws: ``CommandError`` if there is no model, or the weights are not the network's.
  public init(reading url: URL, device: Device = .cpu) throws {
    var isFolder: ObjCBool = false
    var file = url
    if FileManager.default.fileExists(atPath: url.path, isDirectory: &isFolder), isFolder.boolValue {
      file = url.appendingPathComponent(Self.fileName)
      guard FileManager.default.fileExists(atPath: file.path) else {
        throw CommandError("\(url.path): holds no \(Self.fileName); has the run ended? Run it again to go on")
      }
    }
    let weights = try StateFile(reading: file)
    guard let text = weights.metadata["salar"] else {
      throw CommandError("\(file.path): plain weights; name their --network, and --set what it needs")
    }
    let card: Card
    do {
      card = try JSONDecoder().decode(Card.self, from: Data(text.utf8))
    } catch {
      throw CommandError("\(file.path): its description cannot be read: \(error)")
    }
    try self.init(weights, card, device: device)
  }

  /// Plain weights of a known architecture.
  ///
  /// - Throws: ``NetworkError`` for settings that make no network, ``CommandError`` if the weights are not the network's.
  public init(_ weights: StateFile, _ card: Card, device: Device = .cpu) throws {
    let network = try card.network.make()
    let state = weights.dictionary
    func load(_ network: some Network) throws -> Point {
      do {
        return try Point(network, state: Self.weights(in: state), device: device)
      } catch {
        throw CommandError("\(weights.path): \(error.message)")
      }
    }
    let complete: Card
    do {
      complete = try card.completed(by: state)
    } catch {
      throw CommandError("\(weights.path): \(error)")
    }
    self.init(card: complete, network: network, point: try load(network))
  }

  /// The network's own tensors among those of a model file.
  public static func weights(in state: [String: Tensor]) -> [String: Tensor] {
    state.filter { !$0.key.hasPrefix(Card.tensorPrefix) }
  }

  /// The model with the data's names for its classes, where it has as many and knows only their numbers.
  public func named(by data: DataSet) -> SavedModel {
    guard data.classes == network.classes, card.classNames == (0..<network.classes).map(String.init) else {
      return self
    }
    var card = card
    card.classNames = data.classNames
    return SavedModel(card: card, network: network, point: point)
  }

  /// The same data as this model takes it: pictures of folders and tables come to its size and channels, as they did in
  /// its training.
  ///
  /// - Throws: see ``TrainRecipe/DataChoice/fitted(to:)``.
  public func fitting(_ data: TrainRecipe.DataChoice) throws -> TrainRecipe.DataChoice {
    var choice = try data.fitted(to: network.inputShape)
    choice.resize = card.resize ?? choice.resize
    return choice
  }

  /// - Throws: ``CommandError`` if the network takes other images, or knows fewer classes.
  public func check(_ data: DataSet) throws { try checkData(data, fits: network) }

  /// The strongest noise that ``evaluate(_:noise:seed:batch:)`` adds.
  public static let mostNoise = 100.0

  /// How well it does on a data set.
  ///
  /// - Parameters:
  ///   - noise: σ of Gaussian noise added to the pixels in [0, 1], in 0…``mostNoise``; results stay unclipped. Each
  ///     sample's noise depends on `seed` and its place in the data set alone.
  /// - Throws: ``CommandError`` if the data does not fit, or an answer is no finite number; ``DataError`` for an image that
  ///   cannot be read.
  public func evaluate(_ data: DataSet, noise: Double = 0, seed: UInt64 = 0, batch: Int = 500) throws
    -> Evaluation
  {
    precondition((0...Self.mostNoise).contains(noise), "noise in 0…\(Self.mostNoise), found \(noise)")
    let evaluation = try evaluateNetwork(network, point, card, data, noise: noise, seed: seed, batch: batch)
    guard evaluation.unanswered == 0 else {
      let wrong = withNoGrad { point.flat.isfinite().logicalNot().sum().int }
      throw CommandError(
        "the network's answers to \(evaluation.unanswered) of \(evaluation.count) images are no finite numbers"
          + (wrong > 0 ? ": \(wrong) of its \(point.flat.count) weights are none" : "")
          + "; the run that made it has diverged, or the file is damaged")
    }
    return evaluation
  }

  /// Class probabilities [B, classes], in at least float32, of images in [0, 1], float32 [B, C, H, W].
  public func probabilities(_ images: Tensor) -> Tensor {
    let shown = card.normalization.map { $0(images) } ?? images
    let logits = network.logits(shown.to(point.dtype), at: point)
    // Half precision would leave two digits of a probability.
    let isHalf = logits.dtype == .bfloat16 || logits.dtype == .float16
    return (isHalf ? logits.to(.float32) : logits).softmax(dim: 1)
  }
}
