import Foundation

/// Numbers in order of time. A value that is missing is NaN; what computes with series says what it does about those.
public struct Series: Sendable {
  public let name: String
  /// [count], rising, each once; nil where the data have none.
  public let dates: [Day]?
  /// [count].
  public let values: [Double]
  public var count: Int { values.count }

  /// - Throws: ``VolatilityError`` unless there are as many dates as values, rising and each once.
  public init(_ name: String, dates: [Day]?, values: [Double]) throws(VolatilityError) {
    if let dates {
      guard dates.count == values.count else {
        throw VolatilityError(.data, "'\(name)' has \(dates.count) dates and \(values.count) values.")
      }
      if let place = zip(dates, dates.dropFirst()).enumerated().first(where: { $0.element.0 >= $0.element.1 }
      )?.offset {
        throw VolatilityError(
          .data,
          "'\(name)' goes from \(dates[place]) to \(dates[place + 1]): dates must rise, each once.")
      }
    }
    self.init(trusted: name, dates, values)
  }

  init(trusted name: String, _ dates: [Day]?, _ values: [Double]) {
    (self.name, self.dates, self.values) = (name, dates, values)
  }

  /// Where values are missing.
  public var missing: [Int] { values.indices.filter { values[$0].isNaN } }

  /// Of a place: its date, or its number from 1 where there are no dates.
  public func label(_ index: Int) -> String { dates.map { "\($0[index])" } ?? "row \(index + 1)" }

  /// A place as ``label(_:)`` has it, with the name.
  func place(_ index: Int) -> String { "'\(name)' at \(label(index))" }

  public func renamed(_ name: String) -> Series { Series(trusted: name, dates, values) }

  /// From one day to another, both included.
  ///
  /// - Throws: ``VolatilityError`` for a series without dates, or none in the range.
  public func from(_ first: Day, to last: Day) throws(VolatilityError) -> Series {
    let dates = try datesOrThrow()
    let kept = dates.indices.filter { dates[$0] >= first && dates[$0] <= last }
    guard !kept.isEmpty else {
      throw VolatilityError(
        .data,
        "'\(name)' has no value from \(first) to \(last)"
          + (dates.isEmpty ? "." : ": it goes from \(dates[0]) to \(dates[dates.count - 1])."))
    }
    return Series(trusted: name, kept.map { dates[$0] }, kept.map { values[$0] })
  }

  func datesOrThrow() throws(VolatilityError) -> [Day] {
    guard let dates else {
      throw VolatilityError(.data, "'\(name)' has no dates, so it cannot be matched to days.")
    }
    return dates
  }

  /// Without the missing values.
  public func present() -> Series {
    let kept = values.indices.filter { !values[$0].isNaN }
    return Series(trusted: name, dates.map { dates in kept.map { dates[$0] } }, kept.map { values[$0] })
  }

  // MARK: Element by element

  public func map(_ name: String? = nil, _ transform: (Double) -> Double) -> Series {
    Series(trusted: name ?? self.name, dates, values.map(transform))
  }

  /// The value `steps` places before; the first ones are missing. Negative steps look ahead.
  public func lagged(_ steps: Int = 1) -> Series {
    let shifted = values.indices.map { values.indices.contains($0 - steps) ? values[$0 - steps] : .nan }
    return Series(trusted: "\(name)[\(steps > 0 ? "-" : "+")\(abs(steps))]", dates, shifted)
  }

  /// The value less that `steps` places before; the first ones are missing.
  public func differenced(_ steps: Int = 1) -> Series {
    precondition(steps > 0, "a difference over \(steps) steps")
    let found = values.indices.map { $0 < steps ? .nan : values[$0] - values[$0 - steps] }
    return Series(trusted: "Δ\(name)", dates, found)
  }

  // MARK: Windows

  /// What is computed of the values in a window.
  public enum WindowStatistic: String, Sendable {
    case mean, sum, minimum, maximum
    /// With n − 1 in the denominator.
    case standardDeviation
  }

  /// Over the last `window` values, this one included. The first window − 1 places are missing, and those with fewer
  /// present values in their window than `atLeast` (nil: all of them).
  ///
  /// - Throws: ``VolatilityError`` for a window below 1 (2 for the standard deviation) or above the count.
  public func rolling(
    _ statistic: WindowStatistic, window: Int, atLeast least: Int? = nil
  ) throws(VolatilityError) -> Series {
    let smallest = statistic == .standardDeviation ? 2 : 1
    guard window >= smallest, window <= count else {
      throw VolatilityError(
        .specification,
        "A rolling window of \(window) over the \(count) values of '\(name)': give \(smallest) to \(count).")
    }
    let needed = max(least ?? window, smallest)
    let found = values.indices.map { end -> Double in
      guard end >= window - 1 else { return .nan }
      let inside = values[(end - window + 1)...end].filter { !$0.isNaN }
      guard inside.count >= needed else { return .nan }
      switch statistic {
      case .sum: return inside.reduce(0, +)
      case .mean: return inside.mean
      case .minimum: return inside.min()!
      case .maximum: return inside.max()!
      case .standardDeviation:
        let mean = inside.mean
        return (inside.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(inside.count - 1)).squareRoot()
      }
    }
    return Series(trusted: "\(statistic.rawValue)(\(name), \(window))", dates, found)
  }
}

