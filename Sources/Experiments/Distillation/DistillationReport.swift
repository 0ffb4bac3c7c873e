import Command
import Data
import Distillation
import Foundation
import Reports
import Runs

/// One HTML page about one or several distillations: what networks reach, the images, how it went, how far students come off
/// the experts' paths, how well architectures are ranked.
public enum DistillationReport {
  private struct Run {
    let name: String
    let record: RunRecord
    let recipe: DistillationRecipe
    let lines: [MetricsLog.Line]
    let summary: DistillationRun.Summary?
    let evaluations: [EvaluationRecord]
    let error: TrajectoryErrorMeasurement.Answer?
    let search: ArchitectureSearch.Answer
  }

  /// Whether a folder holds a distillation.
  public static func isFor(_ run: URL) -> Bool {
    (try? RunRecord(reading: run).info.kind) == DistillationRun.kind
  }

  /// - Parameters:
  ///   - runs: folders of distillations, finished or not.
  ///   - page: the file to write; figures with their scripts and data go to `figures` beside it.
  /// - Throws: ``CommandError`` for a folder that is no distillation, or a page that cannot be written.
  public static func write(_ runs: [URL], to page: URL) throws {
    let runs = try zip(runs, TrainingReport.names(of: runs)).map(read)
    let figures = try HTMLReport.figuresFolder(beside: page)
    var report = HTMLReport(
      title: runs.count == 1 ? runs[0].name : "\(runs.count) distillations",
      subtitle: runs.map(\.recipe.data.path).uniqued().joined(separator: ", "),
      footer: "Salar \(ProgramVersion.text)")
    report.section("Results")
    report.table(results(runs))
    evaluations(runs, &report)
    for run in runs where run.summary == nil {
      report.callout(
        .warning, "\(run.name) has not ended: its last iteration is \(run.lines.last?.step ?? 0).")
    }
    try images(runs, &report)
    try curves(runs, figures, &report)
    try errors(runs, figures, &report)
    try searches(runs, figures, &report)
    report.section("Settings")
    for run in runs {
      if runs.count > 1 { report.subsection(run.name) }
      report.details("The whole recipe") { $0.code((try? Recipe.yaml(run.recipe)) ?? "") }
    }
    try report.write(to: page)
  }

  private static func read(_ url: URL, named name: String) throws -> Run {
    let record = try RunRecord(reading: url)
    let file = url.appendingPathComponent(TrajectoryErrorMeasurement.fileName)
    let error =
      FileManager.default.fileExists(atPath: file.path)
      ? try RunJSON.read(TrajectoryErrorMeasurement.Answer.self, from: file) : nil
    return Run(
      name: name, record: record, recipe: try DistillationRecipe(of: record), lines: try record.metrics(),
      summary: try record.summary(as: DistillationRun.Summary.self),
      evaluations: try EvaluationRecord.all(of: url), error: error,
      search: try ArchitectureSearch.read(url.appendingPathComponent(ArchitectureSearch.folderName)))
  }

  // MARK: Tables

  private static func results(_ runs: [Run]) -> ReportTable {
    var table = ReportTable([
      .text("run"), .text("method"), .number("images a class", .fixed(0)), .number("iterations", .fixed(0)),
      .number("loss", .significant(4)), .number("step size", .significant(3)), .text("network"),
      .text("data"),
    ])
    for run in runs {
      func number(_ value: Double?) -> ReportTable.Cell { value.map { .number($0) } ?? .missing }
      table.append([
        .text(run.name), .text(run.recipe.method.name), .number(Double(run.recipe.ipc)),
        number((run.summary?.iterations ?? run.lines.last?.step).map(Double.init)),
        number(run.summary?.loss ?? run.lines.last?.values["loss"]), number(run.summary?.stepSize),
        .text(run.recipe.network.name), .text(run.recipe.data.path),
      ])
    }
    return table
  }

  /// What fresh networks reach.
  private static func evaluations(_ runs: [Run], _ report: inout HTMLReport) {
    let networks = runs.flatMap { $0.evaluations.flatMap { $0.networks.map(\.network) } }.uniqued()
    guard !networks.isEmpty else {
      report.callout(.note, "No network was trained on these images yet: salar distill evaluate RUN.")
      return
    }
    report.subsection("Networks trained on the images, tested on real ones")
    var table = ReportTable(
      [.text("run"), .text("how")] + networks.map { .number($0, .percent(2)) },
      caption: "Test accuracy, mean ± standard deviation over fresh networks")
    for run in runs {
      for record in run.evaluations {
        table.append(
          [.text(run.name), .text(record.procedure(run.recipe.data.path))]
            + networks.map { name in
              guard let result = record.networks.first(where: { $0.network == name }) else { return .missing }
              return .mean(
                result.mean, deviation: result.runs.count > 1 ? result.std : nil, n: result.runs.count)
            })
      }
    }
    report.table(table)
  }

  // MARK: Pictures

