import Testing
import Torch

/// Operators by name; OperatorParityTests calls every generated one this way too.
@Suite(.leavesNothing) struct BoxedTests {
  @Test func callsWhatHasNoTypedFace() throws {
    let window = try TorchOperator("aten::hann_window", overload: "periodic")
    #expect(window.name == "aten::hann_window.periodic")
    #expect(window.schema.hasPrefix("aten::hann_window.periodic(int window_length, bool periodic"))
    let found = try window([.int(4), .bool(true), .dtype(.float64)])
    #expect(found.count == 1)
    #expect(distance(try #require(found[0].tensor), Tensor([0.0, 0.5, 1, 0.5])) < 1e-15)
  }

  @Test func trailingArgumentsTakeTheirDefaults() throws {
    let sum = try TorchOperator("aten::add", overload: "Tensor")
    #expect(try sum([.tensor(Tensor([1.0])), .tensor(Tensor([2.0]))])[0].tensor?.double == 3)
    #expect(try sum([.tensor(Tensor([1.0])), .tensor(Tensor([2.0])), .scalar(5)])[0].tensor?.double == 11)
    #expect(try sum([.tensor(Tensor([1.0])), .tensor(Tensor([2.0])), .scalar(0.5)])[0].tensor?.double == 2)
  }

  @Test func resultsOfEachKind() throws {
    let x = Tensor([1.0, 2, 3, 4], shape: [2, 2])
    let parts = try TorchOperator("aten::unbind", overload: "int")([.tensor(x)])
    guard case .tensors(let list) = parts[0] else {
      Issue.record("found \(parts)")
      return
    }
    #expect(list.map { $0.array(of: Double.self) } == [[1, 2], [3, 4]])
    let equal = try TorchOperator("aten::equal")([.tensor(x), .tensor(x.clone())])
    guard case .bool(true) = equal[0] else {
      Issue.record("found \(equal)")
      return
    }
    let size = try TorchOperator("aten::size", overload: "int")([.tensor(x), .int(-1)])
    guard case .int(2) = size[0] else {
      Issue.record("found \(size)")
      return
    }
    let both = try TorchOperator("aten::max", overload: "dim")([.tensor(x), .int(1)])
    #expect(both.compactMap(\.tensor).map { $0.array(of: Double.self) } == [[2, 4], [1, 1]])
  }

  @Test func mistakesAreErrors() throws {
    let missing = #expect(throws: TorchError.self) { try TorchOperator("aten::add", overload: "Nothing") }
    #expect(
      missing?.kind == .notImplemented && missing?.message == "libtorch has no operator aten::add.Nothing")
    let sum = try TorchOperator("aten::add", overload: "Tensor")
    let x = OperatorValue.tensor(Tensor([1.0]))
    for arguments in [
      [], [x], [x, x, .int(1), .int(1)], [x, .string("x")], [x, x, .string("x")], [x, .none],
    ] {
      let error = #expect(throws: TorchError.self) { try sum(arguments) }
      #expect(error?.kind == .type, "\(arguments)")
    }
    let error = #expect(throws: TorchError.self) { try sum([x, .string("x")]) }
    #expect(error?.message.contains("argument 'other'") == true)
  }

  @Test func gradientsFlowThroughBoxedCalls() throws {
    let x = Tensor([3.0]).requiresGrad_()
    let y = try TorchOperator("aten::square")([.tensor(x)])[0].tensor
    #expect(grad(of: try #require(y), wrt: x).double == 6)
  }
}
