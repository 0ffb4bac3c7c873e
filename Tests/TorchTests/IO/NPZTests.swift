import Foundation
import PeerSupport
import Testing

@testable import Torch

@Suite(.leavesNothing) struct NPZTests {
  let folder: TemporaryFolder
  init() throws { folder = try TemporaryFolder() }

  private let array = npy(dictionary("<i2", "(2,)"), [1, 0, 2, 0])

  private func refuses(
    _ texts: String..., of bytes: [UInt8], sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    let url = try folder.write(bytes, "file.npz")
    do throws(TorchError) {
      _ = try NPZ.read(url)
      Issue.record("accepted; expected: \(texts)", sourceLocation: sourceLocation)
    } catch {
      #expect(error.kind == .file)
      for text in texts + [url.path] {
        #expect(error.message.contains(text), "\(error)", sourceLocation: sourceLocation)
      }
    }
  }

  /// An archive with one entry.
  private func one(_ data: [UInt8], _ change: (inout HandmadeZip.Entry) -> Void = { _ in }) -> [UInt8] {
    var zip = HandmadeZip()
    zip.add("a.npy", data, change)
    return zip.bytes
  }

  @Test(arguments: [false, true])
  func keepsNamesOrderTypesAndShapes(compressed: Bool) throws {
    let url = folder.file("a.npz")
    var tensors: [(name: String, tensor: Tensor)] = []
    for dtype in DType.allCases where dtype != .bfloat16 {
      for shape in [[], [0], [5], [0, 3], [2, 3, 2]] {
        tensors.append(("\(dtype)/\(shape)", sample(shape, dtype)))
      }
    }
    tensors += [
      ("zeros", Tensor.zeros([300, 1000])), ("日本 🦆", sample([4, 3], .float32).transpose(0, 1)),
      ("a.npy", sample([1], .int8)), ("leaf", Tensor([1.5, 2] as [Float]).requiresGrad_()),
      ("é", sample([1], .int8)),
      ("e\u{301}", sample([2], .int8)),
    ]
    try NPZ.write(tensors, to: url, compressed: compressed)
    let found = try NPZ.read(url)
    #expect(found.map { Array($0.name.utf8) } == tensors.map { Array($0.name.utf8) })
    for (found, expected) in zip(found, tensors) {
      expectSame(found.tensor, expected.tensor, "\(expected.name)")
    }
    let size = try Data(contentsOf: url).count
    #expect(compressed ? size < 1_000_000 : size > 1_200_000)
    let again = folder.file("again.npz")
    try NPZ.write(tensors, to: again, compressed: compressed)
    #expect(try Data(contentsOf: again) == Data(contentsOf: url))
    #expect(try folder.contents == ["a.npz", "again.npz"])
  }

  @Test func takesAnArchiveOfNothing() throws {
    try NPZ.write([], to: folder.file("a.npz"))
    #expect(try NPZ.read(folder.file("a.npz")).isEmpty)
  }

  @Test func readsWhatIsMadeByHand() throws {
    var zip = HandmadeZip()
    zip.add("b.npy", array)
    zip.add("a", npy(dictionary(">u2", "()"), [255, 255]))
    let found = try NPZ.read(try folder.write(zip.bytes))
    #expect(found.map(\.name) == ["b", "a"])
    #expect(found[0].tensor.array(of: Int16.self) == [1, 2] && found[1].tensor.int == 65535)
  }

  @Test func refusesToWriteWhatTheFormatLacks() throws {
    let url = folder.file("a.npz")
    let tensor = sample([1], .float32)
    expectRefusal("'a' appears twice", url.path, kind: .value) {
      try NPZ.write([("a", tensor), ("a", tensor)], to: url)
    }
    for name in ["", "a\0b", String(repeating: "n", count: 65532)] {
      expectRefusal("cannot name an array", kind: .value) { try NPZ.write([(name, tensor)], to: url) }
    }
    expectRefusal("'b'", "bfloat16", kind: .value) { try NPZ.write([("b", sample([1], .bfloat16))], to: url) }
    expectRefusal("combining marks", kind: .value) {
      try NPZ.write([("a" + String(repeating: "\u{301}", count: 31), tensor)], to: url)
    }
    let sparse = try #require(try TorchOperator("aten::to_sparse")([.tensor(tensor)])[0].tensor)
    #expect(throws: TorchError.self) { try NPZ.write([("first", tensor), ("a", sparse)], to: url) }
    #expect(try folder.contents == [])
    try NPZ.write([(String(repeating: "n", count: 65531), tensor)], to: url)
    #expect(try NPZ.read(url)[0].name.utf8.count == 65531)
    for bad in [folder.file("none/a.npz"), folder.url, folder.file("a.npz/b")] {
      expectRefusal(bad.path) { try NPZ.write([("a", tensor)], to: bad) }
    }
    #expect(try folder.contents == ["a.npz"])
  }

