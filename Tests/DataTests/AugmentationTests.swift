import Foundation
import Testing
import Torch

@testable import Data

@Suite struct AugmentationTests {
  /// 1…9 in three rows.
  private let nine = Tensor((1...9).map { Float($0) }, shape: [1, 1, 3, 3])

  private func rows(_ image: Tensor) -> [Float] { image.array() }

  @Test func cropMovesTheWindow() {
    let crop = PadCrop(1)
    let up = crop.apply(nine, [Tensor([0, 1], shape: [1, 2])])
    #expect(rows(up) == [0, 0, 0, 1, 2, 3, 4, 5, 6])
    let right = crop.apply(nine, [Tensor([1, 2], shape: [1, 2])])
    #expect(rows(right) == [2, 3, 0, 5, 6, 0, 8, 9, 0])
    #expect(
      rows(PadCrop(5).apply(nine, [Tensor([0, 10], shape: [1, 2])])) == [Float](repeating: 0, count: 9))
  }

  @Test func cropReachesEveryOffset() {
    let offsets: [Int] = PadCrop(2).draw(500, shape: [3, 8, 8], Generator(seed: 1))[0].array()
    #expect(Set(offsets) == Set(0...4))
  }

  @Test func flipExchangesLeftAndRight() {
    let two = Tensor.concatenated([nine, nine], dim: 0)
    let result = HorizontalFlip().apply(two, [Tensor([true, false])])
    #expect(rows(result) == [3, 2, 1, 6, 5, 4, 9, 8, 7, 1, 2, 3, 4, 5, 6, 7, 8, 9])
    let drawn: [Bool] = HorizontalFlip(0.25).draw(4_000, shape: [1, 3, 3], Generator(seed: 2))[0].array()
    #expect(abs(Double(drawn.count { $0 }) / 4_000 - 0.25) < 0.03)
  }

  @Test func cutoutClipsAtTheBorder() {
    let ones = Tensor.ones([3, 1, 4, 4])
    let corners = Tensor([-1, -1, 3, 1, 0, 0], shape: [3, 2])
    let result = Cutout(2).apply(ones, [corners, Tensor([true, true, false])])
    #expect(result.sum(dim: [1, 2, 3]).array() == [15, 14, 16] as [Float])
    #expect(result[0].select(dim: 1, index: 0).array() == [0, 1, 1, 1] as [Float])
    #expect(result[1].select(dim: 1, index: 3).array() == [1, 0, 0, 1] as [Float])
  }

  /// The corner is uniform in [−8, 24) for 16×16 on 32×32 (ESAM's code).
  @Test func cutoutCornersOfTheRecipe() {
    let draw = Cutout().draw(4_000, shape: [3, 32, 32], Generator(seed: 3))
    let corners: [Int] = draw[0].array()
    #expect(corners.min() == -8)
    #expect(corners.max() == 23)
    let applied: [Bool] = draw[1].array()
    #expect(abs(Double(applied.count { $0 }) / 4_000 - 0.5) < 0.03)
  }

  @Test func resizedCropDrawsWhatItSays() {
    let windows = RandomResizedCrop(8).draw(2_000, shape: [3, 40, 40], Generator(seed: 4))[0]
    let numbers: [Int] = windows.array()
    for index in 0..<2_000 {
      let (top, left) = (numbers[4 * index], numbers[4 * index + 1])
      let (height, width) = (numbers[4 * index + 2], numbers[4 * index + 3])
      #expect(top >= 0 && left >= 0 && top + height <= 40 && left + width <= 40 && height > 0 && width > 0)
      let share = Double(height * width) / 1_600
      #expect((0.06...1).contains(share))
      #expect((0.66...1.5).contains(Double(width) / Double(height)))
    }
    // Windows that cannot fit fall back to the largest central one of an allowed ratio.
    let wide = RandomResizedCrop(8, scale: 1...1).draw(1, shape: [3, 10, 100], Generator(seed: 4))[0]
    #expect(wide.array() == [0, 43, 10, 13])
    #expect(RandomResizedCrop(8).shape(after: [3, 40, 40]) == [3, 8, 8])
  }

  @Test func resizingTheWholeToItsSizeChangesNothing() {
    let images = randomImages([2, 3, 6, 6])
    let windows = Tensor([0, 0, 6, 6, 0, 0, 6, 6], shape: [2, 4])
    for sampling in RandomResizedCrop.Sampling.allCases {
      let result = RandomResizedCrop(6, sampling: sampling).apply(images, [windows])
      #expect(difference(result, images) < 1e-6)
    }
  }

  @Test func jitterByHand() {
    let pixel = Tensor([0.2, 0.4, 0.6] as [Float], shape: [1, 3, 1, 1])
    func changed(_ change: ColorJitter.Change, _ factor: Float) -> [Float] {
      ColorJitter.changed(pixel, change, Tensor([factor], shape: [1, 1, 1, 1])).array()
    }
    func close(_ a: [Float], _ b: [Float]) -> Bool { zip(a, b).allSatisfy { abs($0 - $1) < 1e-6 } }
    #expect(close(changed(.brightness, 2), [0.4, 0.8, 1]))
    // Gray is 0.2989·0.2 + 0.587·0.4 + 0.114·0.6 = 0.36298; the mean over the only pixel is itself.
    #expect(close(changed(.saturation, 0), [0.36298, 0.36298, 0.36298]))
    #expect(close(changed(.contrast, 0.5), [0.28149, 0.38149, 0.48149]))
    // A third of a turn moves the channels on by one.
    #expect(close(changed(.hue, 1.0 / 3), [0.6, 0.2, 0.4]))
    #expect(close(changed(.hue, -1.0 / 3), [0.4, 0.6, 0.2]))
    // Hue does not change gray.
    let gray = Tensor.full([1, 3, 2, 2], 0.5)
    #expect(
      difference(ColorJitter.changed(gray, .hue, Tensor([0.3 as Float], shape: [1, 1, 1, 1])), gray) < 1e-6)
  }

  @Test func jitterDrawsOrdersAndRanges() {
    let draw = ColorJitter(brightness: 0.4, contrast: 2, saturation: 0, hue: 0.1)
      .draw(1_000, shape: [3, 4, 4], Generator(seed: 6))
    let factors = draw[0]
    let low: [Float] = factors.amin(dim: [0]).array()
    let high: [Float] = factors.amax(dim: [0]).array()
    #expect(zip(low, [0.6, 0, 1, -0.1] as [Float]).allSatisfy { $0 >= $1 - 1e-6 && $0 < $1 + 0.02 })
    #expect(zip(high, [1.4, 3, 1, 0.1] as [Float]).allSatisfy { $0 <= $1 + 1e-6 && $0 > $1 - 0.02 })
    let order: [Int] = draw[1].array()
    let orders = Set((0..<1_000).map { Array(order[(4 * $0)..<(4 * $0 + 4)]) })
    #expect(orders.count == 24)
    #expect(orders.allSatisfy { $0.sorted() == [0, 1, 2, 3] })
  }

  @Test func noiseHasItsSigma() {
    let noise = GaussianNoise(0.3)(Tensor.zeros([8, 3, 20, 20]), Generator(seed: 7))
    #expect(abs(noise.standardDeviation().double - 0.3) < 0.01)
    #expect(abs(noise.mean().double) < 0.01)
  }

  /// The same generator gives the same draw, the same draw the same images, and the input stays.
  @Test func replays() {
    let images = randomImages([6, 3, 12, 12])
    let copy = images.clone()
    let all: [any Augmentation] = [
      PadCrop(2), HorizontalFlip(), Cutout(4), RandomResizedCrop(8), RandomResizedCrop(8, sampling: .grid),
      ColorJitter(brightness: 0.4, contrast: 0.4, saturation: 0.4, hue: 0.1), GaussianNoise(0.1), DSA(),
    ]
    for augmentation in all {
      let first = augmentation.draw(6, shape: [3, 12, 12], Generator(seed: 8))
      let second = augmentation.draw(6, shape: [3, 12, 12], Generator(seed: 8))
      for (a, b) in zip(first, second) { #expect(a.equal(b)) }
      let result = augmentation.apply(images, first)
      #expect(result.equal(augmentation.apply(images, second)))
      #expect(Array(result.shape.dropFirst()) == augmentation.shape(after: [3, 12, 12]))
      #expect(images.equal(copy))
      #expect(!result.equal(augmentation(images, Generator(seed: 9))))
    }
  }

  @Test func gradientsPassThrough() {
    let images = randomImages([4, 3, 8, 8]) * 0.5 + 0.25
    let all: [any Augmentation] = [
      PadCrop(2), HorizontalFlip(), Cutout(4), RandomResizedCrop(6), RandomResizedCrop(6, sampling: .grid),
      ColorJitter(brightness: 0.1, contrast: 0.1, saturation: 0.1, hue: 0.1), GaussianNoise(0.1),
    ]
    for augmentation in all {
      let draw = augmentation.draw(4, shape: [3, 8, 8], Generator(seed: 10))
      let error = gradientError(images) { augmentation.apply($0, draw) }
      #expect(error < 1e-5, "\(type(of: augmentation).name): \(error)")
    }
  }
}
