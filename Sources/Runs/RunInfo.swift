import Command
import Foundation
import Torch

/// `run.json`: what ran, when, and on what.
public struct RunInfo: Codable, Sendable, Equatable {
  public var kind: String
  public var seed: UInt64?
  /// One for the first time, one for each time that the run was continued.
  public var starts: [Start]

  public struct Start: Codable, Sendable, Equatable {
    /// ISO 8601, in UTC.
    public var time: String
    public var program: Program
    public var libtorch: String
    public var device: String
    /// Threads that one operation may use.
    public var threads: Int
    /// Cores of the machine.
    public var cores: Int
    /// `Linux x86_64`.
    public var system: String
  }

  public struct Program: Codable, Sendable, Equatable {
    public var name: String
    /// Salar's.
    public var version: String
    /// The git commit that the program was built in, if it lies in the build folder of a checkout.
    public var commit: String?
    /// Whether files that git tracks differ from the commit.
    public var modified: Bool?
  }

  static let fileName = "run.json"

  init(kind: String, seed: UInt64?) {
    self.kind = kind
    self.seed = seed
    starts = []
  }

  /// - Throws: ``CommandError`` if the file cannot be read or is no `run.json`.
  public init(reading url: URL) throws(CommandError) {
    let data = try Files.contents(of: url, atMost: 1 << 24)
    self = try RunJSON.value(RunInfo.self, from: data, path: url.path)
  }
}

extension RunInfo.Start {
  static func now(device: Device) -> Self {
    var facts = utsname()
    uname(&facts)
    func text<Field>(_ field: Field) -> String {
      withUnsafeBytes(of: field) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
    }
    return Self(
      time: Date().formatted(.iso8601), program: .current, libtorch: Runtime.libtorchVersion,
      device: "\(device)", threads: Runtime.threads, cores: ProcessInfo.processInfo.processorCount,
      system: "\(text(facts.sysname)) \(text(facts.machine))")
  }
}

extension RunInfo.Program {
  /// Found once a process.
  static let current: Self = {
    let executable = Bundle.main.executableURL?.resolvingSymlinksInPath()
    var program = Self(name: executable?.lastPathComponent ?? "unknown", version: ProgramVersion.text)
    if let executable, let checkout = checkout(of: executable),
      let commit = git(["rev-parse", "HEAD"], in: checkout)
    {
      program.commit = commit
      program.modified = git(["status", "--porcelain", "--untracked-files=no"], in: checkout).map {
        !$0.isEmpty
      }
    }
    return program
  }()

  /// The folder that holds the build folder (`.build…`) which the program lies in.
  private static func checkout(of executable: URL) -> URL? {
    var folder = executable.deletingLastPathComponent()
    while folder.pathComponents.count > 1 {
      if folder.lastPathComponent.hasPrefix(".build") { return folder.deletingLastPathComponent() }
      folder.deleteLastPathComponent()
    }
    return nil
  }

  private static func git(_ arguments: [String], in folder: URL) -> String? {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = ["git", "--no-optional-locks", "-C", folder.path] + arguments
    let output = Pipe()
    process.standardOutput = output
    process.standardError = FileHandle.nullDevice
    process.standardInput = FileHandle.nullDevice
    do { try process.run() } catch { return nil }
    let data = output.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    guard process.terminationStatus == 0 else { return nil }
    return String(decoding: data, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
  }
}
