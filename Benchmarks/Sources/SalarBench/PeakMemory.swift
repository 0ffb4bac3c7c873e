import Command
import Foundation

/// The most memory that a process holds at once, its libraries included.
enum PeakMemory {
  /// The first argument of a process of this program that is begun for its peak; a benchmark's name and a part
  /// follow.
  static let flag = "--peak"

  /// Whose work such a process does.
  enum Part: String {
    case salar
    /// Of benchmarks whose peer is Salar as well.
    case peer
  }

  struct Answer: Codable {
    var peak: Int
  }

  /// Bytes, of a fresh process of this program that readies one part of a benchmark and does it once.
  static func ofFreshProcess(_ benchmark: String, _ part: Part, threads: Int) throws -> Double {
    let process = Process()
    let output = Pipe()
    process.executableURL = program
    process.arguments = [flag, benchmark, part.rawValue]
    var environment = ProcessInfo.processInfo.environment
    environment["OMP_NUM_THREADS"] = "\(threads)"
    process.environment = environment
    process.standardOutput = output
    try process.run()
    let data = output.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    guard process.terminationStatus == 0,
      let answer = try? JSONDecoder().decode(Answer.self, from: data)
    else {
      throw CommandError("the process for the peak of '\(benchmark)' failed; its words are above")
    }
    return Double(answer.peak)
  }

  /// Does one part of a benchmark once and writes the peak to standard output.
  static func answer(_ benchmark: Benchmark, _ part: Part) throws {
    let repetition: () -> Void
    switch (part, benchmark.peer) {
    case (.salar, _): repetition = try benchmark.prepare()
    case (.peer, .salar(_, let prepare)): repetition = try prepare()
    case (.peer, _): throw CommandError("the peer of '\(benchmark.name)' is no process of this program")
    }
    repetition()
    try CommandOutput.json(Answer(peak: try ofThisProcess()))
  }

  #if os(Linux)
    private static var program: URL { URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath() }

    /// Not `ru_maxrss`, which begins with what the parent held when it started this process.
    private static func ofThisProcess() throws -> Int {
      let status = try String(contentsOfFile: "/proc/self/status", encoding: .utf8)
      let line = status.split(separator: "\n").first { $0.hasPrefix("VmHWM:") }
      guard let kibibytes = line?.split(whereSeparator: \.isWhitespace).dropFirst().first.flatMap({ Int($0) })
      else { throw CommandError("/proc/self/status tells of no peak of memory (VmHWM)") }
      return kibibytes << 10
    }
  #else
    private static var program: URL? { Bundle.main.executableURL }

    private static func ofThisProcess() throws -> Int {
      var usage = rusage()
      guard getrusage(RUSAGE_SELF, &usage) == 0 else { throw CommandError("getrusage failed") }
      return usage.ru_maxrss
    }
  #endif
}
