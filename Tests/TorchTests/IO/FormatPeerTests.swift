import Foundation
import PeerSupport
import Testing

@testable import Torch

/// Both ways between Salar and the libraries that others use.
@Suite(.enabled(if: Peer.isAvailable, Comment(rawValue: Peer.missing)))
struct FormatPeerTests {
  let folder: TemporaryFolder
  init() throws { folder = try TemporaryFolder() }

  /// A tensor as the peer describes it.
  private struct Described: Equatable {
    var file: String
    var name: String
    var dtype: String
    var shape: String
    var data: String

    init(_ line: Substring) {
      let parts = line.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
      (file, name, dtype, shape, data) = (parts[0], parts[1], parts[2], parts[3], parts[4])
    }

    init(_ file: String, _ name: String, _ tensor: Tensor) {
      self.file = file
      self.name = name
      dtype = tensor.dtype.name
      shape = tensor.shape.map(String.init).joined(separator: ",")
      let digits = Array("0123456789abcdef")
      data = String(bits(tensor).flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] })
    }
  }

  private func described(_ arguments: [String]) throws -> [Described] {
    try Peer.run("formats", arguments).split(separator: "\n").map(Described.init)
  }

  @Test func readsWhatThePeersWrite() throws {
    let expected = try described(["write", folder.url.path])
    var found: [String: Described] = [:]
    var count = 0
    for file in try folder.contents {
      let url = folder.file(file)
      var tensors: [(name: String, tensor: Tensor)]
      switch url.pathExtension {
      case "npy": tensors = [("", try NPY.read(url))]
      case "npz": tensors = try NPZ.read(url)
      default:
        let file = try Safetensors(reading: url)
        tensors = try file.names.map { ($0, try #require(file[$0])) }
      }
      for (name, tensor) in tensors { found["\(file)/\(name)"] = Described(file, name, tensor) }
      count += tensors.count
    }
    #expect(count == expected.count && count > 600)
    for tensor in expected {
      #expect(found["\(tensor.file)/\(tensor.name)"] == tensor)
    }
    #expect(
      try Safetensors(reading: folder.file("all.safetensors")).metadata == ["step": "5", "ü": "\"\\\n"])
  }

  @Test func writesWhatThePeersRead() throws {
    let shapes = [[], [0], [3], [2, 3], [0, 3], [2, 3, 4]]
    var named: [(name: String, tensor: Tensor)] = []
    for dtype in DType.allCases {
      for shape in shapes {
        named.append(("\(dtype)-\(shape.count)-\(shape.first ?? 1)", sample(shape, dtype)))
      }
    }
    named.append(("größe/日本 \"x\"", sample([3, 2], .float32).transpose(0, 1)))
    var expected: [Described] = []
    var files: [String] = []
    let arrays = named.filter { $0.tensor.dtype != .bfloat16 }
    for (index, (_, tensor)) in arrays.enumerated() {
      try NPY.write(tensor, to: folder.file("\(index).npy"))
      files.append("\(index).npy")
      expected.append(Described("\(index).npy", "", tensor))
    }
    for (file, compressed) in [("stored.npz", false), ("packed.npz", true)] {
      try NPZ.write(arrays, to: folder.file(file), compressed: compressed)
      files.append(file)
      expected += arrays.map { Described(file, $0.name, $0.tensor) }
    }
    try NPZ.write([], to: folder.file("empty.npz"))
    files.append("empty.npz")
    let tensors = named.filter { $0.tensor.dtype != .complex128 }
    try Safetensors.write(tensors, metadata: ["a": "b"], to: folder.file("all.safetensors"))
    files.append("all.safetensors")
    expected += tensors.map { Described("all.safetensors", $0.name, $0.tensor) }
    let found = try described(["describe"] + files.map { folder.file($0).path })
    func sorted(_ list: [Described]) -> [Described] {
      list.sorted { ($0.file, $0.name) < ($1.file, $1.name) }
    }
    let pairs = zip(sorted(found), sorted(expected))
    #expect(found.count == expected.count)
    for (found, expected) in pairs { #expect(found == expected) }
  }

  /// Whatever the reference refuses is refused, and most of what it accepts is accepted.
  @Test func judgesDamagedFilesAsTheReferenceDoes() throws {
    let intact = folder.file("intact")
    try Safetensors.write(
      [("a", sample([2, 3], .float32)), ("b", sample([0], .int8)), ("c", sample([], .int64))],
      metadata: ["x": "y"], to: intact)
    let bytes = Array(try Data(contentsOf: intact))
    try FileManager.default.removeItem(at: intact)
    var random = SplitMix(state: 11)
    for index in 0..<1500 {
      // Half of them with the length mended, so that the JSON is reached.
      var file = mutated(bytes, &random, within: bytes.count - 32, changes: 1...(index % 4 == 0 ? 3 : 1))
      if index % 3 != 0, file.count >= 40 {
        let length = UInt64(file.count - 8 - 32)
        withUnsafeBytes(of: length.littleEndian) { file.replaceSubrange(0..<8, with: $0) }
      }
      _ = try folder.write(file, "\(index)")
    }
    var counts = (both: 0, stricter: 0)
    for line in try Peer.run("formats", ["judge", folder.url.path]).split(separator: "\n") {
      let parts = line.split(separator: "\t")
      let accepted = (try? Safetensors(reading: folder.file(String(parts[0])))) != nil
      if parts[1] == "yes", accepted { counts.both += 1 }
      if parts[1] == "yes", !accepted { counts.stricter += 1 }
      if parts[1] == "no", accepted {
        try Issue.record(
          "accepted, and the reference refuses: \(String(decoding: Data(contentsOf: folder.file(String(parts[0]))), as: UTF8.self))"
        )
      }
    }
    #expect(counts.both > 30)
    #expect(counts.stricter * 4 < counts.both)
  }
}
