import CNLopt

/// Another method where the search stopped short of a maximum: NLopt's SLSQP (Kraft 1994), whose result the search then
/// refines.
enum Rescue {
  static func run(_ search: Search, from point: Search.Point) -> Search.Point? {
    guard search.feasible.count > 0, let best = slsqp(search, from: point.theta),
      search.feasible.contains(best)
    else {
      return nil
    }
    return search.run(best)
  }

  /// Its own result; nil where it fails.
  static func slsqp(_ search: Search, from start: [Double]) -> [Double]? {
    let n = search.feasible.count
    guard let optimiser = nlopt_create(NLOPT_LD_SLSQP, UInt32(n)) else { return nil }
    defer { nlopt_destroy(optimiser) }
    nlopt_set_lower_bounds(optimiser, search.feasible.lower)
    nlopt_set_upper_bounds(optimiser, search.feasible.upper)
    let likelihood = Unmanaged.passUnretained(search.likelihood).toOpaque()
    nlopt_set_min_objective(
      optimiser,
      { n, x, gradient, context in
        let likelihood = Unmanaged<Likelihood>.fromOpaque(context!).takeUnretainedValue()
        let theta = Array(UnsafeBufferPointer(start: x, count: Int(n)))
        var slopes = [Double](repeating: 0, count: Int(n))
        let value = gradient == nil ? likelihood.value(theta) : likelihood.gradient(theta, &slopes)
        if let gradient { for k in 0..<Int(n) { gradient[k] = -slopes[k] } }
        return value > -.infinity ? -value : 1e10
      }, likelihood)
    var rows = search.feasible.inequalities.map(Row.init)
    var equalities = search.feasible.equalities.map(Row.init)
    return withExtendedLifetime(search.likelihood) {
      rows.withUnsafeMutableBufferPointer { rows in
        equalities.withUnsafeMutableBufferPointer { equalities in
          for k in rows.indices {
            nlopt_add_inequality_constraint(optimiser, Row.function, rows.baseAddress! + k, 1e-12)
          }
          for k in equalities.indices {
            nlopt_add_equality_constraint(optimiser, Row.function, equalities.baseAddress! + k, 1e-12)
          }
          nlopt_set_ftol_rel(optimiser, 1e-13)
          nlopt_set_maxeval(optimiser, 2000)
          var x = start
          var value = 0.0
          let result = nlopt_optimize(optimiser, &x, &value)
          return result.rawValue > 0 || result == NLOPT_ROUNDOFF_LIMITED ? x : nil
        }
      }
    }
  }

  private struct Row {
    let inequality: LinearInequality
    init(_ inequality: LinearInequality) { self.inequality = inequality }

    static let function: nlopt_func = { n, x, gradient, context in
      let row = context!.assumingMemoryBound(to: Row.self).pointee.inequality
      var sum = -row.bound
      for k in 0..<Int(n) {
        sum += row.coefficients[k] * x![k]
        gradient?[k] = row.coefficients[k]
      }
      return sum
    }
  }
}
