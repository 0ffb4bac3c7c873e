import Foundation

/// Real data sets beside the package: `$SALAR_DATA`, or `../shared/data` from the package's root.
public enum SharedData {
  public static let root: URL =
    ProcessInfo.processInfo.environment["SALAR_DATA"].flatMap { $0.isEmpty ? nil : URL(fileURLWithPath: $0) }
    ?? Peer.root.deletingLastPathComponent().appendingPathComponent("shared/data")

  public static func has(_ name: String) -> Bool { FileManager.default.fileExists(atPath: path(name)) }
  public static func path(_ name: String) -> String { root.appendingPathComponent(name).path }

  public static func missing(_ name: String) -> String {
    "needs the real data set '\(name)' in $SALAR_DATA or ../shared/data"
  }
}
