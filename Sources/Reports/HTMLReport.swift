import Command
import Foundation

/// One page of HTML that needs nothing beside it: styles and pictures are inside, scripts are none. Every text is escaped.
///
/// ```swift
/// var report = HTMLReport(title: "Sharpness", subtitle: "ResNet-18 on CIFAR-10")
/// report.section("Accuracy")
/// report.paragraph("SAM is better than SGD on all seeds.")
/// report.table(table)
/// report.figure(picture, caption: "Test accuracy by epoch.")
/// report.details("Settings") { $0.settings([("epochs", "200")]) }
/// try report.write(to: url)
/// ```
public struct HTMLReport: Sendable {
  public var title: String
  public var subtitle: String
  /// In the last line: when it was made and by what.
  public var footer: String
  private var content = Content()

  public init(title: String, subtitle: String = "", footer: String = "") {
    self.title = title
    self.subtitle = subtitle
    self.footer = footer
  }

  /// What stands in a report, or inside its ``Content/details(_:isOpen:_:)``.
  public struct Content: Sendable {
    fileprivate(set) var html = ""
    fileprivate var sections: [(id: String, title: String)] = []
    fileprivate var pictures = 0

    fileprivate init() {}
  }

  /// A remark that stands out.
  public enum Callout: String, Sendable {
    case note, good, warning
  }

  // MARK: Parts

  public mutating func section(_ title: String) { content.section(title) }
  public mutating func subsection(_ title: String) { content.subsection(title) }
  public mutating func paragraph(_ text: String) { content.paragraph(text) }
  public mutating func list(_ items: [String]) { content.list(items) }
  public mutating func callout(_ kind: Callout, _ text: String) { content.callout(kind, text) }
  public mutating func code(_ text: String) { content.code(text) }
  public mutating func settings(_ settings: [(String, String)]) { content.settings(settings) }
  public mutating func table(_ table: ReportTable) { content.table(table) }
  public mutating func figure(_ picture: ReportPicture, caption: String) {
    content.figure(picture, caption: caption)
  }
  public mutating func figures(_ figures: [(picture: ReportPicture, caption: String)]) {
    content.figures(figures)
  }
  public mutating func grid(
    _ pictures: [(picture: ReportPicture, caption: String)], caption: String = "", width: Int = 96
  ) {
    content.grid(pictures, caption: caption, width: width)
  }
  public mutating func details(_ summary: String, isOpen: Bool = false, _ body: (inout Content) -> Void) {
    content.details(summary, isOpen: isOpen, body)
  }

  // MARK: The page

  /// The whole page, which is well-formed XML too.
  public var html: String {
    var page = """
      <!DOCTYPE html>
      <html lang="en">
      <head>
      <meta charset="utf-8" />
      <meta name="viewport" content="width=device-width, initial-scale=1" />
      <meta name="color-scheme" content="light dark" />
      <title>\(escaped(title))</title>
      <style>
      \(HTMLStyle.sheet)
      </style>
      </head>
      <body>
      <header>
      <h1>\(escaped(title))</h1>

      """
    if !subtitle.isEmpty { page += "<p class=\"subtitle\">\(escaped(subtitle))</p>\n" }
    page += "</header>\n"
    if content.sections.count > 2 {
      let links = content.sections.map { "<li><a href=\"#\($0.id)\">\(escaped($0.title))</a></li>" }
      page += "<nav aria-label=\"Contents\"><ul>\(links.joined())</ul></nav>\n"
    }
    page += "<main>\n\(content.html)</main>\n"
    if !footer.isEmpty { page += "<footer>\(escaped(footer))</footer>\n" }
    return page + "</body>\n</html>\n"
  }

  /// Writes the page, whole or not at all.
  ///
  /// - Throws: ``CommandError`` if the file cannot be written.
  public func write(to url: URL) throws(CommandError) {
    do {
      try Data(html.utf8).write(to: url, options: .atomic)
    } catch {
      throw CommandError(
        "\(url.path): cannot be written: \(error.localizedDescription); check the path and the room on the disk"
      )
    }
  }
}

extension HTMLReport.Content {
  public mutating func section(_ title: String) {
    let id = "section-\(sections.count + 1)"
    sections.append((id, title))
    html += "<h2 id=\"\(id)\">\(escaped(title))</h2>\n"
  }

  public mutating func subsection(_ title: String) { html += "<h3>\(escaped(title))</h3>\n" }

  /// Empty lines in the text begin new paragraphs.
  public mutating func paragraph(_ text: String) {
    for part in text.split(separator: /\n\s*\n/) { html += "<p>\(escaped(String(part)))</p>\n" }
  }

  public mutating func list(_ items: [String]) {
    html += "<ul>\(items.map { "<li>\(escaped($0))</li>" }.joined())</ul>\n"
  }

  public mutating func callout(_ kind: HTMLReport.Callout, _ text: String) {
    html += "<p class=\"callout \(kind.rawValue)\">\(escaped(text))</p>\n"
  }

  /// A command or a file, with its spaces and line breaks.
  public mutating func code(_ text: String) {
    html += "<pre tabindex=\"0\"><code>\(escaped(text))</code></pre>\n"
  }

  /// Names and what they are set to.
  public mutating func settings(_ settings: [(String, String)]) {
    html += "<dl>"
    for (name, value) in settings {
      html += "<div><dt>\(escaped(name))</dt><dd>\(escaped(value))</dd></div>"
    }
    html += "</dl>\n"
  }

