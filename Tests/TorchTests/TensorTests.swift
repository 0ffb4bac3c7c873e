import Testing
import Torch

/// What a tensor says of itself.
@Suite(.leavesNothing) struct TensorTests {
  @Test func facts() {
    let x = Tensor.zeros([2, 3, 4], dtype: .int16)
    #expect(x.dim == 3 && x.shape == [2, 3, 4] && x.strides == [12, 4, 1] && x.count == 24)
    #expect(x.dtype == .int16 && x.device == .cpu && x.isContiguous() && x.isDefined)
    #expect(x.size(0) == 2 && x.size(2) == 4 && x.size(-1) == 4 && x.size(-3) == 2)
    let turned = x.permute([2, 0, 1])
    #expect(turned.shape == [4, 2, 3] && turned.strides == [1, 12, 4] && !turned.isContiguous())
    let images = Tensor.zeros([2, 3, 4, 4]).contiguous(memoryFormat: .channelsLast)
    #expect(images.isContiguous(.channelsLast) && !images.isContiguous())
    let number = Tensor(2)
    #expect(number.dim == 0 && number.shape == [] && number.strides == [] && number.count == 1)
  }

  @Test(arguments: [3, -4]) func dimensionsThatAreNotThere(_ dimension: Int) {
    let error = #expect(throws: TorchError.self) {
      try catchingTorchErrors { Tensor.zeros([2, 3, 4]).size(dimension) }
    }
    #expect(error == TorchError(kind: .index, message: "dimension \(dimension) of a tensor that has 3"))
  }

  @Test func identityAndStorage() {
    let x = Tensor([1.0, 2, 3, 4])
    let view = x.reshape([2, 2])
    let copy = x.clone()
    #expect(x.isSame(as: x) && !x.isSame(as: view) && !x.isSame(as: copy))
    #expect(x.sharesStorage(with: view) && x.sharesStorage(with: x[1..<2]) && !x.sharesStorage(with: copy))
    // In-place operations return their receiver: another Swift object perhaps, but the same tensor.
    #expect(x.add_(1).isSame(as: x))
    #expect(x.to(.cpu) === x)
  }

  @Test func viewsReadAndWriteTheSameMemory() {
    let x = Tensor([1.0, 2, 3, 4])
    let view = x.reshape([2, 2]).t()
    view.mul_(10)
    x[0].fill_(-1)
    #expect(x.array() == [-1.0, 20, 30, 40])
    #expect(view.array() == [-1.0, 30, 20, 40])
  }

  @Test func subscripts() {
    let x = Tensor([0, 1, 2, 3, 4, 5], shape: [3, 2])
    #expect(x[1].array() == [2, 3])
    #expect(x[-1].array() == [4, 5])
    #expect(x[1..<3].array() == [2, 3, 4, 5])
    #expect(x[1..<1].shape == [0, 2])
    #expect(x[Tensor([2, 0, 2])].array() == [4, 5, 0, 1, 4, 5])
    #expect(x[1].sharesStorage(with: x) && x[0..<2].sharesStorage(with: x))
    #expect(!x[Tensor([0])].sharesStorage(with: x))
    for index in [3, -4] {
      let error = #expect(throws: TorchError.self) { try catchingTorchErrors { x[index] } }
      #expect(error?.kind == .index)
    }
    #expect(throws: TorchError.self) { try catchingTorchErrors { x[2..<4] } }
    #expect(throws: TorchError.self) { try catchingTorchErrors { x[Tensor([3])] } }
  }

  @Test func versionsCountChangesInPlace() {
    let x = Tensor([1.0, 2])
    let before = x.version
    x[0].add_(1)
    _ = x + 1
    #expect(x.version == before + 1)
  }

  private func doubles(_ tensor: Tensor) -> [Double] { tensor.array() }
  private func flags(_ tensor: Tensor) -> [Bool] { tensor.array() }

  @Test func theArithmeticSwiftWrites() {
    let a = Tensor([1.0, -2, 4])
    let b = Tensor([2.0, 4, 8])
    #expect(doubles(a + b) == [3.0, 2, 12])
    #expect(doubles(a + 1) == [2.0, -1, 5])
    #expect(doubles(1 + a) == [2.0, -1, 5])
    #expect(doubles(a - b) == [-1.0, -6, -4])
    #expect(doubles(a - 1) == [0.0, -3, 3])
    #expect(doubles(1 - a) == [0.0, 3, -3])
    #expect(doubles(a * b) == [2.0, -8, 32])
    #expect(doubles(a * 3) == [3.0, -6, 12])
    #expect(doubles(3 * a) == [3.0, -6, 12])
    #expect(doubles(a / b) == [0.5, -0.5, 0.5])
    #expect(doubles(a / 2) == [0.5, -1, 2])
    #expect(doubles(2 / a) == [2.0, -1, 0.5])
    #expect(doubles(-a) == [-1.0, 2, -4])
    var c = a
    c += b
    c -= 1
    c *= 2
    c /= Tensor([2.0, 1, 1])
    #expect(doubles(c) == [2.0, 2, 22])
    c += 1
    c -= a
    c *= b
    c /= 2
    #expect(doubles(c) == [2.0, 10, 76])
    // Assignment makes new tensors.
    #expect(doubles(a) == [1.0, -2, 4])
  }

  @Test func scalarsDoNotWidenTypes() {
    #expect((Tensor([1, 2] as [Float]) * 0.5).dtype == .float32)
    #expect((Tensor([1, 2]) * 2).dtype == .int64)
    #expect((Tensor([1, 2] as [Int32]) * 0.5).dtype == .float32)
    #expect((Tensor([true]) + true).dtype == .bool)
  }

  @Test func comparisons() {
    let a = Tensor([1, 2, 3])
    let b = Tensor([3, 2, 1])
    #expect(flags(a .== b) == [false, true, false])
    #expect(flags(a .== 1) == [true, false, false])
    #expect(flags(a .!= b) == [true, false, true])
    #expect(flags(a .!= 1) == [false, true, true])
    #expect(flags(a .< b) == [true, false, false])
    #expect(flags(a .< 2) == [true, false, false])
    #expect(flags(a .<= b) == [true, true, false])
    #expect(flags(a .<= 2) == [true, true, false])
    #expect(flags(a .> b) == [false, false, true])
    #expect(flags(a .> 2) == [false, false, true])
    #expect(flags(a .>= b) == [false, true, true])
    #expect(flags(a .>= 2) == [false, true, true])
  }

  @Test func descriptions() {
    #expect("\(Tensor([1, 2, 3] as [Float]))" == "Tensor([1.0, 2.0, 3.0], shape: [3], float32)")
    #expect("\(Tensor([0.1] as [Float]))" == "Tensor([0.1], shape: [1], float32)")
    #expect("\(Tensor([0.1]))" == "Tensor([0.1], shape: [1], float64)")
    #expect("\(Tensor([1.5] as [Float], dtype: .bfloat16))" == "Tensor([1.5], shape: [1], bfloat16)")
    #expect("\(Tensor([Int.max, Int.min]))" == "Tensor([\(Int.max), \(Int.min)], shape: [2], int64)")
    #expect("\(Tensor([true, false], shape: [2, 1]))" == "Tensor([[true], [false]], shape: [2, 1], bool)")
    #expect("\(Tensor(.real(.nan)))" == "Tensor(nan, shape: [], float32)")
    #expect("\(Tensor.zeros([2, 0]))" == "Tensor([[], []], shape: [2, 0], float32)")
    #expect("\(Tensor.zeros([1001]))" == "Tensor(shape: [1001], float32)")
    #expect("\(Tensor.zeros([1], dtype: .complex64))" == "Tensor(shape: [1], complex64)")
    #expect("\(Tensor([1.0]).requiresGrad_())" == "Tensor([1.0], shape: [1], float64)")
    #expect("\(undefinedTensor())" == "Tensor(undefined)")
  }
}
