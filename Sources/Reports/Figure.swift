import Command
import Foundation

/// A figure that gnuplot draws: ``LineChart``, ``LayeredChart``, ``ChartGrid``,
/// ``BarChart`` or ``HeatMap``.
///
/// ```swift
/// let chart = LineChart(
///   title: "Test accuracy", x: Axis("epoch"), y: Axis("accuracy"),
///   series: [.init("SAM", x: epochs, y: means, deviation: deviations)])
/// let drawn = try chart.draw("accuracy", in: run.folder("figures"))
/// report.figure(drawn.picture("Test accuracy by epoch for SAM"), caption: "…")
/// ```
public protocol Figure: Sendable {
  /// The data and the commands that draw it.
  func plot() -> Plot
  /// Width and height in CSS pixels, where nobody asks for others.
  var naturalSize: (width: Int, height: Int) { get }
}

extension Figure {
  public var naturalSize: (width: Int, height: Int) { (540, 350) }
}

/// What gnuplot is given.
public struct Plot: Sendable {
  /// The data file: blocks of lines, parted by two empty lines.
  var data: String
  /// From `set xlabel` to `plot`. `DATA` stands for the data file, `INK`, `SOFT`, `PAPER` and `GRID` for variables with
  /// colours, `C1` … `C7` for those of series.
  var commands: [String]
  /// Names in the legend.
  var legend: [String] = []
  /// The parts of ``data``, where a figure may become part of another.
  var blocks: [String] = []

  /// Rows that the legend takes below a plot of this width, as gnuplot sets it: columns as wide as the longest name.
  func legendRows(width: Int) -> Int {
    let shown = legend.filter { !$0.isEmpty }
    guard let longest = shown.map(\.count).max() else { return 0 }
    let columns = max(1, Int(Double(width - 100) / (Double(longest + 8) * 8.4)))
    return (shown.count + columns - 1) / columns
  }
}

/// The files of a figure that was drawn.
public struct DrawnFigure: Sendable {
  public let svg: URL
  /// For dark pages.
  public let darkSVG: URL
  /// Twice the size in pixels, for papers and slides.
  public let png: URL
  /// Draws them again: `gnuplot NAME.gp`.
  public let script: URL
  public let data: URL

  /// For a report.
  ///
  /// - Parameter description: what the figure shows, in words.
  /// - Throws: ``CommandError`` if the files are gone.
  public func picture(_ description: String) throws(CommandError) -> ReportPicture {
    var picture = try ReportPicture(reading: svg, description: description)
    picture.dark = try ReportPicture(reading: darkSVG, description: description).data
    return picture
  }
}

/// One axis of a chart.
public struct Axis: Sendable {
  public var label: String
  public var isLogarithmic: Bool
  /// Both ends; nil as the data asks.
  public var range: ClosedRange<Double>?
  /// Marks at whole numbers alone: epochs, counts.
  public var isWhole: Bool
  /// Values are days since 1970-01-01; of a ``LayeredChart``'s x alone.
  public var isDate = false

  public init(
    _ label: String, isLogarithmic: Bool = false, range: ClosedRange<Double>? = nil, isWhole: Bool = false
  ) {
    self.label = label
    self.isWhole = isWhole
    self.isLogarithmic = isLogarithmic
    self.range = range
  }

  /// Dates, as days since 1970-01-01.
  public static func dates(_ label: String = "", range: ClosedRange<Double>? = nil) -> Axis {
    var axis = Axis(label, range: range)
    axis.isDate = true
    return axis
  }

  /// - Parameters:
  ///   - name: `x` or `y`.
  ///   - values: what is to be shown; gnuplot refuses to choose a range for nothing.
  func commands(_ name: String, over values: [Double]) -> [String] {
    var commands: [String] = []
    if !label.isEmpty {
      commands.append(
        "set \(name)label \(gnuplotText(label)) offset \(name == "y" ? "1, 0" : "0, 0.2") textcolor rgb SOFT")
    }
    if isDate { return commands }
    if isLogarithmic { commands.append("set logscale \(name)") }
    if let range {
      commands.append(
        "set \(name)range [\(gnuplotNumber(range.lowerBound)):\(gnuplotNumber(range.upperBound))]")
    }
    // Where gnuplot would choose fractions; for more it chooses whole numbers by itself.
    let finite = values.filter(\.isFinite)
    if isWhole, let least = finite.min(), let greatest = finite.max(), greatest - least <= 10 {
      commands.append("set \(name)tics 1")
    }
    if range == nil, !values.contains(where: { text($0) != "NaN" }) {
      commands.append("set \(name)range [\(isLogarithmic ? "0.1" : "0"):1]")
    }
    return commands
  }

  /// A value as the data file has it: what the axis cannot show is missing.
  func text(_ value: Double) -> String { isLogarithmic && value <= 0 ? "NaN" : gnuplotNumber(value) }
}

/// A number in a script or a data file.
func gnuplotNumber(_ value: Double) -> String { value.isFinite ? "\(value)" : "NaN" }

/// A text in a script. Nothing in single quotation marks is read but the mark itself, and doubling it does not help at the
/// beginning of a text: a typographic one stands for it.
func gnuplotText(_ text: String) -> String { "'" + text.flattened.replacing("'", with: "’") + "'" }

/// A name along an axis, where `%` begins a format and gnuplot leaves out what is too long.
func axisName(_ name: String) -> String {
  gnuplotText((name.count > 24 ? name.prefix(23) + "…" : name).replacing("%", with: "%%"))
}

extension Figure {
  /// Draws the figure: `NAME.svg`, `NAME-dark.svg` and `NAME.png`, with `NAME.gp` and `NAME.dat`, from which gnuplot
  /// draws them again.
  ///
  /// - Parameters:
  ///   - name: letters, digits, `-`, `_` and `.`, not beginning with a dot.
  ///   - size: width and height in CSS pixels, nil for the figure's own; the picture is higher where the
  ///     legend has more than two rows.
  ///   - timeout: in seconds.
  /// - Throws: ``CommandError`` if gnuplot is not installed (saying how to install it), fails or takes too long, or if the
  ///   files cannot be written.
  public func draw(
    _ name: String, in folder: URL, size: (width: Int, height: Int)? = nil, timeout: Double = 60
  ) throws(CommandError) -> DrawnFigure {
    let plot = plot()
    let size = size ?? naturalSize
    let more = 19 * max(0, plot.legendRows(width: size.width) - 2)
    return try Gnuplot.draw(plot, name, folder, (size.width, size.height + more), timeout)
  }
}
