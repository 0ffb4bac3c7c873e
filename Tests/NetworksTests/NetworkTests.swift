import Networks
import Testing
import Torch

@Suite struct ParameterCountTests {
  /// Counts as published or as the reference code has them.
  @Test func countsAreTheReferences() throws {
    #expect(try ConvNet().layout.count == 320_010)
    var settings = ConvNet.Settings()
    settings.classes = 100
    #expect(try ConvNet(settings).layout.count == 504_420)
    settings.classes = 200
    settings.depth = 4
    settings.size = 64
    #expect(try ConvNet(settings).layout.count == 857_160)
    settings.classes = 10
    settings.depth = 5
    settings.size = 128
    #expect(try ConvNet(settings).layout.count == 615_690)

    #expect(try ResNet18().layout.count == 11_173_962)
    #expect(try ResNet18().layout.slots.count == 62)
    var resnet = ResNet18.Settings()
    resnet.classes = 100
    #expect(try ResNet18(resnet).layout.count == 11_220_132)
    resnet.classes = 1000
    resnet.stem = .imagenet
    resnet.size = 224
    #expect(try ResNet18(resnet).layout.count == 11_689_512)

    #expect(try ResNet50().layout.count == 25_557_032)
    #expect(try ResNet50().layout.slots.count == 161)
    #expect(try ResNet101().layout.count == 44_549_160)
    var bottlenecks = ResNet50.Settings()
    (bottlenecks.stem, bottlenecks.size, bottlenecks.classes) = (.cifar, 32, 10)
    #expect(try ResNet50(bottlenecks).layout.count == 23_520_842)

    #expect(try WideResNet().layout.count == 36_479_194)
    var wide = WideResNet.Settings()
    wide.classes = 100
    #expect(try WideResNet(wide).layout.count == 36_536_884)
    (wide.depth, wide.widen, wide.classes) = (16, 4, 10)
    #expect(try WideResNet(wide).layout.count == 2_748_890)

    #expect(try PyramidNet().layout.count == 28_485_477)
    var pyramid = PyramidNet.Settings()
    pyramid.classes = 100
    #expect(try PyramidNet(pyramid).layout.count == 28_511_307)

    #expect(try VisionTransformer().layout.count == 22_878_952)
    #expect(try MLP().layout.count == 3072 * 128 + 128 + 128 * 128 + 128 + 128 * 10 + 10)
    #expect(try LeNet().layout.count == 62_006)
    var lenet = LeNet.Settings()
    (lenet.channels, lenet.size) = (1, 28)
    #expect(try LeNet(lenet).layout.count == 61_706)
  }

  @Test func layoutsCutTheVectorWithoutHolesAndNamesAreUnique() throws {
    for kind in NetworkCatalog.all {
      let network = try kind.init().network()
      var end = 0
      for slot in network.layout.slots {
        #expect(slot.range.lowerBound == end)
        #expect(slot.range.count == slot.shape.reduce(1, *))
        end = slot.range.upperBound
      }
      #expect(end == network.layout.count)
      let names = network.layout.slots.map(\.name) + network.bufferLayout.slots.map(\.name)
      #expect(Set(names).count == names.count)
    }
  }

