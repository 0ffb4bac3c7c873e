import Foundation
import PeerSupport
import Testing
import Torch

@testable import Data

/// A test split that is not there is told from one that is there and cannot be read.
@Suite struct MissingSplitTests {
  let folder: TemporaryFolder
  init() throws { folder = try TemporaryFolder() }

  private func write(_ name: String, _ bytes: [UInt8]) throws {
    let url = folder.file(name)
    try FileManager.default.createDirectory(
      at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
    try Foundation.Data(bytes).write(to: url)
  }

  private func expectTest(
    missing: Bool, _ words: String, sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    _ = try DataCatalog.open(folder.url.path, split: .train)
    do throws(DataError) {
      _ = try DataCatalog.open(folder.url.path, split: .test)
      Issue.record("there is a test split", sourceLocation: sourceLocation)
    } catch {
      #expect(
        error.isMissingSplit == missing && error.message.contains(words), "\(error)",
        sourceLocation: sourceLocation)
    }
  }

  @Test func idx() throws {
    let images: [UInt8] = [0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 2, 0, 0, 0, 2] + [UInt8](repeating: 9, count: 8)
    let labels: [UInt8] = [0, 0, 8, 1, 0, 0, 0, 2, 0, 1]
    try write("train-images-idx3-ubyte", images)
    try write("train-labels-idx1-ubyte", labels)
    try expectTest(missing: true, "t10k-images-idx3-ubyte")
    try write("t10k-images-idx3-ubyte", images)
    try expectTest(missing: false, "t10k-labels-idx1-ubyte")
    try write("t10k-labels-idx1-ubyte", Array(labels.dropLast()))
    try expectTest(missing: false, "cut off")
  }

  @Test func cifar() throws {
    let records = [UInt8](repeating: 1, count: 2 * 3073)
    for part in 1...5 { try write("data_batch_\(part).bin", records) }
    try expectTest(missing: true, "test_batch.bin")
    try write("test_batch.bin", Array(records.dropLast()))
    try expectTest(missing: false, "multiple of")
  }

  @Test func pictures() throws {
    let png = try PictureWriter.png(
      Picture(width: 4, height: 4, channels: 3, pixels: [UInt8](repeating: 5, count: 48)))
    try write("train/cat/1.png", png)
    try expectTest(missing: true, "has no test split")
    // Without labels, as some sets publish it.
    try write("test/1.png", png)
    try expectTest(missing: true, "has no test split")
    try write("test/cat/2.png", Array(png.prefix(20)))
    try expectTest(missing: false, "2.png")
  }

  @Test func table() throws {
    let png = try PictureWriter.png(
      Picture(width: 4, height: 4, channels: 3, pixels: [UInt8](repeating: 5, count: 48)))
    try write("1.png", png)
    try write("train.csv", Array("file,label\n1.png,0\n".utf8))
    try expectTest(missing: true, "no test split")
    try write("test.csv", Array("file,label\n2.png,0\n".utf8))
    try expectTest(missing: false, "which is not there")
  }
}
