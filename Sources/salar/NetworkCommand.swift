import ArgumentParser
import Command
import Experiments
import Foundation
import Networks
import Torch

/// `salar network`: architectures, and one application of one of them.
struct NetworkCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "network", abstract: "Architectures: what there is, logits, gradients.",
    subcommands: [NetworkList.self, NetworkInitial.self, NetworkForward.self, NetworkGradient.self])
}

/// An architecture and its settings, as every verb asks for them.
struct NetworkOptions: ParsableArguments {
  @Option(name: .customLong("network"), help: "The architecture; `salar network list` has the names.")
  var name: String

  @Option(
    name: .customLong("set"), help: ArgumentHelp("A setting, for example width=64.", valueName: "key=value"))
  var settings: [String] = []

  func network() throws -> any Network {
    try NetworkChoice(name).setting(settings).make()
  }
}

struct NetworkList: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "Names, settings, parameters.",
    discussion: "Example: salar network list --json")

  @Flag(help: "One JSON document with every layout.")
  var json = false

  struct Description: Encodable {
    struct Key: Encodable {
      var key: String
      var meaning: String
      var `default`: JSONValue
    }

    var name: String
    var summary: String
    var set: [Key]
    var inputShape: [Int]
    var classes: Int
    var parameters: Int
    var layout: [Slot]
    var buffers: [BufferSlot]
  }

  func run() throws {
    let descriptions = try NetworkCatalog.all.map { try Self.describe($0) }
    if json { return try CommandOutput.json(descriptions) }
    var table = Table(["network", "parameters", "what it is"])
    for entry in descriptions { table.append([entry.name, "\(entry.parameters)", entry.summary]) }
    try CommandOutput.line(table.text)
    for entry in descriptions {
      try CommandOutput.line("\n\(entry.name)")
      for key in entry.set { try CommandOutput.line("  --set \(key.key)=\(key.default)  \(key.meaning)") }
    }
  }

  private static func describe<Settings: NetworkSettings>(_ kind: Settings.Type) throws -> Description {
    let settings = kind.init()
    let network = try settings.network()
    guard case .object(let defaults) = try JSONValue(settings) else {
      throw CommandError("network \(kind.name): its settings are no group of keys")
    }
    return Description(
      name: kind.name, summary: kind.summary,
      set: kind.help.map { .init(key: $0.key, meaning: $0.meaning, default: defaults[$0.key] ?? .null) },
      inputShape: network.inputShape, classes: network.classes, parameters: network.layout.count,
      layout: network.layout.slots, buffers: network.bufferLayout.slots)
  }
}

struct NetworkInitial: TensorCommand {
  static let configuration = CommandConfiguration(
    commandName: "initial", abstract: "Fresh weights of an architecture, as a state dictionary.",
    discussion: "Example: salar network initial --network convnet --seed 1 --out W.safetensors")

  @OptionGroup var architecture: NetworkOptions

  @Option(help: "The seed of the draws.")
  var seed: UInt64 = 0

  @Option(help: "Where the weights go (.safetensors).")
  var out: String

  @OptionGroup var written: WrittenOptions

  func work() throws {
    let network = try architecture.network()
    let point = network.initial(RandomStreams(seed: seed).stream("init"))
    try Safetensors.write(point.stateDictionary, to: URL(fileURLWithPath: out))
    try written.report(
      [out], ["parameters": network.layout.count],
      remark: "\(architecture.name): \(network.layout.count) parameters in \(out)")
  }
}

/// The weights and inputs that `forward` and `gradient` share.
struct ApplicationOptions: ParsableArguments {
  @Option(help: "The state dictionary (.safetensors, or .pth of PyTorch).")
  var weights: String

  @Option(help: "Images [B, C, H, W] (.npy), in the scale the network was trained on.")
  var input: String

  func point(_ network: any Network, _ machine: MachineOptions, _ device: Device) throws -> Point {
    let file = try StateFile(reading: URL(fileURLWithPath: weights))
    do {
      return try load(network, SavedModel.weights(in: file.dictionary), machine.dtype, device)
    } catch let error as NetworkError {
      throw CommandError("\(weights): \(error.message)")
    }
  }

  private func load(
    _ network: some Network, _ state: [String: Tensor], _ dtype: DType?, _ device: Device
  ) throws -> Point {
    try Point(network, state: state, dtype: dtype, device: device)
  }

