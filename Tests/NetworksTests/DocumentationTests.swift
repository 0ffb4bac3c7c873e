import Foundation
import Networks
import PeerSupport
import Testing
import Torch

// The examples of the documentation, word for word, with what they are said to give.

@Suite struct TorchDocumentationTests {
  @Test func overview() {
    let x = Tensor([1, 2, 3] as [Float]).requiresGrad_()
    let y = x.square().sum()
    let slope = grad(of: y, wrt: x)
    #expect(slope.array(of: Float.self) == [2, 4, 6])
  }

  @Test func tensors() {
    let a = Tensor([1, 2, 3, 4, 5, 6] as [Float], shape: [2, 3])  // float32
    let labels = Tensor([0, 1, 1])  // int64
    let noise = Tensor.randn([2, 3], generator: Generator(seed: 7))
    #expect(a.dtype == .float32 && labels.dtype == .int64 && noise.shape == [2, 3])

    let b = a.t().matmul(a)  // [3, 3]
    let scaled = 2 * a + 1
    let means = a.mean(dim: [1], keepdim: true)  // [2, 1]
    let (largest, places) = a.max(dim: 1)
    #expect(b.shape == [3, 3])
    #expect(scaled.array(of: Float.self) == [3, 5, 7, 9, 11, 13])
    #expect(means.shape == [2, 1] && means.array(of: Float.self) == [2, 5])
    #expect(largest.array(of: Float.self) == [3, 6] && places.array(of: Int.self) == [2, 2])

    let rows = a.sum(dim: [1]).array(of: Float.self)  // [6.0, 15.0]
    let total = a.sum().double  // 21.0
    #expect(rows == [6, 15] && total == 21)

    let row = a[0]
    row.fill_(9)
    #expect(a.array(of: Float.self) == [9, 9, 9, 4, 5, 6])
  }

  /// The right-hand columns of the tables.
  @Test func tablesBesidePyTorch() throws {
    let g = Generator(seed: 7)
    #expect(Tensor([1, 2] as [Float]).dtype == .float32)
    #expect(Tensor([1.0, 2.0]).dtype == .float64)
    #expect(Tensor(3.0).shape == [] && Tensor(3.0).dtype == .float32)
    #expect(Tensor.zeros([2, 3]).dtype == .float32)
    #expect(Tensor.full([2, 3], 7.0).sum().double == 42)
    #expect(Tensor.arange(0, 10, step: 2).array(of: Int.self) == [0, 2, 4, 6, 8])
    #expect(Tensor.arange(0, 10, step: 2).dtype == .int64)
    #expect(Tensor.linspace(0, 1, count: 5).array(of: Float.self) == [0, 0.25, 0.5, 0.75, 1])
    #expect(Tensor.randn([2, 3], generator: g).shape == [2, 3])

    let x = Tensor([1, 2, 3, 4, 5, 6] as [Float], shape: [2, 3])
    func values(_ tensor: Tensor) -> [Float] { tensor.array() }
    #expect(x.dim == 2 && x.count == 6)
    #expect(values(x.pow(2)) == values(x.square()))
    #expect(x.sum().double == 21 && values(x.sum(dim: [1])) == [6, 15])
    #expect(abs(x.standardDeviation().double - 3.5.squareRoot()) < 1e-6)
    #expect(abs(x.vectorNorm().double - 91.0.squareRoot()) < 1e-6)
    #expect(x.reshape([3, -1]).shape == [3, 2] && x.flatten(from: 1).shape == [2, 3])
    #expect(values(x[0]) == [1, 2, 3] && x[0..<1].shape == [1, 3])
    #expect(values(x.select(dim: 1, index: 1)) == [2, 5])
    #expect(values(x[Tensor([1, 0])]) == [4, 5, 6, 1, 2, 3])
    #expect(Tensor.concatenated([x, x], dim: 1).shape == [2, 6])
    #expect(Tensor.stacked([x, x]).shape == [2, 2, 3])
    #expect((x .== 3).sum().int == 1 && (x .> 3).sum().int == 3)
    #expect(values((x .> 3).select(x, -x)) == [-1, -2, -3, 4, 5, 6])
    #expect(abs(x.softmax(dim: 1).sum().double - 2) < 1e-6)
    #expect(abs(Tensor.zeros([2, 3]).crossEntropy(Tensor([0, 2])).double - log(3)) < 1e-6)
    #expect(values(Tensor.einsum("ij,jk->ik", [x, x.t()])) == values(x.matmul(x.t())))
    #expect(x.to(.float64).dtype == .float64 && x.sum().item().double == 21)
    #expect(values(x.add_(1)) == [2, 3, 4, 5, 6, 7] && values(x.zero_()) == [0, 0, 0, 0, 0, 0])

    let folder = try TemporaryFolder()
    let url = folder.file("x.npy")
    try NPY.write(x, to: url)
    #expect(try NPY.read(url).equal(x))
  }

