/// One estimated coefficient with its standard error and the test that it is zero.
public struct Coefficient: Sendable, Equatable {
  public let name: String
  public let value: Double
  public let standardError: Double
  /// value / standardError.
  public let t: Double
  /// Two-sided.
  public let p: Double
  /// What `t` is referred to.
  public let reference: ReferenceDistribution

  init(_ name: String, _ value: Double, _ standardError: Double, _ reference: ReferenceDistribution) {
    self.name = name
    self.value = value
    self.standardError = standardError
    // An exact fit leaves no error: zero is then certain, and so is anything else.
    t = standardError == 0 && value == 0 ? 0 : value / standardError
    p = min(1, 2 * reference.probability(above: abs(t)))
    self.reference = reference
  }

  /// The symmetric interval that covers the truth with this probability, 0 < level < 1.
  public func interval(_ level: Double = 0.95) -> (lower: Double, upper: Double) {
    precondition(level > 0 && level < 1, "a level of \(level)")
    let width = reference.quantile(0.5 + level / 2) * standardError
    return (value - width, value + width)
  }
}

/// What t statistics of a regression are referred to.
public enum RegressionInference: Sendable, Equatable {
  /// Student's t with T − k degrees of freedom (EViews, Stata, R).
  case studentT
  /// The normal distribution (what `statsmodels` takes for robust covariances).
  case normal
}

extension [Coefficient] {
  public subscript(_ name: String) -> Coefficient? { first { $0.name == name } }
}