// MARK: Returns

/// How two prices make a return.
public enum ReturnKind: String, Sendable {
  /// ln(P_t / P_{t−1}).
  case logarithmic
  /// P_t / P_{t−1} − 1.
  case simple
}

/// What a return over a missing price is.
public enum ReturnGap: String, Sendable {
  /// Missing: both days' prices are needed.
  case missing
  /// From the last price known.
  case bridged
}

extension Series {
  /// Places where the price is zero or negative.
  public var nonPositive: [Int] { values.indices.filter { values[$0] <= 0 } }

  /// Returns times `scale`, one fewer than prices.
  ///
  /// - Throws: ``VolatilityError`` for fewer than two prices, one that is not finite, or zero and negative ones (with
  ///   their dates): see ``withoutNonPositive()`` and ``differenced(_:)``.
  public func returns(
    _ kind: ReturnKind = .logarithmic, scale: Double = 100, gaps: ReturnGap = .missing
  ) throws(VolatilityError) -> Series {
    guard count >= 2 else {
      throw VolatilityError(.data, "'\(name)' has \(count) price(s): a return needs two.")
    }
    let odd = nonPositive
    guard odd.isEmpty else {
      let found = odd.map { "\(values[$0]) at \(label($0))" }
      throw VolatilityError(
        .data,
        "'\(name)' has \(odd.count) price(s) of zero or less, of which no return can be taken: \(listed(found)). "
          + "Leave those days out, or take differences.")
    }
    if let place = values.firstIndex(where: { $0.isInfinite }) {
      throw VolatilityError(.data, "'\(name)' is infinite at \(label(place)).")
    }
    var before = values[0]
    let found = values.dropFirst().map { price -> Double in
      defer { if gaps == .missing || !price.isNaN { before = price } }
      return scale * (kind == .logarithmic ? log(price / before) : price / before - 1)
    }
    return Series(trusted: name, dates.map { Array($0.dropFirst()) }, found)
  }

  /// The same with prices of zero or less missing, and a note that says which.
  public func withoutNonPositive() -> (series: Series, notes: [Note]) {
    let odd = nonPositive
    guard !odd.isEmpty else { return (self, []) }
    let found = odd.map { "\(values[$0]) at \(label($0))" }
    let note = Note(
      .value, "'\(name)': \(odd.count) price(s) of zero or less are left out: \(listed(found)).")
    return (map { $0 <= 0 ? .nan : $0 }, [note])
  }
}

// MARK: Calendars

/// How a series is brought to the days of another calendar.
public enum CalendarRule: Sendable, Equatable {
  /// The value of the day itself, otherwise missing.
  case sameDay
  /// The last value known on or before the day, at most so many days old.
  case lastKnown(maximumAge: Int = 7)
  /// The sum of all values after the calendar's day before, up to the day itself: weekends count to Monday. On the
  /// first day, that day's value alone.
  case sum
  /// As ``sum``, their mean.
  case mean
}

extension Series {
  /// The series on other days.
  ///
  /// - Parameter calendar: rising.
  /// - Throws: ``VolatilityError`` for a series without dates.
  public func on(_ calendar: [Day], _ rule: CalendarRule = .sameDay) throws(VolatilityError) -> Series {
    let dates = try datesOrThrow()
    var next = 0
    var last: Int?
    var found: [Double] = []
    found.reserveCapacity(calendar.count)
    for (place, day) in calendar.enumerated() {
      var gathered: [Double] = []
      while next < dates.count, dates[next] <= day {
        if !values[next].isNaN {
          last = next
          if place > 0 || dates[next] == day { gathered.append(values[next]) }
        }
        next += 1
      }
      switch rule {
      case .sameDay: found.append(last.map { dates[$0] == day ? values[$0] : .nan } ?? .nan)
      case .lastKnown(let age): found.append(last.map { day - dates[$0] <= age ? values[$0] : .nan } ?? .nan)
      case .sum: found.append(gathered.isEmpty ? .nan : gathered.reduce(0, +))
      case .mean: found.append(gathered.isEmpty ? .nan : gathered.mean)
      }
    }
    return Series(trusted: name, calendar, found)
  }
}
