import Command
import Foundation

/// A Python process that readies work once and repeats it when asked, so that both sides run in turns.
final class PeerProcess {
  struct Answer: Decodable {
    var seconds: [Double]?
    var peak: Int?
    var note: String?
    var error: String?
  }

  private let process = Process()
  private let input = Pipe()
  private let output = Pipe()
  private var rest = Data()

  static let root = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()

  /// - Parameters:
  ///   - script: in `peers`.
  ///   - keepsMemory: tells glibc to keep freed memory instead of giving it back to the kernel.
  init(_ script: String, threads: Int, keepsMemory: Bool) throws {
    let python = Self.root.appendingPathComponent(".peers/bin/python")
    guard FileManager.default.isExecutableFile(atPath: python.path) else {
      throw CommandError(
        "no Python peers to measure against: run ./run setup where a Python index can be reached")
    }
    process.executableURL = python
    process.arguments = [Self.root.appendingPathComponent("Benchmarks/peers/\(script)").path, "\(threads)"]
    var environment = ProcessInfo.processInfo.environment
    environment["OMP_NUM_THREADS"] = "\(threads)"
    if keepsMemory {
      environment["MALLOC_MMAP_THRESHOLD_"] = "\(4 << 30)"
      environment["MALLOC_TRIM_THRESHOLD_"] = "\(16 << 30)"
      environment["MALLOC_TOP_PAD_"] = "\(64 << 20)"
      environment["GLIBC_TUNABLES"] = "glibc.malloc.hugetlb=1"
    }
    process.environment = environment
    process.standardInput = input
    process.standardOutput = output
    try process.run()
  }

  deinit {
    try? input.fileHandleForWriting.close()
    process.waitUntilExit()
  }

  /// Readies a piece of work and returns what the peer says of how it does it.
  func prepare(_ work: String) throws -> String { try ask("prepare \(work)").note ?? "" }

  /// The seconds of each repetition.
  func run(_ repetitions: Int) throws -> [Double] { try ask("run \(repetitions)").seconds ?? [] }

  /// The most bytes that the process held from its start to the end of one more repetition.
  func peak() throws -> Double {
    guard let bytes = try ask("peak").peak else { throw CommandError("the peer told of no peak of memory") }
    return Double(bytes)
  }

  private func ask(_ request: String) throws -> Answer {
    try input.fileHandleForWriting.write(contentsOf: Data((request + "\n").utf8))
    while true {
      if let end = rest.firstIndex(of: 10) {
        let line = rest[..<end]
        rest = Data(rest[rest.index(after: end)...])
        let answer = try JSONDecoder().decode(Answer.self, from: line)
        if let error = answer.error { throw CommandError("the peer failed at '\(request)': \(error)") }
        return answer
      }
      let data = output.fileHandleForReading.availableData
      guard !data.isEmpty else { throw CommandError("the peer ended at '\(request)'; its words are above") }
      rest.append(data)
    }
  }
}
