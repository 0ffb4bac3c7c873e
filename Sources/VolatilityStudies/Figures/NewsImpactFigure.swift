import Reports
import Volatility

/// Next period's variance by this period's shock, the variance before at its average (Engle and Ng 1993).
public struct NewsImpactCurve: Sendable, Equatable {
  public var name: String
  /// ε, in the unit of returns.
  public var shocks: [Double]
  /// σ² after each.
  public var variance: [Double]

  public init(_ name: String, shocks: [Double], variance: [Double]) {
    self.name = name
    self.shocks = shocks
    self.variance = variance
  }

  /// Of a model at given parameters, from its own recursion.
  ///
  /// - Parameters:
  ///   - parameters: a value for each of the model's.
  ///   - before: σ² before the shock, usually the unconditional or the sample variance.
  ///   - shocks: finite.
  ///   - regressors: at which value each regressor of the variance is held, by name; 0 for those not given.
  /// - Throws: `VolatilityError` as the model's filter, or for a variance before that is not positive.
  public init(
    _ name: String, _ model: VolatilityModel, at parameters: [String: Double], before: Double,
    shocks: [Double], regressors: [String: Double] = [:]
  ) throws(VolatilityError) {
    guard before > 0, before.isFinite else {
      throw VolatilityError(.specification, "the variance before the shock is \(before); it must be positive")
    }
    try FigureData.finite("the shocks", shocks)
    if case .har = model.variance {
      // Realised measures move it, shocks do not.
      self.init(name, shocks: shocks, variance: shocks.map { _ in before })
      return
    }
    var plain = model
    plain.mean = .zero
    plain.initialisation = .user(before)
    plain.regressors = model.regressors.filter { $0.equation != .mean }.map { one in
      var same = one
      same.timing = .same
      return same
    }
    let names = Set(try plain.parameterNames())
    let values = parameters.filter { names.contains($0.key) }
    // The first variance follows from `before` alone, the second from the shock; the rest fills the sample.
    let filling = (0..<(names.count + 12)).map { $0 % 2 == 0 ? 1.0 : -1.0 }
    var columns: [String: [Double]] = [:]
    for (place, one) in plain.regressors.enumerated() {
      let held = regressors[one.name] ?? 0
      let size = held == 0 ? 0.01 : 0.1 * held
      // After the two that count they vary a little, each in its own way: constants would be taken for the intercept.
      columns[one.name] = (0...filling.count).map { k in
        guard k > 1 else { return held }
        let turn = Double(k) * Double(2 * place + 3).squareRoot()
        return held + size * (turn - turn.rounded(.down))
      }
    }
    var variance: [Double] = []
    for shock in shocks {
      variance.append(try plain.filter(at: values, [shock] + filling, regressors: columns).variance[1])
    }
    self.init(name, shocks: shocks, variance: variance)
  }
}

/// News impact curves of several models.
public struct NewsImpactFigure: ChartFigure {
  public var chart: LayeredChart

  /// - Throws: `VolatilityError` for no curve, lengths that differ, values that are not finite.
  public init(
    _ curves: [NewsImpactCurve], title: String = "News impact", unit: String = "%"
  ) throws(VolatilityError) {
    guard !curves.isEmpty else { throw VolatilityError(.data, "there is no news impact curve to draw") }
    for curve in curves {
      try FigureData.matched([("shocks of '\(curve.name)'", curve.shocks), ("variances", curve.variance)])
      try FigureData.finite("the shocks of '\(curve.name)'", curve.shocks)
      try FigureData.finite("the variances of '\(curve.name)'", curve.variance)
    }
    chart = LayeredChart(
      title: title, x: Axis(unit.isEmpty ? "shock ε" : "shock ε (\(unit))"), y: Axis("next variance σ²"),
      layers: curves.enumerated().map { place, curve in
        .line(curve.name, x: curve.shocks, y: curve.variance, color: .series(place), isDashed: place >= 7)
      })
  }
}
