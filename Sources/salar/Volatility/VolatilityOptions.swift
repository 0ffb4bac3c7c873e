import ArgumentParser
import Command
import Reports
import Volatility
import VolatilityStudies

/// The file and the series in it.
struct SeriesOptions: ParsableArguments {
  @Argument(help: "A CSV file: a row a day, or a row a day and name.")
  var file: String

  @Option(help: "The column to model; the only one of numbers if not given.")
  var column: String?

  @OptionGroup var reading: ReadingOptions

  func request() throws -> SeriesRequest { try reading.request(file, column: column) }
}

/// How a file's column becomes the series that is modelled.
struct ReadingOptions: ParsableArguments {
  @Flag(help: "The column holds prices: take their logarithmic returns, times --scale.")
  var prices = false

  @Flag(help: "Take the changes of the column.")
  var differences = false

  @Option(help: "What returns of prices are multiplied by: 100 for percent.")
  var scale = 100.0

  @Option(help: "The column of dates; found by looking if not given.")
  var date: String?

  @Option(help: "The first day, as 2020-01-02.")
  var from: String?

  @Option(help: "The last day.")
  var to: String?

  func validate() throws {
    if prices, differences { throw ValidationError("give --prices or --differences, not both") }
    guard scale.isFinite, scale > 0 else { throw ValidationError("--scale must be positive, found \(scale)") }
  }

  func request(_ file: String, column: String?) throws -> SeriesRequest {
    SeriesRequest(
      file, column: column, kind: prices ? .prices : differences ? .differences : .values, scale: scale,
      date: date,
      from: try from.map { try day($0, "--from") }, to: try to.map { try day($0, "--to") })
  }
}

/// A day of a flag.
func day(_ text: String, _ flag: String) throws -> Day {
  guard let day = Day(text) else {
    throw ValidationError("\(flag) '\(text)' is no day; write it as 2020-01-02")
  }
  return day
}

/// The model: mean × variance × distribution, with regressors.
struct VolatilityModelOptions: ParsableArguments {
  @Option(help: "constant, zero, ar:1, arma:1,1, har:1,5,22; +in-mean:volatility adds the variance.")
  var mean = "constant"

  @Option(help: ArgumentHelp("Columns in the mean.", valueName: "col,col"))
  var meanX = ""

  @Option(
    help:
      "garch:1,1, gjr:1,1,1, tarch:1,1,1, egarch:1,1,1, aparch:1,1,1, figarch:1,1, arch:5, ewma, har:1,5,22, constant."
  )
  var variance = "garch:1,1"

  @Option(
    help: ArgumentHelp("The column of realised variances that --variance har averages.", valueName: "col"))
  var measure = ""

  @Option(help: "normal, t, skewt, ged, snorm or sstd.")
  var distribution = "normal"

  @Option(
    help:
      "What stands for the variance before the sample: ewma, sample-variance, fixed-sample, unconditional, a number."
  )
  var start = "ewma"

  @Option(
    help: ArgumentHelp("Columns in the variance; COL@lagged for a timing of its own.", valueName: "col,col"))
  var x = ""

  @Option(help: "What --x enters the variance of a day: same (that day's value), lagged, lagged:K.")
  var xTiming = "same"

  @Option(
    help: "How --x enters: additive (φ ≥ 0), additive-sample (any sign that keeps it positive), exponential.")
  var xForm = "additive"

  func specification() -> ModelSpecification {
    ModelSpecification(
      mean: mean, meanX: meanX, variance: variance, measure: measure, distribution: distribution,
      start: start, x: x, xTiming: xTiming, xForm: xForm)
  }
}

/// What is estimated, and how sure it is.
struct EstimationOptions: ParsableArguments {
  @Option(help: "Standard errors: robust, hessian, opg, hac, hac:L, bootstrap:N.")
  var covariance = "robust"

  @Option(help: ArgumentHelp("Parameters that are given, not estimated.", valueName: "name=value,…"))
  var fixed: String?

  @Flag(help: "Variance targeting: ω follows from the sample's variance.")
  var targeting = false

  @Flag(help: "Let the optimum lie where the variance is not stationary.")
  var nonStationary = false

  @Option(help: "The seed of what is drawn.")
  var seed: UInt64 = 0
}

/// How tables are printed.
struct TableOptions: ParsableArguments {
  enum Format: String, ExpressibleByArgument, CaseIterable { case text, markdown, latex, csv }

  @Option(help: "Tables as text, markdown, latex or csv.")
  var format = Format.text

  @Flag(help: "One JSON document.")
  var json = false

  func print(_ table: ReportTable) throws {
    switch format {
    case .text: try CommandOutput.line(table.plain)
    case .markdown: try CommandOutput.line(table.markdown)
    case .latex: try CommandOutput.line(table.latex)
    case .csv: try CommandOutput.line(table.csv)
    }
  }
}

/// Says on standard error what was odd in files.
func remark(_ notes: [Note]) { for note in notes { CommandOutput.remark("note: \(note.text)") } }
