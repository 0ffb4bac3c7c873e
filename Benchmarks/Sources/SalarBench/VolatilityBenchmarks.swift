import Command
import Foundation
import Volatility

/// Fitting volatility models, one by one, over rolling windows, and many series at once.
enum VolatilityBenchmarks {
  static var all: [Benchmark] {
    [
      fit("garch-fit", "garch", VolatilityModel(), repetitions: 20),
      fit("gjr-t-fit", "gjr-t", VolatilityModel(variance: .gjr(), distribution: .studentT), repetitions: 10),
      fit(
        "egarch-t-fit", "egarch-t",
        VolatilityModel(variance: .egarch(p: 1, o: 1, q: 1), distribution: .studentT), repetitions: 10),
      fit("figarch-fit", "figarch", VolatilityModel(variance: .figarch()), repetitions: 1),
      rolling, manySeries, manySeriesOnOneCore,
    ]
  }

  /// A fit with robust standard errors to 1,974 days. Both sides take turns often, as they take milliseconds and a machine's
  /// speed changes by the second.
  private static func fit(_ name: String, _ peer: String, _ model: VolatilityModel, repetitions: Int)
    -> Benchmark
  {
    let path = place("days-1974.txt")
    return Benchmark(
      name: name, peer: .arch("fit \(peer) \(path)"), unit: .milliseconds, amount: 1,
      repetitions: repetitions, rounds: 25
    ) {
      let y = try written(days: 1974, to: path)
      return { precondition((try? model.fit(y))?.status.hasConverged == true) }
    }
  }

  /// 250 windows of 1,000 days, each begun at the estimates of the one before.
  private static var rolling: Benchmark {
    let path = place("days-1249.txt")
    return Benchmark(
      name: "garch-rolling-250", peer: .arch("rolling \(path) 1000"), unit: .milliseconds, amount: 250,
      repetitions: 1, rounds: 5
    ) {
      let y = try written(days: 1249, to: path)
      return {
        let windows = try? VolatilityModel().rolling(y, window: 1000)
        precondition(windows?.count == 250)
      }
    }
  }

  private static var many: [[Double]] { (0..<1000).map { simulated(days: 1000, seed: 100 + $0) } }

  /// 1,000 series of 1,000 days in one call, beside `arch` over all cores.
  private static var manySeries: Benchmark {
    let path = place("days-1000.txt")
    return Benchmark(
      name: "garch-1000-series", peer: .arch("series \(path) 100"), unit: .milliseconds, amount: 1000,
      repetitions: 1, rounds: 5
    ) {
      let series = many
      try write(series.prefix(100).flatMap { $0 }, to: path)
      return { precondition(VolatilityModel().fitEach(series).count == 1000) }
    }
  }

  /// The same call with all cores and with one.
  private static var manySeriesOnOneCore: Benchmark {
    Benchmark(
      name: "garch-1000-series-cores",
      peer: .salar("Salar on one core") {
        let series = many
        return { precondition(VolatilityModel().fitEach(series, threads: 1).count == 1000) }
      }, unit: .milliseconds, amount: 1000, repetitions: 1, rounds: 5
    ) {
      let series = many
      return { precondition(VolatilityModel().fitEach(series).count == 1000) }
    }
  }

  // MARK: Data

  private static func place(_ name: String) -> String {
    FileManager.default.temporaryDirectory.appendingPathComponent("salar-bench-\(getpid())-\(name)").path
  }

  /// The same numbers for both sides.
  private static func written(days: Int, to path: String) throws -> [Double] {
    let y = simulated(days: days, seed: 7)
    try write(y, to: path)
    return y
  }

  private static func write(_ values: [Double], to path: String) throws {
    let text = values.map { "\($0)" }.joined(separator: "\n") + "\n"
    do { try Data(text.utf8).write(to: URL(fileURLWithPath: path)) } catch {
      throw CommandError("\(path): cannot be written: \(error.localizedDescription)")
    }
  }

  /// A GARCH(1,1) with Student's t, as exchange rates look.
  private static func simulated(days: Int, seed: UInt64) -> [Double] {
    var state = seed &* 0x9E37_79B9_7F4A_7C15 | 1
    func uniform() -> Double {
      state ^= state << 13
      state ^= state >> 7
      state ^= state << 17
      return (Double(state >> 11) + 0.5) * 0x1p-53
    }
    func normal() -> Double { (-2 * log(uniform())).squareRoot() * cos(2 * Double.pi * uniform()) }
    var variance = 0.2
    var found: [Double] = []
    for t in 0..<(days + 500) {
      let square = (0..<6).reduce(0.0) { sum, _ in
        let z = normal(); return sum + z * z
      }
      let e = (variance * 4 / square).squareRoot() * normal()
      if t >= 500 { found.append(0.01 + e) }
      variance = 0.01 + 0.1 * e * e + 0.85 * variance
    }
    return found
  }
}