  @Test func namesAreTheReferences() throws {
    var settings = ConvNet.Settings()
    settings.depth = 2
    let convnet = [
      "features.0.weight", "features.0.bias", "features.1.weight", "features.1.bias", "features.4.weight",
      "features.4.bias", "features.5.weight", "features.5.bias", "classifier.weight", "classifier.bias",
    ]
    #expect(try ConvNet(settings).layout.slots.map(\.name) == convnet)
    var resnet = ResNet18.Settings()
    resnet.stem = .imagenet
    let layout = try ResNet18(resnet).layout
    for name in [
      "conv1.weight", "bn1.bias", "layer2.0.downsample.0.weight", "layer4.1.bn2.weight", "fc.bias",
    ] {
      #expect(layout.index(of: name) != nil, "\(name)")
    }
    #expect(try ResNet18(resnet).bufferLayout.index(of: "layer2.0.downsample.1.running_mean") != nil)
    func has(_ network: some Network, _ names: String...) {
      for name in names {
        #expect(
          (network.layout.index(of: name) ?? network.bufferLayout.index(of: name)) != nil, "\(name)")
      }
    }
    has(try ResNet50(), "layer1.0.downsample.0.weight", "layer3.5.bn3.running_var", "layer4.2.conv3.weight")
    has(try ResNet101(), "layer3.22.conv2.weight", "fc.weight")
    has(
      try WideResNet(), "block1.layer.0.convShortcut.weight", "block3.layer.3.bn2.running_mean", "bn1.weight",
      "fc.bias")
    has(try PyramidNet(), "layer1.0.bn3.weight", "layer3.17.conv2.weight", "bn_final.running_var", "fc.bias")
    has(
      try VisionTransformer(), "cls_token", "pos_embed", "patch_embed.proj.bias", "blocks.11.attn.qkv.bias",
      "blocks.0.norm2.weight", "blocks.0.mlp.fc2.weight", "norm.bias", "head.weight")
  }

  /// From 16 channels by 5 a block, as the reference rounds them.
  @Test func pyramidsGrowEvenly() throws {
    let layout = try PyramidNet().layout
    for (name, width) in [
      ("layer1.0", 21), ("layer1.17", 106), ("layer2.0", 111), ("layer2.17", 196), ("layer3.0", 201),
      ("layer3.17", 286),
    ] {
      #expect(layout.slots[layout.index(of: "\(name).conv2.weight")!].shape == [width, width, 3, 3])
    }
  }

  /// What goes by roles and what goes by dimensions (decay masks, filter normalisation) means the same parameters.
  @Test func weightsAreWhatHasTwoDimensionsOrMore() throws {
    for kind in NetworkCatalog.all {
      for slot in try kind.init().network().layout.slots {
        let expected: Set<Role> =
          slot.shape.count > 1 ? [.weight] : slot.name.hasSuffix("bias") ? [.bias, .normShift] : [.normScale]
        #expect(expected.contains(slot.role), "\(kind.name): \(slot.name)")
      }
    }
  }
}

@Suite struct PointTests {
  private func small() throws -> (ConvNet, Point, Tensor, Tensor) {
    var settings = ConvNet.Settings()
    (settings.width, settings.depth, settings.size, settings.norm) = (8, 2, 8, .batch)
    let network = try ConvNet(settings)
    let generator = Generator(seed: 3)
    let point = network.initial(generator)
    let x = Tensor.randn([6, 3, 8, 8], generator: generator)
    return (network, point, x, Tensor.randint(0, 10, [6], generator: generator))
  }

  @Test func leavesAreViewsOfTheVector() throws {
    let (_, point, _, _) = try small()
    let weights = point.leaves()
    #expect(weights.tensors.allSatisfy { $0.requiresGrad && $0.isLeaf && $0.sharesStorage(with: point.flat) })
    _ = point.flat.fill_(2)
    #expect(weights[0].detach().eq(2).all().item().double == 1)
    #expect(!point.flat.requiresGrad)
  }

  /// The two ways to read a point give one gradient.
  @Test func splittingAndLeavesAgree() throws {
    let (network, point, x, y) = try small()
    let point64 = point.to(.float64)
    let x64 = x.to(.float64)
    let leaves = point64.leaves()
    var pass = Pass.training(point64, updatesBuffers: false)
    let first = leaves.gradient(of: network(x64, leaves, &pass).logits.crossEntropy(y))
    let theta = point64.flat.clone().requiresGrad_()
    let loss = network(x64, Parameters(splitting: theta, network.layout), &pass).logits.crossEntropy(y)
    let second = grad(of: loss, wrt: theta)
    #expect((first - second).abs().max().double < 1e-14)
  }

  @Test func gradientAgreesWithFiniteDifferences() throws {
    let (network, start, images, y) = try small()
    let point = start.to(.float64)
    let x = images.to(.float64)
    func loss(_ flat: Tensor) -> Double {
      var pass = Pass.training(point, updatesBuffers: false)
      return network(x, Parameters(splitting: flat, network.layout), &pass).logits.crossEntropy(y).double
    }
    let leaves = point.leaves()
    var pass = Pass.training(point, updatesBuffers: false)
    let gradient = leaves.gradient(of: network(x, leaves, &pass).logits.crossEntropy(y))
    let direction = Tensor.randn([network.layout.count], generator: Generator(seed: 9)).to(.float64)
    let step = 1e-6
    let numeric =
      (loss(point.flat + direction * Scalar(step)) - loss(point.flat - direction * Scalar(step))) / (2 * step)
    #expect(abs(numeric - gradient.dot(direction).double) < 1e-6 * max(1, abs(numeric)))
  }

