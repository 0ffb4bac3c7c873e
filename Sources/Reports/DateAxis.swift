/// A day of the Gregorian calendar, counted from 1970-01-01 as axes of dates count.
struct CalendarDay: Equatable {
  var year: Int
  var month: Int
  var day: Int

  init(year: Int, month: Int, day: Int) {
    self.year = year
    self.month = month
    self.day = day
  }

  /// Howard Hinnant's `civil_from_days`.
  init(number: Int) {
    let z = number + 719_468
    let era = (z >= 0 ? z : z - 146_096) / 146_097
    let dayOfEra = z - era * 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let shifted = (5 * dayOfYear + 2) / 153
    day = dayOfYear - (153 * shifted + 2) / 5 + 1
    month = shifted < 10 ? shifted + 3 : shifted - 9
    year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
  }

  /// Days since 1970-01-01.
  var number: Int {
    let y = month <= 2 ? year - 1 : year
    let era = (y >= 0 ? y : y - 399) / 400
    let yearOfEra = y - era * 400
    let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
    let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
    return era * 146_097 + dayOfEra - 719_468
  }

  /// `2020-03-23`.
  var text: String {
    func two(_ value: Int) -> String { value < 10 ? "0\(value)" : "\(value)" }
    let y = year.magnitude < 1000 ? String(repeating: "0", count: 4 - "\(year.magnitude)".count) : ""
    return "\(year < 0 ? "-" : "")\(y)\(year.magnitude)-\(two(month))-\(two(day))"
  }

  static let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
}

/// Marks along an axis of dates.
struct DateMarks {
  /// Days since 1970-01-01 and what stands there; empty for a mark without words.
  var marks: [(day: Int, label: String)]

  /// Where the axis begins: at the beginning of the month if that is near.
  static func start(_ first: Int, _ last: Int) -> Int {
    let day = CalendarDay(number: first)
    let month = CalendarDay(year: day.year, month: day.month, day: 1).number
    return last - first > 45 && Double(first - month) <= 0.03 * Double(last - first) ? month : first
  }

  /// At most about seven labels, at the beginnings of years, quarters or months, or at days.
  init(from first: Int, to last: Int) {
    let (start, end) = (CalendarDay(number: first), CalendarDay(number: last))
    let span = last - first
    marks = []
    // Months between labels, from what there is room for.
    let steps = [(45, 0), (240, 1), (500, 2), (800, 3), (1500, 6)]
    guard let (_, months) = steps.first(where: { span <= $0.0 }) else {
      let years = end.year - start.year + 1
      let step = [1, 2, 5, 10, 20, 25, 50, 100, 200, 500].first { years / $0 <= 8 } ?? 1000
      for year in start.year...(end.year + 1) where year % step == 0 {
        add(CalendarDay(year: year, month: 1, day: 1), "\(year)", first, last)
      }
      return
    }
    if months == 0 {
      let step = max(1, (span + 6) / 7)
      for number in stride(from: first, through: last, by: step) {
        let day = CalendarDay(number: number)
        let isFirst = number == first
        add(
          day, "\(day.day) \(CalendarDay.months[day.month - 1])" + (isFirst ? " \(day.year)" : ""), first,
          last)
      }
      return
    }
    var isFirst = true
    for year in start.year...end.year {
      for month in stride(from: 1, through: 12, by: months) {
        let name = CalendarDay.months[month - 1]
        let day = CalendarDay(year: year, month: month, day: 1)
        guard (first...last).contains(day.number) else { continue }
        add(day, name + (isFirst || month == 1 ? " \(year)" : ""), first, last)
        isFirst = false
      }
    }
  }

  private mutating func add(_ day: CalendarDay, _ label: String, _ first: Int, _ last: Int) {
    if (first...last).contains(day.number) { marks.append((day.number, label)) }
  }

  /// For `set xtics`; gnuplot counts seconds.
  var list: String {
    "(" + marks.map { "\"\($0.label)\" \($0.day * 86400)" }.joined(separator: ", ") + ")"
  }
}
