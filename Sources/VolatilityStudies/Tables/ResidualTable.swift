import Reports
import Volatility

/// What fitted models leave in their standardised residuals z: tests that should not reject.
public struct ResidualTests: Sendable {
  public let model: String
  /// Ljung–Box of z and of z², ARCH-LM of z, the joint sign bias test; those that the series does not allow are missing.
  public let tests: [(row: String, test: any HypothesisTest)]

  /// - Parameters:
  ///   - lags: of the Ljung–Box tests. Coefficients of an ARMA mean are taken from the degrees of freedom of the first.
  ///   - archLags: of ARCH-LM.
  public init(_ model: String, _ fit: VolatilityFit, lags: Int = 10, archLags: Int = 5) {
    self.model = model
    let z = fit.standardizedResiduals
    let mean = fit.model.mean
    let estimated = mean.autoregressiveLags + mean.movingAverageLags
    let made: [(String, () throws -> any HypothesisTest)] = [
      ("Ljung–Box (\(lags)) of z", { try LjungBox(z, lags: lags, modelParameters: estimated) }),
      ("Ljung–Box (\(lags)) of z²", { try LjungBox(z, lags: lags, squared: true) }),
      ("ARCH-LM (\(archLags)) of z", { try ARCHLM(z, lags: archLags) }),
      ("Sign bias (joint)", { try SignBias(standardized: z, shocks: fit.residuals) }),
    ]
    tests = made.compactMap { row, make in (try? make()).map { (row, $0) } }
  }

  /// A column a model: statistics with p-values below.
  public static func table(_ title: String, _ models: [ResidualTests]) -> ReportTable {
    var table = ReportTable([.text("")] + models.map { .number($0.model, .fixed(2)) }, caption: title)
    for name in ModelsTable.merged(models.map { $0.tests.map(\.row) }) {
      let found = models.map { one in one.tests.first { $0.row == name }?.test }
      table.append([.text(name)] + found.map { $0.map { .estimate($0.statistic) } ?? .missing })
      table.append(
        [.text("")] + found.map { $0.map { .parenthesised($0.pValue, .probability(3)) } ?? .text("") })
    }
    table.notes = [
      "p-values in parentheses. z are residuals over conditional standard deviations; what is left in them, a model has missed."
    ]
    return table
  }
}
