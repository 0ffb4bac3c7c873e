import ArgumentParser
import Command
import Experiments
import Foundation

/// `salar report`
struct ReportCommand: TensorCommand {
  static let configuration = CommandConfiguration(
    commandName: "report",
    abstract: "One HTML page about training runs, or about distillations: results, curves, images, settings.",
    discussion: "Example: salar report runs/first runs/second --out report.html")

  @Argument(help: "Folders of training runs, or of distillations.")
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
    let distillations = folders.filter(DistillationReport.isFor)
    guard distillations.isEmpty || distillations.count == folders.count else {
      throw CommandError(
        "\(distillations[0].path) is a distillation and others are training runs; a page is about one kind")
    }
    if distillations.isEmpty {
      try TrainingReport.write(folders, to: page)
    } else {
      try DistillationReport.write(folders, to: page)
    }
    if json { return try CommandOutput.json(["files": [page.path]]) }
    try CommandOutput.line(page.path)
  }
}
