import ArgumentParser
import Command
import Volatility
import VolatilityStudies

/// `salar volatility likelihood`
struct VolatilityLikelihoodCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "likelihood", abstract: "The log-likelihood and its gradient at given parameters.",
    discussion:
      "Example: salar volatility likelihood returns.csv --column r --at \"mu=0,omega=0.05,alpha[1]=0.1,beta[1]=0.8\""
  )

  @OptionGroup var series: SeriesOptions
  @OptionGroup var choice: VolatilityModelOptions

  @Option(help: ArgumentHelp("A value for every parameter.", valueName: "name=value,…"))
  var at: String

  @Flag(help: "One JSON document.")
  var json = false

  struct Answer: Encodable {
    var logLikelihood: Double
    /// In the order of `parameters`.
    var gradient: [Double]
    var parameters: [String]
    var observations: Int
  }

  func run() throws {
    let model = try choice.specification().model()
    let names = try model.parameterNames()
    let values = try ParameterValues(parsing: at, names: names).dictionary
    let data = try ModelData(series.request(), for: model)
    if !json { remark(data.notes) }
    let found = try model.logLikelihood(at: values, data.returns, regressors: data.columns)
    guard found.value.isFinite else {
      throw VolatilityError(
        .specification,
        "at these parameters a variance is not positive and finite, so there is no likelihood; change --at")
    }
    if json {
      return try CommandOutput.json(
        Answer(
          logLikelihood: found.value, gradient: found.gradient, parameters: names,
          observations: data.returns.count))
    }
    try CommandOutput.line("log-likelihood \(found.value)\n")
    var table = Table(["parameter", "value", "gradient"])
    for (name, slope) in zip(names, found.gradient) { table.append([name, "\(values[name]!)", "\(slope)"]) }
    try CommandOutput.line(table.text)
  }
}
