import Foundation
import PeerSupport
import Testing

@testable import Torch

/// An NPY file with that dictionary.
func npy(_ dictionary: String, _ data: [UInt8] = [], version: UInt8 = 1) -> [UInt8] {
  let text = Array(dictionary.utf8)
  let length = (0..<(version == 1 ? 2 : 4)).map { UInt8(truncatingIfNeeded: text.count >> (8 * $0)) }
  return [0x93] + Array("NUMPY".utf8) + [version, 0] + length + text + data
}

/// The dictionary that NumPy writes.
func dictionary(_ descr: String, _ shape: String, fortran: Bool = false) -> String {
  "{'descr': '\(descr)', 'fortran_order': \(fortran ? "True" : "False"), 'shape': \(shape), }\n"
}

@Suite(.leavesNothing) struct NPYTests {
  let folder: TemporaryFolder
  init() throws { folder = try TemporaryFolder() }

  private func read(_ bytes: [UInt8]) throws -> Tensor { try NPY.read(try folder.write(bytes, "file.npy")) }

  private func refuses(
    _ texts: String..., of bytes: [UInt8], sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    let url = try folder.write(bytes, "file.npy")
    do throws(TorchError) {
      _ = try NPY.read(url)
      Issue.record("accepted; expected: \(texts)", sourceLocation: sourceLocation)
    } catch {
      #expect(error.kind == .file)
      for text in texts + [url.path] {
        #expect(error.message.contains(text), "\(error)", sourceLocation: sourceLocation)
      }
    }
  }

  @Test(arguments: DType.allCases.filter { $0 != .bfloat16 })
  func keepsEveryTypeAndShape(dtype: DType) throws {
    for shape in [[], [0], [1], [7], [0, 3], [3, 0, 2], [2, 3], [1, 1, 5, 1], [2, 1, 3, 2, 1]] {
      let tensor = sample(shape, dtype)
      let url = folder.file("a.npy")
      try NPY.write(tensor, to: url)
      expectSame(try NPY.read(url), tensor, "\(shape)")
      let header = Array(try Data(contentsOf: url)).dropLast(tensor.count * dtype.elementSize)
      #expect(header.count % 64 == 0 && header.last == UInt8(ascii: "\n"))
    }
  }

  @Test func writesTheValuesOfViewsAndOfWhatIsInAGraph() throws {
    let base = sample([4, 6], .float64)
    let leaf = Tensor([1, 2, 3] as [Float]).requiresGrad_()
    for tensor in [
      base.transpose(0, 1), base[1..<3], base.select(dim: 1, index: 2),
      sample([1, 3], .int8).expand([5, 3]), leaf,
      leaf * 2,
    ] {
      try NPY.write(tensor, to: folder.file("a.npy"))
      expectSame(try NPY.read(folder.file("a.npy")), tensor)
    }
  }

  @Test func readsEitherOrderOfBytesAndOfDimensions() throws {
    let big = try read(npy(dictionary(">i4", "(2,)"), [0, 0, 1, 2, 0xFF, 0xFF, 0xFF, 0xFE]))
    #expect(big.dtype == .int32 && big.array(of: Int32.self) == [258, -2])
    let half = try read(npy(dictionary(">f2", "(1,)"), [0x3C, 0x00]))
    #expect(half.dtype == .float16 && half.double == 1)
    let complex = try read(npy(dictionary(">c8", "()"), [0x3F, 0x80, 0, 0, 0x40, 0, 0, 0]))
    #expect(bits(complex) == bits(Tensor([1, 2] as [Float])))
    let columns = try read(npy(dictionary("|u1", "(2, 3)", fortran: true), [1, 4, 2, 5, 3, 6]))
    #expect(columns.isContiguous() && columns.shape == [2, 3])
    #expect(columns.array(of: UInt8.self) == [1, 2, 3, 4, 5, 6])
    let native = try read(npy(dictionary("=i2", "(1,)"), [2, 1]))
    #expect(native.int == 258)
  }

