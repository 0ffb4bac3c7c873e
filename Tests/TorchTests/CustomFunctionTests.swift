import Synchronization
import Testing
import Torch

/// Operations whose backward is written in Swift.
@Suite(.leavesNothing) struct CustomFunctionTests {
  /// x³, with a backward that uses operations autograd knows, so that it can be differentiated again.
  private func cube(_ x: Tensor) -> Tensor {
    customFunction(
      [x],
      forward: { inputs, saved in
        saved = [inputs[0]]
        return [inputs[0] * inputs[0] * inputs[0]]
      },
      backward: { gradients, saved in [gradients[0].map { $0 * saved[0] * saved[0] * 3 }] })[0]
  }

  /// eˣ, whose backward uses its own output.
  private func exponential(_ x: Tensor) -> Tensor {
    customFunction(
      [x],
      forward: { inputs, saved in
        let y = inputs[0].exp()
        saved = [y]
        return [y]
      },
      backward: { gradients, saved in [gradients[0].map { $0 * saved[0] }] })[0]
  }

  @Test func firstAndSecondDerivatives() {
    for (f, known) in [(cube, { $0.pow(3) }), (exponential, { $0.exp() })]
      as [((Tensor) -> Tensor, (Tensor) -> Tensor)]
    {
      let x = normal([4]).requiresGrad_()
      func slope(_ x: Tensor, _ f: (Tensor) -> Tensor, createGraph: Bool) -> Tensor {
        (grad(of: f(x).sin().sum(), wrt: x, createGraph: createGraph) * normal([4], seed: 5)).sum()
      }
      #expect(distance(f(x), known(x)) == 0)
      let first = finiteDifferences(of: { f($0).sin().sum() }, at: x.detach())
      #expect(distance(grad(of: f(x).sin().sum(), wrt: x), first) < 1e-7)
      let second = finiteDifferences(of: { slope($0.requiresGrad_(), f, createGraph: false) }, at: x.detach())
      #expect(distance(grad(of: slope(x, f, createGraph: true), wrt: x), second) < 1e-6)
    }
  }

  @Test func severalInputsAndOutputs() {
    let a = Tensor([2.0]).requiresGrad_()
    let b = Tensor([5.0]).requiresGrad_()
    func both() -> [Tensor] {
      customFunction(
        [a, b],
        forward: { inputs, saved in
          saved = inputs
          return [inputs[0] * inputs[1], inputs[0] + inputs[1]]
        },
        backward: { gradients, saved in
          let product = gradients[0] ?? Tensor([0.0])
          let sum = gradients[1] ?? Tensor([0.0])
          return [product * saved[1] + sum, product * saved[0] + sum]
        })
    }
    let outputs = both()
    #expect(outputs.map(\.double) == [10, 7])
    #expect(grad(of: outputs[0] + outputs[1] * 100, wrt: [a, b]).map(\.double) == [105, 102])
    // Nothing arrives for the output that is not used.
    #expect(grad(of: both()[1], wrt: [a, b]).map(\.double) == [1, 1])
  }

  @Test func gradientsThatAreNil() {
    let a = Tensor([2.0]).requiresGrad_()
    let b = Tensor([5.0]).requiresGrad_()
    let y = customFunction([a, b], forward: { [$0[0] * $0[1]] }, backward: { [$0[0], nil] })[0]
    let found = grad(of: y, wrt: [a, b], allowUnused: true)
    #expect(found[0].double == 1)
    #expect(!found[1].isDefined)
  }

  @Test func wrongNumbersOfGradientsAreErrors() throws {
    let x = Tensor([2.0]).requiresGrad_()
    for count in [0, 2] {
      let y = customFunction(
        [x], forward: { [$0[0] * 2] }, backward: { gradients in Array(repeating: gradients[0], count: count) }
      )[0]
      let error = #expect(throws: TorchError.self) { try catchingTorchErrors { grad(of: y, wrt: x) } }
      #expect(error?.message.contains("returned \(count) gradients for 1 inputs") == true)
    }
  }

  @Test func errorsThrownInsideBackwardComeOut() {
    struct Refusal: Error, CustomStringConvertible { var description = "the price is negative" }
    let x = Tensor([2.0]).requiresGrad_()
    let y = customFunction([x], forward: { [$0[0] * 2] }, backward: { _ in throw Refusal() })[0]
    let error = #expect(throws: TorchError.self) { try catchingTorchErrors { grad(of: y, wrt: x) } }
    #expect(error?.message == "the price is negative")
  }