  @Test func addingAssigns() {
    let before = Tensor([1.0])
    var a = before
    a += Tensor([1.0])
    #expect(a.double == 2 && before.double == 1)
    #expect(!a.isSame(as: before) && !a.sharesStorage(with: before))
    before.add_(Tensor([1.0]))
    #expect(before.double == 2)
  }

  @Test func autograd() {
    let x = Tensor([1.0, 2.0, 3.0]).requiresGrad_()
    let f = x.pow(3).sum()
    let g = grad(of: f, wrt: x)  // 3x²: [3.0, 12.0, 27.0]
    #expect(g.array(of: Double.self) == [3, 12, 27])

    let first = grad(of: x.pow(3).sum(), wrt: x, createGraph: true)
    let second = grad(of: first.sum(), wrt: x)  // 6x: [6.0, 12.0, 18.0]
    #expect(second.array(of: Double.self) == [6, 12, 18])

    let v = Tensor([1.0, 0.0, -1.0])
    let hv = hessianVectorProduct(of: x.pow(3).sum(), wrt: [x], direction: [v])[0]  // [6.0, 0.0, -18.0]
    #expect(hv.array(of: Double.self) == [6, 0, -18])

    let y = Tensor([1.0, 2.0, 3.0]).requiresGrad_()
    y.square().sum().backward()
    #expect(y.grad?.array(of: Double.self) == [2, 4, 6])

    let z = Tensor([0.4, 1.6]).requiresGrad_()
    let rounded = customFunction(
      [z], forward: { [$0[0].round()] }, backward: { gradients in [gradients[0]] }
    )[0]
    let straight = grad(of: (rounded * 3).sum(), wrt: z)  // [3.0, 3.0]
    #expect(rounded.array(of: Double.self) == [0, 2])
    #expect(straight.array(of: Double.self) == [3, 3])

    withNoGrad { _ = x.mul_(2) }  // change a leaf in place
    let quick = inferenceMode { x.exp().sum().double }
    let shorter = autocast(.bfloat16) { Tensor.ones([4, 4]).matmul(.ones([4, 4])) }  // bfloat16
    #expect(x.detach().array(of: Double.self) == [2, 4, 6])
    #expect(abs(quick - (exp(2) + exp(4) + exp(6))) < 1e-9)
    #expect(shorter.dtype == .bfloat16)
  }

  @Test func errors() throws {
    do {
      _ = try catchingTorchErrors { Tensor.ones([2, 3]).matmul(Tensor.ones([2, 3])) }
      Issue.record("a product of shapes that do not fit")
    } catch let error as TorchError {
      #expect(error.message.contains("2x3"))
    }
  }

  @Test func operatorsByName() throws {
    let kaiser = try TorchOperator("aten::kaiser_window")
    let window = try kaiser([.int(12)])[0].tensor
    #expect(window?.shape == [12])
  }
}

@Suite struct NetworksDocumentationTests {
  @Test func overview() throws {
    let network = try ConvNet()
    let streams = RandomStreams(seed: 1)
    let point = network.initial(streams.stream("init"))
    let images = Tensor.randn([4] + network.inputShape, generator: streams.stream("data"))
    let logits = network.logits(images, at: point)  // [4, 10]
    #expect(logits.shape == [4, 10])
  }

