import Foundation

/// A matrix as colours, with its numbers: a confusion matrix, accuracies by two settings.
public struct HeatMap: Figure {
  public enum Scale: Sendable {
    /// From the least to the greatest, pale to dark.
    case sequential
    /// Blue below the middle, red above, as far on both sides.
    case diverging(middle: Double)
  }

  public var title: String
  public var xLabel: String
  public var yLabel: String
  public var columns: [String]
  public var rows: [String]
  /// By row, the first one on top; NaN for an empty cell.
  public var values: [[Double]]
  public var scale: Scale
  /// Both ends of the colours; nil as the values ask.
  public var range: ClosedRange<Double>?
  /// How numbers are written in the cells; nil for none.
  public var format: ReportTable.Format?

  public init(
    title: String = "", xLabel: String = "", yLabel: String = "", columns: [String], rows: [String],
    values: [[Double]], scale: Scale = .sequential, range: ClosedRange<Double>? = nil,
    format: ReportTable.Format? = .significant(3)
  ) {
    precondition(values.count == rows.count, "\(rows.count) rows and \(values.count) of values")
    for row in values {
      precondition(row.count == columns.count, "\(columns.count) columns and \(row.count) values")
    }
    precondition(!rows.isEmpty && !columns.isEmpty, "a heat map needs a cell")
    self.title = title
    self.xLabel = xLabel
    self.yLabel = yLabel
    self.columns = columns
    self.rows = rows
    self.values = values
    self.scale = scale
    self.range = range
    self.format = format
  }

  public func plot() -> Plot {
    let (low, high) = ends
    // Of a large map most cells are often alike: the least are one rectangle behind the others.
    let hasBase =
      format == nil && rows.count * columns.count > Self.mostSingleCells
      && values.joined().allSatisfy(\.isFinite)
    var data = "# column, row, value\n"
    var numbers = "\n\n# column, row, colour of the text (0 dark, 1 light), text\n"
    for (row, line) in values.enumerated() {
      for (column, value) in line.enumerated() where value.isFinite && !(hasBase && value <= low) {
        data += "\(column) \(row) \(gnuplotNumber(value))\n"
        let isLight = Self.luminance(colour(min(1, max(0, (value - low) / (high - low))))) < 0.2
        if let format {
          numbers +=
            "\(column) \(row) \(isLight ? 1 : 0) \"\(format.text(value).replacing("-", with: "−"))\"\n"
        }
      }
    }
    let stops = stops.enumerated().map { index, stop in
      "\(gnuplotNumber(Double(index) / Double(self.stops.count - 1))) '#\(hex(stop))'"
    }
    func tics(_ axis: String, _ names: [String]) -> String {
      // What would overlap is left out.
      let step = names.count <= 25 ? 1 : (names.count + 9) / 10
      let labels = names.enumerated().filter { $0.offset % step == 0 }
        .map { "\(axisName($0.element)) \($0.offset)" }
      return "set \(axis)tics (\(labels.joined(separator: ", "))) scale 0"
    }
    let shown = min(columns.count, 25)
    let longest = (columns.map(\.count).max() ?? 0) + 1
    var commands = titleCommands(title)
    if !xLabel.isEmpty { commands.append("set xlabel \(gnuplotText(xLabel)) textcolor rgb SOFT") }
    if !yLabel.isEmpty { commands.append("set ylabel \(gnuplotText(yLabel)) textcolor rgb SOFT") }
    commands += [
      "unset key", "unset grid", "unset border", "set rmargin 11",
      "set palette defined (\(stops.joined(separator: ", ")))",
      "set cbrange [\(gnuplotNumber(low)):\(gnuplotNumber(high))]",
      "set colorbox vertical user origin graph 1.03, graph 0 size graph 0.03, graph 1 noborder",
      "set cbtics scale 0 textcolor rgb SOFT",
      "set xrange [-0.5:\(columns.count - 1).5]", "set yrange [\(rows.count - 1).5:-0.5]",
      tics("x", columns) + (columns.count <= 25 && longest * shown > 44 ? " rotate by -45 left" : ""),
      tics("y", rows),
    ]
    let hasGaps = rows.count * columns.count <= Self.mostSingleCells
    if hasBase {
      commands.append(
        "set object 1 rectangle from graph 0, graph 0 to graph 1, graph 1 behind fillcolor rgb '#\(hex(colour(0)))' "
          + "fillstyle solid 1 noborder")
    }
    // A little overlap, as else the paper shines through between cells.
    let half = hasGaps ? "0.5" : "0.53"
    commands.append(
      "plot DATA index 0 using 1:2:(\(half)):(\(half)):3 with boxxyerror linewidth 1.5 fillcolor palette fillstyle solid 1 "
        + (hasGaps ? "border linecolor rgb PAPER" : "noborder")
        + (format == nil || !hasNumbers
          ? ""
          : ", \\\n     DATA index 1 using 1:2:4:($3 == 1 ? 0xFFFFFF : 0x1C2128) with labels font ',\(fontSize)' textcolor rgb variable")
    )
    return Plot(data: data + (format == nil ? "" : numbers), commands: commands)
  }

  private static let mostSingleCells = 1000

  private var hasNumbers: Bool { values.joined().contains(where: \.isFinite) }

  /// Small enough for the narrowest cell.
  private var fontSize: Int { max(6, min(14, 130 / max(columns.count, rows.count))) }

  private var ends: (low: Double, high: Double) {
    if let range, range.upperBound > range.lowerBound { return (range.lowerBound, range.upperBound) }
    let finite = values.joined().filter(\.isFinite)
    var low = finite.min() ?? 0
    var high = finite.max() ?? 1
    if case .diverging(let middle) = scale {
      let reach = max(high - middle, middle - low)
      (low, high) = (middle - reach, middle + reach)
    }
    return high > low ? (low, high) : (low - 0.5, low + 0.5)
  }

  // MARK: Colours

  private var stops: [[Double]] {
    let hex: [UInt32] =
      switch scale {
      // ColorBrewer's YlGnBu and RdBu, which are safe for the colour-blind.
      case .sequential: [0xF7FBE8, 0xD6EFB3, 0x9FD9B4, 0x5DC0C0, 0x2C97BF, 0x2165AB, 0x1E3A8A, 0x0B1F5C]
      case .diverging:
        [0x2166AC, 0x4393C3, 0x92C5DE, 0xD1E5F0, 0xF7F7F7, 0xFDDBC7, 0xF4A582, 0xD6604D, 0xB2182B]
      }
    return hex.map { [Double($0 >> 16 & 255), Double($0 >> 8 & 255), Double($0 & 255)] }
  }

  private func hex(_ colour: [Double]) -> String { colour.map { String(format: "%02X", Int($0)) }.joined() }

  private func colour(_ share: Double) -> [Double] {
    let stops = stops
    let place = share * Double(stops.count - 1)
    let index = min(stops.count - 2, Int(place))
    return zip(stops[index], stops[index + 1]).map { $0 + ($1 - $0) * (place - Double(index)) }
  }

  /// From 0 to 1; white text is easier to read than dark text below a fifth.
  private static func luminance(_ colour: [Double]) -> Double {
    let linear = colour.map { pow($0 / 255, 2.2) }
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
  }
}
