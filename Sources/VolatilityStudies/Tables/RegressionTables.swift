import Reports
import Volatility

extension RegressionCovariance {
  /// For notes below tables. `lags` are those that a rule chose.
  func title(lags: Int?) -> String {
    let chosen = lags.map { " with \($0) \($0 == 1 ? "lag" : "lags")" } ?? ""
    return switch self {
    case .classic: "Classic standard errors"
    case .hc0: "White standard errors (HC0)"
    case .hc1: "White standard errors (HC1)"
    case .hc2: "White standard errors (HC2)"
    case .hc3: "White standard errors (HC3)"
    case .hac(_, let smallSample):
      "Newey–West standard errors" + chosen + (smallSample ? ", times T/(T − k)" : "")
    }
  }
}

extension OLS {
  /// For ``EstimateTable`` and ``ModelsTable``.
  public var parameterRows: [ParameterRow] { coefficients.map { ParameterRow($0) } }

  /// R², adjusted R², F, observations.
  public var figures: [ModelFigure] {
    var figures = [ModelFigure("R²", rSquared), ModelFigure("Adjusted R²", adjustedRSquared)]
    if let test = jointTest {
      figures += [
        ModelFigure("F", test.f, .fixed(2)), ModelFigure("p of F", test.pValueOfF, .probability(3)),
      ]
    }
    return figures + [.count("Observations", observations)]
  }

  /// The regression by itself, with Durbin–Watson, the log-likelihood and information criteria.
  ///
  /// - Parameter response: what is explained.
  public func table(response: String, style: TableStyle = TableStyle()) -> ReportTable {
    let more = [
      ModelFigure("Residual std. error", residualStandardError, .significant(4)),
      ModelFigure("Durbin–Watson", durbinWatson), ModelFigure("Log-likelihood", logLikelihood, .fixed(2)),
      ModelFigure("AIC", aic, .fixed(2)), ModelFigure("BIC", bic, .fixed(2)),
    ]
    return EstimateTable(
      "Least squares of \(response)", coefficients.map { ParameterRow($0, confidence: style.confidence) },
      figures: Array(figures.dropLast()) + more + [.count("Observations", observations)],
      notes: [covariance.title(lags: lags) + "."]
    ).table(style)
  }

  /// For a table of several.
  ///
  /// - Parameter diagnostics: whether the rows of ``diagnostics(lags:)`` are there too.
  public func column(_ title: String, diagnostics: Bool = false) -> ModelsTable.Column {
    ModelsTable.Column(
      title, parameterRows,
      figures: [ModelFigure("R²", rSquared), ModelFigure("Adjusted R²", adjustedRSquared)]
        + (diagnostics ? self.diagnostics() : []) + [.count("Observations", observations)])
  }

  /// The largest variance inflation factor (of two regressors or more), Durbin–Watson, and the tests of Breusch and Godfrey
  /// and of Ramsey; those that the sample does not allow are left out.
  public func diagnostics(lags: Int = 5) -> [ModelFigure] {
    var found: [ModelFigure] = []
    let inflation = varianceInflation
    if inflation.count > 1, let largest = inflation.map(\.value).max() {
      found.append(ModelFigure("Largest VIF", largest, .fixed(2)))
    }
    found.append(ModelFigure("Durbin–Watson", durbinWatson, .fixed(2)))
    if let test = try? BreuschGodfrey(self, lags: lags) {
      found += [
        ModelFigure("Breusch–Godfrey (\(lags))", test.statistic, .fixed(2)),
        ModelFigure("p of Breusch–Godfrey", test.pValue, .probability(3)),
      ]
    }
    if let test = try? RESET(self) {
      found += [
        ModelFigure("RESET (F)", test.statistic, .fixed(2)),
        ModelFigure("p of RESET", test.pValue, .probability(3)),
      ]
    }
    return found
  }
}

extension QuantileRegression {
  public func column() -> ModelsTable.Column {
    ModelsTable.Column(
      "τ = \(specificationNumber(quantile))", coefficients.map { ParameterRow($0) },
      figures: [ModelFigure("Pseudo-R²", pseudoRSquared), .count("Observations", observations)])
  }

  var errorTitle: String {
    switch covariance {
    case .robust: "Standard errors for heteroskedastic errors, by a kernel estimate of the sparsity"
    case .iid: "Standard errors for identically distributed errors"
    case .powell: "Powell's kernel standard errors"
    case .bootstrap(let draws, _): "Bootstrap standard errors of \(draws) draws"
    }
  }

  public func table(response: String, style: TableStyle = TableStyle()) -> ReportTable {
    var notes = [errorTitle + "."]
    if !isUnique {
      notes.append("Other coefficients have the same objective: these are one of many solutions.")
    }
    return EstimateTable(
      "Quantile regression of \(response) at τ = \(specificationNumber(quantile))",
      coefficients.map { ParameterRow($0, confidence: style.confidence) },
      figures: [
        ModelFigure("Pseudo-R²", pseudoRSquared), ModelFigure("Objective", objective, .significant(5)),
        .count("Observations", observations),
      ],
      notes: notes
    ).table(style)
  }
}

/// Regressions beside each other.
public enum RegressionTable {
  /// - Parameters:
  ///   - fits: a title each.
  ///   - diagnostics: whether ``OLS/diagnostics(lags:)`` follow R².
  public static func sideBySide(
    _ title: String, _ fits: [(title: String, fit: OLS)], diagnostics: Bool = false,
    style: TableStyle = TableStyle()
  ) -> ReportTable {
    ModelsTable(
      title, fits.map { $0.fit.column($0.title, diagnostics: diagnostics) },
      notes: sentences(fits.map { ($0.title, $0.fit.covariance.title(lags: $0.fit.lags)) })
    ).table(style)
  }

  /// One regression at several quantiles.
  public static func quantiles(
    _ title: String, _ fits: [QuantileRegression], style: TableStyle = TableStyle()
  ) -> ReportTable {
    ModelsTable(
      title, fits.map { $0.column() },
      notes: sentences(fits.map { ("τ = \(specificationNumber($0.quantile))", $0.errorTitle) })
    ).table(style)
  }

  /// One sentence where all agree, else one each.
  static func sentences(_ all: [(title: String, text: String)]) -> [String] {
    let texts = Set(all.map(\.text))
    if texts.count == 1 { return [all[0].text + "."] }
    return texts.isEmpty ? [] : [all.map { "\($0.title): \($0.text)" }.joined(separator: "; ") + "."]
  }
}
