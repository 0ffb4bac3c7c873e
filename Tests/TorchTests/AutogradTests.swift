import Testing
import Torch

/// Gradients, against finite differences in float64 and closed forms.
@Suite(.leavesNothing) struct AutogradTests {
  /// Scalar functions of a vector of six.
  enum Composed: String, CaseIterable {
    case polynomial, quotient, entropy, views, solution, convolution, normalised, gathered, inPlace

    func callAsFunction(_ x: Tensor) -> Tensor {
      switch self {
      case .polynomial: return (x * x * x * 0.5 - x * 2 + 1).sum()
      case .quotient: return (x.sin() * x.exp()).sum() / (1 + x.square().sum())
      case .entropy: return -(x.softmax(dim: 0) * x.logSoftmax(dim: 0)).sum()
      case .views: return (x[0..<3] * x[3..<6].flip([0]) + x[2]).tanh().sum()
      case .solution:
        let matrix = x[0..<4].reshape([2, 2]) + Tensor.eye(2, dtype: .float64) * 5
        return matrix.solve(x[4..<6]).square().sum()
      case .convolution:
        let kernel = Tensor([0.5, -1, 0.25, 2], shape: [1, 1, 4], dtype: .float64)
        return x.reshape([1, 1, 6]).conv1d(kernel, padding: [1]).gelu().sum()
      case .normalised: return (x.reshape([2, 3]).layerNorm([3]) * x.reshape([2, 3])).square().sum()
      case .gathered:
        let index = Tensor([5, 0, 0] as [Int])
        return x.indexSelect(dim: 0, index).logsumexp(dim: [0]) * x.cumsum(dim: 0)[4]
      case .inPlace:
        let y = x * 2
        y.exp_()
        return (y * x).sum()
      }
    }
  }

  private let point = Tensor([0.3, -0.7, 1.1, 0.2, -0.4, 0.9])

  @Test(arguments: Composed.allCases)
  func gradientIsTheLimitOfDifferences(_ f: Composed) {
    let x = point.clone().requiresGrad_()
    let found = grad(of: f(x), wrt: x)
    let expected = finiteDifferences(of: { f($0) }, at: point)
    #expect(distance(found, expected) < 1e-8)
    #expect(expected.abs().max().double > 0.01, "a flat function shows nothing")
  }

  @Test(arguments: Composed.allCases)
  func gradientOfTheGradientIsTheLimitOfItsDifferences(_ f: Composed) {
    let direction = normal([6])
    func slope(_ x: Tensor, createGraph: Bool = false) -> Tensor {
      (grad(of: f(x), wrt: x, createGraph: createGraph) * direction).sum()
    }
    let x = point.clone().requiresGrad_()
    let found = grad(of: slope(x, createGraph: true), wrt: x)
    let expected = finiteDifferences(of: { slope($0.requiresGrad_()) }, at: point)
    #expect(distance(found, expected) < 1e-7)
  }

  @Test func derivativesOfAPowerToTheFourthOrder() {
    let x = Tensor([2.0]).requiresGrad_()
    var y = x.pow(5)
    for expected in [80.0, 160, 240, 240] {
      y = grad(of: y, wrt: x, createGraph: true)
      #expect(y.double == expected)
    }
  }

