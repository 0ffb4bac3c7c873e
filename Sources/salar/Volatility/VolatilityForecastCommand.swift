import ArgumentParser
import Command
import Foundation
import Reports
import Volatility
import VolatilityStudies

/// `salar volatility forecast`
struct VolatilityForecastCommand: ParsableCommand {
  enum Method: String, ExpressibleByArgument, CaseIterable { case analytic, simulation, bootstrap }

  static let configuration = CommandConfiguration(
    commandName: "forecast", abstract: "Forecasts mean, variance, value at risk and expected shortfall.",
    discussion: """
      The model is fitted first, with the flags of fit, unless --at gives its parameters. --seed is of the paths too.

      Example: salar volatility forecast returns.csv --column r --variance gjr:1,1,1 --horizon 10 --method simulation
      """)

  @OptionGroup var series: SeriesOptions
  @OptionGroup var choice: VolatilityModelOptions
  @OptionGroup var estimation: EstimationOptions

  @Option(help: ArgumentHelp("A value for every parameter, in place of fitting.", valueName: "name=value,…"))
  var at: String?

  @Option(help: "Steps ahead.")
  var horizon = 1

  @Option(help: "A CSV file with a column for each regressor: its values after the last observation.")
  var xPath: String?

  @Option(help: "analytic, simulation (the model's distribution) or bootstrap (its residuals).")
  var method = Method.analytic

  @Option(help: "Paths of simulation and bootstrap.")
  var paths = 10_000

  @Option(help: "The probability of value at risk and expected shortfall.")
  var level = 0.01

  @Option(help: "Draw the forecast into this folder.")
  var figures: String?

  @OptionGroup var output: TableOptions

  struct Answer: Encodable {
    var origin: String
    var mean: [Double]
    var variance: [Double]
    var level: Double
    /// Losses as positive numbers; of single steps.
    var valueAtRisk: [Double]
    var expectedShortfall: [Double]
    var method: String
    var parameters: [String: Double]
    /// How the fit ended; null where --at gave the parameters.
    var status: String?
    var warnings: [String]
    var notes: [String]

    enum CodingKeys: CodingKey {
      case origin, mean, variance, level, valueAtRisk, expectedShortfall, method, parameters, status
      case warnings, notes
    }

    func encode(to encoder: any Encoder) throws {
      var container = encoder.container(keyedBy: CodingKeys.self)
      try container.encode(origin, forKey: .origin)
      try container.encode(mean, forKey: .mean)
      try container.encode(variance, forKey: .variance)
      try container.encode(level, forKey: .level)
      try container.encode(valueAtRisk, forKey: .valueAtRisk)
      try container.encode(expectedShortfall, forKey: .expectedShortfall)
      try container.encode(method, forKey: .method)
      try container.encode(parameters, forKey: .parameters)
      try container.encode(status, forKey: .status)
      try container.encode(warnings, forKey: .warnings)
      try container.encode(notes, forKey: .notes)
    }
  }

  func run() throws {
    guard level > 0, level < 0.5 else {
      throw ValidationError("--level must be between 0 and 0.5, found \(level)")
    }
    guard horizon >= 1 else { throw ValidationError("--horizon must be at least 1, found \(horizon)") }
    let model = try choice.specification().model()
    let data = try ModelData(series.request(), for: model)
    if !output.json { remark(data.notes) }
    let names = try model.parameterNames()
    let options = try estimation.options(model)
    var fit: VolatilityFit?
    let values: [String: Double]
    if let at {
      values = options.fixed.merging(try ParameterValues(parsing: at, names: names).dictionary) { _, at in at
      }
    } else {
      let found = try model.fit(data.returns, regressors: data.columns, options: options)
      values = found.parameterValues
      fit = found
      for warning in found.warnings where !output.json { CommandOutput.remark("warning: \(warning)") }
    }
    let forecast = try RiskForecast(
      model, at: values, data, horizon: horizon, method: kind, paths: regressorPaths(model), level: level)
    let drawn = try figures.map { try forecast.draw(in: $0) }
    if output.json {
      return try CommandOutput.json(
        Answer(
          origin: data.label(data.returns.count - 1), mean: forecast.mean, variance: forecast.variance,
          level: level,
          valueAtRisk: forecast.valueAtRisk, expectedShortfall: forecast.expectedShortfall,
          method: method.rawValue,
          parameters: values, status: fit?.status.name, warnings: fit?.warnings ?? [],
          notes: data.notes.map(\.text)))
    }
    try output.print(forecast.table)
    if let drawn { CommandOutput.remark("wrote \(drawn.png.path)") }
  }

  private var kind: ForecastMethod {
    switch method {
    case .analytic: .analytic
    case .simulation: .simulation(paths: paths, seed: estimation.seed)
    case .bootstrap: .bootstrap(paths: paths, seed: estimation.seed)
    }
  }

  private func regressorPaths(_ model: VolatilityModel) throws -> [String: RegressorPath] {
    let names = model.columnNames.sorted()
    guard let xPath else {
      // With a lag as long as the horizon the sample holds all that is needed.
      var lacking = Set(model.regressors.filter { $0.timing.steps < horizon }.map(\.name))
      if horizon > 1, !model.variance.measure.isEmpty { lacking.insert(model.variance.measure) }
      let needed = lacking.sorted()
      guard needed.isEmpty else {
        throw ValidationError(
          "--x-path is missing: a CSV file with the values of \(needed.joined(separator: ", ")) after the last observation, a row a step"
        )
      }
      return [:]
    }
    return try ModelData.columns(names, of: xPath, rows: nil).mapValues { .values($0) }
  }
}
