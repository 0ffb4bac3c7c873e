import Foundation
import PeerSupport
import Testing
import Torch

@testable import Data

@Suite struct PreprocessingTests {
  @Test func normalizationByHand() throws {
    let normalization = try Normalization(mean: [0.5, 0.25], std: [0.5, 0.25])
    let images = Tensor([1, 0, 0.5, 0.25] as [Float], shape: [1, 2, 1, 2])
    let normal = normalization(images)
    #expect(normal.array() == [1, -1, 1, 0] as [Float])
    #expect(normalization.inverse(normal).equal(images))
    #expect(normalization(images.to(.float64)).dtype == .float64)
  }

  @Test func roundTrips() {
    let images = randomImages([4, 3, 8, 8])
    for (_, normalization) in Normalization.named where normalization.mean.count == 3 {
      #expect(difference(normalization.inverse(normalization(images)), images) < 1e-6)
    }
  }

  @Test func constants() throws {
    #expect(try Normalization(named: "cifar10").std == [0.2023, 0.1994, 0.2010])
    #expect(try Normalization(named: "cifar").mean == [125.3 / 255, 123.0 / 255, 113.9 / 255])
    #expect(try Normalization(named: "cifar100").std == [0.2673, 0.2564, 0.2762])
    #expect(try Normalization(named: "tiny") == Normalization.imagenet)
    #expect(try Normalization(named: "mnist").mean == [0.1307])
    let message =
      "no normalisation 'svhn'; there are: mnist, fashion-mnist, cifar10, cifar, cifar100, imagenet, tiny"
    #expect(throws: DataError(message)) { try Normalization(named: "svhn") }
  }

  @Test func computedFromData() throws {
    let data = try memoryData(20)
    let computed = try Normalization(computedFrom: data, chunk: 7)
    let normal = computed(unitPixels(try data.images.images(Array(0..<20))))
    #expect(normal.mean(dim: [0, 2, 3]).abs().amax().double < 1e-5)
    #expect(abs(normal.square().mean().double - 1) < 1e-5)
    let black = try DataSet(
      name: "black", split: .train, format: "memory",
      images: MemoryImages(.zeros([2, 1, 2, 2], dtype: .uint8)),
      labels: [0, 0], classNames: ["a"])
    #expect(throws: DataError.self) { try Normalization(computedFrom: black) }
  }

  @Test func normalizationAsJSON() throws {
    let text = try JSONEncoder().encode(Normalization.cifar)
    #expect(try JSONDecoder().decode(Normalization.self, from: text) == .cifar)
    #expect(throws: DataError.self) {
      try JSONDecoder().decode(Normalization.self, from: Data(#"{"mean":[0.5],"std":[0]}"#.utf8))
    }
    #expect(throws: DataError.self) { try Normalization(mean: [0.5], std: [1, 1]) }
  }

  // MARK: ZCA

  private func fitted(_ count: Int = 200) throws -> (ZCA, Tensor) {
    let data = try memoryData(count, shape: [2, 3, 3])
    return (try ZCA(fitting: data), unitPixels(try data.images.images(Array(0..<count))))
  }

  /// Two pixels with covariance [[2, 1], [1, 2]]·v: eigenvalues v and 3v along the diagonals.
  @Test func zcaByHand() throws {
    // Deviations (1, 1)·a and (1, −1)·b from the mean 0.5, four images: a = 0.3, b = 0.1.
    let pixels: [Float] = [0.8, 0.8, 0.2, 0.2, 0.6, 0.4, 0.4, 0.6]
    let data = try DataSet(
      name: "four", split: .train, format: "memory",
      images: MemoryImages(Tensor(pixels, shape: [4, 1, 1, 2])),
      labels: [0, 0, 0, 0], classNames: ["a"])
    let zca = try ZCA(fitting: data)
    // Along (1, 1)/√2 the squares sum to 2·0.18, along (1, −1)/√2 to 2·0.02; by N − 1 = 3.
    let values: [Double] = zca.eigenvalues.array()
    #expect(abs(values[0] - 0.04 / 3) < 1e-6 && abs(values[1] - 0.36 / 3) < 1e-6)
    let white: [Double] = zca(Tensor([0.8, 0.8], shape: [1, 1, 1, 2])).array()
    // (0.3, 0.3) is an eigenvector: divided by √(0.12 + 0.1).
    #expect(white.allSatisfy { abs($0 - 0.3 / 0.22.squareRoot()) < 1e-6 })
  }

  @Test func zcaRoundTrip() throws {
    let (zca, images) = try fitted()
    #expect(difference(zca.inverse(zca(images)), images) < 1e-5)
    let exact = images.to(.float64)
    #expect(difference(zca.inverse(zca(exact)), exact) < 1e-12)
    #expect(difference(zca(images), zca(exact)) < 1e-5)
    // What comes out has covariance s/(s + ε) in the eigenvectors' frame.
    let rows = zca(exact).flatten(from: 1).matmul(zca.eigenvectors)
    let found = rows.square().sum(dim: [0]) / 199
    #expect(difference(found, zca.eigenvalues / (zca.eigenvalues + 0.1)) < 1e-9)
  }

  @Test func zcaOnDisk() throws {
    let (zca, images) = try fitted(30)
    let folder = try TemporaryFolder()
    let url = folder.file("zca.safetensors")
    try zca.write(to: url)
    let read = try ZCA(reading: url)
    #expect(read.epsilon == 0.1)
    #expect(read.shape == [2, 3, 3])
    #expect(read(images).equal(zca(images)))
    #expect(read.inverse(images).equal(zca.inverse(images)))
    #expect(throws: DataError.self) { try read.check(shape: [3, 3, 2]) }
    try Safetensors.write([("mean", zca.mean)], metadata: ["format": "salar-zca"], to: url)
    #expect(throws: DataError.self) { try ZCA(reading: url) }
    try Safetensors.write([("mean", zca.mean)], to: url)
    #expect(throws: DataError.self) { try ZCA(reading: url) }
    #expect(throws: DataError.self) { try ZCA(reading: folder.file("none")) }
  }

  @Test func zcaNeedsImagesAndAnEpsilon() throws {
    let data = try memoryData(3)
    #expect(throws: DataError.self) { try ZCA(fitting: try data.first(1)) }
    #expect(throws: DataError.self) { try ZCA(fitting: data, epsilon: 0) }
  }
}
