import Foundation

/// The Python peers that tests compare against: `.peers/bin/python`, which `./run setup` makes, with the same libtorch.
public enum Peer {
  /// The package's root.
  public static let root = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

  private static let python = root.appendingPathComponent(".peers/bin/python")

  public static var isAvailable: Bool { FileManager.default.isExecutableFile(atPath: python.path) }

  /// What a test that needs a peer says when it is skipped.
  public static let missing =
    "needs the Python peers: run ./run setup on a machine that reaches a Python index"

  public struct Failure: Error, CustomStringConvertible {
    public var description: String
  }

  /// Runs `Tests/peers/NAME.py` and returns its standard output.
  @discardableResult
  public static func run(_ script: String, _ arguments: [String] = []) throws -> String {
    let process = Process()
    process.executableURL = python
    process.arguments = [root.appendingPathComponent("Tests/peers/\(script).py").path] + arguments
    let output = Pipe()
    let errors = FileManager.default.temporaryDirectory.appendingPathComponent(
      "peer-\(UUID().uuidString).log")
    _ = FileManager.default.createFile(atPath: errors.path, contents: nil)
    defer { try? FileManager.default.removeItem(at: errors) }
    process.standardOutput = output
    process.standardError = try FileHandle(forWritingTo: errors)
    try process.run()
    let data = output.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    guard process.terminationStatus == 0 else {
      let text = (try? String(contentsOf: errors, encoding: .utf8)) ?? ""
      throw Failure(
        description: "\(script).py ended with \(process.terminationStatus):\n\(text.suffix(4000))")
    }
    return String(decoding: data, as: UTF8.self)
  }
}

/// A folder that is gone when the test is over.
public final class TemporaryFolder {
  public let url: URL

  public init() throws {
    url = FileManager.default.temporaryDirectory.appendingPathComponent("salar-test-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(at: url) }

  public func file(_ name: String) -> URL { url.appendingPathComponent(name) }
}
