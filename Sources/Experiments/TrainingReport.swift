import Command
import Data
import Foundation
import Reports
import Runs

/// One HTML page about one or several training runs: what came out, how it went, with which settings.
public enum TrainingReport {
  private struct Run {
    let name: String
    let record: RunRecord
    let recipe: TrainRecipe
    let lines: [MetricsLog.Line]
    let summary: TrainingRun.Summary?
  }

  /// - Parameters:
  ///   - runs: folders of training runs, finished or not.
  ///   - page: the file to write; figures with their scripts and data go to `figures` beside it.
  /// - Throws: ``CommandError`` for a folder that is no training run, or a page that cannot be written.
  public static func write(_ runs: [URL], to page: URL) throws {
    let runs = try zip(runs, names(of: runs)).map(read)
    let figures = try HTMLReport.figuresFolder(beside: page)
    var report = HTMLReport(
      title: runs.count == 1 ? runs[0].name : "\(runs.count) training runs",
      subtitle: runs.map(\.recipe.data.path).uniqued().joined(separator: ", "),
      footer: "Salar \(ProgramVersion.text)")
    report.section("Results")
    report.table(results(runs))
    if let table = seeds(runs) { report.table(table) }
    for run in runs where run.summary == nil {
      report.callout(.warning, "\(run.name) has not ended: its last step is \(run.lines.last?.step ?? 0).")
    }
    report.section("Learning curves")
    try curves(runs, figures, &report)
    for (index, run) in runs.enumerated() {
      guard let summary = run.summary, let confusion = summary.confusion else { continue }
      let sections = ClassificationSections(
        name: runs.count == 1 ? nil : run.name,
        figureName: runs.count == 1 ? "confusion" : "confusion-\(index + 1)-\(slug(run.name))",
        classNames: summary.classNames, confusion: confusion)
      try sections.classes(figures, &report)
      if let samples = summary.samples, let data = try? run.recipe.data.open(.test) {
        sections.predictions(samples, of: data, &report)
      }
    }
    samples(runs, &report)
    report.section("Settings")
    for run in runs {
      if runs.count > 1 { report.subsection(run.name) }
      report.settings(settings(run))
      report.details("The whole recipe") { $0.code((try? Recipe.yaml(run.recipe)) ?? "") }
    }
    try report.write(to: page)
  }

  /// The folders' own names, with as many of the folders above as it takes to tell them apart.
  static func names(of runs: [URL]) -> [String] {
    let paths = runs.map { $0.standardizedFileURL.pathComponents }
    var lengths = [Int](repeating: 1, count: runs.count)
    func name(_ index: Int) -> String { paths[index].suffix(lengths[index]).joined(separator: "/") }
    while true {
      let groups = Dictionary(grouping: paths.indices, by: name)
      // A folder that is named twice stays so.
      let unclear = groups.values.filter { Set($0.map { paths[$0] }).count > 1 }.joined()
        .filter { lengths[$0] < paths[$0].count }
      guard !unclear.isEmpty else { return paths.indices.map(name) }
      for index in unclear { lengths[index] += 1 }
    }
  }

  /// A name as files can have it anywhere.
  private static func slug(_ name: String) -> String {
    String(name.map { $0.isASCII && ($0.isLetter || $0.isNumber) ? $0 : "-" })
  }

  private static func read(_ url: URL, named name: String) throws -> Run {
    let record = try RunRecord(reading: url)
    guard record.info.kind == "train" else {
      throw CommandError("\(url.path): holds a run of '\(record.info.kind)'; a training run was expected")
    }
    return Run(
      name: name, record: record, recipe: try TrainRecipe(of: record),
      lines: try record.metrics(), summary: try record.summary(as: TrainingRun.Summary.self))
  }

  private static func results(_ runs: [Run]) -> ReportTable {
    var table = ReportTable([
      .text("run"), .number("accuracy", .percent(2), best: .highest),
      .number("loss", .significant(4), best: .lowest),
      .number("calibration error", .significant(3), best: .lowest), .text("network"),
      .number("parameters", .fixed(0)), .number("epochs", .fixed(0)), .number("test images", .fixed(0)),
    ])
    for run in runs {
      func number(_ value: Double?) -> ReportTable.Cell { value.map { .number($0) } ?? .missing }
      let summary = run.summary
      table.append([
        .text(run.name), number(summary?.accuracy), number(summary?.loss), number(summary?.ece),
        .text(run.recipe.network.name), number(summary.map { Double($0.parameters) }),
        .number(Double(run.recipe.training.epochs)), number(summary?.count.map(Double.init)),
      ])
    }
    return table
  }

