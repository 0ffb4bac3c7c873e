import Foundation

@inline(__always) func _pow(_ x: Double, _ p: Double) -> Double { Foundation.pow(x, p) }

/// |ε|^p and its derivative in ε.
@inline(__always) func absolutePower(_ x: Double, _ p: Double) -> (value: Double, slope: Double) {
  if p == 2 { return (x * x, 2 * x) }
  if p == 1 { return (abs(x), x < 0 ? -1 : x > 0 ? 1 : 0) }
  if x == 0 { return (0, 0) }
  let value = Foundation.pow(abs(x), p)
  return (value, p * value / x)
}

/// The lag in brackets, as in `alpha[2]`.
func lagged(_ name: String, _ count: Int) -> [String] { (0..<count).map { "\(name)[\($0 + 1)]" } }

@inline(__always) func _log(_ x: Double) -> Double { Foundation.log(x) }

@inline(__always) func _exp(_ x: Double) -> Double { Foundation.exp(x) }

/// Where variances count as infinite; a number whose comparison is one instruction.
let hugeVariance = 1e300
