/// Ink on a square raster. Strokes are drawn by their signed distance: a pixel within the pen's radius of a stroke is
/// covered, and the edge is one pixel soft.
struct InkRaster {
  let size: Int
  private var squaredDistance: [Float]

  init(size: Int) {
    self.size = size
    squaredDistance = [Float](repeating: .infinity, count: size * size)
  }

  mutating func clear() {
    for index in squaredDistance.indices { squaredDistance[index] = .infinity }
  }

  /// Records the distance to a polyline.
  ///
  /// - Parameters:
  ///   - points: in pixels; the centre of the first pixel is (0.5, 0.5).
  ///   - reach: how far from the line distances are wanted, in pixels.
  mutating func stroke(_ points: [SIMD2<Float>], reach: Float) {
    let size = self.size
    squaredDistance.withUnsafeMutableBufferPointer { distance in
      for index in 1..<points.count {
        let start = points[index - 1]
        let end = points[index]
        let along = end - start
        let length = max(along.x * along.x + along.y * along.y, 1e-12)
        let low = pointwiseMin(start, end) - reach
        let high = pointwiseMax(start, end) + reach
        let left = max(0, Int(low.x))
        let right = min(size - 1, Int(high.x))
        let top = max(0, Int(low.y))
        let bottom = min(size - 1, Int(high.y))
        guard left <= right, top <= bottom, high.x > 0, high.y > 0 else { continue }
        for y in top...bottom {
          let dy = Float(y) + 0.5 - start.y
          for x in left...right {
            let dx = Float(x) + 0.5 - start.x
            let t = min(max((dx * along.x + dy * along.y) / length, 0), 1)
            let ex = dx - t * along.x
            let ey = dy - t * along.y
            let found = ex * ex + ey * ey
            if found < distance[y * size + x] { distance[y * size + x] = found }
          }
        }
      }
    }
  }

  /// Lays the strokes recorded so far over `ink`: covered pixels rise to `strength`, none sinks.
  ///
  /// - Parameters:
  ///   - radius: of the pen, in pixels; at most the strokes' reach − 0.5.
  ///   - strength: in 0…1.
  func cover(_ ink: inout [Float], radius: Float, strength: Float) {
    let edge = radius + 0.5
    for index in squaredDistance.indices where squaredDistance[index] < edge * edge {
      let covered = min(edge - squaredDistance[index].squareRoot(), 1) * strength
      ink[index] = max(ink[index], covered)
    }
  }
}