  /// Weights outside the set get no gradient, and those inside get the same one as before.
  @Test func subsetsOfLeaves() throws {
    let (network, point, x, y) = try small()
    let biases = SlotSet.matching(network.layout) { $0.role == .bias }
    func gradient(_ set: SlotSet) -> Tensor {
      let leaves = point.leaves(set)
      var pass = Pass.training(point, updatesBuffers: false)
      return leaves.gradient(of: network(x, leaves, &pass).logits.crossEntropy(y))
    }
    let all = gradient(.all)
    let some = gradient(biases)
    for (index, slot) in network.layout.slots.enumerated() {
      let part = some[slot.range]
      if biases.contains(index) {
        #expect((part - all[slot.range]).abs().max().double < 1e-6, "\(slot.name)")
      } else {
        #expect(part.abs().max().double == 0, "\(slot.name)")
      }
    }
    #expect(some.abs().max().double > 0)
  }

  @Test func buffersMoveOnlyWhenAsked() throws {
    let (network, point, x, _) = try small()
    let before = point.buffers.copy()
    func unchanged() -> Bool { zip(before.tensors, point.buffers.tensors).allSatisfy { $0.equal($1) } }
    var second = Pass.training(point, updatesBuffers: false)
    _ = network(x, point.weights, &second)
    #expect(unchanged())
    _ = network.logits(x, at: point)
    #expect(unchanged())
    var first = Pass.training(point)
    let mean = point.buffers.layout.index(of: "features.1.running_mean")!
    _ = network(x, point.weights, &first)
    #expect(!point.buffers[mean].equal(before[mean]))
    let count = point.buffers.layout.index(of: "features.1.num_batches_tracked")!
    #expect(point.buffers[count].int == 1)
    point.buffers.assign(before)
    #expect(unchanged())
  }

  @Test func batchCountsAreTakenInOldShapes() throws {
    let (network, point, _, _) = try small()
    let name = "features.1.num_batches_tracked"
    let place = point.buffers.layout.index(of: name)!
    var state = Dictionary(uniqueKeysWithValues: point.stateDictionary.map { ($0.name, $0.tensor) })
    for count in [Tensor([3]), Tensor(3, dtype: .int64)] {
      state[name] = count
      let buffer = try Point(network, state: state).buffers[place]
      #expect(buffer.shape == [] && buffer.dtype == .int64 && buffer.int == 3)
    }
    state[name] = nil
    #expect(try Point(network, state: state).buffers[place].int == 0)
    state[name] = Tensor([3, 4])
    #expect(throws: NetworkError.self) { try Point(network, state: state) }
  }

  @Test func copiesStandAlone() throws {
    let (_, point, _, _) = try small()
    let copy = point.copy()
    _ = point.flat.zero_()
    #expect(copy.flat.abs().max().double > 0)
    point.assign(copy)
    #expect(point.flat.equal(copy.flat))
    #expect(!point.flat.sharesStorage(with: copy.flat))
  }

  @Test func severalPointsShareOneStorage() throws {
    let (network, point, x, _) = try small()
    let other = network.initial(Generator(seed: 4))
    let both = Point.stacked([point, other])
    #expect(both.points == 2 && point.points == nil)
    #expect(network.logits(x, at: both[1]).equal(network.logits(x, at: other)))
    _ = both[0].flat.fill_(1)
    #expect(both.flat[0].eq(1).all().item().double == 1)
    #expect(both[1].flat.equal(other.flat))
  }

  @Test func sameSeedSamePoint() throws {
    for kind in NetworkCatalog.all {
      let network = try kind.init().network()
      let first = network.initial(RandomStreams(seed: 5).stream("init"))
      #expect(first.flat.equal(network.initial(RandomStreams(seed: 5).stream("init")).flat))
      #expect(!first.flat.equal(network.initial(RandomStreams(seed: 6).stream("init")).flat))
    }
  }

