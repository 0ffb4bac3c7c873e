import Testing
import Torch

/// Which way a convolution goes, and that the ways agree: large tiles and small, panels and chunks, any number of threads.
@Suite(.leavesNothing) struct ConvolutionWaysTests {
  typealias Case = ConvolutionTests.Case

  @Test(.enabled(if: ConvolutionTests.hasKernels, "only CPUs with AVX2 have kernels, and only Linux says so"))
  func kernelsRun() {
    let threads = ConvolutionTests.onOneThread()
    defer { Runtime.threads = threads }
    // The sums of nine products, and those of one image of few channels, are libtorch's to the bit.
    for of in ConvolutionTests.everyCase where of.images[1] > 1 && (of.images[0] > 1 || of.images[1] >= 16) {
      let inputs = of.inputs()
      let small = of.images[1] >= 16 && (of.images[2] == 1 || of.images[3] == 1)
      #expect(of.convolved(inputs).equal(of.plain(inputs)) == small, "\(of)")
    }
  }

  /// Where no gradients are recorded, tiles of 4×4 places are taken where they pay; bits tell.
  @Test(
    arguments: [
      Case(images: [70, 16, 9, 7], outputs: 32), Case(images: [33, 64, 8, 8], outputs: 80, bias: false),
      Case(images: [12, 32, 13, 18], outputs: 16), Case(images: [80, 48, 4, 4], outputs: 48),
      Case(images: [1, 16, 65, 130], outputs: 208), Case(images: [60, 256, 4, 4], outputs: 256),
      Case(images: [100, 16, 3, 10], outputs: 16, bias: false),
    ], [false, true])
  func largeTiles(_ planes: Case, channelsLast: Bool) {
    var of = planes
    of.channelsLast = channelsLast
    let inputs = of.inputs().map { $0.detach() }
    let expected = of.plain(ConvolutionTests.exact(inputs)).detach()
    let (found, fine) = (withNoGrad { of.convolved(inputs) }, of.convolved(inputs))
    // Tiles of 2×2 places are wrong by 2e-7 to 3e-7, libtorch's sums by 3e-7 to 7e-7, these by 7e-7 to 8e-7.
    #expect(relativeDistance(found, expected) < 1.2e-6)
    #expect(!ConvolutionTests.hasKernels || !found.equal(fine))
    #expect(found.isContiguous(channelsLast ? .channelsLast : .contiguous))
    if of.images[0] > 1 {
      withNoGrad {
        _ = inputs[0][1].fill_(.real(.nan))
        let y = of.convolved(inputs)
        #expect(y[1].isnan().all().int == 1 && y.isnan().sum().int == y[1].shape.reduce(1, *))
      }
    }
  }

  /// Filters that do not stay in cache are worked on by panels where those are as many as threads, else by chunks of tiles.
  @Test(arguments: ConvolutionTests.manyFilters)
  func panelsHaveTheBitsOfChunks(_ of: Case) {
    let threads = Runtime.threads
    defer { Runtime.threads = threads }
    let inputs = of.inputs()
    let exact = ConvolutionTests.exact(inputs)
    let expected = of.plain(exact)
    let seed = of.laidOut(normal(expected.shape).to(.float32))
    let slope = grad(of: [expected], wrt: [exact[0]], seeds: [seed.to(.float64)])[0]
    let results = [1, 3, 40].map { count -> [Tensor] in
      Runtime.threads = count
      let y = of.convolved(inputs)
      return [
        y.detach(), withNoGrad { of.convolved(inputs) }, grad(of: [y], wrt: [inputs[0]], seeds: [seed])[0],
      ]
    }
    for (value, exact) in zip(results[0], [expected, expected, slope]) {
      #expect(relativeDistance(value, exact) < 1.2e-6)
    }
    guard ConvolutionTests.hasKernels else { return }
    for other in results.dropFirst() {
      for (one, other) in zip(results[0], other) { #expect(one.equal(other)) }
    }
  }

  /// What has no kernels is libtorch's to the bit.
  @Test func allElseIsConv2d() {
    let x = Tensor.randn([2, 16, 8, 8], generator: Generator(seed: 1))
    let weight = Tensor.randn([16, 16, 3, 3], generator: Generator(seed: 2))
    #expect(x.convolved(with: weight).equal(x.conv2d(weight)))
    #expect(
      x.convolved(with: weight, stride: [2, 2], padding: [1, 1])
        .equal(x.conv2d(weight, stride: [2, 2], padding: [1, 1])))
    let double = x.to(.float64)
    #expect(
      double.convolved(with: weight.to(.float64), padding: [1, 1])
        .equal(double.conv2d(weight.to(.float64), padding: [1, 1])))
    let colors = x.narrow(dim: 1, start: 0, length: 5)
    let thin = weight.narrow(dim: 1, start: 0, length: 5)
    #expect(colors.convolved(with: thin, padding: [1, 1]).equal(colors.conv2d(thin, padding: [1, 1])))
    autocast(.bfloat16) {
      let y = x.convolved(with: weight, padding: [1, 1])
      #expect(y.dtype == .bfloat16 && y.equal(x.conv2d(weight, padding: [1, 1])))
    }
  }

  @Test func bitsDoNotDependOnTheNumberOfThreads() throws {
    let threads = Runtime.threads
    defer { Runtime.threads = threads }
    for of in [
      Case(images: [9, 32, 10, 12], outputs: 64),
      Case(images: [40, 128, 16, 16], outputs: 128, channelsLast: true),
      Case(images: [37, 3, 12, 11], outputs: 64),
    ] {
      let results = [1, 2, 3].map { count -> [Tensor]? in
        Runtime.threads = count
        let inputs = of.inputs()
        let y = Case.convolved(inputs)
        // The bits of libtorch's own, where there are no kernels, do.
        if y.equal(Case.plain(inputs)) { return nil }
        return [y.detach(), withNoGrad { Case.convolved(inputs) }] + grad(of: y.square().sum(), wrt: inputs)
      }
      guard let one = results[0] else { continue }
      for other in results.dropFirst() {
        for (one, other) in zip(one, try #require(other)) { #expect(one.equal(other)) }
      }
    }
  }
}
