/// Layers over one pair of axes, the first one lowest: bands, lines, points, impulses, bars.
///
/// ```swift
/// let chart = LayeredChart(
///   title: "Rolling coefficient", x: .dates(), y: Axis("c"),
///   layers: [
///     .band("95 % interval", x: days, lower: lower, upper: upper), .line("estimate", x: days, y: values),
///     .level(0),
///   ])
/// ```
public struct LayeredChart: Figure {
  public var title: String
  public var x: Axis
  public var y: Axis
  public var layers: [Layer]
  /// Whether one unit of x is as long as one of y.
  public var isSquare = false

  public init(title: String = "", x: Axis, y: Axis, layers: [Layer], isSquare: Bool = false) {
    self.title = title
    self.x = x
    self.y = y
    self.layers = layers
    self.isSquare = isSquare
  }

  public enum Color: Sendable, Equatable {
    /// One of seven that people with any colour vision tell apart, from 0.
    case series(Int)
    /// That of text.
    case ink
    /// Grey.
    case soft

    var name: String {
      switch self {
      case .series(let number): "C\((number % 7 + 7) % 7 + 1)"
      case .ink: "INK"
      case .soft: "SOFT"
      }
    }
  }

  public struct Layer: Sendable {
    enum Kind: Sendable, Equatable {
      case line(width: Double, isDashed: Bool)
      case steps(width: Double)
      case points(size: Double, isOpen: Bool)
      case impulses(width: Double)
      case bars(width: Double)
      case band(opacity: Double)
      /// A horizontal line at y[0].
      case level
      /// The line y = x.
      case diagonal
    }

    public var name: String
    public var color: Color
    var kind: Kind
    var x: [Double]
    var y: [Double]
    /// Lower ends of a band.
    var lower: [Double] = []

    private init(_ name: String, _ kind: Kind, _ x: [Double], _ y: [Double], _ color: Color) {
      precondition(x.count == y.count, "\(x.count) x and \(y.count) y")
      self.name = name
      self.color = color
      self.kind = kind
      self.x = x
      self.y = y
    }

    /// What is not finite leaves a gap, here and in all layers.
    public static func line(
      _ name: String, x: [Double], y: [Double], color: Color = .series(0), width: Double = 2,
      isDashed: Bool = false
    ) -> Layer { Layer(name, .line(width: width, isDashed: isDashed), x, y, color) }

    public static func steps(
      _ name: String, x: [Double], y: [Double], color: Color = .series(0), width: Double = 2
    ) -> Layer { Layer(name, .steps(width: width), x, y, color) }

    public static func points(
      _ name: String, x: [Double], y: [Double], color: Color = .series(0), size: Double = 0.5,
      isOpen: Bool = false
    ) -> Layer { Layer(name, .points(size: size, isOpen: isOpen), x, y, color) }

    /// Upright lines from zero.
    public static func impulses(
      _ name: String, x: [Double], y: [Double], color: Color = .series(0), width: Double = 2
    ) -> Layer { Layer(name, .impulses(width: width), x, y, color) }

    /// Boxes from zero, centred at x.
    ///
    /// - Parameter width: in units of x.
    public static func bars(
      _ name: String, x: [Double], y: [Double], width: Double, color: Color = .series(0)
    ) -> Layer { Layer(name, .bars(width: width), x, y, color) }

    public static func band(
      _ name: String, x: [Double], lower: [Double], upper: [Double], color: Color = .series(0),
      opacity: Double = 0.18
    ) -> Layer {
      precondition(lower.count == upper.count, "\(lower.count) lower and \(upper.count) upper ends")
      var layer = Layer(name, .band(opacity: opacity), x, upper, color)
      layer.lower = lower
      return layer
    }

    /// A thin horizontal line.
    public static func level(_ value: Double, _ name: String = "", color: Color = .soft) -> Layer {
      Layer(name, .level, [0], [value], color)
    }

    /// A thin line where y is x.
    public static func diagonal(_ name: String = "", color: Color = .soft) -> Layer {
      Layer(name, .diagonal, [], [], color)
    }

    /// Whether it lies at the values of x, unlike lines across the whole.
    var hasPlace: Bool { kind != .level && kind != .diagonal }
  }

  public func plot() -> Plot { plot(firstBlock: 0) }

  /// - Parameter firstBlock: blocks that stand before in the data file.
  func plot(firstBlock: Int) -> Plot {
    let placed = layers.filter(\.hasPlace)
    var commands = titleCommands(title)
    let heights = layers.filter { $0.kind != .diagonal }.flatMap { $0.y + $0.lower }
    commands += x.commands("x", over: placed.flatMap(\.x)) + y.commands("y", over: heights)
    if x.isDate {
      commands += dateCommands(placed.flatMap(\.x))
    } else if x.range == nil, !x.isLogarithmic, !isSquare {
      commands += rangeCommands(placed)
    }
    if isSquare { commands += squareCommands(placed) }
    if layers.allSatisfy(\.name.isEmpty) { commands.append("unset key") }
    var blocks: [String] = []
    var drawn: [String] = []
    for layer in layers {
      let name = layer.name.isEmpty ? "notitle" : "title \(gnuplotText(layer.name))"
      if layer.kind == .diagonal {
        drawn.append("x with lines linewidth 1 linecolor rgb \(layer.color.name) \(name)")
        continue
      }
      if layer.kind == .level {
        let value = gnuplotNumber(layer.y[0])
        drawn.append(
          "\(value) with lines linewidth 1 dashtype (6, 4) linecolor rgb \(layer.color.name) \(name)")
        continue
      }
      drawn.append("DATA index \(firstBlock + blocks.count) \(style(of: layer)) \(name)")
      blocks.append(block(layer))
    }
    commands.append("plot " + drawn.joined(separator: ", \\\n     "))
    return Plot(
      data: blocks.joined(separator: "\n\n"), commands: commands, legend: layers.map(\.name), blocks: blocks)
  }

