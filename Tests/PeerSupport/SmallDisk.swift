import Foundation

/// A file system of a few kilobytes, which only the superuser can make; gone when the test is over.
public final class SmallDisk {
  public struct Failure: Error, CustomStringConvertible {
    public var description: String
  }

  /// Whether one can be made here: containers often forbid it.
  public static let isPossible: Bool = (try? SmallDisk(kilobytes: 64)) != nil

  public static let missing = "needs the right to mount a small file system (Linux, as root)"

  private let folder: TemporaryFolder
  public let url: URL

  public init(kilobytes: Int) throws {
    folder = try TemporaryFolder()
    url = folder.file("disk")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    guard Self.run("mount", "-t", "tmpfs", "-o", "size=\(kilobytes)k", "tmpfs", url.path) else {
      throw Failure(description: "no file system could be mounted on \(url.path)")
    }
  }

  deinit { _ = Self.run("umount", "-l", url.path) }

  public func makeReadOnly() throws {
    guard Self.run("mount", "-o", "remount,ro", url.path) else {
      throw Failure(description: "\(url.path) could not be made read-only")
    }
  }

  private static func run(_ command: String...) -> Bool {
    #if os(Linux)
      guard getuid() == 0 else { return false }
      let process = Process()
      process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
      process.arguments = command
      process.standardError = FileHandle.nullDevice
      do { try process.run() } catch { return false }
      process.waitUntilExit()
      return process.terminationStatus == 0
    #else
      return false
    #endif
  }
}
