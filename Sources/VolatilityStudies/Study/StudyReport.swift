import Command
import Foundation
import Reports
import Volatility

/// A study as tables, sentences, and one HTML page.
public struct StudyReport: Sendable {
  public let study: SectorStudy

  public init(_ study: SectorStudy) { self.study = study }

  // MARK: Tables

  /// Which claims hold.
  public var claims: ReportTable {
    var table = ReportTable(
      [
        .text("claim"), .text("verdict"), .text("specification"), .number("coefficient", .fixed(4)),
        .number("p", .probability(4)), .text("support"),
      ], caption: "The paper's claims at \(percent(study.settings.level)), by its own specification")
    for claim in study.claims {
      let first = claim.evidence.first
      let supporting = claim.evidence.count { $0.outcome == .supports }
      table.append([
        .text("\(claim.number). \(claim.title)"), .text(claim.verdict.rawValue), .text(first?.label ?? "–"),
        first.map { .number($0.value) } ?? .missing, (first?.p).map { .number($0) } ?? .missing,
        .text("\(supporting) of \(claim.evidence.count)"),
      ])
    }
    return table
  }

  /// Every coefficient that bears on a claim.
  public var evidence: [ReportTable] {
    study.claims.map { claim in
      var table = ReportTable(
        [
          .text("specification"), .number("coefficient", .fixed(4)), .number("std. error", .fixed(4)),
          .number("p", .probability(4)), .text("says"),
        ], caption: "\(claim.number). \(claim.title)")
      for one in claim.evidence {
        table.append([
          .text(one.label), .number(one.value), one.standardError.map { .number($0) } ?? .missing,
          one.p.map { .number($0) } ?? .missing, .text(one.outcome.rawValue),
        ])
      }
      return table
    }
  }

  public var descriptions: ReportTable? {
    guard !study.descriptions.isEmpty else { return nil }
    return DescriptionTable().table("\(study.settings.sector): the series", of: study.descriptions)
  }

  public var herding: [ReportTable] {
    let sectors = [study.settings.sector] + (study.settings.other.map { [$0] } ?? [])
    return sectors.compactMap { name in
      let found = study.herding.filter { $0.sector == name }.map(\.regression)
      guard !found.isEmpty else { return nil }
      return HerdingTable.verdicts("Herding in \(name)", found, level: study.settings.level)
    }
  }

  /// A column a model; those that could not be fitted are left out.
  public func models(_ timing: Regressor.Timing?) -> ReportTable? {
    let found = study.models.filter { one in
      one.fit != nil && (timing == nil) == one.model.regressors.isEmpty
        && (timing == nil || one.timing == timing)
    }
    guard !found.isEmpty else { return nil }
    let when =
      timing.map { $0 == .same ? ", csad and G of the same day" : ", csad and G of the day before" } ?? ""
    return ModelsTable(
      "Volatility of \(study.settings.sector)\(when)", found.map { $0.fit!.column($0.label) },
      notes: [
        "\(CovarianceKind.robust.title). (bound): the parameter is on its bound and has no standard error."
      ]
    ).table()
  }

  /// Tests of the standardised residuals, a column a model.
  public var residuals: ReportTable? {
    let found = study.models.compactMap { one -> ResidualTests? in
      guard let fit = one.fit else { return nil }
      let when = one.model.regressors.isEmpty ? "" : one.timing == .same ? ", same day" : ", day before"
      return ResidualTests(one.label + when, fit)
    }
    guard !found.isEmpty else { return nil }
    return ResidualTests.table("Standardised residuals of the models", found)
  }

  public var volatilityRegressions: ReportTable? {
    guard !study.volatilityRegressions.isEmpty else { return nil }
    return RegressionTable.sideBySide(
      "Measured volatility of \(study.settings.sector)",
      study.volatilityRegressions.map { ($0.label, $0.fit) }, diagnostics: true,
      style: TableStyle(detail: .tStatistic))
  }

  public var returnRegressions: [ReportTable] {
    let sectors = [study.settings.sector] + (study.settings.other.map { [$0] } ?? [])
    return sectors.compactMap { name in
      let found = study.returnRegressions.filter { $0.label == name }
      guard !found.isEmpty else { return nil }
      return RegressionTable.sideBySide(
        "Returns of \(name)", found.enumerated().map { ("(\($0 + 1))", $1.fit) }, diagnostics: true,
        style: TableStyle(detail: .tStatistic))
    }
  }

