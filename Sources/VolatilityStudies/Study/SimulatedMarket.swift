import Foundation
import Volatility

/// The parameters that made simulated data: `truth.json` in a folder.
public struct MarketTruth: Sendable, Codable, Equatable {
  /// Of the sector's GARCH-X with same-day regressors: `mu`, `omega`, `alpha[1]`, `beta[1]`, `phi[csad]`, `phi[G]`.
  public var variance: [String: Double]
  /// Of the other sector's return on `G`, percent.
  public var otherOnEpidemic: Double

  public static let fileName = "truth.json"

  /// That of a folder, nil where it has none.
  ///
  /// - Throws: `VolatilityError` for a file that is something else.
  public static func reading(_ folder: String) throws(VolatilityError) -> MarketTruth? {
    guard let data = FileManager.default.contents(atPath: folder + "/" + fileName) else { return nil }
    do { return try JSONDecoder().decode(MarketTruth.self, from: data) } catch {
      throw VolatilityError(
        .data, "'\(folder)/\(fileName)' does not hold the parameters of a simulated market; remove it.")
    }
  }
}

/// A market whose truth is known, in the files that `MarketFolder` reads.
///
/// The epidemic index G rises in waves. Members of the sector scatter about its return by amounts of their own, drawn first:
/// their mean absolute size is the dispersion, which does not shrink where the return is large (no herding). The
/// sector's variance is ω + α ε² + β σ² + φ₁ CSAD + φ₂ G of the same day. The other sector falls where G rises.
public struct SimulatedMarket: Sendable {
  public var days: Int
  public var members: Int
  public var seed: UInt64
  public var truth: MarketTruth
  /// Names of the two sectors.
  public var sector = "Health Care"
  public var other = "Energy"

  public init(days: Int = 3000, members: Int = 40, seed: UInt64 = 0) {
    self.days = days
    self.members = members
    self.seed = seed
    truth = MarketTruth(
      variance: [
        "mu": 0.05, "omega": 0.05, "alpha[1]": 0.1, "beta[1]": 0.6, "phi[csad]": 0.2, "phi[G]": 2,
      ], otherOnEpidemic: -2)
  }

  /// Writes `prices.csv`, `sectors.csv`, `search.csv`, `sp500.csv` and `truth.json` into a folder, which is made.
  ///
  /// - Throws: `VolatilityError` for fewer than 60 days or 5 members, or a folder that cannot be written.
  public func write(to folder: String) throws(VolatilityError) {
    guard days >= 60, days <= 20_000, members >= 5, members <= 500 else {
      throw VolatilityError(
        .specification,
        "A market of \(days) days and \(members) members: give 60 to 20000 days and 5 to 500 members.")
    }
    var random = SplitMix64(seed)
    func normal() -> Double { InnovationDistribution.normal.sample(using: &random) }
    let calendar = tradingDays()

    // Waves of interest with noise, as a share of the greatest.
    var raw = (0..<days).map { t in
      let x = Double(t) / Double(days)
      let waves = [(0.15, 0.02, 1.0), (0.35, 0.04, 0.5), (0.6, 0.03, 0.8), (0.85, 0.05, 0.6)]
      return waves.reduce(0.0) { $0 + $1.2 * exp(-(x - $1.0) * (x - $1.0) / (2 * $1.1 * $1.1)) }
    }
    for t in raw.indices { raw[t] = max(0, raw[t] * (1 + 0.15 * normal())) }
    let greatest = raw.max() ?? 1
    // Whole numbers up to 100, as search engines publish them.
    let interest = raw.map { (100 * $0 / greatest).rounded() }

    let v = truth.variance
    let (mu, omega, alpha, beta) = (v["mu"]!, v["omega"]!, v["alpha[1]"]!, v["beta[1]"]!)
    let (ofDispersion, ofEpidemic) = (v["phi[csad]"]!, v["phi[G]"]!)
    var variance = 1.5
    var residual = 0.0
    var level = 0.0
    var prices = [[Double]](repeating: [100], count: 2 * members)
    var market = [3000.0]
    for t in 0..<days {
      // The size of members' own moves wanders about 1 and is greater in an epidemic.
      level = 0.93 * level + 0.18 * normal()
      var own = (0..<members).map { _ in exp(level + 1.2 * interest[t] / 100) * 1.2 * normal() }
      let mean = own.reduce(0, +) / Double(members)
      for i in own.indices { own[i] -= mean }
      let dispersion = own.reduce(0) { $0 + abs($1) } / Double(members)
      let g = interest[t] / 100
      variance =
        omega + alpha * residual * residual + beta * variance + ofDispersion * dispersion + ofEpidemic * g
      residual = variance.squareRoot() * normal()
      let sectorReturn = mu + residual
      let otherReturn = truth.otherOnEpidemic * g + 0.4 * sectorReturn + 1.2 * normal()
      for i in 0..<members {
        prices[i].append(prices[i].last! * exp((sectorReturn + own[i]) / 100))
        prices[members + i].append(prices[members + i].last! * exp((otherReturn + 1.5 * normal()) / 100))
      }
      market.append(market.last! * exp((0.6 * sectorReturn + 0.2 * otherReturn + 0.3 * normal()) / 100))
    }
    try write(folder, calendar, prices, market, interest)
  }

  /// Weekdays from 2015-01-01, one more than there are returns.
  private func tradingDays() -> [Day] {
    var found: [Day] = []
    var day = Day(2015, 1, 1)!
    while found.count <= days {
      if !day.isWeekend { found.append(day) }
      day = day + 1
    }
    return found
  }

  private func write(
    _ folder: String, _ calendar: [Day], _ prices: [[Double]], _ market: [Double], _ interest: [Double]
  ) throws(VolatilityError) {
    let names = (0..<members).map { "HC\($0 + 1)" } + (0..<members).map { "EN\($0 + 1)" }
    var priceRows = "Date," + names.joined(separator: ",") + "\n"
    for (t, day) in calendar.enumerated() {
      priceRows += "\(day)"
      // Digits enough for returns to come back to ten places.
      for column in prices {
        priceRows += "," + (column[t]).formatted(.number.precision(.significantDigits(14)).grouping(.never))
      }
      priceRows += "\n"
    }
    var sectors = "Symbol,Name,Sector\n"
    for (i, name) in names.enumerated() {
      sectors += "\(name),\(name) Inc.,\(i < members ? sector : other)\n"
    }
    var search = "date,search\n"
    for (t, day) in calendar.enumerated() { search += "\(day),\(t == 0 ? 0 : Int(interest[t - 1]))\n" }
    var index = "Date,Close\n"
    for (t, day) in calendar.enumerated() { index += "\(day),\(market[t])\n" }
    do {
      try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
      let encoder = JSONEncoder()
      encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
      let files: [(String, Data)] = [
        ("prices.csv", Data(priceRows.utf8)), ("sectors.csv", Data(sectors.utf8)),
        ("search.csv", Data(search.utf8)), ("sp500.csv", Data(index.utf8)),
        (MarketTruth.fileName, try encoder.encode(truth)),
      ]
      for (name, data) in files {
        try data.write(to: URL(fileURLWithPath: folder).appendingPathComponent(name), options: .atomic)
      }
    } catch {
      throw VolatilityError(
        .data, "The market cannot be written to '\(folder)': \(error.localizedDescription)")
    }
  }
}

/// Steele, Lea and Flood's (2014) generator: the same numbers from the same seed everywhere.
struct SplitMix64: RandomNumberGenerator {
  private var state: UInt64
  init(_ seed: UInt64) { state = seed }
  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}
