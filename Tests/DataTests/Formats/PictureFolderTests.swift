import Foundation
import PeerSupport
import Testing
import Torch

@testable import Data

struct ImageFolderTests {
  private func png(_ value: UInt8, _ width: Int = 4, _ height: Int = 4, channels: Int = 3) throws -> [UInt8] {
    try PictureWriter.png(picture(width, height, channels: channels, value: value))
  }

  private func firstValues(_ set: DataSet) throws -> [Int] {
    try set.images.images(Array(0..<set.count)).select(dim: 1, index: 0).select(dim: 1, index: 0)
      .select(dim: 1, index: 0).array(of: Int.self)
  }

  @Test func orderNamesAndHiddenFiles() throws {
    let folder = try TemporaryFolder()
    // Capitals come before small letters, as Python sorts; content decides what a file is.
    try folder.write("train/b/2.png", try png(1))
    try folder.write("train/b/10.jpg", try png(2))
    try folder.write("train/b/.hidden.png", "no picture")
    try folder.write("train/b/notes.txt", "left out")
    try folder.write("train/a/x/2.PNG", try png(3, channels: 1))
    try folder.write("train/a/z.png", try png(4))
    try folder.write("train/C/1.jpeg", try PictureWriter.jpeg(picture(4, 4, value: 5)))
    try folder.write("train/.hidden/1.png", "no picture")
    try folder.write("val/a/1.png", try png(6))
    let train = try DataCatalog.open(folder.path, split: .train)
    #expect(train.format == "folder" && train.classNames == ["C", "a", "b"] && train.shape == [3, 4, 4])
    #expect(train.labels == [0, 1, 1, 2, 2])
    #expect(try firstValues(train) == [5, 4, 3, 2, 1])
    // Its folders look like sets of their own, and one of them is not for training.
    #expect(DataCatalog.isTestPart(folder.file("val").path, .folder))
    #expect(DataCatalog.isTestPart(folder.file("val").path + "/", .folder))
    #expect(!DataCatalog.isTestPart(folder.file("train").path, .folder))
    #expect(!DataCatalog.isTestPart(folder.path, .folder))
    // Numbered as in training, though there is no C and no b.
    let test = try DataCatalog.open(folder.path, split: .test)
    #expect(test.labels == [1] && test.classes == 3)
    try folder.write("classes.csv", "id,name\na,\"apple, red\"\nb,bean\n")
    #expect(try DataCatalog.open(folder.path, split: .test).classNames == ["C", "apple, red", "bean"])
    try folder.write("val/new/1.png", try png(6))
    expectError("val/new", "training split does not have") { try DataCatalog.open(folder.path, split: .test) }
  }

  @Test func classFoldersAlone() throws {
    let folder = try TemporaryFolder()
    try folder.write("cat/1.png", try png(1))
    try folder.write("dog/1.png", try png(2))
    let set = try DataCatalog.open(folder.path, split: .train)
    #expect(set.labels == [0, 1] && set.classNames == ["cat", "dog"])
    expectError("has no test split", "'cat/'") { try DataCatalog.open(folder.path, split: .test) }
    try FileManager.default.createDirectory(at: folder.file("emu"), withIntermediateDirectories: true)
    expectError("emu", "without a JPEG or PNG") { try DataCatalog.open(folder.path, split: .train) }
    try folder.write("emu/1.webp", "RIFF")
    expectError("emu/1.webp", "convert it") { try DataCatalog.open(folder.path, split: .train) }
  }

