import PeerSupport
import Testing
import Torch

/// What a failed operation returns inside `catchingTorchErrors` may be used on without harm.
@Suite(.leavesNothing) struct UndefinedTensorTests {
  @Test func facts() {
    let x = undefinedTensor()
    #expect(!x.isDefined && x.dim == 0 && x.shape == [] && x.strides == [] && x.count == 0)
    #expect(x.dtype == .float32 && x.device == .cpu && x.isLeaf && !x.requiresGrad && x.grad == nil)
    #expect(x.isSame(as: undefinedTensor()))
    #expect(!x.sharesStorage(with: x))
    #expect(x.to(.cpu).isSame(as: x))
    _ = (x.version, x.isContiguous(), x.isContiguous(.channelsLast))
  }

  private static let uses: [(String, @Sendable (Tensor) -> Void)] = [
    ("size", { _ = $0.size(0) }), ("array", { _ = $0.array(of: Float.self) }),
    ("converted array", { _ = $0.array(of: Int.self) }), ("item", { _ = $0.item() }),
    ("double", { _ = $0.double }), ("int", { _ = $0.int }), ("bytes", { $0.withUnsafeBytes { _ in } }),
    ("mutable bytes", { $0.withUnsafeMutableBytes { _ in } }),
    ("requiresGrad", { $0.requiresGrad = true }), ("requiresGrad_", { $0.requiresGrad_() }),
    ("grad", { $0.grad = Tensor([1.0]) }), ("backward", { $0.backward() }),
    ("grad of", { _ = grad(of: $0, wrt: Tensor([1.0]).requiresGrad_()) }),
    ("grad wrt", { _ = grad(of: (Tensor([1.0]).requiresGrad_() * 2), wrt: $0) }),
    ("hvp", { _ = hessianVectorProduct(of: $0, wrt: [$0], direction: [$0]) }),
    ("+", { _ = $0 + $0 }), ("+ 1", { _ = $0 + 1 }), ("1 -", { _ = 1 - $0 }), (".<", { _ = $0 .< 1 }),
    ("[0]", { _ = $0[0] }), ("[0..<1]", { _ = $0[0..<1] }), ("[tensor]", { _ = Tensor([1.0])[$0] }),
    ("mul_", { $0.mul_(2) }), ("copy_", { Tensor([1.0]).copy_($0) }), ("clone", { _ = $0.clone() }),
    ("detach", { _ = $0.detach() }), ("stacked", { _ = Tensor.stacked([$0, $0]) }),
    ("to dtype", { _ = $0.to(.float64) }), ("custom function's input", { _ = doubled($0) }),
  ]

  private static func doubled(_ x: Tensor) -> Tensor {
    customFunction([x], forward: { [$0[0] * 2] }, backward: { $0 })[0]
  }

  @Test(arguments: uses.indices) func usesAreErrors(_ index: Int) {
    let (name, use) = Self.uses[index]
    let undefined = undefinedTensor()
    #expect(throws: TorchError.self, "\(name)") { try catchingTorchErrors { use(undefined) } }
    #expect(!undefined.requiresGrad && undefined.grad == nil, "the one undefined tensor was changed")
  }

  @Test func aCustomFunctionMayFailInForward() {
    let x = Tensor([1.0, 2]).requiresGrad_()
    let error = #expect(throws: TorchError.self) {
      try catchingTorchErrors {
        let y = customFunction([x], forward: { [$0[0].matmul(Tensor([1.0]))] }, backward: { $0 })[0]
        _ = grad(of: y.sum(), wrt: x)
      }
    }
    #expect(error?.message.contains("inconsistent tensor size") == true)
  }

  /// Every operator with undefined tensors in place of PyTorch's, one at a time and all at once: an error or an
  /// answer, never a crash. In a process of its own, which a crash would end.
  @Test(.enabled(if: Peer.isAvailable, Comment(rawValue: Peer.missing)))
  func everyOperatorSurvivesThem() async {
    await #expect(processExitsWith: .success) {
      let peer = try PeerOperators(Array(operatorCalls.keys))
      let undefined = undefinedTensor()
      func spoilt(_ value: OperatorValue) -> OperatorValue? {
        switch value {
        case .tensor: .tensor(undefined)
        case .tensors(let list): .tensors(list.map { _ in undefined })
        case .optionalTensors(let list): .optionalTensors(list.map { _ in undefined })
        default: nil
        }
      }
      var calls = 0
      var errors = 0
      for example in peer.cases {
        let call = try #require(operatorCalls[example.operator])
        let values = try example.shownIndices.map { try peer.value(example.arguments[$0].value) }
        let places = values.indices.filter { spoilt(values[$0]) != nil }
        for chosen in places.map({ [$0] }) + [places] where !chosen.isEmpty {
          print(example.operator, chosen)
          var tried = values
          for index in chosen { tried[index] = spoilt(tried[index])! }
          var arguments = OperatorArguments(tried)
          calls += 1
          do { _ = try catchingTorchErrors { try call(&arguments) } } catch { errors += 1 }
        }
      }
      #expect(calls > 600)
      // An undefined optional tensor is none: these calls may succeed.
      #expect(errors > calls / 2)
      #expect(!undefined.isDefined)
    }
  }
}
