import Command
import Foundation
import Torch

/// A run's numbers by step: `metrics.jsonl`, and the same for TensorBoard.
///
/// A line of `metrics.jsonl` is one JSON object, keys in order: `{"epoch":1,"step":100,"train/loss":0.25}`. Numbers that
/// are not finite are the texts `"NaN"`, `"Infinity"` and `"-Infinity"`. It holds nothing that differs between equal runs:
/// a run that was killed and continued has the same bytes as one that ran through. Times, and what else differs, go to
/// `timing.jsonl` (`time` is in seconds since 1970).
///
/// What belongs to a step must be appended before the checkpoint of that step is saved: a run that continues from step s
/// keeps all lines up to s, and writes those after it anew.
public final class MetricsLog {
  private let metrics: LineFile
  private let timing: LineFile
  private let events: EventFile?
  private let clock: () -> Double
  // The folder is this process's own as long as somebody can write to it.
  private let lock: FolderLock?

  static let metricsName = "metrics.jsonl"
  static let timingName = "timing.jsonl"

  /// - Parameters:
  ///   - step: what is kept: lines up to this step, none if nil.
  ///   - clock: seconds since 1970.
  /// - Throws: ``CommandError`` if the files cannot be read or written.
  public convenience init(
    in folder: URL, after step: Int?, tensorBoard: Bool = true,
    clock: @escaping () -> Double = { Date().timeIntervalSince1970 }
  ) throws(CommandError) {
    try self.init(in: folder, after: step, tensorBoard: tensorBoard, lock: nil, clock: clock)
  }

  init(
    in folder: URL, after step: Int?, tensorBoard: Bool, lock: FolderLock?,
    clock: @escaping () -> Double = { Date().timeIntervalSince1970 }
  ) throws(CommandError) {
    let last = step ?? -1
    metrics = try LineFile(folder.appendingPathComponent(Self.metricsName), upTo: last)
    timing = try LineFile(folder.appendingPathComponent(Self.timingName), upTo: last)
    let events = folder.appendingPathComponent(EventFile.name)
    self.events = tensorBoard ? try EventFile(events, upTo: last, time: clock()) : nil
    self.lock = lock
    self.clock = clock
  }

  /// Adds a line.
  ///
  /// - Parameters:
  ///   - step: not negative.
  ///   - values: by name; `step`, `epoch` and `time` are taken. A `/` in a name groups it in TensorBoard: `train/loss`.
  ///   - timing: what differs between equal runs, for `timing.jsonl`: `["images/s": 1200]`.
  /// - Throws: ``CommandError`` if the disk is full or fails.
  public func append(
    step: Int, epoch: Int, values: [String: Double], timing: [String: Double] = [:]
  ) throws(CommandError) {
    precondition(step >= 0, "a step is not negative, found \(step)")
    for name in ["step", "epoch", "time"] {
      precondition(values[name] == nil && timing[name] == nil, "the name '\(name)' is taken")
    }
    let time = clock()
    try metrics.append(Line(step: step, epoch: epoch, values: values))
    try self.timing.append(Line(step: step, epoch: epoch, values: timing.merging(["time": time]) { $1 }))
    let summaries = values.merging(timing) { first, _ in first }
    if let events, !summaries.isEmpty { try events.append(scalars: summaries, step: step, time: time) }
  }

  /// Adds a picture, for TensorBoard alone.
  ///
  /// - Parameters:
  ///   - png: the file's contents.
  ///   - size: width and height in pixels.
  public func append(image name: String, png: Data, size: (width: Int, height: Int), step: Int)
    throws(CommandError)
  {
    try events?.append(image: name, png: png, size: size, step: step, time: clock())
  }

  /// Adds the distribution of values, for TensorBoard alone. Those that are not finite are left out.
  public func append(histogram name: String, values: [Double], step: Int) throws(CommandError) {
    try events?.append(histogram: Histogram(values), name: name, step: step, time: clock())
  }

  /// Brings everything to the disk, as must be before a checkpoint is saved: the step it continues from must not be missing
  /// here after a power failure.
  ///
  /// - Throws: ``CommandError`` if the disk is full or fails.
  public func synchronize() throws(CommandError) {
    try metrics.file.synchronize()
    try timing.file.synchronize()
    try events?.file.synchronize()
  }

  /// A line that was read back.
  public struct Line: Sendable, Equatable {
    public var step: Int
    public var epoch: Int
    public var values: [String: Double]

    public init(step: Int, epoch: Int, values: [String: Double]) {
      self.step = step
      self.epoch = epoch
      self.values = values
    }
  }

  /// The lines of a run's `metrics.jsonl`, for reports; a line cut off at the end is left out.
  ///
  /// - Parameter folder: the run's.
  /// - Throws: ``CommandError`` with the number of a line that is damaged.
  public static func lines(in folder: URL) throws(CommandError) -> [Line] {
    try LineFile.read(folder.appendingPathComponent(metricsName)).lines.map(\.line)
  }
}

extension MetricsLog.Line {
  /// Keys in order, as the file has it.
  var text: String {
    var members = values.map { (key: $0.key, text: Self.text($0.value)) }
    members.append((key: "step", text: "\(step)"))
    members.append((key: "epoch", text: "\(epoch)"))
    members.sort { $0.key < $1.key }
    return "{" + members.map { "\(Self.quoted($0.key)):\($0.text)" }.joined(separator: ",") + "}"
  }

  /// The shortest digits that are read back as the same number.
  private static func text(_ value: Double) -> String {
    if value.isNaN { return "\"NaN\"" }
    if value.isInfinite { return value < 0 ? "\"-Infinity\"" : "\"Infinity\"" }
    let text = "\(value)"
    return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
  }

  private static func quoted(_ text: String) -> String {
    var result = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": result += "\\\""
      case "\\": result += "\\\\"
      case _ where scalar.value < 0x20:
        let digits = String(scalar.value, radix: 16)
        result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result + "\""
  }

  /// nil for what is no line.
  init?(_ text: some Sequence<UInt8>) {
    guard let found = try? JSONDecoder().decode([String: JSONValue].self, from: Data(text)) else {
      return nil
    }
    guard case .int(let step)? = found["step"], case .int(let epoch)? = found["epoch"] else { return nil }
    var values: [String: Double] = [:]
    for (key, value) in found where key != "step" && key != "epoch" {
      switch value {
      case .int(let number): values[key] = Double(number)
      case .double(let number): values[key] = number
      case .string("NaN"): values[key] = .nan
      case .string("Infinity"): values[key] = .infinity
      case .string("-Infinity"): values[key] = -.infinity
      default: return nil
      }
    }
    self.init(step: step, epoch: epoch, values: values)
  }
}
