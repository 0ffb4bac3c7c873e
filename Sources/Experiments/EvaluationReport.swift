import Command
import Data
import Foundation
import Reports
import Training

/// One HTML page about a network on a data set.
public enum EvaluationReport {
  /// - Parameters:
  ///   - conditions: names and values of how it was evaluated.
  ///   - page: the file to write; figures with their scripts and data go to `figures` beside it.
  /// - Throws: ``CommandError`` for a page that cannot be written.
  public static func write(
    _ result: Evaluation, of model: SavedModel, named name: String, on data: DataSet,
    conditions: [(String, String)], to page: URL
  ) throws {
    let figures = try HTMLReport.figuresFolder(beside: page)
    var report = HTMLReport(
      title: name, subtitle: "\(model.card.network.name) on \(data.name) (\(data.split))",
      footer: "Salar \(ProgramVersion.text)")
    report.section("Results")
    var table = ReportTable([
      .number("images", .fixed(0)), .number("accuracy", .percent(2)), .number("top 5", .percent(2)),
      .number("loss", .significant(4)), .number("calibration error", .significant(3)),
    ])
    table.append([
      .number(Double(result.count)), .number(result.accuracy), .number(result.top5), .number(result.loss),
      .number(result.ece),
    ])
    report.table(table)
    let sections = ClassificationSections(
      name: nil, classNames: model.card.classNames, confusion: result.confusion)
    try sections.classes(figures, &report)
    sections.predictions(result.samples, of: data, &report)
    report.section("Settings")
    report.settings(conditions + [("network", model.card.network.name)] + settings(model.card.network))
    try report.write(to: page)
  }

  private static func settings(_ network: NetworkChoice) -> [(String, String)] {
    guard case .object(let members) = network.settings else { return [] }
    return members.sorted { $0.key < $1.key }.map { ($0.key, "\($0.value)") }
  }
}

extension HTMLReport {
  /// Where the figures of a page go, made if need be.
  static func figuresFolder(beside page: URL) throws(CommandError) -> URL {
    let figures = page.deletingLastPathComponent().appendingPathComponent("figures")
    do {
      try FileManager.default.createDirectory(at: figures, withIntermediateDirectories: true)
    } catch {
      throw CommandError("\(figures.path): cannot be made: \(error.localizedDescription)")
    }
    return figures
  }
}
