import Foundation

/// How far a loop is, how fast it goes and how long it has still to go, on standard error: one line that is redrawn on a
/// terminal, else a line now and then.
///
/// ```swift
/// let progress = ProgressMeter("train", total: steps, unit: "steps", done: start)
/// for step in start..<steps { …; progress.update(to: step + 1, note: "loss 0.25") }
/// progress.finish()
/// ```
///
/// For one thread. Whatever else is to be said meanwhile goes through ``remark(_:)``.
public final class ProgressMeter {
  private let label: String
  private let total: Int?
  private let unit: String
  private let output: Output
  private let interval: Double
  private let clock: () -> Double

  private let first: Int
  private let start: Double
  private var done: Int
  private var note = ""
  private var lastShown: Double?
  private var isLineOpen = false
  private var isOver = false
  /// Where it was when, over the last minute.
  private var history: [(time: Double, done: Int)]

  /// Where the lines go.
  public struct Output {
    public var isTerminal: Bool
    /// Columns of the terminal.
    public var columns: () -> Int
    public var hasColours: Bool
    public var write: (String) -> Void

    public init(
      isTerminal: Bool, columns: @escaping () -> Int = { 80 }, hasColours: Bool = false,
      write: @escaping (String) -> Void
    ) {
      self.isTerminal = isTerminal
      self.columns = columns
      self.hasColours = hasColours
      self.write = write
    }

    /// A terminal that can redraw a line (`TERM` is not `dumb`) or anything else; no colours if `NO_COLOR` is set.
    public static var standardError: Output {
      let environment = ProcessInfo.processInfo.environment
      let isTerminal = isatty(2) == 1 && environment["TERM"] != "dumb"
      return Output(
        isTerminal: isTerminal,
        columns: {
          var size = winsize()
          return ioctl(2, UInt(TIOCGWINSZ), &size) == 0 && size.ws_col > 0 ? Int(size.ws_col) : 80
        },
        hasColours: isTerminal && (environment["NO_COLOR"] ?? "").isEmpty,
        write: { FileHandle.standardError.write(Data($0.utf8)) })
    }
  }

  /// - Parameters:
  ///   - total: where it ends; nil if nobody knows.
  ///   - done: where it begins, for a loop that is continued.
  ///   - interval: seconds between lines where there is no terminal.
  ///   - clock: seconds, from any beginning.
  public init(
    _ label: String, total: Int?, unit: String, done: Int = 0, output: Output = .standardError,
    interval: Double = 30,
    clock: @escaping () -> Double = { Double(DispatchTime.now().uptimeNanoseconds) / 1e9 }
  ) {
    self.label = label
    self.total = total
    self.unit = unit
    self.output = output
    self.interval = interval
    self.clock = clock
    self.done = done
    first = done
    start = clock()
    history = [(start, done)]
  }

  deinit { if isLineOpen { output.write("\n") } }

  /// Cheap: most calls draw nothing.
  ///
  /// - Parameter note: what is worth seeing, for example the loss.
  public func update(to done: Int, note: @autoclosure () -> String = "") {
    self.done = done
    let now = clock()
    if now - history.last!.time >= 1 {
      history.append((now, done))
      while history.count > 2, now - history[1].time > 60 { history.removeFirst() }
    }
    let pause = output.isTerminal ? 0.1 : interval
    // Where no line can be redrawn, the first one waits until a rate is known.
    guard now - (lastShown ?? (output.isTerminal ? -.infinity : start)) >= pause else { return }
    lastShown = now
    self.note = note()
    show(now)
  }

  /// The last line, with the time it took.
  public func finish(note: String = "") {
    guard !isOver else { return }
    isOver = true
    if !note.isEmpty { self.note = note }
    let elapsed = clock() - start
    var parts = ["\(grouped(done)) \(unit) in \(Self.duration(elapsed))"]
    if elapsed > 0, done > first { parts.append(Self.rate(Double(done - first) / elapsed, unit)) }
    if !self.note.isEmpty { parts.append(self.note) }
    let line = "\(label): \(parts.joined(separator: ", "))"
    output.write(output.isTerminal ? "\r\(line)\u{1B}[K\n" : line + "\n")
    isLineOpen = false
  }

