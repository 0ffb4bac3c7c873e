import Command
import Foundation
import Torch

/// Measures Salar beside its peers in one run: `./run bench [NAME …]`.
///
/// Both sides do the same work with the same threads, in turns; values are medians over all repetitions. A readable
/// table goes to standard error, one JSON line a measurement to standard output, with `ratio`, the median over rounds of
/// salar / peer: for `ns` and `ms` less is better, for `images/s` more.
@main
struct SalarBench {
  struct Measurement: Encodable {
    var name: String
    var salar: Double
    var peer: Double
    var ratio: Double
    var unit: String
    var peerIs: String
    var repetitions: Int
    var threads: Int
  }

  static func main() {
    do {
      try run(Array(CommandLine.arguments.dropFirst()))
    } catch {
      CommandOutput.remark("bench: \(error)")
      exit(1)
    }
  }

  static func run(_ names: [String]) throws {
    let threads =
      ProcessInfo.processInfo.environment["OMP_NUM_THREADS"].flatMap(Int.init)
      ?? ProcessInfo.processInfo.activeProcessorCount
    Runtime.threads = threads
    let benchmarks =
      EngineBenchmarks.all + TrainingBenchmarks.all + SharpnessBenchmarks.all + DataBenchmarks.all
      + VolatilityBenchmarks.all
    let known = benchmarks.map(\.name)
    for name in names where !known.contains(where: { $0.hasPrefix(name) }) {
      throw CommandError("no benchmark '\(name)'; known: \(known.joined(separator: ", "))")
    }
    let chosen = benchmarks.filter { benchmark in
      names.isEmpty || names.contains { benchmark.name.hasPrefix($0) }
    }

    var table = Table(["benchmark", "peer", "salar", "peer's", "salar / peer", "unit", "n"])
    for benchmark in chosen {
      CommandOutput.remark("measuring \(benchmark.name) …")
      for measurement in try measure(benchmark, threads: threads) {
        try CommandOutput.json(measurement)
        table.append([
          measurement.name, measurement.peerIs, formatted(measurement.salar), formatted(measurement.peer),
          String(format: measurement.ratio < 0.1 ? "%.3f" : "%.2f", measurement.ratio), measurement.unit,
          "\(measurement.repetitions)",
        ])
      }
    }
    CommandOutput.remark(
      "\n\(table.text)\n\nmedians, \(threads) threads, libtorch \(Runtime.libtorchVersion); ns, ms: less is better; "
        + "images/s: more is better")
  }

  /// One side of a comparison: what it is, and how it repeats the work.
  private struct Side {
    var suffix = ""
    var what: String
    var run: (Int) throws -> [Double]
  }

  static func measure(_ benchmark: Benchmark, threads: Int) throws -> [Measurement] {
    // First, as it may write what the peer reads.
    let repetition = try benchmark.prepare()
    let sides = try sides(benchmark.peer, threads: threads)
    var own: [Double] = []
    var theirs = sides.map { _ in [Double]() }
    // Round by round, as a machine's speed changes between them.
    var ratios = theirs
    for round in 0...benchmark.rounds {
      let mine = timed(benchmark.repetitions, repetition)
      let others = try sides.map { try $0.run(benchmark.repetitions) }
      if round == 0 { continue }  // warm-up
      own += mine
      for (index, seconds) in others.enumerated() {
        theirs[index] += seconds
        ratios[index].append(
          benchmark.value(seconds: median(mine)) / benchmark.value(seconds: median(seconds)))
      }
    }
    let salar = benchmark.value(seconds: median(own))
    return sides.indices.map { index in
      let peer = benchmark.value(seconds: median(theirs[index]))
      return Measurement(
        name: benchmark.name + sides[index].suffix, salar: salar, peer: peer, ratio: median(ratios[index]),
        unit: benchmark.unit.rawValue, peerIs: sides[index].what, repetitions: own.count, threads: threads)
    }
  }

  private static func sides(_ peer: Benchmark.Peer, threads: Int) throws -> [Side] {
    func process(
      _ script: String, _ work: String, _ what: String, suffix: String = "", keepsMemory: Bool = false
    ) throws
      -> Side
    {
      let process = try PeerProcess(script, threads: threads, keepsMemory: keepsMemory)
      let note = try process.prepare(work)
      return Side(suffix: suffix, what: what + (note.isEmpty ? "" : ", \(note)"), run: process.run)
    }
    switch peer {
    case .pytorch(let work):
      return [
        try process("peer.py", work, "PyTorch as shipped"),
        try process("peer.py", work, "PyTorch, freed memory kept", suffix: "/tuned", keepsMemory: true),
      ]
    case .arch(let work): return [try process("volatility.py", work, "arch")]
    case .salar(let what, let prepare):
      let repetition = try prepare()
      return [Side(what: what) { timed($0, repetition) }]
    }
  }

  static func timed(_ repetitions: Int, _ work: () -> Void) -> [Double] {
    (0..<repetitions).map { _ in
      let duration = ContinuousClock().measure(work)
      return Double(duration.components.seconds) + Double(duration.components.attoseconds) * 1e-18
    }
  }

  static func median(_ values: [Double]) -> Double {
    let sorted = values.sorted()
    let middle = sorted.count / 2
    return sorted.count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
  }

  static func formatted(_ value: Double) -> String {
    String(format: value >= 100 ? "%.0f" : value >= 10 ? "%.1f" : "%.3f", value)
  }
}