  /// torchvision's initialisation of ResNet: Kaiming normal over the fan-out.
  @Test func imageNetStemIsDrawnAsInTorchvision() throws {
    var settings = ResNet18.Settings()
    settings.stem = .imagenet
    let network = try ResNet18(settings)
    let point = network.initial(Generator(seed: 1))
    let slot = network.layout.slots[network.layout.index(of: "layer3.1.conv2.weight")!]
    let weights = point.flat[slot.range]
    let expected = (2.0 / Double(256 * 9)).squareRoot()
    #expect(abs(weights.standardDeviation().double / expected - 1) < 0.01)
    #expect(abs(weights.mean().double) < 0.01 * expected)
    #expect(weights.abs().max().double > 3.5 * expected)
  }

  /// With the last scales at 0, fresh blocks give their input on: an ImageNet recipe's start.
  @Test func bottlenecksStartAsTheIdentity() throws {
    var settings = ResNet50.Settings()
    (settings.width, settings.size, settings.classes) = (4, 32, 5)
    for zeroInit in [true, false] {
      settings.zeroInit = zeroInit
      let network = try ResNet50(settings)
      let scales = network.initial(Generator(seed: 1)).stateDictionary.filter {
        $0.name.hasSuffix("bn3.weight")
      }
      #expect(scales.count == 16)
      #expect(scales.allSatisfy { $0.tensor.eq(zeroInit ? 0 : 1).all().item().double == 1 })
    }
  }

  /// Small networks of every kind with convolutions, on both layouts of images in memory.
  @Test func bothLayoutsOfImagesGiveTheSame() throws {
    var bottlenecks = ResNet50.Settings()
    (bottlenecks.width, bottlenecks.size, bottlenecks.stem) = (4, 18, .cifar)
    var wide = WideResNet.Settings()
    (wide.depth, wide.widen, wide.size) = (10, 2, 18)
    var pyramid = PyramidNet.Settings()
    (pyramid.depth, pyramid.alpha, pyramid.size) = (14, 20, 18)
    var transformer = VisionTransformer.Settings()
    (transformer.patch, transformer.width, transformer.heads, transformer.depth, transformer.mlp) = (
      6, 24, 2, 2, 32
    )
    (transformer.size, transformer.classes) = (18, 5)
    let networks: [any Network] = [
      try ResNet50(bottlenecks), try WideResNet(wide), try PyramidNet(pyramid),
      try VisionTransformer(transformer),
    ]
    for network in networks {
      let point = network.initial(Generator(seed: 1)).to(.float64)
      // Away from heads and scales of 0, behind which nothing shows.
      _ = point.flat.add_(.randn(point.flat.shape, generator: Generator(seed: 2), dtype: .float64) * 0.05)
      let images = Tensor.randn([3] + network.inputShape, generator: Generator(seed: 3), dtype: .float64)
      let labels = Tensor([0, 1, 2])
      func gradient(_ images: Tensor) -> Tensor {
        let weights = point.leaves()
        var pass = Pass.training(point, updatesBuffers: false)
        return weights.gradient(of: network(images, weights, &pass).logits.crossEntropy(labels))
      }
      let plain = gradient(images)
      let last = gradient(images.contiguous(memoryFormat: .channelsLast))
      #expect(plain.vectorNorm().double > 0)
      #expect((plain - last).vectorNorm().double < 1e-10 * plain.vectorNorm().double)
    }
  }

  @Test func wideResNetsDropOutAsThePassDraws() throws {
    var settings = WideResNet.Settings()
    (settings.depth, settings.widen, settings.size, settings.dropout) = (10, 1, 8, 0.3)
    let network = try WideResNet(settings)
    let point = network.initial(Generator(seed: 1))
    let images = Tensor.randn([4] + network.inputShape, generator: Generator(seed: 2))
    func logits(_ seed: UInt64) -> Tensor {
      var pass = Pass.training(point, updatesBuffers: false, random: Generator(seed: seed))
      return network(images, point.weights, &pass).logits
    }
    #expect(logits(1).equal(logits(1)) && !logits(1).equal(logits(2)))
    // Neither evaluation nor a training without dropout draws anything.
    #expect(network.logits(images, at: point).shape == [4, 10])
    settings.dropout = 0
    var pass = Pass.training(point, updatesBuffers: false)
    let without = try WideResNet(settings)(images, point.weights, &pass).logits
    #expect(!without.equal(logits(1)))
  }

