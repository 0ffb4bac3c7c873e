import Foundation
import PeerSupport
import Testing

/// What the suites about `salar distill` share: small experts and small distillations in a folder of their own.
protocol DistillCommands {
  var folder: TemporaryFolder { get }
}

extension DistillCommands {
  func path(_ name: String) -> String { folder.file(name).path }

  func json(_ result: Program.Result) throws -> [String: Any] {
    #expect(result.code == 0, "\(result.errors)")
    return try JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? [String: Any] ?? [:]
  }

  func refused(_ arguments: [String], _ words: String...) throws {
    let result = try Program.run(arguments)
    #expect(result.code != 0)
    for word in words { #expect(result.errors.contains(word), "\(result.errors)") }
  }

  static var small: [String] { ["--network", "convnet", "--set", "width=8", "--set", "depth=2"] }

  func experts(_ more: [String] = []) -> [String] {
    [
      "distill", "experts", "--data", "builtin:gray", "--train-limit", "120", "--experts", "2", "--epochs",
      "3",
    ]
      + ["--set", "testLimit=50", "--set", "batch=30", "--store", path("store")] + Self.small + more
  }

  func distil(_ method: String, _ more: [String] = []) -> [String] {
    ["distill", "run", "--method", method, "--data", "builtin:gray", "--ipc", "2", "--out", path(method)]
      + more
  }
}
