import Command
import Data
import Experiments
import Foundation
import Networks
import PeerSupport
import Testing
import Torch

/// The Python file that is written beside weights, run by PyTorch on those weights.
@Suite struct PyTorchExportTests {
  /// Small ones of every architecture, with all that changes the text.
  static let variants: [String: [[String]]] = [
    "convnet": [
      [], ["channels=1", "size=28"], ["norm=none", "pooling=none", "size=9"],
      ["norm=batch", "pooling=max", "activation=swish"], ["norm=layer", "activation=leakyrelu", "depth=2"],
      ["norm=group", "activation=gelu", "size=30"],
      ["norm=instance", "activation=tanh", "channels=1", "size=20"],
    ].map { ["width=8"] + $0 },
    "mlp": [
      ["hidden="], ["hidden=12", "activation=sigmoid"], ["hidden=16,8", "dropout=0.3", "channels=1"],
    ],
    "alexnet": [[], ["norm=batch", "channels=1", "size=28"], ["norm=layer", "size=40", "classes=3"]],
    "vgg11": [[], ["norm=none", "channels=1", "size=28"], ["norm=batch", "size=66", "classes=3"]],
    "resnet18ap": [[], ["norm=none"], ["norm=layer", "size=18"], ["norm=batch", "channels=1", "size=28"]].map
    {
      ["width=8"] + $0
    },
    "lenet": [[], ["channels=1", "size=28"], ["size=40", "classes=3"]],
    "resnet18": [
      [], ["norm=none"], ["norm=layer"], ["norm=instance", "channels=1", "size=28"],
      ["norm=group", "size=30"],
      ["stem=imagenet", "size=70"], ["stem=imagenet", "norm=layer", "size=65"],
      ["stem=imagenet", "norm=none", "size=64"],
    ].map { ["width=8"] + $0 },
    "resnet50": [
      ["stem=cifar", "size=32"], ["size=64", "zeroInit=false", "channels=1"], ["norm=layer", "size=40"],
    ].map {
      ["width=8", "classes=5"] + $0
    },
    "resnet101": [["width=8", "size=64", "classes=5", "zeroInit=false"]],
    "wrn": [["depth=10", "widen=1"], ["depth=10", "widen=1", "dropout=0.3", "channels=1", "size=28"]],
    "pyramidnet": [["depth=20", "alpha=12"], ["depth=20", "alpha=12", "channels=1", "size=28"]],
    "vit": [
      ["patch=8", "width=24", "depth=2", "heads=3", "mlp=32", "size=32", "classes=5"],
      ["patch=7", "width=16", "depth=1", "heads=2", "mlp=24", "size=28", "classes=5", "channels=1"],
    ],
  ]

  @Test func everyNetworkIsTried() {
    for kind in NetworkCatalog.all {
      #expect(Self.variants[kind.name] != nil, "add \(kind.name) to the variants")
    }
  }

  private func model(_ name: String, _ settings: [String], seed: UInt64) throws -> SavedModel {
    let choice = try NetworkChoice(name).setting(settings)
    let network = try choice.make()
    let streams = RandomStreams(seed: seed)
    let point = network.initial(streams.stream("init"))
    let generator = streams.stream("away")
    withNoGrad {
      // Away from the starting values, where scale, shift and statistics would hide mistakes.
      for (slot, tensor) in zip(point.layout.slots, point.weights.tensors) {
        tensor.add_(
          Tensor.randn(tensor.shape, generator: generator) * Scalar(slot.shape.count == 1 ? 0.2 : 0.02))
      }
      for (slot, tensor) in zip(point.buffers.layout.slots, point.buffers.tensors) where !slot.isCount {
        let isMean = slot.name.hasSuffix("mean")
        tensor.copy_(
          isMean
            ? Tensor.randn(tensor.shape, generator: generator) * 0.1
            : Tensor.rand(tensor.shape, generator: generator) + 0.5)
      }
    }
    let channels = network.inputShape[0]
    let normalization = try Normalization(
      mean: (0..<channels).map { 0.4 + 0.1 * Double($0) }, std: (0..<channels).map { 0.2 + 0.05 * Double($0) }
    )
    let card = SavedModel.Card(
      network: choice, normalization: seed % 3 == 0 ? nil : normalization,
      classNames: (0..<network.classes).map { $0 == 1 ? "a \"b\" \\n\nc" : "class \($0)" })
    return SavedModel(card: card, network: network, point: point)
  }

  private func whitenedModel() throws -> SavedModel {
    let data = try BuiltInData.open("gray", split: .train, count: 60)
    let choice = try NetworkChoice("mlp", shape: data.shape, classes: 10).setting(["hidden=8"])
    let network = try choice.make()
    let card = SavedModel.Card(
      network: choice, normalization: try ZCA(fitting: data, epsilon: 0.2), classNames: data.classNames)
    return SavedModel(card: card, network: network, point: network.initial(Generator(seed: 1)))
  }

  @Test(.enabled(if: Peer.isAvailable, Comment(rawValue: Peer.missing)))
  func pyTorchRunsWhatIsWritten() throws {
    let folder = try TemporaryFolder()
    var models: [(name: String, model: SavedModel, images: Tensor)] = []
    for (name, variants) in Self.variants.sorted(by: { $0.key < $1.key }) {
      for (index, settings) in variants.enumerated() {
        let model = try model(name, settings, seed: UInt64(index + 1))
        let place = folder.file("\(name)\(index)")
        let files = try PyTorchExport.write(model, to: place)
        #expect(files.map(\.lastPathComponent) == ["model.safetensors", "model.py"])
        let images = Tensor.rand([3] + model.network.inputShape, generator: Generator(seed: 9))
        try NPY.write(images, to: place.appendingPathComponent("images.npy"))
        models.append(("\(name)\(index)", model, images))
      }
    }
    // Whitened, by tensors beside the weights.
    let whitened = try whitenedModel()
    #expect(try PyTorchExport.write(whitened, to: folder.file("zca")).count == 2)
    let pictures =
      try BuiltInData.open("gray", split: .test, count: 3).images.images([0, 1, 2]).to(.float32) / 255
    try NPY.write(pictures, to: folder.file("zca/images.npy"))
    models.append(("zca", whitened, pictures))
    let printed = try Peer.run("exported_classifiers", [folder.url.path])
    #expect(printed.split(separator: "\n").count >= 3)
    for (name, model, images) in models {
      func saved(_ file: String) throws -> Tensor { try NPY.read(folder.file("\(name)/\(file).npy")) }
      let logits = model.network.logits(images, at: model.point)
      let size = max(1, logits.abs().amax().double)
      let distance = try (saved("logits") - logits).abs().amax().double / size
      #expect(distance < 1e-4, "\(name): \(distance) of \(size)")
      #expect(logits.variance(dim: [0]).amax().double > 1e-9, "\(name) answers the same to everything")
      // Through the normalisation, too.
      let shares = try (saved("probabilities") - model.probabilities(images)).abs().amax().double
      #expect(shares < 1e-3, "\(name): \(shares)")
    }
  }
}
