import PeerSupport
import Testing
import Torch

@testable import Data

/// Counts, labels and moments of the real data sets, against published values.
struct RealDataTests {
  private func open(_ name: String, _ split: DataSet.Split) throws -> DataSet {
    try DataCatalog.open(SharedData.path(name), split: split)
  }

  private func close(_ found: [Double], _ expected: [Double], within: Double = 6e-5) -> Bool {
    found.count == expected.count && zip(found, expected).allSatisfy { abs($0 - $1) < within }
  }

  @Test(.enabled(if: SharedData.has("mnist"), Comment(rawValue: SharedData.missing("mnist"))))
  func mnist() throws {
    let train = try open("mnist", .train)
    let test = try open("mnist", .test)
    #expect(train.format == "idx")
    #expect(train.labels.prefix(10) == [5, 0, 4, 1, 9, 2, 1, 3, 1, 4])
    #expect(test.labels.prefix(10) == [7, 2, 1, 0, 4, 1, 4, 9, 5, 9])
    let info = try DataInfo(train: train, test: test)
    #expect(info.train == 60_000 && info.test == 10_000 && info.shape == [1, 28, 28])
    #expect(info.classes == (0...9).map { "\($0)" })
    #expect(close(info.mean, [0.1307]) && close(info.std, [0.3081]), "\(info.mean) \(info.std)")
  }

  @Test(.enabled(if: SharedData.has("fashion-mnist"), Comment(rawValue: SharedData.missing("fashion-mnist"))))
  func fashionMNIST() throws {
    let train = try open("fashion-mnist", .train)
    let test = try open("fashion-mnist", .test)
    #expect(train.labels.prefix(10) == [9, 0, 0, 3, 0, 2, 7, 2, 5, 5])
    #expect(test.labels.prefix(10) == [9, 2, 1, 1, 6, 1, 4, 6, 5, 7])
    #expect(train.classNames[9] == "ankle boot")
    let info = try DataInfo(train: train, test: test)
    #expect(info.train == 60_000 && info.test == 10_000)
    #expect(close(info.mean, [0.2860]) && close(info.std, [0.3530]), "\(info.mean) \(info.std)")
  }

  @Test(.enabled(if: SharedData.has("cifar10"), Comment(rawValue: SharedData.missing("cifar10"))))
  func cifar10() throws {
    // The folder above the archive's own is enough.
    let train = try open("cifar10", .train)
    let test = try open("cifar10", .test)
    #expect(train.format == "cifar10")
    #expect(train.classNames.first == "airplane" && train.classNames.last == "truck")
    #expect(train.labels.prefix(10) == [6, 9, 9, 4, 1, 1, 2, 7, 8, 3])
    #expect(test.labels.prefix(10) == [3, 8, 8, 0, 6, 6, 1, 6, 3, 1])
    let info = try DataInfo(train: train, test: test)
    #expect(info.train == 50_000 && info.test == 10_000 && info.shape == [3, 32, 32])
    #expect(close(info.mean, [0.4914, 0.4822, 0.4465]), "\(info.mean)")
    #expect(close(info.std, [0.2470, 0.2435, 0.2616]), "\(info.std)")
  }

  @Test(
    .enabled(
      if: SharedData.has("tiny-imagenet-10"), Comment(rawValue: SharedData.missing("tiny-imagenet-10"))))
  func tinyImageNet() throws {
    let train = try open("tiny-imagenet-10", .train)
    let test = try open("tiny-imagenet-10", .test)
    #expect(train.format == "folder" && train.shape == [3, 64, 64])
    #expect(train.count == 5_000 && test.count == 500)
    #expect(train.labels == (0..<10).flatMap { Array(repeating: $0, count: 500) })
    #expect(train.classNames.first == "goldfish" && train.classNames.last == "espresso")
    #expect(train.images is MemoryImages)
    // Read anew each time, the same pixels.
    var options = DataCatalog.Options()
    options.pictures.memoryBudget = 0
    let streamed = try DataCatalog.open(
      SharedData.path("tiny-imagenet-10"), split: .test, options: options)
    #expect(!(streamed.images is MemoryImages))
    let indices = [499, 0, 250, 0]
    #expect(
      try streamed.images.images(indices).array(of: UInt8.self)
        == test.images.images(indices).array(of: UInt8.self))
  }
}
