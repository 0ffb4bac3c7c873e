// A table as text for other programs.

extension ReportTable {
  /// A pipe table, as GitHub and Pandoc read it. Columns are as wide as their widest cell.
  public var markdown: String {
    var cells: [[String]] = [columns.indices.map { Self.markdown(title($0)) }]
    let best = columns.indices.map(best)
    for row in rows.indices {
      cells.append(
        columns.indices.map { column in
          let (value, deviation, n) = parts(row, column)
          var text = Self.markdown(value)
          if best[column].contains(row) { text = "**\(text)**" }
          if let deviation { text += " ± \(deviation)" }
          if let n { text += " (\(n))" }
          return text
        })
    }
    let widths = columns.indices.map { column in max(3, cells.map { $0[column].count }.max()!) }
    func line(_ row: [String]) -> String {
      "| "
        + row.enumerated().map { column, text in
          let space = String(repeating: " ", count: widths[column] - text.count)
          return columns[column].isNumber ? space + text : text + space
        }.joined(separator: " | ") + " |"
    }
    let rule =
      "| "
      + columns.indices.map { column in
        String(repeating: "-", count: widths[column] - 1) + (columns[column].isNumber ? ":" : "-")
      }.joined(separator: " | ") + " |"
    var lines = [line(cells[0]), rule] + cells.dropFirst().map(line)
    if !caption.isEmpty { lines = [Self.markdown(caption), ""] + lines }
    if let note { lines += ["", note] }
    return lines.joined(separator: "\n") + "\n"
  }

  private static func markdown(_ text: String) -> String {
    var result = ""
    for character in text.flattened {
      switch character {
      case "\\", "`", "*", "_", "[", "]", "|", "~", "$": result += "\\\(character)"
      case "<": result += "&lt;"
      case ">": result += "&gt;"
      case "&": result += "&amp;"
      default: result.append(character)
      }
    }
    return result
  }

  /// A `table` with the rules of the `booktabs` package, which the document must use.
  public var latex: String {
    let best = columns.indices.map(best)
    var lines = [
      "% \\usepackage{booktabs}",
      "\\begin{table}",
      "  \\centering",
    ]
    if !caption.isEmpty { lines.append("  \\caption{\(Self.latex(caption))}") }
    lines.append("  \\begin{tabular}{\(columns.map { $0.isNumber ? "r" : "l" }.joined())}")
    lines.append("    \\toprule")
    lines.append("    " + columns.indices.map { Self.latex(title($0)) }.joined(separator: " & ") + " \\\\")
    lines.append("    \\midrule")
    for row in rows.indices {
      let cells = columns.indices.map { column in
        let (value, deviation, n) = parts(row, column)
        var text = rows[row][column].isNumber ? Self.number(value) : Self.latex(value)
        if best[column].contains(row) { text = "\\textbf{\(text)}" }
        if let deviation { text += " $\\pm$ \(deviation)" }
        if let n { text += " (\(n))" }
        return text
      }
      lines.append("    " + cells.joined(separator: " & ") + " \\\\")
    }
    lines.append("    \\bottomrule")
    lines.append("  \\end{tabular}")
    if let note { lines.append("  \\par\\smallskip\\footnotesize \(Self.latex(note))") }
    lines.append("\\end{table}")
    return lines.joined(separator: "\n") + "\n"
  }

  private static func number(_ text: String) -> String {
    text.replacing("-∞", with: "$-\\infty$").replacing("∞", with: "$\\infty$").replacing("-", with: "$-$")
      .replacing("$$-$\\infty$", with: "$-\\infty$")
  }

  private static func latex(_ text: String) -> String {
    var result = ""
    for character in text.flattened {
      switch character {
      case "\\": result += "\\textbackslash{}"
      case "{", "}", "$", "&", "#", "_", "%": result += "\\\(character)"
      case "~": result += "\\textasciitilde{}"
      case "^": result += "\\textasciicircum{}"
      case "<": result += "\\textless{}"
      case ">": result += "\\textgreater{}"
      case "|": result += "\\textbar{}"
      case "\"": result += "\\textquotedbl{}"
      case "±": result += "$\\pm$"
      case "−": result += "$-$"
      case "×": result += "$\\times$"
      default: result.append(character)
      }
    }
    return result
  }

  /// RFC 4180, every number in full. Means take three columns: `NAME`, `NAME std` and `NAME n`.
  public var csv: String {
    let isMean = columns.indices.map { column in rows.contains { $0[column].n != nil } }
    var header: [String] = []
    for (column, entry) in columns.enumerated() {
      header.append(entry.title)
      if isMean[column] { header += ["\(entry.title) std", "\(entry.title) n"] }
    }
    let lines = rows.map { row in
      columns.indices.flatMap { column in
        var cells: [String]
        switch row[column] {
        case .text(let text): cells = [text]
        case .number(let value): cells = [Self.digits(value)]
        case .mean(let mean, let deviation, let n):
          cells = [Self.digits(mean), deviation.map(Self.digits) ?? "", "\(n)"]
        case .missing: cells = [""]
        }
        while isMean[column], cells.count < 3 { cells.append("") }
        return cells
      }
    }
    return ([header] + lines).map { $0.map(Self.csv).joined(separator: ",") + "\r\n" }.joined()
  }

  private static func digits(_ value: Double) -> String {
    if value == value.rounded(), value.magnitude < 1e15 { return String(Int(value)) }
    return "\(value)"
  }

  private static func csv(_ text: String) -> String {
    // "\r\n" is one character to Swift.
    let needsQuotes = text.unicodeScalars.contains { ["\"", ",", "\r", "\n"].contains($0) }
    return needsQuotes || text.hasPrefix(" ") || text.hasSuffix(" ")
      ? "\"\(text.replacing("\"", with: "\"\""))\"" : text
  }
}

extension String {
  /// On one line, without control characters.
  var flattened: String {
    String(
      String.UnicodeScalarView(
        unicodeScalars.map {
          $0.properties.generalCategory == .control || $0 == "\u{2028}" || $0 == "\u{2029}" ? " " : $0
        }))
  }
}
