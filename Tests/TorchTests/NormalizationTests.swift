import Testing
import Torch

/// Normalisation as one operation, against the same composed of libtorch's operations: values, gradients, gradients of
/// gradients.
@Suite(.leavesNothing) struct NormalizationTests {
  struct Case: CustomTestStringConvertible, Sendable {
    /// 0: over the batch.
    var groups: Int
    var channelsLast = false
    var relu = true
    var pooled = false
    var residual = false
    var shape = [3, 8, 6, 6]

    var testDescription: String {
      (groups == 0 ? "batch" : "\(groups) groups") + (channelsLast ? ", channels last" : "")
        + (residual ? ", residual" : "") + (relu ? ", relu" : "") + (pooled ? ", pooled" : "") + " \(shape)"
    }

    func fused(_ x: [Tensor]) -> Tensor {
      groups == 0
        ? x[0].batchNormalized(
          scale: x[1], shift: x[2], adding: residual ? x[3] : nil, relu: relu, pooled: pooled)
        : x[0].groupNormalized(groups: groups, scale: x[1], shift: x[2], relu: relu, pooled: pooled)
    }

    func composed(_ x: [Tensor]) -> Tensor {
      var y =
        groups == 0
        ? x[0].batchNorm(
          weight: x[1], bias: x[2], runningMean: nil, runningVar: nil, training: true, momentum: 0, eps: 1e-5,
          cudnnEnabled: false)
        : x[0].groupNorm(numGroups: groups, weight: x[1], bias: x[2], eps: 1e-5)
      if residual { y = y + x[3] }
      if relu { y = y.relu() }
      return pooled ? y.avgPool2d([2, 2], stride: [2, 2]) : y
    }

    /// Images off centre, scale, shift and residual; leaves.
    func inputs(_ dtype: DType = .float64, weights: DType? = nil) -> [Tensor] {
      let generator = Generator(seed: 3)
      func normal(_ shape: [Int]) -> Tensor { .randn(shape, generator: generator, dtype: .float64) }
      func images(_ tensor: Tensor) -> Tensor {
        tensor.to(dtype).contiguous(memoryFormat: channelsLast ? .channelsLast : .contiguous)
      }
      let x = images(normal(shape) * 2 + 1)
      let channels = [shape[1]]
      let values = [
        x, normal(channels).to(weights ?? dtype), normal(channels).to(weights ?? dtype),
        images(normal(shape)),
      ]
      return values.prefix(residual ? 4 : 3).map { $0.requiresGrad_() }
    }
  }

  static let cases: [Case] = [
    Case(groups: 8), Case(groups: 8, relu: false), Case(groups: 8, pooled: true),
    Case(groups: 8, relu: false, pooled: true), Case(groups: 2), Case(groups: 4, pooled: true),
    Case(groups: 1),
    Case(groups: 4, pooled: true, shape: [2, 4, 7, 5]), Case(groups: 3, shape: [2, 3, 28, 28]),
    Case(groups: 16, pooled: true, shape: [2, 16, 32, 32]), Case(groups: 2, shape: [1, 2, 1, 3]),
    Case(groups: 0), Case(groups: 0, relu: false), Case(groups: 0, pooled: true),
    Case(groups: 0, residual: true),
    Case(groups: 0, relu: false, residual: true), Case(groups: 0, shape: [130, 5, 1, 1]),
    Case(groups: 0, channelsLast: true), Case(groups: 0, channelsLast: true, relu: false),
    Case(groups: 0, channelsLast: true, residual: true),
    Case(groups: 0, channelsLast: true, relu: false, residual: true),
    Case(groups: 0, channelsLast: true, shape: [5, 67, 9, 11]),
    Case(groups: 0, channelsLast: true, residual: true, shape: [40, 16, 16, 16]),
    // Composed: no kernels for these.
    Case(groups: 4, channelsLast: true), Case(groups: 0, channelsLast: true, pooled: true),
  ]