  @Test func featuresAreHandedOutOnRequest() throws {
    let (network, point, x, _) = try small()
    var pass = Pass.evaluation(point)
    #expect(network(x, point.weights, &pass).probes.isEmpty)
    pass.probes = [.features]
    #expect(network(x, point.weights, &pass).probes[.features]?.shape == [6, 8 * 2 * 2])
  }

  @Test func dropoutDrawsFromThePassAndIsUnbiased() throws {
    let x = Tensor.ones([1000, 100])
    let point = try MLP().initial(Generator(seed: 1))
    func draw(_ seed: UInt64) -> Tensor {
      var pass = Pass.training(point, random: Generator(seed: seed))
      return Dropout(0.25)(x, &pass)
    }
    #expect(draw(1).equal(draw(1)))
    #expect(!draw(1).equal(draw(2)))
    #expect(abs(draw(1).mean().double - 1) < 0.01)
    #expect(abs(draw(1).eq(0).to(.float32).mean().double - 0.25) < 0.01)
    var pass = Pass.evaluation(point)
    #expect(Dropout(0.25)(x, &pass).equal(x))
  }
}

@Suite struct StateDictionaryTests {
  @Test func roundTrip() throws {
    let network = try LeNet()
    let point = network.initial(Generator(seed: 2))
    let state = Dictionary(uniqueKeysWithValues: point.stateDictionary.map { ($0.name, $0.tensor) })
    #expect(try Point(network, state: state).flat.equal(point.flat))
    #expect(try Point(network, state: state, dtype: .float64).flat.dtype == .float64)
  }

  @Test func namesEveryProblem() throws {
    let network = try LeNet()
    var state = Dictionary(
      uniqueKeysWithValues: network.initial(Generator(seed: 2)).stateDictionary.map { ($0.name, $0.tensor) })
    state["fc_3.bias"] = nil
    state["fc_2.bias"] = Tensor.zeros([83])
    state["fc_1.bias"] = Tensor.zeros([120], dtype: .int64)
    state["extra"] = Tensor.zeros([1])
    let expected = """
      these weights are not this network's:
        fc_1.bias: expected floating-point numbers, found int64
        fc_2.bias: expected shape [84], found [83]
        missing: fc_3.bias [10]
        unknown: extra [1]
      """
    #expect(throws: NetworkError(expected)) { try Point(network, state: state) }
  }
}

extension StateDictionaryTests {
  private func state(of network: LeNet) -> [String: Tensor] {
    Dictionary(
      uniqueKeysWithValues: network.initial(Generator(seed: 2)).stateDictionary.map { ($0.name, $0.tensor) })
  }

  @Test(arguments: [
    ([DType.float32, .float32], DType.float32), ([.float16, .float16], .float16),
    ([.bfloat16, .float16], .float32),
    ([.float16, .float32], .float32), ([.float32, .float16], .float32), ([.float32, .float64], .float64),
    ([.float64, .bfloat16], .float64),
  ])
  func severalTypesBecomeTheOneThatHoldsThem(_ types: [DType], _ expected: DType) throws {
    let network = try LeNet()
    // Every second tensor in the second type, whichever comes first.
    let state = Dictionary(
      uniqueKeysWithValues: network.initial(Generator(seed: 2)).stateDictionary.enumerated().map {
        ($1.name, $1.tensor.to(types[$0 % 2]))
      })
    let point = try Point(network, state: state)
    #expect(point.dtype == expected)
    for (name, tensor) in point.stateDictionary {
      #expect(tensor.equal(state[name]!.to(expected)), "\(name)")
    }
    #expect(try Point(network, state: state, dtype: .bfloat16).dtype == .bfloat16)
  }

