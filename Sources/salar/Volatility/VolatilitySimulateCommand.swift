import ArgumentParser
import Command
import Foundation
import Reports
import Volatility
import VolatilityStudies

/// `salar volatility simulate`
struct VolatilitySimulateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "simulate", abstract: "Draws series from a model, or a whole market whose truth is known.",
    discussion: """
      Examples:
        salar volatility simulate --at "mu=0,omega=0.05,alpha[1]=0.1,beta[1]=0.85" --count 2000 --seed 1 --out r.csv
        salar volatility simulate --market --out market && salar volatility study market --sector "Health Care"
      """)

  @OptionGroup var choice: VolatilityModelOptions

  @Option(help: ArgumentHelp("A value for every parameter.", valueName: "name=value,…"))
  var at: String?

  @Flag(help: "A market of prices, sectors and search interest, for study.")
  var market = false

  @Option(help: "Observations of a series; trading days of a market (3000).")
  var count: Int?

  @Option(help: "Series, as columns r1, r2, …; r if one.")
  var paths = 1

  @Option(help: "Members of each sector of a market.")
  var members = 40

  @Option(help: "A CSV file with a column for each regressor, as many rows as --count.")
  var xPath: String?

  @Option(help: "Observations that are thrown away first.")
  var burnIn = 500

  @Option(help: "The seed: the same one gives the same numbers.")
  var seed: UInt64 = 0

  @Option(help: "The CSV file to write, or the folder of a market.")
  var out: String

  @Flag(help: "One JSON document about what was written.")
  var json = false

  struct Answer: Encodable {
    var out: String
    var count: Int
    var paths: Int
    var seed: UInt64
    var truth: [String: Double]
  }

  func run() throws {
    if market { return try simulateMarket() }
    guard let at else {
      throw ValidationError("--at is missing: a value for every parameter; or give --market")
    }
    let model = try choice.specification().model()
    let values = try ParameterValues(parsing: at, names: model.parameterNames()).dictionary
    let count = count ?? 1000
    let columns = try regressors(model, count)
    let drawn = try model.simulatePaths(
      at: values, count: count, paths: paths, burnIn: burnIn, regressors: columns, seed: seed)
    let names = columns.keys.sorted()
    var text =
      ((paths == 1 ? ["r", "variance"] : (1...paths).map { "r\($0)" }) + names).joined(separator: ",") + "\n"
    for t in 0..<count {
      var row = paths == 1 ? [drawn[0].returns[t], drawn[0].variance[t]] : drawn.map { $0.returns[t] }
      row += names.map { columns[$0]![t] }
      text += row.map { "\($0)" }.joined(separator: ",") + "\n"
    }
    do { try Data(text.utf8).write(to: URL(fileURLWithPath: out), options: .atomic) } catch {
      throw CommandError("\(out): cannot be written: \(error.localizedDescription)")
    }
    try answer(Answer(out: out, count: count, paths: paths, seed: seed, truth: values))
  }

  private func simulateMarket() throws {
    let market = SimulatedMarket(days: count ?? 3000, members: members, seed: seed)
    try market.write(to: out)
    try answer(Answer(out: out, count: market.days, paths: members, seed: seed, truth: market.truth.variance))
  }

  private func answer(_ answer: Answer) throws {
    if json { return try CommandOutput.json(answer) }
    try CommandOutput.line("\(answer.out): \(answer.count) observations, seed \(answer.seed)")
  }

  private func regressors(_ model: VolatilityModel, _ count: Int) throws -> [String: [Double]] {
    let names = model.columnNames
    guard !names.isEmpty else { return [:] }
    guard let xPath else {
      throw ValidationError("--x-path is missing: a CSV file with \(names.sorted().joined(separator: ", "))")
    }
    return try ModelData.columns(names.sorted(), of: xPath, rows: count)
  }
}
