import Command
import Data
import Experiments
import Foundation
import PeerSupport
import Runs
import Testing
import Torch

/// Data as recipes choose it: how much of it, how large, which classes.
@Suite struct DataChoiceTests {
  let folder: TemporaryFolder
  init() throws { folder = try TemporaryFolder() }

  private func choice(_ path: String, _ adjust: (inout TrainRecipe.DataChoice) -> Void = { _ in })
    -> TrainRecipe.DataChoice
  {
    var choice = TrainRecipe.DataChoice()
    choice.path = path
    adjust(&choice)
    return choice
  }

  /// Pictures of several sizes, gray ones among them, in two classes.
  private func pictures() throws {
    for (index, (width, height)) in [(8, 8), (12, 9), (9, 14), (10, 10), (16, 8), (8, 11)].enumerated() {
      let channels = index % 2 == 0 ? 3 : 1
      let picture = Picture(
        width: width, height: height, channels: channels,
        pixels: (0..<width * height * channels).map { UInt8(truncatingIfNeeded: $0 * 7 + index * 31) })
      for split in ["train", "test"] {
        let place = folder.file("\(split)/\(index < 3 ? "cat" : "dog")")
        try FileManager.default.createDirectory(at: place, withIntermediateDirectories: true)
        try PictureWriter.write(picture, to: place.appendingPathComponent("\(index).png").path)
      }
    }
  }

  /// What is there to be tested on is no training data, though its folder alone looks like some.
  @Test func aTestSplitIsNotTrainedOn() throws {
    try pictures()
    func at(_ name: String) -> TrainRecipe.DataChoice {
      choice(folder.url.appendingPathComponent(name).path) { $0.imageSize = 8 }
    }
    #expect(try at("").openTraining().count == 6 && at("").open(.test).count == 6)
    #expect(try at("train").openTraining().count == 6)
    for open in [{ try at("test").openTraining() }, { try at("test").open().train }] {
      let error = #expect(throws: DataError.self) { try open() }
      #expect(error?.message.contains("/test: is the test split") == true)
    }
    // To be looked at it is a set like any other, and also where it is alone or has splits of its own.
    #expect(try at("test").open(.train).count == 6)
    try FileManager.default.createDirectory(at: folder.file("other"), withIntermediateDirectories: true)
    try FileManager.default.copyItem(at: folder.file("train"), to: folder.file("other/train"))
    try FileManager.default.createDirectory(at: folder.file("sets/train"), withIntermediateDirectories: true)
    try FileManager.default.moveItem(at: folder.file("other"), to: folder.file("sets/test"))
    #expect(try at("sets/test").openTraining().count == 6)
    try FileManager.default.removeItem(at: folder.file("train"))
    #expect(try at("test").openTraining().count == 6)
  }

  private func pixels(_ data: DataSet) throws -> Tensor { try data.images.images(Array(0..<data.count)) }

  /// The first N of what there is without a limit, in the same order.
  @Test func limitsTakeTheFirst() throws {
    try pictures()
    let generator = Generator(seed: 1)
    let images = Tensor.randint(0, 256, [7, 1, 4, 4], generator: generator).to(.uint8)
    let other = try TemporaryFolder()
    let archive = other.file("d.npz")
    try NPZ.write([("x_train", images), ("y_train", Tensor([1, 0, 2, 2, 0, 1, 1]))], to: archive)
    for (path, size) in [
      (folder.url.path, 8), (archive.path, nil), ("builtin:gray", nil), ("builtin:color", nil),
    ] as [(String, Int?)] {
      // Of drawn images, more than asked for are drawn here.
      let many = choice(path) { ($0.imageSize, $0.trainLimit) = (size, path.hasPrefix("builtin") ? 20 : nil) }
      let all = try many.open(.train)
      for limit in [1, 4] {
        let some = try choice(path) { ($0.imageSize, $0.trainLimit) = (size, limit) }.open(.train)
        #expect(some.count == limit && some.classNames == all.classNames, "\(path)")
        #expect(some.labels == Array(all.labels.prefix(limit)), "\(path)")
        #expect(try pixels(some).equal(pixels(all)[0..<limit]), "\(path)")
      }
    }
    let whole = try choice(folder.url.path) { ($0.imageSize, $0.trainLimit) = (8, 100) }.open(.train)
    #expect(whole.count == 6)
  }

  @Test func picturesComeToTheNetworksSize() throws {
    try pictures()
    #expect(throws: DataError.self) { try choice(folder.url.path).open(.train) }
    let fitted = try choice(folder.url.path).fitted(to: [3, 6, 6])
    #expect(try fitted.open(.test).shape == [3, 6, 6])
    let gray = try choice(folder.url.path) { $0.resize = .squash }.fitted(to: [1, 6, 6])
    #expect(gray.resize == .squash)
    let squashed = try gray.open(.train)
    #expect(squashed.shape == [1, 6, 6])
    let cropped = try choice(folder.url.path).fitted(to: [1, 6, 6]).open(.train)
    #expect(try !pixels(squashed).equal(pixels(cropped)))
    // What has a size of its own stays as it is.
    let drawn = choice("builtin:gray")
    #expect(try drawn.fitted(to: [3, 6, 6]) == drawn)
    #expect(throws: DataError.self) { try choice("/nowhere").fitted(to: [3, 6, 6]) }
  }

  @Test func keysAreRead() throws {
    func resolved(_ overrides: String...) throws -> TrainRecipe.DataChoice {
      try Recipe.resolve(TrainRecipe.DataChoice(), overrides: overrides, subject: "data").settings
    }
    let all = try resolved("resize=squash", "channels=gray", "subset=meow", "imageSize=64")
    #expect(all.resize == .squash && all.channels == .gray && all.subset == .meow && all.imageSize == 64)
    #expect(try resolved("subset=none").subset == nil)
    func refusal(_ override: String) -> String {
      do {
        _ = try resolved(override)
        return "accepted"
      } catch {
        return "\(error)"
      }
    }
    #expect(refusal("resize=stretch").contains("expected one of: squash, shortSideThenCrop"))
    #expect(refusal("subset=dogs").contains("expected one of: nette, woof, fruit, meow, squawk, yellow"))
    // What a set does not have is refused, and not passed over.
    for adjust in [
      { (c: inout TrainRecipe.DataChoice) in c.imageSize = 8 }, { $0.channels = .gray },
      { $0.subset = .nette },
    ] {
      #expect(throws: DataError.self) {
        try choice("builtin:gray") {
          $0.trainLimit = 4
          adjust(&$0)
        }.open(.train)
      }
    }
  }

  @Test func subsetsOfImageNetAreOpened() throws {
    let png = try PictureWriter.png(Picture(width: 2, height: 2, channels: 1, pixels: [1, 2, 3, 4]))
    let ids = (0..<1000).map { "n" + String(10_000_000 + 7 * $0) }
    for id in ids {
      try FileManager.default.createDirectory(
        at: folder.file("train/\(id)"), withIntermediateDirectories: true)
    }
    for index in ImageNetSubset.woof.indices {
      try Foundation.Data(png).write(to: folder.file("train/\(ids[index])/1.png"))
    }
    let data = try choice(folder.url.path) { $0.subset = .woof }.open(.train)
    #expect(data.count == 10 && data.labels == Array(0..<10) && data.name.hasSuffix("-woof"))
    #expect(data.classNames == ImageNetSubset.woof.indices.map { ids[$0] })
  }
}
