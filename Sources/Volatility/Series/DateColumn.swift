/// A column of texts read as days: one format for all of it.
struct DateColumn {
  /// Of what order numbers are.
  enum Order: String, CaseIterable { case yearMonthDay, monthDayYear, dayMonthYear }

  /// [rows], nil where a cell is no date in the column's format.
  let days: [Day?]
  let notes: [Note]
  /// Whether any cell has a time of day other than midnight.
  let hasTimes: Bool

  /// - Parameters:
  ///   - share: of the cells with content, how many must be dates.
  /// - Returns: nil unless the column is one of dates.
  init?(_ cells: [String], name: String, share: Double = 0.9) {
    let raw = cells.map { RawDate($0) }
    let filled = cells.count { !$0.isEmpty }
    guard filled > 0, Double(raw.count { $0 != nil }) >= share * Double(filled) else { return nil }
    func read(_ order: Order) -> [Day?] { raw.map { $0?.day(order) } }
    var candidates = Order.allCases.map { (order: $0, days: read($0)) }
      .map { (order: $0.order, days: $0.days, count: $0.days.count { $0 != nil }) }
    let best = candidates.map(\.count).max() ?? 0
    guard best > 0, Double(best) >= share * Double(filled) else { return nil }
    candidates.removeAll { $0.count < best }
    var notes: [Note] = []
    var chosen = candidates[0]
    let isAmbiguous = candidates.count > 1 && candidates.contains { $0.days != candidates[0].days }
    if isAmbiguous {
      let found = DateColumn.resolve(
        candidates.map { ($0.order, $0.days) }, raw.lazy.compactMap { $0 }.first?.separator)
      chosen = candidates.first { $0.order == found.order } ?? chosen
      let reason = found.reason
      notes.append(
        Note(
          .date,
          "The dates in '\(name)' (as \(cells.first { !$0.isEmpty } ?? "")) are ambiguous; read as "
            + "\(DateColumn.words(chosen.order)): \(reason)."))
    } else if let first = raw.lazy.compactMap({ $0 }).first, first.isOrderOpen, chosen.order != .yearMonthDay
    {
      notes.append(Note(.date, "The dates in '\(name)' are read as \(DateColumn.words(chosen.order))."))
    }
    if raw.contains(where: { $0?.isMonthly == true }) {
      notes.append(Note(.date, "'\(name)' holds months: each is taken at its first day."))
    }
    days = chosen.days
    hasTimes = raw.contains { $0?.hasTime == true }
    self.notes = notes
  }

  /// Real files are in order, without a gap that is long beside the others, and their days follow one another
  /// closely: the first of these that leaves one reading decides, and where none does, custom.
  private static func resolve(
    _ readings: [(order: Order, days: [Day?])], _ separator: Character?
  ) -> (order: Order, reason: String) {
    func gaps(_ days: [Day?]) -> [Int] {
      let known = days.compactMap { $0 }
      return zip(known, known.dropFirst()).map { $1 - $0 }
    }
    let ordered = readings.filter {
      let gaps = gaps($0.days)
      return gaps.allSatisfy { $0 >= 0 } || gaps.allSatisfy { $0 <= 0 }
    }
    if ordered.count == 1 { return (ordered[0].order, "only so are they in order") }
    var left = ordered.isEmpty ? readings : ordered
    let even = left.filter {
      let sizes = gaps($0.days).map(abs).sorted()
      return sizes.isEmpty || sizes[sizes.count - 1] <= 20 * max(1, sizes[sizes.count / 2])
    }
    if even.count == 1 { return (even[0].order, "only so are they evenly spaced") }
    if !even.isEmpty { left = even }
    let spans = left.map { gaps($0.days).map(abs).reduce(0, +) }
    if let least = spans.min(), least > 0, spans.count(where: { $0 <= 3 * least }) == 1,
      let place = spans.firstIndex(of: least)
    {
      return (left[place].order, "so they lie close together")
    }
    let usual: Order = separator == "/" ? .monthDayYear : .dayMonthYear
    let order = left.contains { $0.order == usual } ? usual : left[0].order
    return (order, "as is usual with '\(separator.map(String.init) ?? "")'")
  }

  private static func words(_ order: Order) -> String {
    switch order {
    case .yearMonthDay: "year, month, day"
    case .monthDayYear: "month, day, year"
    case .dayMonthYear: "day, month, year"
    }
  }
}

/// The parts of one text that may be a date, before it is known which is which.
struct RawDate {
  private var numbers: [(value: Int, width: Int)] = []
  private var month: Int?
  /// How many numbers stood before the month's name.
  private var monthPlace = 0
  private(set) var separator: Character?
  private(set) var hasTime = false

