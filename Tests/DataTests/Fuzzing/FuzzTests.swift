import Foundation
import PeerSupport
import Testing
import Torch

@testable import Data

/// Mutated files for every parser: each must be read or refused with a typed error, in bounded time, without a crash.
///
/// `scripts/fuzz COUNT` runs COUNT inputs in all. `SALAR_FUZZ` is that number, `SALAR_FUZZ_SEED` shifts the draws, and
/// `SALAR_FUZZ_TRACE` names a folder where each parser keeps the input that it is at, so that a crash can be repeated.
struct FuzzTests {
  enum Parser: String, CaseIterable {
    case idx, gzip, cifar, stl10, jpeg, png, csv, npy, npz, mat, archive

    /// Inputs of a thousand.
    var share: Int {
      switch self {
      case .idx, .csv: 150
      case .gzip, .cifar, .png: 120
      case .jpeg: 130
      case .stl10: 70
      case .npy: 50
      case .npz, .mat, .archive: 30
      }
    }
  }

  static let total = environment("SALAR_FUZZ") ?? 4000
  private static let seed = environment("SALAR_FUZZ_SEED") ?? 0
  private static let trace = ProcessInfo.processInfo.environment["SALAR_FUZZ_TRACE"]
  /// Seconds that one input may take.
  private static let longest = 5.0

  private static func environment(_ name: String) -> Int? {
    ProcessInfo.processInfo.environment[name].flatMap { Int($0) }
  }

