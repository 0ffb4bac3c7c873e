import Command
import Foundation
import Testing

@testable import Reports

/// Figures of a function of two variables.
@Suite struct PlaneFigureTests {
  private static let steps = (0..<21).map { -1 + Double($0) / 10 }
  /// A valley that is steep across and gentle along.
  private static let valley = steps.map { y in
    steps.map { x in 0.05 + 4 * (x + y) * (x + y) + 0.3 * (x - y) * (x - y) }
  }

  @Test func levelsAreEvenInTheLogarithmWhereItPays() {
    let wide = ContourMap.levels(over: [0.01, 10, .nan, 1], count: 2)
    #expect(wide.count == 2 && abs(wide[0] - 0.1) < 1e-12 && abs(wide[1] - 1) < 1e-12)
    #expect(ContourMap.levels(over: [1, 4], count: 2) == [2, 3])
    #expect(ContourMap.levels(over: [-1, 5], count: 1) == [2])
    #expect(ContourMap.levels(over: [2, 2]).isEmpty && ContourMap.levels(over: []).isEmpty)
  }

  @Test func mapsThatAreComparedShareLevels() {
    let map = ContourMap(
      x: [0, 1], y: [0, 1], values: [[1, 2], [3, 4]], levels: [1.5, 2.5], mark: (0.5, 0.5))
    let plot = map.plot()
    #expect(plot.commands.contains("set cntrparam levels discrete 1.5, 2.5"))
    #expect(plot.commands.contains("set cbrange [1.5:2.5]"))
    #expect(plot.commands.contains { $0.hasPrefix("set label 2") && $0.contains("at 0.5, 0.5") })
    #expect(plot.data.hasPrefix("# x, y, value; a block a row\n0.0 0.0 1.0\n1.0 0.0 2.0\n\n0.0 1.0 3.0\n"))
  }

  @Test func surfacesStayInTheirRange() {
    let chart = SurfaceChart(
      z: Axis("loss", isLogarithmic: true, range: 0.1...10), x: [0, 1], y: [0, 1],
      values: [[0.01, 1], [100, .nan]])
    let plot = chart.plot()
    #expect(plot.data.contains("0.0 0.0 0.1\n1.0 0.0 1.0\n\n0.0 1.0 10.0\n1.0 1.0 NaN\n"))
    #expect(
      plot.commands.contains("set zrange [0.1:10.0]") && plot.commands.contains("set cbrange [0.1:10.0]"))
  }

  @Test(.enabled(if: Gnuplot.isInstalled, Comment(rawValue: Gnuplot.missing)))
  func theyAreDrawn() throws {
    let kept = ProcessInfo.processInfo.environment["SALAR_FIGURES"].map { URL(fileURLWithPath: $0) }
    let folder =
      kept
      ?? FileManager.default.temporaryDirectory.appendingPathComponent("salar-planes-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { if kept == nil { try? FileManager.default.removeItem(at: folder) } }
    let figures: [(String, any Figure)] = [
      (
        "contour",
        ContourMap(title: "SGD", x: Self.steps, y: Self.steps, values: Self.valley, mark: (0, 0))
      ),
      (
        "surface",
        SurfaceChart(
          title: "SGD", z: Axis("loss", isLogarithmic: true), x: Self.steps, y: Self.steps,
          values: Self.valley)
      ),
      ("contour-flat", ContourMap(x: [0, 1], y: [0, 1], values: [[1, 1], [1, 1]])),
      ("surface-flat", SurfaceChart(z: Axis("loss"), x: [0, 1], y: [0, 1], values: [[1, 1], [1, 1]])),
    ]
    for (name, figure) in figures {
      let drawn = try figure.draw(name, in: folder)
      let png = try ReportPicture(reading: drawn.png, description: "")
      #expect(png.pixelSize! == (2 * figure.naturalSize.width, 2 * figure.naturalSize.height), "\(name)")
      let svg = try String(contentsOf: drawn.svg, encoding: .utf8)
      #expect(isWellFormed(svg), "\(name)")
      // Lines of equal value, or the quadrangles of the surface.
      let marks = svg.components(separatedBy: name.hasPrefix("contour") ? "<path" : "<polygon").count - 1
      if !name.hasSuffix("flat") { #expect(marks > (name == "contour" ? 10 : 300), "\(name): \(marks)") }
    }
  }
}
