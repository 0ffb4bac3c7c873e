import Testing

@testable import Reports

@Suite struct ReportTableTests {
  private var table: ReportTable {
    var table = ReportTable(
      [
        .text("method"), .number("accuracy", .percent(1), best: .highest),
        .number("loss", .fixed(2), best: .lowest),
        .number("time", .significant(3)),
      ], caption: "Test_set")
    table.append(["SGD", .sample([0.5, 0.75, 1]), 0.25, 100])
    table.append(["SAM & co|*", .sample([0.75, 0.875, 1]), -0.001, 12345.678])
    table.append(["\"ESAM\", 50%", .missing, .number(.infinity), .number(.nan)])
    return table
  }

  @Test func samplesHaveMeanDeviationAndNumber() {
    #expect(ReportTable.Cell.sample([1, 2, 3, 4]) == .mean(2.5, deviation: (5.0 / 3).squareRoot(), n: 4))
    #expect(ReportTable.Cell.sample([7]) == .mean(7, deviation: nil, n: 1))
    #expect(ReportTable.Cell.sample([]) == .missing)
  }

  @Test func markdown() {
    let lines = table.markdown.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    #expect(
      lines == [
        "Test\\_set",
        "",
        "| method           |    accuracy (%) |     loss |     time |",
        "| ---------------- | --------------: | -------: | -------: |",
        "| SGD              |     75.0 ± 25.0 |     0.25 |      100 |",
        "| SAM &amp; co\\|\\* | **87.5** ± 12.5 | **0.00** | 1.23e+04 |",
        "| \"ESAM\", 50%      |                 |        ∞ |      NaN |",
        "",
        "Mean ± sample standard deviation, n = 3.",
        "",
      ])
  }

  @Test func latex() {
    #expect(
      table.latex == """
        % \\usepackage{booktabs}
        \\begin{table}
          \\centering
          \\caption{Test\\_set}
          \\begin{tabular}{lrrr}
            \\toprule
            method & accuracy (\\%) & loss & time \\\\
            \\midrule
            SGD & 75.0 $\\pm$ 25.0 & 0.25 & 100 \\\\
            SAM \\& co\\textbar{}* & \\textbf{87.5} $\\pm$ 12.5 & \\textbf{0.00} & 1.23e+04 \\\\
            \\textquotedbl{}ESAM\\textquotedbl{}, 50\\% &  & $\\infty$ & NaN \\\\
            \\bottomrule
          \\end{tabular}
          \\par\\smallskip\\footnotesize Mean $\\pm$ sample standard deviation, n = 3.
        \\end{table}

        """)
    var other = ReportTable([.text("{a}"), .number("b")])
    other.append(["C:\\~^$#{}<>\n%", -1.5])
    other.append(["x", .number(-.infinity)])
    #expect(
      other.latex.contains(
        "C:\\textbackslash{}\\textasciitilde{}\\textasciicircum{}\\$\\#\\{\\}\\textless{}\\textgreater{} \\% & $-$1.5"
      ))
    #expect(other.latex.contains("x & $-\\infty$ \\\\"))
    #expect(other.latex.contains("\\{a\\} & b"))
  }

  @Test func csv() {
    #expect(
      table.csv
        == "method,accuracy,accuracy std,accuracy n,loss,time\r\n"
        + "SGD,0.75,0.25,3,0.25,100\r\n"
        + "SAM & co|*,0.875,0.125,3,-0.001,12345.678\r\n"
        + "\"\"\"ESAM\"\", 50%\",,,,inf,nan\r\n")
    var other = ReportTable([.text("a,b"), .text(" c")])
    other.append(["line\nbreak", "carriage\r\nreturn"])
    #expect(other.csv == "\"a,b\",\" c\"\r\n\"line\nbreak\",\"carriage\r\nreturn\"\r\n")
  }

  @Test func theBestIsWhatLooksBest() {
    var table = ReportTable([.number("a", .fixed(2), best: .highest), .number("b", best: .lowest)])
    table.append([0.1234, 3])
    table.append([0.1199, 1])
    table.append([.number(.nan), .missing])
    #expect(table.best(0) == [0, 1])
    #expect(table.best(1) == [1])
    // One number is no comparison.
    var single = ReportTable([.number("a", best: .highest)])
    single.append([1])
    #expect(single.best(0) == [])
  }

  @Test func differingNumbersOfRunsStandInTheCells() {
    var table = ReportTable([.number("a", .fixed(1))])
    table.append([.sample([1, 2])])
    table.append([.sample([1, 2, 3])])
    #expect(table.markdown.contains("1.5 ± 0.7 (2)") && table.markdown.contains("2.0 ± 1.0 (3)"))
    #expect(table.note == "Mean ± sample standard deviation (n).")
  }

  @Test func numbersAreShort() {
    let format = ReportTable.Format.significant(3)
    #expect(
      [0, 1, 100, 1234567, 0.5, 0.123456, 1e-7, 1.5e12].map(format.text) == [
        "0", "1", "100", "1234567", "0.5", "0.123", "1e-07", "1.5e+12",
      ])
    #expect(format.deviation(0.01234, of: 0.987654) == "0.012")
    #expect(
      ReportTable.Format.percent(2).text(0.98765) == "98.77"
        || ReportTable.Format.percent(2).text(0.98765) == "98.76")
    #expect(ReportTable.Format.fixed(1).text(-0.01) == "0.0")
  }
}