  /// Nil where the text cannot be a date.
  init?(_ text: String) {
    var rest = Substring(text.trimmed)
    guard !rest.isEmpty, rest.utf8.count <= 40 else { return nil }
    if let colon = rest.firstIndex(of: ":") {
      // Back to where the hours begin; what follows is a time, with a zone perhaps.
      guard let start = rest[..<colon].lastIndex(where: { $0 == "T" || $0 == " " }) else { return nil }
      let time = rest[rest.index(after: start)...]
      guard RawDate.isTime(time) else { return nil }
      hasTime = time.prefix(while: { !"+Zz".contains($0) }).contains { ("1"..."9").contains($0) }
      if time.uppercased().hasPrefix("12:00:00 AM") { hasTime = false }
      rest = rest[..<start]
    }
    var digits = ""
    var letters = ""
    func isWeekday(_ word: String) -> Bool {
      ["mon", "tue", "wed", "thu", "fri", "sat", "sun"].contains { word.hasPrefix($0) }
    }
    var isValid = true
    func flush(_ raw: inout RawDate) {
      if !digits.isEmpty {
        if let value = Int(digits), digits.count <= 8 {
          raw.numbers.append((value, digits.count))
        } else {
          isValid = false
        }
        digits = ""
      }
      if !letters.isEmpty {
        let word = letters.lowercased()
        letters = ""
        if word.count >= 3, raw.month == nil,
          let found = RawDate.months.firstIndex(where: {
            $0.hasPrefix(word) || (word == "sept" && $0 == "september")
          })
        {
          raw.month = found + 1
          raw.monthPlace = raw.numbers.count
        } else if ["st", "nd", "rd", "th"].contains(word), !raw.numbers.isEmpty {
          // 2nd of January
        } else if !(word.count >= 3 && isWeekday(word)), word != "t", word != "z" {
          isValid = false
        }
      }
    }
    for character in rest {
      if character.isASCII, character.isNumber {
        if !letters.isEmpty { flush(&self) }
        digits.append(character)
      } else if character.isLetter {
        if !digits.isEmpty { flush(&self) }
        letters.append(character)
      } else if "-/., '".contains(character) || character == "\u{2019}" {
        flush(&self)
        if separator == nil, !numbers.isEmpty, "-/.".contains(character) { separator = character }
      } else {
        return nil
      }
    }
    flush(&self)
    guard isValid else { return nil }
    switch (numbers.count, month) {
    case (3, nil):
      guard numbers.allSatisfy({ $0.width <= 2 || $0.width == 4 }), separator != nil else { return nil }
    case (2, .some): break
    case (1, nil): guard numbers[0].width == 8, rest.utf8.count == 8 else { return nil }
    case (2, nil): guard isMonthly, separator == "-" || separator == "/" else { return nil }
    case (1, .some): guard isMonthly else { return nil }
    default: return nil
    }
  }

  /// Whether month and day are numbers that might change places.
  var isOrderOpen: Bool { month == nil && numbers.count == 3 && numbers[0].width != 4 }

  var isMonthly: Bool {
    month == nil
      ? numbers.count == 2 && numbers[0].width == 4 && numbers[1].width <= 2
        && (1...12).contains(numbers[1].value)
      : numbers.count == 1 && numbers[0].width == 4
  }

  func day(_ order: DateColumn.Order) -> Day? {
    if isMonthly { return Day(numbers[0].value, month ?? numbers[1].value, 1) }
    if numbers.count == 1 {
      let value = numbers[0].value
      return plausible(Day(value / 10000, value / 100 % 100, value % 100))
    }
    if let month {
      // The number of four digits is the year; of two short ones the last.
      let isYearFirst = numbers[0].width == 4
      guard isYearFirst || numbers[1].width == 4 || numbers[1].width == 2 else { return nil }
      let (year, day) = isYearFirst ? (numbers[0], numbers[1]) : (numbers[1], numbers[0])
      return Day(RawDate.year(year), month, day.value)
    }
    let (a, b, c) = (numbers[0], numbers[1], numbers[2])
    switch order {
    case .yearMonthDay:
      return a.width == 4 || a.width == 2 && c.width == 2 ? Day(RawDate.year(a), b.value, c.value) : nil
    case .monthDayYear: return a.width <= 2 && b.width <= 2 ? Day(RawDate.year(c), a.value, b.value) : nil
    case .dayMonthYear: return a.width <= 2 && b.width <= 2 ? Day(RawDate.year(c), b.value, a.value) : nil
    }
  }

  /// Eight digits are a date only in the years that data are from.
  private func plausible(_ day: Day?) -> Day? {
    guard let day, (1700...2200).contains(day.components.year) else { return nil }
    return day
  }

  /// Two digits: 70 to 99 are 1970 to 1999.
  private static func year(_ number: (value: Int, width: Int)) -> Int {
    number.width <= 2 ? number.value + (number.value < 70 ? 2000 : 1900) : number.value
  }

  private static func isTime(_ text: Substring) -> Bool {
    let allowed: Set<Character> = Set("0123456789:.,+-ZzAPMapm ")
    guard text.first?.isNumber == true else { return false }
    return text.allSatisfy { allowed.contains($0) || $0.isLetter && $0.isASCII }
  }

  private static let months = [
    "january", "february", "march", "april", "may", "june", "july", "august", "september", "october",
    "november",
    "december",
  ]
}

extension StringProtocol {
  /// Without white space at both ends, that which does not break included.
  var trimmed: String {
    guard let first = firstIndex(where: { !$0.isWhitespace }),
      let last = lastIndex(where: { !$0.isWhitespace })
    else { return "" }
    return String(self[first...last])
  }
}
