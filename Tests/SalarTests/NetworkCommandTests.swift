import Foundation
import Networks
import PeerSupport
import Testing
import Torch

@Suite struct NetworkCommandTests {
  let folder: TemporaryFolder
  let network: ConvNet
  let point: Point

  init() throws {
    folder = try TemporaryFolder()
    var settings = ConvNet.Settings()
    // Batch norm with statistics of its own: training and evaluation are different functions.
    (settings.width, settings.size, settings.classes, settings.norm) = (8, 16, 5, .batch)
    network = try ConvNet(settings)
    point = network.initial(Generator(seed: 1)).to(.float64)
    for (slot, buffer) in zip(point.buffers.layout.slots, point.buffers.tensors) where !slot.isCount {
      // Means near zero, so that no channel is cut off whole.
      let isMean = slot.name.hasSuffix("running_mean")
      buffer.uniform_(from: isMean ? -0.1 : 0.5, to: isMean ? 0.1 : 2, generator: Generator(seed: 3))
    }
    try Safetensors.write(point.stateDictionary, to: folder.file("w.safetensors"))
    try NPY.write(images, to: folder.file("x.npy"))
    try NPY.write(labels, to: folder.file("y.npy"))
  }

  private var images: Tensor { Tensor.randn([6, 3, 16, 16], generator: Generator(seed: 2), dtype: .float64) }
  private var labels: Tensor { Tensor([0, 1, 2, 3, 4, 0]) }

  private func path(_ name: String) -> String { folder.file(name).path }

  private func forward(_ extra: String..., weights: String = "w.safetensors", input: String = "x.npy") throws
    -> Program.Result
  {
    let settings = ["width=8", "size=16", "classes=5", "norm=batch"].flatMap { ["--set", $0] }
    return try run(
      ["network", "forward", "--network", "convnet"] + settings
        + ["--weights", path(weights), "--input", path(input), "--out", path("out.npy")] + extra)
  }

  private func run(_ arguments: [String]) throws -> Program.Result { try Program.run(arguments) }

  @Test func forwardWritesTheLibrarysLogits() throws {
    let result = try forward()
    #expect(result.code == 0, "\(result.errors)")
    let logits = try NPY.read(folder.file("out.npy"))
    #expect(logits.shape == [6, 5] && logits.dtype == .float64)
    #expect((logits - network.logits(images, at: point)).abs().max().double < 1e-12)
  }

  @Test func precisionIsAsAsked() throws {
    for (precision, least, most) in [("float32", 0, 1e-5), ("bfloat16", 1e-4, 0.2)] {
      #expect(try forward("--precision", precision, "--threads", "1").code == 0)
      let logits = try NPY.read(folder.file("out.npy"))
      #expect(logits.dtype == .float32)
      let difference = (logits.to(.float64) - network.logits(images, at: point)).abs().max().double
      #expect(difference < most && difference > least, "\(precision): \(difference)")
    }
  }