  @Test func tinyImageNet() throws {
    let folder = try TemporaryFolder()
    for (index, id) in ["n01", "n02"].enumerated() {
      try folder.write("train/\(id)/images/\(id)_0.JPEG", try png(UInt8(index)))
      try folder.write("train/\(id)/\(id)_boxes.txt", "0 0 1 1")
    }
    try folder.write("val/images/val_0.JPEG", try png(10))
    try folder.write("val/images/val_1.JPEG", try png(11))
    try folder.write("val/val_annotations.txt", "val_1.JPEG\tn01\t0\t0\t3\t3\nval_0.JPEG\tn02\t0\t0\t3\t3\n")
    try folder.write("test/images/test_0.JPEG", try png(12))
    try folder.write("words.txt", "n01\tgoldfish, Carassius auratus\nn02\tbullfrog\n")
    #expect(try DataCatalog.open(folder.path, split: .train).classNames == ["goldfish", "bullfrog"])
    let test = try DataCatalog.open(folder.path, split: .test)
    #expect(test.labels == [0, 1])
    #expect(try firstValues(test) == [11, 10])
    try folder.write("val/val_annotations.txt", "val_1.JPEG\tn03\n")
    expectError("val_annotations.txt", "line 1", "'n03'") { try DataCatalog.open(folder.path, split: .test) }
    try folder.write("val/val_annotations.txt", "../x.png\tn01\n")
    expectError("val_annotations.txt", "line 1") { try DataCatalog.open(folder.path, split: .test) }
  }

  @Test(arguments: [0, Int.max])
  func sizes(_ budget: Int) throws {
    let folder = try TemporaryFolder()
    try folder.write("a/1.png", try png(1, 6, 4))
    try folder.write("a/2.png", try png(2, 4, 6))
    var options = DataCatalog.Options()
    options.pictures.memoryBudget = budget
    expectError("2.png is 4×6", "1.png is 6×4", "give a size") {
      try DataCatalog.open(folder.path, split: .train, options: options)
    }
    options.pictures.size = 3
    options.pictures.channels = .gray
    for resize in PictureResize.allCases {
      options.pictures.resize = resize
      let set = try DataCatalog.open(folder.path, split: .train, options: options)
      #expect(set.shape == [1, 3, 3])
      #expect(try firstValues(set) == [1, 2])
    }
    options.pictures.size = 0
    expectError("wanted size", "0") { try DataCatalog.open(folder.path, split: .train, options: options) }
  }

  /// A damaged picture is found when its set is opened into memory, or when it is asked for.
  @Test func damagedPictures() throws {
    let folder = try TemporaryFolder()
    try folder.write("a/1.png", try png(1))
    try folder.write("a/2.png", Array(try png(2).dropLast(20)))
    expectError("a/2.png", "cut off") { try DataCatalog.open(folder.path, split: .train) }
    var options = DataCatalog.Options()
    options.pictures.memoryBudget = 0
    let set = try DataCatalog.open(folder.path, split: .train, options: options)
    #expect(try set.images.images([0]).shape == [1, 3, 4, 4])
    expectError("a/2.png", "cut off") { try set.images.images([0, 1]) }
  }

  @Test func imageNetSubsets() throws {
    // As the published code lists them.
    let published: [ImageNetSubset: [Int]] = [
      .nette: [0, 217, 482, 491, 497, 566, 569, 571, 574, 701],
      .woof: [193, 182, 258, 162, 155, 167, 159, 273, 207, 229],
      .fruit: [953, 954, 949, 950, 951, 957, 952, 945, 943, 948],
      .meow: [281, 282, 283, 284, 285, 291, 292, 290, 289, 287],
      .squawk: [84, 130, 88, 144, 145, 22, 96, 9, 100, 89],
      .yellow: [309, 986, 954, 951, 987, 779, 599, 291, 72, 11],
    ]
    #expect(published.count == ImageNetSubset.allCases.count)
    for subset in ImageNetSubset.allCases { #expect(subset.indices == published[subset], "\(subset)") }
    let folder = try TemporaryFolder()
    let ids = (0..<1000).map { "n" + String(10_000_000 + 7 * $0) }
    let file = try png(9)
    for index in [0, 217, 482, 491, 497, 566, 569, 571, 574, 701] {
      try folder.write("train/\(ids[index])/1.png", file)
      try folder.write("val/\(ids[index])/1.png", file)
    }
    var options = DataCatalog.Options()
    options.subset = .nette
    expectError("train", "10 folders", "nette") {
      try DataCatalog.open(folder.path, split: .train, options: options)
    }
    for id in ids {
      for split in ["train", "val"] {
        try FileManager.default.createDirectory(
          at: folder.file("\(split)/\(id)"), withIntermediateDirectories: true)
      }
    }
    for split in DataSet.Split.allCases {
      let set = try DataCatalog.open(folder.path, split: split, options: options)
      #expect(set.labels == Array(0..<10) && set.classNames[1] == ids[217] && set.classNames[9] == ids[701])
      #expect(set.name.hasSuffix("-nette"))
    }
  }
}

struct CSVTests {
  @Test func table() throws {
    let text = "\u{FEFF}file , \"label\"\r\n a.png ,\"x, \"\"y\"\"\r\nz\"\n\n\"\",2\nlast,"
    let table = try CSVTable(Array(text.utf8), name: "t")
    #expect(table.header == ["file", "label"])
    #expect(table.rows == [["a.png", "x, \"y\"\r\nz"], ["", "2"], ["last", ""]])
    #expect(table.lines == [2, 5, 6])
    expectError("t: is empty") { try CSVTable([], name: "t") }
    expectError("t: line 1", "does not end") { try CSVTable(Array("\"a".utf8), name: "t") }
    expectError("t: has a zero byte at 1") { try CSVTable([65, 0], name: "t") }
  }