  @Test func widensWhatIsUnsigned() throws {
    let ones = [UInt8](repeating: 255, count: 4)
    let short = try read(npy(dictionary("<u2", "(2,)"), ones))
    #expect(short.dtype == .int32 && short.array(of: Int32.self) == [65535, 65535])
    let big = try read(npy(dictionary(">u2", "(2,)"), [0xFF, 0xFE, 0, 1]))
    #expect(big.array(of: Int32.self) == [65534, 1])
    let word = try read(npy(dictionary("<u4", "(1,)"), ones))
    #expect(word.dtype == .int64 && word.int == 4_294_967_295)
    let long = try read(npy(dictionary("<u8", "(1,)"), ones + [255, 255, 255, 127]))
    #expect(long.dtype == .int64 && long.int == .max)
    try refuses(
      "9223372036854775808", "int64 cannot hold",
      of: npy(dictionary("<u8", "(1,)"), [0, 0, 0, 0, 0, 0, 0, 128]))
    let columns = try read(
      npy(dictionary("<u2", "(2, 2)", fortran: true), [1, 0, 3, 0, 2, 0, 0xFF, 0xFF]))
    #expect(columns.array(of: Int32.self) == [1, 2, 3, 65535])
  }

  @Test func makesBooleansOfOtherBytes() throws {
    #expect(bits(try read(npy(dictionary("|b1", "(4,)"), [0, 1, 2, 255]))) == [0, 1, 1, 1])
  }

