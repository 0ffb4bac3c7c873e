import Foundation
import Testing

@testable import Volatility

struct DistributionTests {
  static let cases: [(InnovationDistribution, [Double])] = [
    (.normal, []), (.studentT, [4.5]), (.studentT, [30]), (.skewT, [5.5, -0.3]), (.skewT, [9, 0.6]),
    (.skewedNormal, [0.7]), (.skewedNormal, [1.6]), (.skewedT, [5, 1.4]), (.skewedT, [8, 0.6]),
    (.generalizedError, [1.3]), (.generalizedError, [3]),
  ]

  private func close(_ a: Double, _ b: Double, _ tolerance: Double) -> Bool {
    abs(a - b) <= tolerance * max(1, abs(b))
  }

  @Test(arguments: cases)
  func momentsAreThoseOfAStandardisedDensity(_ distribution: InnovationDistribution, _ shape: [Double]) {
    #expect(close(distribution.expectation(shape: shape) { _ in 1 }, 1, 1e-10))
    #expect(close(distribution.expectation(shape: shape) { $0 }, 0, 1e-9))
    #expect(close(distribution.expectation(shape: shape) { $0 * $0 }, 1, 1e-8))
  }

  @Test(arguments: cases)
  func derivativesAreThoseOfFiniteDifferences(_ distribution: InnovationDistribution, _ shape: [Double]) {
    let step = 1e-5
    for z in [-3.1, -0.7, 0.05, 0.9, 2.4] {
      let found = distribution.logDensityDerivatives(z, shape: shape)
      #expect(close(found.value, distribution.logDensity(z, shape: shape), 1e-14))
      let slope =
        (distribution.logDensity(z + step, shape: shape) - distribution.logDensity(z - step, shape: shape))
        / (2 * step)
      #expect(close(found.slope, slope, 1e-8))
      for k in shape.indices {
        var up = shape
        var down = shape
        up[k] += step
        down[k] -= step
        let difference =
          (distribution.logDensity(z, shape: up) - distribution.logDensity(z, shape: down)) / (2 * step)
        #expect(close(found.shapeSlopes[k], difference, 1e-8))
      }
    }
  }

  @Test(arguments: cases)
  func cdfIsTheIntegralAndQuantileItsInverse(_ distribution: InnovationDistribution, _ shape: [Double]) {
    for p in [1e-6, 0.01, 0.3, 0.5, 0.72, 0.999] {
      #expect(close(distribution.cdf(distribution.quantile(p, shape: shape), shape: shape), p, 1e-11))
    }
    for z in [-2.0, -0.1, 0.4, 1.7] {
      let slope =
        (distribution.cdf(z + 1e-5, shape: shape) - distribution.cdf(z - 1e-5, shape: shape)) / 2e-5
      #expect(close(slope, exp(distribution.logDensity(z, shape: shape)), 1e-8))
    }
    #expect(distribution.quantile(0, shape: shape) == -.infinity)
    #expect(distribution.quantile(1.2, shape: shape).isNaN)
    // E Z = ∫ of the two tails, each a mean times its probability.
    let p = 0.3
    let below = p * distribution.tailMean(p, shape: shape)
    let edge = distribution.quantile(p, shape: shape)
    #expect(close(below + distribution.expectation(shape: shape) { $0 > edge ? $0 : 0 }, 0, 2e-2))
  }

  @Test(arguments: cases)
  func samplesHaveTheMoments(_ distribution: InnovationDistribution, _ shape: [Double]) {
    var generator = SplitMix(11)
    let count = 200_000
    var below = [0, 0, 0]
    var sum = 0.0
    let edges = [0.05, 0.4, 0.9].map { distribution.quantile($0, shape: shape) }
    for _ in 0..<count {
      let z = distribution.sample(shape: shape, using: &generator)
      sum += z
      for k in 0..<3 where z <= edges[k] { below[k] += 1 }
    }
    #expect(abs(sum / Double(count)) < 4 / Double(count).squareRoot())
    for (k, p) in [0.05, 0.4, 0.9].enumerated() {
      let error = 4 * (p * (1 - p) / Double(count)).squareRoot()
      #expect(abs(Double(below[k]) / Double(count) - p) < error)
    }
  }

  /// Printed by arch 8.0.0: log-densities at −3, −0.4, 0.1, 2.2, probabilities there, quantiles of 0.01 and 0.6.
  @Test func valuesOfArch() {
    let z = [-3, -0.4, 0.1, 2.2]
    let rows: [(InnovationDistribution, [Double], [Double], [Double], [Double])] = [
      (
        .studentT, [4.5],
        [-4.876822191450622, -0.8507646818677318, -0.6911454153304649, -3.6420496614079774],
        [0.006238767456844203, 0.3084757068609064, 0.5504683248998901, 0.9818921320806998],
        [-2.6289085171803728, 0.20031579111671585]
      ),
      (
        .skewT, [5.5, -0.3],
        [-4.413801874249117, -1.0868463956916687, -0.7677508943976747, -4.224145447159092],
        [0.010489715145240273, 0.2869106273632286, 0.4896555458321935, 0.9933038932604772],
        [-3.041533086721288, 0.3298095334843191]
      ),
      (
        .generalizedError, [1.3],
        [-4.732157570789785, -0.924818145895492, -0.6750082173171559, -3.369531518173091],
        [0.004727942140299494, 0.31139169581873083, 0.5523608198951154, 0.9800881151597532],
        [-2.590705415819251, 0.19674728135145136]
      ),
      (
        .normal, [],
        [-5.418938533204672, -0.9989385332046727, -0.9239385332046727, -3.338938533204673],
        [0.0013498980316300933, 0.3445782583896758, 0.539827837277029, 0.9860965524865014],
        [-2.3263478740408408, 0.2533471031357997]
      ),
    ]
    for (distribution, shape, densities, probabilities, quantiles) in rows {
      for k in 0..<4 {
        #expect(close(distribution.logDensity(z[k], shape: shape), densities[k], 1e-13))
        #expect(close(distribution.cdf(z[k], shape: shape), probabilities[k], 1e-12))
      }
      #expect(close(distribution.quantile(0.01, shape: shape), quantiles[0], 1e-11))
      #expect(close(distribution.quantile(0.6, shape: shape), quantiles[1], 1e-11))
    }
  }

