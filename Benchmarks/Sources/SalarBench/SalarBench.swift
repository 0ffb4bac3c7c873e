import Command
import Foundation
import Torch

/// Measures Salar beside its peers in one run: `./run bench [NAME …]`.
///
/// Both sides do the same work with the same threads, in turns; values are medians over all repetitions. A readable
/// table goes to standard error, one JSON line a measurement to standard output, with `ratio`, the median over rounds of
/// salar / peer: for `ns`, `ms` and `MiB` less is better, for `images/s` more.
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
    var note: String?
  }

  private static var benchmarks: [Benchmark] {
    EngineBenchmarks.all + TrainingBenchmarks.all + SharpnessBenchmarks.all + DataBenchmarks.all
      + DistillationBenchmarks.all + VolatilityBenchmarks.all
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
    if names.first == PeakMemory.flag { return try answerPeak(Array(names.dropFirst())) }
    let benchmarks = benchmarks
    let known = benchmarks.map(\.name)
    for name in names where !known.contains(where: { $0.hasPrefix(name) }) {
      throw CommandError("no benchmark '\(name)'; known: \(known.joined(separator: ", "))")
    }
    let chosen = benchmarks.filter { benchmark in
      // A whole name is that one; what is none stands for all that begin with it.
      names.isEmpty
        || names.contains { known.contains($0) ? benchmark.name == $0 : benchmark.name.hasPrefix($0) }
    }

    var notes: [String] = []
    var table = Table(["benchmark", "peer", "salar", "peer's", "salar / peer", "unit", "n"])
    for benchmark in chosen {
      CommandOutput.remark("measuring \(benchmark.name) …")
      let measurements = try measure(benchmark, threads: threads)
      if let note = measurements.first?.note { notes.append("\(benchmark.name): \(note)\n") }
      for measurement in measurements {
        try CommandOutput.json(measurement)
        table.append([
          measurement.name, measurement.peerIs, formatted(measurement.salar), formatted(measurement.peer),
          String(format: measurement.ratio < 0.1 ? "%.3f" : "%.2f", measurement.ratio), measurement.unit,
          "\(measurement.repetitions)",
        ])
      }
    }
    CommandOutput.remark(
      "\n\(table.text)\n\n\(notes.joined())medians, \(threads) threads, libtorch \(Runtime.libtorchVersion); "
        + "ns, ms, MiB: less is better; images/s: more is better")
  }

  /// What a process does that this program began for its peak of memory.
  private static func answerPeak(_ words: [String]) throws {
    guard words.count == 2, let benchmark = benchmarks.first(where: { $0.name == words[0] }),
      let part = PeakMemory.Part(rawValue: words[1])
    else {
      throw CommandError("\(PeakMemory.flag) takes a benchmark and 'salar' or 'peer', found \(words)")
    }
    try PeakMemory.answer(benchmark, part)
  }

  /// Seconds, or bytes at the peak, of so many repetitions.
  private typealias Measure = (_ repetitions: Int) throws -> [Double]

  /// One side of a comparison: what it is, and how it repeats the work.
  private struct Side {
    var suffix = ""
    var what: String
    var run: Measure
  }

  static func measure(_ benchmark: Benchmark, threads: Int) throws -> [Measurement] {
    // First, as it may write what the peer reads.
    let own = try own(benchmark, threads: threads)
    let sides = sides(benchmark, threads: threads)
    let meetings = benchmark.separatesPeers ? sides.map { [$0] } : [sides]
    var found: [Measurement] = []
    for meeting in meetings {
      found += try measure(benchmark, own, against: meeting.map { try $0() }, threads: threads)
    }
    let note: String?
    switch benchmark.note {
    case .text(let text): note = text
    case .measured(let text): note = try text()
    case nil: note = nil
    }
    for index in found.indices { found[index].note = note }
    return found
  }

  private static func measure(
    _ benchmark: Benchmark, _ own: Measure, against sides: [Side], threads: Int
  ) throws -> [Measurement] {
    var ours: [Double] = []
    var theirs = sides.map { _ in [Double]() }
    // Round by round, as a machine's speed changes between them.
    var ratios = theirs
    // A peak is of a fresh process, which a warm-up would end.
    let warmUps = benchmark.unit == .mebibytes ? 0 : 1
    for round in 0..<warmUps + benchmark.rounds {
      let mine = try own(benchmark.repetitions)
      let others = try sides.map { try $0.run(benchmark.repetitions) }
      if round < warmUps { continue }
      ours += mine
      for (index, measured) in others.enumerated() {
        theirs[index] += measured
        ratios[index].append(benchmark.value(median(mine)) / benchmark.value(median(measured)))
      }
    }
    let salar = benchmark.value(median(ours))
    return sides.indices.map { index in
      Measurement(
        name: benchmark.name + sides[index].suffix, salar: salar,
        peer: benchmark.value(median(theirs[index])), ratio: median(ratios[index]),
        unit: benchmark.unit.rawValue, peerIs: sides[index].what, repetitions: ours.count, threads: threads)
    }
  }

  private static func own(_ benchmark: Benchmark, threads: Int) throws -> Measure {
    if benchmark.unit == .mebibytes { return peaks(benchmark, .salar, threads: threads) }
    let repetition = try benchmark.prepare()
    return { timed($0, repetition) }
  }

  private static func peaks(_ benchmark: Benchmark, _ part: PeakMemory.Part, threads: Int) -> Measure {
    return { count in
      try (0..<count).map { _ in try PeakMemory.ofFreshProcess(benchmark.name, part, threads: threads) }
    }
  }

  /// Each readies its work when it is called.
  private static func sides(_ benchmark: Benchmark, threads: Int) -> [() throws -> Side] {
    let isPeak = benchmark.unit == .mebibytes
    func process(
      _ script: String, _ work: String, _ what: String, suffix: String = "", keepsMemory: Bool = false
    ) throws -> Side {
      let process = try PeerProcess(script, threads: threads, keepsMemory: keepsMemory)
      let note = try process.prepare(work)
      return Side(suffix: suffix, what: what + (note.isEmpty ? "" : ", \(note)")) { count in
        try isPeak ? (0..<count).map { _ in try process.peak() } : process.run(count)
      }
    }
    switch benchmark.peer {
    case .pytorch(let work):
      return [
        { try process("peer.py", work, "PyTorch as shipped") },
        { try process("peer.py", work, "PyTorch, freed memory kept", suffix: "/tuned", keepsMemory: true) },
      ]
    case .arch(let work): return [{ try process("volatility.py", work, "arch") }]
    case .salar(let what, let prepare):
      if isPeak { return [{ Side(what: what, run: peaks(benchmark, .peer, threads: threads)) }] }
      return [
        {
          let repetition = try prepare()
          return Side(what: what) { timed($0, repetition) }
        }
      ]
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
