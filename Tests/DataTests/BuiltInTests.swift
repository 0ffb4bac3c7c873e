import Testing
import Torch

@testable import Data

@Suite struct BuiltInTests {
  static let names = ["gray", "color"]

  @Test(arguments: names) func hasTheClaimedShape(_ name: String) throws {
    let data = try BuiltInData.open(name, split: .train, count: 40)
    #expect(data.shape == (name == "gray" ? [1, 28, 28] : [3, 32, 32]))
    #expect(data.count == 40)
    #expect(data.classes == 10)
    #expect(data.format == "builtin")
    #expect(data.classNames.first == "ring")
    #expect(try data.images.images([0, 39]).dtype == .uint8)
    // Every ten samples show each class once.
    for start in stride(from: 0, to: 40, by: 10) {
      #expect(Set(data.labels[start..<(start + 10)]).count == 10)
    }
    #expect(Array(data.labels[0..<10]) != Array(data.labels[10..<20]))
  }

  @Test func defaultCounts() {
    #expect(BuiltInData.defaultCount(.train) == 10_000)
    #expect(BuiltInData.defaultCount(.test) == 2_000)
    #expect(BuiltInData.names == Self.names)
  }

  @Test(arguments: names) func dependsOnNothingButNameSplitSeedAndIndex(_ name: String) throws {
    let alone = try all(BuiltInData.open(name, split: .train, count: 33, workers: 1))
    let together = try all(BuiltInData.open(name, split: .train, count: 33, workers: 4))
    #expect(alone.equal(together))
    let more = try BuiltInData.open(name, split: .train, count: 57)
    #expect(try more.images.images(Array(0..<33)).equal(alone))
    #expect(try Array(more.labels.prefix(33)) == BuiltInData.open(name, split: .train, count: 33).labels)
  }

  @Test(arguments: names) func splitsAndSeedsShareNoImage(_ name: String) throws {
    var images: [[UInt8]] = []
    for split in DataSet.Split.allCases {
      for seed in [0, 1] as [UInt64] {
        let data = try BuiltInData.open(name, split: split, count: 50, seed: seed)
        images += try all(data).unbind().map { $0.array() }
      }
    }
    #expect(Set(images).count == 200)
  }

  /// Strokes cover a small part, the background fills the range, and no class is told by its brightness.
  @Test(arguments: names) func pixelStatistics(_ name: String) throws {
    let data = try BuiltInData.open(name, split: .train, count: 600)
    let pixels = unitPixels(try all(data))
    let mean = pixels.mean().double
    #expect((0.25...0.55).contains(mean), "\(mean)")
    let spread = pixels.variance(dim: [1, 2, 3]).sqrt().mean().double
    #expect((0.1...0.3).contains(spread), "\(spread)")
    let means: [Double] = pixels.mean(dim: [1, 2, 3]).to(.float64).array()
    let overall = means.reduce(0, +) / 600
    let deviation = (means.map { ($0 - overall) * ($0 - overall) }.reduce(0, +) / 600).squareRoot()
    for label in 0..<10 {
      let own = means.indices.filter { data.labels[$0] == label }.map { means[$0] }
      let average = own.reduce(0, +) / Double(own.count)
      // Four standard errors of a mean of 60.
      #expect(abs(average - overall) < 4 * deviation / Double(own.count).squareRoot(), "class \(label)")
    }
  }

  /// A ridge regression on the pixels, in closed form, stays far from what a network reaches, and above chance.
  @Test(arguments: names) func linearModelStaysLow(_ name: String) throws {
    let train = try BuiltInData.open(name, split: .train, count: 2_000)
    let test = try BuiltInData.open(name, split: .test, count: 500)
    let pool = { (data: DataSet) throws -> Tensor in
      let x = unitPixels(try all(data)).avgPool2d([2], stride: [2]).flatten(from: 1).to(.float64)
      return .concatenated(
        [x - x.mean(dim: [1], keepdim: true), .ones([x.size(0), 1], dtype: .float64)], dim: 1)
    }
    let x = try pool(train)
    let targets = Tensor(train.labels).oneHot(10).to(.float64)
    let regularised = x.t().matmul(x) + Tensor.eye(x.size(1), dtype: .float64) * 20
    let weights = regularised.solve(x.t().matmul(targets))
    let guesses = try pool(test).matmul(weights).argmax(dim: 1)
    let accuracy = (guesses .== Tensor(test.labels)).to(.float64).mean().double
    #expect((0.15...0.55).contains(accuracy), "\(accuracy)")
  }

  @Test func refusesWhatIsNot() {
    #expect(throws: DataError("no built-in data set 'grey'; there are: gray, color")) {
      try BuiltInData.open("grey", split: .train)
    }
    #expect(throws: DataError.self) { try BuiltInData.open("gray", split: .train, count: 0) }
  }

  private func all(_ data: DataSet) throws -> Tensor { try data.images.images(Array(0..<data.count)) }
}