  @Test func folders() throws {
    let folder = try TemporaryFolder()
    for index in 0..<3 {
      try folder.write("p/\(index).png", try PictureWriter.png(picture(2, 2, value: UInt8(index))))
    }
    let file = try folder.write(
      "all.csv", "label,file,split\nb,p/2.png,train\na,p/0.png,train\na,p/1.png,val\n")
    for path in [file, folder.path] {
      let train = try DataCatalog.open(path, split: .train)
      #expect(train.format == "csv" && train.labels == [1, 0] && train.classNames == ["a", "b"])
      #expect(try train.images.images([0]).amax().int == 2)
      #expect(try DataCatalog.open(path, split: .test).labels == [0])
    }
    try folder.write("train.csv", "file,label\np/0.png,2\np/1.png,0\np/2.png,1\n")
    try folder.write("test.csv", "file,label\np/2.png,1\n")
    #expect(try DataCatalog.open(folder.path, split: .train).labels == [2, 0, 1])
    let test = try DataCatalog.open(folder.path, split: .test)
    #expect(test.labels == [1] && test.classes == 3)
    try folder.write("test.csv", "file,label\np/2.png,word\n")
    expectError("test.csv: line 2", "'word'") { try DataCatalog.open(folder.path, split: .test) }
    try folder.write("train.csv", "file,label\np/0.png,1\np/9.png,0\n")
    expectError("train.csv: line 3", "p/9.png") { try DataCatalog.open(folder.path, split: .train) }
    try folder.write("train.csv", "file,label\np/0.png\n")
    expectError("train.csv: line 2 has 1 fields") { try DataCatalog.open(folder.path, split: .train) }
    try folder.write("train.csv", "file,label\np/0.png,-1\n")
    expectError("train.csv: label -1") { try DataCatalog.open(folder.path, split: .train) }
    // One wrong number would make many classes.
    try folder.write("train.csv", "file,label\np/0.png,0\np/1.png,255\np/2.png,1\n")
    try folder.write("test.csv", "file,label\np/2.png,1\np/1.png,7\n")
    expectError("train.csv: label 255 of line 3, but none is 2") {
      try DataCatalog.open(folder.path, split: .train)
    }
    try folder.write("train.csv", "file,label\np/0.png,0\np/1.png,1\n")
    expectError("test.csv: label 7 of line 3 is outside 0…1", "training split") {
      try DataCatalog.open(folder.path, split: .test)
    }
    try folder.write("classes.txt", (0..<8).map { "name \($0)\n" }.joined())
    #expect(try DataCatalog.open(folder.path, split: .test).classNames[7] == "name 7")
    // Rows of a test split alone say what there is.
    try FileManager.default.removeItem(at: folder.file("classes.txt"))
    try FileManager.default.removeItem(at: folder.file("train.csv"))
    try FileManager.default.removeItem(at: folder.file("all.csv"))
    #expect(try DataCatalog.open(folder.path, split: .test).classes == 8)
    try folder.write("train.csv", "path,class\np/0.png,1\n")
    expectError("train.csv", "'path', 'class'") {
      try DataCatalog.open(folder.file("train.csv").path, split: .train)
    }
  }
}

struct DataCatalogTests {
  @Test func unknownPlaces() throws {
    let folder = try TemporaryFolder()
    expectError("is empty", "cifar10:", "train-images-idx3-ubyte") {
      try DataCatalog.open(folder.path, split: .train)
    }
    try folder.write("readme.md", "x")
    expectError("holds 'readme.md'") { try DataCatalog.open(folder.path, split: .train) }
    expectError("is no data set by itself") {
      try DataCatalog.open(folder.file("readme.md").path, split: .train)
    }
    expectError("is not there") { try DataCatalog.open(folder.path + "/no", split: .train) }
    try folder.write("data_batch_1", "pickle")
    expectError("Python version of CIFAR-10", "salar data get cifar10") {
      try DataCatalog.open(folder.path, split: .train)
    }
    for format in DataFormat.allCases where format != .builtin {
      expectError(folder.path) { try DataCatalog.open(folder.path, split: .train, format: format) }
    }
  }

