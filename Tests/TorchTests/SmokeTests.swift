import Testing
import Torch

@Test func adds() {
  let a = Tensor([1, 2, 3] as [Float])
  #expect((a + a * 2).array(of: Float.self) == [3, 6, 9])
  let x = Tensor([2.0]).requiresGrad_()
  let g = grad(of: x * x * x, wrt: x, createGraph: true)
  #expect(g.double == 12)
  #expect(grad(of: g, wrt: x).double == 12)
  #expect("\(a)" == "Tensor([1.0, 2.0, 3.0], shape: [3], float32)")
  #expect(throws: TorchError.self) { try catchingTorchErrors { a.matmul(Tensor([1, 2] as [Float])) } }
  print(Runtime.libtorchVersion, Runtime.libtorchPath, Device.available, CPUAllocator.statistics)
}
