import ArgumentParser
import Command
import Experiments
import Foundation

/// `salar report`
struct ReportCommand: TensorCommand {
  static let configuration = CommandConfiguration(
    commandName: "report", abstract: "One HTML page about training runs: results, curves, classes, settings.",
    discussion: "Example: salar report runs/first runs/second --out report.html")

  @Argument(help: "Folders of training runs.")
  var runs: [String]

  @Option(help: "The page; RUN/report.html if not given for one run.")
  var out: String?

  @Flag(help: "One JSON document that names the page.")
  var json = false

  func work() throws {
    let folders = runs.map { URL(fileURLWithPath: $0) }
    guard
      let page = out.map({ URL(fileURLWithPath: $0) })
        ?? (folders.count == 1 ? folders[0].appendingPathComponent("report.html") : nil)
    else { throw ValidationError("--out is missing: a page about several runs belongs to none of them") }
    try TrainingReport.write(folders, to: page)
    if json { return try CommandOutput.json(["files": [page.path]]) }
    try CommandOutput.line(page.path)
  }
}
