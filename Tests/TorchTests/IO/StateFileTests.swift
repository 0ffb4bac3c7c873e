import Foundation
import PeerSupport
import Testing

@testable import Torch

/// A pickle put together by hand, as `torch.save` makes them.
private struct Pickle {
  var bytes: [UInt8] = [0x80, 2]

  mutating func text(_ text: String) {
    let count = UInt32(text.utf8.count)
    bytes += [UInt8(ascii: "X")] + withUnsafeBytes(of: count.littleEndian) { Array($0) } + Array(text.utf8)
  }

  mutating func number(_ value: Int) {
    bytes += [0x8A, 8] + withUnsafeBytes(of: Int64(value).littleEndian) { Array($0) }
  }

  mutating func global(_ module: String, _ name: String) {
    bytes += Array("c\(module)\n\(name)\n".utf8)
  }

  mutating func numbers(_ values: [Int]) {
    op("(")
    for value in values { number(value) }
    op("t")
  }

  mutating func op(_ text: String) { bytes += Array(text.utf8) }

  mutating func tensor(
    shape: [Int], strides: [Int], offset: Int = 0, count: Int, key: String = "0",
    type: String = "FloatStorage"
  ) {
    global("torch._utils", "_rebuild_tensor_v2")
    op("((")
    text("storage")
    global("torch", type)
    text(key)
    text("cuda:0")
    number(count)
    op("tQ")
    number(offset)
    numbers(shape)
    numbers(strides)
    bytes.append(0x89)
    op("NtR")
  }

  /// `{name: …}`.
  static func dictionary(_ name: String = "w", _ body: (inout Pickle) -> Void) -> Pickle {
    var pickle = Pickle()
    pickle.op("}")
    pickle.text(name)
    body(&pickle)
    pickle.op("s.")
    return pickle
  }
}

@Suite(.leavesNothing) struct StateFileTests {
  let folder: TemporaryFolder
  init() throws { folder = try TemporaryFolder() }

  private func archive(
    _ pickle: [UInt8], storage: [UInt8] = [UInt8](repeating: 1, count: 24), order: String = "little",
    more: [String: [UInt8]] = [:]
  ) -> [UInt8] {
    var zip = HandmadeZip()
    zip.add("archive/data.pkl", pickle)
    zip.add("archive/byteorder", Array(order.utf8))
    zip.add("archive/data/0", storage)
    for (name, bytes) in more { zip.add(name, bytes) }
    return zip.bytes
  }

  private func read(_ bytes: [UInt8]) throws -> StateFile {
    try StateFile(reading: folder.write(bytes, "file.pth"))
  }

  private func refuses(
    _ words: String..., of pickle: Pickle, storage: [UInt8] = [UInt8](repeating: 1, count: 24),
    sourceLocation: SourceLocation = #_sourceLocation
  ) {
    do {
      _ = try read(archive(pickle.bytes, storage: storage))
      Issue.record("accepted; expected: \(words)", sourceLocation: sourceLocation)
    } catch {
      let message = "\(error)"
      #expect((error as? TorchError)?.kind == .file, "\(message)", sourceLocation: sourceLocation)
      for word in words + ["file.pth"] {
        #expect(message.contains(word), "\(message)", sourceLocation: sourceLocation)
      }
    }
  }

  private static let whole = Pickle.dictionary { $0.tensor(shape: [2, 3], strides: [3, 1], count: 6) }

  @Test func aHandmadeFileIsRead() throws {
    let file = try read(archive(Self.whole.bytes))
    #expect(file.tensors.map(\.name) == ["w"] && file.tensors[0].tensor.shape == [2, 3])
    #expect(bits(file.tensors[0].tensor) == [UInt8](repeating: 1, count: 24))
    let transposed = Pickle.dictionary { $0.tensor(shape: [2, 2], strides: [1, 3], offset: 1, count: 6) }
    let storage = (0..<6).flatMap { value in withUnsafeBytes(of: Float(value)) { Array($0) } }
    let tensor = try read(archive(transposed.bytes, storage: storage)).dictionary["w"]
    #expect(try #require(tensor).array(of: Float.self) == [1, 4, 2, 5])
  }

