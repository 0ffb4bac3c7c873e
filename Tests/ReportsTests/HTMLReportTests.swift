import Command
import Foundation
import Testing

@testable import Reports

@Suite struct HTMLReportTests {
  private static let png = Data(
    base64Encoded:
      "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==")!

  private static let hostile = [
    "<script>alert(1)</script>", "\"><img src=x onerror=alert(1)>", "' onload='x", "a & b &amp; c", "]]>",
    "<!--", "-->",
    "</style></title>", "\u{0}\u{1}\u{1b}[31m\u{7f}", "\u{202e}right to left", "\u{FFFE}", "🙂 ü ∂",
  ]

  /// Every text that a report takes is the hostile one.
  private func report(_ text: String) -> HTMLReport {
    var report = HTMLReport(title: text, subtitle: text, footer: text)
    for _ in 0..<3 { report.section(text) }
    report.subsection(text)
    report.paragraph(text)
    report.list([text])
    report.callout(.warning, text)
    report.code(text)
    report.settings([(text, text)])
    var table = ReportTable([.text(text), .number(text)], caption: text)
    table.append([.text(text), .text(text)])
    report.table(table)
    let picture = ReportPicture(.png, Self.png, description: text, dark: Self.png)
    report.figure(picture, caption: text)
    report.figures([(picture, text)])
    report.grid([(picture, text)], caption: text)
    report.details(text) { $0.paragraph(text) }
    return report
  }

  @Test(arguments: hostile) func everyTextIsATextAndNothingElse(_ text: String) throws {
    let html = report(text).html
    #expect(isWellFormed(html))
    let shown = text.map { character in
      String(
        String.UnicodeScalarView(
          character.unicodeScalars.map {
            ["\u{0}", "\u{1}", "\u{1b}", "\u{7f}", "\u{FFFE}"].contains($0) ? "\u{FFFD}" : $0
          }))
    }.joined()
    let texts = visibleText(html)
    #expect(texts.count { $0 == shown } == 28, "\(texts.filter { $0 != shown })")
    // The elements are those of a harmless text.
    func elements(_ html: String) -> [Substring] { html.matches(of: /<([a-z0-9]+)/).map(\.1) }
    #expect(elements(html) == elements(report("x").html))
    for attribute in ["alt=\"", "title=\""] where html.contains(attribute) {
      #expect(!html.contains(attribute + text) || escaped(text) == text)
    }
  }

  @Test func nothingIsFetched() {
    let html = report("x").html
    #expect(
      !html.contains("http") && !html.contains("<script") && !html.contains("<link") && !html.contains("url(")
    )
    #expect(html.hasPrefix("<!DOCTYPE html>\n<html lang=\"en\">"))
  }

  @Test func tablesMarkNumbersAndTheBest() {
    var table = ReportTable([.text("m"), .number("acc", .percent(1), best: .highest)])
    table.append(["a", .sample([0.5, 0.6])])
    table.append(["b", -0.25])
    table.append(["c", .missing])
    var report = HTMLReport(title: "t")
    report.table(table)
    #expect(report.html.contains("<th scope=\"col\">m</th><th scope=\"col\" class=\"number\">acc (%)</th>"))
    #expect(
      report.html.contains(
        "<tr><td>a</td><td class=\"number\"><strong>55.0</strong><span class=\"spread\"> ± 7.1</span></td></tr>\n"
          + "<tr><td>b</td><td class=\"number\">−25.0</td></tr>\n"
          + "<tr><td>c</td><td class=\"number\"><span class=\"spread\">–</span></td></tr>"))
    #expect(report.html.contains("<p class=\"small\">Mean ± sample standard deviation, n = 2.</p>"))
  }

  @Test func sectionsAreListedOnceThereAreMany() {
    var report = HTMLReport(title: "t")
    report.section("One")
    report.section("Two")
    #expect(!report.html.contains("<nav"))
    report.details("more") { $0.section("Three") }
    #expect(report.html.contains("<li><a href=\"#section-3\">Three</a></li>"))
    #expect(report.html.contains("<h2 id=\"section-3\">Three</h2>"))
  }

  @Test func picturesAreInside() throws {
    var report = HTMLReport(title: "t")
    report.figure(ReportPicture(.png, Self.png, description: "one pixel"), caption: "")
    #expect(
      report.html.contains(
        "<figure class=\"chart\"><img src=\"data:image/png;base64,\(Self.png.base64EncodedString())\" alt=\"one pixel\" "
          + "width=\"1\" height=\"1\" class=\"pixels\" /></figure>"))
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent(
      "salar-html-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    try Self.png.write(to: folder.appendingPathComponent("a.txt"))
    #expect(
      try ReportPicture(reading: folder.appendingPathComponent("a.txt"), description: "").format == .png)
    try Data("text".utf8).write(to: folder.appendingPathComponent("b.png"))
    #expect(throws: CommandError.self) {
      try ReportPicture(reading: folder.appendingPathComponent("b.png"), description: "")
    }
    #expect(throws: CommandError.self) { try ReportPicture(reading: folder, description: "") }
    try report.write(to: folder.appendingPathComponent("r.html"))
    #expect(try String(contentsOf: folder.appendingPathComponent("r.html"), encoding: .utf8) == report.html)
    do {
      try report.write(to: folder.appendingPathComponent("none/r.html"))
      Issue.record("it was written")
    } catch {
      #expect(error.message.contains("none/r.html: cannot be written"))
    }
  }
}