  @Test(arguments: cases, [DType.float64, .float32, .bfloat16])
  func valuesAndGradientsAreThoseOfTheComposition(_ of: Case, _ dtype: DType) {
    // As under autocast: weights in float32 beside images in bfloat16.
    let inputs = of.inputs(dtype, weights: dtype == .bfloat16 ? .float32 : nil)
    // What is compared with is computed in float64 from the same numbers.
    let exact = inputs.map { $0.detach().to(.float64).requiresGrad_() }
    let tolerance = [DType.float64: 1e-12, .float32: 2e-6, .bfloat16: 8e-3][dtype]!

    let found = of.fused(inputs)
    let expected = of.composed(exact)
    #expect(found.dtype == dtype && found.shape == expected.shape)
    #expect(relativeDistance(found, expected) < tolerance)
    #expect(relativeDistance(withNoGrad { of.fused(inputs) }, expected) < tolerance)

    let seed = normal(expected.shape)
    let gradients = grad(of: [found], wrt: inputs, seeds: [seed.to(dtype)])
    let expectedGradients = grad(of: [expected], wrt: exact, seeds: [seed.to(dtype).to(.float64)])
    for (name, pair) in zip(["x", "scale", "shift", "residual"], zip(gradients, expectedGradients)) {
      #expect(relativeDistance(pair.0, pair.1) < tolerance * 4, "gradient of \(name)")
    }
  }

  /// By statistics that are given, with kernels and without.
  @Test(arguments: cases.filter { $0.groups == 0 }, [DType.float64, .float32, .bfloat16])
  func givenStatistics(_ of: Case, _ dtype: DType) {
    let weights: DType = dtype == .bfloat16 ? .float32 : dtype
    let inputs = of.inputs(dtype, weights: weights)
    let channels = [of.shape[1]]
    let mean = Tensor.randn(channels, generator: Generator(seed: 5), dtype: .float64).to(weights)
    let variance = Tensor.rand(channels, generator: Generator(seed: 6), dtype: .float64).to(weights) + 0.1
    func normalized(_ x: [Tensor]) -> Tensor {
      x[0].batchNormalized(
        by: (mean, variance), scale: x[1], shift: x[2], adding: of.residual ? x[3] : nil, relu: of.relu,
        pooled: of.pooled)
    }
    let exact = inputs.map { $0.detach().to(.float64) }
    func laidOut(_ weight: Tensor) -> Tensor { weight.to(.float64).view([1, channels[0], 1, 1]) }
    var expected = (exact[0] - laidOut(mean)) / (laidOut(variance) + 1e-5).sqrt()
    expected = expected * laidOut(exact[1]) + laidOut(exact[2])
    if of.residual { expected = expected + exact[3] }
    if of.relu { expected = expected.relu() }
    if of.pooled { expected = expected.avgPool2d([2, 2], stride: [2, 2]) }

    let tolerance = [DType.float64: 1e-12, .float32: 2e-6, .bfloat16: 8e-3][dtype]!
    let found = withNoGrad { normalized(inputs) }
    #expect(found.dtype == dtype && found.shape == expected.shape && !found.requiresGrad)
    #expect(relativeDistance(found, expected) < tolerance)
    if of.channelsLast && !of.pooled { #expect(found.isContiguous(.channelsLast)) }
    // With gradients, which are libtorch's.
    let followed = normalized(inputs)
    #expect(relativeDistance(followed, expected) < tolerance)
    let others = exact.map { $0.requiresGrad_() }
    var composed = others[0].batchNorm(
      weight: others[1], bias: others[2], runningMean: mean.to(.float64), runningVar: variance.to(.float64),
      training: false,
      momentum: 0, eps: 1e-5, cudnnEnabled: false)
    if of.residual { composed = composed + others[3] }
    if of.relu { composed = composed.relu() }
    if of.pooled { composed = composed.avgPool2d([2, 2], stride: [2, 2]) }
    let seed = normal(composed.shape)
    for (found, expected) in zip(
      grad(of: [followed], wrt: inputs, seeds: [seed.to(dtype)]),
      grad(of: [composed], wrt: others, seeds: [seed]))
    {
      // Rounding to bfloat16 moves some sums across ReLU's edge.
      #expect(relativeDistance(found, expected) < (dtype == .bfloat16 ? 8 : 2) * tolerance)
    }
    // Numbers that memory does not show as they are.
    if let negated = try? TorchOperator("aten::_neg_view")([.tensor(inputs[0].detach())])[0].tensor {
      #expect(
        relativeDistance(
          withNoGrad { normalized([negated] + inputs.dropFirst()) },
          withNoGrad { normalized([negated + 0] + inputs.dropFirst()) }) < tolerance)
    }
  }

