import Foundation
import Testing

@testable import Command

@Suite struct OutputTests {
  private struct Answer: Encodable {
    var loss: Double
    var shares: [Double?]
    var single: Float
    var name: String
  }

  private func text(_ value: some Encodable) throws -> String {
    String(decoding: try CommandOutput.jsonDocument(value), as: UTF8.self)
  }

  /// JSON has no such numbers; a reader finds null, and a document in any case.
  @Test func numbersThatAreNotFiniteAreNull() throws {
    let answer = Answer(
      loss: .nan, shares: [0.5, .infinity, nil, -.infinity], single: .nan, name: "nan \"NaN\"")
    #expect(
      try text(answer) == """
        {"loss":null,"name":"nan \\"NaN\\"","shares":[0.5,null,null,null],"single":null}
        """)
    #expect(try text(["a": 1.5]) == "{\"a\":1.5}")
  }
}
