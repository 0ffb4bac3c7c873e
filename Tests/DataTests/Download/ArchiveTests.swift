import CArchive
import Foundation
import PeerSupport
import Testing

@testable import Data

/// Archives as libarchive writes them, hostile ones among them.
enum TestArchive {
  enum Kind: CaseIterable { case tar, tarGzip, zip }

  enum Entry {
    case file(String, [UInt8])
    case folder(String)
    case symbolicLink(String, to: String)
    case hardLink(String, to: String)
    case device(String)
  }

  static func bytes(_ kind: Kind, _ entries: [Entry]) throws -> [UInt8] {
    let folder = try TemporaryFolder()
    let path = folder.file("a").path
    let writer = try #require(archive_write_new())
    defer { archive_write_free(writer) }
    if kind == .zip { archive_write_set_format_zip(writer) } else { archive_write_set_format_ustar(writer) }
    if kind == .tarGzip { archive_write_add_filter_gzip(writer) }
    try #require(archive_write_open_filename(writer, path) == ARCHIVE_OK)
    for entry in entries {
      let header = archive_entry_new()
      defer { archive_entry_free(header) }
      archive_entry_set_perm(header, 0o644)
      archive_entry_set_filetype(header, 0o100_000)
      var content: [UInt8] = []
      switch entry {
      case .file(let name, let bytes):
        archive_entry_set_pathname(header, name)
        content = bytes
      case .folder(let name):
        archive_entry_set_pathname(header, name)
        archive_entry_set_filetype(header, 0o040_000)
      case .symbolicLink(let name, let target):
        archive_entry_set_pathname(header, name)
        archive_entry_set_filetype(header, 0o120_000)
        archive_entry_set_symlink(header, target)
      case .hardLink(let name, let target):
        archive_entry_set_pathname(header, name)
        archive_entry_set_hardlink(header, target)
      case .device(let name):
        archive_entry_set_pathname(header, name)
        archive_entry_set_filetype(header, 0o010_000)
      }
      archive_entry_set_size(header, la_int64_t(content.count))
      try #require(archive_write_header(writer, header) >= ARCHIVE_WARN)
      if !content.isEmpty {
        try #require(archive_write_data(writer, content, content.count) == content.count)
      }
    }
    archive_write_close(writer)
    return try DataFile.read(path)
  }
}

struct ArchiveTests {
  private let folder: TemporaryFolder
  init() throws { folder = try TemporaryFolder() }

  private func unpack(_ bytes: [UInt8], _ limits: Archive.Limits = .init()) throws(DataError) {
    try Archive.unpack(bytes, name: "a", into: folder.path, limits: limits)
  }

  private func everything() throws -> [String] {
    try FileManager.default.subpathsOfDirectory(atPath: folder.path).sorted()
  }

  @Test(arguments: TestArchive.Kind.allCases)
  func unpacks(_ kind: TestArchive.Kind) throws {
    let bytes = try TestArchive.bytes(
      kind, [.folder("./top/"), .file("./top/a.bin", noise(100_000)), .file("top/in/b.txt", [1, 2])])
    try unpack(bytes)
    #expect(try everything() == ["top", "top/a.bin", "top/in", "top/in/b.txt"])
    #expect(try DataFile.read(folder.file("top/a.bin").path) == noise(100_000))
    expectError("top", "is there already") { try unpack(bytes) }
    let file = try folder.write("x/y.tar", bytes)
    try Archive.unpack(file, into: folder.file("x").path)
    #expect(try DataFile.read(folder.file("x/top/in/b.txt").path) == [1, 2])
  }

  @Test(arguments: [TestArchive.Kind.tar, .zip])
  func hostileEntries(_ kind: TestArchive.Kind) throws {
    let good = TestArchive.Entry.file("good", [1])
    let hostile: [(TestArchive.Entry, String)] = [
      (.file("../evil", [1]), "leads out"), (.file("a/../../evil", [1]), "leads out"),
      (.file("/tmp/evil", [1]), "absolute"), (.symbolicLink("link", to: "/etc"), "links are not"),
      (.symbolicLink("link", to: "good"), "links are not"), (.folder("/abs"), "absolute"),
      // libarchive turns these round in zip files, as Windows writes them.
      (.file("a\\..\\b", [1]), kind == .zip ? "leads out" : "none everywhere"),
      (.file("good", [2]), "two files"),
      (.file("GOOD", [2]), "two files"),
    ]
    for (entry, reason) in hostile {
      expectError("a: ", reason) { try unpack(try TestArchive.bytes(kind, [good, entry])) }
      // Nothing of it stays.
      #expect(try everything() == [])
    }
    if kind == .tar {
      expectError("links are not") {
        try unpack(try TestArchive.bytes(kind, [good, .hardLink("x", to: "/etc/passwd")]))
      }
      expectError("neither a file nor a folder") {
        try unpack(try TestArchive.bytes(kind, [.device("pipe")]))
      }
      #expect(try everything() == [])
    }
  }

  @Test func limits() throws {
    let bytes = try TestArchive.bytes(
      .zip, [.file("zeros", [UInt8](repeating: 0, count: 4 << 20)), .file("b", [1])])
    #expect(bytes.count < 10_000)
    expectError("a: unpacks to more than the 1000000") { try unpack(bytes, .init(bytes: 1_000_000)) }
    expectError("a: has more than the 1 entries") { try unpack(bytes, .init(entries: 1)) }
    #expect(try everything() == [])
  }

  @Test func truncatedFiles() throws {
    for kind in [TestArchive.Kind.tarGzip, .zip] {
      let bytes = try TestArchive.bytes(kind, [.file("a", noise(3000)), .file("b", noise(2000))])
      for length in stride(from: 0, to: bytes.count * 9 / 10, by: 97) {
        expectError("a: ") { try unpack(Array(bytes.prefix(length))) }
        #expect(try everything() == [], "\(kind) \(length)")
      }
    }
    expectError("is not a file") { try Archive.unpack(folder.path, into: folder.path) }
  }
}
