import ArgumentParser
import Command
import Volatility
import VolatilityStudies

/// `salar volatility likelihood`
struct VolatilityLikelihoodCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "likelihood", abstract: "The log-likelihood and its gradient at given parameters.",
    discussion: """
      It takes the flags of fit, so that a command can be repeated. Those of estimation say nothing here beyond \
      --fixed, whose values need not be in --at again.

      Example: salar volatility likelihood returns.csv --column r --at "mu=0,omega=0.05,alpha[1]=0.1,beta[1]=0.8"
      """)

  @OptionGroup var series: SeriesOptions
  @OptionGroup var choice: VolatilityModelOptions
  @OptionGroup var estimation: EstimationOptions

  @Option(help: ArgumentHelp("A value for every parameter.", valueName: "name=value,…"))
  var at: String

  @Flag(help: "One JSON document.")
  var json = false

  struct Answer: Encodable {
    var logLikelihood: Double
    /// In the order of `parameters`.
    var gradient: [Double]
    var parameters: [String]
    /// With a residual: those that the longest lag takes are conditioned on, as in `fit`.
    var observations: Int
  }

  func run() throws {
    let model = try choice.specification().model()
    let names = try model.parameterNames()
    let options = try estimation.options(model)
    let values = options.fixed.merging(try ParameterValues(parsing: at, names: names).dictionary) { _, at in
      at
    }
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
          observations: data.returns.count - (try model.conditionedObservations())))
    }
    try CommandOutput.line("log-likelihood \(found.value)\n")
    var table = Table(["parameter", "value", "gradient"])
    for (name, slope) in zip(names, found.gradient) { table.append([name, "\(values[name]!)", "\(slope)"]) }
    try CommandOutput.line(table.text)
  }
}
