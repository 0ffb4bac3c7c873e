import ArgumentParser
import Command
import Reports
import Volatility
import VolatilityStudies

/// `salar volatility monte-carlo`
struct VolatilityMonteCarloCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "monte-carlo",
    abstract: "Draws series from a model and fits it: bias, coverage, the score at the truth.",
    discussion: """
      Regressors of the model are drawn with every series: positive and autocorrelated.

      Example: salar volatility monte-carlo --variance gjr:1,1,1 --at \
      "mu=0,omega=0.05,alpha[1]=0.05,gamma[1]=0.1,beta[1]=0.85" --lengths 2000,8000 --series 200
      """)

  @OptionGroup var choice: VolatilityModelOptions

  @Option(help: ArgumentHelp("The truth: a value for every parameter.", valueName: "name=value,…"))
  var at: String

  @Option(help: "Lengths of series.")
  var lengths = "2000,5000,8000"

  @Option(help: "Series of each length.")
  var series = 1000

  @Option(help: "The seed.")
  var seed: UInt64 = 1

  @Flag(help: "Fail where scores, biases or coverage are not those of a right estimator.")
  var check = false

  @OptionGroup var output: TableOptions

  struct Answer: Encodable {
    struct Parameter: Encodable {
      var name: String
      var truth: Double
      var bias: Double
      var biasInErrors: Double
      var standardDeviation: Double
      var coverage: Double?
      var score: Double
    }
    var length: Int
    var fitted: Int
    var failed: Int
    var onBound: Int
    var seconds: Double
    var parameters: [Parameter]
  }

  func run() throws {
    let model = try choice.specification().model()
    let truth = try ParameterValues(parsing: at, names: model.parameterNames()).dictionary
    let counts = try lengths.split(separator: ",").map { text in
      guard let count = Int(text), (50...1_000_000).contains(count) else {
        throw ValidationError("--lengths: '\(text)' is no number from 50 to 1000000")
      }
      return count
    }
    let study = try MonteCarlo(
      model, truth: truth, settings: .init(lengths: counts, series: series, seed: seed)
    ) { CommandOutput.remark("\(series) series of \($0) observations …") }
    if output.json {
      try CommandOutput.json(
        study.results.map { result in
          Answer(
            length: result.length, fitted: result.fitted, failed: result.failed, onBound: result.onBound,
            seconds: result.seconds,
            parameters: result.parameters.map {
              .init(
                name: $0.name, truth: $0.truth, bias: $0.bias, biasInErrors: $0.biasInErrors,
                standardDeviation: $0.standardDeviation,
                coverage: $0.coverage.isNaN ? nil : $0.coverage, score: $0.score)
            })
        })
    } else {
      try output.print(study.table(model.title))
    }
    let failures = study.failures
    if check, !failures.isEmpty { throw CommandError(failures.joined(separator: "; ")) }
  }
}
