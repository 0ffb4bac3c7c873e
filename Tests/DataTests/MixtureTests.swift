import Testing
import Torch

@testable import Data

@Suite struct MixtureTests {
  private func batch() -> Batch {
    Batch(
      indices: Tensor([7, 8]), images: Tensor([0, 0, 0, 0, 1, 1, 1, 1] as [Float], shape: [2, 1, 2, 2]),
      labels: Tensor([0, 2]))
  }

  @Test func mixupByHand() {
    let mixed = Mixup().apply(batch(), classes: 3, [Tensor([0.75]), Tensor([1, 0])])
    #expect(mixed.images.array() == [0.25, 0.25, 0.25, 0.25, 0.75, 0.75, 0.75, 0.75] as [Float])
    #expect(mixed.labels.array() == [0.75, 0, 0.25, 0.25, 0, 0.75] as [Float])
    #expect(mixed.indices.array() == [7, 8])
  }

  @Test func cutMixByHand() {
    // The lower right pixel, a quarter of the area.
    let mixed = CutMix().apply(batch(), classes: 3, [Tensor([1, 1, 2, 2]), Tensor([1, 0])])
    #expect(mixed.images.array() == [0, 0, 0, 1, 1, 1, 1, 0] as [Float])
    #expect(mixed.labels.array() == [0.75, 0, 0.25, 0.25, 0, 0.75] as [Float])
  }

  @Test func mixturesOfMixtures() {
    let once = Mixup().apply(batch(), classes: 3, [Tensor([0.5]), Tensor([1, 0])])
    let twice = Mixup().apply(once, classes: 3, [Tensor([0.5]), Tensor([1, 0])])
    #expect(twice.labels.array() == [0.5, 0, 0.5, 0.5, 0, 0.5] as [Float])
  }

  /// Beta(α, α) has mean ½ and variance 1/(4(2α + 1)).
  @Test(arguments: [0.05, 0.2, 1, 3.5]) func lambdasAreBeta(_ alpha: Double) {
    let generator = Generator(seed: 1)
    let values = (0..<4_000).map { _ in generator.beta(alpha, alpha) }
    #expect(values.allSatisfy { (0...1).contains($0) })
    let mean = values.reduce(0, +) / 4_000
    let variance = values.map { ($0 - mean) * ($0 - mean) }.reduce(0, +) / 3_999
    #expect(abs(mean - 0.5) < 0.03, "\(mean)")
    #expect(abs(variance * 4 * (2 * alpha + 1) - 1) < 0.06, "\(variance)")
  }

  @Test func cutMixDrawsStayInside() {
    let generator = Generator(seed: 2)
    for _ in 0..<300 {
      let corners: [Int] = CutMix().draw(4, shape: [3, 9, 14], generator)[0].array()
      #expect(0 <= corners[0] && corners[0] <= corners[2] && corners[2] <= 9)
      #expect(0 <= corners[1] && corners[1] <= corners[3] && corners[3] <= 14)
    }
  }
}
