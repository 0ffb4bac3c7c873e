/// A function of two variables as a surface seen from a corner.
public struct SurfaceChart: Figure {
  public var title: String
  public var xLabel: String
  public var yLabel: String
  /// The vertical axis; charts that are compared share its range.
  public var z: Axis
  public var x: [Double]
  public var y: [Double]
  /// By row y, then x; NaN where there is none.
  public var values: [[Double]]

  public init(
    title: String = "", xLabel: String = "", yLabel: String = "", z: Axis, x: [Double], y: [Double],
    values: [[Double]]
  ) {
    checkGrid(x, y, values)
    self.title = title
    self.xLabel = xLabel
    self.yLabel = yLabel
    self.z = z
    self.x = x
    self.y = y
    self.values = values
  }

  public var naturalSize: (width: Int, height: Int) { (460, 400) }

  public func plot() -> Plot {
    // What lies outside the range is drawn on its edge, as a surface with holes is hard to read.
    func clipped(_ value: Double) -> Double {
      guard let range = z.range, value.isFinite else { return value }
      return min(max(value, range.lowerBound), range.upperBound)
    }
    let shown = values.map { $0.map(clipped) }
    // Places in the graph are three-dimensional here.
    let name =
      "set label 1 \(gnuplotText(title)) at screen 0.06, screen 0.95 left font ',16' textcolor rgb INK"
    var commands = (title.isEmpty ? [] : [name]) + z.commands("z", over: shown.flatMap { $0 })
    if !z.label.isEmpty {
      commands.append("set zlabel \(gnuplotText(z.label)) rotate by 90 offset 1, 0 textcolor rgb SOFT")
    }
    if !xLabel.isEmpty {
      commands.append("set xlabel \(gnuplotText(xLabel)) offset 0, -0.4 textcolor rgb SOFT")
    }
    if !yLabel.isEmpty {
      commands.append("set ylabel \(gnuplotText(yLabel)) offset 1, -0.4 textcolor rgb SOFT")
    }
    if z.isLogarithmic { commands.append("set logscale cb") }
    if let range = z.range {
      commands.append("set cbrange [\(gnuplotNumber(range.lowerBound)):\(gnuplotNumber(range.upperBound))]")
    }
    commands += [
      "unset key", "unset colorbox", "set border 127 + 256 + 512 linewidth 0.6 linecolor rgb GRID",
      "set grid xtics ytics ztics linetype 1 linewidth 0.5 linecolor rgb GRID", "set ticslevel 0",
      "set view 58, 35, 1, 1.05", paletteCommand,
      "set pm3d depthorder border linecolor rgb '#FFFFFF' linewidth 0.3",
    ]
    commands += gridRanges(x, y)
    let text = shown.map { $0.map { z.isLogarithmic && $0 <= 0 ? .nan : $0 } }
    commands.append("splot DATA using 1:2:3 with pm3d")
    return Plot(data: gridText(x, y, text), commands: commands)
  }
}
