import Reports

/// Models by their likelihood and information criteria.
public enum ComparisonTable {
  public struct Entry: Sendable, Equatable {
    public var title: String
    public var logLikelihood: Double
    public var parameters: Int
    public var observations: Int
    public var aic: Double
    public var bic: Double
    public var hqic: Double
    /// What is odd about it: `not converged`.
    public var remark: String

    public init(
      _ title: String, logLikelihood: Double, parameters: Int, observations: Int, aic: Double, bic: Double,
      hqic: Double, remark: String = ""
    ) {
      self.title = title
      self.logLikelihood = logLikelihood
      self.parameters = parameters
      self.observations = observations
      self.aic = aic
      self.bic = bic
      self.hqic = hqic
      self.remark = remark
    }
  }

  /// The best of each criterion is bold. Models of different samples are told apart below the table, and none is bold then.
  public static func table(_ title: String, _ entries: [Entry]) -> ReportTable {
    let isComparable = Set(entries.map(\.observations)).count <= 1
    let hasRemarks = entries.contains { !$0.remark.isEmpty }
    let best: ReportTable.Best = isComparable ? .lowest : .none
    var table = ReportTable(
      [
        .text("model"), .number("log-likelihood", .fixed(2), best: isComparable ? .highest : .none),
        .number("parameters", .fixed(0)), .number("AIC", .fixed(2), best: best),
        .number("BIC", .fixed(2), best: best), .number("HQIC", .fixed(2), best: best),
        .number("n", .fixed(0)),
      ] + (hasRemarks ? [.text("")] : []), caption: title)
    for entry in entries {
      table.append(
        [
          .text(entry.title), .number(entry.logLikelihood), .number(Double(entry.parameters)),
          .number(entry.aic),
          .number(entry.bic), .number(entry.hqic), .number(Double(entry.observations)),
        ] + (hasRemarks ? [.text(entry.remark)] : []))
    }
    if !isComparable {
      table.notes = [
        "The models were fitted to different numbers of observations: their likelihoods and criteria do not compare."
      ]
    }
    return table
  }
}
