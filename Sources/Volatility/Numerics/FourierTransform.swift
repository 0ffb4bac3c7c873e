import Foundation

/// The discrete Fourier transform of N = 2^k complex numbers, Σ x_t e^(−2πi kt/N), real and imaginary parts in arrays of
/// their own: Stockham's self-sorting form with radix 4, and one pass of radix 2 where k is odd.
final class FourierTransform: Sendable {
  let count: Int
  /// cos and −sin of 2π j/N, j < N.
  private let cosines: [Double]
  private let sines: [Double]

  private init(_ count: Int) {
    self.count = count
    var cosines = [Double](repeating: 0, count: count)
    var sines = cosines
    for j in 0..<count {
      let angle = 2 * Double.pi * Double(j) / Double(count)
      cosines[j] = cos(angle)
      sines[j] = -sin(angle)
    }
    self.cosines = cosines
    self.sines = sines
  }

  private final class Store: @unchecked Sendable {
    let lock = NSLock()
    var transforms: [Int: FourierTransform] = [:]
  }
  private static let store = Store()

  /// For the smallest power of two that is at least `count`.
  static func atLeast(_ count: Int) -> FourierTransform {
    var size = 4
    while size < count { size *= 2 }
    store.lock.lock()
    defer { store.lock.unlock() }
    if let known = store.transforms[size] { return known }
    let made = FourierTransform(size)
    store.transforms[size] = made
    return made
  }

  /// In place; `work` has 2 · count numbers. The inverse, without its factor 1/N, is the transform with `re` and `im`
  /// exchanged.
  func transform(
    _ re: UnsafeMutablePointer<Double>, _ im: UnsafeMutablePointer<Double>,
    work: UnsafeMutablePointer<Double>
  ) {
    var from = (re, im)
    var to = (work, work + count)
    var length = count
    var stride = 1
    cosines.withUnsafeBufferPointer { c in
      sines.withUnsafeBufferPointer { s in
        while length > 1 {
          if length % 4 == 0 {
            pass4(from, to, length / 4, stride, c.baseAddress!, s.baseAddress!)
            length /= 4
            stride *= 4
          } else {
            pass2(from, to, stride)
            length /= 2
            stride *= 2
          }
          swap(&from, &to)
        }
      }
    }
    if from.0 != re {
      re.update(from: from.0, count: count)
      im.update(from: from.1, count: count)
    }
  }

  private typealias Parts = (UnsafeMutablePointer<Double>, UnsafeMutablePointer<Double>)

  private func pass2(_ x: Parts, _ y: Parts, _ m: Int) {
    // The last pass, whose only factor is one.
    for k in 0..<m {
      let (a, b) = (x.0[k], x.0[k + m])
      let (c, d) = (x.1[k], x.1[k + m])
      y.0[k] = a + b
      y.0[k + m] = a - b
      y.1[k] = c + d
      y.1[k + m] = c - d
    }
  }

  private func pass4(
    _ x: Parts, _ y: Parts, _ l: Int, _ m: Int, _ c: UnsafePointer<Double>, _ s: UnsafePointer<Double>
  ) {
    let quarter = l * m
    for j in 0..<l {
      let (w1, v1) = (c[j * m], s[j * m])
      let (w2, v2) = (c[2 * j * m], s[2 * j * m])
      let (w3, v3) = (c[3 * j * m], s[3 * j * m])
      let (xr, xi) = (x.0 + j * m, x.1 + j * m)
      let (yr, yi) = (y.0 + 4 * j * m, y.1 + 4 * j * m)
      for k in 0..<m {
        let (ar, ai) = (xr[k], xi[k])
        let (br, bi) = (xr[k + quarter], xi[k + quarter])
        let (cr, ci) = (xr[k + 2 * quarter], xi[k + 2 * quarter])
        let (dr, di) = (xr[k + 3 * quarter], xi[k + 3 * quarter])
        let (pr, pi) = (ar + cr, ai + ci)
        let (qr, qi) = (ar - cr, ai - ci)
        let (rr, ri) = (br + dr, bi + di)
        // −i(b − d)
        let (tr, ti) = (bi - di, dr - br)
        yr[k] = pr + rr
        yi[k] = pi + ri
        let (er, ei) = (qr + tr, qi + ti)
        yr[k + m] = er * w1 - ei * v1
        yi[k + m] = er * v1 + ei * w1
        let (fr, fi) = (pr - rr, pi - ri)
        yr[k + 2 * m] = fr * w2 - fi * v2
        yi[k + 2 * m] = fr * v2 + fi * w2
        let (gr, gi) = (qr - tr, qi - ti)
        yr[k + 3 * m] = gr * w3 - gi * v3
        yi[k + 3 * m] = gr * v3 + gi * w3
      }
    }
  }
}
