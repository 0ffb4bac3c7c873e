import Networks
import Testing
import Torch

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
