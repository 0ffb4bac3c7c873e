import Foundation
import PeerSupport
import Testing

@testable import Torch

@Suite(.leavesNothing) struct HostileSafetensorsTests {
  let folder: TemporaryFolder
  init() throws { folder = try TemporaryFolder() }

  private func refuses(
    _ texts: String..., of bytes: [UInt8], sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    let url = try folder.write(bytes, "file.safetensors")
    do throws(TorchError) {
      _ = try Safetensors(reading: url)
      Issue.record("accepted; expected: \(texts)", sourceLocation: sourceLocation)
    } catch {
      #expect(error.kind == .file)
      for text in texts + [url.path] {
        #expect(error.message.contains(text), "\(error)", sourceLocation: sourceLocation)
      }
    }
  }

  /// A header with one tensor; `data` bytes follow.
  private func one(
    dtype: String = #""U8""#, shape: String = "[2]", offsets: String = "[0,2]", data: Int = 2
  ) -> [UInt8] {
    safetensors(
      #"{"a":{"dtype":\#(dtype),"shape":\#(shape),"data_offsets":\#(offsets)}}"#,
      [UInt8](repeating: 7, count: data))
  }

  @Test func theFileItself() throws {
    try refuses("0 bytes", "takes 8", of: [])
    try refuses("7 bytes", of: [1, 0, 0, 0, 0, 0, 0])
    try refuses("18446744073709551615", "100000000", of: [UInt8](repeating: 255, count: 8) + Array("{}".utf8))
    try refuses("9223372036854775808", of: [0, 0, 0, 0, 0, 0, 0, 128] + Array("{}".utf8))
    try refuses("100000001", of: [0x01, 0xE1, 0xF5, 0x05, 0, 0, 0, 0])
    try refuses("cut off", "100000000", of: [0x00, 0xE1, 0xF5, 0x05, 0, 0, 0, 0] + Array("{}".utf8))
    try refuses("does not begin with '{'", of: safetensors(""))
    try refuses("does not begin with '{'", of: safetensors(" {}"))
    try refuses("does not begin with '{'", of: safetensors("[]"))
    try refuses("the text ends", of: safetensors("{"))
    try refuses("nothing but spaces", of: safetensors("{}\n"))
    try refuses("nothing but spaces", "the byte 0", of: safetensors("{} \0"))
    try refuses("nothing but spaces", of: safetensors("{}{}"))
    try refuses("1 bytes after the last tensor", of: safetensors("{}", [0]))
  }

  @Test func aHeaderOf200MBThatIsThere() throws {
    let url = folder.file("big.safetensors")
    try writeAtomically(to: url) { (file) throws(TorchError) in
      let part = [UInt8](repeating: UInt8(ascii: " "), count: 1 << 20)
      try file.write([0x00, 0x00, 0x80, 0x0C, 0, 0, 0, 0] + Array("{}".utf8))
      for _ in 0..<200 { try file.write(part) }
    }
    expectRefusal("209715200", "100000000") { _ = try Safetensors(reading: url) }
  }

  @Test func offsets() throws {
    try refuses("takes 2 bytes", "hold 3", of: one(offsets: "[0,3]", data: 3))
    try refuses("cut off", "its tensors end", of: one(data: 1))
    try refuses("1 bytes after", of: one(data: 3))
    try refuses("1 bytes that belong to none", of: one(offsets: "[1,3]", data: 3))
    try refuses("[2, 0]", "not before it", of: one(offsets: "[2,0]"))
    for offsets in ["[]", "[0]", "[0,2,2]", "[[0,2]]", "{}", "null", "\"0\"", "2"] {
      try refuses("at byte", of: one(offsets: offsets))
    }
    try refuses("not negative", "'-'", of: one(offsets: "[-1,1]"))
    try refuses("not negative", of: one(offsets: "[-0,2]"))
    for number in ["2.0", "2e0", "2E0", "0.2e1"] {
      try refuses("only whole numbers", of: one(offsets: "[0,\(number)]"))
    }
    try refuses("leading zero", of: one(offsets: "[0,02]"))
    for number in [
      "9223372036854775808", "18446744073709551615", "18446744073709551618",
      "1" + String(repeating: "0", count: 400),
    ] {
      try refuses("beyond 2^63 - 1", of: one(offsets: "[0,\(number)]"))
      try refuses("beyond 2^63 - 1", of: one(shape: "[\(number)]"))
    }
    try refuses("hold 9223372036854775807", of: one(offsets: "[0,9223372036854775807]"))
    try refuses(
      "beyond any file", of: one(shape: "[1]", offsets: "[9223372036854775806,9223372036854775807]"))
  }

