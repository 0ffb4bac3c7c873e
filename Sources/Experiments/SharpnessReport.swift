import Command
import Foundation
import Reports
import Sharpness

/// One HTML page about the flatness of one or several models, on the same axes and scale.
public struct SharpnessReport {
  /// A model with what was measured of it.
  public struct Subject {
    public var name: String
    public var result: SharpnessResult
    /// On the test split, where its run says so.
    public var accuracy: Double?
    /// What was measured of the points that its run kept on the way, by epochs of training.
    public var course: [(epochs: Int, result: SharpnessResult)]

    public init(
      name: String, result: SharpnessResult, accuracy: Double?,
      course: [(epochs: Int, result: SharpnessResult)]
    ) {
      self.name = name
      self.result = result
      self.accuracy = accuracy
      self.course = course
    }
  }

  let subjects: [Subject]
  let settings: SharpnessSettings

  public init(_ subjects: [Subject], _ settings: SharpnessSettings) {
    precondition(!subjects.isEmpty, "a page about nothing")
    self.subjects = subjects
    self.settings = settings
  }

  /// - Parameter page: the file to write; figures with their scripts and data go to `figures` beside it.
  /// - Throws: ``CommandError`` for a page that cannot be written.
  public func write(to page: URL) throws {
    let figures = try HTMLReport.figuresFolder(beside: page)
    let first = subjects[0].result
    var report = HTMLReport(
      title: subjects.count == 1 ? "Flatness of \(subjects[0].name)" : "Flatness of \(subjects.count) models",
      subtitle: "\(first.samples) samples of \(first.data), in evaluation mode, without augmentation",
      footer: "Salar \(ProgramVersion.text)")
    if let other = subjects.first(where: { $0.result.data != first.data }) {
      report.callout(
        .warning,
        "\(other.name) was measured on \(other.result.data), \(subjects[0].name) on \(first.data): their numbers are of different things."
      )
    }
    report.section("Measures")
    report.table(measures())
    for subject in subjects where !subject.result.isConverged {
      report.callout(
        .warning,
        "\(subject.name): the eigenvalues had not converged after \(settings.products) products; raise --products."
      )
    }
    report.details("What they are") { content in
      content.list([
        "λ₁, λ₂, …: the largest eigenvalues of the Hessian of the mean loss. The trace is their sum over all directions, with the standard error of its estimate.",
        "SAM: how far the loss rises a step of length ρ = \(settings.rho) along the gradient. PGA: the greatest rise found by ascent within that radius.",
        "Keskar: 100 (max L − L) / (1 + L) in a box of \(settings.epsilon) (|w| + 1) around each weight.",
      ])
    }
    try spectrum(figures, &report)
    try landscape(figures, &report)
    try course(figures, &report)
    report.section("Settings")
    report.settings([
      (
        "samples",
        "\(settings.samples)" + (settings.sampleSeed.map { ", drawn by seed \($0)" } ?? ", the first")
      ),
      ("eigenvalues", "\(settings.top)"), ("ρ", "\(settings.rho)"),
      ("tolerance", "\(settings.tolerance)"), ("Lanczos steps of the density", "\(settings.density)"),
      ("line", "\(settings.line)"), ("plane", "\(settings.plane)²"), ("reach", "\(settings.reach)"),
      ("seed", "\(settings.seed)"),
    ])
    try report.write(to: page)
  }

  /// The table of measures.
  public func measures() -> ReportTable {
    var columns: [ReportTable.Column] = [
      .text("model"), .number("loss", .significant(4)), .number("λ₁", .significant(4), best: .lowest),
    ]
    let last = subjects.map(\.result.hessianEigenvalues.count).min() ?? 0
    if last > 1 { columns.append(.number("λ₁/λ\(Self.subscripted(last))", .significant(3))) }
    columns += [
      .number("trace", .significant(4), best: .lowest), .number("± error", .significant(2)),
      .number("SAM", .significant(3), best: .lowest), .number("PGA", .significant(3), best: .lowest),
      .number("Keskar", .significant(3), best: .lowest),
    ]
    let hasAccuracy = subjects.contains { $0.accuracy != nil }
    if hasAccuracy { columns.append(.number("test accuracy", .percent(2), best: .highest)) }
    var table = ReportTable(columns)
    for subject in subjects {
      let result = subject.result
      var cells: [ReportTable.Cell] = [
        .text(subject.name), .number(result.loss), .number(result.hessianEigenvalues[0]),
      ]
      if last > 1 {
        cells.append(.number(result.hessianEigenvalues[0] / result.hessianEigenvalues[last - 1]))
      }
      cells += [
        .number(result.hessianTrace), .number(result.hessianTraceError), .number(result.samSharpness),
        result.pgaSharpness.map { .number($0) } ?? .missing,
        result.keskarSharpness.map { .number($0) } ?? .missing,
      ]
      if hasAccuracy { cells.append(subject.accuracy.map { .number($0) } ?? .missing) }
      table.append(cells)
    }
    return table
  }

  private static func subscripted(_ number: Int) -> String {
    String(String(number).map { Character(UnicodeScalar(0x2080 + UInt32($0.wholeNumberValue ?? 0))!) })
  }

  // MARK: Figures

