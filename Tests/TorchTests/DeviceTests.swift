import Testing
import Torch

@Suite(.leavesNothing) struct DeviceTests {
  @Test func namesComeBack() {
    for device in [Device.cpu, .cuda(0), .cuda(7), .mps] {
      #expect(Device(device.description) == device)
    }
    #expect(Device("cuda") == .cuda(0))
    for name in ["", "gpu", "cuda:", "cuda:-1", "cuda:x", "CPU", "cpu:0"] { #expect(Device(name) == nil) }
  }

  @Test func theCPUIsAlwaysHere() throws {
    #expect(Device.available.first == .cpu)
    #expect(try Device.named("cpu") == .cpu)
    try Device.cpu.synchronize()
  }

  @Test func devicesThatAreNotHere() {
    let error = #expect(throws: TorchError.self) { try Device.named("cuda:99") }
    #expect(error?.kind == .value)
    #expect(error?.message.hasPrefix("no device 'cuda:99' here; this machine has: cpu") == true)
    #expect(throws: TorchError.self) { try catchingTorchErrors { Tensor([1.0]).to(.cuda(99)) } }
    #expect(throws: TorchError.self) { try Device.cuda(99).synchronize() }
  }

  @Test(arguments: [128, 256, 1 << 16, 1 << 32, Int.max, -1, -256, Int.min])
  func indicesThatNoDeviceHas(_ index: Int) {
    // Narrowed to libtorch's eight bits, some of these would be another device.
    let error = #expect(throws: TorchError.self) { try Device.cuda(index).synchronize() }
    #expect(error?.kind == .value)
    #expect(error?.message.hasPrefix("the index of a device must be in 0…127, found ") == true)
    #expect(throws: TorchError.self) { try catchingTorchErrors { Tensor.zeros([1], device: .cuda(index)) } }
    #expect(throws: TorchError.self) { try Generator(seed: 0, device: .cuda(index)) }
  }
}

@Suite(.leavesNothing) struct DTypeTests {
  @Test func namesComeBack() {
    for dtype in DType.allCases {
      #expect(DType(name: dtype.name) == dtype && dtype.description == dtype.name)
    }
    #expect(DType(name: "float") == nil)
  }

  @Test(arguments: DType.allCases) func tensorsHaveIt(_ dtype: DType) {
    let tensor = Tensor.ones([3], dtype: dtype)
    #expect(tensor.dtype == dtype)
    #expect(tensor.withUnsafeBytes { $0.count } == 3 * dtype.elementSize)
  }

  @Test func sizes() {
    let sizes = DType.allCases.map(\.elementSize)
    #expect(sizes == [1, 1, 2, 4, 8, 2, 4, 8, 8, 16, 1, 2])
    let floating = DType.allCases.filter(\.isFloatingPoint)
    #expect(floating == [.float16, .float32, .float64, .bfloat16])
  }
}

@Suite(.leavesNothing) struct ScalarTests {
  @Test func literalsAndNumbers() {
    #expect(2 as Scalar == .integer(2) && 2.5 as Scalar == .real(2.5) && true as Scalar == .boolean(true))
    #expect(Scalar(2) == .integer(2) && Scalar(2.5) == .real(2.5) && Scalar(2.5 as Float) == .real(2.5))
    #expect(
      Scalar.integer(3).double == 3 && Scalar.boolean(true).double == 1 && Scalar.real(2.5).double == 2.5)
    #expect(Scalar.real(-2.9).int == -2 && Scalar.boolean(true).int == 1 && Scalar.integer(.max).int == .max)
  }

  @Test func integersStayExact() {
    #expect(Tensor([0]).add(.integer(.max)).int == .max)
    #expect(Tensor.full([1], .integer(.min), dtype: .int64).int == .min)
  }
}