  @Test func points() throws {
    let network = try LeNet()
    let streams = RandomStreams(seed: 1)
    let point = network.initial(streams.stream("init"))
    let images = Tensor.randn([8] + network.inputShape, generator: streams.stream("data"))
    let labels = Tensor.randint(0, network.classes, [8], generator: streams.stream("labels"))

    func gradient() -> Tensor {
      let weights = point.leaves()
      var pass = Pass.training(point)
      return weights.gradient(of: network(images, weights, &pass).logits.crossEntropy(labels))
    }
    func lossNow() -> Double { network.logits(images, at: point).crossEntropy(labels).double }

    let losses = [lossNow()]
    point.flat.add_(gradient(), alpha: -0.1)  // θ ← θ − 0.1 ∇L(θ)
    let after = lossNow()
    #expect(after < losses[0])

    let g = gradient()
    let ascent = g * (0.05 / g.vectorNorm())  // ε = ρ g / ‖g‖
    point.flat.add_(ascent)
    #expect(abs(ascent.vectorNorm().double - 0.05) < 1e-6)
    #expect(lossNow() > after)
    let sharp = gradient()  // ∇L(θ + ε)
    point.flat.sub_(ascent)
    point.flat.add_(sharp, alpha: -0.1)
    #expect(lossNow() < after)

    let theta = point.flat.clone().requiresGrad_()
    var pass = Pass.training(point, updatesBuffers: false)
    let whole = Parameters(splitting: theta, network.layout)
    let loss = network(images, whole, &pass).logits.crossEntropy(labels)
    let direction = Tensor.randn(theta.shape, generator: streams.stream("direction"))
    let curvature = hessianVectorProduct(of: loss, wrt: [theta], direction: [direction])[0]  // [P]
    #expect(curvature.shape == [network.layout.count] && curvature.isfinite().all().item().double == 1)

    let biases = SlotSet.matching(network.layout) { $0.role == .bias }
    let onlyBiases = point.leaves(biases)
    #expect(onlyBiases.leaves.count == 5)

    var evaluation = Pass.evaluation(point)
    evaluation.probes = [.features]
    let output = network(images, point.weights, &evaluation)
    let features = output.probes[.features]  // [8, 84]: what the last layer reads
    #expect(features?.shape == [8, 84])

    let other = network.initial(streams.stream("other"))
    let both = Point.stacked([point, other])
    let distance = (both[0].flat - both[1].flat).vectorNorm().double
    let middle = Point(layout: network.layout, flat: both.flat.mean(dim: [0]), buffers: point.buffers.copy())
    #expect(abs((middle.flat - other.flat).vectorNorm().double / distance - 0.5) < 1e-5)

    let folder = try TemporaryFolder()
    let url = folder.file("lenet.safetensors")
    try Safetensors.write(point.stateDictionary, to: url)

    let file = try Safetensors(reading: url)
    let state = Dictionary(uniqueKeysWithValues: file.names.map { ($0, file[$0]!) })
    let loaded = try Point(network, state: state)
    #expect(loaded.flat.equal(point.flat))
  }

  /// The program of README.md.
  @Test func descent() throws {
    let network = try LeNet()
    let streams = RandomStreams(seed: 1)
    let point = network.initial(streams.stream("init"))
    let images = Tensor.randn([64] + network.inputShape, generator: streams.stream("images"))
    let labels = Tensor.randint(0, network.classes, [64], generator: streams.stream("labels"))
    var losses: [Double] = []

    for step in 0...40 {
      let weights = point.leaves()
      var pass = Pass.training(point)
      let loss = network(images, weights, &pass).logits.crossEntropy(labels)
      if step % 10 == 0 { losses.append(loss.double) }
      point.flat.add_(weights.gradient(of: loss), alpha: -0.1)  // θ ← θ − 0.1 ∇L(θ)
    }
    #expect(losses == losses.sorted(by: >))
    #expect(losses[4] < losses[0] - 0.05)
  }

  /// docs/gpu.md, on the device that every machine has.
  @Test func devices() throws {
    let network = try LeNet()
    let streams = RandomStreams(seed: 1)
    let pictures = Tensor.ones([1] + network.inputShape)
    let device = try Device.named("cpu")
    let point = network.initial(streams.stream("init")).to(.float32, device: device)
    let images = pictures.to(device)
    let noise = try streams.stream("noise", device: device)
    #expect(point.device == device && images.device == device && noise.device == device)
    #expect(Device.available.contains(device))
  }
}
