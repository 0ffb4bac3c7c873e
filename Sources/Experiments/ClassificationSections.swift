import Data
import Foundation
import Reports
import Training

/// The sections of a page that every classifier has: its classes, and some of what it said.
struct ClassificationSections {
  /// Of what is told about, in titles; nil where the page is about nothing else.
  let name: String?
  /// Of the confusion's figure and its files: letters, digits and dashes of ASCII, like no other's on the page.
  var figureName = "confusion"
  let classNames: [String]
  let confusion: [[Int]]

  private func title(_ title: String) -> String { name.map { "\(title): \($0)" } ?? title }

  private func className(_ index: Int) -> String {
    classNames.indices.contains(index) ? classNames[index] : "\(index)"
  }

  func classes(_ figures: URL, _ report: inout HTMLReport) throws {
    report.section(title("Classes"))
    let names = confusion.indices.map(className)
    var table = ReportTable([
      .text("class"), .number("images", .fixed(0)), .number("recognised", .percent(1)),
      .text("most often taken for"),
    ])
    for (label, row) in confusion.enumerated() {
      let total = row.reduce(0, +)
      let wrong = row.indices.filter { $0 != label && row[$0] > 0 }.max { row[$0] < row[$1] }
      table.append([
        .text(names[label]), .number(Double(total)),
        total == 0 ? .missing : .number(Double(row[label]) / Double(total)),
        .text(wrong.map { "\(names[$0]) (\(row[$0]))" } ?? "–"),
      ])
    }
    // Beyond this cells are too small for their numbers, and axes for the classes' names.
    let isSmall = names.count <= 30
    let axis = isSmall ? names : confusion.indices.map(String.init)
    let map = HeatMap(
      xLabel: isSmall ? "taken for" : "taken for (class number)",
      yLabel: isSmall ? "is" : "is (class number)",
      columns: axis, rows: axis, values: confusion.map { $0.map(Double.init) },
      format: isSmall ? .fixed(0) : nil)
    let side = isSmall ? 180 + 36 * names.count : 720
    let drawn = try map.draw(figureName, in: figures, size: (side, side - 40))
    report.figure(
      try drawn.picture("how often each class was taken for each"), caption: "Confusion on the test images")
    report.table(table)
  }

  /// Images with what they are and what they were taken for; those that cannot be read are left out.
  func predictions(_ samples: SamplePredictions, of data: DataSet, _ report: inout HTMLReport) {
    let right = pictures(samples.right, data) { "\(className($0.label)), \(Self.percent($0.probability))" }
    let wrong = pictures(samples.wrong, data) {
      "\(className($0.label)) taken for \(className($0.predicted)), \(Self.percent($0.probability))"
    }
    guard !right.isEmpty || !wrong.isEmpty else { return }
    report.section(title("Predictions"))
    if !right.isEmpty { report.grid(right, caption: "Right: the first of each class that was recognised") }
    if !wrong.isEmpty { report.grid(wrong, caption: "Wrong: the mistakes it was surest of") }
  }

  private func pictures(
    _ samples: [Prediction], _ data: DataSet, _ caption: (Prediction) -> String
  ) -> [(picture: ReportPicture, caption: String)] {
    samples.compactMap { sample in
      guard sample.index < data.count, let png = try? data.png(sample.index) else { return nil }
      let caption = caption(sample)
      return (ReportPicture(.png, Foundation.Data(png), description: caption), caption)
    }
  }

  private static func percent(_ share: Double) -> String { String(format: "%.1f\u{a0}%%", 100 * share) }
}