  func images(_ network: any Network, as point: Point) throws -> Tensor {
    let images = try NPY.read(URL(fileURLWithPath: input))
    guard images.dtype != .complex64, images.dtype != .complex128 else {
      throw CommandError("\(input): expected real numbers, found \(images.dtype)")
    }
    guard images.dim == 4, Array(images.shape.dropFirst()) == network.inputShape, images.size(0) > 0 else {
      let expected = (["B"] + network.inputShape.map(String.init)).joined(separator: ", ")
      throw CommandError("\(input): expected images of shape [\(expected)], found \(images.shape)")
    }
    return images.to(dtype: point.dtype, device: point.device)
  }
}

struct NetworkForward: TensorCommand {
  static let configuration = CommandConfiguration(
    commandName: "forward", abstract: "Logits of a network in evaluation mode.",
    discussion: """
      Example: salar network forward --network convnet --set width=64 --weights W.safetensors --input X.npy \
      --out Y.npy
      """)

  @OptionGroup var architecture: NetworkOptions
  @OptionGroup var application: ApplicationOptions
  @OptionGroup var machine: MachineOptions

  @Option(help: "Where the logits [B, classes] go (.npy); float32 for bfloat16 weights.")
  var out: String

  @OptionGroup var written: WrittenOptions

  private static let imagesAtOnce = 500

  func work() throws {
    let device = try machine.apply()
    let network = try architecture.network()
    let point = try application.point(network, machine, device)
    let images = try application.images(network, as: point)
    // Images do not touch each other in evaluation: parts keep memory flat however many there are.
    let parts = images.split(Self.imagesAtOnce, dim: 0).map { part in
      machine.computing(on: device) { network.logits(part, at: point) }
    }
    // NumPy has no bfloat16.
    let dtype = point.dtype == .bfloat16 ? DType.float32 : point.dtype
    let logits = Tensor.concatenated(parts).to(dtype)
    try NPY.write(logits, to: URL(fileURLWithPath: out))
    try written.report([out], ["shape": logits.shape], remark: "\(out): logits \(logits.shape)")
  }
}

struct NetworkGradient: TensorCommand {
  static let configuration = CommandConfiguration(
    commandName: "gradient", abstract: "Gradient of the mean cross-entropy in training mode.",
    discussion: """
      Example: salar network gradient --network convnet --weights W.safetensors --input X.npy --labels Y.npy \
      --out G.safetensors
      """)

  @OptionGroup var architecture: NetworkOptions
  @OptionGroup var application: ApplicationOptions
  @OptionGroup var machine: MachineOptions

  @Option(help: "Class numbers [B] (.npy).")
  var labels: String

  @Option(help: "Where the gradient goes, by parameter name (.safetensors).")
  var out: String

  @Option(help: "Seed of dropout, where the network has it.")
  var seed: UInt64 = 0

  @OptionGroup var written: WrittenOptions

  func work() throws {
    let device = try machine.apply()
    let network = try architecture.network()
    let point = try application.point(network, machine, device)
    let images = try application.images(network, as: point)
    let targets = try classNumbers(network, count: images.size(0)).to(device)
    let weights = point.leaves()
    var pass = Pass.training(
      point, updatesBuffers: false, random: try RandomStreams(seed: seed).stream("dropout", device: device))
    let loss = machine.computing(on: device) {
      network(images, weights, &pass).logits.crossEntropy(targets)
    }
    let gradient = weights.gradient(of: loss)
    try Safetensors.write(Point.named(gradient, network.layout), to: URL(fileURLWithPath: out))
    try written.report(
      [out], ["loss": loss.double], remark: String(format: "%@: loss %.4f", out, loss.double))
  }

  private func classNumbers(_ network: any Network, count: Int) throws -> Tensor {
    let values = try NPY.read(URL(fileURLWithPath: labels))
    guard values.shape == [count] else {
      throw CommandError(
        "\(labels): expected \(count) class numbers, one an image, found shape \(values.shape)")
    }
    guard !values.dtype.isFloatingPoint, values.dtype != .bool else {
      throw CommandError("\(labels): expected whole numbers, found \(values.dtype)")
    }
    let numbers = values.to(.int64)
    for (index, number) in numbers.array(of: Int.self).enumerated()
    where !(0..<network.classes).contains(number) {
      throw CommandError(
        "\(labels): label \(number) at position \(index) is outside 0…\(network.classes - 1)")
    }
    return numbers
  }
}