  @Test(arguments: ["module.", "model.", "module.model."])
  func aBeginningThatAllNamesShareIsNamed(_ prefix: String) throws {
    let network = try LeNet()
    var state = Dictionary(uniqueKeysWithValues: state(of: network).map { (prefix + $0, $1) })
    func message() -> String? {
      #expect(throws: NetworkError.self) { try Point(network, state: state) }?.message
    }
    let expected =
      "these weights are not this network's: every name begins with '\(prefix)', as that of a module inside "
      + "another one does; save them without it: "
      + "{name.removeprefix('\(prefix)'): tensor for name, tensor in state.items()}"
    #expect(message() == expected)
    // Also where something else is wrong with them, but not where names beside these have none.
    state[prefix + "step"] = Tensor.zeros([1])
    state[prefix + "fc_1.bias"] = nil
    #expect(message() == expected)
    state["step"] = Tensor.zeros([1])
    #expect(message()?.contains("missing: features.0.weight") == true)
  }
}

@Suite struct SettingsTests {
  @Test func impossibleNetworksAreRefused() {
    var settings = ConvNet.Settings()
    settings.depth = 6
    #expect(throws: NetworkError.self) { try ConvNet(settings) }
    settings.pooling = .none
    #expect(throws: Never.self) { try ConvNet(settings) }
    settings.depth = 0
    #expect(throws: NetworkError("network convnet: depth must be in 1…16, found 0")) { try ConvNet(settings) }
    settings = .init()
    (settings.norm, settings.width) = (.group, 6)
    #expect(throws: NetworkError.self) { try ConvNet(settings) }
    var resnet = ResNet18.Settings()
    (resnet.norm, resnet.width) = (.group, 6)
    #expect(throws: NetworkError("network resnet18: group norm needs a width divisible by 4, found 6")) {
      try ResNet18(resnet)
    }
    var wide = WideResNet.Settings()
    wide.depth = 18
    #expect(throws: NetworkError("network wrn: depth must be 6n + 4 (16, 28, 40), found 18")) {
      try WideResNet(wide)
    }
    (wide.depth, wide.dropout) = (16, 1)
    #expect(throws: NetworkError.self) { try WideResNet(wide) }
    var pyramid = PyramidNet.Settings()
    pyramid.depth = 28
    #expect(throws: NetworkError("network pyramidnet: depth must be 6n + 2 (20, 110), found 28")) {
      try PyramidNet(pyramid)
    }
    var transformer = VisionTransformer.Settings()
    transformer.size = 32
    transformer.patch = 5
    #expect(
      throws: NetworkError("network vit: patch must divide the size, found patches of 5 in images of 32")
    ) {
      try VisionTransformer(transformer)
    }
    (transformer.patch, transformer.heads) = (4, 7)
    #expect(throws: NetworkError("network vit: heads must divide the width, found 7 heads for width 384")) {
      try VisionTransformer(transformer)
    }
    var lenet = LeNet.Settings()
    lenet.size = 8
    #expect(throws: NetworkError.self) { try LeNet(lenet) }
    var mlp = MLP.Settings()
    mlp.dropout = 1
    #expect(throws: NetworkError.self) { try MLP(mlp) }
  }

  @Test func numbersThatNoImagesHaveAreRefused() {
    func check<Settings: NetworkSettings>(_ kind: Settings.Type) {
      for (key, numbers) in [("channels", [0, 4097]), ("size", [-1, 4097]), ("classes", [0, 1_000_001])] {
        for number in numbers {
          var settings = kind.init() as! any ImageNetworkSettings
          switch key {
          case "channels": settings.channels = number
          case "size": settings.size = number
          default: settings.classes = number
          }
          let error = #expect(throws: NetworkError.self) { try settings.network() }
          #expect(
            error?.message.hasPrefix("network \(kind.name): \(key) must be in 1…") == true
              && error?.message.hasSuffix("found \(number)") == true, "\(error as Any)")
        }
      }
    }
    for kind in NetworkCatalog.all { check(kind) }
  }

  @Test func helpNamesEveryKeyAndNoOther() throws {
    func keys<Settings: NetworkSettings>(_ kind: Settings.Type) -> ([String], [String]) {
      (Mirror(reflecting: kind.init()).children.map { $0.label! }.sorted(), kind.help.map(\.key).sorted())
    }
    for kind in NetworkCatalog.all {
      let (declared, helped) = keys(kind)
      #expect(declared == helped, "\(kind.name)")
    }
  }
}
