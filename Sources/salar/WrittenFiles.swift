import ArgumentParser
import Command

/// `--json`, of verbs whose result is files.
struct WrittenOptions: ParsableArguments {
  @Flag(help: "One JSON document that names what was written.")
  var json = false

  private struct Answer<Facts: Encodable>: Encodable {
    var files: [String]
    var facts: Facts

    func encode(to encoder: any Encoder) throws {
      try facts.encode(to: encoder)
      var container = encoder.container(keyedBy: CodingKeys.self)
      try container.encode(files, forKey: .files)
    }

    enum CodingKeys: String, CodingKey { case files }
  }

  /// Says what was written: as a remark, or with `--json` as a document with `files` and the facts.
  func report(_ files: [String], _ facts: some Encodable, remark: String? = nil) throws {
    guard json else { return CommandOutput.remark(remark ?? "wrote \(files.joined(separator: ", "))") }
    try CommandOutput.json(Answer(files: files, facts: facts))
  }

  func report(_ files: [String], remark: String? = nil) throws {
    try report(files, [String: String](), remark: remark)
  }
}