  @Test func operationsThatFailInsideBackwardComeOut() {
    let x = Tensor([2.0]).requiresGrad_()
    let y = customFunction(
      [x], forward: { [$0[0] * 2] }, backward: { [$0[0]?.matmul(Tensor([1.0, 2]))] })[0]
    let error = #expect(throws: TorchError.self) { try catchingTorchErrors { grad(of: y, wrt: x) } }
    #expect(error?.message.contains("inconsistent tensor size") == true)
  }

  @Test func aGradientOfTheWrongShapeIsAnError() {
    let x = Tensor([2.0, 3, 4]).requiresGrad_()
    let y = customFunction([x], forward: { [$0[0] * 2] }, backward: { _ in [Tensor([1.0, 2])] })[0]
    let error = #expect(throws: TorchError.self) { try catchingTorchErrors { grad(of: y.sum(), wrt: x) } }
    #expect(error?.message.contains("invalid gradient") == true)
  }

  @Test func theGraphOwnsTheFunction() {
    final class Token: Sendable {}
    weak var watched: Token?
    func outputs() -> [Tensor] {
      let token = Token()
      watched = token
      let x = Tensor([2.0]).requiresGrad_()
      return customFunction(
        [x], forward: { [$0[0] * 2] },
        backward: { gradients in withExtendedLifetime(token) { gradients } })
    }
    var kept = outputs()
    #expect(watched != nil)
    #expect(kept[0].double == 4)
    kept = []
    #expect(watched == nil)
  }

  @Test func withoutGradientsTheFunctionIsReleasedAtOnce() {
    final class Token: Sendable {}
    weak var watched: Token?
    do {
      let token = Token()
      watched = token
      let y = customFunction(
        [Tensor([2.0])], forward: { [$0[0] * 2] },
        backward: { gradients in withExtendedLifetime(token) { gradients } })[0]
      #expect(y.double == 4 && !y.requiresGrad)
    }
    #expect(watched == nil)
  }

  @Test func savedTensorsMustNotChange() {
    let x = Tensor([2.0]).requiresGrad_()
    let y = cube(x)
    withNoGrad { _ = x.add_(1) }
    let error = #expect(throws: TorchError.self) { try catchingTorchErrors { grad(of: y, wrt: x) } }
    #expect(error?.message.contains("modified by an inplace operation") == true)
  }

  @Test func viewsAndInputsAsOutputs() {
    let x = normal([2, 3]).requiresGrad_()
    let turned = customFunction([x], forward: { [$0[0].t()] }, backward: { [$0[0]?.t()] })[0]
    let weights = normal([3, 2], seed: 2)
    #expect(distance(grad(of: (turned * weights).sum(), wrt: x), weights.t()) == 0)
    // A straight-through estimator of the identity: twice the gradient.
    let same = customFunction([x], forward: { $0 }, backward: { [$0[0].map { $0 * 2 }] })[0]
    #expect(distance(same, x) == 0)
    #expect(grad(of: same.sum(), wrt: x).array(of: Double.self) == Array(repeating: 2, count: 6))
  }

  @Test func functionsNestInsideTheirBackward() {
    let x = Tensor([3.0]).requiresGrad_()
    let y = customFunction(
      [x],
      forward: { inputs, saved in
        saved = [inputs[0]]
        return [inputs[0] * inputs[0]]
      },
      backward: { gradients, saved in
        // A graph of its own, whose custom function has saved tensors of its own.
        let slope = withGrad {
          let point = saved[0].detach().requiresGrad_()
          return grad(of: CustomFunctionTests().cube(point), wrt: point)
        }
        return [gradients[0].map { $0 * slope + saved[0] * 0 }]
      })[0]
    #expect(grad(of: y, wrt: x).double == 27)
  }

  @Test func backwardRunsOnceAPass() {
    final class Counter: Sendable { let count = Mutex(0) }
    let counter = Counter()
    let x = Tensor([2.0]).requiresGrad_()
    let y = customFunction(
      [x], forward: { [$0[0] * 2] },
      backward: { gradients in
        counter.count.withLock { $0 += 1 }
        return gradients
      })[0]
    _ = grad(of: y, wrt: x, retainGraph: true)
    #expect(counter.count.withLock { $0 } == 1)
    _ = grad(of: y, wrt: x)
    #expect(counter.count.withLock { $0 } == 2)
  }
}