  /// Says something that stays, above the line.
  public func remark(_ text: String) {
    output.write(isLineOpen ? "\r\(text)\u{1B}[K\n" : text + "\n")
    if isLineOpen { show(clock()) }
  }

  // MARK: Drawing

  private func show(_ now: Double) {
    let speed = speed(now)
    var parts: [String] = []
    if let total {
      let share = total > 0 ? min(1, Double(done) / Double(total)) : 1
      parts.append("\(grouped(done)) of \(grouped(total)) \(unit) (\(Int(share * 100))%)")
    } else {
      parts.append("\(grouped(done)) \(unit)")
    }
    if let speed, speed > 0 {
      parts.append(Self.rate(speed, unit))
      if let total, total > done { parts.append("\(Self.duration(Double(total - done) / speed)) left") }
    }
    if !note.isEmpty { parts.append(note) }
    guard output.isTerminal else {
      output.write("\(label): \(parts.joined(separator: ", "))\n")
      return
    }
    // The last column is left free: some terminals begin a new line when it is filled.
    let width = max(10, output.columns() - 1)
    var line = "\(label)  "
    let text = parts.joined(separator: "  ")
    if let total, total > 0, width - line.count - text.count >= 14 {
      line += bar(min(1, Double(done) / Double(total)), min(24, width - line.count - text.count - 2)) + "  "
    }
    line = String((line + text).prefix(width))
    if output.hasColours {
      line = "\u{1B}[1m\(line.prefix(label.count))\u{1B}[0m\(line.dropFirst(label.count))"
    }
    output.write("\r\(line)\u{1B}[K")
    isLineOpen = true
  }

  private func bar(_ share: Double, _ width: Int) -> String {
    let full = Int(share * Double(width))
    return String(repeating: "━", count: full) + String(repeating: "┄", count: width - full)
  }

  /// Units a second over the last minute; nil before anything is done.
  private func speed(_ now: Double) -> Double? {
    let from = history.first!
    guard now > from.time, done > from.done else { return nil }
    return Double(done - from.done) / (now - from.time)
  }

  static func rate(_ speed: Double, _ unit: String) -> String {
    if speed >= 100 { return "\(grouped(Int(speed.rounded()))) \(unit)/s" }
    if speed >= 1 { return String(format: "%.1f \(unit)/s", speed) }
    return "\(duration(1 / speed)) each"
  }

  /// `0.8 s`, `45 s`, `2 min 35 s`, `3 h 12 min`, `2 d 4 h`.
  static func duration(_ seconds: Double) -> String {
    guard seconds.isFinite, seconds < 1e9 else { return "for ever" }
    if seconds < 9.95 { return String(format: "%.1f s", max(0, seconds)) }
    let whole = Int(seconds.rounded())
    switch whole {
    case ..<60: return "\(whole) s"
    case ..<3600: return "\(whole / 60) min" + (whole % 60 > 0 ? " \(whole % 60) s" : "")
    case ..<86400: return "\(whole / 3600) h" + (whole % 3600 >= 60 ? " \(whole % 3600 / 60) min" : "")
    default: return "\(whole / 86400) d" + (whole % 86400 >= 3600 ? " \(whole % 86400 / 3600) h" : "")
    }
  }
}

/// `1,234,567`.
func grouped(_ number: Int) -> String {
  let digits = String(number.magnitude)
  var result = ""
  for (index, digit) in digits.enumerated() {
    if index > 0, (digits.count - index) % 3 == 0 { result += "," }
    result.append(digit)
  }
  return (number < 0 ? "-" : "") + result
}
