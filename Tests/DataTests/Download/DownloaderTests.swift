import Crypto
import Foundation
import PeerSupport
import Synchronization
import Testing

@testable import Data

/// Against a server on this machine; no other is asked.
struct DownloaderTests {
  private let folder: TemporaryFolder
  private let body = noise(300_000)

  init() throws { folder = try TemporaryFolder() }

  private var path: String { folder.file("file").path }
  private var sum: Checksum {
    .md5(Insecure.MD5.hash(data: body).map { String(format: "%02x", $0) }.joined())
  }
  private var quick: Downloader { Downloader(attempts: 4, pause: 0.01, timeout: 10) }

  private func names() throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
  }

  @Test func whole() throws {
    let server = try TestServer(body)
    defer { server.stop() }
    let sha = SHA256.hash(data: body).map { String(format: "%02x", $0) }.joined()
    try quick.fetch([server.address], to: path, checksum: .sha256(sha))
    #expect(try DataFile.read(path) == body && server.ranges == ["-"])
    #expect(try names() == ["file"])
  }

  @Test func cutConnectionsAreGoneOnWith() throws {
    let server = try TestServer(body, .init(cuts: [100_000, 50_000]))
    defer { server.stop() }
    try quick.fetch([server.address], to: path, checksum: sum)
    #expect(try DataFile.read(path) == body)
    #expect(server.ranges == ["-", "bytes=100000-", "bytes=150000-"])
    #expect(try names() == ["file"])
  }

  /// Bytes that are there, and those expected, rising; after a cut from where it went on.
  @Test func progressIsTold() throws {
    let server = try TestServer(body, .init(cuts: [100_000]))
    defer { server.stop() }
    let told = Mutex<[(Int, Int?)]>([])
    try quick.fetch([server.address], to: path, checksum: sum) { count, expected in
      told.withLock { $0.append((count, expected)) }
    }
    let all = told.withLock { $0 }
    #expect(all.first?.0 == 0 && all.last?.0 == 300_000)
    #expect(all.allSatisfy { $0.1 == 300_000 })
    #expect(zip(all, all.dropFirst()).allSatisfy { $0.0 <= $1.0 })
    #expect(all.contains { $0.0 == 100_000 })
    // A server that sends no more than was missing.
    try folder.write("file.part", Array(body.prefix(200_000)))
    try folder.write("file.part.version", "\"one\"")
    let later = Mutex<[Int]>([])
    try quick.fetch([server.address], to: path, checksum: sum) { count, _ in
      later.withLock { $0.append(count) }
    }
    #expect(later.withLock { $0 }.first == 200_000 && later.withLock { $0 }.last == 300_000)
  }

  @Test func laterAttemptsGoOn() throws {
    let server = try TestServer(body, .init(cuts: [1000]))
    defer { server.stop() }
    var once = quick
    once.attempts = 1
    expectError(server.address, "1000 of 300000", "given up after 1", ".part") {
      try once.fetch([server.address], to: path, checksum: sum)
    }
    #expect(try names() == ["file.part", "file.part.version"])
    try once.fetch([server.address], to: path, checksum: sum)
    #expect(try DataFile.read(path) == body && server.ranges == ["-", "bytes=1000-"])
  }

  @Test func changedFilesBeginAnew() throws {
    let server = try TestServer(noise(300_000, seed: 9), .init(cuts: [1000]))
    defer { server.stop() }
    var once = quick
    once.attempts = 1
    expectError("1000 of 300000") { try once.fetch([server.address], to: path, checksum: sum) }
    server.change(body, tag: "\"two\"")
    try once.fetch([server.address], to: path, checksum: sum)
    #expect(try DataFile.read(path) == body)
  }

  @Test func serversWithoutRangesBeginAnew() throws {
    let server = try TestServer(body, .init(ranges: false, cuts: [100_000, 290_000]))
    defer { server.stop() }
    try quick.fetch([server.address], to: path, checksum: sum)
    #expect(try DataFile.read(path) == body)
    #expect(server.ranges.count == 3)
  }

  /// Without a version nothing says that two answers are parts of one file.
  @Test func serversWithoutVersionsAreAskedForAll() throws {
    let server = try TestServer(body, .init(cuts: [100_000], tag: nil))
    defer { server.stop() }
    try quick.fetch([server.address], to: path, checksum: sum)
    #expect(try DataFile.read(path) == body && server.ranges == ["-", "-"])
  }

  @Test func completePartsAreUsed() throws {
    let server = try TestServer(body)
    defer { server.stop() }
    try folder.write("file.part", body)
    try folder.write("file.part.version", "\"one\"")
    try quick.fetch([server.address], to: path, checksum: sum)
    #expect(try DataFile.read(path) == body && server.ranges == ["bytes=300000-"])
    // One that is too long is not.
    try folder.write("file.part", body + [1])
    try folder.write("file.part.version", "\"one\"")
    try quick.fetch([server.address], to: path, checksum: sum)
    #expect(try DataFile.read(path) == body)
  }

  @Test func wrongSums() throws {
    let server = try TestServer(body)
    defer { server.stop() }
    let wrong = Checksum.md5(String(repeating: "0", count: 32))
    expectError(server.address, "has the MD5 sum", "expected 000", "was removed") {
      try quick.fetch([server.address], to: path, checksum: wrong)
    }
    #expect(try names() == [])
    #expect(server.ranges.count == 1)
  }

  @Test func answersThatAreErrors() throws {
    let server = try TestServer(body, .init(statuses: [404, 503, 503]))
    defer { server.stop() }
    expectError("answered 404") { try quick.fetch([server.address], to: path, checksum: sum) }
    #expect(server.ranges.count == 1)
    try quick.fetch([server.address], to: path, checksum: sum)
    #expect(server.ranges.count == 4)
    var small = quick
    small.limit = 1000
    expectError("300000 bytes, more than the 1000") {
      try small.fetch([server.address], to: folder.file("b").path, checksum: nil)
    }
  }

  @Test func otherAddressesAreTried() throws {
    let server = try TestServer(body)
    defer { server.stop() }
    let dead = try TestServer([])
    dead.stop()
    var once = quick
    once.attempts = 1
    try once.fetch([dead.address, server.address], to: path, checksum: sum)
    #expect(try DataFile.read(path) == body)
    expectError("file:///etc/passwd is no http") {
      try once.fetch(["file:///etc/passwd"], to: path, checksum: nil)
    }
    expectError("/nowhere/a.part") { try once.fetch([server.address], to: "/nowhere/a", checksum: nil) }
  }

  @Test func knownSources() {
    #expect(Set(DataSource.all.map(\.name)).count == DataSource.all.count)
    for file in DataSource.all.flatMap(\.files) {
      let digits =
        switch file.checksum {
        case .md5(let sum): (sum, 32)
        case .sha256(let sum): (sum, 64)
        }
      #expect(digits.0.count == digits.1 && digits.0.allSatisfy(\.isHexDigit), "\(file)")
      #expect(file.addresses.allSatisfy { $0.hasSuffix("/" + file.name) }, "\(file)")
    }
  }

  private func source(_ archive: [UInt8], _ server: TestServer) -> DataSource {
    let sum = Insecure.MD5.hash(data: archive).map { String(format: "%02x", $0) }.joined()
    return DataSource(
      name: "x", title: "x", source: "x",
      files: [
        .init(
          name: "x.tar.gz", addresses: [server.address], checksum: .md5(sum), unpacked: "cifar-10-batches-bin"
        )
      ])
  }

  /// What a publisher's archive must not do, it cannot do on its way through `fetch` either.
  @Test func hostileArchivesUnpackNothing() throws {
    let good = TestArchive.Entry.file("cifar-10-batches-bin/test_batch.bin", [7] + noise(3072))
    let target = folder.file("deep/x").path
    for (entry, words) in [
      (TestArchive.Entry.file("../evil", [1]), "leads out"),
      (.file(folder.file("deep/evil").path, [1]), "absolute"),
      (.symbolicLink("cifar-10-batches-bin/link", to: "/etc"), "links are not"),
    ] {
      let archive = try TestArchive.bytes(.tarGzip, [good, entry])
      let server = try TestServer(archive)
      defer { server.stop() }
      expectError("x.tar.gz", words) { try source(archive, server).fetch(to: target, downloader: quick) }
      let found = try FileManager.default.subpathsOfDirectory(atPath: folder.path).sorted()
      #expect(found == ["deep", "deep/x", "deep/x/x.tar.gz"])
    }
  }

  /// A set from its archive's address to an opened data set; a second time nothing is fetched.
  @Test func sourcesAreUnpackedAndOpened() throws {
    let archive = try TestArchive.bytes(
      .tarGzip,
      (1...5).map { .file("cifar-10-batches-bin/data_batch_\($0).bin", [UInt8($0)] + noise(3072)) }
        + [.file("cifar-10-batches-bin/test_batch.bin", [7] + noise(3072))])
    let server = try TestServer(archive)
    defer { server.stop() }
    let source = source(archive, server)
    let target = folder.file("deep/x").path
    let told = Mutex<[String: Int]>([:])
    for _ in 0..<2 {
      try source.fetch(to: target, downloader: quick) { name, count, _ in told.withLock { $0[name] = count } }
    }
    #expect(told.withLock { $0 } == ["x.tar.gz": archive.count])
    #expect(server.ranges.count == 1)
    #expect(try DataCatalog.open(target, split: .train).labels == [1, 2, 3, 4, 5])
    #expect(try FileManager.default.contentsOfDirectory(atPath: target) == ["cifar-10-batches-bin"])
  }
}
