// A table as terminals show it.

extension ReportTable {
  /// Lines of text: columns as wide as their widest cell, numbers below each other by their points. The best of a column is
  /// not marked.
  public var plain: String {
    let titles = columns.indices.map(title)
    let cells = rows.indices.map { row in columns.indices.map { parts(row, $0) } }
    // What stands after the digits hangs out to the right of them.
    let bodies = cells.map { $0.map(Self.body) }
    let tails = cells.map { $0.map { $0.trail + String(repeating: "*", count: $0.stars) } }
    let hang = columns.indices.map { column in
      columns[column].isNumber ? tails.map { $0[column].count }.max() ?? 0 : 0
    }
    let widths = columns.indices.map { column in
      max(titles[column].count, (bodies.map { $0[column].count }.max() ?? 0) + hang[column])
    }
    func padded(_ text: String, _ column: Int) -> String {
      let space = String(repeating: " ", count: max(0, widths[column] - text.count))
      return columns[column].isNumber ? space + text : text + space
    }
    func line(_ texts: [String]) -> String {
      var line = texts.joined(separator: "  ")
      while line.last == " " { line.removeLast() }
      return line
    }
    let rule = widths.map { String(repeating: "─", count: $0) }.joined(separator: "  ")
    var lines = caption.isEmpty ? [] : [caption.flattened, ""]
    lines += [line(columns.indices.map { padded(titles[$0].flattened, $0) }), rule]
    for row in rows.indices {
      if hasRule(above: row) { lines.append(rule) }
      lines.append(
        line(
          columns.indices.map { column in
            let tail = tails[row][column]
            let space = String(repeating: " ", count: max(0, hang[column] - tail.count))
            return padded(bodies[row][column] + tail + space, column)
          }))
    }
    for note in allNotes { lines += ["", note.flattened] }
    return lines.joined(separator: "\n") + "\n"
  }

  private static func body(_ parts: Parts) -> String {
    parts.lead + parts.value.flattened.replacing("-∞", with: "−∞")
      + (parts.deviation.map { " ± \($0)" } ?? "")
      + (parts.n.map { " (\($0))" } ?? "")
  }
}
