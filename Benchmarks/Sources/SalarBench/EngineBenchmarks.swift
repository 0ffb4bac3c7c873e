import Networks
import Torch

/// The cost of one operation, and of forward and backward through networks.
enum EngineBenchmarks {
  static var all: [Benchmark] {
    [add] + [false, true].flatMap { [convNet(bfloat16: $0), resNet(bfloat16: $0)] }
  }

  /// 8 + 8 elements without grad: what calling costs.
  private static var add: Benchmark {
    let count = 100_000
    return Benchmark(
      name: "add-8", peer: .pytorch("add"), unit: .nanoseconds, amount: Double(count), repetitions: 3,
      rounds: 9
    ) {
      let a = Tensor.ones([8])
      let b = Tensor.ones([8])
      return {
        withNoGrad { for _ in 0..<count { _ = a.add(b) } }
      }
    }
  }

  private static func convNet(bfloat16: Bool) -> Benchmark {
    Benchmark(
      name: "convnet3-128-\(bfloat16 ? "bf16" : "fp32")", peer: .pytorch("convnet \(bfloat16)"),
      unit: .imagesPerSecond,
      amount: 256, repetitions: 2, rounds: 7
    ) { try gradientStep(ConvNet(), batch: 256, bfloat16: bfloat16) }
  }

  private static func resNet(bfloat16: Bool) -> Benchmark {
    Benchmark(
      name: "resnet18-\(bfloat16 ? "bf16" : "fp32")", peer: .pytorch("resnet18 \(bfloat16)"),
      unit: .imagesPerSecond,
      amount: 128, repetitions: 1, rounds: 5
    ) { try gradientStep(ResNet18(), batch: 128, bfloat16: bfloat16) }
  }

  /// Forward and backward in training mode, to the flat gradient.
  private static func gradientStep(_ network: some Network, batch: Int, bfloat16: Bool) throws -> () -> Void {
    let streams = RandomStreams(seed: 0)
    let point = network.initial(streams.stream("init"))
    let data = streams.stream("data")
    let images = network.laidOut(Tensor.randn([batch] + network.inputShape, generator: data))
    let labels = Tensor.randint(0, network.classes, [batch], generator: data)
    return {
      let weights = point.leaves()
      var pass = Pass.training(point)
      let loss = autocast(bfloat16 ? .bfloat16 : .float32) {
        network(images, weights, &pass).logits.crossEntropy(labels)
      }
      _ = weights.gradient(of: loss)
    }
  }
}
