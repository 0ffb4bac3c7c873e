import Foundation
import Testing
import Torch

/// Convolution by the fastest way, against libtorch's in float64: values and derivatives.
@Suite(.leavesNothing) struct ConvolutionTests {
  struct Case: CustomTestStringConvertible, Sendable {
    var images: [Int]
    var outputs: Int
    var channelsLast = false
    var bias = true
    var padding = 1

    var testDescription: String {
      "\(images) to \(outputs)" + (padding == 1 ? "" : ", \(padding) around")
        + (channelsLast ? ", channels last" : "") + (bias ? ", bias" : "")
    }

    func laidOut(_ x: Tensor) -> Tensor {
      x.contiguous(memoryFormat: channelsLast ? .channelsLast : .contiguous)
    }

    /// Images, weight, and bias if there is one; leaves.
    func inputs() -> [Tensor] {
      let generator = Generator(seed: 3)
      let x = laidOut(Tensor.randn(images, generator: generator))
      let weight = Tensor.randn([outputs, images[1], 3, 3], generator: generator)
      let values = [x, weight] + (bias ? [Tensor.randn([outputs], generator: generator)] : [])
      return values.map { $0.requiresGrad_() }
    }

    func convolved(_ x: [Tensor]) -> Tensor {
      x[0].convolved(with: x[1], bias: x.count > 2 ? x[2] : nil, padding: [padding, padding])
    }

    func plain(_ x: [Tensor]) -> Tensor {
      x[0].conv2d(x[1], bias: x.count > 2 ? x[2] : nil, padding: [padding, padding])
    }

    /// With one zero around.
    static func convolved(_ x: [Tensor]) -> Tensor { Case(images: [], outputs: 0).convolved(x) }
    static func plain(_ x: [Tensor]) -> Tensor { Case(images: [], outputs: 0).plain(x) }
  }

  static let cases: [Case] = [
    Case(images: [4, 16, 8, 8], outputs: 16), Case(images: [3, 32, 16, 16], outputs: 48, bias: false),
    Case(images: [2, 64, 9, 7], outputs: 64), Case(images: [5, 48, 4, 4], outputs: 80),
    Case(images: [20, 16, 1, 1], outputs: 32), Case(images: [3, 16, 1, 33], outputs: 16),
    Case(images: [3, 16, 33, 2], outputs: 16), Case(images: [3, 112, 5, 6], outputs: 96),
    Case(images: [5, 128, 4, 4], outputs: 128), Case(images: [1, 16, 65, 130], outputs: 16),
    Case(images: [33, 64, 8, 8], outputs: 32), Case(images: [4, 16, 7, 7], outputs: 208),
    // Few channels: whole vectors, ragged rows, ragged ends, one row, spans that end within a row.
    Case(images: [4, 3, 32, 32], outputs: 128), Case(images: [5, 1, 28, 28], outputs: 32, bias: false),
    Case(images: [3, 4, 9, 13], outputs: 48), Case(images: [2, 2, 64, 1], outputs: 16),
    Case(images: [3, 3, 1, 71], outputs: 16), Case(images: [40, 3, 16, 8], outputs: 80, bias: false),
    Case(images: [3, 1, 28, 28], outputs: 32, padding: 3),
    Case(images: [3, 3, 7, 9], outputs: 16, padding: 2),
    Case(images: [2, 3, 11, 12], outputs: 32, bias: false, padding: 0),
    Case(images: [1, 3, 16, 16], outputs: 32),
  ]

  static let everyCase = inBothLayouts(cases)

  /// With filters of more than 8 MB: by tiles of 2×2 places, by those of 4×4, and by both, with a last panel that is narrow.
  static let manyFilters = inBothLayouts([
    Case(images: [12, 512, 6, 5], outputs: 528), Case(images: [60, 256, 4, 4], outputs: 256, bias: false),
    Case(images: [20, 272, 9, 7], outputs: 528),
  ])

  private static func inBothLayouts(_ cases: [Case]) -> [Case] {
    cases.flatMap { of in
      var last = of
      last.channelsLast = true
      return [of, last]
    }
  }

  /// Images of few channels go their own way where there are as many as threads. Returns how many threads there were.
  static func onOneThread() -> Int {
    defer { Runtime.threads = 1 }
    return Runtime.threads
  }

  static func exact(_ inputs: [Tensor]) -> [Tensor] {
    inputs.map { $0.detach().to(.float64).requiresGrad_() }
  }

