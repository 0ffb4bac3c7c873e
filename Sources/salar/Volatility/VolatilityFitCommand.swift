import ArgumentParser
import Command
import Reports
import Volatility
import VolatilityStudies

/// `salar volatility fit`
struct VolatilityFitCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "fit", abstract: "Fits a volatility model by maximum likelihood.",
    discussion: """
      Examples:
        salar volatility fit returns.csv --column r --variance gjr:1,1,1 --distribution t
        salar volatility fit panel.csv --column r --x csad,search --x-timing lagged --json
      """)

  @OptionGroup var series: SeriesOptions
  @OptionGroup var choice: VolatilityModelOptions
  @OptionGroup var estimation: EstimationOptions

  @Option(help: "Draw returns with bands, news impact and diagnostics into this folder.")
  var figures: String?

  @OptionGroup var output: TableOptions

  func run() throws {
    let model = try choice.specification().model()
    let data = try ModelData(series.request(), for: model)
    if !output.json { remark(data.notes) }
    let fit = try model.fit(data.returns, regressors: data.columns, options: estimation.options(model))
    let drawn = try figures.map { try FitFigures(fit, data).draw(in: $0) } ?? []
    if output.json { return try CommandOutput.json(FitAnswer(fit, data)) }
    try output.print(fit.table(title: "\(model.title) for \(data.name)"))
    for warning in fit.warnings { CommandOutput.remark("warning: \(warning)") }
    for figure in drawn { CommandOutput.remark("wrote \(figure.png.path)") }
  }
}

extension EstimationOptions {
  func options(_ model: VolatilityModel) throws -> FitOptions {
    let names = try model.parameterNames()
    return FitOptions(
      fixed: try fixed.map { try ParameterValues(parsing: $0, names: names, flag: "--fixed").dictionary }
        ?? [:],
      covariance: try CovarianceChoice(parsing: covariance).kind(seed: seed), targetsVariance: targeting,
      requiresStationarity: !nonStationary)
  }
}

/// What `fit` says under `--json`.
struct FitAnswer: Encodable {
  struct Parameter: Encodable {
    var name: String
    var value: Double
    var se: Double?
    var t: Double?
    var p: Double?
    var onBound: Bool
    var fixed: Bool

    enum CodingKeys: CodingKey { case name, value, se, t, p, onBound, fixed }

    /// What is not there is null, so that every parameter has the same keys.
    func encode(to encoder: any Encoder) throws {
      var container = encoder.container(keyedBy: CodingKeys.self)
      try container.encode(name, forKey: .name)
      try container.encode(value, forKey: .value)
      try container.encode(se, forKey: .se)
      try container.encode(t, forKey: .t)
      try container.encode(p, forKey: .p)
      try container.encode(onBound, forKey: .onBound)
      try container.encode(fixed, forKey: .fixed)
    }
  }

  var model: String
  var logLikelihood: Double
  var parameters: [Parameter]
  var status: String
  var observations: Int
  var dropped: Int
  var covariance: String
  var projectedGradient: Double
  var aic: Double
  var bic: Double
  var hqic: Double
  var persistence: Double?
  var unconditionalVariance: Double?
  var warnings: [String]
  var notes: [String]

  init(_ fit: VolatilityFit, _ data: ModelData) {
    model = fit.model.title
    logLikelihood = fit.logLikelihood
    parameters = fit.parameters.map {
      Parameter(
        name: $0.name, value: $0.value, se: $0.standardError, t: $0.t, p: $0.pValue, onBound: $0.isOnBound,
        fixed: $0.isFixed)
    }
    status = fit.status.name
    observations = fit.observations
    dropped = fit.dropped
    covariance = fit.covarianceKind.name
    projectedGradient = fit.projectedGradient
    (aic, bic, hqic) = (fit.aic, fit.bic, fit.hqic)
    persistence = fit.persistence
    unconditionalVariance = fit.unconditionalVariance
    warnings = fit.warnings
    notes = data.notes.map(\.text)
  }
}
