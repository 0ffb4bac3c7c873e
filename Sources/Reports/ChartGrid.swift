/// Several charts in one picture, row by row.
public struct ChartGrid: Figure {
  public var charts: [LayeredChart]
  public var columns: Int

  public init(_ charts: [LayeredChart], columns: Int = 2) {
    precondition(!charts.isEmpty && columns >= 1, "a grid needs a chart and a column")
    self.charts = charts
    self.columns = columns
  }

  private var rows: Int { (charts.count + columns - 1) / columns }

  public var naturalSize: (width: Int, height: Int) { (max(540, columns * 410), rows * 290) }

  public func plot() -> Plot {
    var data: [String] = []
    var commands = ["set multiplot layout \(rows),\(columns)"]
    for chart in charts {
      let plot = chart.plot(firstBlock: data.count)
      commands += ["reset"] + Gnuplot.style + plot.commands
      data += plot.blocks
    }
    return Plot(data: data.joined(separator: "\n\n"), commands: commands + ["unset multiplot"])
  }
}