  @Test func refusesWhatIsNoArchiveOfArrays() throws {
    try refuses("empty", of: [])
    try refuses("zip", of: Array("a text that is no archive, long enough to be one".utf8))
    try refuses("zip", of: array)
    try refuses("not an NPY file", "'a.npy'", of: one([]))
    try refuses("not an NPY file", of: one(Array("some text".utf8)))
    try refuses("Python objects", "'a.npy'", of: one(npy(dictionary("|O", "(1,)"), [1, 2, 3])))
    var zip = HandmadeZip()
    zip.add("a/", [])
    try refuses("not an NPY file", of: zip.bytes)
  }

  @Test func refusesNamesThatAreNot() throws {
    for second in ["a.npy", "a"] {
      var zip = HandmadeZip()
      zip.add("a.npy", array)
      zip.add(second, array)
      try refuses("two entries named 'a'", of: zip.bytes)
    }
    try refuses("not UTF-8", of: one(array) { $0.name = [0x61, 0xFF] })
    try refuses(
      "combining marks",
      of: one(array) { $0.name = Array(("a" + String(repeating: "\u{301}", count: 31)).utf8) })
  }

  @Test func refusesSizesThatLie() throws {
    try refuses(of: one(array) { $0.size = 1 << 31 })
    try refuses(of: one(array) { $0.size = 10 })
    try refuses(of: one(array) { $0.packedSize = 1 << 31 })
    try refuses(of: one(array) { ($0.size, $0.packedSize) = (1 << 31, 1 << 31) })
    try refuses("cannot make", of: one(array) { ($0.method, $0.size) = (8, 1 << 31) })
    try refuses("takes", of: one(array + [0]))
    try refuses("takes", of: one(Array(array.dropLast())))
    try refuses("takes", of: one(npy(dictionary("<f4", "(1000000000000,)"), [1, 2])))
    try refuses("more than 2^63", of: one(npy(dictionary("|u1", "(9223372036854775807,)"), [1, 2])))
    try refuses(of: one(array) { $0.sum = 1 })
    try refuses("method 12", of: one(array) { $0.method = 12 })
    try refuses(of: one(array) { $0.method = 99 })
    try refuses("encrypted", of: one(array) { $0.flags = 1 })
    // Deflate whose first block is of a kind that there is not.
    try refuses("damaged", of: one([0xFF, 0xFF, 0xFF, 0xFF]) { ($0.method, $0.size) = (8, 100) })
    for count: UInt16 in [0, 2, 0xFFFF] {
      var zip = HandmadeZip()
      zip.add("a.npy", array)
      zip.declaredCount = count
      let url = try folder.write(zip.bytes)
      #expect(throws: TorchError.self) {
        guard try NPZ.read(url).isEmpty else { return }
        throw TorchError(kind: .file, message: "an archive that says that it is empty")
      }
    }
  }

  @Test func refusesWhatUnpacksBeyondTheLimit() throws {
    let url = folder.file("bomb.npz")
    let zeros = Tensor.zeros([1 << 22], dtype: .uint8)
    try NPZ.write((0..<4).map { ("\($0)", zeros) }, to: url, compressed: true)
    #expect(try Data(contentsOf: url).count < 1 << 16)
    #expect(try NPZ.read(url).count == 4)
    #expect(try NPZ.read(url, limit: 4 * (128 + 1 << 22)).count == 4)
    expectRefusal("more than 8388608 bytes", "greater limit") { _ = try NPZ.read(url, limit: 1 << 23) }
    expectRefusal("more than 0 bytes") { _ = try NPZ.read(url, limit: -1) }
  }

  @Test func cutOffAtEveryByte() throws {
    for compressed in [false, true] {
      let url = folder.file("whole.npz")
      try NPZ.write(
        [("a", sample([2], .float32)), ("b", sample([3], .int8))], to: url, compressed: compressed)
      let bytes = Array(try Data(contentsOf: url))
      for count in 0..<bytes.count { try refuses(of: Array(bytes[..<count])) }
    }
  }

  @Test func thousandsOfMutationsNeverCrash() throws {
    var random = SplitMix(state: 7)
    var accepted = 0
    var zip = HandmadeZip()
    zip.add("a.npy", array)
    zip.add("b.npy", npy(dictionary(">u2", "(2, 2)", fortran: true), [UInt8](repeating: 3, count: 8)))
    let url = folder.file("whole.npz")
    try NPZ.write([("a", Tensor.zeros([100])), ("b", sample([7], .int64))], to: url, compressed: true)
    let wholes = [zip.bytes, Array(try Data(contentsOf: url))]
    for index in 0..<4000 {
      let whole = wholes[index % 2]
      let file = mutated(whole, &random, within: whole.count, changes: 1...(index % 4 == 0 ? 4 : 1))
      let url = try folder.write(file, "mutated")
      do throws(TorchError) {
        for (_, tensor) in try NPZ.read(url) {
          #expect(bits(tensor).count == tensor.count * tensor.dtype.elementSize)
        }
        accepted += 1
      } catch {
        #expect(error.kind == .file && error.message.hasPrefix(url.path))
      }
    }
    #expect(accepted > 50 && accepted < 3000)
  }
}