  /// Runs that differ in nothing but the seed, as one: mean ± standard deviation. Nil where there are none.
  private static func seeds(_ runs: [Run]) -> ReportTable? {
    var table = ReportTable(
      [
        .text("over seeds"), .text("seeds"), .number("accuracy", .percent(2), best: .highest),
        .number("loss", .significant(4), best: .lowest),
        .number("calibration error", .significant(3), best: .lowest),
      ], caption: "Runs that differ in nothing but the seed")
    func seedless(_ run: Run) -> TrainRecipe {
      var recipe = run.recipe
      recipe.seed = 0
      return recipe
    }
    var groups: [[Run]] = []
    for run in runs where run.summary != nil {
      if let index = groups.firstIndex(where: { seedless($0[0]) == seedless(run) }) {
        if !groups[index].contains(where: { $0.recipe.seed == run.recipe.seed }) { groups[index].append(run) }
      } else {
        groups.append([run])
      }
    }
    for group in groups where group.count > 1 {
      func sample(_ value: (TrainingRun.Summary) -> Double?) -> ReportTable.Cell {
        .sample(group.compactMap { $0.summary.flatMap(value) })
      }
      table.append([
        .text(group[0].name + " …"), .text(group.map { "\($0.recipe.seed)" }.joined(separator: ", ")),
        sample(\.accuracy), sample(\.loss), sample(\.ece),
      ])
    }
    return table.rows.isEmpty ? nil : table
  }

  private static func curves(_ runs: [Run], _ figures: URL, _ report: inout HTMLReport) throws {
    func series(_ key: String, _ suffix: String, _ style: LineChart.Series.Style) -> [LineChart.Series] {
      runs.enumerated().compactMap { index, run in
        let points = run.lines.compactMap { line in line.values[key].map { (Double(line.epoch + 1), $0) } }
        guard !points.isEmpty else { return nil }
        let name = runs.count == 1 ? suffix : "\(run.name), \(suffix)"
        return LineChart.Series(name, x: points.map(\.0), y: points.map(\.1), style: style, color: index)
      }
    }
    let charts = [
      (
        "loss", "cross-entropy",
        series("train/loss", "training", .dashed) + series("test/loss", "test", .linePoints)
      ),
      (
        "accuracy", "accuracy",
        series("train/accuracy", "training", .dashed) + series("test/accuracy", "test", .linePoints)
      ),
    ]
    var drawn: [(picture: ReportPicture, caption: String)] = []
    for (name, label, lines) in charts where !lines.isEmpty {
      let chart = LineChart(x: Axis("epoch", isWhole: true), y: Axis(label), series: lines)
      let picture = try chart.draw(name, in: figures).picture("\(label) by epoch")
      drawn.append((picture, "\(label.prefix(1).uppercased())\(label.dropFirst()) by epoch"))
    }
    if drawn.isEmpty { report.paragraph("No epoch has ended yet.") } else { report.figures(drawn) }
  }

  /// Pictures of the data, where it can still be read.
  private static func samples(_ runs: [Run], _ report: inout HTMLReport) {
    for run in runs.uniqued(by: \.recipe.data.path) {
      var choice = run.recipe.data
      choice.trainLimit = min(choice.trainLimit ?? 500, 500)
      let data: DataSet
      do {
        data = try choice.open(.train)
      } catch {
        report.callout(.note, "Pictures of the data are left out: \(error)")
        continue
      }
      guard let sheet = try? ContactSheet.draw(data, rows: 12, perClass: 10),
        let png = try? PictureWriter.png(sheet)
      else { continue }
      report.section("Data: \(choice.path)")
      report.figure(
        ReportPicture(.png, Foundation.Data(png), description: "training images by class"),
        caption: "Training images by class")
    }
  }

  private static func settings(_ run: Run) -> [(String, String)] {
    let training = run.recipe.training
    let last = run.record.info.starts.last
    return [
      ("data", run.recipe.data.path), ("network", run.recipe.network.name),
      ("optimizer", "\(training.optimizer.rawValue), learning rate \(training.lr), batch \(training.batch)"),
      ("rule", described(run.recipe.rule)),
      ("regularisers", run.recipe.regularisers.choices.map(described).joined(separator: "; ")),
      ("schedule", training.schedule.kind.rawValue),
      ("augmentation", training.augment.isEmpty ? "none" : training.augment),
      ("precision", training.precision.rawValue), ("seed", "\(run.recipe.seed)"),
      ("machine", last.map { "\($0.system), \($0.cores) cores, \($0.device)" } ?? ""),
      ("libtorch", last?.libtorch ?? ""),
    ].filter { !$0.1.isEmpty }
  }

  private static func described<Catalog>(_ choice: Choice<Catalog>) -> String {
    guard case .object(let members) = choice.settings, !members.isEmpty else { return choice.name }
    return choice.name + ", "
      + members.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }.joined(separator: ", ")
  }
}

extension Sequence {
  /// The first of each kind, in order.
  func uniqued<Key: Hashable>(by key: (Element) -> Key) -> [Element] {
    var seen: Set<Key> = []
    return filter { seen.insert(key($0)).inserted }
  }
}

extension Sequence where Element: Hashable {
  func uniqued() -> [Element] { uniqued { $0 } }
}
