import ArgumentParser
import Command
import Reports
import Volatility
import VolatilityStudies

/// `salar volatility compare`
struct VolatilityCompareCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "compare", abstract: "Fits several models to one series and ranks them by information criteria.",
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
    var error: String?
  }

  func run() throws {
    guard ["aic", "bic", "hqic"].contains(by) else {
      throw ValidationError("--by must be aic, bic or hqic, found \(by)")
    }
    var models: [VolatilityModel] = []
    for one in variance {
      for law in distribution {
        let specification = ModelSpecification(
          mean: mean, meanX: meanX, variance: one, distribution: law, start: start, x: x, xTiming: xTiming,
          xForm: xForm)
        models.append(try specification.model())
      }
    }
    let data = try ModelData(series.request(), for: models[0])
    if !output.json { remark(data.notes) }
    let comparison = try ModelComparison(models, data.returns, regressors: data.columns)
    let answers = comparison.entries.map { entry -> Answer in
      var answer = Answer(
        model: entry.model.title, arguments: ModelSpecification(entry.model).arguments)
      switch entry.result {
      case .success(let fit):
        answer.logLikelihood = fit.logLikelihood
        answer.parameters = fit.estimatedCount
        answer.observations = fit.observations
        (answer.aic, answer.bic, answer.hqic) = (fit.aic, fit.bic, fit.hqic)
        answer.status = fit.status.name
      case .failure(let error): answer.error = error.message
      }
      return answer
    }
    func criterion(_ answer: Answer) -> Double {
      (by == "aic" ? answer.aic : by == "bic" ? answer.bic : answer.hqic) ?? .infinity
    }
    let sorted = answers.sorted { criterion($0) < criterion($1) }
    if output.json { return try CommandOutput.json(sorted) }
    let entries = sorted.compactMap { answer -> ComparisonTable.Entry? in
      guard let value = answer.logLikelihood else { return nil }
      let isPlain = answer.status == "converged"
      return ComparisonTable.Entry(
        answer.model, logLikelihood: value, parameters: answer.parameters!, observations: answer.observations!,
        aic: answer.aic!, bic: answer.bic!, hqic: answer.hqic!, remark: isPlain ? "" : answer.status!)
    }
    try output.print(ComparisonTable.table("Models for \(data.name)", entries))
    for answer in sorted {
      if let error = answer.error { CommandOutput.remark("\(answer.model): \(error)") }
    }
  }
}