  /// The parameters that made simulated data beside what was found.
  public var recovery: ReportTable? {
    guard let truth = study.truth,
      let fit = study.models.first(where: { $0.label == "GARCH-X" && $0.timing == .same })?.fit
    else { return nil }
    var table = ReportTable(
      [
        .text("parameter"), .number("truth", .fixed(3)), .number("estimate", .fixed(3)),
        .number("std. error", .fixed(3)), .number("2.5 %", .fixed(3)), .number("97.5 %", .fixed(3)),
        .text("truth inside"),
      ], caption: "What made the data, and what was found")
    for one in fit.parameters {
      guard let value = truth.variance[one.name] else { continue }
      let interval = one.interval()
      table.append([
        .text(one.name), .number(value), .number(one.value),
        one.standardError.map { .number($0) } ?? .missing,
        interval.map { .number($0.lowerBound) } ?? .missing,
        interval.map { .number($0.upperBound) } ?? .missing,
        .text(interval.map { $0.contains(value) ? "yes" : "no" } ?? "–"),
      ])
    }
    return table
  }

  // MARK: Text

  /// What was found, a paragraph a part.
  public var summary: [String] {
    let panel = study.panel
    let days = panel.dates.flatMap { dates in dates.first.map { ($0, dates[dates.count - 1]) } }
    var text = [
      "\(study.settings.sector): \(study.sector.members.members.count) members on \(panel.rows) trading days"
        + (days.map { " from \($0.0) to \($0.1)" } ?? "") + "."
    ]
    text += study.claims.map(\.statement)
    return text
  }

  // MARK: Page

  /// Writes `report.html`, the figures with scripts and data, and each table as CSV and LaTeX.
  ///
  /// - Returns: the page.
  /// - Throws: `CommandError` where the folder cannot be written or gnuplot fails.
  public func write(to folder: String) throws -> URL {
    let place = URL(fileURLWithPath: folder)
    let figures = place.appendingPathComponent("figures")
    let tables = place.appendingPathComponent("tables")
    do {
      for one in [figures, tables] {
        try FileManager.default.createDirectory(at: one, withIntermediateDirectories: true)
      }
    } catch { throw CommandError("\(folder): cannot be made: \(error.localizedDescription)") }
    let page = place.appendingPathComponent("report.html")
    let report = try self.page(figures: figures) { name, table in
      try Data(table.csv.utf8).write(to: tables.appendingPathComponent(name + ".csv"), options: .atomic)
      try Data(table.latex.utf8).write(to: tables.appendingPathComponent(name + ".tex"), options: .atomic)
    }
    try report.write(to: page)
    return page
  }

  private func page(
    figures: URL, save: (String, ReportTable) throws -> Void
  ) throws -> HTMLReport {
    let settings = study.settings
    var report = HTMLReport(
      title: "The volatility of \(settings.sector)", subtitle: summary[0],
      footer: "Salar \(ProgramVersion.text)")
    func add(_ name: String, _ table: ReportTable?) throws {
      guard let table else { return }
      report.table(table)
      try save(name, table)
    }

    report.section("Claims")
    report.paragraph(
      "J. Du, A Research on Cross-sectional Return Dispersion and Volatility of US Stock Market during COVID-19 (arXiv:2007.11546), has four claims. Here they are judged on this data."
    )
    try add("claims", claims)
    report.list(study.claims.map(\.statement))
    if let recovery {
      report.section("Truth")
      report.paragraph(
        "The data are simulated: these parameters made them, in a GARCH-X with same-day regressors.")
      try add("truth", recovery)
    }
    report.details("Every specification") { content in
      for table in evidence { content.table(table) }
    }
    for (k, table) in evidence.enumerated() { try save("claim-\(k + 1)", table) }

    report.section("Series")
    try seriesFigures(figures, &report)
    try add("series", descriptions)

    report.section("Herding")
    try herdingFigures(figures, &report)
    for (k, table) in herding.enumerated() { try add("herding-\(k + 1)", table) }
    if let rolling = study.rollingHerding {
      report.paragraph(rolling.statement(at: settings.level))
      try save("herding-rolling", rolling.table(level: settings.level, rows: .max))
    }
    if let quantile = study.quantileHerding {
      try add(
        "herding-quantiles", RegressionTable.quantiles("CCK at quantiles of the dispersion", quantile.fits))
    }

    report.section("Volatility")
    try volatilityFigures(figures, &report)
    try add("models", models(nil))
    try add("models-same-day", models(.same))
    try add("models-day-before", models(.lagged(1)))
    try add("residuals", residuals)
    try add("volatility-regressions", volatilityRegressions)

    report.section("Returns")
    for (k, table) in returnRegressions.enumerated() { try add("returns-\(k + 1)", table) }

    report.section("Data")
    report.paragraph("What was found in the files, and what was done about it.")
    report.list(study.notes.map(\.text))
    report.settings([
      ("sector", settings.sector), ("other sector", settings.other ?? "–"),
      (
        "window",
        "\(settings.first.map { "\($0)" } ?? "first day") to \(settings.last.map { "\($0)" } ?? "last day")"
      ),
      ("level", "\(settings.level)"),
      ("Newey–West lags", settings.lags.map { "\($0)" } ?? "⌊4(T/100)^(2/9)⌋"),
      ("distribution", settings.distribution.title),
      ("weights", settings.weights.title),
    ])
    return report
  }