  private static func images(_ runs: [Run], _ report: inout HTMLReport) throws {
    report.section("Images")
    var drawn: [(picture: ReportPicture, caption: String)] = []
    for run in runs {
      let file = run.record.url.appendingPathComponent(DistillationRun.pictureName)
      guard FileManager.default.fileExists(atPath: file.path) else { continue }
      drawn.append(
        (
          try ReportPicture(reading: file, description: "the images of \(run.name), a row a class"),
          "\(run.name): \(run.recipe.method.name), \(run.recipe.ipc) a class"
        ))
    }
    if drawn.isEmpty { report.paragraph("No run has ended yet.") } else { report.figures(drawn) }
  }

  private static func curves(_ runs: [Run], _ figures: URL, _ report: inout HTMLReport) throws {
    var drawn: [(picture: ReportPicture, caption: String)] = []
    for (key, label, isLogarithmic) in [("loss", "loss", true), ("stepSize", "step size", false)] {
      let series = runs.enumerated().compactMap { index, run -> LineChart.Series? in
        let points = run.lines.compactMap { line in line.values[key].map { (Double(line.step), $0) } }
        guard !points.isEmpty else { return nil }
        return LineChart.Series(
          runs.count == 1 ? "" : run.name, x: points.map(\.0), y: points.map(\.1), color: index)
      }
      guard !series.isEmpty else { continue }
      let chart = LineChart(
        x: Axis("iteration", isWhole: true), y: Axis(label, isLogarithmic: isLogarithmic), series: series)
      let caption =
        key == "loss"
        ? "What each method makes small, by iteration (methods' losses differ in kind)"
        : "The step size that is learned with the images"
      drawn.append(
        (try chart.draw("distillation-\(key)", in: figures).picture("\(label) by iteration"), caption))
    }
    guard !drawn.isEmpty else { return }
    report.section("Course")
    report.figures(drawn)
  }

  private static func errors(_ runs: [Run], _ figures: URL, _ report: inout HTMLReport) throws {
    let measured = runs.enumerated().compactMap { index, run in run.error.map { (index, run.name, $0) } }
    guard !measured.isEmpty else { return }
    report.section("Accumulated trajectory error")
    report.paragraph(
      "A student that is trained on the images from the expert's first weights on, beside the expert: test loss of the one "
        + "less that of the other (lines), and of students that set out from the expert anew in every segment (dashed)."
    )
    func chart(
      _ label: String,
      _ kinds: [(KeyPath<TrajectoryErrorMeasurement.Course, [Double]>, LineChart.Series.Style)]
    )
      -> LineChart
    {
      LineChart(
        x: Axis("epochs of the expert", isWhole: true), y: Axis(label),
        series: measured.flatMap { index, name, answer in
          kinds.map { path, style in
            let places = answer.epochs.indices
            let values = places.map { place in answer.courses.map { $0[keyPath: path][place] } }
            let means = values.map { $0.reduce(0, +) / Double($0.count) }
            let deviations = zip(values, means).map { all, mean in
              all.count > 1
                ? (all.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(all.count - 1)).squareRoot() : 0
            }
            return LineChart.Series(
              style == .dashed ? "\(name), restarted" : name, x: answer.epochs.map(Double.init), y: means,
              deviation: style == .dashed ? [] : deviations, style: style, color: index)
          }
        })
    }
    report.figures([
      (
        try chart("test loss above the expert's", [(\.accumulated, .linePoints), (\.matching, .dashed)])
          .draw("accumulated-error", in: figures).picture("the accumulated error in test loss by epoch"),
        "In test loss; bands are a standard deviation over experts"
      ),
      (
        try chart("distance over the expert's way", [(\.distance, .linePoints)])
          .draw("accumulated-distance", in: figures).picture("the distance to the expert by epoch"),
        "In weights: how far from the expert, in units of how far the expert has come"
      ),
    ])
  }

  private static func searches(_ runs: [Run], _ figures: URL, _ report: inout HTMLReport) throws {
    let done = runs.filter { !$0.search.architectures.isEmpty }
    guard !done.isEmpty else { return }
    report.section("Ranking of architectures")
    let keys = ["top5", "top10", "top20", "all"]
    var table = ReportTable(
      [.text("run"), .number("architectures", .fixed(0))]
        + ["best 5", "best 10", "best 20", "all"].map { .number($0, .fixed(2), best: .highest) }
        + [.number("seconds, distilled", .fixed(0)), .number("seconds, real", .fixed(0))],
      caption:
        "Spearman's correlation of the accuracies after training on the distilled set and on real images")
    for run in done {
      table.append(
        [.text(run.name), .number(Double(run.search.architectures.count))]
          + keys.map { run.search.spearman[$0].map { .number($0) } ?? .missing }
          + [.number(run.search.proxySeconds), .number(run.search.realSeconds)])
    }
    report.table(table)
    let chart = LineChart(
      x: Axis("accuracy, trained on real images"), y: Axis("accuracy, trained on the distilled set"),
      series: done.map { run in
        .init(
          done.count == 1 ? "" : run.name, x: run.search.architectures.map(\.real),
          y: run.search.architectures.map(\.proxy), style: .points)
      })
    report.figure(
      try chart.draw("architectures", in: figures).picture("accuracies of architectures on both"),
      caption: "A mark an architecture")
  }
}
