import Foundation
import Testing

@testable import Volatility

/// Health care returns of 2020 with dispersion and search index in the variance.
@Suite(.enabled(if: FinanceData.isPresent, "needs finance/*.csv in $SALAR_DATA or ../shared/data"))
struct PanelFitTests {
  static let panel = (try? FinanceData.columns("panel_health_energy_2020.csv")) ?? [:]

  /// Estimates of a likelihood differentiated with JAX, robust standard errors in the last list.
  @Test func table() throws {
    struct Row {
      let model: VolatilityModel
      let logLikelihood: Double
      let values: [Double]
      var errors: [String: Double] = [:]
      var count = 106
    }
    let drivers = [Regressor("csadHC"), Regressor("GIs")]
    let lagged = drivers.map { Regressor($0.name, timing: .lagged(1)) }
    let rows = [
      Row(
        model: VolatilityModel(initialisation: .sampleVariance), logLikelihood: -213.023488,
        values: [0.082956, 0.260681, 0.371452, 0.583431]),
      Row(
        model: VolatilityModel(variance: .egarch(p: 1, q: 1), initialisation: .sampleVariance),
        logLikelihood: -212.261833, values: [-0.037585, 0.065632, 0.344256, -0.295571, 0.940995]),
      Row(
        model: VolatilityModel(regressors: drivers, initialisation: .sampleVariance),
        logLikelihood: -204.303152, values: [0.142461, 0, 0.263235, 0.261732, 0.069630, 7.462607],
        errors: ["phi[csadHC]": 0.0460, "phi[GIs]": 4.0728]),
      Row(
        model: VolatilityModel(regressors: lagged, initialisation: .sampleVariance),
        logLikelihood: -207.519843, values: [0.127837, 0, 0.160788, 0.021535, 0.133999, 14.515812],
        errors: ["phi[csadHC]": 0.0672, "phi[GIs]": 5.7874], count: 105),
    ]
    for row in rows {
      let fit = try row.model.fit(Self.panel["rHC"]!, regressors: Self.panel)
      #expect(fit.observations == row.count)
      #expect(fit.status.hasConverged)
      #expect(abs(fit.logLikelihood - row.logLikelihood) < 6e-7, "\(fit.logLikelihood)")
      for (one, value) in zip(fit.parameters, row.values) {
        #expect(abs(one.value - value) < 6e-7, "\(one.name): \(one.value)")
      }
      for (name, error) in row.errors {
        #expect(abs(try #require(fit[name]?.standardError) - error) < 6e-5)
      }
    }
  }

  @Test func omegaOnItsBound() throws {
    let model = VolatilityModel(
      regressors: [Regressor("csadHC"), Regressor("GIs")], initialisation: .sampleVariance)
    let fit = try model.fit(Self.panel["rHC"]!, regressors: Self.panel)
    #expect(fit.status == .convergedOnBound(["omega = 0"]))
    let omega = try #require(fit["omega"])
    #expect(omega.value == 0 && omega.isOnBound && omega.standardError == nil && omega.pValue == 1)
    #expect(!fit.covarianceNames.contains("omega"))
    let phi = try #require(fit["phi[GIs]"])
    let t = try #require(phi.t)
    // One-sided: half of what two sides would say.
    #expect(
      close(try #require(phi.pValue), ReferenceDistribution.normal.probability(above: t), 1e-12))
    #expect(try #require(phi.interval(0.95)).lowerBound >= 0)
    #expect(fit.warnings.contains { $0.contains("'omega'") })
  }

  /// A driver in other units changes its coefficient and nothing else.
  @Test func unitsOfRegressors() throws {
    for form in [Regressor.VarianceForm.additive, .additiveOnSample, .exponential] {
      for variance in [VarianceModel.garch(p: 1, q: 1), .egarch(p: 1, q: 1)] {
        let model = VolatilityModel(
          variance: variance,
          regressors: [Regressor("csadHC", in: .variance(form)), Regressor("GI", in: .variance(form))])
        let fit = try model.fit(Self.panel["rHC"]!, regressors: Self.panel)
        var other = Self.panel
        other["GI"] = Self.panel["GI"]!.map { 1000 * $0 }
        let again = try model.fit(Self.panel["rHC"]!, regressors: other)
        #expect(close(fit.logLikelihood, again.logLikelihood, 1e-9))
        for (a, b) in zip(fit.parameters, again.parameters) {
          let factor: Double = a.name == "phi[GI]" ? 1000 : 1
          #expect(
            close(a.value, b.value * factor, 1e-5), "\(form) \(a.name): \(a.value), \(b.value * factor)")
        }
      }
    }
  }

  /// With coefficients of either sign ln L can only be higher, and intercepts stay positive.
  @Test func positivityOnTheSample() throws {
    let forms = [Regressor.VarianceForm.additive, .additiveOnSample].map { form in
      VolatilityModel(
        regressors: [Regressor("csadHC", in: .variance(form)), Regressor("GIs", in: .variance(form))],
        initialisation: .sampleVariance)
    }
    let bounded = try forms[0].fit(Self.panel["rHC"]!, regressors: Self.panel)
    let free = try forms[1].fit(Self.panel["rHC"]!, regressors: Self.panel)
    #expect(free.logLikelihood > bounded.logLikelihood + 0.5)
    let values = free.parameterValues
    let intercepts = zip(Self.panel["csadHC"]!, Self.panel["GIs"]!).map {
      values["omega"]! + values["phi[csadHC]"]! * $0 + values["phi[GIs]"]! * $1
    }
    #expect(intercepts.min()! > -1e-10)
    #expect(intercepts.min()! < 1e-8)
  }
}
