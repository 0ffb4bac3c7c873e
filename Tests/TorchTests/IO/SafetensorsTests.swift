import Foundation
import PeerSupport
import Testing

@testable import Torch

@Suite(.leavesNothing) struct SafetensorsTests {
  let folder: TemporaryFolder
  init() throws { folder = try TemporaryFolder() }

  private static let shapes = [
    [], [0], [1], [7], [0, 3], [3, 0, 2], [2, 3], [1, 1, 5, 1], [2, 1, 3, 2, 1],
  ]

  @Test(arguments: DType.allCases.filter { $0 != .complex128 })
  func keepsEveryTypeAndShape(dtype: DType) throws {
    let url = folder.file("a.safetensors")
    let tensors = Self.shapes.map { (name: "\($0)", tensor: sample($0, dtype)) }
    try Safetensors.write(tensors, to: url)
    let file = try Safetensors(reading: url)
    #expect(file.names == tensors.map(\.name))
    #expect(file.metadata.isEmpty)
    for (name, tensor) in tensors { expectSame(file[name], tensor) }
    for (entry, (name, tensor)) in zip(file.entries, tensors) {
      #expect(entry.name == name && entry.dtype == dtype && entry.shape == tensor.shape)
      #expect(entry.range.count == tensor.count * dtype.elementSize)
    }
    #expect(file["none"] == nil)
  }

  @Test func keepsOrderMetadataAndNames() throws {
    let url = folder.file("a.safetensors")
    let names = ["z", "", "a \"quoted\" \\ name", "line\nbreak\u{1}", "日本語🦆", "é", "e\u{301}", "a/b.c"]
    let tensors = names.enumerated().map { (name: $1, tensor: sample([$0 + 1], .int16, seed: $0)) }
    let metadata = ["step": "100", "": "empty", "text": "\"\\\n\u{0}ü"]
    try Safetensors.write(tensors, metadata: metadata, to: url)
    let file = try Safetensors(reading: url)
    #expect(file.names.map { Array($0.utf8) } == names.map { Array($0.utf8) })
    #expect(file.metadata == metadata)
    for (name, tensor) in tensors { expectSame(file[name], tensor) }
  }

  @Test func writesNothingAtAllAsAFileOfNothing() throws {
    let url = folder.file("a.safetensors")
    try Safetensors.write([], to: url)
    #expect(try Safetensors(reading: url).names.isEmpty)
    try Safetensors.write([], metadata: ["a": "b"], to: url)
    #expect(try Safetensors(reading: url).metadata == ["a": "b"])
  }

  @Test func writesTheValuesOfViewsAndOfWhatIsInAGraph() throws {
    let url = folder.file("a.safetensors")
    let base = sample([4, 6], .float32)
    let leaf = Tensor([1, 2, 3] as [Float]).requiresGrad_()
    let tensors: [(name: String, tensor: Tensor)] = [
      ("transposed", base.transpose(0, 1)), ("row", base[1..<3]), ("column", base.select(dim: 1, index: 2)),
      ("expanded", sample([1, 3], .int64).expand([5, 3])), ("leaf", leaf), ("node", leaf * 2),
    ]
    try Safetensors.write(tensors, to: url)
    let file = try Safetensors(reading: url)
    for (name, tensor) in tensors { expectSame(file[name], tensor) }
    #expect(file["leaf"]?.requiresGrad == false)
  }

  @Test func writesFromEveryDevice() throws {
    let url = folder.file("a.safetensors")
    let tensor = sample([4, 6], .float32)
    for device in Device.available {
      try Safetensors.write([("a", tensor.to(device).transpose(0, 1))], to: url)
      expectSame(try Safetensors(reading: url)["a"], tensor.transpose(0, 1), "\(device)")
    }
  }

  @Test func writesWhatConjugatedAndNegatedViewsMean() throws {
    let z = Tensor.empty([2], dtype: .complex64)
    z.withUnsafeMutableBytes {
      $0.copyBytes(from: Tensor([1, 2, 3, 4] as [Float]).withUnsafeBytes { Array($0) })
    }
    let conjugated = try #require(try TorchOperator("aten::conj")([.tensor(z)])[0].tensor)
    let imaginary = try #require(try TorchOperator("aten::imag")([.tensor(conjugated)])[0].tensor)
    let url = folder.file("a.safetensors")
    try Safetensors.write([("z", conjugated), ("i", imaginary)], to: url)
    let file = try Safetensors(reading: url)
    #expect(bits(try #require(file["z"])) == bits(Tensor([1, -2, 3, -4] as [Float])))
    #expect(file["i"]?.array(of: Float.self) == [-2, -4])
  }

