import CMatio
import Foundation
import PeerSupport
import Testing
import Torch

@testable import Data

struct CIFARTests {
  private func record(_ labels: [UInt8], _ seed: UInt64) -> [UInt8] { labels + noise(3072, seed: seed) }

  @Test func ten() throws {
    let folder = try TemporaryFolder()
    for batch in 1...5 { try folder.write("data_batch_\(batch).bin", record([UInt8(batch)], UInt64(batch))) }
    try folder.write("test_batch.bin", record([9], 7) + record([0], 8))
    let train = try DataCatalog.open(folder.path, split: .train)
    #expect(train.format == "cifar10" && train.labels == [1, 2, 3, 4, 5] && train.classes == 10)
    #expect(train.shape == [3, 32, 32])
    #expect(try train.images.images([4]).array(of: UInt8.self) == noise(3072, seed: 5))
    let test = try DataCatalog.open(folder.path, split: .test)
    #expect(test.labels == [9, 0])
    #expect(DataCatalog.isTestPart(folder.file("test_batch.bin").path, .cifar10))
    #expect(!DataCatalog.isTestPart(folder.file("data_batch_1.bin").path, .cifar10))
    try folder.write("batches.meta.txt", (0..<10).map { "name \($0)\n" }.joined() + "\n")
    #expect(try DataCatalog.open(folder.path, split: .test).classNames[9] == "name 9")
    try FileManager.default.removeItem(at: folder.file("data_batch_3.bin"))
    expectError("has no data_batch_3.bin") { try DataCatalog.open(folder.path, split: .train) }
    try folder.write("test_batch.bin", record([9], 7) + record([10], 8))
    expectError("test_batch.bin", "label 10 of record 1 (byte 3073)", "0…9") {
      try DataCatalog.open(folder.path, split: .test)
    }
  }

  @Test func hundred() throws {
    let folder = try TemporaryFolder()
    try folder.write("train.bin", record([19, 99], 1) + record([3, 0], 2))
    try folder.write("test.bin", record([200, 5], 3))  // the coarse label is not used
    let train = try DataCatalog.open(folder.path, split: .train)
    #expect(train.format == "cifar100" && train.labels == [99, 0] && train.classes == 100)
    #expect(try DataCatalog.open(folder.path, split: .test).labels == [5])
    for split in DataSet.Split.allCases {
      try folder.write("\(split).bin", record([19, 99], 1) + record([3, 100], 2))
      expectError("\(split).bin", "label 100 of record 1 (byte 3075)", "0…99") {
        try DataCatalog.open(folder.path, split: split)
      }
    }
  }

  @Test func truncatedFiles() {
    expectTruncationsRefused(record([1], 1)) { _ = try CIFAR.ten.parse($0, name: $1) }
    expectTruncationsRefused(record([1, 2], 1)) { _ = try CIFAR.hundred.parse($0, name: $1) }
  }
}

struct STL10Tests {
  @Test func reads() throws {
    let folder = try TemporaryFolder()
    // Columns one after another: the value says its place.
    var bytes = [UInt8](repeating: 0, count: 2 * 27_648)
    bytes[96] = 200  // first picture, red, row 0, column 1
    bytes[27_648 + 2 * 9_216 + 5] = 100  // second, blue, row 5, column 0
    try folder.write("train_X.bin", bytes)
    try folder.write("train_y.bin", [1, 10])
    let set = try DataCatalog.open(folder.path, split: .train)
    #expect(set.format == "stl10" && set.labels == [0, 9] && set.shape == [3, 96, 96])
    let images = try set.images.images([0, 1])
    #expect(images[0][0][0][1].int == 200 && images[1][2][5][0].int == 100)
    #expect(images.to(.int64).sum().int == 300)
    expectError("has no test_X.bin") { try DataCatalog.open(folder.path, split: .test) }
    try folder.write("train_y.bin", [1, 11])
    expectError("train_y.bin", "label 11 of record 1") { try DataCatalog.open(folder.path, split: .train) }
    try folder.write("train_y.bin", [1])
    expectError("train_X.bin", "2 pictures", "1 labels") { try DataCatalog.open(folder.path, split: .train) }
  }

  @Test func truncatedFiles() {
    expectTruncationsRefused(noise(27_648), most: 50) { _ = try STL10.parseImages($0, name: $1) }
  }
}

/// MATLAB files as matio writes them.
enum MATLAB {
  static func write(_ path: String, packed: Bool, _ arrays: [(name: String, shape: [Int], bytes: [UInt8])])
    throws
  {
    let file = try #require(Mat_CreateVer(path, nil, MAT_FT_MAT5))
    defer { Mat_Close(file) }
    for array in arrays {
      var shape = array.shape
      var bytes = array.bytes
      let variable = shape.withUnsafeMutableBufferPointer { shape in
        shape.withMemoryRebound(to: Int.self) { shape in
          Mat_VarCreate(
            array.name, MAT_C_UINT8, MAT_T_UINT8, Int32(shape.count),
            UnsafeMutableRawPointer(shape.baseAddress!).assumingMemoryBound(to: size_t.self), &bytes, 0)
        }
      }
      #expect(Mat_VarWrite(file, variable, packed ? MAT_COMPRESSION_ZLIB : MAT_COMPRESSION_NONE) == 0)
      Mat_VarFree(variable)
    }
  }