  @Test(arguments: everyCase)
  func valuesAndGradientsAreThoseOfConv2d(_ of: Case) {
    let threads = Self.onOneThread()
    defer { Runtime.threads = threads }
    let inputs = of.inputs()
    let exact = Self.exact(inputs)
    let found = of.convolved(inputs)
    let expected = of.plain(exact)
    #expect(found.dtype == .float32 && found.shape == expected.shape)
    #expect(relativeDistance(found, expected) < 1e-6)
    #expect(relativeDistance(withNoGrad { of.convolved(inputs) }, expected) < 1e-6)
    // The layout of the images is kept where the two can be told apart.
    let format: MemoryFormat = of.channelsLast ? .channelsLast : .contiguous
    #expect(found.isContiguous(of.images[1] == 1 ? .contiguous : format))

    let seed = of.laidOut(normal(expected.shape).to(.float32))
    let gradients = grad(of: [found], wrt: inputs, seeds: [seed])
    let expectedGradients = grad(of: [expected], wrt: exact, seeds: [seed.to(.float64)])
    for (name, pair) in zip(["x", "weight", "bias"], zip(gradients, expectedGradients)) {
      #expect(relativeDistance(pair.0, pair.1) < 2e-6, "gradient of \(name)")
    }
  }

  /// So large that the gradient of the weight is summed in parts.
  @Test(arguments: [false, true])
  func sumsInParts(channelsLast: Bool) {
    let of = Case(images: [40, 128, 16, 16], outputs: 80, channelsLast: channelsLast)
    let inputs = of.inputs()
    let exact = Self.exact(inputs)
    let found = grad(of: Case.convolved(inputs).square().sum(), wrt: inputs)
    let expected = grad(of: Case.plain(exact).square().sum(), wrt: exact)
    for (found, expected) in zip(found, expected) { #expect(relativeDistance(found, expected) < 2e-6) }
  }

  /// Terms of one sign, whose rounding adds up; libtorch's own sums are wrong by 6e-3 here.
  @Test(.enabled(if: hasKernels, "only CPUs with AVX2 have kernels, and only Linux says so"))
  func longSumsStayExact() {
    let ones = [Tensor.ones([20, 16, 256, 256]) * 0.1, Tensor.ones([16, 16, 3, 3])].map { $0.requiresGrad_() }
    let sums = grad(of: Case.convolved(ones).sum(), wrt: [ones[1]])[0]
    let exactOnes = Self.exact(ones)
    #expect(relativeDistance(sums, grad(of: Case.plain(exactOnes).sum(), wrt: [exactOnes[1]])[0]) < 1e-4)
  }

  /// Up to the widest that stays in cache, and beyond.
  @Test(arguments: [1023, 1024, 1025], [false, true]) func wideImages(width: Int, channelsLast: Bool) {
    let of = Case(images: [1, 16, 4, width], outputs: 16, channelsLast: channelsLast)
    let inputs = of.inputs()
    let exact = Self.exact(inputs)
    let (found, expected) = (of.convolved(inputs), of.plain(exact))
    #expect(relativeDistance(found, expected) < 1e-6)
    if Self.hasKernels { #expect(found.equal(of.plain(inputs)) == (width > 1024)) }
    for (found, expected) in zip(
      grad(of: found.sin().sum(), wrt: inputs), grad(of: expected.sin().sum(), wrt: exact))
    {
      #expect(relativeDistance(found, expected) < 5e-6)
    }
  }

  static var hasKernels: Bool {
    #if arch(x86_64)
      if ProcessInfo.processInfo.environment["ATEN_CPU_CAPABILITY"] == "default" { return false }
      return ((try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8)) ?? "").contains(" avx2")
    #else
      return false
    #endif
  }

  /// Through the gradients once and twice more.
  @Test(arguments: everyCase)
  func higherDerivativesAreThoseOfConv2d(_ of: Case) {
    let threads = Self.onOneThread()
    defer { Runtime.threads = threads }
    func derivatives(_ inputs: [Tensor], _ f: ([Tensor]) -> Tensor) -> [[Tensor]] {
      let generator = Generator(seed: 9)
      func slope(_ values: [Tensor]) -> Tensor {
        values.map { value in
          let weights = Tensor.randn(value.shape, generator: generator, dtype: .float64).to(value.dtype)
          return (value * weights).sum()
        }.reduce(Tensor(0.0, dtype: inputs[0].dtype)) { $0 + $1 }
      }
      // Weight and bias are functions of the images, as in a network.
      let scale = inputs[0].mean()
      let values = inputs.enumerated().map { $0 == 0 ? $1 : $1 * (scale + 1) }
      // Of the fourth order, so that the third derivative does not vanish.
      let loss = f(values).mul(0.1).sin().sum()
      let first = grad(of: loss, wrt: inputs, createGraph: true)
      let last = grad(of: slope(first), wrt: inputs, retainGraph: true)
      let second = grad(of: slope(first), wrt: inputs, createGraph: true)
      let third = grad(of: slope(second), wrt: inputs)
      return [first, last, second, third]
    }
    let inputs = of.inputs()
    let found = derivatives(inputs, of.convolved)
    let expected = derivatives(Self.exact(inputs), of.plain)
    for (place, what) in ["first", "second", "second, with a graph", "third"].enumerated() {
      for (name, pair) in zip(["x", "weight", "bias"], zip(found[place], expected[place])) {
        #expect(relativeDistance(pair.0, pair.1) < 2e-5, "\(what) derivative for \(name)")
      }
    }
  }

  @Test func derivativesOfSomeInputsAlone() {
    let of = Case(images: [2, 16, 6, 6], outputs: 32)
    func derivatives(_ inputs: [Tensor], _ f: ([Tensor]) -> Tensor) -> [Tensor] {
      let y = f([inputs[0].detach(), inputs[1], inputs[2].detach()])
      let ofWeight = grad(of: y.square().sum(), wrt: [inputs[1]], createGraph: true)[0]
      let first = grad(of: f(inputs).pow(3).sum(), wrt: inputs[0], createGraph: true)
      return [
        ofWeight, grad(of: ofWeight.square().sum(), wrt: inputs[1]), grad(of: first.sum(), wrt: inputs[1]),
      ]
    }
    let inputs = of.inputs()
    for (found, expected) in zip(
      derivatives(inputs, Case.convolved), derivatives(Self.exact(inputs), Case.plain))
    {
      #expect(relativeDistance(found, expected) < 1e-5)
    }
  }

  /// Views, and gradients that come as others than dense images.
  @Test func layoutsOfAllKinds() {
    let wide = Tensor.randn([2, 16, 8, 12], generator: Generator(seed: 1))
    let weight = Tensor.randn([32, 16, 3, 3], generator: Generator(seed: 2))
    let seen = [
      wide.narrow(dim: 3, start: 2, length: 6), wide.transpose(2, 3), wide.permute([0, 1, 3, 2]),
      wide.contiguous(memoryFormat: .channelsLast).narrow(dim: 2, start: 1, length: 5),
      wide.narrow(dim: 0, start: 0, length: 1).expand([3, 16, 8, 12]),
    ]
    let weights = [
      weight, weight.contiguous(memoryFormat: .channelsLast), weight.transpose(2, 3), weight.flip([0]),
    ]
    for view in seen {
      for weight in weights {
        let inputs = [view.detach().requiresGrad_(), weight.detach().requiresGrad_()]
        let other = Self.exact(inputs)
        let (found, expected) = (Case.convolved(inputs), Case.plain(other))
        #expect(relativeDistance(found, expected) < 1e-6)
        // The sum's gradient is one number seen everywhere.
        let gradients = grad(
          of: (found.sum() + found.transpose(2, 3).contiguous().square().sum()), wrt: inputs)
        let exact = grad(of: (expected.sum() + expected.square().sum()), wrt: other)
        for (found, expected) in zip(gradients, exact) { #expect(relativeDistance(found, expected) < 2e-6) }
      }
    }
  }

  @Test(arguments: [3, 16]) func notANumberPasses(channels: Int) {
    let of = Case(images: [2, channels, 8, 8], outputs: 16)
    let inputs = of.inputs()
    withNoGrad { _ = inputs[0].narrow(dim: 0, start: 0, length: 1).fill_(.real(.nan)) }
    let y = Case.convolved(inputs)
    #expect(y.narrow(dim: 0, start: 0, length: 1).isnan().all().int == 1)
    #expect(y.narrow(dim: 0, start: 1, length: 1).isnan().any().int == 0)
  }

  /// A gradient whose value is left out has the graph that it always has.
  @Test(arguments: [3, 16]) func unreadGradientsOfWeights(channels: Int) {
    let threads = Self.onOneThread()
    defer { Runtime.threads = threads }
    let of = Case(images: [5, channels, 8, 8], outputs: 32)
    func second(_ inputs: [Tensor]) -> (value: Tensor, gradients: [Tensor]) {
      let first = grad(of: Case.convolved(inputs).sin().sum(), wrt: inputs, createGraph: true)
      let seeds = first.enumerated().map { Tensor.randn($1.shape, generator: Generator(seed: UInt64($0))) }
      return (first[1].detach(), grad(of: first, wrt: inputs, seeds: seeds))
    }
    let inputs = of.inputs()
    let (whole, unread) = (second(inputs), withUnreadWeightGradients { second(inputs) })
    for (one, other) in zip(whole.gradients, unread.gradients) { #expect(one.equal(other)) }
    #expect(whole.value.any().int == 1)
    #expect(unread.value.any().int == (Self.hasKernels ? 0 : 1))
    // Elsewhere, and without a graph, gradients are as ever.
    withUnreadWeightGradients {
      #expect(grad(of: Case.convolved(inputs).sum(), wrt: inputs[1]).any().int == 1)
    }
    #expect(second(inputs).value.equal(whole.value))
  }

  /// Images and gradients laid out unlike, x that is the weight, tensors whose memory does not say what they are.
  @Test(arguments: [3, 16]) func unusualTensors(channels: Int) throws {
    let of = Case(images: [3, channels, 8, 8], outputs: 32, bias: false)
    for channelsLast in [false, true] {
      var of = of
      of.channelsLast = channelsLast
      let inputs = of.inputs()
      let exact = Self.exact(inputs)
      let seed = Tensor.randn([3, 32, 8, 8], generator: Generator(seed: 4))
        .contiguous(memoryFormat: channelsLast ? .contiguous : .channelsLast)
      let found = grad(of: [Case.convolved(inputs)], wrt: inputs, seeds: [seed])
      let expected = grad(of: [Case.plain(exact)], wrt: exact, seeds: [seed.to(.float64)])
      for (found, expected) in zip(found, expected) { #expect(relativeDistance(found, expected) < 2e-6) }
    }

    let own = Tensor.randn([16, 16, 3, 3], generator: Generator(seed: 5)).requiresGrad_()
    let wide = Tensor.concatenated([own, own, own, own], dim: 2)
    let exactOwn = own.detach().to(.float64).requiresGrad_()
    let exactWide = Tensor.concatenated([exactOwn, exactOwn, exactOwn, exactOwn], dim: 2)
    #expect(
      relativeDistance(
        grad(of: Case.convolved([wide, own]).square().sum(), wrt: own),
        grad(of: Case.plain([exactWide, exactOwn]).square().sum(), wrt: exactOwn)) < 2e-6)

    let inputs = of.inputs().map { $0.detach() }
    for place in 0..<2 {
      for name in ["aten::_neg_view", "aten::_efficientzerotensor"] {
        var unusual = inputs
        let argument: OperatorValue =
          name == "aten::_neg_view" ? .tensor(inputs[place]) : .ints(inputs[place].shape)
        unusual[place] = try #require(try TorchOperator(name)([argument])[0].tensor)
        let usual = place == 0 ? [unusual[0] + 0, inputs[1]] : [inputs[0], unusual[1] + 0]
        #expect(relativeDistance(Case.convolved(unusual), Case.plain(usual)) < 1e-6)
      }
    }
  }

  @Test func misfitsAreRefused() {
    let x = Tensor.randn([2, 16, 8, 8])
    for (stride, padding) in [([1, 1], []), ([1, 1], [1, 1, 1]), ([], [1, 1]), ([1, 1, 1], [1, 1])] {
      #expect(throws: TorchError.self) {
        try catchingTorchErrors {
          x.convolved(with: Tensor.ones([16, 16, 3, 3]), stride: stride, padding: padding)
        }
      }
    }
    for (weight, bias) in [
      (Tensor.ones([16, 32, 3, 3]), nil), (Tensor.ones([16, 16, 3, 3]), Tensor.ones([15])),
      (Tensor.ones([16, 16, 3, 3]), Tensor.ones([16, 1])),
      (Tensor.ones([16, 16, 3, 3], dtype: .float64), nil), (Tensor.ones([16, 16, 3]), nil),
    ] as [(Tensor, Tensor?)] {
      #expect(throws: TorchError.self) {
        try catchingTorchErrors { x.convolved(with: weight, bias: bias, padding: [1, 1]) }
      }
    }
  }
}