  @Test func overlapsAndHoles() throws {
    func two(_ first: String, _ second: String, data: Int) -> [UInt8] {
      safetensors(
        #"{"a":{"dtype":"U8","shape":[2],"data_offsets":\#(first)},"b":{"dtype":"U8","shape":[2],"data_offsets":\#(second)}}"#,
        [UInt8](repeating: 0, count: data))
    }
    try refuses("'b' overlaps", "by 1 bytes", of: two("[0,2]", "[1,3]", data: 3))
    try refuses("'a' overlaps", of: two("[1,3]", "[0,2]", data: 3))
    try refuses("overlaps", "by 2 bytes", of: two("[0,2]", "[0,2]", data: 2))
    try refuses("before the tensor 'b' lie 1", of: two("[0,2]", "[3,5]", data: 5))
    // In the other order they are in order.
    let url = try folder.write(two("[2,4]", "[0,2]", data: 4), "ok")
    #expect(try Safetensors(reading: url).names == ["a", "b"])
  }

  @Test func shapes() throws {
    try refuses("more elements than memory", of: one(shape: "[4294967296,4294967296]"))
    try refuses("more elements than memory", of: one(dtype: #""F64""#, shape: "[2305843009213693952]"))
    try refuses(
      "more elements than memory", of: one(shape: "[0,9223372036854775807,4]", offsets: "[0,0]", data: 0))
    try refuses("not negative", of: one(shape: "[-2]"))
    try refuses("only whole numbers", of: one(shape: "[2.0]"))
    let ones = Array(repeating: "1", count: 65).joined(separator: ",")
    try refuses("more than 64", of: one(shape: "[\(ones)]", offsets: "[0,1]", data: 1))
    let fewer = Array(repeating: "1", count: 64).joined(separator: ",")
    let url = try folder.write(one(shape: "[\(fewer)]", offsets: "[0,1]", data: 1), "ok")
    #expect(try Safetensors(reading: url)["a"]?.dim == 64)
    let empty = try folder.write(one(shape: "[0,9223372036854775807]", offsets: "[0,0]", data: 0), "empty")
    #expect(try Safetensors(reading: empty)["a"]?.count == 0)
  }

  @Test func types() throws {
    for name in ["F8_E4M3", "F8_E5M2", "F8_E8M0", "F4", "U16", "U32", "U64", "C128", "f32", "", "\u{1B}[31m"]
    {
      let text = name.asJSON
      try refuses("'a'", "Salar cannot hold", of: one(dtype: text))
    }
    let url = try folder.write(one(dtype: #""\u001b[31m""#), "escape")
    do throws(TorchError) {
      _ = try Safetensors(reading: url)
    } catch {
      #expect(!error.message.utf8.contains(0x1B))
    }
    try refuses("a string was expected", of: one(dtype: "3"))
    try refuses("has no 'dtype'", of: safetensors(#"{"a":{"shape":[2],"data_offsets":[0,2]}}"#, [1, 2]))
    try refuses("has no 'shape'", of: safetensors(#"{"a":{"dtype":"U8","data_offsets":[0,2]}}"#, [1, 2]))
    try refuses("has no 'data_offsets'", of: safetensors(#"{"a":{"dtype":"U8","shape":[2]}}"#, [1, 2]))
  }

  @Test func keysTwice() throws {
    let a = #""a":{"dtype":"U8","shape":[0],"data_offsets":[0,0]}"#
    try refuses("'a' appears twice", of: safetensors("{\(a),\(a)}"))
    try refuses("'a' appears twice", of: safetensors("{\(a),\(a.replacing(#""a""#, with: #""\u0061""#))}"))
    try refuses(
      "'shape' appears twice",
      of: safetensors(#"{"a":{"dtype":"U8","shape":[0],"shape":[0],"data_offsets":[0,0]}}"#))
    try refuses("'x' appears twice", of: safetensors(#"{"__metadata__":{"x":"1","x":"1"}}"#))
    try refuses("'__metadata__' appears twice", of: safetensors(#"{"__metadata__":{},"__metadata__":{}}"#))
    try refuses("two spellings", of: safetensors(#"{"__metadata__":{"\u00e9":"1","e\u0301":"1"}}"#))
  }

  @Test func metadata() throws {
    for value in ["1", "null", "[]", "{}", "true"] {
      try refuses("a string was expected", of: safetensors(#"{"__metadata__":{"x":\#(value)}}"#))
    }
    for value in ["1", "[]", "\"x\"", "true"] {
      try refuses("an object was expected", of: safetensors(#"{"__metadata__":\#(value)}"#))
    }
    let url = try folder.write(safetensors(#"{"__metadata__":null}  "#), "ok")
    #expect(try Safetensors(reading: url).metadata == [:])
  }

  @Test func namesThatAreNotUTF8() throws {
    for bytes: [UInt8] in [
      [0xFF], [0xC0, 0x80], [0xED, 0xA0, 0x80], [0xF4, 0x90, 0x80, 0x80], [0xE2, 0x82], [0x80],
    ] {
      let header =
        Array("{\"".utf8) + bytes + Array(#"":{"dtype":"U8","shape":[0],"data_offsets":[0,0]}}"#.utf8)
      try refuses("not UTF-8", of: [UInt8(header.count), 0, 0, 0, 0, 0, 0, 0] + header)
    }
  }

  @Test func nesting() throws {
    for depth in [65, 1_000_000] {
      let value = String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
      try refuses(
        "nested deeper than 64",
        of: safetensors(#"{"a":{"dtype":"U8","shape":[0],"data_offsets":[0,0],"x":\#(value)}}"#))
      try refuses(
        "nested deeper than 64",
        of: safetensors(#"{"a":{"x":"# + String(repeating: #"{"a":"#, count: depth)))
    }
    // What the format does not know is passed over, as the reference does.
    let url = try folder.write(
      safetensors(
        #"{"a":{"x":[1.5e3,{"y":[null,true,"z"]}],"dtype":"U8","shape":[0],"data_offsets":[0,0]}}"#), "ok")
    #expect(try Safetensors(reading: url).names == ["a"])
  }

  @Test func aLargeHeaderTakesLinearTime() throws {
    let count = 20_000
    let names = (0..<count).map { "layer.\($0).weight" }
    let url = folder.file("large.safetensors")
    try Safetensors.write(names.map { ($0, sample([1], .uint8)) }, to: url)
    let clock = ContinuousClock()
    var read: [String] = []
    #expect(try clock.measure { read = try Safetensors(reading: url).names } < .seconds(20))
    #expect(read == names)
    // Accents without end on one letter, which comparing as text would have to sort.
    let accents = String(repeating: "\u{301}\u{327}", count: 200_000)
    for header in [
      #"{"__metadata__":{"a\#(accents)":"1","b\#(accents)":"2"}}"#,
      #"{"a\#(accents)":{"dtype":"U8","shape":[0],"data_offsets":[0,0]}}"#,
    ] {
      try refuses("combining marks", of: safetensors(header))
    }
    let value = try folder.write(safetensors(#"{"__metadata__":{"a":"\#(accents)"}}"#), "value")
    #expect(try Safetensors(reading: value).metadata["a"]?.utf8.count == accents.utf8.count)
  }

  @Test func cutOffAtEveryByte() throws {
    let url = folder.file("whole.safetensors")
    try Safetensors.write(
      [("a", sample([2], .float32)), ("b", sample([3], .int8))], metadata: ["x": "y"], to: url)
    let bytes = Array(try Data(contentsOf: url))
    for count in 0..<bytes.count {
      try refuses(of: Array(bytes[..<count]))
    }
    try refuses("1 bytes after", of: bytes + [0])
  }

  @Test func thousandsOfMutationsNeverCrash() throws {
    let url = folder.file("whole.safetensors")
    try Safetensors.write(
      [("a", sample([2, 2], .float32)), ("b", sample([3], .bool)), ("ü", sample([], .int64))],
      metadata: ["x": "y"],
      to: url)
    let bytes = Array(try Data(contentsOf: url))
    let data = 8 + 16 + 3
    var random = SplitMix(state: 3)
    var accepted = 0
    for index in 0..<4000 {
      var file = mutated(bytes, &random, within: bytes.count - data, changes: 1...(index % 4 == 0 ? 4 : 1))
      if index % 3 != 0, file.count > data + 8 {
        let length = UInt64(file.count - 8 - data)
        withUnsafeBytes(of: length.littleEndian) { file.replaceSubrange(0..<8, with: $0) }
      }
      let url = try folder.write(file, "mutated")
      do throws(TorchError) {
        let read = try Safetensors(reading: url)
        accepted += 1
        for entry in read.entries {
          let tensor = read[entry.name]
          #expect(tensor?.shape == entry.shape && tensor.map { bits($0).count } == entry.range.count)
        }
      } catch {
        #expect(error.kind == .file && error.message.hasPrefix(url.path))
      }
    }
    #expect(accepted > 50 && accepted < 2000)
  }
}
