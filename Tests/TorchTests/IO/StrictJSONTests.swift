import Foundation
import Testing

@testable import Torch

@Suite(.leavesNothing) struct StrictJSONTests {
  private func parse<Result>(
    _ text: String, _ body: (inout StrictJSON) throws(TorchError) -> Result
  ) throws -> Result {
    try Array(text.utf8).withUnsafeBytes { bytes in
      var json = StrictJSON(bytes, subject: "text")
      let result = try body(&json)
      try json.end()
      return result
    }
  }

  private func isValue(_ text: String) -> Bool {
    (try? parse(text) { (json) throws(TorchError) in try json.skipValue() }) != nil
  }

  private func string(_ text: String) throws -> String {
    try parse(text) { (json) throws(TorchError) in try json.string() }
  }

  private func number(_ text: String) throws -> Int {
    try parse(text) { (json) throws(TorchError) in try json.unsigned() }
  }

  @Test func takesTheGrammar() {
    for text in [
      "0", "-0", "12", "-1.5", "1e5", "1E+5", "0.1e-2", "true", "false", "null", #""""#, "[]", "{}", "[1,2]",
      " [ 1 , [ ] , { \"a\" : null } ] ", "\t\r\n1", #"{"a":1,"b":{"a":2}}"#, "1   ",
    ] {
      #expect(isValue(text), "\(text)")
    }
  }

  @Test func takesNothingElse() {
    for text in [
      "", " ", "+1", "01", "-", "-01", "1.", ".5", "1e", "1e+", "0x1", "NaN", "Infinity", "nul", "True",
      "tru", "[1,]",
      "[,1]", "[1 2]", "[", "]", "{", "}", "{a:1}", #"{"a"}"#, #"{"a":}"#, #"{"a":1,}"#, #"{,}"#, #"{1:2}"#,
      "'a'",
      #"{"a":1 "b":2}"#, "// x\n1", "1 2", "\u{FEFF}1", "1\n", "\u{A0}1", #"{"a":1,"a":2}"#,
    ] {
      #expect(!isValue(text), "\(text)")
    }
  }

  @Test func readsStrings() throws {
    #expect(try string(#""plain""#) == "plain")
    #expect(try string(#""\"\\\/\b\f\n\r\t""#) == "\"\\/\u{8}\u{C}\n\r\t")
    #expect(try string(#""\u0041\u00fc\u65E5\ud83e\uDD86\u0000""#) == "Aü日🦆\0")
    #expect(try string("\"ü日🦆\u{7F}\"") == "ü日🦆\u{7F}")
    for text in [
      #"""#, #""a"#, #""\"#, #""\x41""#, #""\u12""#, #""\u12G4""#, #""\u+123""#, "\"\n\"", "\"a\\n\u{1}\"",
      #""\ud83e""#, #""\ud83ex""#, #""\ud83e\n""#, #""\ud83e\u0041""#, #""\udd86""#, #""\udd86\ud83e""#,
      #""\ud83e\ud83e\udd86""#, #""\u１２３４""#,
    ] {
      #expect(throws: TorchError.self, "\(text)") { try string(text) }
    }
  }

  @Test func readsNumbersExactly() throws {
    #expect(try number("0") == 0)
    #expect(try number("9007199254740993") == 9_007_199_254_740_993)
    #expect(try number("9223372036854775807") == .max)
    for text in [
      "9223372036854775808", "18446744073709551616", "-1", "-0", "1.0", "1e0", "00", "1_0", "", "\"1\"",
      "true",
    ] {
      #expect(throws: TorchError.self, "\(text)") { try number(text) }
    }
  }

  @Test func keepsTheOrderOfKeys() throws {
    var keys: [String] = []
    try parse(#"{"z":1,"a":2,"":3,"é":4,"e\u0301":5}"#) { (json) throws(TorchError) in
      try json.object { (json, key) throws(TorchError) in
        keys.append(key)
        _ = try json.unsigned()
      }
    }
    #expect(keys.map { Array($0.utf8) } == ["z", "a", "", "é", "e\u{301}"].map { Array($0.utf8) })
  }

  @Test func writesStringsThatItReads() throws {
    for text in ["", "a", "\"\\/", "\u{0}\u{1F}\u{7F}\u{80}", "日本🦆", "\r\n", "e\u{301}"] {
      #expect(Array(try string(text.asJSON).utf8) == Array(text.utf8))
    }
  }

  @Test func countsDepth() {
    func nested(_ depth: Int) -> String {
      String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
    }
    #expect(isValue(nested(64)))
    #expect(!isValue(nested(65)))
    #expect(isValue("[" + Array(repeating: nested(63), count: 100).joined(separator: ",") + "]"))
  }
}