  public mutating func table(_ table: ReportTable) {
    html += "<div class=\"table\" tabindex=\"0\"><table>\n"
    if !table.caption.isEmpty { html += "<caption>\(escaped(table.caption))</caption>\n" }
    let classes = table.columns.map { $0.isNumber ? " class=\"number\"" : "" }
    let titles = table.columns.indices.map {
      "<th scope=\"col\"\(classes[$0])>\(escaped(table.title($0)))</th>"
    }
    html += "<thead><tr>\(titles.joined())</tr></thead>\n<tbody>\n"
    let best = table.columns.indices.map(table.best)
    // After the digits without taking room, so that points stay below each other.
    func hanging(_ text: String) -> String { "<span class=\"hanging\">\(text)</span>" }
    for row in table.rows.indices {
      let cells = table.columns.indices.map { column in
        let parts = table.parts(row, column)
        let isNumber = table.rows[row][column].isNumber
        var cell = escaped(isNumber ? parts.value.replacing("-", with: "−") : parts.value)
        if best[column].contains(row) { cell = "<strong>\(cell)</strong>" }
        if let deviation = parts.deviation {
          cell += "<span class=\"spread\"> ± \(escaped(deviation))</span>"
        }
        if let n = parts.n { cell += "<span class=\"spread\"> (\(n))</span>" }
        if !parts.lead.isEmpty {
          cell = "<span class=\"spread\">\(parts.lead)\(cell)\(hanging(parts.trail))</span>"
        }
        if parts.stars > 0 { cell += hanging(String(repeating: "*", count: parts.stars)) }
        if case .missing = table.rows[row][column], !table.isUnder(row) {
          cell = "<span class=\"spread\">–</span>"
        }
        return "<td\(classes[column])>\(cell)</td>"
      }
      let names = (table.hasRule(above: row) ? ["rule"] : []) + (table.isUnder(row) ? ["under"] : [])
      let attribute = names.isEmpty ? "" : " class=\"\(names.joined(separator: " "))\""
      html += "<tr\(attribute)>\(cells.joined())</tr>\n"
    }
    html += "</tbody>\n</table></div>\n"
    for note in table.allNotes { html += "<p class=\"small\">\(escaped(note))</p>\n" }
  }

  /// One picture over the width of the text.
  public mutating func figure(_ picture: ReportPicture, caption: String) {
    html += Self.figure(picture, caption) + "\n"
  }

  /// Two pictures side by side where there is room.
  public mutating func figures(_ figures: [(picture: ReportPicture, caption: String)]) {
    html += "<div class=\"figures\">\(figures.map { Self.figure($0.picture, $0.caption) }.joined())</div>\n"
  }

  /// Many small pictures, such as the images of a data set.
  ///
  /// - Parameter width: of each, in CSS pixels; small pictures are enlarged to it with their pixels visible.
  public mutating func grid(
    _ pictures: [(picture: ReportPicture, caption: String)], caption: String = "", width: Int = 96
  ) {
    html += "<figure class=\"grid\"><div style=\"--cell: \(max(16, width))px\">"
    for (picture, caption) in pictures {
      html += "<figure>\(Self.image(picture))"
      if !caption.isEmpty { html += "<figcaption>\(escaped(caption))</figcaption>" }
      html += "</figure>"
    }
    html += "</div>"
    if !caption.isEmpty { html += "<figcaption>\(escaped(caption))</figcaption>" }
    html += "</figure>\n"
  }

  /// What can be opened and closed.
  public mutating func details(
    _ summary: String, isOpen: Bool = false, _ body: (inout HTMLReport.Content) -> Void
  ) {
    html += "<details\(isOpen ? " open=\"open\"" : "")><summary>\(escaped(summary))</summary>\n<div>\n"
    body(&self)
    html += "</div>\n</details>\n"
  }

  private static func figure(_ picture: ReportPicture, _ caption: String) -> String {
    let text = caption.isEmpty ? "" : "<figcaption>\(escaped(caption))</figcaption>"
    return "<figure class=\"chart\">\(image(picture))\(text)</figure>"
  }

  private static func image(_ picture: ReportPicture) -> String {
    var attributes =
      "src=\"\(address(picture.data, picture.format))\" alt=\"\(escaped(picture.description))\""
    if let size = picture.pixelSize {
      attributes += " width=\"\(size.width)\" height=\"\(size.height)\""
      if max(size.width, size.height) <= 128 {
        attributes += " class=\"pixels\""
      } else if picture.format == .png {
        attributes += " class=\"sheet\""
      }
    }
    let image = "<img \(attributes) />"
    guard let dark = picture.dark else { return image }
    let source =
      "<source media=\"screen and (prefers-color-scheme: dark)\" srcset=\"\(address(dark, picture.format))\" />"
    return "<picture>\(source)\(image)</picture>"
  }

  private static func address(_ data: Data, _ format: ReportPicture.Format) -> String {
    "data:\(format.rawValue);base64,\(data.base64EncodedString())"
  }
}

/// Text between tags or in an attribute. Characters that XML has no place for become �.
func escaped(_ text: String) -> String {
  var result = ""
  result.reserveCapacity(text.utf8.count)
  for scalar in text.unicodeScalars {
    switch scalar {
    case "&": result += "&amp;"
    case "<": result += "&lt;"
    case ">": result += "&gt;"
    case "\"": result += "&quot;"
    case "'": result += "&#39;"
    case "\t", "\n": result.unicodeScalars.append(scalar)
    case "\r": result += "\n"
    case _
    where scalar.value < 0x20 || (0x7F...0x9F).contains(scalar.value) || scalar.value & 0xFFFE == 0xFFFE:
      result += "\u{FFFD}"
    default: result.unicodeScalars.append(scalar)
    }
  }
  return result
}
