import Foundation
import PeerSupport
import Testing

@testable import Torch

@Suite(.leavesNothing) struct AtomicFileTests {
  let folder: TemporaryFolder
  init() throws { folder = try TemporaryFolder() }

  private func text(_ name: String) throws -> String {
    try String(contentsOf: folder.file(name), encoding: .utf8)
  }

  private func write(_ text: String, to url: URL) throws(TorchError) {
    try writeAtomically(to: url) { (file) throws(TorchError) in try file.write(text) }
  }

  @Test func writesAndReplaces() throws {
    try write("one", to: folder.file("a"))
    #expect(try text("a") == "one")
    try write("two, longer", to: folder.file("a"))
    #expect(try text("a") == "two, longer")
    try write("", to: folder.file("a"))
    #expect(try text("a") == "")
    #expect(try folder.contents == ["a"])
  }

  @Test func writesPartsOfAnySizeInOrder() throws {
    var expected: [UInt8] = []
    try writeAtomically(to: folder.file("a")) { (file) throws(TorchError) in
      for size in [0, 1, 65_535, 65_536, 65_537, 3, 200_000, 10] {
        let part = (0..<size).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ size) }
        try file.write(part)
        expected += part
        #expect(file.count == expected.count)
      }
    }
    #expect(try Array(Data(contentsOf: folder.file("a"))) == expected)
  }

  @Test func writesALargeViewAStretchAtATime() throws {
    // More than one stretch of 64 MiB, and rows that do not divide it.
    let tensor = Tensor.arange(0, 18_000_003, dtype: .float32).reshape([3, 6_000_001]).transpose(0, 1)
    try writeAtomically(to: folder.file("a")) { (file) throws(TorchError) in try file.write(tensor) }
    let file = try MappedFile(reading: folder.file("a"))
    let found = try file.withUnsafeMutableBytes {
      Tensor(over: try #require($0.baseAddress), shape: tensor.shape, dtype: .float32, owner: file)
    }
    #expect(found.equal(tensor))
  }

  @Test func keepsTheOldFileWhenTheBodyFails() throws {
    try write("old", to: folder.file("a"))
    expectRefusal("no more", kind: .value) {
      try writeAtomically(to: folder.file("a")) { (file) throws(TorchError) in
        try file.write([UInt8](repeating: 1, count: 100_000))
        throw TorchError(kind: .value, message: "no more")
      }
    }
    #expect(try text("a") == "old")
    expectRefusal("no more", kind: .value) {
      try writeAtomically(to: folder.file("b")) { (_) throws(TorchError) in
        throw TorchError(kind: .value, message: "no more")
      }
    }
    #expect(try folder.contents == ["a"])
  }

  @Test func keepsPermissionsAndFollowsLinks() throws {
    try write("old", to: folder.file("a"))
    #expect(chmod(folder.file("a").path, 0o640) == 0)
    #expect(symlink("a", folder.file("link").path) == 0)
    try write("new", to: folder.file("link"))
    #expect(try text("a") == "new")
    var facts = stat()
    #expect(lstat(folder.file("a").path, &facts) == 0)
    #expect(facts.st_mode & 0o7777 == 0o640)
    #expect(lstat(folder.file("link").path, &facts) == 0)
    #expect(facts.st_mode & S_IFMT == S_IFLNK)
    #expect(try folder.contents == ["a", "link"])
  }

  @Test func writesThroughLinksToNothing() throws {
    try FileManager.default.createDirectory(at: folder.file("real"), withIntermediateDirectories: false)
    // One relative link to another, in another folder.
    #expect(symlink("real/second", folder.file("first").path) == 0)
    #expect(symlink("../target", folder.file("real/second").path) == 0)
    try write("new", to: folder.file("first"))
    #expect(try text("target") == "new")
    #expect(symlink(folder.file("real/end").path, folder.file("absolute").path) == 0)
    try write("more", to: folder.file("absolute"))
    #expect(try text("real/end") == "more")
    for link in ["first", "real/second", "absolute"] {
      var facts = stat()
      #expect(lstat(folder.file(link).path, &facts) == 0)
      #expect(facts.st_mode & S_IFMT == S_IFLNK, "\(link) is a link no more")
    }
    #expect(symlink("none/a", folder.file("lost").path) == 0)
    expectRefusal(folder.file("lost").path, "No such file or directory") {
      try write("x", to: folder.file("lost"))
    }
    #expect(symlink("circle", folder.file("circle").path) == 0)
    expectRefusal("symbolic link that leads to no file") { try write("x", to: folder.file("circle")) }
    #expect(try folder.contents == ["absolute", "circle", "first", "lost", "real", "target"])
  }

  @Test func takesNamesAsLongAsTheFileSystemDoes() throws {
    let name = String(repeating: "n", count: 255)
    try write("long", to: folder.file(name))
    #expect(try text(name) == "long")
    expectRefusal("File name too long") { try write("x", to: folder.file(name + "n")) }
    #expect(try folder.contents == [name])
  }

  @Test func saysWhatIsWrongWithAPath() throws {
    try write("old", to: folder.file("a"))
    for (url, reason) in [
      (folder.file("none/b"), "No such file or directory"), (folder.file("a/b"), "Not a directory"),
      (folder.url, "is a folder"), (URL(fileURLWithPath: "/dev/full"), "is a device"),
      (URL(fileURLWithPath: "/"), "is a folder"), (folder.file("a\0b"), "none that is zero"),
    ] {
      expectRefusal(reason) { try write("x", to: url) }
    }
    let pipe = folder.file("pipe")
    #expect(mkfifo(pipe.path, 0o600) == 0)
    expectRefusal("is a pipe") { try write("x", to: pipe) }
    expectRefusal("is a pipe") { _ = try MappedFile(reading: pipe) }
    expectRefusal("https://example.com", "not a file's URL") {
      try write("x", to: URL(string: "https://example.com/a")!)
    }
    #expect(try folder.contents == ["a", "pipe"])
  }

  #if os(Linux)
    @Test func saysWhyAFolderTakesNoFile() throws {
      // It binds everybody, the superuser too.
      expectRefusal("/proc/salar-test", "cannot be written") {
        try write("x", to: URL(fileURLWithPath: "/proc/salar-test"))
      }
    }

    @Test(.enabled(if: geteuid() != 0, "permissions do not bind the superuser"))
    func saysThatAFolderIsClosed() throws {
      let closed = folder.file("closed")
      try FileManager.default.createDirectory(at: closed, withIntermediateDirectories: false)
      try write("old", to: closed.appendingPathComponent("a"))
      #expect(chmod(closed.path, 0o500) == 0)
      defer { chmod(closed.path, 0o700) }
      expectRefusal("Permission denied", closed.path) {
        try write("x", to: closed.appendingPathComponent("a"))
      }
      #expect(try text("closed/a") == "old")
    }

    @Test func saysThatTheDiskIsFull() throws {
      try write("old", to: folder.file("a"))
      for size in [1, 65_536, 1 << 20] {
        expectRefusal(folder.file("a").path, "No space left on device", "free some space") {
          try replaceAtomically(folder.file("a")) { (_, path) throws(TorchError) in
            let writer = try FileWriter(opening: "/dev/full", for: path)
            try writer.write([UInt8](repeating: 0, count: size))
            try writer.finish()
          }
        }
      }
      expectRefusal("No space left on device") {
        try replaceAtomically(folder.file("a")) { (_, path) throws(TorchError) in
          let writer = try FileWriter(opening: "/dev/full", for: path)
          try writer.write(sample([1000, 1000], .float32).transpose(0, 1))
          try writer.finish()
        }
      }
      #expect(try text("a") == "old")
      #expect(try folder.contents == ["a"])
    }
  #endif

  @Test func refusesAWriterThatIsFinished() throws {
    var kept: FileWriter?
    try writeAtomically(to: folder.file("a")) { (file) throws(TorchError) in
      try file.write("whole")
      kept = file
    }
    expectRefusal("after it was finished") { try kept?.write("more") }
    #expect(try text("a") == "whole")
  }

  @Test func manyWritersAtOnceLeaveOneWholeFile() async throws {
    let url = folder.file("a")
    await withTaskGroup(of: Void.self) { group in
      for index in 0..<16 {
        group.addTask {
          let part = String(repeating: "\(index % 10)", count: 100_000)
          try? writeAtomically(to: url) { (file) throws(TorchError) in try file.write(part) }
        }
      }
    }
    let found = try text("a")
    #expect(found.utf8.count == 100_000 && Set(found).count == 1)
    #expect(try folder.contents == ["a"])
  }
}

