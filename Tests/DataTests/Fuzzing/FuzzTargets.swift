import CZlib
import Foundation
import PeerSupport
import Runs
import Testing
import Torch

@testable import Data

/// What a parser is given first, and how.
struct FuzzTarget {
  var corpus: [[UInt8]]
  var repair: (([UInt8]) -> [UInt8])?
  var parse: ([UInt8]) throws -> Void

  init(_ parser: FuzzTests.Parser) throws {
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
      corpus += plain
      repair = { Inflater.isGzip($0) ? $0 : deflated($0) }
      parse = { _ = try IDX.parse($0, name: "f") }
    case .cifar:
      corpus = [[3] + noise(3072), [1] + noise(3072) + [2] + noise(3072), [5, 77] + noise(3072)]
      parse = { bytes in
        try (bytes.count % 3073 == 0 ? CIFAR.ten : .hundred).parse(bytes, name: "f").pixels.withUnsafeBytes {
          _ in
        }
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
      repair = pngWithSums
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
      repair = zipWithSums
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
      // Ways out: up, and to where an absolute path leads.
      let outside = folder.file("outside").path
      try Archive.makeFolder(outside)
      for name in ["../evil", "a/../../evil", outside + "/evil"] {
        corpus.append(try TestArchive.bytes(.tar, [.file("a/b.bin", noise(700)), .file(name, [1])]))
      }
      parse = { bytes in
        let target = DataFile.join(outside, "target")
        try Archive.makeFolder(target)
        defer {
          Self.expectInside(target, of: outside)
          try? FileManager.default.removeItem(atPath: target)
        }
        try Archive.unpack(bytes, name: "f", into: target, limits: .init(bytes: 1 << 20, entries: 1000))
      }
    case .safetensors:
      let tensors = [("weight", Tensor(noise(24), shape: [2, 3, 4])), ("bias", Tensor([1.5, 2]))]
      try Safetensors.write(
        tensors.map { (name: $0.0, tensor: $0.1) }, metadata: ["a": "b"], to: folder.file("a.safetensors"))
      try Safetensors.write([("x", Tensor([1, 2, 3]))], to: folder.file("b.safetensors"))
      corpus = try [stored("a.safetensors"), stored("b.safetensors")]
      parse = viaFile("f.safetensors") { path in
        for (_, tensor) in try Safetensors(reading: URL(fileURLWithPath: path)).dictionary() {
          _ = tensor.clone()
        }
      }
    case .pth:
      corpus = [Array(Foundation.Data(base64Encoded: Self.stateDictionary)!)]
      repair = zipWithSums
      parse = viaFile("f.pth") { path in
        for (_, tensor) in try StateFile(reading: URL(fileURLWithPath: path)).dictionary {
          _ = tensor.clone()
        }
      }
    case .lists:
      for (place, value) in [
        ("train/n01/a.png", 1), ("train/n02/b.png", 2), ("val/images/0.png", 3), ("val/images/1.png", 4),
      ] {
        try folder.write(place, try PictureWriter.png(picture(2, 2, value: UInt8(value))))
      }
      corpus = [
        "0.png\tn01\t0\t0\t3\t3\n1.png\tn02\t0\t0\t3\t3\n", "1.png\tn02\r\n\r\n0.png\tn01", "0.png\tn02\tx\n",
      ].map { Array($0.utf8) }
      // Both lists of Tiny ImageNet: whose the pictures are, and what the classes are called.
      parse = { bytes in
        try folder.write("val/val_annotations.txt", bytes)
        try folder.write("words.txt", bytes)
        _ = try ImageFolder.open(folder.path, split: .test)
      }
    case .recipe:
      corpus = [
        "lr: 0.1\nname: convnet\nepochs: 3\n", "rule:\n  name: 'sam'\n  rho: 8/255\nwidths: [1, 2, 3]\n",
        "# a comment\nsteps: none\nwidths:\n  - 4\n  - &a 5\n  - *a\n", "{lr: 1e-3, rule: {rho: 1}}\n",
      ].map { Array($0.utf8) }
      parse = viaFile("f.yaml") { path in
        _ = try Recipe.resolve(FuzzedSettings(), yaml: URL(fileURLWithPath: path), subject: "fuzz")
      }
    }
  }

  /// Nothing but the target stands beside it, and in it only folders and plain files do.
  private static func expectInside(_ target: String, of outside: String) {
    let beside = (try? FileManager.default.contentsOfDirectory(atPath: outside)) ?? []
    #expect(beside == [DataFile.name(target)], "\(beside)")
    for name in (try? FileManager.default.subpathsOfDirectory(atPath: target)) ?? [] {
      var facts = stat()
      lstat(DataFile.join(target, name), &facts)
      #expect([S_IFREG, S_IFDIR].contains(facts.st_mode & S_IFMT), "\(name)")
    }
  }

