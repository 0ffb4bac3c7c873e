import Foundation
import Networks
import Testing
import Torch

/// Training keeps nothing: neither handles nor blocks of memory, over a thousand steps of networks whose layers have kernels
/// and derivatives of their own, every tenth step of second order.
@Suite struct LeakTests {
  @Test func aThousandStepsOfConvNet() async {
    await #expect(processExitsWith: .success) {
      for norm in [NormKind.instance, .batch] {
        var settings = ConvNet.Settings()
        (settings.width, settings.depth, settings.size, settings.norm) = (8, 2, 8, norm)
        try expectSteady(ConvNet(settings), steps: 1_000)
      }
    }
  }

  @Test func aThousandStepsOfResNet18() async {
    await #expect(processExitsWith: .success) {
      var settings = ResNet18.Settings()
      (settings.width, settings.size) = (4, 16)
      try expectSteady(ResNet18(settings), steps: 1_000)
    }
  }
}

private func expectSteady(_ network: some Network, steps: Int) throws {
  let point = network.initial(Generator(seed: 1))
  let images = network.laidOut(Tensor.randn([8] + network.inputShape, generator: Generator(seed: 2)))
  let labels = Tensor.randint(0, network.classes, [8], generator: Generator(seed: 3))
  var losses: [Double] = []
  func step(_ index: Int) {
    let update: Tensor
    if index % 10 == 0 {
      // ∇‖∇L‖² through one split of a θ with a graph.
      let theta = point.flat.clone().requiresGrad_()
      var pass = Pass.training(point, updatesBuffers: false)
      let loss = network(images, Parameters(splitting: theta, point.layout), &pass).logits.crossEntropy(
        labels)
      let slope = grad(of: loss, wrt: theta, createGraph: true)
      update = grad(of: slope.square().sum(), wrt: theta) * 1e-4
    } else {
      let weights = point.leaves()
      var pass = Pass.training(point)
      let loss = network(images, weights, &pass).logits.crossEntropy(labels)
      update = weights.gradient(of: loss)
      losses.append(loss.double)
    }
    withNoGrad { _ = point.flat.add_(update, alpha: -0.02) }
  }
  for index in 0..<50 { step(index) }
  let (handles, live) = (Tensor.liveHandles, CPUAllocator.statistics.live)
  for index in 0..<steps { step(index) }
  #expect(Tensor.liveHandles == handles)
  #expect(CPUAllocator.statistics.live == live)
  // What leaks nothing because it does nothing would pass too.
  #expect(losses.suffix(10).reduce(0, +) / 10 < losses[0] / 2)
}
