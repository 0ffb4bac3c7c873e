import Command
import Foundation

/// A picture inside a report, with what it shows in words for who cannot see it.
public struct ReportPicture: Sendable, Equatable {
  public enum Format: String, Sendable {
    case png = "image/png"
    case svg = "image/svg+xml"
    case jpeg = "image/jpeg"
  }

  public var format: Format
  public var data: Data
  public var description: String
  /// The same for a dark page.
  public var dark: Data?

  /// - Parameter description: what it shows, in words.
  public init(_ format: Format, _ data: Data, description: String, dark: Data? = nil) {
    self.format = format
    self.data = data
    self.description = description
    self.dark = dark
  }

  /// - Throws: ``CommandError`` if the file cannot be read or is no PNG, JPEG or SVG, by its contents.
  public init(reading url: URL, description: String) throws(CommandError) {
    let data: Data
    do {
      data = try Data(contentsOf: url)
    } catch {
      throw CommandError("\(url.path): cannot be read: \(error.localizedDescription)")
    }
    let format: Format
    if data.starts(with: [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]) {
      format = .png
    } else if data.starts(with: [0xFF, 0xD8, 0xFF]) {
      format = .jpeg
    } else if let start = String(data: data.prefix(1000), encoding: .utf8), start.contains("<svg") {
      format = .svg
    } else {
      throw CommandError("\(url.path): is no picture that a report can show; PNG, JPEG or SVG was expected")
    }
    self.init(format, data, description: description)
  }

  /// Width and height in pixels, of a PNG.
  public var pixelSize: (width: Int, height: Int)? {
    guard format == .png, data.count >= 24 else { return nil }
    func number(_ start: Int) -> Int {
      data.dropFirst(start).prefix(4).reduce(0) { $0 << 8 | Int($1) }
    }
    return (number(16), number(20))
  }
}
