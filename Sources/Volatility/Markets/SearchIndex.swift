/// Interest in a search term, 0 to 100, as a proxy of an epidemic's presence in minds.
public enum SearchIndex {
  /// Reads a file of search interest: the column whose name has `stitched` in it where there are several, as values
  /// that are scaled within each month cannot be compared between months.
  ///
  /// - Throws: ``VolatilityError`` for a file without dates, with values below zero, or several columns to choose from.
  public static func read(
    _ path: String, column: String? = nil
  ) throws(VolatilityError) -> (series: Series, notes: [Note]) {
    var panel = try Panel(reading: path)
    guard panel.dates != nil else {
      throw VolatilityError(.data, "'\(path)' has no column of dates to match to trading days.")
    }
    let stitched = panel.names.filter { $0.lowercased().contains("stitched") }
    let chosen = column ?? (panel.names.count == 1 ? panel.names[0] : stitched.count == 1 ? stitched[0] : nil)
    guard let chosen else {
      throw VolatilityError(
        .data, "'\(path)' has several columns (\(listed(panel.names))): say which holds the index.")
    }
    if column == nil, panel.names.count > 1 {
      let others = panel.names.filter { $0 != chosen }
      panel.notes.append(Note(.value, "Search interest is taken from '\(chosen)', not \(listed(others))."))
    }
    let series = try panel.series(chosen)
    try check(series)
    if let dates = series.dates {
      let absent = zip(dates, dates.dropFirst()).filter { $1 - $0 > 1 }.map { "\($0) to \($1)" }
      if !absent.isEmpty {
        panel.notes.append(Note(.calendar, "Days are missing in '\(chosen)' between \(listed(absent))."))
      }
    }
    return (series, panel.notes)
  }

  /// Scaled so that the greatest value from `first` to `last` (nil: of all) is 100.
  public static func normalized(
    _ series: Series, from first: Day? = nil, to last: Day? = nil
  ) throws(VolatilityError) -> Series {
    try check(series)
    var window = series
    if first != nil || last != nil {
      window = try series.from(first ?? Day(number: .min / 2), to: last ?? Day(number: .max / 2))
    }
    let greatest = window.values.filter { !$0.isNaN }.max() ?? 0
    guard greatest > 0 else {
      throw VolatilityError(.data, "'\(series.name)' is zero throughout: it cannot be scaled to 100.")
    }
    return series.map { 100 * $0 / greatest }
  }

  /// One series of windows that were each scaled by themselves: every window is scaled so that its sum over the days it
  /// shares with those before is theirs, then all so that the greatest value is 100.
  ///
  /// - Parameter windows: in order of time, each sharing days with those before.
  /// - Throws: ``VolatilityError`` where two windows share no day with interest above zero.
  public static func stitched(_ windows: [Series], name: String = "search") throws(VolatilityError) -> Series
  {
    var known: [Day: Double] = [:]
    for (place, window) in windows.enumerated() {
      try check(window)
      let dates = try window.datesOrThrow()
      var (before, own) = (0.0, 0.0)
      for (day, value) in zip(dates, window.values) where !value.isNaN {
        if let old = known[day] {
          before += old
          own += value
        }
      }
      guard place == 0 || (before > 0 && own > 0) else {
        throw VolatilityError(
          .data,
          "Window \(place + 1)\(dates.first.map { " (from \($0))" } ?? "") shares no day with interest above zero"
            + " with those before it: their scales cannot be compared.")
      }
      let factor = place == 0 ? 1 : before / own
      for (day, value) in zip(dates, window.values) where !value.isNaN && known[day] == nil {
        known[day] = factor * value
      }
    }
    let days = known.keys.sorted()
    return try normalized(Series(name, dates: days, values: days.map { known[$0]! }))
  }

  /// One series of values scaled within each month to 100, by the months' own level: daily · monthly / the greatest
  /// daily of the month, then all so that the greatest value is 100.
  ///
  /// - Parameter monthly: one value a month, on any day of it.
  public static func stitched(daily: Series, monthly: Series) throws(VolatilityError) -> Series {
    try check(daily)
    try check(monthly)
    func month(_ day: Day) -> Int { day.components.year * 12 + day.components.month }
    var levels: [Int: Double] = [:]
    for (day, value) in zip(try monthly.datesOrThrow(), monthly.values) where !value.isNaN {
      levels[month(day)] = value
    }
    let dates = try daily.datesOrThrow()
    var greatest: [Int: Double] = [:]
    for (day, value) in zip(dates, daily.values) where !value.isNaN {
      greatest[month(day)] = max(value, greatest[month(day)] ?? 0)
    }
    var values: [Double] = []
    for (day, value) in zip(dates, daily.values) {
      guard let level = levels[month(day)] else {
        throw VolatilityError(.data, "'\(monthly.name)' has no value for the month of \(day).")
      }
      let top = greatest[month(day)] ?? 0
      values.append(value.isNaN ? .nan : top > 0 ? value / top * level : 0)
    }
    return try normalized(Series(daily.name, dates: dates, values: values))
  }

  private static func check(_ series: Series) throws(VolatilityError) {
    guard let odd = series.values.firstIndex(where: { $0 < 0 || $0.isInfinite }) else { return }
    throw VolatilityError(
      .data, "Search interest \(series.place(odd)) is \(series.values[odd]): a number from 0 was expected.")
  }
}
