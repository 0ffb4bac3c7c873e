import Command
import Foundation
import Testing

@testable import Reports

@Suite struct DateAxisTests {
  @Test func days() {
    for (year, month, day, number) in [
      (1970, 1, 1, 0), (2000, 2, 29, 11016), (2020, 3, 23, 18344), (1969, 12, 31, -1),
    ] {
      let date = CalendarDay(year: year, month: month, day: day)
      #expect(date.number == number && CalendarDay(number: number) == date)
    }
    #expect(CalendarDay(number: 18344).text == "2020-03-23")
    #expect((-800_000...800_000).filter { $0 % 997 == 0 }.allSatisfy { CalendarDay(number: $0).number == $0 })
  }

  @Test func marks() {
    func labels(_ first: Int, _ days: Int) -> [String] {
      DateMarks(from: first, to: first + days).marks.map(\.label)
    }
    // From 2020-01-01.
    #expect(labels(18262, 154) == ["Jan 2020", "Feb", "Mar", "Apr", "May", "Jun"])
    #expect(labels(18262, 14).first == "1 Jan 2020" && labels(18262, 14).count == 8)
    #expect(labels(18262, 0) == ["1 Jan 2020"])
    #expect(
      labels(18263, 3650)
        == ["2021", "2022", "2023", "2024", "2025", "2026", "2027", "2028", "2029"].filter {
          Int($0)! % 2 == 0
        })
    #expect(labels(18262, 400) == ["Jan 2020", "Mar", "May", "Jul", "Sep", "Nov", "Jan 2021"])
    for span in [0, 1, 10, 46, 100, 241, 499, 501, 799, 1400, 1501, 3000, 20_000, 100_000] {
      let marks = DateMarks(from: 18300, to: 18300 + span).marks
      #expect((span < 28 ? 1...9 : 1...11).contains(marks.count), "\(span): \(marks.count)")
      #expect(marks.allSatisfy { (18300...(18300 + span)).contains($0.day) })
    }
    // An axis begins with the month if that is near.
    #expect(DateMarks.start(18263, 18416) == 18262 && DateMarks.start(18275, 18416) == 18275)
  }
}

@Suite(.serialized) struct LayeredChartTests {
  private func blocks(_ plot: Plot) -> [[String]] {
    plot.data.components(separatedBy: "\n\n\n").map {
      $0.split(separator: "\n", omittingEmptySubsequences: false).map(String.init).filter {
        !$0.hasPrefix("#")
      }
    }
  }