  /// Through the gradients once and twice more, in float64.
  @Test(arguments: cases)
  func higherDerivativesAreThoseOfTheComposition(_ of: Case) {
    func derivatives(_ f: ([Tensor]) -> Tensor) -> [[Tensor]] {
      let inputs = of.inputs()
      let generator = Generator(seed: 9)
      func slope(_ values: [Tensor]) -> Tensor {
        values.map { ($0 * Tensor.randn($0.shape, generator: generator, dtype: .float64)).sum() }
          .reduce(Tensor(0.0)) { $0 + $1 }
      }
      // Scale, shift, residual and the gradient given are functions of the images, as in a network.
      var values = [inputs[0], inputs[1] * inputs[0].mean(), inputs[2] + inputs[1]]
      if inputs.count > 3 { values.append(inputs[3] * inputs[0]) }
      let output = f(values)
      let loss = (output * output.sin()).sum()
      let first = grad(of: loss, wrt: inputs, createGraph: true)
      // Kernels where nothing follows, operations of libtorch's where a third derivative does.
      let last = grad(of: slope(first), wrt: inputs, retainGraph: true)
      let second = grad(of: slope(first), wrt: inputs, createGraph: true)
      let third = grad(of: slope(second), wrt: inputs)
      return [first, last, second, third]
    }
    let found = derivatives(of.fused)
    let expected = derivatives(of.composed)
    for (place, what) in ["first", "second, by kernels", "second", "third"].enumerated() {
      for (name, pair) in zip(["x", "scale", "shift", "residual"], zip(found[place], expected[place])) {
        #expect(relativeDistance(pair.0, pair.1) < 1e-10, "\(what) derivative for \(name)")
      }
    }
  }

  /// Through the gradients once more with numbers of float32, against float64.
  @Test(arguments: cases) func secondDerivativesInFloat32(_ of: Case) {
    func second(_ inputs: [Tensor], _ f: ([Tensor]) -> Tensor) -> [Tensor] {
      let generator = Generator(seed: 9)
      func seeds(_ values: [Tensor]) -> [Tensor] {
        values.map { Tensor.randn($0.shape, generator: generator, dtype: .float64).to($0.dtype) }
      }
      let output = [f(inputs)]
      let some = Array(inputs.prefix(2))
      let first = grad(of: output, wrt: some, seeds: seeds(output), createGraph: true)
      return grad(of: first, wrt: some, seeds: seeds(first))
    }
    let inputs = of.inputs(.float32)
    let exact = inputs.map { $0.detach().to(.float64).requiresGrad_() }
    for (name, pair) in zip(["x", "scale"], zip(second(inputs, of.fused), second(exact, of.composed))) {
      #expect(relativeDistance(pair.0, pair.1) < 2e-5, "second derivative for \(name)")
    }
  }

  @Test func secondDerivativesOfSomeInputsAlone() {
    let of = Case(groups: 8, pooled: true)
    func second(_ f: ([Tensor]) -> Tensor) -> Tensor {
      let inputs = of.inputs()
      let first = grad(of: f(inputs).square().sum(), wrt: [inputs[1]], createGraph: true)
      return grad(of: first[0].square().sum(), wrt: inputs[0])
    }
    #expect(relativeDistance(second(of.fused), second(of.composed)) < 1e-11)
  }

  @Test(arguments: [false, true])
  func runningStatisticsMoveAsInBatchNorm(channelsLast: Bool) {
    let of = Case(groups: 0, channelsLast: channelsLast)
    let x = of.inputs()
    let statistics = (0..<2).map { _ in
      (Tensor.zeros([8], dtype: .float64), Tensor.ones([8], dtype: .float64))
    }
    _ = x[0].batchNormalized(scale: x[1], shift: x[2], running: statistics[0], momentum: 0.3, relu: true)
    _ = x[0].batchNorm(
      weight: x[1], bias: x[2], runningMean: statistics[1].0, runningVar: statistics[1].1, training: true,
      momentum: 0.3, eps: 1e-5, cudnnEnabled: false)
    #expect(relativeDistance(statistics[0].0, statistics[1].0) < 1e-12)
    #expect(relativeDistance(statistics[0].1, statistics[1].1) < 1e-12)
  }