  @Test func alignsEveryTensorSoThatNoneIsCopied() throws {
    let url = folder.file("a.safetensors")
    try Safetensors.write(
      [
        ("b", sample([3], .bool)), ("h", sample([5], .float16)), ("d", sample([2], .float64)),
        ("f", sample([1], .float32)),
      ],
      to: url)
    let file = try Safetensors(reading: url)
    for entry in file.entries {
      #expect(entry.range.lowerBound % entry.dtype.elementSize == 0)
      let first = try #require(file[entry.name])
      let second = try #require(file[entry.name])
      let same = first.withUnsafeBytes { first in
        second.withUnsafeBytes { $0.baseAddress == first.baseAddress }
      }
      #expect(same, "\(entry.name) was copied")
    }
  }

  @Test func copiesWhatTheFileDoesNotAlign() throws {
    let header =
      #"{"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},"b":{"dtype":"F32","shape":[2],"data_offsets":[1,9]}}"#
    let data: [UInt8] = [9] + bits(Tensor([1.5, -2] as [Float]))
    let url = try folder.write(safetensors(header, data))
    let file = try Safetensors(reading: url)
    #expect(file["b"]?.array(of: Float.self) == [1.5, -2])
    #expect(file["a"]?.array(of: UInt8.self) == [9])
  }

  @Test func makesBooleansOfOtherBytes() throws {
    let url = try folder.write(
      safetensors(#"{"a":{"dtype":"BOOL","shape":[4],"data_offsets":[0,4]}}"#, [0, 1, 2, 255]))
    #expect(bits(try #require(try Safetensors(reading: url)["a"])) == [0, 1, 1, 1])
  }

  @Test func leavesTheFileAloneWhenATensorIsChangedInPlace() throws {
    let url = folder.file("a.safetensors")
    try Safetensors.write([("a", Tensor([1, 2, 3] as [Float]))], to: url)
    let before = try Data(contentsOf: url)
    let tensor = try #require(try Safetensors(reading: url)["a"])
    tensor.add_(1)
    #expect(tensor.array(of: Float.self) == [2, 3, 4])
    #expect(try Data(contentsOf: url) == before)
    #expect(try Safetensors(reading: url)["a"]?.array(of: Float.self) == [1, 2, 3])
  }

  @Test func keepsTheMemoryAsLongAsATensorNeedsIt() throws {
    let url = folder.file("a.safetensors")
    try Safetensors.write([("a", sample([1 << 16], .int32))], to: url)
    func view() throws -> Tensor { try #require(try Safetensors(reading: url)["a"])[5..<9] }
    let part = try view()
    try FileManager.default.removeItem(at: url)
    #expect(bits(part) == Array(bits(sample([1 << 16], .int32))[20..<36]))
  }

  @Test func replacesAFileThatIsStillMapped() throws {
    let url = folder.file("a.safetensors")
    try Safetensors.write([("a", sample([1000], .int64))], to: url)
    let old = try #require(try Safetensors(reading: url)["a"])
    try Safetensors.write([("a", sample([1], .uint8))], to: url)
    #expect(bits(old) == bits(sample([1000], .int64)))
    #expect(try Safetensors(reading: url)["a"]?.shape == [1])
    #expect(try folder.contents == ["a.safetensors"])
  }

  @Test func refusesToWriteWhatTheFormatLacks() throws {
    let url = folder.file("a.safetensors")
    let tensor = sample([1], .float32)
    expectRefusal("'a' appears twice", url.path, kind: .value) {
      try Safetensors.write([("a", tensor), ("a", tensor)], to: url)
    }
    let accents = "a" + String(repeating: "\u{301}", count: 31)
    expectRefusal("combining marks", kind: .value) { try Safetensors.write([(accents, tensor)], to: url) }
    expectRefusal("combining marks", kind: .value) {
      try Safetensors.write([], metadata: [accents: ""], to: url)
    }
    expectRefusal("__metadata__", kind: .value) { try Safetensors.write([("__metadata__", tensor)], to: url) }
    expectRefusal("complex128", "complex64", kind: .value) {
      try Safetensors.write([("a", sample([1], .complex128))], to: url)
    }
    expectRefusal("'a' is undefined", kind: .value) { try Safetensors.write([("a", Tensor())], to: url) }
    let unsigned = try #require(
      try TorchOperator("aten::to", overload: "dtype")([.tensor(tensor), .int(27)])[0].tensor)
    expectRefusal("no DType", kind: .value) { try Safetensors.write([("a", unsigned)], to: url) }
    let sparse = try #require(try TorchOperator("aten::to_sparse")([.tensor(tensor)])[0].tensor)
    #expect(throws: TorchError.self) { try Safetensors.write([("a", sparse)], to: url) }
    expectRefusal("more than the 100000000", kind: .value) {
      try Safetensors.write([], metadata: ["a": String(repeating: "x", count: 100_000_001)], to: url)
    }
    expectRefusal("not a file's URL") {
      try Safetensors.write([("a", tensor)], to: URL(string: "https://example.com/a")!)
    }
    #expect(try folder.contents == [])
  }
}

/// A file with that header, its length as it is.
func safetensors(_ header: String, _ data: [UInt8] = []) -> [UInt8] {
  withUnsafeBytes(of: UInt64(header.utf8.count).littleEndian) { Array($0) } + Array(header.utf8) + data
}
