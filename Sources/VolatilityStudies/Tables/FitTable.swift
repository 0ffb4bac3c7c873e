import Reports
import Volatility

extension CovarianceChoice {
  /// - Parameter seed: of the bootstrap.
  public func kind(seed: UInt64 = 0) -> CovarianceKind {
    switch self {
    case .robust: .robust
    case .hessian: .hessian
    case .opg: .opg
    case .hac(let lags): .hac(lags: lags)
    case .bootstrap(let replications): .bootstrap(replications: replications, seed: seed)
    }
  }
}

extension CovarianceKind {
  /// For notes below tables.
  public var title: String {
    switch self {
    case .robust: CovarianceChoice.robust.title
    case .hessian: CovarianceChoice.hessian.title
    case .opg: CovarianceChoice.opg.title
    case .hac(let lags): CovarianceChoice.hac(lags: lags).title
    case .bootstrap(let replications, _): CovarianceChoice.bootstrap(replications: replications).title
    }
  }
}

extension VolatilityFit {
  /// For ``EstimateTable`` and ``ModelsTable``.
  public func parameterRows(confidence: Double = 0.95) -> [ParameterRow] {
    parameters.map { one in
      ParameterRow(
        one.name, one.value, standardError: one.standardError, t: one.t, p: one.pValue,
        interval: one.interval(confidence), isOnBound: one.isOnBound, isFixed: one.isFixed)
    }
  }

  /// Log-likelihood, criteria, persistence, observations.
  public var figures: [ModelFigure] {
    var found = [
      ModelFigure("Log-likelihood", logLikelihood, .fixed(3)), ModelFigure("AIC", aic, .fixed(2)),
      ModelFigure("BIC", bic, .fixed(2)),
    ]
    if let persistence { found.append(ModelFigure("Persistence", persistence, .fixed(4))) }
    if let variance = unconditionalVariance {
      found.append(ModelFigure("Unconditional variance", variance, .significant(4)))
    }
    return found + [.count("Observations", observations)]
  }

  /// The model by itself.
  public func table(title: String, style: TableStyle = TableStyle()) -> ReportTable {
    let kind = covarianceKind.title
    var notes = ["\(kind.prefix(1).uppercased())\(kind.dropFirst()). The search ended: \(status)."]
    if parameters.contains(where: { $0.isNonNegative && $0.pValue != nil }) {
      notes.append("p-values of parameters that cannot be negative have one side.")
    }
    return EstimateTable(
      title, parameterRows(confidence: style.confidence), figures: figures, notes: notes
    ).table(style)
  }

  /// For a table of several.
  public func column(_ title: String) -> ModelsTable.Column {
    ModelsTable.Column(title, parameterRows(), figures: figures)
  }
}