  private func spectrum(_ figures: URL, _ report: inout HTMLReport) throws {
    report.section("Spectrum")
    let most = subjects.map(\.result.hessianEigenvalues.count).max() ?? 0
    let bars = BarChart(
      y: Axis("eigenvalue"), categories: (1...most).map { "λ\(Self.subscripted($0))" },
      groups: subjects.map { subject in
        let values = subject.result.hessianEigenvalues
        return .init(
          subjects.count == 1 ? "" : subject.name, values + Array(repeating: .nan, count: most - values.count)
        )
      })
    var drawn = [
      (
        picture: try bars.draw("eigenvalues", in: figures).picture("the largest eigenvalues of the Hessian"),
        caption: "The largest eigenvalues of the Hessian"
      )
    ]
    let densities = subjects.compactMap { subject in subject.result.density.map { (subject.name, $0) } }
    if !densities.isEmpty {
      let low = densities.map(\.1.range.lowerBound).min()!
      let high = densities.map(\.1.range.upperBound).max()!
      let margin = max(0.05 * (high - low), 0.01)
      let grid = (0...1_000).map { low - margin + (high - low + 2 * margin) * Double($0) / 1_000 }
      let curves = densities.map { name, density in
        // Peaks are narrower than the grid's steps.
        let width = density.variance.squareRoot()
        let peaks = density.nodes.flatMap { node in
          stride(from: -4, through: 4, by: 0.5).map { node + $0 * width }
        }
        let places = (grid + peaks).sorted()
        return (name, places, density.density(at: places).map { max($0, 1e-6) })
      }
      let top = max(1e2, curves.flatMap(\.2).max() ?? 0)
      let chart = LineChart(
        x: Axis("eigenvalue"), y: Axis("density", isLogarithmic: true, range: 1e-6...top),
        series: curves.map { name, places, values in
          .init(subjects.count == 1 ? "" : name, x: places, y: values)
        })
      drawn.append(
        (
          try chart.draw("density", in: figures).picture("the density of the Hessian's eigenvalues"),
          "How all eigenvalues are spread, by Lanczos quadrature"
        ))
    }
    report.figures(drawn)
  }

  private func landscape(_ figures: URL, _ report: inout HTMLReport) throws {
    let seen = subjects.compactMap { subject in subject.result.landscape.map { (subject.name, $0) } }
    guard !seen.isEmpty else { return }
    report.section("Landscape")
    report.paragraph(
      "The loss along one random direction and over the plane of two, each filter as long as that of the weights. "
        + (seen.count > 1 ? "All models on the same axes, levels and scale." : ""))
    let line = LineChart(
      x: Axis("steps along the direction"), y: Axis("loss", isLogarithmic: true),
      series: seen.map { name, landscape in
        .init(seen.count == 1 ? "" : name, x: landscape.line, y: landscape.lineLosses)
      })
    report.figure(
      try line.draw("landscape-line", in: figures).picture("the loss along a random direction"),
      caption: "The loss along a random direction")
    let planes = seen.filter { !$0.1.planeLosses.isEmpty }
    guard !planes.isEmpty else { return }
    let losses = planes.flatMap { $0.1.planeLosses.flatMap { $0 } }.filter { $0.isFinite && $0 > 0 }
    let levels = ContourMap.levels(over: losses)
    let range = losses.isEmpty || losses.min()! == losses.max()! ? nil : losses.min()!...losses.max()!
    var drawn: [(picture: ReportPicture, caption: String)] = []
    for (index, (name, landscape)) in planes.enumerated() {
      let contour = ContourMap(
        title: name, x: landscape.plane, y: landscape.plane, values: landscape.planeLosses, levels: levels,
        mark: (0, 0))
      let surface = SurfaceChart(
        title: name, z: Axis("loss", isLogarithmic: true, range: range), x: landscape.plane,
        y: landscape.plane, values: landscape.planeLosses)
      drawn += [
        (
          try contour.draw("contour-\(index + 1)", in: figures).picture("lines of equal loss around \(name)"),
          "Lines of equal loss around \(name), which the cross marks"
        ),
        (
          try surface.draw("surface-\(index + 1)", in: figures).picture(
            "the loss around \(name) as a surface"),
          "The same as a surface, with a logarithmic height"
        ),
      ]
    }
    report.figures(drawn)
  }

  private func course(_ figures: URL, _ report: inout HTMLReport) throws {
    let tracked = subjects.filter { $0.course.count > 1 }
    guard !tracked.isEmpty else { return }
    report.section("Over training")
    let charts: [(String, String, (SharpnessResult) -> Double)] = [
      ("eigenvalue", "λ₁", { $0.hessianEigenvalues[0] }), ("trace", "trace", \.hessianTrace),
      ("sam", "SAM sharpness", \.samSharpness), ("loss", "loss", \.loss),
    ]
    report.figures(
      try charts.map { name, label, value in
        let chart = LineChart(
          x: Axis("epoch", isWhole: true), y: Axis(label),
          series: tracked.map { subject in
            .init(
              subjects.count == 1 ? "" : subject.name, x: subject.course.map { Double($0.epochs) },
              y: subject.course.map { value($0.result) }, style: .linePoints)
          })
        return (
          try chart.draw("course-\(name)", in: figures).picture("\(label) over training"),
          "\(label) of the points that were kept"
        )
      })
  }
}
