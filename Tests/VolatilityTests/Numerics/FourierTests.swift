import Foundation
import Testing

@testable import Volatility

struct FourierTests {
  @Test(arguments: [1, 5, 8, 16, 31, 64, 128, 1024])
  func equalsTheSum(_ count: Int) {
    let fourier = FourierTransform.atLeast(count)
    let n = fourier.count
    #expect(n >= count && n < 2 * max(count, 3))
    let a = Fixture.normals(n, seed: 1)
    let b = Fixture.normals(n, seed: 2)
    var (re, im) = (a, b)
    var work = [Double](repeating: 0, count: 2 * n)
    re.withUnsafeMutableBufferPointer { re in
      im.withUnsafeMutableBufferPointer { im in
        work.withUnsafeMutableBufferPointer {
          fourier.transform(re.baseAddress!, im.baseAddress!, work: $0.baseAddress!)
        }
      }
    }
    for k in stride(from: 0, to: n, by: max(1, n / 16)) {
      var sum = (0.0, 0.0)
      for t in 0..<n {
        let angle = -2 * Double.pi * Double(k * t % n) / Double(n)
        sum.0 += a[t] * cos(angle) - b[t] * sin(angle)
        sum.1 += a[t] * sin(angle) + b[t] * cos(angle)
      }
      #expect(abs(sum.0 - re[k]) < 1e-11 && abs(sum.1 - im[k]) < 1e-11)
    }
    // Back again with the parts exchanged.
    re.withUnsafeMutableBufferPointer { re in
      im.withUnsafeMutableBufferPointer { im in
        work.withUnsafeMutableBufferPointer {
          fourier.transform(im.baseAddress!, re.baseAddress!, work: $0.baseAddress!)
        }
      }
    }
    for t in 0..<n { #expect(abs(re[t] / Double(n) - a[t]) < 1e-13) }
  }
}
