import Foundation
import Networks
import PeerSupport
import Testing
import Torch

@testable import Sharpness

@Suite struct SurfaceTests {
  /// A small ConvNet with batch norm whose statistics are not those it began with.
  static func convnet(part: Int = 128, seed: UInt64 = 1) throws -> LossSurface {
    var settings = ConvNet.Settings()
    (settings.width, settings.depth, settings.size, settings.channels) = (3, 1, 6, 2)
    (settings.norm, settings.classes) = (.batch, 4)
    let network = try ConvNet(settings)
    let point = network.initial(Generator(seed: seed)).to(.float64)
    withNoGrad {
      for (slot, tensor) in zip(point.buffers.layout.slots, point.buffers.tensors) where !slot.isCount {
        tensor.uniform_(from: 0.5, to: 1.5, generator: Generator(seed: 9))
      }
    }
    return LossSurface(
      network, at: point, images: .randn([23, 2, 6, 6], generator: Generator(seed: 2)),
      labels: .randint(0, 4, [23], generator: Generator(seed: 3)), part: part)
  }

  /// A linear model, whose loss is convex.
  static func linear() throws -> LossSurface {
    var settings = MLP.Settings()
    (settings.hidden, settings.channels, settings.size, settings.classes) = ([], 1, 3, 3)
    let network = try MLP(settings)
    return LossSurface(
      network, at: network.initial(Generator(seed: 4)).to(.float64),
      images: .randn([40, 1, 3, 3], generator: Generator(seed: 5)),
      labels: .randint(0, 3, [40], generator: Generator(seed: 6)))
  }

  /// The Hessian, row by row, from one θ that carries the graph: another way than products take.
  static func dense(_ surface: LossSurface) -> Tensor {
    let theta = surface.point.flat.clone().requiresGrad_()
    var loss = Tensor.zeros([], dtype: .float64)
    for (images, labels) in surface.parts {
      var pass = Pass(training: false, buffers: surface.point.buffers, updatesBuffers: false)
      let logits = surface.network(images, Parameters(splitting: theta, surface.point.layout), &pass).logits
      loss = loss + logits.crossEntropy(labels, reduction: .sum)
    }
    let gradient = grad(of: loss / Scalar(surface.count), wrt: theta, createGraph: true)
    return .stacked((0..<theta.count).map { grad(of: gradient[$0], wrt: theta, retainGraph: true) }, dim: 0)
  }

  @Test(arguments: [128, 5]) func productsEqualTheDenseHessian(part: Int) throws {
    let surface = try Self.convnet(part: part)
    #expect(surface.parts.count == (part == 128 ? 1 : 5) && surface.count == 23)
    let dense = Self.dense(surface)
    let hessian = Hessian(surface)
    let before = surface.point.copy()
    for seed in 0..<3 {
      let v = Tensor.randn([hessian.dimension], generator: Generator(seed: UInt64(seed)), dtype: .float64)
      #expect((hessian(v) - dense.mv(v)).abs().max().double < 1e-12)
    }
    #expect(hessian.products == 3)
    #expect(surface.point.flat.equal(before.flat))
    for (one, other) in zip(surface.point.buffers.tensors, before.buffers.tensors) {
      #expect(one.equal(other))
    }

    let truth: [Double] = ((dense + dense.t()) * 0.5).eigh().0.array().reversed()
    let found = Eigenvalues(largestOf: hessian, count: 5, tolerance: 1e-8, generator: Generator(seed: 1))
    #expect(found.isConverged)
    for (one, other) in zip(found.values, truth) { #expect(abs(one - other) < 1e-9 * truth[0]) }
    let trace = TraceEstimate(of: hessian, without: found, generator: Generator(seed: 2))
    let sum = truth.reduce(0, +)
    #expect(abs(trace.value - sum) < 4 * trace.standardError && trace.standardError < 0.2 * sum)
  }

  @Test func lossAndGradientDoNotDependOnParts() throws {
    let (whole, cut) = (try Self.convnet(), try Self.convnet(part: 4))
    #expect(abs(whole.loss() - cut.loss()) < 1e-13)
    let (one, other) = (whole.gradient(), cut.gradient())
    #expect(abs(one.loss - other.loss) < 1e-13 && (one.gradient - other.gradient).abs().max().double < 1e-13)
    // Along a direction the loss changes as the gradient says.
    let v = Tensor.randn(one.gradient.shape, generator: Generator(seed: 8), dtype: .float64)
    let step = 1e-6
    let rise =
      (whole.loss(at: whole.moved(by: v, times: step)) - whole.loss(at: whole.moved(by: v, times: -step)))
      / (2 * step)
    #expect(abs(rise - one.gradient.dot(v).double) < 1e-8)
  }

  @Test func samSharpnessIsTheRiseAlongTheGradient() throws {
    let surface = try Self.convnet()
    let (loss, gradient) = surface.gradient()
    let there = surface.point.flat + gradient * Scalar(0.05 / gradient.vectorNorm().double)
    #expect(abs((there - surface.point.flat).vectorNorm().double - 0.05) < 1e-14)
    #expect(surface.samSharpness(rho: 0.05) == surface.loss(at: there) - loss)
    #expect(surface.samSharpness(rho: 0.05) > 0)
  }

  /// A step that float32 does not see raises nothing: both losses are rounded in one way, by kernels of many channels too.
  @Test func noRiseWithoutAMove() throws {
    var settings = ConvNet.Settings()
    (settings.width, settings.depth, settings.size) = (32, 3, 16)
    let network = try ConvNet(settings)
    for seed: UInt64 in 0..<8 {
      let surface = LossSurface(
        network, at: network.initial(Generator(seed: seed)),
        images: .randn([64, 3, 16, 16], generator: Generator(seed: seed + 10)),
        labels: .randint(0, 10, [64], generator: Generator(seed: seed + 20)))
      #expect(surface.samSharpness(rho: 1e-30) == 0)
      #expect(surface.pgaSharpness(rho: 1e-30, steps: 1) == 0)
    }
  }

  /// A convex loss is greatest on the edge: ascent finds at least what a thousand random edge points show.
  @Test func ascentBeatsRandomPoints() throws {
    let surface = try Self.linear()
    let loss = surface.loss()
    let generator = Generator(seed: 1)
    var (ball, box) = (0.0, 0.0)
    let sides = (surface.point.flat.abs() + 1) * 1e-2
    for _ in 0..<1_000 {
      let direction = Tensor.randn(surface.point.flat.shape, generator: generator, dtype: .float64)
      ball = max(
        ball,
        surface.loss(at: surface.moved(by: direction, times: 0.5 / direction.vectorNorm().double)) - loss)
      box = max(box, surface.loss(at: surface.moved(by: direction.sign() * sides, times: 1)) - loss)
    }
    let pga = surface.pgaSharpness(rho: 0.5)
    #expect(
      pga >= ball && pga >= 0.999 * surface.samSharpness(rho: 0.5) && pga > surface.pgaSharpness(rho: 0.25))
    let keskar = surface.keskarSharpness(epsilon: 1e-2)
    #expect(keskar >= 100 * box / (1 + loss))
    // Nothing inside the box rises more than the sum of |∂L| over it, and a little curvature.
    let bound = surface.gradient().gradient.abs().dot(sides).double
    #expect(keskar <= 100 * bound * 1.1 / (1 + loss))
  }