  /// Values of one sign, whose rounding adds up; a plane of one value has deviations of that alone.
  @Test(
    arguments: [
      Case(groups: 0, relu: false), Case(groups: 1, relu: false),
      Case(groups: 0, channelsLast: true, relu: false),
    ])
  func longSumsStayExact(_ of: Case) {
    let x = Tensor.full([1, 2, 512, 512], .real(0.1))
      .contiguous(memoryFormat: of.channelsLast ? .channelsLast : .contiguous).requiresGrad_()
    let (scale, shift) = (Tensor.ones([2]).requiresGrad_(), Tensor.zeros([2]).requiresGrad_())
    let y = of.fused([x, scale, shift])
    #expect(y.abs().max().double < 2e-4)
    let gradient = grad(of: (y * 0.1).sum(), wrt: shift)
    #expect(relativeDistance(gradient, Tensor.full([2], .real(0.1 * 512 * 512))) < 1e-5)
  }

  @Test func notANumberPasses() {
    for of in [Case(groups: 8), Case(groups: 8, pooled: true), Case(groups: 0, channelsLast: true)] {
      let inputs = of.inputs(.float32)
      withNoGrad { _ = inputs[0].narrow(dim: 0, start: 0, length: 1).fill_(.real(.nan)) }
      #expect(of.fused(inputs).isnan().any().int == 1)
    }
  }

  @Test func bitsDoNotDependOnTheNumberOfThreads() {
    let threads = Runtime.threads
    defer { Runtime.threads = threads }
    for of in [Case(groups: 8, pooled: true), Case(groups: 0, channelsLast: true, shape: [20, 24, 9, 9])] {
      let results = [1, 2].map { count -> [Tensor] in
        Runtime.threads = count
        let inputs = of.inputs(.float32)
        let y = of.fused(inputs)
        return [y.detach()] + grad(of: y.square().sum(), wrt: inputs)
      }
      for (one, two) in zip(results[0], results[1]) { #expect(one.equal(two)) }
    }
  }

  @Test func misfitsAreRefused() {
    let x = Tensor.randn([2, 6, 4, 4])
    let weight = Tensor.ones([6])
    #expect(throws: TorchError.self) {
      try catchingTorchErrors { x.groupNormalized(groups: 4, scale: weight, shift: weight) }
    }
    #expect(throws: TorchError.self) {
      try catchingTorchErrors { x.groupNormalized(groups: 0, scale: weight, shift: weight) }
    }
    #expect(throws: TorchError.self) {
      try catchingTorchErrors { x.groupNormalized(groups: 2, scale: Tensor.ones([5]), shift: weight) }
    }
    #expect(throws: TorchError.self) {
      try catchingTorchErrors {
        x.batchNormalized(scale: weight, shift: weight, adding: Tensor.ones([3, 6, 4, 4]))
      }
    }
    #expect(throws: TorchError.self) {
      try catchingTorchErrors {
        Tensor.randn([1, 6, 1, 1]).batchNormalized(scale: weight, shift: weight)
      }
    }
    for statistics in [(Tensor.ones([5]), weight), (weight, Tensor.ones([5]))] {
      #expect(throws: TorchError.self) {
        try catchingTorchErrors {
          withNoGrad { x.batchNormalized(by: statistics, scale: weight, shift: weight) }
        }
      }
      #expect(throws: TorchError.self) {
        try catchingTorchErrors { x.batchNormalized(scale: weight, shift: weight, running: statistics) }
      }
      // What is refused moves nothing.
      for statistic in [statistics.0, statistics.1] { #expect(statistic.equal(Tensor.ones(statistic.shape))) }
    }
    // Types that libtorch cannot mix are refused at once, not in a later derivative.
    let channelsLast = x.contiguous(memoryFormat: .channelsLast)
    #expect(throws: TorchError.self) {
      try catchingTorchErrors {
        channelsLast.batchNormalized(scale: weight.to(.float64), shift: weight.to(.float64))
      }
    }
  }
}