  @Test func dataHoldDatesAndGaps() {
    let chart = LayeredChart(
      x: .dates(), y: Axis("y"),
      layers: [
        .band("b", x: [0, 1, 2, 3], lower: [0, .nan, 1, 1], upper: [1, 2, 2, .infinity]),
        .line("l", x: [0, 1, 2, 3], y: [0.5, .nan, 1.5, 2]), .level(0.25, "zero"),
      ])
    let plot = chart.plot()
    let found = blocks(plot)
    #expect(found[0].filter { !$0.isEmpty } == ["1970-01-01 0.0 1.0", "1970-01-03 1.0 2.0"])
    // An empty line parts the pieces of the band.
    #expect(found[0][1] == "")
    #expect(
      found[1].filter { !$0.isEmpty } == [
        "1970-01-01 0.5", "1970-01-02 NaN", "1970-01-03 1.5", "1970-01-04 2.0",
      ])
    let commands = plot.commands.joined(separator: "\n")
    #expect(commands.contains("timecolumn(1, '%Y-%m-%d')") && commands.contains("0.25 with lines"))
    #expect(commands.contains("set xtics (\"1 Jan 1970\" 0"))
    #expect(plot.legend == ["b", "l", "zero"])
  }

  @Test func rangesEndWithTheData() {
    func range(_ layers: [LayeredChart.Layer], _ x: Axis = Axis("x")) -> String? {
      LayeredChart(x: x, y: Axis("y"), layers: layers).plot().commands.first { $0.hasPrefix("set xrange") }
    }
    #expect(range([.line("", x: [1, 1974], y: [0, 1])]) == "set xrange [1.0:1974.0]")
    #expect(range([.points("", x: [0, 100], y: [0, 1])]) == "set xrange [-2.0:102.0]")
    #expect(range([.line("", x: [3, 3], y: [0, 1])]) == nil)
    #expect(range([.line("", x: [1, 9], y: [0, 1])], Axis("x", range: 0...5)) == "set xrange [0.0:5.0]")
  }

  @Test func manyPointsAreThinned() {
    let x = (0..<100_000).map(Double.init)
    var y = x.map { sin($0 / 500) }
    y[54321] = 9
    #expect(LayeredChart.thinned(.line("", x: x, y: y)).contains(54321))
    #expect(LayeredChart.thinned(.line("", x: x, y: y)).count <= 4000)
    let band = LayeredChart.thinned(.band("", x: x, lower: y.map { -$0 }, upper: y))
    #expect(band.contains(54321) && band == band.sorted() && Set(band).count == band.count)
    #expect(LayeredChart.thinned(.points("", x: x, y: y)).count == 100_000)
  }

  @Test func gridsCountBlocks() {
    let one = LayeredChart(
      x: Axis("x"), y: Axis("y"),
      layers: [
        .level(1), .line("a", x: [0, 1], y: [0, 1]), .diagonal(), .line("b", x: [0, 1], y: [1, 0]),
      ])
    let plot = ChartGrid([one, one, one], columns: 2).plot()
    #expect(blocks(plot).count == 6)
    let commands = plot.commands.joined(separator: "\n")
    #expect(commands.contains("set multiplot layout 2,2") && commands.hasSuffix("unset multiplot"))
    for index in 0..<6 { #expect(commands.contains("DATA index \(index) ")) }
    #expect(ChartGrid([one, one, one], columns: 2).naturalSize == (820, 580))
  }

  @Test(.enabled(if: Gnuplot.isInstalled, "needs gnuplot")) func drawsOddThings() throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent(
      "salar-layers-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let odd = "it's 100% \"odd\" \\ {x} `y` $z\n_a"
    let charts = [
      LayeredChart(title: odd, x: .dates(odd), y: Axis(odd), layers: [.line(odd, x: [18300], y: [1])]),
      LayeredChart(
        x: .dates(), y: Axis("y"), layers: [.line("", x: [], y: []), .band("", x: [], lower: [], upper: [])]),
      LayeredChart(
        x: Axis("x"), y: Axis("y"),
        layers: [.points("p", x: [.nan], y: [1]), .impulses("i", x: [1], y: [.nan])]),
      LayeredChart(x: Axis("x"), y: Axis("y"), layers: [.level(0), .diagonal("d")]),
      LayeredChart(
        x: Axis("x"), y: Axis("y"),
        layers: [
          .bars("b", x: [1, 2], y: [1, 3], width: 0.9), .steps("s", x: [1, 2], y: [1, 2], color: .ink),
          .points("p", x: [1, 2], y: [2, 2], color: .soft, isOpen: true),
        ], isSquare: true),
    ]
    for (index, chart) in charts.enumerated() {
      let drawn = try chart.draw("odd-\(index)", in: folder)
      #expect(isWellFormed(try String(contentsOf: drawn.svg, encoding: .utf8)), "\(index)")
      #expect(try ReportPicture(reading: drawn.png, description: "").pixelSize?.width == 1080)
    }
    let grid = try ChartGrid(charts, columns: 3).draw("grid", in: folder)
    #expect(isWellFormed(try String(contentsOf: grid.svg, encoding: .utf8)))
    #expect(isWellFormed(try String(contentsOf: grid.darkSVG, encoding: .utf8)))
    #expect(try String(contentsOf: grid.darkSVG, encoding: .utf8).contains("system-ui"))
  }
}
