import Foundation

/// A function of two variables as lines of equal value, coloured by the value: a loss over a plane.
public struct ContourMap: Figure {
  public var title: String
  public var xLabel: String
  public var yLabel: String
  public var x: [Double]
  public var y: [Double]
  /// By row y, then x; NaN where there is none.
  public var values: [[Double]]
  /// The values of the lines; nil takes ``levels(over:count:)`` of these values. Maps that are compared share them.
  public var levels: [Double]?
  /// A point to mark, such as the middle.
  public var mark: (x: Double, y: Double)?

  public init(
    title: String = "", xLabel: String = "", yLabel: String = "", x: [Double], y: [Double],
    values: [[Double]],
    levels: [Double]? = nil, mark: (x: Double, y: Double)? = nil
  ) {
    checkGrid(x, y, values)
    self.title = title
    self.xLabel = xLabel
    self.yLabel = yLabel
    self.x = x
    self.y = y
    self.values = values
    self.levels = levels
    self.mark = mark
  }

  public var naturalSize: (width: Int, height: Int) { (430, 400) }

  /// Values for lines: even in the logarithm where all are positive and span more than a factor of four, else even.
  public static func levels(over values: [Double], count: Int = 12) -> [Double] {
    let finite = values.filter(\.isFinite)
    guard let low = finite.min(), let high = finite.max(), high > low else { return [] }
    let isLogarithmic = low > 0 && high > 4 * low
    return (1...count).map { index in
      let share = Double(index) / Double(count + 1)
      return isLogarithmic ? low * pow(high / low, share) : low + (high - low) * share
    }
  }

  public func plot() -> Plot {
    let levels = levels ?? Self.levels(over: values.flatMap { $0 })
    var commands = titleCommands(title)
    if !xLabel.isEmpty { commands.append("set xlabel \(gnuplotText(xLabel)) textcolor rgb SOFT") }
    if !yLabel.isEmpty { commands.append("set ylabel \(gnuplotText(yLabel)) textcolor rgb SOFT") }
    let isLogarithmic = (levels.first ?? 0) > 0 && (levels.last ?? 0) > 4 * (levels.first ?? 0)
    commands += [
      "unset key", "unset grid", "set view map", "unset surface", "set contour base",
      "set cntrparam cubicspline points 8", "set border 15 linewidth 1 linecolor rgb SOFT",
      "set lmargin at screen 0.13", "set rmargin at screen 0.82", "set bmargin at screen 0.13",
      "set tmargin at screen \(title.isEmpty ? 0.96 : 0.89)", paletteCommand,
    ]
    commands += gridRanges(x, y)
    if let low = levels.first, let high = levels.last, high > low {
      commands += [
        "set cntrparam levels discrete \(levels.map(gnuplotNumber).joined(separator: ", "))",
        "set cbrange [\(gnuplotNumber(low)):\(gnuplotNumber(high))]",
        "set colorbox vertical user origin screen 0.86, screen 0.13 size screen 0.03, screen 0.76 noborder",
        "set cbtics scale 0 textcolor rgb SOFT format '%.3g'",
      ]
      if isLogarithmic { commands.append("set logscale cb") }
    } else {
      commands.append("unset colorbox")
    }
    if let mark {
      commands.append(
        "set label 2 '' at \(gnuplotNumber(mark.x)), \(gnuplotNumber(mark.y)) point pointtype 1 pointsize 1.2 linecolor rgb INK front"
      )
    }
    commands.append("splot DATA index 0 using 1:2:3 with lines linewidth 1.6 linecolor palette")
    return Plot(data: gridText(x, y, values), commands: commands)
  }
}

func checkGrid(_ x: [Double], _ y: [Double], _ values: [[Double]]) {
  precondition(x.count >= 2 && y.count >= 2, "a grid of at least 2 × 2")
  precondition(values.count == y.count, "\(y.count) y and \(values.count) rows of values")
  for row in values { precondition(row.count == x.count, "\(x.count) x and \(row.count) values") }
}

/// Lines of a grid as gnuplot reads them: a row, then an empty line.
func gridText(_ x: [Double], _ y: [Double], _ values: [[Double]]) -> String {
  var text = "# x, y, value; a block a row\n"
  for (row, line) in values.enumerated() {
    for (column, value) in line.enumerated() {
      text += "\(gnuplotNumber(x[column])) \(gnuplotNumber(y[row])) \(gnuplotNumber(value))\n"
    }
    if row + 1 < values.count { text += "\n" }
  }
  return text
}

func gridRanges(_ x: [Double], _ y: [Double]) -> [String] {
  [
    "set xrange [\(gnuplotNumber(x[0])):\(gnuplotNumber(x[x.count - 1]))]",
    "set yrange [\(gnuplotNumber(y[0])):\(gnuplotNumber(y[y.count - 1]))]",
  ]
}

/// From low to high: viridis, which prints and is safe for the colour-blind.
let paletteCommand =
  "set palette defined (0 '#440154', 1 '#46327E', 2 '#365C8D', 3 '#277F8E', 4 '#1FA187', 5 '#4AC16D', 6 '#A0DA39', 7 '#E8D51E')"