  @Test func sharesAddUp() { #expect(Parser.allCases.reduce(0) { $0 + $1.share } == 1000) }

  @Test(arguments: Parser.allCases)
  func neverCrashes(_ parser: Parser) throws {
    let target = try Target(parser)
    let count = Self.total * parser.share / 1000
    let file = Self.trace.map { open($0 + "/" + parser.rawValue, O_WRONLY | O_CREAT | O_TRUNC, 0o644) }
    defer { if let file { close(file) } }
    var accepted = 0
    var slowest = (seconds: 0.0, index: 0)
    for index in 0..<count {
      var mutator = Mutator(seed: UInt64(Self.seed) << 32 ^ UInt64(index) << 8 ^ UInt64(parser.share))
      let corpus = target.corpus
      let input = mutator.mutated(corpus[mutator.below(corpus.count)], corpus[mutator.below(corpus.count)])
      if let file {
        ftruncate(file, 0)
        _ = input.withUnsafeBytes { pwrite(file, $0.baseAddress, $0.count, 0) }
      }
      let start = DispatchTime.now().uptimeNanoseconds
      do {
        try target.parse(input)
        accepted += 1
      } catch let error as DataError {
        guard !error.message.isEmpty, error.message.utf8.count < 4096 else {
          Issue.record("\(parser) \(index): a message of \(error.message.utf8.count) bytes")
          continue
        }
      } catch is TorchError {
        guard parser == .npy else {
          Issue.record("\(parser) \(index): a TorchError got out")
          continue
        }
      }
      let seconds = Double(DispatchTime.now().uptimeNanoseconds - start) / 1e9
      if seconds > slowest.seconds { slowest = (seconds, index) }
    }
    #expect(slowest.seconds < Self.longest, "\(parser): input \(slowest.index) took \(slowest.seconds) s")
    // Mutants that are all refused would test the first check alone.
    if count > 500 {
      #expect(accepted > 0 && accepted < count, "\(parser): \(accepted) of \(count) accepted")
    }
    if Self.total > 100_000 {
      print("\(parser): \(count) inputs, \(accepted) accepted, slowest \(Int(slowest.seconds * 1000)) ms")
    }
  }

  /// What a parser is given first, and how.
  private struct Target {
    var corpus: [[UInt8]]
    var parse: ([UInt8]) throws -> Void

    init(_ parser: Parser) throws {
      let folder = try TemporaryFolder()
      func viaFile(_ name: String, _ read: @escaping (String) throws -> Void) -> ([UInt8]) throws -> Void {
        { bytes in
          let path = folder.file(name).path
          let file = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0o644)
          _ = bytes.withUnsafeBytes { write(file, $0.baseAddress, $0.count) }
          close(file)
          try read(path)
        }
      }
      func stored(_ name: String) throws -> [UInt8] { try DataFile.read(folder.file(name).path) }
      let plain = [idx([6, 5, 4], noise(120)), idx([9], noise(9)), idx([2, 2, 2, 2], noise(16))]
      switch parser {
      case .idx:
        corpus = plain
        parse = { _ = try IDX.parse($0, name: "f") }
      case .gzip:
        corpus =
          plain.map { deflated($0) } + [
            deflated(plain[0], level: 0), deflated(plain[0]) + deflated(plain[1]),
          ]
        parse = { _ = try IDX.parse($0, name: "f") }
      case .cifar:
        corpus = [[3] + noise(3072), [1] + noise(3072) + [2] + noise(3072), [5, 77] + noise(3072)]
        parse = { bytes in
          try (bytes.count % 3073 == 0 ? CIFAR.ten : .hundred).parse(bytes, name: "f").pixels.withUnsafeBytes
          { _ in }
        }
      case .stl10:
        corpus = [noise(27_648), [1, 2, 10], [UInt8](repeating: 4, count: 40)]
        parse = { bytes in
          if bytes.count < 1000 {
            _ = try STL10.parseLabels(bytes, name: "f")
          } else {
            _ = try STL10.parseImages(bytes, name: "f")
          }
        }
      case .jpeg:
        corpus = try [picture(17, 9), picture(16, 16, channels: 1), picture(24, 24, value: 90)].map {
          try PictureWriter.jpeg($0, quality: 60)
        }
        corpus.append(Array(Foundation.Data(base64Encoded: PictureTests.progressive)!))
        corpus.append(Array(Foundation.Data(base64Encoded: PictureTests.cmyk)!))
        parse = { _ = try Picture(decoding: $0, channels: .rgb, name: "f") }
      case .png:
        corpus = PictureTests.png.map { Array(Foundation.Data(base64Encoded: $0.file)!) }
        corpus.append(try PictureWriter.png(picture(20, 30)))
        parse = { _ = try Picture(decoding: $0, channels: .gray, name: "f") }
      case .csv:
        corpus = [
          "file,label\na.png,1\nb.png,2\n",
          "\"file\",\"label\",split\r\n\"a, \"\"b\"\"\n\",x,train\r\nc,y,test\r\n",
          "label , file\n3 , é.png\n",
        ].map { Array($0.utf8) }
        parse = { _ = try CSVFolder.parse($0, name: "f") }
      case .npy:
        for (index, tensor) in [Tensor(noise(24), shape: [2, 3, 4]), Tensor([1.5, 2]), Tensor([1, 2, 3])]
          .enumerated()
        {
          try NPY.write(tensor, to: folder.file("\(index).npy"))
        }
        corpus = try (0..<3).map { try stored("\($0).npy") }
        parse = viaFile("f.npy") { _ = try NPY.read(URL(fileURLWithPath: $0)) }
      case .npz:
        let arrays = [("images", Tensor(noise(48), shape: [3, 4, 4])), ("labels", Tensor([0, 1, 2]))]
        try NPZ.write(arrays.map { (name: $0.0, tensor: $0.1) }, to: folder.file("a.npz"))
        corpus = [try stored("a.npz")]
        parse = viaFile("f.npz") { _ = try NPZFormat.open($0, split: .train) }
      case .mat:
        corpus = try [MATLAB.svhn(packed: true), MATLAB.svhn(packed: false)]
        parse = viaFile("f.mat") { _ = try SVHN.read($0) }
      case .archive:
        let entries: [TestArchive.Entry] = [
          .folder("a/"), .file("a/b.bin", noise(700)), .file("c", [1]), .symbolicLink("l", to: "c"),
        ]
        corpus = try TestArchive.Kind.allCases.flatMap { kind in
          try [entries, Array(entries.dropLast())].map { try TestArchive.bytes(kind, $0) }
        }
        var number = 0
        parse = { bytes in
          number += 1
          let target = folder.file("t\(number)").path
          try Archive.makeFolder(target)
          defer { try? FileManager.default.removeItem(atPath: target) }
          try Archive.unpack(bytes, name: "f", into: target, limits: .init(bytes: 1 << 20, entries: 1000))
        }
      }
    }
  }
}
