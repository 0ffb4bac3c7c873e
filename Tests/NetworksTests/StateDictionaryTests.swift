import Networks
import Testing
import Torch

@Suite struct StateDictionaryTests {
  @Test func roundTrip() throws {
    let network = try LeNet()
    let point = network.initial(Generator(seed: 2))
    let state = Dictionary(uniqueKeysWithValues: point.stateDictionary.map { ($0.name, $0.tensor) })
    #expect(try Point(network, state: state).flat.equal(point.flat))
    #expect(try Point(network, state: state, dtype: .float64).flat.dtype == .float64)
  }

  @Test func namesEveryProblem() throws {
    let network = try LeNet()
    var state = Dictionary(
      uniqueKeysWithValues: network.initial(Generator(seed: 2)).stateDictionary.map { ($0.name, $0.tensor) })
    state["fc_3.bias"] = nil
    state["fc_2.bias"] = Tensor.zeros([83])
    state["fc_1.bias"] = Tensor.zeros([120], dtype: .int64)
    state["extra"] = Tensor.zeros([1])
    let expected = """
      these weights are not this network's:
        fc_1.bias: expected floating-point numbers, found int64
        fc_2.bias: expected shape [84], found [83]
        missing: fc_3.bias [10]
        unknown: extra [1]
      """
    #expect(throws: NetworkError(expected)) { try Point(network, state: state) }
  }
}

extension StateDictionaryTests {
  private func state(of network: LeNet) -> [String: Tensor] {
    Dictionary(
      uniqueKeysWithValues: network.initial(Generator(seed: 2)).stateDictionary.map { ($0.name, $0.tensor) })
  }

  @Test(arguments: [
    ([DType.float32, .float32], DType.float32), ([.float16, .float16], .float16),
    ([.bfloat16, .float16], .float32),
    ([.float16, .float32], .float32), ([.float32, .float16], .float32), ([.float32, .float64], .float64),
    ([.float64, .bfloat16], .float64),
  ])
  func severalTypesBecomeTheOneThatHoldsThem(_ types: [DType], _ expected: DType) throws {
    let network = try LeNet()
    // Every second tensor in the second type, whichever comes first.
    let state = Dictionary(
      uniqueKeysWithValues: network.initial(Generator(seed: 2)).stateDictionary.enumerated().map {
        ($1.name, $1.tensor.to(types[$0 % 2]))
      })
    let point = try Point(network, state: state)
    #expect(point.dtype == expected)
    for (name, tensor) in point.stateDictionary {
      #expect(tensor.equal(state[name]!.to(expected)), "\(name)")
    }
    #expect(try Point(network, state: state, dtype: .bfloat16).dtype == .bfloat16)
  }

  @Test(arguments: ["module.", "model.", "module.model."])
  func aBeginningThatAllNamesShareIsNamed(_ prefix: String) throws {
    let network = try LeNet()
    var state = Dictionary(uniqueKeysWithValues: state(of: network).map { (prefix + $0, $1) })
    func message() -> String? {
      #expect(throws: NetworkError.self) { try Point(network, state: state) }?.message
    }
    let expected =
      "these weights are not this network's: every name begins with '\(prefix)', as that of a module inside "
      + "another one does; save them without it: "
      + "{name.removeprefix('\(prefix)'): tensor for name, tensor in state.items()}"
    #expect(message() == expected)
    // Also where something else is wrong with them, but not where names beside these have none.
    state[prefix + "step"] = Tensor.zeros([1])
    state[prefix + "fc_1.bias"] = nil
    #expect(message() == expected)
    state["step"] = Tensor.zeros([1])
    #expect(message()?.contains("missing: features.0.weight") == true)
  }
}