  @Test func takesWhatPythonTakes() throws {
    for text in [
      #"{"descr":"<i2","fortran_order":False,"shape":(1,)}"#,
      "{'shape':(1,),'descr':'<i2','fortran_order':True}",
      "  { 'descr' : '<i2' , 'fortran_order' : False , 'shape' : ( 1 , ) , }  \n\t ",
    ] {
      for version: UInt8 in 1...3 { #expect(try read(npy(text, [5, 0], version: version)).int == 5) }
    }
  }

  @Test func refusesWhatIsNotAnArrayOfNumbers() throws {
    try refuses("'|O'", "Python objects", of: npy(dictionary("|O", "(1,)"), [1]))
    try refuses("'<U5'", "strings", of: npy(dictionary("<U5", "(1,)")))
    try refuses("'|S5'", "strings", of: npy(dictionary("|S5", "(1,)")))
    try refuses("'<M8[ns]'", "times", of: npy(dictionary("<M8[ns]", "(1,)")))
    try refuses("'|V2'", "bfloat16", of: npy(dictionary("|V2", "(1,)")))
    try refuses(
      "structured", "('x', '<f4')",
      of: npy("{'descr': [('x', '<f4'), ('y', '<i4')], 'fortran_order': False, 'shape': (1,), }"))
    for name in ["<f16", "<i3", "f4", "", "<", "|f4", "!f4", "<c4", "<F4", "<i44", "<f4 ", "ü"]
    where name != "ü" {
      try refuses("NumPy's type '\(name)'", of: npy(dictionary(name, "(1,)")))
    }
  }

  @Test func refusesDictionariesThatAreNot() throws {
    let good = dictionary("<i2", "(1,)")
    for text in [
      "", " ", "{", "{}", "[]", "None", "{'descr': '<i2'}", good + "x", good + "\0", good + good,
      good.replacing("False", with: "false"), good.replacing("False", with: "0"),
      good.replacing("(1,)", with: "(1)"),
      good.replacing("(1,)", with: "1"), good.replacing("(1,)", with: "[1]"),
      good.replacing("(1,)", with: "(-1,)"),
      good.replacing("(1,)", with: "(1.0,)"), good.replacing("(1,)", with: "(01,)"),
      good.replacing("(1,)", with: "(,)"),
      good.replacing("(1,)", with: "(1,,)"), good.replacing("(1,)", with: "(1 1)"),
      good.replacing("(1,)", with: "(1"),
      good.replacing("(1,)", with: "(0x1,)"), good.replacing("(1,)", with: "(1_0,)"),
      good.replacing("(1,)", with: "(1L,)"),
      good.replacing("(1,)", with: "(9223372036854775808,)"), good.replacing("'<i2'", with: "<i2"),
      good.replacing("'<i2'", with: "'<i2\""), good.replacing("'<i2'", with: #"'\x3ci2'"#),
      good.replacing("'<i2'", with: "u'<i2'"), good.replacing("'<i2'", with: "'<i2"),
      good.replacing("{", with: "{'descr': '<i2', "), good.replacing("{", with: "{'more': '<i2', "),
      good.replacing(",", with: ";"), good.replacing("'descr':", with: "'descr'"),
      "{'descr': __import__('os'), 'fortran_order': False, 'shape': (1,)}",
    ] {
      try refuses(of: npy(text, [0, 0]))
    }
  }

  @Test func refusesShapesThatDoNotFit() throws {
    try refuses("more elements than memory", of: npy(dictionary("|u1", "(4294967296, 4294967296)")))
    try refuses("more elements than memory", of: npy(dictionary("|u1", "(0, 9223372036854775807, 9)")))
    try refuses("more elements than memory", of: npy(dictionary("<f8", "(1152921504606846976,)")))
    // What it would be widened to counts.
    try refuses("more elements than memory", of: npy(dictionary("<u4", "(1152921504606846976,)")))
    try refuses("cut off", "9223372036854775807", of: npy(dictionary("|u1", "(9223372036854775807,)"), [1]))
    try refuses("more than 64", of: npy(dictionary("|u1", "(\(String(repeating: "1, ", count: 65)))"), [1]))
    #expect(try read(npy(dictionary("|u1", "(\(String(repeating: "1, ", count: 64)))"), [1])).dim == 64)
    try refuses("takes 4 bytes, of which 3", of: npy(dictionary("<i2", "(2,)"), [1, 2, 3]))
    try refuses("goes on for 1 bytes", of: npy(dictionary("<i2", "(2,)"), [1, 2, 3, 4, 5]))
  }

  @Test func refusesOtherFiles() throws {
    try refuses("not an NPY file", of: [])
    try refuses("not an NPY file", of: Array("PK\u{3}\u{4}, a longer text".utf8))
    try refuses("version 4.0", of: npy(dictionary("<i2", "(1,)"), [0, 0], version: 4))
    try refuses("version 0.0", of: npy(dictionary("<i2", "(1,)"), [0, 0], version: 0))
    try refuses("version 1.1", of: [0x93] + Array("NUMPY".utf8) + [1, 1, 0, 0])
    try refuses("4294967295", of: [0x93] + Array("NUMPY".utf8) + [2, 0, 255, 255, 255, 255])
    try refuses("cut off", of: [0x93] + Array("NUMPY".utf8) + [1, 0, 255, 255])
  }

  @Test func cutOffAtEveryByte() throws {
    for version: UInt8 in 1...3 {
      let bytes = npy(dictionary("<f4", "(2, 1)"), [UInt8](repeating: 1, count: 8), version: version)
      #expect(try read(bytes).shape == [2, 1])
      for count in 0..<bytes.count { try refuses(of: Array(bytes[..<count])) }
    }
  }

  @Test func refusesToWriteWhatTheFormatLacks() throws {
    let url = folder.file("a.npy")
    expectRefusal("bfloat16", ".to(.float32)", url.path, kind: .value) {
      try NPY.write(sample([1], .bfloat16), to: url)
    }
    expectRefusal("undefined", kind: .value) { try NPY.write(Tensor(), to: url) }
    let sparse = try #require(
      try TorchOperator("aten::to_sparse")([.tensor(Tensor([1, 0] as [Float]))])[0].tensor)
    #expect(throws: TorchError.self) { try NPY.write(sparse, to: url) }
    #expect(try folder.contents == [])
  }

  @Test func givesMemoryOfItsOwn() throws {
    let url = folder.file("a.npy")
    try NPY.write(Tensor([1, 2] as [Float]), to: url)
    let tensor = try NPY.read(url)
    try Data().write(to: url)
    tensor.add_(1)
    #expect(tensor.array(of: Float.self) == [2, 3])
  }

  @Test func thousandsOfMutationsNeverCrash() throws {
    let data = bits(sample([2, 3], .float32))
    let dictionaries = [
      dictionary("<f4", "(2, 3)"), dictionary(">u2", "(12,)", fortran: true),
      dictionary("|b1", "(4, 6)", fortran: true),
      dictionary("<u8", "(3, 1)"), dictionary(">c16", "()"),
    ]
    var random = SplitMix(state: 5)
    var accepted = 0
    for index in 0..<5000 {
      let whole = npy(dictionaries[index % 5], index % 5 == 4 ? Array(data[..<16]) : data)
      var file = mutated(whole, &random, within: whole.count, changes: 1...(index % 4 == 0 ? 4 : 1))
      // Most of them with the length mended, so that the dictionary is reached.
      if index % 3 != 0, let end = file.firstIndex(of: 10), end >= 10 {
        file[8] = UInt8(truncatingIfNeeded: end - 9)
        file[9] = UInt8(truncatingIfNeeded: (end - 9) >> 8)
      }
      let url = try folder.write(file, "mutated")
      do throws(TorchError) {
        let tensor = try NPY.read(url)
        accepted += 1
        #expect(bits(tensor).count == tensor.count * tensor.dtype.elementSize)
      } catch {
        #expect(error.kind == .file && error.message.hasPrefix(url.path))
      }
    }
    #expect(accepted > 100 && accepted < 3000)
  }
}
