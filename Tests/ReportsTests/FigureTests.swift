import Command
import Foundation
import Testing

@testable import Reports

@Suite(.serialized) struct FigureTests {
  let folder: URL

  /// `SALAR_FIGURES` names a folder in which the pictures stay, to be looked at.
  init() throws {
    folder =
      ProcessInfo.processInfo.environment["SALAR_FIGURES"].map { URL(fileURLWithPath: $0) }
      ?? FileManager.default.temporaryDirectory.appendingPathComponent("salar-figures-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  }

  private func cleaning(_ body: () throws -> Void) throws {
    defer {
      if ProcessInfo.processInfo.environment["SALAR_FIGURES"] == nil {
        try? FileManager.default.removeItem(at: folder)
      }
    }
    try body()
  }

  private static func curve(_ name: String, _ end: Double, _ style: LineChart.Series.Style = .line)
    -> LineChart.Series
  {
    let epochs = (1...40).map(Double.init)
    let values = epochs.map { (epoch: Double) -> Double in
      let wave: Double = 0.01 * sin(epoch * end * 9)
      return end * (1 - exp(-epoch / 8)) + wave
    }
    let spread = epochs.map { (epoch: Double) -> Double in 0.03 * exp(-epoch / 20) + 0.004 }
    return .init(name, x: epochs, y: values, deviation: style == .line ? spread : [], style: style)
  }

  private static let lines = LineChart(
    title: "Test accuracy", x: Axis("epoch"), y: Axis("accuracy"),
    series: [
      curve("SGD", 0.91), curve("SAM", 0.95), curve("ESAM", 0.945, .dashed), curve("MESA", 0.93, .linePoints),
    ])

  private static let logarithmic = LineChart(
    title: "Loss by queries", x: Axis("queries", isLogarithmic: true), y: Axis("loss", isLogarithmic: true),
    series: [
      .init("NES", x: [1, 10, 100, 1000, 10000], y: [2, 1, 0.2, 0.05, 0.001], style: .linePoints),
      .init(
        "ZOO", x: [0, 10, 100, 1000, 10000], y: [2, 1.5, -1, .nan, 0.01], deviation: [1, 1, 1, 1, 1],
        style: .linePoints),
    ])

  private static let bars = BarChart(
    title: "Accuracy under attack", y: Axis("accuracy"),
    categories: ["clean", "FGSM", "PGD-20", "100% noise"],
    groups: [
      .init("plain", [0.95, 0.2, 0.01, 0.4], deviation: [0.01, 0.03, 0.004, 0.02]),
      .init("RAIN", [0.93, 0.7, 0.55, 0.6], deviation: [0.01, 0.03, 0.04, 0.02]),
      .init("TisODE", [0.92, 0.65, 0.5, 0.62], deviation: [0.02, 0.02, 0.03, 0.02]),
    ], digits: 2)

  private static let classes = [
    "airplane", "auto", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck",
  ]

  private static let confusion = HeatMap(
    title: "Confusion", xLabel: "predicted", yLabel: "true", columns: classes, rows: classes,
    values: matrix(10, 10) { row, column in
      row == column ? Double(900 + row * 9) : Double((row * 37 + column * 11) % 40)
    })

  private static let difference = HeatMap(
    title: "Gain over SGD", xLabel: "ρ", yLabel: "learning rate", columns: ["0.01", "0.05", "0.1", "0.2"],
    rows: ["0.01", "0.1", "1"],
    values: [[0.01, 0.4, 1.25, -0.3], [0, 0.8, 2.1, .nan], [-1.5, -0.2, 0.1, -2]],
    scale: .diverging(middle: 0), format: .fixed(2))

  private static let landscape = HeatMap(
    columns: (0..<51).map { "\($0)" }, rows: (0..<51).map { "\($0)" },
    values: matrix(51, 51) { row, column in
      let (x, y) = (Double(column - 20), Double(row - 30))
      return x * x / 99 + y * y / 30
    }, format: nil)

  private static func matrix(_ rows: Int, _ columns: Int, _ value: (Int, Int) -> Double) -> [[Double]] {
    (0..<rows).map { row in (0..<columns).map { column in value(row, column) } }
  }

  static let examples: [(String, any Figure)] = [
    ("lines", lines), ("logarithmic", logarithmic), ("bars", bars), ("confusion", confusion),
    ("difference", difference), ("landscape", landscape),
  ]

  @Test func linesOfOneColourAndWholeNumbers() {
    let chart = LineChart(
      x: Axis("epoch", isWhole: true), y: Axis("loss"),
      series: [
        .init("a, training", x: [1, 2], y: [2, 1], style: .dashed, color: 0),
        .init("b, training", x: [1, 2], y: [2, 1], style: .dashed, color: 1),
        .init("a, test", x: [1, 4], y: [3, 2], style: .linePoints, color: 0),
      ])
    let commands = chart.plot().commands
    #expect(commands.contains("set xtics 1") && !commands.contains("set ytics 1"))
    let lines = commands.last!.split(separator: "\n").map(String.init)
    #expect(lines[0].contains("DATA index 0") && lines[0].contains("rgb C1"))
    #expect(lines[1].contains("DATA index 1") && lines[1].contains("rgb C2"))
    #expect(lines[2].contains("DATA index 2") && lines[2].contains("rgb C1"))
    // More than a few are left to gnuplot.
    let long = LineChart(
      x: Axis("step", isWhole: true), y: Axis("loss"), series: [.init("a", x: [0, 500], y: [1, 2])])
    #expect(!long.plot().commands.contains("set xtics 1"))
  }

  @Test func longLegendsTakeRowsOfTheirOwn() {
    func rows(_ names: [String]) -> Int {
      LineChart(x: Axis("x"), y: Axis("y"), series: names.map { .init($0, x: [1], y: [1]) }).plot()
        .legendRows(width: 540)
    }
    #expect(rows([]) == 0 && rows(["", ""]) == 0)
    #expect(rows(["a", "b"]) == 1)
    #expect(rows((0..<6).map { "a run with a name, \($0)" }) == 6)
  }

  @Test(.enabled(if: Gnuplot.isInstalled, Comment(rawValue: Gnuplot.missing)))
  func figuresHaveTheSizeThatWasAsked() throws {
    try cleaning {
      for (name, figure) in Self.examples {
        let drawn = try figure.draw(name, in: folder, size: (width: 500, height: 320))
        let png = try ReportPicture(reading: drawn.png, description: "")
        #expect(png.format == .png)
        #expect(png.pixelSize! == (1000, 640))
        for url in [drawn.svg, drawn.darkSVG] {
          let svg = try String(contentsOf: url, encoding: .utf8)
          #expect(svg.contains("width=\"500\" height=\"320\""))
          #expect(isWellFormed(svg))
        }
        let picture = try drawn.picture("x")
        #expect(picture.format == .svg && picture.dark != nil && picture.dark != picture.data)
        #expect(FileManager.default.fileExists(atPath: drawn.script.path))
        #expect(FileManager.default.fileExists(atPath: drawn.data.path))
      }
    }
  }

  @Test(.enabled(if: Gnuplot.isInstalled, Comment(rawValue: Gnuplot.missing)))
  func aReportHoldsThem() throws {
    try cleaning {
      func drawn(_ name: String) throws -> ReportPicture {
        let figure = try #require(Self.examples.first { $0.0 == name }).1
        return try figure.draw("report-\(name)", in: folder).picture("The figure \(name)")
      }
      var report = HTMLReport(
        title: "Sharpness-aware training of ResNet-18 on CIFAR-10",
        subtitle: "Five seeds a method, 200 epochs, one H100",
        footer: "Made by salar 0.1.0 with libtorch 2.13.0 on 2026-11-23.")
      report.section("Summary")
      report.paragraph(
        "SAM raises the test accuracy by 0.9 points over SGD at twice the time. ESAM keeps all but 0.1 of it at 1.4 times "
          + "the time, and MESA at 1.15 times.")
      report.callout(.good, "The claim holds: every sharpness-aware rule is better than SGD on all seeds.")
      report.callout(.warning, "The paper's figure for ESAM (96.6 %) is outside of two standard deviations.")
      report.settings([
        ("network", "resnet18"), ("data", "cifar10"), ("epochs", "200"), ("batch size", "128"),
        ("learning rate", "0.05, cosine"), ("weight decay", "0.001"), ("rho", "0.05"),
        ("checkpoint", "runs/sam-1/checkpoints/step-00078200/tensors.safetensors"),
      ])
      report.section("Accuracy")
      var table = ReportTable(
        [
          .text("method"), .number("test accuracy", .percent(2), best: .highest),
          .number("test loss", .fixed(3), best: .lowest), .number("λ max", .significant(3), best: .lowest),
          .number("time per epoch (s)", .fixed(1), best: .lowest), .text("paper"),
        ], caption: "Accuracy, sharpness and time of each method.")
      table.append(["SGD", .sample([0.9562, 0.9571, 0.9559, 0.9566, 0.957]), 0.1823, 62.31, 14.2, "95.6"])
      table.append(["SAM", .sample([0.9651, 0.9655, 0.966, 0.9649, 0.9653]), 0.131, 11.7, 28.1, "96.5"])
      table.append(["ESAM", .sample([0.9645, 0.964, 0.9651, 0.9647, 0.9643]), 0.134, -12.9, 19.6, "96.6"])
      table.append(["MESA", .sample([0.9625, 0.963, 0.9621, 0.9627, 0.9633]), 0.14, .missing, 16.3, "–"])
      report.table(table)
      report.figure(
        try drawn("lines"), caption: "Test accuracy by epoch; the bands are one standard deviation.")
      report.figures([
        (try drawn("bars"), "Accuracy under four attacks."), (try drawn("logarithmic"), "Loss by queries."),
      ])
      report.section("Where it errs")
      report.figure(try drawn("confusion"), caption: "Confusion of SAM, first seed, counts.")
      report.figures([
        (try drawn("difference"), "Gain in points."),
        (try drawn("landscape"), "The loss around the minimum."),
      ])
      report.subsection("Pictures")
      let picture = try ReportPicture(
        reading: folder.appendingPathComponent("report-landscape.png"), description: "a landscape")
      report.grid(
        (0..<12).map { (picture, "true \($0), seen as \(($0 * 7) % 10)") },
        caption: "The twelve test images of the greatest loss.")
      report.section("How it was made")
      report.list(["Trained with the recipe below.", "Evaluated once, at the end."])
      report.details("The command and the recipe", isOpen: true) {
        $0.code(
          "salar train --recipe Recipes/sharpness/resnet18-sam.yaml --set rule.rho=0.05 --seed 1 --device cuda --out runs/sam-1"
        )
        $0.settings([("seed", "1"), ("device", "cuda:0")])
      }
      report.details("More") { $0.paragraph("Hidden until it is asked for.") }
      #expect(isWellFormed(report.html))
      try report.write(to: folder.appendingPathComponent("report.html"))
    }
  }

  @Test(.enabled(if: Gnuplot.isInstalled, Comment(rawValue: Gnuplot.missing)))
  func theScriptDrawsTheFigureAgain() throws {
    try cleaning {
      let drawn = try Self.examples[0].1.draw("again", in: folder)
      let before = try Data(contentsOf: drawn.png)
      try FileManager.default.removeItem(at: drawn.png)
      let gnuplot = URL(fileURLWithPath: "/usr/bin/env")
      let (status, message) = try Gnuplot.run(
        gnuplot, ["gnuplot", "-e", "png=1", "again.gp"], in: folder, 60)
      #expect(status == 0, "\(message)")
      #expect(try Data(contentsOf: drawn.png) == before)
    }
  }

  /// Texts come from data sets and recipes: none may be read as a command.
  @Test(.enabled(if: Gnuplot.isInstalled, Comment(rawValue: Gnuplot.missing)))
  func textsAreTexts() throws {
    try cleaning {
      let texts = [
        "it's `touch trap` 50%", "\"q\" \\n {x}_2^3 @C1 %d", "'; system('touch trap')", "\n# <&>\u{7}", "''",
        "\\", "$1",
      ]
      for hostile in texts {
        let shown = hostile.replacing("\n", with: " ").replacing("\u{7}", with: " ").replacing("'", with: "’")
          .trimmingCharacters(in: .whitespaces)
        let figures: [any Figure] = [
          LineChart(
            title: hostile, x: Axis(hostile), y: Axis(hostile),
            series: [.init(hostile, x: [1, 2], y: [1, 2])]),
          BarChart(title: hostile, y: Axis(hostile), categories: [hostile], groups: [.init(hostile, [1])]),
          HeatMap(
            title: hostile, xLabel: hostile, yLabel: hostile, columns: [hostile], rows: [hostile],
            values: [[1]]),
        ]
        for figure in figures {
          let drawn = try figure.draw("hostile", in: folder)
          let svg = try String(contentsOf: drawn.svg, encoding: .utf8)
          #expect(isWellFormed(svg))
          let texts = svg.matches(of: /<text[^>]*>(.*?)<\/text>/.dotMatchesNewlines())
            .map { String($0.1).replacing(/<[^>]*>/, with: "") }
            .map {
              $0.replacing("&lt;", with: "<").replacing("&gt;", with: ">").replacing("&quot;", with: "\"")
                .replacing("&#39;", with: "'").replacing("&apos;", with: "'").replacing("&amp;", with: "&")
                .replacing("\u{A0}", with: " ").trimmingCharacters(in: .whitespacesAndNewlines)
            }
          #expect(texts.count { $0 == shown } == (figure is HeatMap ? 5 : 4), "\(texts)")
        }
      }
      #expect(!FileManager.default.fileExists(atPath: folder.appendingPathComponent("trap").path))
    }
  }

  @Test(.enabled(if: Gnuplot.isInstalled, Comment(rawValue: Gnuplot.missing)))
  func emptyFiguresAreDrawn() throws {
    try cleaning {
      let figures: [any Figure] = [
        LineChart(title: "", x: Axis(""), y: Axis("", range: 0...1), series: [.init("a", x: [1], y: [.nan])]),
        LineChart(x: Axis("x", range: 0...1), y: Axis("", range: 0...1), series: [.init("", x: [], y: [])]),
        LineChart(x: Axis("x"), y: Axis("y"), series: [.init("one", x: [5], y: [5])]),
        BarChart(y: Axis("y"), categories: ["a", "b"], groups: [.init("", [.nan, 1])]),
        HeatMap(columns: ["a"], rows: ["b"], values: [[.nan]]),
        HeatMap(columns: ["a"], rows: ["b"], values: [[3]]),
      ]
      for figure in figures { _ = try figure.draw("empty", in: folder) }
    }
  }

  /// Of 40,000 cells those that are alike are one rectangle, and no axis is crowded.
  @Test(.enabled(if: Gnuplot.isInstalled, Comment(rawValue: Gnuplot.missing)))
  func largeHeatMapsAreSmallFiles() throws {
    try cleaning {
      let names = (0..<200).map(String.init)
      let values = (0..<200).map { row in
        (0..<200).map { column in row == column ? 40.0 : (row * 7 + column * 3) % 31 == 0 ? 1 : 0 }
      }
      let map = HeatMap(columns: names, rows: names, values: values, format: nil)
      let filled = values.joined().count { $0 > 0 }
      #expect(map.plot().data.split(separator: "\n").count == filled + 1)
      #expect(
        map.plot().commands.contains { $0.hasPrefix("set object 1 rectangle") && $0.contains("F7FBE8") })
      let drawn = try map.draw("large", in: folder, size: (720, 680))
      let svg = try String(contentsOf: drawn.svg, encoding: .utf8)
      #expect(isWellFormed(svg) && svg.utf8.count < 1_000_000, "\(svg.utf8.count)")
      for name in ["0", "180"] { #expect(svg.contains(">\(name)<"), "\(name)") }
      #expect(!svg.contains(">1<") && !svg.contains(">199<"))
    }
  }

  @Test func longNamesAreCut() {
    #expect(axisName("short 5%") == "'short 5%%'")
    #expect(axisName(String(repeating: "x", count: 40)) == "'" + String(repeating: "x", count: 23) + "…'")
  }

  @Test func longSeriesKeepTheirPeaks() {
    var y = (0..<100_000).map { sin(Double($0) / 5000) }
    y[54_321] = 9
    let series = LineChart.Series("a", x: y.indices.map(Double.init), y: y)
    let points = LineChart.thinned(series)
    #expect(points.count <= 4000 && points == points.sorted() && points.contains(54_321))
    #expect(LineChart.thinned(.init("a", x: [1, 2], y: [1, 2])) == [0, 1])
  }

  @Test func whatCannotBeDrawnIsExplained() throws {
    try cleaning {
      let chart = Self.examples[0].1
      #expect(throws: CommandError.self) { try chart.draw("a", in: folder.appendingPathComponent("missing")) }
      if Gnuplot.isInstalled {
        do throws(CommandError) {
          _ = try Gnuplot.draw(Plot(data: "", commands: ["plot nonsense("]), "broken", folder, (100, 100), 60)
          Issue.record("nonsense was drawn")
        } catch {
          #expect(error.message.contains("broken.gp: gnuplot could not draw it: "))
        }
      }
      do throws(CommandError) {
        _ = try Gnuplot.run(URL(fileURLWithPath: "/bin/sleep"), ["10"], in: folder, 0.2)
        Issue.record("it was waited for")
      } catch {
        #expect(error.message == "gnuplot was stopped: it took longer than 0.2 seconds")
      }
    }
  }
}