  /// What `torch.save` makes of {w: float32 [2, 3], n: int64 []}, without its padding.
  private static let stateDictionary =
    "UEsDBBQAAAAAAAAAIQAenUPY7gAAAO4AAAAQAAAAYXJjaGl2ZS9kYXRhLnBrbIACY2NvbGxlY3Rpb25zCk9yZGVyZWRE"
    + "aWN0CnEAKVJxAShYAQAAAHdxAmN0b3JjaC5fdXRpbHMKX3JlYnVpbGRfdGVuc29yX3YyCnEDKChYBwAAAHN0b3JhZ2Vx"
    + "BGN0b3JjaApGbG9hdFN0b3JhZ2UKcQVYAQAAADBxBlgDAAAAY3B1cQdLBnRxCFFLAEsCSwOGcQlLA0sBhnEKiWgAKVJx"
    + "C3RxDFJxDVgBAAAAbnEOaAMoKGgEY3RvcmNoCkxvbmdTdG9yYWdlCnEPWAEAAAAxcRBoB0sBdHERUUsAKSmJaAApUnES"
    + "dHETUnEUdS5QSwMEFAAAAAAAAAAhAIU94xkGAAAABgAAABEAAABhcmNoaXZlL2J5dGVvcmRlcmxpdHRsZVBLAwQUAAAA"
    + "AAAAACEAF5DnkRgAAAAYAAAADgAAAGFyY2hpdmUvZGF0YS8wAAAAAAAAgD8AAABAAABAQAAAgEAAAKBAUEsDBBQAAAAA"
    + "AAAAIQCK2K3rCAAAAAgAAAAOAAAAYXJjaGl2ZS9kYXRhLzEDAAAAAAAAAFBLAwQUAAAAAAAAACEA0Z5nVQIAAAACAAAA"
    + "DwAAAGFyY2hpdmUvdmVyc2lvbjMKUEsBAhQDFAAAAAAAAAAhAB6dQ9juAAAA7gAAABAAAAAAAAAAAAAAAIABAAAAAGFy"
    + "Y2hpdmUvZGF0YS5wa2xQSwECFAMUAAAAAAAAACEAhT3jGQYAAAAGAAAAEQAAAAAAAAAAAAAAgAEcAQAAYXJjaGl2ZS9i"
    + "eXRlb3JkZXJQSwECFAMUAAAAAAAAACEAF5DnkRgAAAAYAAAADgAAAAAAAAAAAAAAgAFRAQAAYXJjaGl2ZS9kYXRhLzBQ"
    + "SwECFAMUAAAAAAAAACEAitit6wgAAAAIAAAADgAAAAAAAAAAAAAAgAGVAQAAYXJjaGl2ZS9kYXRhLzFQSwECFAMUAAAA"
    + "AAAAACEA0Z5nVQIAAAACAAAADwAAAAAAAAAAAAAAgAHJAQAAYXJjaGl2ZS92ZXJzaW9uUEsFBgAAAAAFAAUAMgEAAPgB"
    + "AAAAAA=="
}

/// Settings of every kind.
private struct FuzzedSettings: Codable, Equatable {
  struct Rule: Codable, Equatable {
    var name = "sgd"
    var rho = 0.05
  }

  var lr = 0.5
  var epochs = 10
  var name = "mlp"
  var isFast = false
  var steps: Int?
  var widths = [128]
  var rule = Rule()
}

/// The sums of a zip archive's stored entries made right.
private func zipWithSums(_ file: [UInt8]) -> [UInt8] {
  var bytes = file
  func number(_ position: Int, _ count: Int) -> Int {
    (0..<count).reduce(0) { $0 | Int(bytes[position + $1]) << (8 * $1) }
  }
  var position = 0
  while position + 46 <= bytes.count {
    guard bytes[position..<position + 4] == [0x50, 0x4B, 1, 2] else {
      position += 1
      continue
    }
    let (length, local) = (number(position + 20, 4), number(position + 42, 4))
    if local + 30 <= bytes.count {
      let start = local + 30 + number(local + 26, 2) + number(local + 28, 2)
      if start + length <= bytes.count {
        let sum = bytes[start..<start + length].withUnsafeBufferPointer {
          crc32(0, $0.baseAddress, UInt32($0.count))
        }
        for (byte, place) in (0..<4).flatMap({ [($0, local + 14), ($0, position + 16)] }) {
          bytes[place + byte] = UInt8(truncatingIfNeeded: sum >> UInt(8 * byte))
        }
      }
    }
    position += 46
  }
  return bytes
}

/// The chunks' sums made right.
private func pngWithSums(_ file: [UInt8]) -> [UInt8] {
  var bytes = file
  var position = PNG.magic.count
  while position + 12 <= bytes.count {
    let length = bytes[position..<position + 4].reduce(0) { $0 << 8 | Int($1) }
    guard length <= bytes.count - position - 12 else { break }
    let end = position + 8 + length
    let sum = Array(bytes[position + 4..<end]).withUnsafeBufferPointer {
      crc32(0, $0.baseAddress, UInt32($0.count))
    }
    bytes.replaceSubrange(end..<end + 4, with: bigEndian(Int(sum)))
    position = end + 4
  }
  return bytes
}