  private func style(of layer: Layer) -> String {
    let place = x.isDate ? "(timecolumn(1, '%Y-%m-%d'))" : "1"
    let color = "linecolor rgb \(layer.color.name)"
    switch layer.kind {
    case .line(let width, let isDashed):
      return "using \(place):2 with lines linewidth \(width)\(isDashed ? " dashtype (6, 4)" : "") \(color)"
    case .steps(let width): return "using \(place):2 with steps linewidth \(width) \(color)"
    case .points(let size, let isOpen):
      return "using \(place):2 with points pointtype \(isOpen ? 6 : 7) pointsize \(size) linewidth 1 \(color)"
    case .impulses(let width): return "using \(place):2 with impulses linewidth \(width) \(color)"
    case .bars(let width):
      let units = gnuplotNumber(width * (x.isDate ? 86400 : 1))
      return
        "using \(place):2:(\(units)) with boxes fillcolor rgb \(layer.color.name) fillstyle solid 0.75 noborder"
    case .band(let opacity):
      return "using \(place):2:3 with filledcurves fillcolor rgb \(layer.color.name) "
        + "fillstyle transparent solid \(gnuplotNumber(opacity)) noborder"
    case .level, .diagonal: return ""
    }
  }

  /// A block of the data file; dates as dates.
  private func block(_ layer: Layer) -> String {
    let isBand = !layer.lower.isEmpty
    var data = "# \(layer.name.flattened): x, \(isBand ? "lower end, upper end" : "y")\n"
    var isOpen = false
    for point in Self.thinned(layer) {
      guard layer.x[point].isFinite else { continue }
      let values = isBand ? [layer.lower[point], layer.y[point]] : [layer.y[point]]
      let isShown = values.allSatisfy { y.text($0) != "NaN" }
      // An empty line parts the pieces of a band.
      if !isShown, isBand {
        if isOpen { data += "\n" }
        isOpen = false
        continue
      }
      let place =
        x.isDate ? CalendarDay(number: Int(layer.x[point].rounded(.down))).text : x.text(layer.x[point])
      data += ([place] + values.map(y.text)).joined(separator: " ") + "\n"
      isOpen = true
    }
    if !isOpen, data.split(separator: "\n").count < 2 {
      data += x.isDate ? "1970-01-01 NaN NaN\n" : "NaN NaN NaN\n"
    }
    return data
  }

  private func dateCommands(_ days: [Double]) -> [String] {
    let known = days.filter { $0.isFinite && abs($0) < 1e7 }
    let least = Int((x.range?.lowerBound ?? known.min() ?? 0).rounded(.down))
    let last = max(least + 1, Int((x.range?.upperBound ?? known.max() ?? 1).rounded(.up)))
    let first = x.range == nil ? DateMarks.start(least, last) : least
    let room = max(0.5, 0.01 * Double(last - first))
    let ends = [Double(first) - room, Double(last) + room].map { gnuplotNumber($0 * 86400) }
    return ["set xrange [\(ends[0]):\(ends[1])]", "set xtics \(DateMarks(from: first, to: last).list)"]
  }

  /// As far as the data go, with room for marks, where gnuplot would go on to the next number.
  private func rangeCommands(_ placed: [Layer]) -> [String] {
    let all = placed.flatMap(\.x).filter(\.isFinite)
    guard let least = all.min(), let greatest = all.max(), greatest > least else { return [] }
    let needsRoom = placed.contains { layer in
      switch layer.kind {
      case .points, .impulses, .bars: true
      case .line, .steps, .band, .level, .diagonal: false
      }
    }
    let room = needsRoom ? 0.02 * (greatest - least) : 0
    return ["set xrange [\(gnuplotNumber(least - room)):\(gnuplotNumber(greatest + room))]"]
  }

  /// The same range for both axes.
  private func squareCommands(_ placed: [Layer]) -> [String] {
    let all = placed.flatMap { $0.x + $0.y + $0.lower }.filter(\.isFinite)
    guard let least = all.min(), let greatest = all.max(), x.range == nil, y.range == nil else { return [] }
    let room = max(1e-12, (greatest - least) * 0.04)
    let range = "[\(gnuplotNumber(least - room)):\(gnuplotNumber(greatest + room))]"
    return ["set xrange \(range)", "set yrange \(range)", "set size square"]
  }

  /// Which points are drawn: all of scattered ones; of others up to 4,000, else the least and the greatest of each
  /// stretch.
  static func thinned(_ layer: Layer) -> [Int] {
    let count = layer.x.count
    let most = 4000
    if count <= most { return Array(layer.x.indices) }
    if case .points = layer.kind { return Array(layer.x.indices) }
    let stretches = most / 2
    let low = layer.lower.isEmpty ? layer.y : layer.lower
    return (0..<stretches).flatMap { stretch in
      let range = stretch * count / stretches..<(stretch + 1) * count / stretches
      let least = range.min { low[$0] < low[$1] }!
      let greatest = range.max { layer.y[$0] < layer.y[$1] }!
      return least == greatest ? [least] : [min(least, greatest), max(least, greatest)]
    }
  }
}