  /// Weights that PyTorch saved, through every verb that takes some.
  @Test(.enabled(if: Peer.isAvailable, Comment(rawValue: Peer.missing)))
  func stateDictionariesOfPyTorchAreTaken() throws {
    try Peer.run("state_files", [folder.url.path])
    let settings = [
      "alexnet": [], "convnet": ["width=8", "norm=batch"], "lenet": [], "mlp": ["hidden=16"],
      "pyramidnet": ["depth=14", "alpha=20"], "resnet18": ["width=8"],
      "resnet18ap": ["width=4", "norm=batch"], "resnet50": ["width=4", "size=32", "classes=10"],
      "resnet101": ["width=4", "stem=cifar", "norm=group", "size=32", "classes=10"],
      "vgg11": ["norm=batch"],
      "vit": ["patch=8", "width=24", "depth=2", "heads=2", "mlp=32", "size=32", "classes=10"],
      "wrn": ["depth=10", "widen=1"],
    ]
    #expect(Set(settings.keys) == Set(NetworkCatalog.all.map { $0.name }))
    for (name, settings) in settings {
      let architecture = ["--network", name] + settings.flatMap { ["--set", $0] }
      let expected = try NPY.read(folder.file("\(name).logits.npy"))
      for file in ["\(name).pth", "\(name)-checkpoint.pth"] {
        let result = try run(
          ["network", "forward", "--weights", path(file), "--input", path("\(name).input.npy"), "--out"]
            + [path("out.npy")] + architecture)
        #expect(result.code == 0, "\(result.errors)")
        let logits = try NPY.read(folder.file("out.npy"))
        #expect((logits - expected).abs().max().double < 1e-4, "\(file)")
      }
      for target in ["safetensors", "pytorch"] {
        let export = try run(
          ["export", "--from", path("\(name)-checkpoint.pth"), "--to", target, path("\(name)-\(target)")]
            + architecture)
        #expect(export.code == 0, "\(export.errors)")
        let written = try Safetensors(reading: folder.file("\(name)-\(target)/model.safetensors"))
        let saved = try Safetensors(reading: folder.file("\(name).safetensors"))
        #expect(Set(written.names) == Set(saved.names))
        for name in saved.names { #expect(written[name]!.equal(saved[name]!), "\(name)") }
      }
    }
    try Peer.run("exported_models", [folder.url.path] + settings.keys)
    for name in settings.keys {
      let logits = try NPY.read(folder.file("\(name).exported.npy"))
      let expected = try NPY.read(folder.file("\(name).logits.npy"))
      #expect((logits - expected).abs().max().double < 1e-4, "\(name)")
    }
    let architecture = ["--network", "mlp", "--set", "hidden=16"]
    let weights = ["--weights", path("mlp.pth")] + architecture
    let data = ["--on", "builtin:color", "--json"]
    let evaluation = try run(["evaluate"] + weights + data)
    #expect(evaluation.code == 0, "\(evaluation.errors)")
    // Plain weights know no names; the data does.
    #expect(
      evaluation.output.contains("\"classNames\":[\"") && !evaluation.output.contains("\"classNames\":[\"0\"")
    )
    // What was written knows its architecture.
    #expect(try run(["evaluate", path("mlp-safetensors")] + data).output == evaluation.output)
    #expect(try run(["data", "show", "builtin:color", "--out", path("sheet.png")]).code == 0)
    let prediction = try run(["predict", path("sheet.png"), "--json"] + weights)
    #expect(prediction.code == 0 && prediction.output.contains("sheet.png"), "\(prediction.errors)")

    func refused(_ arguments: [String], _ words: String, code: Int32 = 1) throws {
      let result = try run(arguments)
      #expect(result.code == code && result.errors.contains(words), "\(result.errors)")
    }
    try refused(
      ["export", "--from", path("model.bad"), "--to", "safetensors", path("a")] + architecture, "Linear")
    try refused(
      ["export", "--from", path("mlp.pth"), "--to", "safetensors", path("a")], "name their --network")
    try refused(
      [
        "export", "--from", path("mlp-safetensors/model.safetensors"), "--to", "pytorch",
        path("mlp-safetensors"),
      ],
      "would be overwritten")
    try refused(["export", "--to", "pytorch", path("a")], "expected RUN and FOLDER", code: 64)
    try refused(
      ["export", path("a"), "--network", "mlp", "--to", "pytorch", path("b")], "go with --from", code: 64)
    try refused(
      ["predict", "--network", "lenet", "--weights", path("mlp.pth"), path("sheet.png")], "fc_1.weight")
  }

  @Test func gradientWritesTheLibrarysGradient() throws {
    let result = try run(
      [
        "network", "gradient", "--network", "convnet", "--set", "width=8", "--set", "size=16", "--set",
        "classes=5", "--set", "norm=batch",
        "--weights", path("w.safetensors"), "--input", path("x.npy"), "--labels", path("y.npy"), "--out",
        path("g.safetensors"),
      ])
    #expect(result.code == 0, "\(result.errors)")
    let file = try Safetensors(reading: folder.file("g.safetensors"))
    #expect(file.names == network.layout.slots.map(\.name))
    let weights = point.leaves()
    var pass = Pass.training(point)
    let expected = weights.gradient(of: network(images, weights, &pass).logits.crossEntropy(labels))
    for (name, tensor) in Point.named(expected, network.layout) {
      #expect((try #require(file[name]) - tensor).abs().max().double < 1e-12, "\(name)")
    }
  }

