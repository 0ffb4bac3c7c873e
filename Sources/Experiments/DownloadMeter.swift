import Command
import Foundation

/// How far the files of a data set are, one ``ProgressMeter`` a file: rate and time left.
///
/// ```swift
/// let meter = DownloadMeter()
/// try source.fetch(to: folder) { meter.show($0, $1, $2) }
/// meter.finish()
/// ```
///
/// Calls may come from any thread, one at a time or together.
public final class DownloadMeter: @unchecked Sendable {
  private let lock = NSLock()
  private let makeMeter: (_ name: String, _ total: Int?, _ done: Int) -> ProgressMeter
  private var meter: ProgressMeter?
  private var name: String?
  private var total: Int?

  /// - Parameter interval: seconds between lines where there is no terminal.
  public convenience init(output: ProgressMeter.Output = .standardError, interval: Double = 5) {
    self.init { name, total, done in
      ProgressMeter(name, total: total, unit: "kB", done: done, output: output, interval: interval)
    }
  }

  init(_ makeMeter: @escaping (String, Int?, Int) -> ProgressMeter) { self.makeMeter = makeMeter }

  /// - Parameters:
  ///   - name: the file.
  ///   - count: bytes that are there.
  ///   - expected: bytes of the whole; nil where the server does not say.
  public func show(_ name: String, _ count: Int, _ expected: Int?) {
    lock.withLock {
      let (done, total) = (count / 1000, expected.map { $0 / 1000 })
      if self.name != name || self.total != total {
        if self.name != name { meter?.finish() }
        // What was there before counts as done, and not as speed.
        meter = makeMeter(name, total, done)
        (self.name, self.total) = (name, total)
      }
      meter?.update(to: done)
    }
  }

  /// Ends the line of the last file.
  public func finish() {
    lock.withLock {
      meter?.finish()
      meter = nil
    }
  }
}
