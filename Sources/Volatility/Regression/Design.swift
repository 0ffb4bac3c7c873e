/// Regressors side by side, checked.
struct Design: Sendable {
  /// What the intercept is called among coefficients.
  static let interceptName = "const"

  let names: [String]
  /// [T, k], the intercept first where there is one.
  let matrix: Matrix
  let hasIntercept: Bool
  var rows: Int { matrix.rows }
  var columns: Int { matrix.columns }

  /// - Throws: ``VolatilityError`` for regressors of another length than the response, numbers that are not finite,
  ///   two of one name, none at all, or fewer rows than columns and one.
  init(_ y: [Double], _ regressors: [(String, [Double])], intercept: Bool) throws(VolatilityError) {
    try Design.check(finite: y, "the response")
    var seen: Set<String> = intercept ? [Design.interceptName] : []
    for (name, values) in regressors {
      guard seen.insert(name).inserted else {
        throw VolatilityError(.specification, "Two regressors are called '\(name)': give each its own name.")
      }
      guard values.count == y.count else {
        throw VolatilityError(
          .data,
          "The regressor '\(name)' has \(values.count) values, the response \(y.count): align them first.")
      }
      try Design.check(finite: values, "the regressor '\(name)'")
    }
    let k = regressors.count + (intercept ? 1 : 0)
    guard k > 0 else {
      throw VolatilityError(.specification, "A regression needs an intercept or at least one regressor.")
    }
    guard y.count > k else {
      throw VolatilityError(
        .data,
        "\(y.count) observations are too few for \(k) coefficients: at least \(k + 1) are needed.")
    }
    let ones = intercept ? [[Double](repeating: 1, count: y.count)] : []
    matrix = Matrix(columns: ones + regressors.map { $0.1 })
    names = (intercept ? [Design.interceptName] : []) + regressors.map { $0.0 }
    hasIntercept = intercept
  }

  /// Sums of fourth powers of numbers beyond these would leave the range of Double.
  static let magnitudes = 1e-70...1e70

  static func check(finite values: [Double], _ what: String) throws(VolatilityError) {
    guard let row = values.firstIndex(where: { !$0.isFinite }) else {
      let greatest = values.reduce(0) { max($0, abs($1)) }
      guard greatest == 0 || magnitudes.contains(greatest) else {
        throw VolatilityError(
          .data,
          "\(what.prefix(1).uppercased() + what.dropFirst()) has numbers as \(greatest > 1 ? "large" : "small") as"
            + " \(greatest), beyond what can be computed with: change its unit.")
      }
      return
    }
    throw VolatilityError(
      .data,
      "\(what.prefix(1).uppercased() + what.dropFirst()) is \(values[row]) in row \(row + 1) of \(values.count)"
        + " (\(values.count { !$0.isFinite }) such in all): drop or fill what is missing first.")
  }

  /// - Throws: ``VolatilityError`` that names the columns which depend on others.
  func solve(_ y: [Double]) throws(VolatilityError) -> LeastSquares {
    do { return try LeastSquares(matrix, y) } catch {
      throw VolatilityError(.regression, dependence())
    }
  }

  /// Says which columns are combinations of which.
  func dependence() -> String {
    var basis: [[Double]] = []
    var independent: [Int] = []
    var sentences: [String] = []
    for j in 0..<columns {
      let column = matrix.column(j)
      let length = column.norm
      guard length > 0 else {
        sentences.append("'\(names[j])' is zero throughout")
        continue
      }
      var rest = column.map { $0 / length }
      // Twice: one pass of Gram–Schmidt leaves rounding of the size that is looked for.
      for _ in 0..<2 {
        for direction in basis {
          let part = dot(direction, rest)
          for i in rest.indices { rest[i] -= part * direction[i] }
        }
      }
      let left = rest.norm
      if left > 1e-10 {
        basis.append(rest.map { $0 / left })
        independent.append(j)
      } else {
        sentences.append("'\(names[j])' \(explain(j, by: independent))")
      }
    }
    let found = sentences.isEmpty ? "the columns are nearly dependent" : sentences.joined(separator: "; ")
    return "The regressors are collinear: \(found). Leave out one of them."
  }

  private func explain(_ j: Int, by others: [Int]) -> String {
    let own = matrix.column(j)
    if hasIntercept, own.allSatisfy({ $0 == own[0] }) { return "is constant, as the intercept is" }
    guard !others.isEmpty else { return "cannot be told from zero" }
    let x = Matrix(columns: others.map { matrix.column($0) })
    guard let weights = try? LeastSquares(x, own, tolerance: 1e-13).coefficients else {
      return "is a combination of the columns before it"
    }
    let parts = zip(others, weights).filter { abs($1) * matrix.column($0).norm > 1e-8 * own.norm }
    return "is a combination of " + parts.map { "'\(names[$0.0])'" }.joined(separator: ", ")
  }
}

func dot(_ a: [Double], _ b: [Double]) -> Double {
  var sum = 0.0
  for i in a.indices { sum += a[i] * b[i] }
  return sum
}

extension [Double] {
  var norm: Double { dot(self, self).squareRoot() }
  var mean: Double { reduce(0, +) / Double(count) }
}
