import Foundation
import Testing

@testable import Volatility

struct CSVTests {
  private func table(_ text: String) throws -> CSVTable { try CSVTable(Data(text.utf8), name: "t.csv") }
  private func panel(_ text: String, _ layout: PanelLayout = .automatic) throws -> Panel {
    try Panel(table(text), name: "t.csv", layout: layout)
  }
  private func has(_ notes: [Note], _ text: String) -> Bool { notes.contains { $0.text.contains(text) } }

  @Test func quotesAndLines() throws {
    let text = "\u{FEFF}a,\"b \"\"x\"\", y\",c\r\n1,\"two\nlines\", 3 \r\n\r\n4,,6\r7,8,9"
    let found = try table(text)
    #expect(found.header == ["a", "b \"x\", y", "c"])
    #expect(found.rows == [["1", "two\nlines", "3"], ["4", "", "6"], ["7", "8", "9"]])
    #expect(found.lines == [2, 5, 6])
    #expect(found.notes.isEmpty)
  }

  @Test func separators() throws {
    #expect(try table("a;b\n1,5;2\n").rows == [["1,5", "2"]])
    #expect(try table("a\tb\n1,000\t2\n").separator == "\t")
    #expect(try table("a|b\n1|2\n").rows == [["1", "2"]])
    #expect(try table("\"x;y\",b\n1,2\n").header == ["x;y", "b"])
    #expect(try table("only\n1\n2\n").rows == [["1"], ["2"]])
  }

  @Test func oddRows() throws {
    let found = try table("a,b,\n1,2,\n3\n4,5,,\n6,7,,8\n")
    #expect(found.header == ["a", "b", "unnamed 3"] || found.header == ["a", "b"])
    #expect(has(found.notes, "too few cells") && has(found.notes, "more cells than the header"))
    let twice = try table("date,,x,x\n2020-01-02,1,2,3\n")
    #expect(twice.header == ["date", "unnamed 2", "x", "x (2)"] && twice.unnamed == [1])
    #expect(has(twice.notes, "Column 2 of 't.csv' has no name"))
    #expect(try table("1,2\n3,4\n").rows.count == 2)
    #expect(has(try table("a,\"b\"c\n1,2\n").notes, "closing quotation mark"))
  }

  @Test func encodings() throws {
    let latin = try CSVTable(Data([0x6E, 0xE9, 0x0A, 0x31, 0x0A]), name: "l.csv")
    #expect(latin.header == ["né"] && has(latin.notes, "Latin-1"))
    let wide = try CSVTable("a,b\n1,2\n".data(using: .utf16)!, name: "w.csv")
    #expect(wide.rows == [["1", "2"]])
    #expect(throws: VolatilityError.self) { try CSVTable(Data([0x50, 0x4B, 0, 1]), name: "z.xlsx") }
    #expect(throws: VolatilityError.self) { try CSVTable(Data(), name: "e.csv") }
    #expect(throws: VolatilityError.self) { try table("a,b\n1,\"2\n") }
    #expect(throws: VolatilityError.self) { try CSVTable(reading: "/nowhere/at/all.csv") }
  }

