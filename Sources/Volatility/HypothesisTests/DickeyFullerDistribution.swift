import Foundation

/// What a unit-root regression takes out of the series beside its level.
public enum DeterministicTerms: String, Sendable, CaseIterable {
  case none = "n"
  case constant = "c"
  case constantAndTrend = "ct"
  case constantAndQuadraticTrend = "ctt"

  var count: Int {
    switch self {
    case .none: 0
    case .constant: 1
    case .constantAndTrend: 2
    case .constantAndQuadraticTrend: 3
    }
  }

  /// Columns for t = 1 … count, scaled to at most one: results do not depend on that.
  func columns(_ count: Int) -> [(String, [Double])] {
    (0..<self.count).map { power in
      let values = (1...count).map { pow(Double($0) / Double(count), Double(power)) }
      return (["const", "trend", "trend^2"][power], values)
    }
  }
}

/// Distributions of unit-root statistics: p-values from polynomials in the statistic through the normal distribution
/// (MacKinnon 1994), critical values from polynomials in 1/T (MacKinnon 2010). The tables for one series: τ from
/// MacKinnon, those of Z(ρ) and DF-GLS from simulations after his method as published with `arch` (Sheppard).
enum DickeyFullerDistribution {
  case tau(DeterministicTerms)
  case rho(DeterministicTerms)
  case gls(DeterministicTerms)

  private struct Surface {
    let range: ClosedRange<Double>
    /// Where the polynomial of the left tail gives way to the other.
    let star: Double
    let small: [Double]
    let large: [Double]
    /// At 1, 5 and 10 %, in rising powers of 1/T.
    let critical: [[Double]]
  }

  func pValue(_ statistic: Double) -> Double {
    let surface = surface
    if statistic > surface.range.upperBound { return 1 }
    if statistic < surface.range.lowerBound { return 0 }
    let isSmall = statistic <= surface.star
    var at = statistic
    if isSmall, case .rho = self { at = log(abs(statistic)) }
    let polynomial = isSmall ? surface.small : surface.large
    return ReferenceDistribution.normal.probability(below: horner(polynomial, at))
  }

  func criticalValues(_ count: Int) -> [CriticalValue] {
    zip([0.01, 0.05, 0.1], surface.critical).map {
      CriticalValue(level: $0, value: horner($1, 1 / Double(count)))
    }
  }

  private func horner(_ coefficients: [Double], _ x: Double) -> Double {
    coefficients.reversed().reduce(0) { $0 * x + $1 }
  }

  private var surface: Surface {
    switch self {
    case .tau(.none):
      Surface(
        range: -19.04 ... .infinity, star: -1.04, small: [0.6344, 1.2378, 0.032496],
        large: [0.4797, 0.93557, -0.06999, 0.033066],
        critical: [
          [-2.56574, -2.2358, -3.627], [-1.941, -0.2686, -3.365, 31.223], [-1.61682, 0.2656, -2.714, 25.364],
        ])
    case .tau(.constant):
      Surface(
        range: -18.83...2.74, star: -1.61, small: [2.1659, 1.4412, 0.038269],
        large: [1.7339, 0.93202, -0.12745, -0.010368],
        critical: [
          [-3.43035, -6.5393, -16.786, -79.433], [-2.86154, -2.8903, -4.234, -40.04],
          [-2.56677, -1.5384, -2.809],
        ])
    case .tau(.constantAndTrend):
      Surface(
        range: -16.18...0.7, star: -2.89, small: [3.2512, 1.6047, 0.049588],
        large: [2.5261, 0.61654, -0.37956, -0.060285],
        critical: [
          [-3.95877, -9.0531, -28.428, -134.155], [-3.41049, -4.3904, -9.036, -45.374],
          [-3.12705, -2.5856, -3.925, -22.38],
        ])
    case .tau(.constantAndQuadraticTrend):
      Surface(
        range: -17.17...0.54, star: -3.21, small: [4.0003, 1.658, 0.048288],
        large: [3.0778, 0.49529, -0.41477, -0.059359],
        critical: [
          [-4.37113, -11.5882, -35.819, -334.047], [-3.83239, -5.9057, -12.49, -118.284],
          [-3.55326, -3.6596, -5.293, -63.559],
        ])
    case .rho(.none):
      Surface(
        range: -.infinity ... .infinity, star: -1.79146, small: [0.05872, -0.69633, 0.02471, -0.04283],
        large: [0.56681, 0.67544, 0.06881, 0.00235],
        critical: [
          [-13.30499, 331.55385, -8807.11008, 88544.76648], [-7.82957, 222.75548, -5863.14998, 58024.48295],
          [-5.57486, 170.79065, -4422.48027, 43264.68244],
        ])
    case .rho(.constant):
      Surface(
        range: -.infinity ... .infinity, star: -5.04709, small: [1.94205, -1.47677, 0.21163, -0.06288],
        large: [1.70059, 0.49465, 0.02636, 0.00055],
        critical: [
          [-20.6258, 119.28619, -442.99517, 1082.9222], [-14.09457, 58.46106, -164.08684, 479.02908],
          [-11.25118, 38.48786, -87.62853, 246.93531],
        ])
    case .rho(.constantAndTrend):
      Surface(
        range: -.infinity ... .infinity, star: -9.22766, small: [4.05596, -2.34128, 0.41403, -0.08312],
        large: [2.60323, 0.39217, 0.01321, 0.00019],
        critical: [
          [-29.3568, 232.33249, -1171.21447, 3166.83631], [-21.71085, 130.15894, -504.95264, 1170.38109],
          [-18.24475, 93.25896, -305.14509, 581.02963],
        ])
    case .rho(.constantAndQuadraticTrend):
      Surface(
        range: -.infinity ... .infinity, star: -12.88512, small: [5.68974, -2.98948, 0.55752, -0.09629],
        large: [3.2269, 0.34323, 0.00887, 0.0001],
        critical: [
          [-36.5955, 354.30552, -2214.58403, 7401.70512], [-28.11176, 212.46258, -1067.94737, 3169.14023],
          [-24.18572, 158.63387, -695.72916, 1833.08527],
        ])
    case .gls(.constantAndTrend):
      Surface(
        range: -13.681153542634465...8.73743383728356, star: -2.1960404365401298,
        small: [2.38767685, 1.57454737, 0.05754439],
        large: [2.60561421, 1.67850224, 0.0373599, -0.01017936],
        critical: [
          [-3.40689134, -21.69971242, 27.26295939, -816.84404772],
          [-2.84677178, -19.69109364, 84.7664136, -799.40722401],
          [-2.55890707, -19.42621991, 116.53759752, -840.31342847],
        ])
    case .gls:
      Surface(
        range: -17.561302895074206...13.365361509140614, star: -0.4795076091714674,
        small: [0.67422739, 1.25475826, 0.03572509],
        large: [0.50612497, 0.98305664, -0.05648525, 0.00140875],
        critical: [
          [-2.56781793, -20.5575392, 182.727674, -1778.66664],
          [-1.94363325, -21.7272746, 260.815068, -2269.14916],
          [-1.61998241, -23.2734708, 306.474378, -2574.83557],
        ])
    }
  }
}
