import Foundation

/// The built `salar`, run as a user runs it.
enum Program {
  struct Result {
    var code: Int32
    var output: String
    var errors: String
  }

  struct Missing: Error, CustomStringConvertible {
    var description: String
  }

  /// Beside the test bundle, wherever this build's scratch folder is.
  private static func executable() throws -> URL {
    var folder = URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent()
    for _ in 0..<5 {
      let candidate = folder.appendingPathComponent("salar")
      if FileManager.default.isExecutableFile(atPath: candidate.path) { return candidate }
      folder.deleteLastPathComponent()
    }
    throw Missing(description: "no salar beside \(CommandLine.arguments[0])")
  }

  /// - Parameters:
  ///   - preparation: what a shell does first, whose process the program's then becomes: `ulimit -f 24`.
  ///   - directory: where it runs; nil: here.
  ///   - whileRunning: called once with the process as soon as it runs: to end it, say.
  static func run(
    _ arguments: [String], after preparation: String? = nil, in directory: URL? = nil,
    whileRunning: (Process) throws -> Void = { _ in }
  ) throws -> Result {
    let process = Process()
    process.executableURL = try executable()
    process.arguments = arguments
    if let preparation {
      process.executableURL = URL(fileURLWithPath: "/bin/bash")
      process.arguments = ["-c", preparation + "; exec \"$0\" \"$@\"", try executable().path] + arguments
    }
    if let directory { process.currentDirectoryURL = directory }
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent(
      "salar-run-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    // Files, as a full pipe would stop the program.
    let files = ["out", "err"].map { folder.appendingPathComponent($0) }
    for file in files { _ = FileManager.default.createFile(atPath: file.path, contents: nil) }
    process.standardOutput = try FileHandle(forWritingTo: files[0])
    process.standardError = try FileHandle(forWritingTo: files[1])
    try process.run()
    try whileRunning(process)
    process.waitUntilExit()
    return Result(
      code: process.terminationReason == .exit ? process.terminationStatus : -process.terminationStatus,
      output: try String(contentsOf: files[0], encoding: .utf8),
      errors: try String(contentsOf: files[1], encoding: .utf8))
  }
}
