import ArgumentParser
import Command
import Reports
import Volatility
import VolatilityStudies

/// `salar volatility compare`
struct VolatilityCompareCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "compare",
    abstract: "Fits several models to one series and ranks them by information criteria.",
    discussion: """
      Every --variance is fitted with every --distribution, all on the same observations.

      Example: salar volatility compare returns.csv --column r --variance garch:1,1 gjr:1,1,1 egarch:1,1,1 \
      --distribution normal t
      """)

  @OptionGroup var series: SeriesOptions

  @Option(help: "The mean of all models, as for fit.")
  var mean = "constant"

  @Option(help: ArgumentHelp("Columns in the mean.", valueName: "col,col"))
  var meanX = ""

  @Option(parsing: .upToNextOption, help: "Variances, as for fit.")
  var variance: [String] = ["garch:1,1", "gjr:1,1,1", "tarch:1,1,1", "egarch:1,1,1", "aparch:1,1,1"]

  @Option(help: ArgumentHelp("The column of realised variances that har averages.", valueName: "col"))
  var measure = ""

  @Option(parsing: .upToNextOption, help: "Distributions, as for fit.")
  var distribution: [String] = ["normal", "t"]

  @Option(help: "What stands for the variance before the sample, as for fit.")
  var start = "ewma"

  @Option(help: ArgumentHelp("Columns in the variance.", valueName: "col,col"))
  var x = ""

  @Option(help: "The day of --x that enters: same, lagged, lagged:K.")
  var xTiming = "same"

  @Option(help: "How --x enters: additive, additive-sample, exponential.")
  var xForm = "additive"

  @Option(help: "Order by aic, bic or hqic.")
  var by = "bic"

  @OptionGroup var output: TableOptions

  struct Answer: Encodable {
    var model: String
    var arguments: [String]
    var logLikelihood: Double?
    var parameters: Int?
    var observations: Int?
    var aic: Double?
    var bic: Double?
    var hqic: Double?
    var status: String?
    var warnings: [String] = []
    var error: String?
  }

  func run() throws {
    guard let criterion = ModelComparison.Criterion(rawValue: by) else {
      throw ValidationError("--by must be aic, bic or hqic, found \(by)")
    }
    var candidates: [ModelComparison.Candidate] = []
    for one in variance {
      for law in distribution {
        let specification = ModelSpecification(
          mean: mean, meanX: meanX, variance: one, measure: one.lowercased().hasPrefix("har") ? measure : "",
          distribution: law, start: start, x: x, xTiming: xTiming, xForm: xForm)
        let model = try specification.model()
        candidates.append(.init(model.title, model))
      }
    }
    let data = try ModelData(series.request(), for: candidates.map(\.model))
    if !output.json { remark(data.notes) }
    let comparison = try ModelComparison(
      candidates, data.returns, regressors: data.columns, criterion: criterion)
    if output.json {
      var answers = comparison.entries.map { entry in
        Answer(
          model: entry.name, arguments: ModelSpecification(entry.model).arguments,
          logLikelihood: entry.fit.logLikelihood, parameters: entry.fit.estimatedCount,
          observations: entry.fit.observations, aic: entry.fit.aic, bic: entry.fit.bic, hqic: entry.fit.hqic,
          status: entry.fit.status.name, warnings: entry.fit.warnings)
      }
      answers += comparison.failures.map { failure in
        let model = candidates.first { $0.name == failure.name }!.model
        return Answer(
          model: failure.name, arguments: ModelSpecification(model).arguments, error: failure.error.message)
      }
      return try CommandOutput.json(answers)
    }
    let entries = comparison.entries.map { entry in
      ComparisonTable.Entry(
        entry.name, logLikelihood: entry.fit.logLikelihood, parameters: entry.fit.estimatedCount,
        observations: entry.fit.observations, aic: entry.fit.aic, bic: entry.fit.bic, hqic: entry.fit.hqic,
        remark: entry.fit.status == .converged ? "" : entry.fit.status.name)
    }
    try output.print(ComparisonTable.table("Models for \(data.name)", entries))
    for entry in comparison.entries {
      for warning in entry.fit.warnings { CommandOutput.remark("warning: \(entry.name): \(warning)") }
    }
    for failure in comparison.failures { CommandOutput.remark("\(failure.name): \(failure.error.message)") }
  }
}
