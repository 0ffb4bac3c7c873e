import Foundation
import Testing
import Torch

/// Nothing is kept that nobody holds: neither handles, nor blocks of memory, nor pages of the process.
///
/// The counters belong to the whole process, so that each check has its own one, where they are exact.
struct LeakTests {
  @Test func mixedOperations() async {
    await #expect(processExitsWith: .success) {
      try expectSteady(warmUp: 2_000, rounds: 100_000) { round in
        switch round % 12 {
        case 0: _ = (Tensor([1.0, 2, 3]) * 2 + 1).sum().double
        case 1:
          _ = Tensor.randn([16, 16], generator: Generator(seed: UInt64(round))).matmul(Tensor.ones([16, 16]))
        case 2: _ = Tensor.zeros([64, 64])[3].reshape([8, 8]).t().contiguous()
        case 3: _ = Tensor.ones([10]).split(3).map { $0.sum() }
        case 4: _ = Tensor.ones([4, 4]).sort(dim: 1, descending: true).values
        case 5:
          let x = Tensor([1.0, 2]).requiresGrad_()
          _ = grad(of: (x * x * x).sum(), wrt: x, createGraph: true)
        case 6: _ = try? catchingTorchErrors { Tensor([1.0, 2]) + Tensor([1.0, 2, 3]) }
        case 7: _ = try TorchOperator("aten::unbind", overload: "int")([.tensor(Tensor.ones([3, 2]))])
        case 8: _ = "\(Tensor.ones([2, 2]))"
        case 9: _ = Tensor([1, 2, 3] as [Float], dtype: .bfloat16, device: .cpu).array(of: Double.self)
        case 10:
          let memory = NSMutableData(length: 4096)!
          _ = Tensor(over: memory.mutableBytes, shape: [1024], dtype: .float32, owner: memory).add_(1)
        default: _ = Generator(seed: 3).state
        }
      }
    }
  }

  @Test func trainingSteps() async {
    await #expect(processExitsWith: .success) {
      let generator = Generator(seed: 1)
      let weights = [[32, 64], [64], [64, 10], [10]].map {
        Tensor.randn($0, generator: generator).mul_(0.1).requiresGrad_()
      }
      let momenta = weights.map { $0.detach().zerosLike() }
      var losses: [Double] = []
      try expectSteady(warmUp: 50, rounds: 1_000) { _ in
        let x = Tensor.randn([64, 32], generator: generator)
        let target = x[0..<64].narrow(dim: 1, start: 0, length: 10).argmax(dim: 1)
        let hidden = (x.matmul(weights[0]) + weights[1]).relu()
        let loss = (hidden.matmul(weights[2]) + weights[3]).crossEntropy(target)
        let gradients = grad(of: loss, wrt: weights)
        withNoGrad {
          Tensor.fusedSGD_(
            weights, gradients: gradients, momentumBuffers: momenta, weightDecay: 1e-4, momentum: 0.9,
            lr: 0.05,
            dampening: 0, nesterov: false, maximize: false, isFirstStep: losses.isEmpty)
        }
        losses.append(loss.double)
      }
      // It did train: what leaks nothing because it does nothing would pass too.
      #expect(losses.suffix(10).reduce(0, +) / 10 < losses[0] / 3)
    }
  }

  @Test func customFunctionsAndBackward() async {
    await #expect(processExitsWith: .success) {
      try expectSteady(warmUp: 200, rounds: 5_000) { round in
        let x = Tensor.ones([8, 8]).requiresGrad_()
        let y = customFunction(
          [x],
          forward: { inputs, saved in
            let result = inputs[0].exp()
            saved = [inputs[0], result]
            return [result]
          },
          backward: { gradients, saved in
            if round % 5 == 0 { throw TorchError(kind: .other, message: "refused") }
            return round % 5 == 1 ? [] : [gradients[0].map { $0 * saved[1] }]
          })[0]
        _ = try? catchingTorchErrors { grad(of: y.sum(), wrt: x, createGraph: round % 2 == 0) }
        if round % 3 == 0 { _ = try? catchingTorchErrors { (y * 2).sum().backward() } }
      }
    }
  }

  #if os(Linux)
    /// All tests of this folder that carry the trait, one after the other in a process that counts.
    @Test func everyTestReturnsWhatItTook() throws {
      let process = Process()
      process.executableURL = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
      process.arguments = [
        "--testing-library", "swift-testing", "--no-parallel", "--filter", "^TorchTests\\.", "--skip",
        "LeakTests|CPUAllocatorTests|ParityTests|PeerTests|RuntimeTests",
      ]
      process.environment = ProcessInfo.processInfo.environment.merging([LeavesNothing.variable: "1"]) { $1 }
      let output = Pipe()
      process.standardOutput = output
      process.standardError = output
      try process.run()
      let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
      process.waitUntilExit()
      #expect(process.terminationStatus == 0, "\(text.suffix(4000))")
      let counted = text.components(separatedBy: LeavesNothing.mark).count - 1
      #expect(counted > 150, "\(counted) test cases were counted")
    }
  #endif
}

/// Runs `body` for `rounds` rounds after a warm-up; whatever the warm-up left must be all that is left.
private func expectSteady(warmUp: Int, rounds: Int, _ body: (Int) throws -> Void) throws {
  for round in 0..<warmUp { try body(round) }
  let handles = Tensor.liveHandles
  let live = CPUAllocator.statistics.live
  let resident = residentBytes()
  for round in 0..<rounds { try body(round) }
  #expect(Tensor.liveHandles == handles)
  #expect(CPUAllocator.statistics.live == live)
  // Heaps fragment a little; 100,000 rounds that lost 64 bytes each would show.
  #expect(residentBytes() - resident < 6 << 20)
}

/// Bytes of the process in memory; 0 where the system does not tell.
private func residentBytes() -> Int {
  guard let status = try? String(contentsOfFile: "/proc/self/status", encoding: .utf8),
    let line = status.split(separator: "\n").first(where: { $0.hasPrefix("VmRSS:") }),
    let kilobytes = line.split(separator: " ").dropFirst().first.flatMap({ Int($0) })
  else { return 0 }
  return kilobytes * 1024
}
