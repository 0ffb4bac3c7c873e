import Foundation

/// The ten shapes of the built-in data sets, as strokes in [−1, 1]² (y points down).
enum Glyph: Int, CaseIterable {
  case ring, triangle, square, plus, tee, wye, zed, ess, arc, spiral

  typealias Point = SIMD2<Float>

  /// Points of each stroke, dense enough that moving them bends the stroke smoothly.
  var strokes: [[Point]] { Self.all[rawValue] }

  private static let all = allCases.map { $0.made }

  private var made: [[Point]] {
    switch self {
    case .ring: [Self.curve(24) { Self.polar(0.9, $0 * 2 * .pi) }]
    case .triangle: [Self.lines([[0, -0.95], [0.9, 0.75], [-0.9, 0.75], [0, -0.95]])]
    case .square: [Self.lines([[-0.8, -0.8], [0.8, -0.8], [0.8, 0.8], [-0.8, 0.8], [-0.8, -0.8]])]
    case .plus: [Self.lines([[0, -0.95], [0, 0.95]]), Self.lines([[-0.95, 0], [0.95, 0]])]
    case .tee: [Self.lines([[-0.85, -0.85], [0.85, -0.85]]), Self.lines([[0, -0.85], [0, 0.95]])]
    case .wye:
      [Self.lines([[-0.8, -0.9], [0, 0.05], [0.8, -0.9]]), Self.lines([[0, 0.05], [0, 0.95]])]
    case .zed: [Self.lines([[-0.75, -0.85], [0.75, -0.85], [-0.75, 0.85], [0.75, 0.85]])]
    case .ess:
      [
        Self.curve(26) { t in
          // Two arcs of 250°, joined in the middle: an S, the mirror image of what a Z suggests.
          let turn: Float = 250 / 180 * .pi
          let s = t * 2
          if s < 1 {
            let angle = -0.15 * .pi - s * turn
            return Self.polar(0.47, angle) + [0, -0.46]
          }
          let angle = -0.5 * .pi + (s - 1) * turn - 0.04 * .pi
          return Self.polar(0.47, angle) + [0, 0.46]
        }
      ]
    case .arc: [Self.curve(20) { Self.polar(0.9, (0.22 + 1.56 * $0) * .pi) }]
    case .spiral: [Self.curve(32) { Self.polar(0.15 + 0.8 * $0, (0.5 + 3.4 * $0) * .pi) }]
    }
  }

  private static func polar(_ radius: Float, _ angle: Float) -> Point {
    [radius * cos(angle), radius * sin(angle)]
  }

  private static func curve(_ pieces: Int, _ at: (Float) -> Point) -> [Point] {
    (0...pieces).map { at(Float($0) / Float(pieces)) }
  }

  /// A polyline, each side cut into six pieces.
  private static func lines(_ corners: [Point]) -> [Point] {
    var points = [corners[0]]
    for (start, end) in zip(corners, corners.dropFirst()) {
      for piece in 1...6 { points.append(start + (end - start) * (Float(piece) / 6)) }
    }
    return points
  }
}
