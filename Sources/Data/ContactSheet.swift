import Torch

/// One picture of a data set: a row a class, its name to the left, its first images to the right.
public enum ContactSheet {
  /// Images smaller than this are enlarged by a whole number, pixel by pixel.
  private static let smallestTile = 48
  /// Images larger than this are scaled down.
  private static let largestTile = 160
  private static let gap = 4
  private static let longestName = 18
  private static let fontScale = 2

  /// Draws the sheet, black on white.
  ///
  /// - Parameters:
  ///   - rows: how many classes at most, from the first.
  ///   - perClass: images a row at most.
  /// - Throws: ``DataError`` if an image cannot be read, or the sheet would be beyond ``Picture/maximumPixels``.
  public static func draw(_ set: DataSet, rows: Int = 20, perClass: Int = 10) throws(DataError) -> Picture {
    guard rows > 0, perClass > 0 else {
      throw DataError(
        "a contact sheet has at least one row and one image a class, found \(rows) and \(perClass)")
    }
    let rows = min(rows, set.classes)
    var chosen = [[Int]](repeating: [], count: rows)
    for (index, label) in set.labels.enumerated() where label < rows && chosen[label].count < perClass {
      chosen[label].append(index)
    }
    let columns = max(1, chosen.map(\.count).max() ?? 1)
    let tile = tileSize(set.shape)
    let names = set.classNames.prefix(rows).map(shortened)
    let nameWidth = (names.map(\.count).max() ?? 0) * BitmapFont.advance * fontScale + 2 * gap
    let (width, widthOverflow) = columns.multipliedReportingOverflow(by: tile.width + gap)
    let rowHeight = max(tile.height, BitmapFont.height * fontScale) + gap
    guard !widthOverflow, width < Picture.maximumSide else {
      throw DataError("a contact sheet of \(columns) images a row is too wide; ask for fewer")
    }
    var canvas = Canvas(width: nameWidth + width + gap, height: rows * rowHeight + gap)
    try Picture.checkSize(canvas.width, canvas.height, "the contact sheet")
    canvas.clear()
    for row in 0..<rows {
      let top = gap + row * rowHeight
      canvas.text(
        names[row], x: gap, y: top + (rowHeight - gap - BitmapFont.height * fontScale) / 2, scale: fontScale)
      guard !chosen[row].isEmpty else { continue }
      let images = try set.images.images(chosen[row])
      for column in 0..<chosen[row].count {
        let picture = try Picture(images[column]).converted(to: .rgb)
        canvas.paste(
          try fitted(picture, tile), x: nameWidth + column * (tile.width + gap), y: top)
      }
    }
    return canvas.picture
  }

  private static func tileSize(_ shape: [Int]) -> (width: Int, height: Int) {
    let (height, width) = (shape[1], shape[2])
    let longest = max(height, width)
    if longest > largestTile {
      return (max(1, width * largestTile / longest), max(1, height * largestTile / longest))
    }
    let scale = (smallestTile + longest - 1) / longest
    return (width * scale, height * scale)
  }

  private static func fitted(_ picture: Picture, _ tile: (width: Int, height: Int)) throws(DataError)
    -> Picture
  {
    guard tile.width > picture.width else {
      return try picture.resized(width: tile.width, height: tile.height)
    }
    let scale = tile.width / picture.width
    var canvas = Canvas(width: tile.width, height: tile.height)
    canvas.clear()
    for y in 0..<tile.height {
      for x in 0..<tile.width {
        let start = 3 * (y / scale * picture.width + x / scale)
        canvas.set(x, y, picture.pixels[start], picture.pixels[start + 1], picture.pixels[start + 2])
      }
    }
    return canvas.picture
  }

  private static func shortened(_ name: String) -> String {
    name.count <= longestName ? name : name.prefix(longestName - 1) + "…"
  }
}

/// A white colour picture that is drawn on.
private struct Canvas {
  let width: Int
  let height: Int
  private var pixels: [UInt8] = []

  init(width: Int, height: Int) {
    self.width = width
    self.height = height
  }

  var picture: Picture { Picture(width: width, height: height, channels: 3, pixels: pixels) }

  mutating func clear() { pixels = [UInt8](repeating: 255, count: width * height * 3) }

  mutating func set(_ x: Int, _ y: Int, _ red: UInt8, _ green: UInt8, _ blue: UInt8) {
    guard 0..<width ~= x, 0..<height ~= y else { return }
    let start = 3 * (y * width + x)
    pixels[start] = red
    pixels[start + 1] = green
    pixels[start + 2] = blue
  }

  mutating func text(_ text: String, x: Int, y: Int, scale: Int) {
    var dots: [(Int, Int)] = []
    BitmapFont.draw(text) { dots.append(($0, $1)) }
    for (column, row) in dots {
      for dy in 0..<scale {
        for dx in 0..<scale { set(x + column * scale + dx, y + row * scale + dy, 0, 0, 0) }
      }
    }
  }

  mutating func paste(_ picture: Picture, x: Int, y: Int) {
    for row in 0..<picture.height {
      let source = row * picture.width * 3
      let target = 3 * ((y + row) * width + x)
      pixels.replaceSubrange(
        target..<target + 3 * picture.width, with: picture.pixels[source..<source + 3 * picture.width])
    }
  }
}
