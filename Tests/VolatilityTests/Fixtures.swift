import Foundation

/// Numbers that other programs can make too: a linear congruential generator and sums of twelve uniforms.
enum Fixture {
  static func uniforms(_ count: Int, seed: UInt64) -> [Double] {
    var state = seed
    return (0..<count).map { _ in
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Double(state >> 11) * 0x1p-53
    }
  }
  static func normals(_ count: Int, seed: UInt64) -> [Double] {
    let draws = uniforms(12 * count, seed: seed)
    return (0..<count).map { (t: Int) -> Double in
      var sum = 0.0
      for draw in draws[(12 * t)..<(12 * t + 12)] { sum += draw }
      return sum - 6
    }
  }

  /// y on two regressors with heteroskedastic, autocorrelated errors: 80 rows.
  static let regression: (y: [Double], x1: [Double], x2: [Double]) = {
    let n = 80
    let x1 = normals(n, seed: 1)
    let x2 = zip(x1, normals(n, seed: 2)).map { 0.5 * $0 + $1 }
    let e = zip(normals(n, seed: 3), x1).map { $0 * (1 + 0.5 * abs($1)) }
    var u = e
    for t in 1..<n { u[t] = 0.4 * u[t - 1] + e[t] }
    var y = u
    for t in 0..<n {
      let mean: Double = 1 + 0.5 * x1[t] - 0.3 * x2[t]
      y[t] = mean + u[t]
    }
    return (y, x1, x2)
  }()

  /// A random walk of 300 steps.
  static let walk: [Double] = {
    var sum = 0.0
    return normals(300, seed: 7).map {
      sum += $0
      return sum
    }
  }()

  static let noise = normals(300, seed: 8)

  /// A GJR process with innovations of somewhat fat tails.
  static func asymmetricReturns(_ count: Int, seed: UInt64) -> [Double] {
    var variance = 1.0
    var shock = 0.0
    return normals(count, seed: seed).enumerated().map { t, z in
      let innovation = z * (1 + 0.05 * z * z) / 1.17
      if t > 0 {
        variance = 0.04 + (0.06 + (shock < 0 ? 0.08 : 0)) * shock * shock + 0.86 * variance
      }
      shock = variance.squareRoot() * innovation
      return 0.05 + shock
    }
  }

  /// A stationary autoregression about a slight trend.
  static let autoregression: [Double] = {
    var a = [Double](repeating: 0, count: 300)
    for t in 1..<300 { a[t] = 0.85 * a[t - 1] + noise[t] }
    return a.enumerated().map { $1 + 0.002 * Double($0) }
  }()
}

/// |a − b| ≤ tolerance·max(1, |b|).
func close(_ a: Double, _ b: Double, _ tolerance: Double = 1e-9) -> Bool {
  abs(a - b) <= tolerance * max(1, abs(b))
}

func close(_ a: [Double], _ b: [Double], _ tolerance: Double = 1e-9) -> Bool {
  a.count == b.count && zip(a, b).allSatisfy { close($0, $1, tolerance) }
}

/// Equal as far as a printed number goes: half a unit of the last of these decimals.
func prints(_ a: Double, _ b: Double, _ decimals: Int) -> Bool {
  abs(a - b) <= 0.5000001 * pow(10, -Double(decimals))
}

/// Real data beside the package: `$SALAR_DATA`, `$SALAR_SHARED_DATA`, or shared/data in a folder above.
enum SharedFinance {
  static let root: URL? = {
    let environment = ProcessInfo.processInfo.environment
    for name in ["SALAR_DATA", "SALAR_SHARED_DATA"] {
      if let path = environment[name], !path.isEmpty {
        return URL(fileURLWithPath: path).appendingPathComponent("finance")
      }
    }
    var folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    while folder.path != "/" {
      folder.deleteLastPathComponent()
      let found = folder.appendingPathComponent("shared/data/finance")
      if FileManager.default.fileExists(atPath: found.path) { return found }
    }
    return nil
  }()
  static func path(_ name: String) -> String { root.map { $0.appendingPathComponent(name).path } ?? "" }
  static let isPresent = FileManager.default.fileExists(atPath: path("dem2gbp.csv"))
  static let missing = "needs finance/ of the real data in $SALAR_DATA or ../shared/data"
}
