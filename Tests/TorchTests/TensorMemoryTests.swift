import Testing
import Torch

/// The ways between Swift's memory and tensors.
@Suite(.leavesNothing) struct TensorMemoryTests {
  private func returns<Element: TensorElement & Equatable>(_ values: [Element], _ dtype: DType) {
    let tensor = Tensor(values, shape: [values.count, 1])
    #expect(tensor.dtype == dtype && tensor.shape == [values.count, 1])
    #expect(tensor.array(of: Element.self) == values)
  }

  @Test func arraysOfEachElementTypeComeBack() {
    returns([0, 1, 255] as [UInt8], .uint8)
    returns([-128, 0, 127] as [Int8], .int8)
    returns([.min, 0, .max] as [Int16], .int16)
    returns([.min, 0, .max] as [Int32], .int32)
    returns([.min, 0, .max] as [Int64], .int64)
    returns([.min, 0, .max] as [Int], .int64)
    returns([-.infinity, 0.1, .greatestFiniteMagnitude] as [Float], .float32)
    returns([-.infinity, 0.1, .leastNonzeroMagnitude] as [Double], .float64)
    returns([true, false, true], .bool)
    returns([] as [Float], .float32)
  }

  @Test func elementsAreConverted() {
    #expect(Tensor([1.7, -1.7]).array(of: Int.self) == [1, -1])
    #expect(Tensor([0, 2]).array(of: Bool.self) == [false, true])
    #expect(Tensor([1, 2], dtype: .bfloat16).dtype == .bfloat16)
    #expect(Tensor([1, 2], dtype: .bfloat16).array(of: Float.self) == [1, 2])
    #expect(Tensor([0.5] as [Float]).requiresGrad_().array(of: Double.self) == [0.5])
    #expect(Tensor([1, 2, 3, 4], shape: [2, 2]).t().array() == [1, 3, 2, 4])
    #expect(Tensor(2.5).dtype == .float32 && Tensor(2.5, dtype: .float64).double == 2.5)
  }

  @Test(arguments: [[2], [4, 1], [-3], [3, 0], [Int.max, Int.max]])
  func shapesThatDoNotFit(_ shape: [Int]) {
    #expect(throws: TorchError.self) { try catchingTorchErrors { Tensor([1, 2, 3], shape: shape) } }
  }

  @Test func theOnlyElement() {
    #expect(Tensor([1.5]).item() == .real(1.5) && Tensor([3], shape: [1, 1]).item() == .integer(3))
    #expect(Tensor([true]).item() == .boolean(true) && Tensor(4, dtype: .uint8).item() == .integer(4))
    #expect(Tensor([7]).int == 7 && Tensor([7]).double == 7 && Tensor([2.9]).int == 2)
    #expect(throws: TorchError.self) { try catchingTorchErrors { Tensor([1, 2]).item() } }
    #expect(throws: TorchError.self) { try catchingTorchErrors { Tensor([] as [Int]).item() } }
    let error = #expect(throws: TorchError.self) {
      try catchingTorchErrors { Tensor.zeros([1], dtype: .complex64).item() }
    }
    #expect(error?.kind == .type)
  }

  private final class Owner {
    let memory = UnsafeMutablePointer<Float>.allocate(capacity: 6)
    init() { memory.initialize(repeating: 1, count: 6) }
    deinit { memory.deallocate() }
  }

  @Test func foreignMemoryIsSharedAndKeptAlive() {
    weak var watched: Owner?
    var view: Tensor?
    do {
      let owner = Owner()
      watched = owner
      let tensor = Tensor(over: owner.memory, shape: [2, 3], dtype: .float32, owner: owner)
      owner.memory[4] = 9
      #expect(tensor.array(of: Float.self) == [1, 1, 1, 1, 9, 1])
      tensor.mul_(2)
      #expect(owner.memory[4] == 18)
      view = tensor[1]
    }
    #expect(watched != nil)
    #expect(view?.array(of: Float.self) == [2, 18, 2])
    view = nil
    #expect(watched == nil)
  }

  @Test(arguments: [[-1], [Int.max, Int.max], [Int.max, 2]])
  func foreignMemoryIsReleasedOnceOnFailure(_ shape: [Int]) {
    weak var watched: Owner?
    do {
      let owner = Owner()
      watched = owner
      #expect(throws: TorchError.self) {
        try catchingTorchErrors {
          Tensor(over: owner.memory, shape: shape, dtype: .float32, owner: owner)
        }
      }
      #expect(owner.memory[0] == 1)
    }
    #expect(watched == nil)
  }

  @Test func bytesInPlace() throws {
    let x = Tensor([1, 2, 3] as [Int32])
    #expect(x.withUnsafeBytes { Array($0.bindMemory(to: Int32.self)) } == [1, 2, 3])
    x.withUnsafeMutableBytes { $0.storeBytes(of: 7, toByteOffset: 4, as: Int32.self) }
    #expect(x.array() == [1, 7, 3] as [Int32])
    #expect(x[1..<3].withUnsafeBytes { $0.load(as: Int32.self) } == 7)
    #expect(Tensor([] as [Float]).withUnsafeBytes { $0.count } == 0)
    // Steps in memory that are not those of the shape would be read wrongly.
    var seen = 0
    let turned = Tensor([1, 2, 3, 4], shape: [2, 2]).t()
    for tensor in [turned, undefinedTensor()] {
      let error = #expect(throws: TorchError.self) {
        try catchingTorchErrors { tensor.withUnsafeBytes { seen += $0.count } }
      }
      #expect(error?.kind == .value)
      #expect(throws: TorchError.self) {
        try catchingTorchErrors { tensor.withUnsafeMutableBytes { seen += $0.count } }
      }
    }
    #expect(seen == 0)
  }
}
