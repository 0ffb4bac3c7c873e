import Testing
import Torch

@testable import Data

@Suite struct DSATests {
  private func apply(_ family: DSA.Family, _ images: Tensor, _ values: [Float]) -> Tensor {
    let padded = values + [Float](repeating: 0, count: 3 - values.count)
    return DSA.apply(family, images, Tensor(padded, shape: [1, 3]))
  }

  @Test func colorByHand() {
    // One image of 3×1×2: brightness + 0.5, saturation × 2 around the pixel's mean, contrast × 0.5 around the image's.
    let image = Tensor([0, 1, 3, 1, 6, 1] as [Float], shape: [1, 3, 1, 2])
    // + 0.5: [0.5 1.5, 3.5 1.5, 6.5 1.5]; pixel means 3.5, 1.5; doubled: [−2.5 1.5, 3.5 1.5, 9.5 1.5]; mean 2.5;
    // halved: [0 2, 3 2, 6 2].
    #expect(apply(.color, image, [0.5, 2, 0.5]).array() == [0, 2, 3, 2, 6, 2] as [Float])
  }

  @Test func geometryByHand() {
    let image = Tensor((1...9).map { Float($0) }, shape: [1, 1, 3, 3])
    #expect(apply(.crop, image, [1, -1]).array() == [0, 4, 5, 0, 7, 8, 0, 0, 0] as [Float])
    #expect(apply(.flip, image, [1]).array() == [3, 2, 1, 6, 5, 4, 9, 8, 7] as [Float])
    #expect(apply(.flip, image, [0]).equal(image))
    // k = ⌊0.5·3 + 0.5⌋ = 2: rows and columns centre − 1 and centre.
    #expect(apply(.cutout, image, [1, 2]).array() == [1, 0, 0, 4, 0, 0, 7, 8, 9] as [Float])
    #expect(apply(.cutout, image, [0, 3]).array() == [1, 2, 0, 4, 5, 6, 7, 8, 9] as [Float])
    // Twice the grid: the corners fall outside, only the centre stays.
    #expect(apply(.scale, image, [2, 2]).array() == [0, 0, 0, 0, 5, 0, 0, 0, 0] as [Float])
    #expect(apply(.scale, image, [2, 1]).array() == [0, 2, 0, 0, 5, 0, 0, 8, 0] as [Float])
    let quarter = apply(.rotate, image, [Float.pi / 2])
    #expect(difference(quarter, Tensor([3, 6, 9, 2, 5, 8, 1, 4, 7] as [Float], shape: [1, 1, 3, 3])) < 1e-5)
  }

  /// The ranges of the table, at 32×32.
  @Test func drawsTheTablesRanges() {
    func extremes(_ family: DSA.Family) -> [(Float, Float)] {
      let values = DSA.values(family, 20_000, [3, 32, 32], Generator(seed: 1))
      return Array(
        zip(values.amin(dim: [0]).array(of: Float.self), values.amax(dim: [0]).array(of: Float.self)))
    }
    func expect(_ family: DSA.Family, _ ranges: [(Float, Float)], within tolerance: Float) {
      for (found, expected) in zip(extremes(family), ranges) {
        #expect(found.0 >= expected.0 - 1e-6 && found.0 <= expected.0 + tolerance, "\(family): \(found)")
        #expect(found.1 <= expected.1 + 1e-6 && found.1 >= expected.1 - tolerance, "\(family): \(found)")
      }
    }
    expect(.color, [(-0.5, 0.5), (0, 2), (0.5, 1.5)], within: 0.002)
    expect(.crop, [(-4, 4), (-4, 4), (0, 0)], within: 0)
    expect(.cutout, [(0, 32), (0, 32), (0, 0)], within: 0)
    expect(.flip, [(0, 1), (0, 0), (0, 0)], within: 0)
    expect(.scale, [(1 / 1.2, 1.2), (1 / 1.2, 1.2), (0, 0)], within: 0.002)
    expect(.rotate, [(-0.2618, 0.2618), (0, 0), (0, 0)], within: 0.002)
    #expect(DSA.side(0.125, 64) == 8 && DSA.side(0.125, 128) == 16 && DSA.side(0.125, 28) == 4)
    // An odd side has one centre less.
    let odd = DSA.values(.cutout, 5_000, [3, 30, 30], Generator(seed: 1))
    #expect(odd.amax().double == 29)
  }

  @Test func everyFamilyIsDrawnAlike() {
    let generator = Generator(seed: 2)
    var counts = [Int](repeating: 0, count: 6)
    for _ in 0..<3_000 { counts[DSA().draw(1, shape: [3, 8, 8], generator)[0].int] += 1 }
    // 500 each; four standard deviations are 82.
    #expect(counts.allSatisfy { abs($0 - 500) < 82 }, "\(counts)")
  }

  @Test func perImageValuesDiffer() throws {
    let images = randomImages([1, 3, 8, 8]).expand([16, 3, 8, 8])
    let result = DSA([.color])(images, Generator(seed: 3))
    for index in 1..<16 { #expect(!result[index].equal(result[0])) }
  }

  @Test func siameseDrawIsOneForAnyBatch() throws {
    let one = randomImages([1, 3, 8, 8])
    for family in DSA.Family.allCases {
      let dsa = DSA([family], mode: .siamese)
      let draw = dsa.draw(16, shape: [3, 8, 8], Generator(seed: 4))
      #expect(draw[1].shape == [1, 3])
      let real = dsa.apply(one.expand([16, 3, 8, 8]), draw)
      let synthetic = dsa.apply(one.expand([3, 3, 8, 8]), draw)
      for index in 0..<16 { #expect(real[index].equal(synthetic[index % 3])) }
    }
  }

  /// A batch of one family is its images one by one.
  @Test func batchEqualsImageByImage() {
    let images = randomImages([5, 3, 9, 7])
    for family in DSA.Family.allCases {
      let values = DSA.values(family, 5, [3, 9, 7], Generator(seed: 5))
      let whole = DSA.apply(family, images, values)
      for index in 0..<5 {
        let alone = DSA.apply(family, images[index..<(index + 1)], values[index..<(index + 1)])
        #expect(difference(whole[index], alone[0]) < 1e-6)
      }
    }
  }

  @Test func differentiableInTheImages() {
    let images = randomImages([3, 3, 8, 8]) - 0.5
    for family in DSA.Family.allCases {
      let values = DSA.values(family, 3, [3, 8, 8], Generator(seed: 6)).to(.float64)
      let error = gradientError(images) { DSA.apply(family, $0, values) }
      #expect(error < 1e-6, "\(family): \(error)")
    }
  }

  @Test func strategies() throws {
    #expect(try DSA(strategy: "color_crop_cutout_flip_scale_rotate").families == DSA.Family.allCases)
    #expect(DSA().strategy == "color_crop_cutout_flip_scale_rotate")
    #expect(DSA.digits.strategy == "color_crop_cutout_scale_rotate")
    let message =
      "DSA strategy 'color_blur': no family 'blur'; join with _ some of: "
      + "color, crop, cutout, flip, scale, rotate"
    #expect(throws: DataError(message)) { try DSA(strategy: "color_blur") }
    #expect(throws: DataError.self) { try DSA(strategy: "") }
  }
}