@Suite struct EstimateTableTests {
  /// Two regressions beside each other, as papers print them.
  private var table: ReportTable {
    var table = ReportTable(
      [.text(""), .number("(1) OLS", .fixed(3)), .number("(2)", .fixed(3))], caption: "CSAD on the market")
    table.append(["const", .estimate(1.0668, stars: 3), .estimate(-0.25)])
    table.append(["", .parenthesised(0.1082), .parenthesised(12.5)])
    table.append(["GI_s", .missing, .estimate(0.001, stars: 1)])
    table.append(["", .missing, .parenthesised(0.0004)])
    table.rule()
    table.append(["Observations", .estimate(106, .significant(4)), .estimate(106, .significant(4))])
    table.append(["p of F", .estimate(0.00004, .probability(3)), .estimate(0.0312, .probability(3))])
    table.notes = ["Newey–West errors; * p < 0.10."]
    return table
  }

  @Test func plain() {
    #expect(
      table.plain == """
        CSAD on the market

                        (1) OLS       (2)
        ────────────  ─────────  ────────
        const          1.067***   -0.250
                      (0.108)    (12.500)
        GI_s                       0.001*
                                  (0.000)
        ────────────  ─────────  ────────
        Observations     106         106
        p of F        <0.001       0.031

        Newey–West errors; * p < 0.10.

        """)
  }

  @Test func latex() {
    let lines = table.latex.split(separator: "\n").map { $0.trimmingCharacters(in: .whitespaces) }
    #expect(lines.contains("const & 1.067\\rlap{$^{***}$} & $-$0.250 \\\\"))
    #expect(lines.contains("& (0.108\\rlap{)} & (12.500\\rlap{)} \\\\"))
    #expect(lines.filter { $0 == "\\midrule" }.count == 2)
    #expect(lines.contains("p of F & $<$0.001 & 0.031 \\\\"))
    #expect(lines.contains("\\par\\smallskip\\footnotesize Newey–West errors; * p \\textless{} 0.10."))
  }

  @Test func markdownAndCSV() {
    #expect(table.markdown.contains("| const        | 1.067\\*\\*\\* |   -0.250 |"))
    #expect(table.markdown.contains("|              |     (0.108) | (12.500) |"))
    #expect(table.markdown.contains("&lt;0.001"))
    #expect(table.markdown.hasSuffix("\nNewey–West errors; \\* p &lt; 0.10.\n"))
    #expect(table.csv.contains("const,1.0668,-0.25\r\n,0.1082,12.5\r\n"))
    #expect(table.csv.contains("p of F,4e-05,0.0312\r\n"))
  }

  @Test func html() {
    var report = HTMLReport(title: "t")
    report.table(table)
    #expect(isWellFormed(report.html))
    #expect(report.html.contains("1.067<span class=\"hanging\">***</span>"))
    #expect(report.html.contains("<tr class=\"under\">") && report.html.contains("<tr class=\"rule\">"))
    #expect(report.html.contains("<span class=\"spread\">(0.108<span class=\"hanging\">)</span></span>"))
  }

  @Test func letters() {
    var table = ReportTable([.text("τ = 0.1"), .number("ΔGI")])
    table.append(["[a] σ²", 1])
    table.append(["R² ≥ β·x", .missing])
    #expect(table.latex.contains("$\\tau$ = 0.1 & $\\Delta$GI \\\\"))
    #expect(table.latex.contains("    {}[a] $\\sigma$$^2$ & 1 \\\\"))
    #expect(table.latex.contains("R$^2$ $\\geq$ $\\beta$$\\cdot$x &  \\\\"))
  }

  @Test func nothingIsMissing() {
    #expect(ReportTable.Cell.estimate(.nan) == .missing && ReportTable.Cell.parenthesised(.nan) == .missing)
    var empty = ReportTable([.text("a"), .number("b")])
    #expect(empty.plain == "a  b\n─  ─\n")
    empty.rule()
    empty.append(["x", .number(-.infinity)])
    #expect(empty.plain.contains("−∞") && !empty.latex.contains("\\midrule\n    \\midrule"))
  }
}
