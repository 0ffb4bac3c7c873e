import Foundation

/// Draws the images of the built-in data sets: a glyph under a random affine map and a smooth random warp, drawn with a
/// pen of random width over a background that changes slowly, among distractor strokes, with noise.
struct GlyphPainter {
  /// How much of everything there is.
  struct Difficulty {
    /// Of the glyph's half extent, as a share of the image's side.
    var scale: (Float, Float) = (0.24, 0.40)
    /// ± degrees.
    var rotation: Float = 30
    var shear: Float = 0.25
    /// ± of the image's side.
    var shift: Float = 0.12
    /// Amplitude of the warp, in glyph coordinates.
    var warp: Float = 0.16
    /// Of the pen, in pixels of an image of side 28.
    var radius: (Float, Float) = (0.6, 1.5)
    var distractors: (Int, Int) = (1, 4)
    /// Half the range of the triangular noise, in 0…1.
    var noise: (Float, Float) = (0.02, 0.25)
    /// Smallest difference between ink and background.
    var contrast: Float = 0.3
    /// How often the ink is darker than the background.
    var inversion: Float = 0.2
    /// ± slope of the background over the image.
    var gradient: Float = 0.25
  }

  let size: Int
  let channels: Int
  let difficulty: Difficulty
  private var raster: InkRaster
  private var ink: [Float]

  init(size: Int, channels: Int, difficulty: Difficulty = Difficulty()) {
    self.size = size
    self.channels = channels
    self.difficulty = difficulty
    raster = InkRaster(size: size)
    ink = [Float](repeating: 0, count: size * size)
  }

  /// Draws one image: channels × size × size bytes.
  mutating func paint(
    _ glyph: Glyph, _ random: inout PositionRandom, _ pixels: UnsafeMutableBufferPointer<UInt8>
  ) {
    for index in ink.indices { ink[index] = 0 }
    let d = difficulty
    let side = Float(size)
    let radius = random.uniform(d.radius.0, d.radius.1) * side / 28

    for _ in 0..<(d.distractors.0 + random.integer(below: d.distractors.1 - d.distractors.0 + 1)) {
      distract(&random)
    }

    raster.clear()
    let placed = Placement(d, side, &random)
    for stroke in glyph.strokes {
      raster.stroke(stroke.map(placed.callAsFunction), reach: radius + 0.5)
    }
    raster.cover(&ink, radius: radius, strength: 1)

    colour(&random, pixels)
  }

  /// A short bent stroke somewhere, weaker or as strong as the glyph.
  private mutating func distract(_ random: inout PositionRandom) {
    let side = Float(size)
    let radius = random.uniform(difficulty.radius.0, difficulty.radius.1) * side / 28
    var angle = random.uniform(0, 2 * .pi)
    let bend = random.uniform(-0.5, 0.5)
    let step = random.uniform(0.15, 0.4) * side / 4
    var point = SIMD2<Float>(random.uniform(0, side), random.uniform(0, side))
    var points = [point]
    for _ in 0..<4 {
      point += SIMD2(cos(angle), sin(angle)) * step
      angle += bend
      points.append(point)
    }
    let strength = random.uniform(0.4, 1)
    raster.clear()
    raster.stroke(points, reach: radius + 0.5)
    raster.cover(&ink, radius: radius, strength: strength)
  }

  private mutating func colour(
    _ random: inout PositionRandom, _ pixels: UnsafeMutableBufferPointer<UInt8>
  ) {
    let (paper, pen) = tones(&random)
    let noise = random.uniform(difficulty.noise.0, difficulty.noise.1) * 255
    let area = size * size
    for channel in 0..<channels {
      let slope = SIMD2(
        random.uniform(-difficulty.gradient, difficulty.gradient),
        random.uniform(-difficulty.gradient, difficulty.gradient))
      let base = paper[channel] - (slope.x + slope.y) / 2
      var bits: UInt64 = 0
      var index = 0
      for y in 0..<size {
        let row = base + slope.y * Float(y) / Float(size)
        for x in 0..<size {
          if index & 3 == 0 { bits = random.bits() }
          // The sum of two bytes has a triangular distribution; four such sums come out of one draw.
          let grain = Float(bits & 255) + Float(bits >> 8 & 255) - 255
          bits >>= 16
          let ground = row + slope.x * Float(x) / Float(size)
          let tone = ground + (pen[channel] - ground) * ink[index]
          let value = tone * 255 + grain * noise / 255
          pixels[channel * area + index] = UInt8(min(max(value, 0), 255).rounded())
          index += 1
        }
      }
    }
  }

  /// The background's and the ink's tone in every channel, in 0…1 and apart in brightness by at least the contrast.
  private func tones(_ random: inout PositionRandom) -> (paper: [Float], pen: [Float]) {
    let inverted = random.chance(difficulty.inversion)
    while true {
      var paper: [Float] = []
      var pen: [Float] = []
      for _ in 0..<channels {
        paper.append(random.uniform(0, 1))
        pen.append(random.uniform(0, 1))
      }
      let difference = (pen.reduce(0, +) - paper.reduce(0, +)) / Float(channels)
      if abs(difference) < difficulty.contrast { continue }
      return (difference < 0) == inverted ? (paper, pen) : (pen, paper)
    }
  }
}

/// Where a glyph stands in its image: a warp made of sine waves, then an affine map.
private struct Placement {
  private typealias Point = SIMD2<Float>
  private var waves: [(direction: Point, phase: Point, amplitude: Point)] = []
  private var right: Point
  private var down: Point
  private var centre: Point

  init(_ d: GlyphPainter.Difficulty, _ side: Float, _ random: inout PositionRandom) {
    for _ in 0..<3 {
      waves.append(
        (
          direction: [random.uniform(-3, 3), random.uniform(-3, 3)],
          phase: [random.uniform(0, 2 * .pi), random.uniform(0, 2 * .pi)],
          amplitude: [random.uniform(0, d.warp), random.uniform(0, d.warp)]
        ))
    }
    let angle = random.uniform(-d.rotation, d.rotation) * .pi / 180
    let width = random.uniform(d.scale.0, d.scale.1) * side
    let height = random.uniform(d.scale.0, d.scale.1) * side
    let shear = random.uniform(-d.shear, d.shear)
    right = Point(cos(angle), sin(angle)) * width
    down = Point(shear * cos(angle) - sin(angle), shear * sin(angle) + cos(angle)) * height
    centre = [
      side * (0.5 + random.uniform(-d.shift, d.shift)), side * (0.5 + random.uniform(-d.shift, d.shift)),
    ]
  }

  func callAsFunction(_ point: SIMD2<Float>) -> SIMD2<Float> {
    var moved = point
    for wave in waves {
      let phase = wave.direction.x * point.x + wave.direction.y * point.y
      moved.x += wave.amplitude.x * sin(phase + wave.phase.x)
      moved.y += wave.amplitude.y * sin(phase + wave.phase.y)
    }
    return centre + right * moved.x + down * moved.y
  }
}