@Suite(.leavesNothing) struct MappedFileTests {
  let folder: TemporaryFolder
  init() throws { folder = try TemporaryFolder() }

  @Test func readsAndKeepsChangesToItself() throws {
    let url = try folder.write([1, 2, 3])
    let file = try MappedFile(reading: url)
    #expect(file.count == 3 && file.path == url.path)
    file.withUnsafeMutableBytes { bytes in
      #expect(Array(bytes) == [1, 2, 3])
      bytes[1] = 9
      #expect(Array(bytes) == [1, 9, 3])
    }
    #expect(try Array(Data(contentsOf: url)) == [1, 2, 3])
    let again = try MappedFile(reading: url).withUnsafeMutableBytes { Array($0) }
    #expect(again == [1, 2, 3])
  }

  @Test func takesAnEmptyFile() throws {
    let file = try MappedFile(reading: try folder.write([]))
    #expect(file.count == 0)
    let hasAddress = file.withUnsafeMutableBytes { $0.baseAddress != nil }
    #expect(!hasAddress)
  }

  @Test func readsAFileThatOnlyMayBeRead() throws {
    let url = try folder.write([1])
    #expect(chmod(url.path, 0o400) == 0)
    let changed = try MappedFile(reading: url).withUnsafeMutableBytes { bytes in
      bytes[0] = 2
      return bytes[0]
    }
    #expect(changed == 2)
  }

  @Test func goesWithItsLastTensor() throws {
    let url = try folder.write([UInt8](repeating: 5, count: 4096))
    weak var seen: MappedFile?
    do {
      let part: Tensor
      do {
        let file = try MappedFile(reading: url)
        seen = file
        part = file.withUnsafeMutableBytes {
          Tensor(over: $0.baseAddress!, shape: [64, 64], dtype: .uint8, owner: file)[3][1..<3]
        }
      }
      #expect(seen != nil)
      #expect(part.array(of: UInt8.self) == [5, 5])
    }
    #expect(seen == nil)
  }

  @Test(arguments: ["safetensors", "npy", "npz", "map"])
  func everyReaderSaysWhatIsWrongWithAPath(kind: String) throws {
    func read(_ url: URL) throws {
      switch kind {
      case "safetensors": _ = try Safetensors(reading: url)
      case "npy": _ = try NPY.read(url)
      case "npz": _ = try NPZ.read(url)
      default: _ = try MappedFile(reading: url)
      }
    }
    for (url, reason) in [
      (folder.file("none"), "No such file or directory"), (folder.url, "is a folder"),
      (try folder.write([]).appendingPathComponent("b"), "Not a directory"),
      (URL(fileURLWithPath: "/dev/zero"), "is a device"), (folder.file("a\0b"), "none that is zero"),
      (URL(string: "http://example.com/a")!, "not a file's URL"),
    ] {
      expectRefusal(reason) { try read(url) }
    }
  }
}
