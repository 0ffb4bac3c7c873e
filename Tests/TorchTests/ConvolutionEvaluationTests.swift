import Testing
import Torch

/// A convolution with what a network has after it in evaluation, against the same composed in float64.
@Suite(.leavesNothing) struct ConvolutionEvaluationTests {
  typealias Case = ConvolutionTests.Case

  /// With batch norm by given statistics, a residual and ReLU: on the way out where there are kernels for that.
  @Test(arguments: ConvolutionTests.everyCase + ConvolutionTests.manyFilters, [0, 1, 2, 3])
  func normalizedOnTheWay(_ of: Case, _ what: Int) {
    let (relu, adds) = (what & 1 == 1, what & 2 == 2)
    let inputs = of.inputs()
    let generator = Generator(seed: 6)
    func numbers() -> Tensor { .randn([of.outputs], generator: generator) }
    let (mean, variance, scale, shift) = (numbers(), numbers().square() + 0.1, numbers(), numbers())
    let growth = 2 * (of.padding - 1)
    let shape = [of.images[0], of.outputs, of.images[2] + growth, of.images[3] + growth]
    let residual = adds ? of.laidOut(Tensor.randn(shape, generator: generator)) : nil
    func normalized(_ x: [Tensor], _ type: DType, pooled: Bool = false) -> Tensor {
      x[0].convolved(
        with: x[1], bias: x.count > 2 ? x[2] : nil, padding: [of.padding, of.padding],
        normalizedBy: (mean.to(type), variance.to(type)), scale: scale.to(type), shift: shift.to(type),
        adding: residual?.to(type), relu: relu, pooled: pooled)
    }
    let exact = ConvolutionTests.exact(inputs)
    let plain = of.plain(exact)
    func wide(_ numbers: Tensor) -> Tensor { numbers.to(.float64).view([1, of.outputs, 1, 1]) }
    var expected = (plain - wide(mean)) / (wide(variance) + 1e-5).sqrt() * wide(scale) + wide(shift)
    if let residual { expected = expected + residual.to(.float64) }
    if relu { expected = expected.relu() }
    let found = withNoGrad { normalized(inputs, .float32) }
    #expect(found.dtype == .float32 && found.shape == shape && !found.requiresGrad)
    #expect(relativeDistance(found, expected) < 2e-6)
    #expect(found.isContiguous(of.channelsLast && of.images[1] > 1 ? .channelsLast : .contiguous))
    // Other types, and with gradients: composed.
    #expect(relativeDistance(withNoGrad { normalized(exact, .float64) }, expected) < 1e-12)
    let followed = normalized(inputs, .float32)
    #expect(followed.requiresGrad && relativeDistance(followed, expected) < 2e-6)
    if shape[2] > 1, shape[3] > 1 {
      let pooled = withNoGrad { normalized(inputs, .float32, pooled: true) }
      #expect(relativeDistance(pooled, expected.avgPool2d([2, 2], stride: [2, 2])) < 2e-6)
    }
  }

  /// A residual that lies otherwise, and one that no kernel can add.
  @Test func residualsOfOtherLayouts() {
    let of = Case(images: [3, 16, 8, 8], outputs: 32)
    let inputs = of.inputs().map { $0.detach() }
    let numbers = Tensor.rand([32], generator: Generator(seed: 1)) + 0.5
    let residual = Tensor.randn([3, 32, 8, 8], generator: Generator(seed: 2))
    for images in [inputs[0], inputs[0].contiguous(memoryFormat: .channelsLast)] {
      for rest in [
        residual, residual.contiguous(memoryFormat: .channelsLast), residual[0].expand([3, 32, 8, 8]),
      ] {
        func normalized(_ x: Tensor, adding: Tensor?) -> Tensor {
          withNoGrad {
            x.convolved(
              with: inputs[1], bias: inputs[2], padding: [1, 1], normalizedBy: (numbers, numbers),
              scale: numbers,
              shift: numbers, adding: adding)
          }
        }
        #expect(
          relativeDistance(normalized(images, adding: rest), normalized(images, adding: nil) + rest) < 1e-6)
      }
    }
    // One image's, and one row's, are added to all, as everywhere; nothing else is.
    func normalized(_ adding: Tensor?) -> Tensor {
      withNoGrad {
        inputs[0].contiguous(memoryFormat: .channelsLast).convolved(
          with: inputs[1], padding: [1, 1], normalizedBy: (numbers, numbers), scale: numbers, shift: numbers,
          adding: adding)
      }
    }
    for small in [residual.narrow(dim: 0, start: 0, length: 1), residual[0][0][0]] {
      #expect(relativeDistance(normalized(small), normalized(nil) + small) < 1e-6)
    }
    #expect(throws: TorchError.self) {
      try catchingTorchErrors { normalized(residual.narrow(dim: 0, start: 0, length: 2)) }
    }
  }

  /// On the way out a number is rounded once less than in operations of their own, so that bits tell the two apart.
  @Test(.enabled(if: ConvolutionTests.hasKernels, "only CPUs with AVX2 have kernels, and only Linux says so"))
  func theWayOutIsTaken() throws {
    for channelsLast in [false, true] {
      let of = Case(images: [3, 16, 8, 8], outputs: 32, channelsLast: channelsLast)
      let inputs = of.inputs().map { $0.detach() }
      let (mean, scale) = (
        Tensor.randn([32], generator: Generator(seed: 1)), Tensor.randn([32], generator: Generator(seed: 2))
      )
      let residual =
        channelsLast ? of.laidOut(Tensor.randn([3, 32, 8, 8], generator: Generator(seed: 3))) : nil
      func onTheWay(_ x: Tensor, _ weight: Tensor, _ adding: Tensor?) -> Tensor {
        withNoGrad {
          x.convolved(
            with: weight, bias: inputs[2], padding: [1, 1], normalizedBy: (mean, mean.square()), scale: scale,
            shift: mean, adding: adding, relu: true)
        }
      }
      let whole = onTheWay(inputs[0], inputs[1], residual)
      let apart = withNoGrad {
        Case.convolved(inputs).batchNormalized(
          by: (mean, mean.square()), scale: scale, shift: mean, adding: residual, relu: true)
      }
      #expect(relativeDistance(whole, apart) < 1e-6 && !whole.equal(apart))
      // NaN passes ReLU, and numbers that memory does not show as they are count as they are.
      let broken = inputs[0].clone()
      _ = broken[0].fill_(.real(.nan))
      #expect(onTheWay(broken, inputs[1], residual)[0].isnan().all().int == 1)
      let negated = try #require(try TorchOperator("aten::_neg_view")([.tensor(inputs[0])])[0].tensor)
      #expect(onTheWay(negated, inputs[1], residual).equal(onTheWay(negated + 0, inputs[1], residual)))
      if let residual {
        let other = try #require(try TorchOperator("aten::_neg_view")([.tensor(residual)])[0].tensor)
        #expect(onTheWay(inputs[0], inputs[1], other).equal(onTheWay(inputs[0], inputs[1], other + 0)))
      }
    }
  }
}
