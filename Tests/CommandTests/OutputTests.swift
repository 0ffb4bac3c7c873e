import Foundation
import Testing

@testable import Command

@Suite struct OutputTests {
  struct Answer: Encodable {
    var values: [Double]
    var single: Float
    var text: String
    var missing: Double?
  }

  /// JSON has no infinite numbers: they are null, and texts that speak of them stay.
  @Test func numbersThatAreNotFiniteAreNull() throws {
    let data = try CommandOutput.document(
      Answer(values: [1.5, .nan, .infinity, -.infinity], single: .nan, text: "nan, \"inf\""))
    #expect(
      String(decoding: data, as: UTF8.self)
        == #"{"single":null,"text":"nan, \"inf\"","values":[1.5,null,null,null]}"#)
    #expect(throws: Never.self) { try JSONSerialization.jsonObject(with: data) }
  }
}