  private func seriesFigures(_ figures: URL, _ report: inout HTMLReport) throws {
    let panel = study.panel
    func line(_ name: String, _ title: String, _ axis: String) throws -> (ReportPicture, String)? {
      guard let index = panel.index(name) else { return nil }
      let chart = try TimeFigure(panel.columns[index], dates: panel.dates, axis: axis)
      return (try chart.draw(name, in: figures).picture(title), title)
    }
    let found = try [
      line("csad", "Dispersion of members' returns (CSAD)", "percent"),
      line("G", "Search interest G", "share of its greatest"),
    ].compactMap { $0 }
    if !found.isEmpty { report.figures(found.map { (picture: $0.0, caption: $0.1) }) }
  }

  private func herdingFigures(_ figures: URL, _ report: inout HTMLReport) throws {
    var found: [(picture: ReportPicture, caption: String)] = []
    if let cck = study.herding.first(where: {
      $0.sector == study.settings.sector && $0.regression.form == .cck
    }) {
      let drawn = try DispersionFigure(cck.regression).draw("dispersion", in: figures)
      let caption = "Dispersion against the sector's return, with the fitted CCK curve"
      found.append((try drawn.picture(caption), caption))
    }
    if let rolling = study.rollingHerding, rolling.windows.count > 1 {
      let drawn = try RollingFigure(rolling).draw("rolling-herding", in: figures)
      let caption =
        "The CCK coefficient over windows of \(rolling.windows[0].rows.count) days: herding is below zero"
      found.append((try drawn.picture(caption), caption))
    }
    if !found.isEmpty { report.figures(found) }
  }

  private func volatilityFigures(_ figures: URL, _ report: inout HTMLReport) throws {
    guard let own = study.models.first(where: { $0.label == "GARCH-X" && $0.timing == .same }),
      let fit = own.fit
    else { return }
    let panel = study.panel
    let columns = ["csad", "G"].compactMap { name in panel.index(name).map { (name, panel.columns[$0]) } }
    let drawn = try FitFigures(fit, dates: panel.dates, columns: Dictionary(uniqueKeysWithValues: columns))
    let caption =
      "Returns of \(study.settings.sector) within two conditional standard deviations, GARCH-X of the same day"
    report.figure(try drawn.returns.draw("returns", in: figures).picture(caption), caption: caption)
    let width = 4 * fit.residuals.map { $0 * $0 }.mean.squareRoot()
    var curves: [NewsImpactCurve] = []
    for one in study.models where one.fit != nil && one.timing == .same && !one.model.regressors.isEmpty {
      curves.append(
        try NewsImpactCurve(
          one.fit!, columns: Dictionary(uniqueKeysWithValues: columns), name: one.label, width: width))
    }
    let impact = "The next day's variance after a shock"
    let diagnostics = "Standardised residuals of GARCH-X"
    report.figure(
      try NewsImpactFigure(curves).draw("news-impact", in: figures).picture(impact), caption: impact)
    report.figure(
      try drawn.diagnostics.all.draw("diagnostics", in: figures).picture(diagnostics), caption: diagnostics)
  }
}

extension PortfolioWeights {
  /// For reports.
  public var title: String {
    switch self {
    case .equal: "equal"
    case .fixed: "fixed"
    case .capitalization: "capitalisation of the day before"
    }
  }
}
