// A table as text for other programs.

extension ReportTable {
  /// A pipe table, as GitHub and Pandoc read it. Columns are as wide as their widest cell.
  public var markdown: String {
    var cells: [[String]] = [columns.indices.map { Self.markdown(title($0)) }]
    let best = columns.indices.map(best)
    for row in rows.indices {
      cells.append(
        columns.indices.map { column in
          let parts = parts(row, column)
          var text = parts.lead + Self.markdown(parts.value) + parts.trail
          if best[column].contains(row) { text = "**\(text)**" }
          if let deviation = parts.deviation { text += " ± \(deviation)" }
          if let n = parts.n { text += " (\(n))" }
          return text + String(repeating: "\\*", count: parts.stars)
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
    for note in allNotes { lines += ["", note == self.note ? note : Self.markdown(note)] }
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
        let parts = parts(row, column)
        var text = rows[row][column].isNumber ? Self.number(parts.value) : Self.latex(parts.value)
        if best[column].contains(row) { text = "\\textbf{\(text)}" }
        if let deviation = parts.deviation { text += " $\\pm$ \(deviation)" }
        if let n = parts.n { text += " (\(n))" }
        // What stands after the digits takes no room, so that points stay below each other.
        if parts.stars > 0 { text += "\\rlap{$^{\(String(repeating: "*", count: parts.stars))}$}" }
        return parts.lead + text + (parts.trail.isEmpty ? "" : "\\rlap{\(parts.trail)}")
      }
      if hasRule(above: row) { lines.append("    \\midrule") }
      // After a line's end these would be read as its options.
      let isOption = ["[", "*"].contains { cells[0].hasPrefix($0) }
      lines.append("    " + (isOption ? "{}" : "") + cells.joined(separator: " & ") + " \\\\")
    }
    lines.append("    \\bottomrule")
    lines.append("  \\end{tabular}")
    for note in allNotes { lines.append("  \\par\\smallskip\\footnotesize \(Self.latex(note))") }
    lines.append("\\end{table}")
    return lines.joined(separator: "\n") + "\n"
  }

  private static func number(_ text: String) -> String {
    text.replacing("<", with: "$<$").replacing("-∞", with: "$-\\infty$").replacing("∞", with: "$\\infty$")
      .replacing("-", with: "$-$")
      .replacing("$$-$\\infty$", with: "$-\\infty$")
  }

  private static let greek: [Character: String] = [
    "α": "alpha", "β": "beta", "γ": "gamma", "δ": "delta", "ε": "varepsilon", "η": "eta", "θ": "theta",
    "κ": "kappa", "λ": "lambda", "μ": "mu", "ν": "nu", "ξ": "xi", "π": "pi", "ρ": "rho", "σ": "sigma",
    "τ": "tau",
    "φ": "varphi", "χ": "chi", "ψ": "psi", "ω": "omega", "Γ": "Gamma", "Δ": "Delta", "Λ": "Lambda",
    "Σ": "Sigma",
    "Φ": "Phi", "Ω": "Omega",
  ]

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
      case "·": result += "$\\cdot$"
      case "²": result += "$^2$"
      case "³": result += "$^3$"
      case "∞": result += "$\\infty$"
      case "≥": result += "$\\geq$"
      case "≤": result += "$\\leq$"
      default: result += greek[character].map { "$\\\($0)$" } ?? String(character)
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
        case .number(let value), .styled(let value, _): cells = [Self.digits(value)]
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