  @Test func numbers() {
    #expect(Cell.number("1,234.5") == 1234.5 && Cell.number("-1e-3") == -0.001 && Cell.number("12%") == 12)
    #expect(Cell.number("$1,000") == 1000 && Cell.number("\u{2212}2") == -2 && Cell.number("1,5") == nil)
    #expect(
      Cell.number("1.234,5", decimalComma: true) == 1234.5 && Cell.number("1,5", decimalComma: true) == 1.5)
    #expect(Cell.number("x") == nil && Cell.number("") == nil && Cell.number("nan") == nil)
    #expect(["", "NA", "NaN", ".", "null", "-", "#N/A", "n/a"].allSatisfy(Cell.isMissing))
    #expect(!["0", "-1", "NAB"].contains(where: Cell.isMissing))
    #expect(Cell.hasDecimalComma(["1,5", "2"]) && !Cell.hasDecimalComma(["1,5", "2.5"]))
    #expect(!Cell.hasDecimalComma(["1,500", "2"]))
  }

  @Test(arguments: [
    (["2020-01-02", "2020-01-03"], ""), (["2020/1/2", "2020/1/3"], ""), (["20200102", "20200103"], ""),
    (["Jan 2, 2020", "January 3, 2020"], ""), (["2 Jan 2020", "3rd Jan 2020"], ""),
    (["02-Jan-20", "03-JAN-20"], ""), (["Thu, 02 Jan 2020", "Fri, 03 Jan 2020"], ""),
    (["2020-01-02T00:00:00Z", "2020-01-03 16:00:00+01:00"], ""),
    (["1/2/2020", "1/3/2020"], "month, day, year"),
    (["2.1.2020", "3.1.2020"], "day, month, year"), (["02.01.20", "03.01.20"], "day, month, year"),
    (["1/2/2020 9:30 AM", "1/3/2020 4:00 PM"], "month, day, year"),
  ])
  func dates(_ cells: [String], _ order: String) throws {
    let column = try #require(DateColumn(cells, name: "date"))
    #expect(column.days == [Day(2020, 1, 2), Day(2020, 1, 3)], "\(cells)")
    #expect(order.isEmpty ? column.notes.isEmpty : has(column.notes, order))
  }

  @Test func ambiguousDatesAreResolvedOverTheColumn() throws {
    // Any one of these might be either; a 13th month is none.
    let american = try #require(DateColumn(["01/02/2020", "01/13/2020"], name: "d"))
    #expect(american.days == [Day(2020, 1, 2), Day(2020, 1, 13)])
    let british = try #require(DateColumn(["01/02/2020", "13/02/2020"], name: "d"))
    #expect(british.days == [Day(2020, 2, 1), Day(2020, 2, 13)])
    // Both readings exist: only one is in order.
    let ordered = try #require(DateColumn(["10/01/2020", "11/01/2020", "02/02/2020"], name: "d"))
    #expect(ordered.days == [Day(2020, 1, 10), Day(2020, 1, 11), Day(2020, 2, 2)])
    #expect(has(ordered.notes, "ambiguous") && has(ordered.notes, "only so are they in order"))
    // Both are: days that follow one another are likelier than the same day of months or years.
    let dense = try #require(DateColumn(["01/02/2020", "02/02/2020", "03/02/2020"], name: "d"))
    #expect(
      dense.days == [Day(2020, 2, 1), Day(2020, 2, 2), Day(2020, 2, 3)] && has(dense.notes, "close together"))
    let short = try #require(DateColumn(["20-01-02", "20-01-03", "20-01-06"], name: "d"))
    #expect(short.days == [Day(2020, 1, 2), Day(2020, 1, 3), Day(2020, 1, 6)])
    // Months of two years: the other reading has twelve days, and then nothing for a year.
    let months = (0..<24).map { "01/\($0 % 12 < 9 ? "0" : "")\($0 % 12 + 1)/\(2019 + $0 / 12)" }
    #expect(try #require(DateColumn(months, name: "d")).days[13] == Day(2020, 2, 1))
    let one = try #require(DateColumn(["01/02/2020"], name: "d"))
    #expect(one.days == [Day(2020, 1, 2)] && has(one.notes, "as is usual"))
    #expect(try #require(DateColumn(["2020-01", "2020-02"], name: "d")).days[1] == Day(2020, 2, 1))
    for wrong in [
      ["1.5", "2.5"], ["2020-13-01"], ["2020-02-30"], ["apple", "pear"], ["12345678"], ["12:30"], ["", ""],
    ] {
      #expect(DateColumn(wrong, name: "d") == nil, "\(wrong)")
    }
  }

  @Test func days() {
    #expect(Day(1970, 1, 1)?.number == 0 && Day(2000, 3, 1)?.number == 11017 && Day(1600, 2, 29) != nil)
    #expect(Day(1900, 2, 29) == nil && Day(2020, 4, 31) == nil && Day("2020-04-20")?.weekday == 1)
    var day = Day(1899, 12, 25)!
    for _ in 0..<60_000 {
      let (y, m, d) = day.components
      #expect(Day(y, m, d) == day)
      day = day + 1
    }
    #expect("\(Day(2020, 2, 29)!)" == "2020-02-29" && Day("2020-2-9") == nil && Day(2020, 5, 2)!.isWeekend)
  }

  @Test func wideTables() throws {
    let text =
      "when,,Price,note\n2020-01-03,0,.,a\n2020-01-02,1,5,b\n2020-01-02,2,6,c\nTotal,,11,\n2020-01-06,3,oops,d\n"
    let found = try panel(
      text + "2020-01-07,4,8,e\n2020-01-08,5,9,f\n2020-01-09,6,9,f\n2020-01-10,7,9,f\n2020-01-13,8,9,f\n")
    #expect(found.names == ["Price"])
    #expect(found.dates?.first == Day(2020, 1, 2) && found.rows == 8)
    #expect(found.columns[0][0] == 6 && found.columns[0][1].isNaN && found.columns[0][2].isNaN)
    for text in [
      "counts the rows", "not in order", "more than one row", "readable date", "no numbers", "has no name",
    ] {
      #expect(has(found.notes, text), "\(text): \(found.notes)")
    }
    #expect(has(found.notes, "Columns without numbers are left out: note"))
    let newest = try panel("Date,P\n2020-01-03,2\n2020-01-02,1\n")
    #expect(newest.columns[0] == [1, 2] && has(newest.notes, "newest rows first"))
    let commas = try panel("Datum;Kurs\n02.01.2020;1.234,5\n03.01.2020;1.235,25\n")
    #expect(commas.columns[0] == [1234.5, 1235.25] && has(commas.notes, "decimal commas"))
    let bare = try panel("DEM2GBP\n0.1\n-0.2\n")
    #expect(bare.dates == nil && bare.columns == [[0.1, -0.2]])
    #expect(throws: VolatilityError.self) { try panel("a,b\nx,y\nz,w\n") }
    #expect(throws: VolatilityError.self) { try panel("a,b\n") }
    #expect(throws: VolatilityError.self) {
      try Panel(table("Date,P\n2020-01-03,2\n2020-01-03,1\n"), name: "t", duplicates: .refused)
    }
    #expect(throws: VolatilityError.self) {
      try Panel(table("Date,P\n2020-01-03,2\n"), name: "t", columns: ["Q"])
    }
    #expect(throws: VolatilityError.self) { try Panel(table("Date,P\n2020-01-03,2\n"), name: "t", date: "P") }
    let index = try panel(",P\n2020-01-03,2\n2020-01-06,3\n")
    #expect(index.dates?.count == 2 && has(index.notes, "has no name") && index.names == ["P"])
  }

  @Test func noHeaderAndQuotedCommas() throws {
    let bare = try panel(
      "2020-01-02,AAPL,75.1\n2020-01-02,MSFT,160.6\n2020-01-03,AAPL,74.4\n2020-01-03,MSFT,158.6\n")
    #expect(
      bare.names == ["AAPL", "MSFT"] && bare.columns[0] == [75.1, 74.4] && has(bare.notes, "no header"))
    #expect(try panel("Date,1,2\n2020-01-02,3,4\n").names == ["1", "2"])
    let quoted = try panel("Date,P\n2020-01-02,\"1,5\"\n2020-01-03,\"2,25\"\n")
    #expect(quoted.columns[0] == [1.5, 2.25] && has(quoted.notes, "decimal commas"))
    let grouped = try panel("Date,P\n2020-01-02,\"1,500\"\n2020-01-03,\"2,250.5\"\n")
    #expect(grouped.columns[0] == [1500, 2250.5])
  }

  @Test func stackedHeaders() throws {
    let rows = "2020-01-02,75.1,160.6\n2020-01-03,74.4,158.6\n"
    let found = try panel("Price,Close,Close\nTicker,AAPL,MSFT\nDate,,\n" + rows)
    #expect(found.names == ["AAPL", "MSFT"] && found.rows == 2 && found.columns[1] == [160.6, 158.6])
    #expect(has(found.notes, "line of tickers"))
    let fields = try panel("Price,Close,Volume\nTicker,AAPL,AAPL\nDate,,\n" + rows)
    #expect(fields.names == ["Close", "Volume"])
    let both = try panel("Price,Close,Open\nTicker,AAPL,MSFT\n" + rows)
    #expect(both.names == ["AAPL Close", "MSFT Open"] && both.rows == 2)
  }

  @Test func whatIsWrittenIsRead() throws {
    let days = [Day(2020, 1, 2)!, Day(2020, 1, 3)!]
    let written = try Panel(
      dates: days, names: ["a", "b, \"x\""], columns: [[0.1, .nan], [1e-300, -2.5e17]])
    let read = try panel(written.csv)
    #expect(read.dates == days && read.names == written.names && read.columns[1] == written.columns[1])
    #expect(read.columns[0][0] == 0.1 && read.columns[0][1].isNaN && read.notes.isEmpty)
    #expect(try panel(Panel(dates: nil, names: ["a"], columns: [[1, 2]]).csv).columns == [[1, 2]])
  }

  @Test func longTables() throws {
    let text =
      "date,ticker,open,close\n2020-01-02,A,0,1\n2020-01-02,NA,0,2\n2020-01-03,A,0,3\n2020-01-03,A,0,4\n"
      + "2020-01-06,NA,0,-\n"
    let found = try panel(
      text + "2020-01-07,A,0,5\n2020-01-07,NA,0,6\n2020-01-08,A,0,7\n2020-01-08,NA,0,8\n2020-01-09,NA,0,8\n")
    #expect(found.names == ["A", "NA"] && found.rows == 6)
    #expect(found.columns[0][0] == 1 && found.columns[0][1] == 4 && found.columns[0][2].isNaN)
    #expect(has(found.notes, "long table: 2 series") && has(found.notes, "repeat a day and name"))
    let open = try panel(text, .long(name: "ticker", value: "open"))
    #expect(open.columns[0][0] == 0)
    #expect(throws: VolatilityError.self) { try panel(text, .long(name: "ticker", value: "high")) }
    #expect(throws: VolatilityError.self) {
      try panel("date,t,u,v\n2020-01-02,A,0,1\n2020-01-02,B,0,2\n2020-01-03,A,2,2\n", .long())
    }
  }

  /// Anything may come in: a table, a panel or a typed error, never a trap.
  @Test func mutationsNeverTrap() throws {
    let seeds = [
      "Date,,Open,Close\n2020-01-02,1,\"1,234.5\",2\n2020-01-03,2,NA,.\n2020-01-06,3,-,7\n",
      "d;t;v\r\n02.01.2020;AA;1,5\r\n02.01.2020;BB;\"2\"\"\"\r\n03.01.2020;AA;3\r\n",
      "\u{FEFF}Jan 2, 2020\t1\nJan 3, 2020\t2\n", "x\n1\n2\n3\n", "1/2/2020 10:00,5%\n1/3/2020 11:00,6%\n",
      "Price,Close,Close\nTicker,AAPL,MSFT\nDate,,\n2020-01-02,75.1,160.6\n2020-01-03,1,2\n",
      "Symbol,Name,Sector\nA,\"Alpha, Inc\",Tech\nB,Beta,Food\n", "20200102,1\n20200103,2e308\n",
      "date,p\n2020-01-02,inf\n",
    ].map { Array($0.utf8) }
    let pool: [UInt8] = Array("\",;\t|\n\r-./:0129 eENaT%$\u{FF}é".utf8) + [0, 0xFF, 0xC3, 0xEF, 0xBB, 0xFE]
    var generator = SplitMix64(seed: 11)
    var read = 0
    for round in 0..<8000 {
      var bytes = seeds[round % seeds.count]
      for _ in 0...generator.below(6) {
        let place = bytes.isEmpty ? 0 : generator.below(bytes.count)
        switch generator.below(5) {
        case 0: bytes.insert(pool[generator.below(pool.count)], at: place)
        case 1: if !bytes.isEmpty { bytes.remove(at: place) }
        case 2: if !bytes.isEmpty { bytes[place] = pool[generator.below(pool.count)] }
        case 3: bytes.removeLast(min(bytes.count, generator.below(12)))
        default: bytes.insert(contentsOf: bytes.prefix(generator.below(20)), at: place)
        }
      }
      do throws(VolatilityError) {
        let table = try CSVTable(Data(bytes), name: "mutated")
        if let sectors = try? SectorTable(table, name: "mutated") { #expect(!sectors.sectors.isEmpty) }
        let layout: PanelLayout = round % 3 == 0 ? .long() : round % 3 == 1 ? .wide : .automatic
        let panel = try Panel(table, name: "mutated", layout: layout)
        read += 1
        #expect(
          panel.columns.allSatisfy { $0.count == panel.rows } && Set(panel.names).count == panel.names.count)
        #expect(panel.dates.map { zip($0, $0.dropFirst()).allSatisfy { $0 < $1 } } ?? true)
        for series in panel.allSeries {
          _ = series.halts()
          _ = try series.returns()
        }
      } catch {
        #expect(!error.message.isEmpty)
      }
    }
    #expect(read > 1000)
  }
}