  /// Fernández's and Steel's density 2/(ξ + 1/ξ) f₀(x ξ^(−sgn x)), its mean and variance taken out by quadrature with 30
  /// digits (mpmath): densities and probabilities at −2.5, −1, 0, 0.4, 3, and the third moment.
  @Test func valuesOfSkewedLaws() {
    let z = [-2.5, -1, 0, 0.4, 3]
    let rows: [(InnovationDistribution, [Double], [Double], [Double], Double)] = [
      (
        .skewedNormal, [1.5],
        [
          0.0024690229184877781, 0.32675805834045108, 0.37354560293088192, 0.3130086460475754,
          0.011316196681097118,
        ],
        [
          0.000424019635725503, 0.152523433675618, 0.544758517244755, 0.682733158252469, 0.994924900751943,
        ], 0.5644522337457
      ),
      (
        .skewedNormal, [0.7],
        [
          0.027869547491382334, 0.2061379765094998, 0.37687333741034048, 0.40731639622505894,
          0.00024708687123793075,
        ],
        [0.0137148607184074, 0.162023562020682, 0.459104643718708, 0.617091086212889, 0.999961216260133],
        -0.51089690231482
      ),
      (
        .skewedT, [5, 1.5],
        [
          0.004620759622322125, 0.28936148750700556, 0.4417298933200621, 0.32419727641899927,
          0.012764519957014216,
        ],
        [0.00221352882792036, 0.106732515487219, 0.570367748797663, 0.72409363937961, 0.987941164846297],
        1.5163661860441
      ),
      (
        .skewedT, [8, 0.8],
        [
          0.023722609255711585, 0.19612540902121455, 0.4285716935682906, 0.45078364180267634,
          0.0031805980596604911,
        ],
        [0.0159442837375466, 0.144172918031997, 0.462489328771624, 0.641046243451709, 0.998481723344871],
        -0.58483994549661
      ),
    ]
    for (law, shape, densities, probabilities, skewness) in rows {
      for k in z.indices {
        #expect(
          close(exp(law.logDensity(z[k], shape: shape)), densities[k], 1e-13), "\(law) \(shape) \(z[k])")
        #expect(close(law.cdf(z[k], shape: shape), probabilities[k], 1e-12), "\(law) \(shape) \(z[k])")
        #expect(close(law.quantile(probabilities[k], shape: shape), z[k], 1e-9))
      }
      // ξ > 1 leans to the right.
      let found = law.skewness(shape: shape)!
      #expect(abs(found - skewness) < 1e-4 * abs(skewness), "\(law) \(shape): \(found)")
      #expect((found > 0) == (shape.last! > 1))
    }
  }

  @Test func closedFormMoments() {
    #expect(close(InnovationDistribution.normal.meanAbsolute(), (2 / Double.pi).squareRoot(), 1e-12))
    #expect(
      close(
        InnovationDistribution.studentT.meanAbsolute(shape: [4.5]), StudentTLaw(nu: 4.5).meanAbsolute, 1e-11))
    #expect(close(InnovationDistribution.studentT.kurtosis(shape: [8])!, 3 + 6 / 4.0, 1e-8))
    #expect(InnovationDistribution.studentT.kurtosis(shape: [4]) == nil)
    #expect(close(InnovationDistribution.generalizedError.kurtosis(shape: [1.0001])!, 6, 1e-3))
    #expect(InnovationDistribution.skewT.skewness(shape: [9, -0.4])! < 0)
    // Symmetric members of the skewed families.
    #expect(
      close(
        InnovationDistribution.skewT.logDensity(0.8, shape: [6, 0]),
        InnovationDistribution.studentT.logDensity(0.8, shape: [6]), 1e-14))
    #expect(
      close(
        InnovationDistribution.skewedT.logDensity(0.8, shape: [6, 1]),
        InnovationDistribution.studentT.logDensity(0.8, shape: [6]), 1e-14))
    // E[Z²1{Z<0}] is the complement of the upper part.
    let upper = InnovationDistribution.skewT.expectation(shape: [5.5, -0.3]) { $0 > 0 ? $0 * $0 : 0 }
    #expect(close(InnovationDistribution.skewT.lowerVariance(shape: [5.5, -0.3]) + upper, 1, 1e-3))
  }
}
