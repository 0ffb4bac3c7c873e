import PeerSupport
import Testing
import Torch

@testable import Data

struct IDXTests {
  private func folder(_ count: Int = 3, packed: Bool = false) throws -> TemporaryFolder {
    let folder = try TemporaryFolder()
    let pack = { (bytes: [UInt8]) in packed ? deflated(bytes) : bytes }
    let end = packed ? ".gz" : ""
    for prefix in ["train", "t10k"] {
      try folder.write("\(prefix)-images-idx3-ubyte\(end)", pack(idx([count, 2, 4], noise(8 * count))))
      try folder.write(
        "\(prefix)-labels-idx1-ubyte\(end)", pack(idx([count], (0..<count).map { UInt8($0 % 4) })))
    }
    return folder
  }

  @Test(arguments: [false, true])
  func reads(_ packed: Bool) throws {
    let folder = try folder(packed: packed)
    for split in DataSet.Split.allCases {
      let set = try DataCatalog.open(folder.path, split: split)
      #expect(set.format == "idx" && set.count == 3 && set.shape == [1, 2, 4])
      #expect(set.labels == [0, 1, 2] && set.classNames == ["0", "1", "2"])
      #expect(
        try set.images.images([2, 0]).array(of: UInt8.self) == Array(noise(24)[16...] + noise(24)[..<8]))
    }
    // One of the files stands for the folder.
    let one = folder.file("t10k-images-idx3-ubyte" + (packed ? ".gz" : "")).path
    #expect(try DataCatalog.open(one, split: .train).count == 3)
    #expect(DataCatalog.isTestPart(one, .idx) && !DataCatalog.isTestPart(folder.path, .idx))
    let other = folder.file("train-images-idx3-ubyte" + (packed ? ".gz" : "")).path
    #expect(!DataCatalog.isTestPart(other, .idx))
  }

  @Test func classesAreThoseOfTheTrainingSplit() throws {
    let folder = try folder()
    try folder.write("t10k-labels-idx1-ubyte", idx([3], [0, 0, 0]))
    #expect(try DataCatalog.open(folder.path, split: .test).classes == 3)
    try folder.write("classes.txt", "zero\none\n\ntwo\n")
    #expect(try DataCatalog.open(folder.path, split: .test).classNames == ["zero", "one", "two"])
    try folder.write("classes.txt", "zero\n")
    expectError("train-labels-idx1-ubyte: label 1 of record 1 is outside 0…0", "classes.txt names") {
      try DataCatalog.open(folder.path, split: .test)
    }
  }

  /// One damaged byte must not make 256 classes.
  @Test(arguments: [false, true])
  func labelsOutOfRange(_ packed: Bool) throws {
    let folder = try folder(packed: packed)
    let end = packed ? ".gz" : ""
    func write(_ prefix: String, _ labels: [UInt8]) throws {
      let bytes = idx([3], labels)
      try folder.write("\(prefix)-labels-idx1-ubyte\(end)", packed ? deflated(bytes) : bytes)
    }
    try write("train", [0, 255, 1])
    for split in DataSet.Split.allCases {
      expectError("train-labels-idx1-ubyte\(end): label 255 of record 1, but none is 2", "classes.txt") {
        try DataCatalog.open(folder.path, split: split)
      }
    }
    try write("train", [0, 1, 1])
    try write("t10k", [0, 1, 2])
    expectError("t10k-labels-idx1-ubyte\(end): label 2 of record 2 is outside 0…1", "training split") {
      try DataCatalog.open(folder.path, split: .test)
    }
    #expect(try DataCatalog.open(folder.path, split: .train).classes == 2)
    // As in EMNIST's letters.
    try write("train", [1, 2, 3])
    expectError(
      "train-labels-idx1-ubyte\(end): labels begin at 1", "count from 0", "subtract 1", "classes.txt"
    ) {
      try DataCatalog.open(folder.path, split: .train)
    }
    try folder.write("classes.txt", "none\na\nb\nc\n")
    #expect(try DataCatalog.open(folder.path, split: .train).labels == [1, 2, 3])
    #expect(try DataCatalog.open(folder.path, split: .test).classNames == ["none", "a", "b", "c"])
    try write("train", [1, 2, 4])
    expectError("label 4 of record 2 is outside 0…3", "classes.txt names") {
      try DataCatalog.open(folder.path, split: .train)
    }
  }

  @Test func wrongFiles() throws {
    expectError("f: is not an IDX file") { try IDX.parse([1, 2, 3, 4], name: "f") }
    expectError("f: holds float32") { try IDX.parse(idx([1], [0, 0, 0, 0], type: 0x0D), name: "f") }
    expectError("f: is damaged", "1 bytes after") { try IDX.parse(idx([2], [1, 2, 3]), name: "f") }
    expectError("f: is damaged", "goes on") { try IDX.parse(deflated(idx([2], [1, 2, 3])), name: "f") }
    expectError("f: is damaged", "beyond any memory") {
      try IDX.parse(idx([1 << 31, 1 << 31, 1 << 31, 1 << 31], []), name: "f")
    }
    // Declared lengths that the file cannot hold cost no memory.
    expectError("f: is cut off", "4294967295") { try IDX.parse(idx([0xFFFF_FFFF], [1]), name: "f") }
    expectError("f: is damaged", "cannot unpack") {
      try IDX.parse(deflated(idx([0xFFFF_FFFF], [1])), name: "f")
    }
    let folder = try folder()
    try folder.write("train-labels-idx1-ubyte", idx([2], [0, 1]))
    expectError("train-images-idx3-ubyte", "3 images", "2 labels") {
      try DataCatalog.open(folder.path, split: .train)
    }
    try folder.write("t10k-images-idx3-ubyte", idx([3, 2], [1, 2, 3, 4, 5, 6]))
    expectError("t10k-images-idx3-ubyte", "[3, 2]") { try DataCatalog.open(folder.path, split: .test) }
  }

  /// A gigabyte of zeros in a megabyte: no more is unpacked than the header says.
  @Test func gzipBomb() {
    let bomb = deflated(idx([10], []) + [UInt8](repeating: 0, count: 64 << 20))
    expectError("bomb: is damaged", "goes on") { try IDX.parse(bomb, name: "bomb") }
  }

  @Test func truncatedFiles() throws {
    let plain = idx([5, 4, 4], noise(80))
    expectTruncationsRefused(plain) { _ = try IDX.parse($0, name: $1) }
    expectTruncationsRefused(deflated(plain)) { _ = try IDX.parse($0, name: $1) }
  }

  @Test func gzipMembersAndSums() throws {
    let plain = idx([4], [1, 2, 3, 4])
    let two = deflated(Array(plain.prefix(5))) + deflated(Array(plain.dropFirst(5)))
    #expect(try IDX.parse(two, name: "f").bytes == [1, 2, 3, 4])
    var wrong = deflated(plain)
    wrong[wrong.count - 6] ^= 1  // the sum
    expectError("f: is damaged", "get the file again") { try IDX.parse(wrong, name: "f") }
    expectError("f: is damaged", "belong to nothing") {
      try IDX.parse(deflated(plain) + [1, 2, 3], name: "f")
    }
  }
}