  @Test func unusedInputs() throws {
    let x = Tensor([2.0]).requiresGrad_()
    let unused = Tensor([3.0]).requiresGrad_()
    let found = grad(of: x * x, wrt: [x, unused], allowUnused: true)
    #expect(found[0].double == 4)
    #expect(!found[1].isDefined)
    let error = #expect(throws: TorchError.self) {
      try catchingTorchErrors { grad(of: x * x, wrt: [x, unused]) }
    }
    #expect(error?.message.contains("not have been used") == true)
  }

  @Test func seedsWeighTheOutputs() throws {
    let x = Tensor([1.0, 2, 3]).requiresGrad_()
    let y = x * x
    let found = grad(of: [y, x.sum()], wrt: [x], seeds: [Tensor([1.0, 10, 100]), nil])[0]
    #expect(found.array() == [3.0, 41, 601])
    #expect(throws: TorchError.self) { try catchingTorchErrors { grad(of: x * x, wrt: x) } }
    let error = #expect(throws: TorchError.self) {
      try catchingTorchErrors { grad(of: [x.sum()], wrt: [x], seeds: []) }
    }
    #expect(error?.kind == .value)
  }

  @Test func gradientsAreTakenWithRespectToIntermediateTensorsToo() {
    let x = Tensor([3.0]).requiresGrad_()
    let square = x * x
    #expect(grad(of: square * square + x, wrt: square).double == 18)
  }

  @Test func gradLeavesTheLeavesAlone() {
    let x = Tensor([3.0]).requiresGrad_()
    _ = grad(of: x * x, wrt: x)
    #expect(x.grad == nil)
  }

  @Test func backwardAddsUp() {
    let x = Tensor([3.0]).requiresGrad_()
    (x * x).sum().backward()
    (x * 5).backward(Tensor([2.0]))
    #expect(x.grad?.double == 16)
    x.grad = nil
    #expect(x.grad == nil)
    x.grad = Tensor([7.0])
    #expect(x.grad?.double == 7)
  }

  @Test func aGraphServesOnceUnlessRetained() throws {
    let x = Tensor([3.0]).requiresGrad_()
    let y = (x * x).sum()
    #expect(grad(of: y, wrt: x, retainGraph: true).double == 6)
    #expect(grad(of: y, wrt: x).double == 6)
    let error = #expect(throws: TorchError.self) { try catchingTorchErrors { grad(of: y, wrt: x) } }
    #expect(error?.message.contains("second time") == true)
  }

  @Test func whatBackwardNeedsMustNotChange() throws {
    let x = Tensor([3.0]).requiresGrad_()
    let y = x.exp()
    let z = (y * y).sum()
    y.add_(1)
    let error = #expect(throws: TorchError.self) { try catchingTorchErrors { grad(of: z, wrt: x) } }
    #expect(error?.message.contains("modified by an inplace operation") == true)
  }

  @Test func leaves() throws {
    let x = Tensor([3.0])
    #expect(!x.requiresGrad && x.isLeaf)
    x.requiresGrad = true
    let y = x * 2
    #expect(y.requiresGrad && !y.isLeaf)
    #expect(!y.detach().requiresGrad)
    #expect(throws: TorchError.self) { try catchingTorchErrors { Tensor([1, 2]).requiresGrad_() } }
    #expect(throws: TorchError.self) { try catchingTorchErrors { x.add_(1) } }
  }
}

/// ∇²f·v against the dense Hessian.
@Suite(.leavesNothing) struct HessianVectorProductTests {
  private func f(_ x: Tensor, _ w: Tensor) -> Tensor { (x.matmul(w).tanh() * x.sum()).square().sum() }

  @Test func agreesWithTheDenseHessian() {
    let x = normal([3]).requiresGrad_()
    let w = normal([3, 2], seed: 2).requiresGrad_()
    let direction = [normal([3], seed: 3), normal([3, 2], seed: 4)]
    let found = hessianVectorProduct(of: f(x, w), wrt: [x, w], direction: direction)

    // One row of the Hessian an element of the gradient.
    let gradients = grad(of: f(x, w), wrt: [x, w], createGraph: true)
    let flat = Tensor.concatenated(gradients.map { $0.flatten() })
    let rows = (0..<9).map { index in
      Tensor.concatenated(grad(of: flat[index], wrt: [x, w], retainGraph: true).map { $0.flatten() })
    }
    let expected = Tensor.stacked(rows).mv(Tensor.concatenated(direction.map { $0.flatten() }))
    #expect(distance(Tensor.concatenated(found.map { $0.flatten() }), expected) < 1e-12)
    #expect(found.map(\.shape) == [[3], [3, 2]])
  }

  @Test func servesSeveralDirectionsFromOneGradient() {
    let x = normal([3]).requiresGrad_()
    let gradients = grad(of: x.pow(3).sum(), wrt: [x], createGraph: true)
    for index in 0..<3 {
      let direction = Tensor.eye(3, dtype: .float64)[index]
      let found = hessianVectorProduct(
        gradients: gradients, wrt: [x], direction: [direction], retainGraph: true)[0]
      #expect(distance(found, 6 * x.detach() * direction) < 1e-14)
    }
  }

  @Test func isZeroWhereTheFunctionIsLinear() {
    let x = normal([3]).requiresGrad_()
    let y = normal([2]).requiresGrad_()
    let ones = [Tensor.ones([3], dtype: .float64), Tensor.ones([2], dtype: .float64)]
    let linear = hessianVectorProduct(of: (x * 3).sum() + y.sum(), wrt: [x, y], direction: ones)
    #expect(linear.map { $0.array(of: Double.self) } == [[0, 0, 0], [0, 0]])
    let partly = hessianVectorProduct(of: x.square().sum() + y.sum(), wrt: [x, y], direction: ones)
    #expect(partly.map { $0.array(of: Double.self) } == [[2, 2, 2], [0, 0]])
  }

  @Test func wantsADirectionAnInput() {
    let x = normal([3]).requiresGrad_()
    let error = #expect(throws: TorchError.self) {
      try catchingTorchErrors { hessianVectorProduct(of: x.square().sum(), wrt: [x], direction: []) }
    }
    #expect(error?.kind == .value)
  }
}