  /// The bytes of a file with three pictures.
  static func svhn(packed: Bool) throws -> [UInt8] {
    let folder = try TemporaryFolder()
    let path = folder.file("x.mat").path
    try write(path, packed: packed, [("X", [32, 32, 3, 3], noise(3 * 3072)), ("y", [3, 1], [10, 1, 9])])
    return try DataFile.read(path)
  }
}

struct SVHNTests {
  @Test(arguments: [false, true])
  func reads(_ packed: Bool) throws {
    let folder = try TemporaryFolder()
    try folder.write("train_32x32.mat", try MATLAB.svhn(packed: packed))
    let set = try DataCatalog.open(folder.path, split: .train)
    #expect(
      set.format == "svhn" && set.labels == [0, 1, 9] && set.classes == 10 && set.shape == [3, 32, 32])
    // Rows run fastest in the file: row 3, column 2, channel 1, picture 2.
    #expect(try set.images.images([2])[0][1][3][2].int == Int(noise(3 * 3072)[3 + 32 * 2 + 1024 + 2 * 3072]))
    expectError("has no test_32x32.mat") { try DataCatalog.open(folder.path, split: .test) }
  }

  @Test func wrongFiles() throws {
    let folder = try TemporaryFolder()
    let path = folder.file("train_32x32.mat").path
    func open() throws -> DataSet { try DataCatalog.open(folder.path, split: .train) }
    try MATLAB.write(path, packed: true, [("X", [32, 32, 3, 2], noise(6144)), ("y", [2, 1], [1, 11])])
    expectError("train_32x32.mat", "label 11.0 of record 1") { try open() }
    try MATLAB.write(path, packed: false, [("X", [32, 32, 3, 2], noise(6144)), ("y", [3, 1], [1, 1, 1])])
    expectError("train_32x32.mat", "2 pictures", "3 labels") { try open() }
    try MATLAB.write(path, packed: false, [("X", [32, 32, 2], noise(2048)), ("y", [3, 1], [1, 1, 1])])
    expectError("train_32x32.mat", "[32, 32, 2]") { try open() }
    try MATLAB.write(path, packed: false, [("z", [3, 1], [1, 1, 1])])
    expectError("train_32x32.mat", "'z'", "none named 'X'") { try open() }
    try folder.write("train_32x32.mat", "hello")
    expectError("train_32x32.mat", "is not a MATLAB file") { try open() }
    var later = try MATLAB.svhn(packed: false)
    later[124] = 0
    later[125] = 2
    try folder.write("train_32x32.mat", later)
    expectError("train_32x32.mat", "7.3", "-v7") { try open() }
  }

  @Test(arguments: [false, true])
  func truncatedFiles(_ packed: Bool) throws {
    let bytes = try MATLAB.svhn(packed: packed)
    let folder = try TemporaryFolder()
    // Cut between the arrays, the file is whole but has no y.
    expectTruncationsRefused(bytes, most: 200) { part, _ in
      let path = try folder.write("x.mat", part)
      do { _ = try SVHN.read(path) } catch let error as DataError {
        throw DataError(error.message.replacingOccurrences(of: path, with: "some/file"))
      }
    }
  }

  @Test func everyByteOfAPackedFileIsSummed() throws {
    let bytes = try MATLAB.svhn(packed: true)
    let folder = try TemporaryFolder()
    for position in stride(from: 400, to: bytes.count - 100, by: bytes.count / 60) {
      var wrong = bytes
      wrong[position] ^= 0x10
      let path = try folder.write("x.mat", wrong)
      #expect(throws: DataError.self) { try SVHN.read(path) }
    }
  }
}

struct NPZFormatTests {
  private func write(_ path: URL, _ arrays: [(name: String, tensor: Tensor)]) throws {
    try NPZ.write(arrays, to: path)
  }