  @Test func forcedFormatsAndUnfitOptions() throws {
    let folder = try TemporaryFolder()
    try folder.write("train-images-idx3-ubyte", idx([1, 2, 2], [1, 2, 3, 4]))
    try folder.write("train-labels-idx1-ubyte", idx([1], [0]))
    try folder.write("a/1.png", try PictureWriter.png(picture(2, 2)))
    #expect(try DataCatalog.open(folder.path, split: .train).format == "idx")
    #expect(try DataCatalog.open(folder.path, split: .train, format: .folder).format == "folder")
    var options = DataCatalog.Options()
    options.pictures.size = 8
    expectError("a size", "idx") { try DataCatalog.open(folder.path, split: .train, options: options) }
    options = .init(pictures: PictureOptions(channels: .gray))
    expectError("channels", "idx") { try DataCatalog.open(folder.path, split: .train, options: options) }
    options = .init(subset: .woof)
    expectError("a subset", "idx") { try DataCatalog.open(folder.path, split: .train, options: options) }
  }

  /// Against numbers computed by hand, for bytes and for float32.
  @Test func moments() throws {
    let bytes = Tensor([UInt8]([0, 255, 51, 204, 10, 10, 10, 10]), shape: [2, 2, 1, 2])
    // Channel 0: 0, 255, 10, 10; channel 1: 51, 204, 10, 10.
    let found = try DataInfo.moments(MemoryImages(bytes))
    for (channel, values) in [[0.0, 255, 10, 10], [51, 204, 10, 10]].enumerated() {
      let mean = values.reduce(0, +) / 4
      let variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 4
      #expect(abs(found.mean[channel] - mean / 255) < 1e-15)
      #expect(abs(found.std[channel] - variance.squareRoot() / 255) < 1e-15)
    }
    let numbers = try DataInfo.moments(MemoryImages(bytes.to(.float32) / 255))
    for channel in 0..<2 {
      #expect(abs(numbers.mean[channel] - found.mean[channel]) < 1e-7)
      #expect(abs(numbers.std[channel] - found.std[channel]) < 1e-7)
    }
  }

  @Test func contactSheet() throws {
    let pixels = Tensor([UInt8]([10, 20, 30]), shape: [3, 1, 1, 1])
    let set = try DataSet(
      name: "x", split: .train, format: "memory", images: MemoryImages(pixels), labels: [1, 0, 1],
      classNames: ["a", "b"])
    let sheet = try ContactSheet.draw(set, perClass: 2)
    // Tiles of 48 pixels, gaps of 4, one letter of 12 and two gaps for the names.
    #expect(sheet.width == 20 + 2 * 52 + 4 && sheet.height == 2 * 52 + 4)
    let at = { (x: Int, y: Int) in Int(sheet.pixels[3 * (y * sheet.width + x)]) }
    #expect(at(20, 4) == 20 && at(72, 4) == 255)
    #expect(at(20, 56) == 10 && at(67, 103) == 10 && at(72, 56) == 30 && at(68, 56) == 255)
    // A: nothing in its upper left corner, ink beside it.
    #expect(at(4, 21) == 255 && at(6, 21) == 0 && at(4, 23) == 0)
    expectError("at least one row") { try ContactSheet.draw(set, rows: 0) }
  }
}
