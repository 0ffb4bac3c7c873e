import Reports
import Volatility

extension HerdingRegression.Form {
  public var title: String {
    switch self {
    case .christieHuang(let tail): "Christie–Huang \(percent(tail))"
    case .cck: "CCK"
    case .asymmetricCCK: "Asymmetric CCK"
    case .stateDependentCCK(let state): "CCK by \(state)"
    }
  }
}

extension HerdingVerdict {
  public var title: String {
    switch self {
    case .herding: "herding"
    case .antiHerding: "no herding, the contrary"
    case .noEvidence: "no evidence"
    }
  }
}

/// Herding regressions beside each other, and what their terms say.
public enum HerdingTable {
  /// A column a regression, with R² and the p-value of equal terms on both sides where there is one.
  ///
  /// - Parameter titles: one a regression; nil: the names of the forms.
  public static func coefficients(
    _ title: String, _ regressions: [HerdingRegression], titles: [String]? = nil,
    style: TableStyle = TableStyle(detail: .tStatistic)
  ) -> ReportTable {
    precondition(titles == nil || titles?.count == regressions.count, "a title a regression")
    let names = titles ?? regressions.map(\.form.title)
    let columns = zip(names, regressions).map { name, one in
      var column = one.fit.column(name)
      if let symmetry = one.symmetry {
        column.figures.insert(ModelFigure("p of symmetry", symmetry.pValue, .probability(3)), at: 2)
      }
      return column
    }
    return ModelsTable(
      title, columns,
      notes: RegressionTable.sentences(
        zip(names, regressions).map { ($0, $1.fit.covariance.title(lags: $1.fit.lags)) })
    ).table(style)
  }

  /// A row for each term that herding makes negative, with its verdict at a level.
  public static func verdicts(
    _ title: String, _ regressions: [HerdingRegression], titles: [String]? = nil, level: Double = 0.05
  ) -> ReportTable {
    precondition(titles == nil || titles?.count == regressions.count, "a title a regression")
    let names = titles ?? regressions.map(\.form.title)
    let digits = TableStyle().decimals(
      regressions.flatMap(\.terms).map { ParameterRow($0.coefficient) })
    var table = ReportTable(
      [
        .text("regression"), .text("state"), .number("coefficient", .fixed(digits)), .number("t", .fixed(2)),
        .number("p", .probability(3)), .text("verdict at \(percent(level))"),
      ], caption: title)
    for (name, one) in zip(names, regressions) {
      for (place, term) in one.terms.enumerated() {
        let c = term.coefficient
        table.append([
          .text(place == 0 ? name : ""), .text(term.state), .number(c.value), .number(c.t), .number(c.p),
          .text(term.verdict(at: level).title),
        ])
      }
    }
    table.notes = ["Herding makes the coefficient negative."]
    return table
  }
}

extension RollingHerding {
  /// A row a window, at most so many, evenly chosen; the last is among them.
  public func table(level: Double = 0.05, rows most: Int = 30) -> ReportTable {
    var table = ReportTable(
      [
        .text("window ends"), .number("c of market²", .fixed(6)), .number("t", .fixed(2)),
        .number("p", .probability(3)),
        .text("verdict at \(percent(level))"),
      ], caption: "Herding over \(windows.count) windows of \(windows[0].rows.count) days")
    let count = min(most, windows.count)
    var shown: [Int] = []
    for k in 0..<count {
      let place = count == 1 ? windows.count - 1 : k * (windows.count - 1) / (count - 1)
      if shown.last != place { shown.append(place) }
    }
    for place in shown {
      let c = windows[place].term.coefficient
      table.append([
        .text(windows[place].end), .number(c.value), .number(c.t), .number(c.p),
        .text(windows[place].term.verdict(at: level).title),
      ])
    }
    if shown.count < windows.count {
      table.notes = ["\(shown.count) of \(windows.count) windows, evenly chosen."]
    }
    return table
  }
}