  @Test func layouts() throws {
    let gray = Tensor(noise(2 * 4 * 5), shape: [2, 4, 5])
    #expect(try NPZFormat.pictures(gray, "x").shape == [2, 1, 4, 5])
    let last = Tensor(noise(2 * 4 * 5 * 3), shape: [2, 4, 5, 3])
    #expect(
      try NPZFormat.pictures(last, "x").array(of: UInt8.self)
        == last.permute([0, 3, 1, 2]).contiguous().array(of: UInt8.self))
    let first = Tensor(noise(2 * 3 * 4 * 5), shape: [2, 3, 4, 5])
    #expect(try NPZFormat.pictures(first, "x").shape == [2, 3, 4, 5])
    let numbers = Tensor.ones([2, 1, 4, 5])
    #expect(try NPZFormat.pictures(numbers, "x").dtype == .float32)
    expectError("x: has the shape [2, 4, 5, 2]") { try NPZFormat.pictures(Tensor.zeros([2, 4, 5, 2]), "x") }
    expectError("x: is int64") { try NPZFormat.pictures(Tensor([1, 2]), "x") }
  }

  @Test func splits() throws {
    let folder = try TemporaryFolder()
    let file = folder.file("d.npz")
    let images = Tensor(noise(3 * 16), shape: [3, 4, 4])
    try write(
      file,
      [
        ("x_train", images), ("y_train", Tensor([0, 1, 2])), ("x_test", images),
        ("y_test", Tensor([0, 1, 1])),
      ])
    for path in [file.path, folder.path] {
      let set = try DataCatalog.open(path, split: .test)
      #expect(set.format == "npz" && set.labels == [0, 1, 1] && set.classes == 3)
      #expect(try DataCatalog.open(path, split: .train).classes == 3)
    }
    try write(
      file, [("images", images), ("labels", Tensor([[0], [1], [2]].flatMap { $0 }, shape: [3, 1]))])
    #expect(try DataCatalog.open(file.path, split: .train).labels == [0, 1, 2])
    expectError("d.npz", "'images'", "x_test") { try DataCatalog.open(file.path, split: .test) }
    try write(file, [("images", images), ("labels", Tensor([0, -1, 2]))])
    expectError("d.npz", "label -1 of record 1") { try DataCatalog.open(file.path, split: .train) }
    try write(file, [("images", images), ("labels", Tensor([0, 1]))])
    expectError("d.npz", "3 images", "2 labels") { try DataCatalog.open(file.path, split: .train) }
    try write(file, [("images", images), ("labels", Tensor([0.5, 1, 2]))])
    expectError("d.npz: labels", "whole numbers") { try DataCatalog.open(file.path, split: .train) }
    let own = try TemporaryFolder()
    try write(own.file("train.npz"), [("images", images), ("labels", Tensor([2, 1, 0]))])
    try write(own.file("test.npz"), [("images", images), ("labels", Tensor([0, 1, 1]))])
    #expect(try DataCatalog.open(own.path, split: .test).classes == 3)
    try write(own.file("test.npz"), [("images", images), ("labels", Tensor([0, 3, 1]))])
    expectError("test.npz: labels: label 3 of record 1 is outside 0…2", "training split") {
      try DataCatalog.open(own.path, split: .test)
    }
  }

  @Test func labelsOutOfRange() throws {
    let folder = try TemporaryFolder()
    let file = folder.file("d.npz")
    let images = Tensor(noise(3 * 16), shape: [3, 4, 4])
    func write(train: [Int], test: [Int]) throws {
      try self.write(
        file,
        [("x_train", images), ("y_train", Tensor(train)), ("x_test", images), ("y_test", Tensor(test))])
    }
    try write(train: [0, 1, 255], test: [0, 1, 1])
    expectError("d.npz: y_train: label 255 of record 2, but none is 2", "classes.txt") {
      try DataCatalog.open(file.path, split: .train)
    }
    try write(train: [0, 1, 1], test: [0, 1, 2])
    #expect(try DataCatalog.open(file.path, split: .train).classes == 2)
    expectError("d.npz: y_test: label 2 of record 2 is outside 0…1", "training split") {
      try DataCatalog.open(file.path, split: .test)
    }
    try write(train: [1, 2, 3], test: [1, 2, 3])
    expectError("d.npz: y_train: labels begin at 1", "subtract 1") {
      try DataCatalog.open(file.path, split: .train)
    }
    try folder.write("classes.txt", "a\nb\nc\nd\n")
    for path in [file.path, folder.path] {
      #expect(try DataCatalog.open(path, split: .test).classNames == ["a", "b", "c", "d"])
    }
    // A test split alone says what there is.
    try FileManager.default.removeItem(at: folder.file("classes.txt"))
    try self.write(file, [("x_test", images), ("y_test", Tensor([0, 4, 2]))])
    #expect(try DataCatalog.open(file.path, split: .test).classes == 5)
  }

  @Test func truncatedFiles() throws {
    let folder = try TemporaryFolder()
    try write(
      folder.file("d.npz"),
      [("images", Tensor(noise(48), shape: [3, 4, 4])), ("labels", Tensor([0, 1, 2]))])
    let bytes = try DataFile.read(folder.file("d.npz").path)
    expectTruncationsRefused(bytes, most: 100) { part, _ in
      let path = try folder.write("cut.npz", part)
      do { _ = try NPZFormat.open(path, split: .train) } catch let error as DataError {
        throw DataError(error.message.replacingOccurrences(of: path, with: "some/file"))
      }
    }
  }
}