  @Test func directionsAreAsLongAsFilters() throws {
    let surface = try Self.convnet()
    let x = LossLandscape.direction(surface.point, RandomStreams(seed: 3).stream("landscape x"))
    for slot in surface.point.layout.slots {
      let (part, weights) = (x[slot.range], surface.point.flat[slot.range])
      if slot.role == .weight {
        let rows = part.view([slot.shape[0], -1]).vectorNorm(dim: [1])
        let own = weights.view([slot.shape[0], -1]).vectorNorm(dim: [1])
        #expect((rows - own).abs().max().double < 1e-9)
      } else {
        #expect(part.abs().max().double == 0, "\(slot.name)")
      }
    }
  }

  @Test func landscapes() throws {
    let surface = try Self.convnet()
    let streams = RandomStreams(seed: 3)
    var calls = 0
    let landscape = LossLandscape(surface, lineSteps: 5, planeSteps: 3, reach: 0.5, streams: streams) {
      calls = $0
    }
    #expect(landscape.line == [-0.5, -0.25, 0, 0.25, 0.5] && landscape.plane == [-0.5, 0, 0.5])
    #expect(calls == LossLandscape.evaluations(lineSteps: 5, planeSteps: 3) && calls == 14)
    #expect(landscape.lineLosses[2] == surface.loss() && landscape.planeLosses[1][1] == surface.loss())
    let x = LossLandscape.direction(surface.point, streams.stream("landscape x"))
    let y = LossLandscape.direction(surface.point, streams.stream("landscape y"))
    #expect(abs(x.dot(y).double / x.dot(x).double) < 0.5)
    let corner = surface.point.flat + x * 0.5 - y * 0.5
    #expect(abs(landscape.planeLosses[0][2] - surface.loss(at: corner)) < 1e-12)
    #expect(landscape.planeLosses[1][0] == landscape.lineLosses[0])
    let again = LossLandscape(surface, lineSteps: 3, planeSteps: 0, streams: streams)
    #expect(again.planeLosses.isEmpty && again.lineLosses[1] == surface.loss())
  }

  /// The same in plain PyTorch, by its own dense Hessian.
  @Test(.enabled(if: Peer.isAvailable, Comment(rawValue: Peer.missing)))
  func measuresAgreeWithPyTorch() throws {
    let surface = try Self.convnet()
    let folder = try TemporaryFolder()
    var tensors = surface.point.stateDictionary.map { (name: "weights.\($0.name)", tensor: $0.tensor) }
    tensors.append((name: "images", tensor: .concatenated(surface.parts.map(\.images))))
    tensors.append((name: "labels", tensor: .concatenated(surface.parts.map(\.labels))))
    try Safetensors.write(tensors, to: folder.file("start.safetensors"))
    let output = try Peer.run("sharpness_measures", [folder.file("start.safetensors").path, "0.05"])
    struct Values: Decodable {
      var loss: Double
      var eigenvalues: [Double]
      var trace: Double
      var sam: Double
    }
    let values = try JSONDecoder().decode(Values.self, from: Data(output.utf8))
    let hessian = Hessian(surface)
    let found = Eigenvalues(largestOf: hessian, count: 5, tolerance: 1e-8, generator: Generator(seed: 1))
    for (one, other) in zip(found.values, values.eigenvalues) {
      #expect(abs(one - other) < 1e-9 * values.eigenvalues[0])
    }
    #expect(abs(surface.loss() - values.loss) < 1e-12)
    #expect(abs(surface.samSharpness(rho: 0.05) - values.sam) < 1e-12)
    let trace = TraceEstimate(of: hessian, without: found, generator: Generator(seed: 2))
    #expect(abs(trace.value - values.trace) < 4 * trace.standardError)
  }
}