  @Test func listIsOneDocument() throws {
    struct Entry: Decodable {
      struct Key: Decodable { var key: String }
      var name: String
      var set: [Key]
      var layout: [Slot]
      var buffers: [BufferSlot]
      var parameters: Int
    }
    let result = try Program.run(["network", "list", "--json"])
    let entries = try JSONDecoder().decode([Entry].self, from: Data(result.output.utf8))
    #expect(
      entries.map(\.name) == [
        "alexnet", "convnet", "lenet", "mlp", "pyramidnet", "resnet18", "resnet18ap", "resnet50", "resnet101",
        "vgg11", "vit", "wrn",
      ])
    let convNet = try #require(entries.first { $0.name == "convnet" })
    #expect(convNet.parameters == 320_010)
    #expect(convNet.layout == (try ConvNet()).layout.slots)
    #expect(entries.first { $0.name == "resnet18" }?.buffers.count == 60)
    #expect(convNet.set.map(\.key).contains("width"))
    #expect(try Program.run(["network", "list"]).output.contains("320010"))
  }

  @Test func initialIsTheLibrarysAndTheSameEachTime() throws {
    let arguments = [
      "network", "initial", "--network", "lenet", "--seed", "5", "--out", path("i.safetensors"),
    ]
    #expect(try Program.run(arguments).code == 0)
    let bytes = try Data(contentsOf: folder.file("i.safetensors"))
    #expect(try Program.run(arguments).code == 0)
    #expect(try Data(contentsOf: folder.file("i.safetensors")) == bytes)
    let file = try Safetensors(reading: folder.file("i.safetensors"))
    let expected = try LeNet().initial(RandomStreams(seed: 5).stream("init"))
    #expect(file["fc_1.weight"]!.equal(expected.stateDictionary.first { $0.name == "fc_1.weight" }!.tensor))
  }

  /// What a person can get wrong: exit code 1, the file or the key named, and nothing written.
  @Test func mistakesAreExplained() throws {
    func refused(_ result: Program.Result, _ words: String..., code: Int32 = 1) {
      #expect(result.code == code, "\(result.errors)")
      for word in words { #expect(result.errors.contains(word), "'\(word)' in: \(result.errors)") }
      #expect(!FileManager.default.fileExists(atPath: path("out.npy")))
      #expect(result.output.isEmpty)
    }
    refused(
      try forward("--set", "width=16"), "w.safetensors",
      "features.0.weight: expected shape [16, 3, 3, 3], found")
    refused(try forward("--set", "norm=layer"), "features.1.weight: expected shape [8, 16, 16], found [8]")
    refused(try forward("--set", "widht=16"), "did you mean 'width'?")
    refused(try forward("--set", "norm=bach"), "none, batch, layer, instance, group")
    refused(try forward(weights: "none.safetensors"), "none.safetensors")
    refused(try forward(input: "none.npy"), "none.npy")
    refused(try forward(weights: "x.npy"), "x.npy")
    refused(try forward(input: "y.npy"), "y.npy", "expected images of shape [B, 3, 16, 16], found [6]")
    refused(try forward("--device", "cuda:7"), "cuda:7", "cpu")
    refused(try forward("--threads", "0"), "--threads", code: 64)
    refused(try forward("--threads", "99999999999"), "--threads", code: 64)
    refused(try forward("--precision", "int8"), "--precision", code: 64)
    refused(try forward("--frobnicate"), "--frobnicate", code: 64)

    let bytes = try Data(contentsOf: folder.file("w.safetensors"))
    try bytes.dropLast(7).write(to: folder.file("short.safetensors"))
    refused(try forward(weights: "short.safetensors"), "short.safetensors")

    func gradient(_ labels: Tensor) throws -> Program.Result {
      try NPY.write(labels, to: folder.file("bad.npy"))
      return try Program.run([
        "network", "gradient", "--network", "convnet", "--set", "width=8", "--set", "size=16", "--set",
        "classes=5", "--set", "norm=batch", "--weights", path("w.safetensors"), "--input", path("x.npy"),
        "--labels",
        path("bad.npy"),
        "--out", path("out.npy"),
      ])
    }
    refused(try gradient(Tensor([0, 1, 2, 3, 4, 5])), "label 5 at position 5 is outside 0…4")
    refused(try gradient(Tensor([0, 1, 2, 3, -1, 0])), "label -1 at position 4")
    refused(try gradient(Tensor([0, 1])), "expected 6 class numbers")
    refused(try gradient(Tensor([0.0, 1, 2, 3, 4, 0])), "expected whole numbers, found float64")
  }

  /// Settings that no machine holds end with libtorch's words, not with a stopped program.
  @Test func networksBeyondMemoryAreRefused() throws {
    let result = try Program.run([
      "network", "initial", "--network", "mlp", "--set", "hidden=1000000,1000000", "--out",
      path("big.safetensors"),
    ])
    #expect(result.code == 1)
    #expect(result.errors.contains("memory"), "\(result.errors)")
  }

  /// Two names that are one to Swift: the file is allowed, loading it as a network is refused.
  @Test func namesOfOneMeaningAreRefused() throws {
    let tensors = [("\u{e9}", Tensor.zeros([1])), ("e\u{301}", Tensor.zeros([1]))]
    try Safetensors.write(tensors.map { (name: $0.0, tensor: $0.1) }, to: folder.file("names.safetensors"))
    let result = try forward(weights: "names.safetensors")
    #expect(result.code == 1 && result.errors.contains("Unicode"), "\(result.errors)")
  }

  @Test func dropoutFollowsTheSeed() throws {
    var settings = MLP.Settings()
    (settings.size, settings.classes, settings.dropout, settings.hidden) = (16, 5, 0.5, [16])
    try Safetensors.write(
      MLP(settings).initial(Generator(seed: 1)).stateDictionary, to: folder.file("mlp.safetensors"))
    func gradient(_ seed: String) throws -> Data {
      let result = try Program.run([
        "network", "gradient", "--network", "mlp", "--set", "size=16", "--set", "classes=5", "--set",
        "dropout=0.5", "--set", "hidden=16", "--weights", path("mlp.safetensors"), "--input", path("x.npy"),
        "--labels", path("y.npy"), "--out", path("d.safetensors"), "--seed", seed,
      ])
      #expect(result.code == 0, "\(result.errors)")
      return try Data(contentsOf: folder.file("d.safetensors"))
    }
    let first = try gradient("1")
    #expect(try gradient("1") == first)
    #expect(try gradient("2") != first)
  }

  @Test func bfloat16WeightsRun() throws {
    try Safetensors.write(point.to(.bfloat16).stateDictionary, to: folder.file("b.safetensors"))
    let result = try forward(weights: "b.safetensors")
    #expect(result.code == 0, "\(result.errors)")
    #expect(try NPY.read(folder.file("out.npy")).dtype == .float32)
  }

  /// A training batch that leaves one value a channel has no statistics.
  @Test func aBatchOfOnePixelIsRefused() throws {
    var settings = ConvNet.Settings()
    (settings.width, settings.size, settings.classes, settings.norm) = (8, 1, 5, .batch)
    (settings.depth, settings.pooling) = (1, .none)
    try Safetensors.write(
      ConvNet(settings).initial(Generator(seed: 1)).stateDictionary, to: folder.file("s.safetensors"))
    try NPY.write(Tensor.ones([1, 3, 1, 1]), to: folder.file("one.npy"))
    try NPY.write(Tensor([0]), to: folder.file("zero.npy"))
    let result = try Program.run([
      "network", "gradient", "--network", "convnet", "--set", "width=8", "--set", "size=1", "--set",
      "classes=5",
      "--set", "norm=batch", "--set", "depth=1", "--set", "pooling=none", "--weights", path("s.safetensors"),
      "--input", path("one.npy"), "--labels", path("zero.npy"), "--out", path("g1.safetensors"),
    ])
    #expect(result.code == 1 && result.errors.contains("more than one value a channel"), "\(result.errors)")
  }

  @Test func versionNamesLibtorch() throws {
    let result = try Program.run(["--version"])
    #expect(result.output == "salar 0.1.0 (libtorch \(Runtime.libtorchVersion))\n")
  }
}
