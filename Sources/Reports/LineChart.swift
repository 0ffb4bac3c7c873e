/// Values over something continuous: epochs, strengths of attack.
public struct LineChart: Figure {
  public var title: String
  public var x: Axis
  public var y: Axis
  public var series: [Series]

  public init(title: String = "", x: Axis, y: Axis, series: [Series]) {
    self.title = title
    self.x = x
    self.y = y
    self.series = series
  }

  public struct Series: Sendable {
    public enum Style: Sendable { case line, points, linePoints, dashed }

    public var name: String
    public var style: Style
    public var x: [Double]
    public var y: [Double]
    /// Half the height of the band around the line, by point; empty for none.
    public var deviation: [Double]
    /// Series of one number have one colour and one mark; nil gives it its own.
    public var color: Int?

    /// - Parameters:
    ///   - y: as many as `x`; what is not finite, or not positive on a logarithmic axis, leaves a gap.
    ///   - deviation: as many as `x`, or none.
    public init(
      _ name: String, x: [Double], y: [Double], deviation: [Double] = [], style: Style = .line,
      color: Int? = nil
    ) {
      precondition(x.count == y.count, "\(x.count) x and \(y.count) y")
      precondition(
        deviation.isEmpty || deviation.count == x.count, "\(x.count) x and \(deviation.count) deviations")
      self.name = name
      self.x = x
      self.y = y
      self.deviation = deviation
      self.style = style
      self.color = color
    }
  }

  public func plot() -> Plot {
    var commands = titleCommands(title)
    commands += x.commands("x", over: series.flatMap(\.x)) + y.commands("y", over: series.flatMap(\.y))
    let names = series.map(\.name).filter { !$0.isEmpty }
    if names.isEmpty { commands.append("unset key") }
    var data = "# x, y, and the band's lower and upper end; a block a series\n"
    var bands: [String] = []
    var lines: [String] = []
    for (block, series) in series.enumerated() {
      let index = series.color ?? block
      if block > 0 { data += "\n\n" }
      data += "# \(series.name.flattened)\n"
      for point in Self.thinned(series) {
        let value = series.y[point]
        var cells = [x.text(series.x[point]), y.text(value)]
        if !series.deviation.isEmpty {
          let spread = series.deviation[point]
          let low = y.isLogarithmic && value - spread <= 0 ? value : value - spread
          cells += [y.text(low), y.text(value + spread)]
        }
        data += cells.joined(separator: " ") + "\n"
      }
      if series.x.isEmpty { data += "NaN NaN NaN NaN\n" }
      let colour = "C\(index % 7 + 1)"
      let source = "DATA index \(block)"
      if !series.deviation.isEmpty {
        bands.append(
          "\(source) using 1:3:4 with filledcurves fillcolor rgb \(colour) fillstyle transparent solid 0.18 noborder"
        )
      }
      let point = [7, 5, 9, 13, 11, 15, 3][index % 7]
      // Colours repeat after seven; dashes tell the next ones apart.
      let dash =
        series.style == .dashed ? "(6, 4)" : ["solid", "(12, 4)", "(3, 3)", "(12, 4, 3, 4)"][index / 7 % 4]
      let style =
        switch series.style {
        case .line, .dashed: "with lines linewidth 2 dashtype \(dash) linecolor rgb \(colour)"
        case .points: "with points pointtype \(point) pointsize 0.7 linecolor rgb \(colour)"
        case .linePoints:
          "with linespoints linewidth 2 dashtype \(dash) pointtype \(point) pointsize 0.6 linecolor rgb \(colour)"
        }
      let name = series.name.isEmpty ? "notitle" : "title \(gnuplotText(series.name))"
      lines.append("\(source) using 1:2 \(style) \(name)")
    }
    commands.append("plot " + (bands + lines).joined(separator: ", \\\n     "))
    return Plot(data: data, commands: commands, legend: series.map(\.name))
  }

  /// Which points are drawn: all of them up to 4,000, else the least and the greatest of each stretch, which look the same.
  static func thinned(_ series: Series) -> [Int] {
    let count = series.x.count
    let most = 4000
    guard count > most else { return Array(series.x.indices) }
    let stretches = most / 2
    return (0..<stretches).flatMap { stretch in
      let range = stretch * count / stretches..<(stretch + 1) * count / stretches
      let least = range.min { series.y[$0] < series.y[$1] }!
      let greatest = range.max { series.y[$0] < series.y[$1] }!
      return least == greatest ? [least] : [min(least, greatest), max(least, greatest)]
    }
  }
}

/// To the left over the chart.
func titleCommands(_ title: String) -> [String] {
  title.isEmpty
    ? ["set tmargin 1"]
    : [
      "set tmargin 3",
      "set label 1 \(gnuplotText(title)) at graph 0, graph 1 offset 0, 1.3 left font ',16' textcolor rgb INK",
    ]
}