  @Test func prefixesAndWrappingsAreTakenOff() throws {
    let inner = Pickle.dictionary("state_dict") {
      $0.op("}")
      $0.text("_orig_mod.module.w")
      $0.tensor(shape: [6], strides: [1], count: 6)
      $0.op("s")
    }
    #expect(try read(archive(inner.bytes)).tensors.map(\.name) == ["w"])
    // A safetensors file is treated alike.
    let url = folder.file("prefixed.safetensors")
    try Safetensors.write(
      [("module.a", .zeros([1])), ("module.b", .zeros([2]))], metadata: ["k": "v"], to: url)
    let file = try StateFile(reading: url)
    #expect(
      file.tensors.map(\.name) == ["a", "b"] && file.format == .safetensors && file.metadata == ["k": "v"])
    // A prefix that only some names have belongs to them.
    try Safetensors.write([("module.a", .zeros([1])), ("b", .zeros([2]))], to: url)
    #expect(try StateFile(reading: url).tensors.map(\.name) == ["module.a", "b"])
  }

  @Test func whateverAStateDictionaryDoesNotNeedIsRefused() throws {
    refuses(
      "'posix.system'", "torch.save(model.state_dict()",
      of: .dictionary {
        $0.global("posix", "system")
        $0.op("(")
        $0.text("echo no")
        $0.op("tR")
      })
    refuses(
      "'builtins.eval'",
      of: .dictionary {
        $0.bytes += [0x8C, 8] + Array("builtins".utf8) + [0x8C, 4] + Array("eval".utf8) + [0x93]
      })
    refuses("'__main__.Net'", of: .dictionary { $0.global("__main__", "Net") })
    refuses(
      "calls torch.FloatStorage",
      of: .dictionary {
        $0.global("torch", "FloatStorage")
        $0.op(")R")
      })
    refuses("the instruction 105", of: .dictionary { $0.op("i") })
    refuses("a text under 'w'", "state_dict, model_state_dict", of: .dictionary { $0.text("x") })
    refuses(
      "two tensors named 'w'",
      of: .dictionary {
        $0.tensor(shape: [6], strides: [1], count: 6)
        $0.op("s")
        $0.text("w")
        $0.tensor(shape: [6], strides: [1], count: 6)
      })
  }

  @Test func tensorsThatCannotBeAreRefused() throws {
    func tensor(
      _ shape: [Int], _ strides: [Int], offset: Int = 0, count: Int = 6, key: String = "0",
      type: String = "FloatStorage"
    ) -> Pickle {
      .dictionary {
        $0.tensor(shape: shape, strides: strides, offset: offset, count: count, key: key, type: type)
      }
    }
    refuses("reaches beyond its storage of 6", of: tensor([7], [1]))
    refuses("reaches beyond its storage", of: tensor([2, 3], [4, 1]))
    refuses("reaches beyond its storage", of: tensor([6], [1], offset: 1))
    refuses("cannot be", of: tensor([6], [1], offset: -1))
    refuses("cannot be", of: tensor([6], [-1]))
    refuses("cannot be", of: tensor([-6], [1]))
    refuses("cannot be", of: tensor([2, 3], [1]))
    refuses("cannot be", of: tensor([Int](repeating: 1, count: 65), [Int](repeating: 1, count: 65)))
    refuses("reaches beyond 2^63", of: tensor([3, 2], [Int.max, 1]))
    refuses("reaches beyond 2^63", of: tensor([2, 2], [Int.max, 1], offset: 5))
    refuses("would take more than", of: tensor([1 << 40, 1 << 40], [0, 0]))
    refuses("would take more than", of: tensor([1 << 50], [0]))
    refuses("begins beyond its storage", of: tensor([0], [1], offset: 7))
    refuses("has 24 bytes, and should hold 7 elements of float32", of: tensor([6], [1], count: 7))
    refuses("has 24 bytes", of: tensor([6], [1], count: 6, type: "DoubleStorage"))
    refuses("not described as PyTorch does it", of: tensor([6], [1], count: -6))
    refuses("no entry 'archive/data/../../etc/passwd'", of: tensor([6], [1], key: "../../etc/passwd"))
    refuses(
      "described in two ways",
      of: .dictionary {
        $0.tensor(shape: [6], strides: [1], count: 6)
        $0.op("s")
        $0.text("v")
        $0.tensor(shape: [6], strides: [1], count: 6, type: "IntStorage")
      })
  }

  @Test func theArchiveItself() throws {
    func refused(_ words: String, _ bytes: [UInt8], sourceLocation: SourceLocation = #_sourceLocation) throws
    {
      let url = try folder.write(bytes, "file.pth")
      expectRefusal(words, url.path, sourceLocation: sourceLocation) { _ = try StateFile(reading: url) }
    }
    try refused("big-endian", archive(Self.whole.bytes, order: "big"))
    try refused("TorchScript", archive(Self.whole.bytes, more: ["archive/constants.pkl": []]))
    var zip = HandmadeZip()
    zip.add("readme.txt", [1])
    try refused("without a data.pkl", zip.bytes)
    zip.add("archive/data.pkl", Self.whole.bytes) { $0.sum = 1 }
    try refused("damaged", zip.bytes)
    try refused("is a bare pickle", Self.whole.bytes)
    try refused("0 bytes", [])
    // Only the first bytes of numbers that take more than is allowed are looked at.
    let url = try folder.write(archive(Self.whole.bytes), "file.pth")
    expectRefusal("more than 23 bytes") { _ = try StateFile(reading: url, limit: 23) }
  }

  /// The length of a safetensors file's header stands first, and may begin as other formats do.
  @Test(arguments: [0x0280, 0x0580, 0x4B50]) func lengthsThatLookLikeOtherFormats(_ length: Int) throws {
    let folder = try TemporaryFolder()
    let url = folder.file("w.safetensors")
    func write(_ padding: Int) throws -> Int {
      try Safetensors.write(
        [("w", Tensor([1.5]))], metadata: ["x": String(repeating: "x", count: padding)], to: url)
      return Int(
        try Data(contentsOf: url).prefix(2).enumerated().reduce(0) { $0 | Int($1.element) << (8 * $1.offset) }
      )
    }
    #expect(try write(length - write(0)) == length)
    let file = try StateFile(reading: url)
    #expect(file.format == .safetensors && file.dictionary["w"]?.double == 1.5)
  }

  /// A million tuples, each inside the next, and a list that holds itself.
  @Test func depthTakesNoStack() throws {
    let deep = Pickle.dictionary {
      $0.op(")")
      $0.bytes += [UInt8](repeating: 0x85, count: 1_000_000)
    }
    refuses("a tuple under 'w'", of: deep)
    refuses("a list under 'w'", of: .dictionary { $0.op("]q\u{0}h\u{0}a") })
    let rings = Pickle.dictionary("state_dict") {
      $0.op("}q\u{0}"); $0.text("state_dict"); $0.op("h\u{0}s")
    }
    refuses("a dictionary under 'state_dict'", of: rings)
  }

  @Test func cutAndMutatedFilesAreRefusedOrRead() throws {
    let bytes = archive(Self.whole.bytes)
    for count in stride(from: 0, to: bytes.count, by: 3) {
      expectRefusal { _ = try read(Array(bytes.prefix(count))) }
    }
    let pickle = Self.whole.bytes
    for count in 0..<pickle.count {
      expectRefusal("pickle") { _ = try read(archive(Array(pickle.prefix(count)))) }
    }
    var random = SplitMix(state: 11)
    var refusals = 0
    for _ in 0..<3_000 {
      do {
        let url = try folder.write(archive(mutated(pickle, &random, within: pickle.count)), "file.pth")
        // Every element can be read.
        for (_, tensor) in try StateFile(reading: url, limit: 1 << 20).tensors {
          #expect(bits(tensor).count <= 1 << 20)
        }
      } catch {
        #expect((error as? TorchError)?.kind == .file, "\(error)")
        refusals += 1
      }
    }
    #expect(refusals > 1_000)
  }
}
