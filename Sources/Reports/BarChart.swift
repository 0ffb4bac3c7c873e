/// Values by category, one bar a group.
public struct BarChart: Figure {
  public var title: String
  public var y: Axis
  public var categories: [String]
  public var groups: [Group]
  /// Digits after the point of the numbers over the bars; nil for none.
  public var digits: Int?

  public struct Group: Sendable {
    public var name: String
    /// One a category; NaN for none.
    public var values: [Double]
    /// Half the length of the error bar, one a category, or none.
    public var deviation: [Double]

    public init(_ name: String, _ values: [Double], deviation: [Double] = []) {
      precondition(
        deviation.isEmpty || deviation.count == values.count,
        "\(values.count) values and \(deviation.count) deviations")
      self.name = name
      self.values = values
      self.deviation = deviation
    }
  }

  public init(title: String = "", y: Axis, categories: [String], groups: [Group], digits: Int? = nil) {
    precondition(!groups.isEmpty, "a bar chart needs a group")
    for group in groups {
      precondition(
        group.values.count == categories.count,
        "\(categories.count) categories and \(group.values.count) values")
    }
    self.title = title
    self.y = y
    self.categories = categories
    self.groups = groups
    self.digits = digits
  }

  /// Small enough for the numbers of neighbours to stay apart.
  private var fontSize: Int { max(6, min(12, 110 / max(1, categories.count * groups.count))) }

  public func plot() -> Plot {
    var data = "# position, value, deviation; a block a group\n"
    let width = 0.8 / Double(max(1, groups.count))
    var bars: [String] = []
    var marks: [String] = []
    for (index, group) in groups.enumerated() {
      if index > 0 { data += "\n\n" }
      data += "# \(group.name.flattened)\n"
      for (category, value) in group.values.enumerated() {
        let place = Double(category) + (Double(index) - Double(groups.count - 1) / 2) * width
        let spread = group.deviation.isEmpty ? 0 : group.deviation[category]
        data +=
          "\(gnuplotNumber(place)) \(y.text(value)) \(gnuplotNumber(spread)) \(gnuplotNumber(value + spread))\n"
      }
      if group.values.isEmpty { data += "NaN NaN NaN NaN\n" }
      let source = "DATA index \(index)"
      let name = group.name.isEmpty ? "notitle" : "title \(gnuplotText(group.name))"
      bars.append(
        "\(source) using 1:2:(\(gnuplotNumber(width * 0.92))) with boxes fillcolor rgb C\(index % 7 + 1) fillstyle solid 1 noborder "
          + name)
      if !group.deviation.isEmpty {
        marks.append(
          "\(source) using 1:($2-$3):(0):(2*$3) with vectors nohead linewidth 1.4 linecolor rgb INK")
      }
      if let digits {
        marks.append(
          "\(source) using 1:4:(sprintf('%.\(max(0, digits))f', $2)) with labels offset 0, 0.6 font ',\(fontSize)' textcolor rgb INK"
        )
      }
    }
    let labels = categories.enumerated().map { "\(axisName($0.element)) \($0.offset)" }
    let longest = (categories.map(\.count).max() ?? 0) + 1
    var commands = titleCommands(title) + y.commands("y", over: groups.flatMap(\.values))
    if !y.isLogarithmic, y.range == nil {
      // Bars that do not begin at zero mislead.
      commands.append("set yrange [\(groups.flatMap(\.values).contains { $0 < 0 } ? "*" : "0"):*]")
    }
    commands += [
      "set xrange [-0.6:\(gnuplotNumber(Double(categories.count) - 0.4))]",
      "set xtics (\(labels.joined(separator: ", "))) scale 0"
        + (longest * categories.count > 52 ? " rotate by -35 left" : ""),
    ]
    if groups.allSatisfy({ $0.name.isEmpty }) { commands.append("unset key") }
    commands.append("plot " + (bars + marks).joined(separator: ", \\\n     "))
    return Plot(data: data, commands: commands, legend: groups.map(\.name))
  }

}
