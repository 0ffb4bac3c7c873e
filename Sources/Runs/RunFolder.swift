import Command
import Foundation
import Torch

/// A run's folder, held by this process alone:
///
/// ```
/// recipe.yaml          the resolved settings
/// run.json             what ran it: program, libtorch, device, cores, seed, when (RunInfo)
/// checkpoints/         step-00000100/{tensors.safetensors, state.json} …
/// metrics.jsonl        numbers by step; timing.jsonl beside it holds what differs between equal runs
/// events.out.tfevents… the same for TensorBoard
/// figures/             pictures
/// summary.json         what came out
/// ```
///
/// ```swift
/// let run = try RunFolder(at: url, recipe: settings, kind: "train", seed: 1)
/// let last = try run.checkpoints.latest(as: LoopState.self)
/// let metrics = try run.metrics(after: last?.step)
/// // …
/// try metrics.append(step: step, epoch: epoch, values: ["train/loss": loss])
/// try metrics.synchronize()
/// try run.checkpoints.save(step: step, tensors: tensors, state: state)
/// try run.writeSummary(summary)
/// ```
///
/// Opening the folder of an earlier run with an equal recipe continues it. The folder is free again when this object
/// and what it gave out are gone, or the process has ended, in whatever way.
public final class RunFolder {
  public let url: URL
  /// What runs here, as given: `train`.
  public let kind: String
  /// Whether the folder holds an earlier run that goes on now.
  public let isContinued: Bool
  /// What `run.json` says, this start included.
  public let info: RunInfo
  public let checkpoints: Checkpoints

  private let lock: FolderLock

  /// Makes the folder, or opens it to continue.
  ///
  /// - Parameters:
  ///   - recipe: the resolved settings; they must equal those of the earlier run, if there is one.
  ///   - kind: the verb: `train`, `distill`.
  ///   - seed: of all random streams, noted in `run.json`.
  ///   - keeping: how many of the newest checkpoints stay.
  /// - Throws: ``CommandError`` if the folder cannot be made or written, holds something else, a run of another kind or
  ///   with other settings (naming the keys), or is in use by another process (naming it).
  public init<Settings: Codable & Equatable>(
    at url: URL, recipe: Settings, kind: String, seed: UInt64? = nil, device: Device = .cpu, keeping: Int = 2
  ) throws(CommandError) {
    self.url = url.standardizedFileURL
    self.kind = kind
    try Files.makeFolder(self.url)
    // Before the lock's own file appears in a folder that is somebody else's.
    _ = try Self.contents(self.url)
    lock = try FolderLock(self.url)
    let names = try Self.contents(self.url)
    Files.removeTemporaries(in: self.url)
    let infoURL = self.url.appendingPathComponent(RunInfo.fileName)
    var earlier: RunInfo?
    if names.contains(RunInfo.fileName) { earlier = try RunInfo(reading: infoURL) }
    if let earlier, earlier.kind != kind {
      throw CommandError(
        "\(self.url.path): holds a run of '\(earlier.kind)', and '\(kind)' was asked for; choose another folder"
      )
    }
    if let earlier, earlier.seed != seed {
      throw CommandError(
        "\(self.url.path): holds a run with seed \(earlier.seed.map(String.init) ?? "none"), and seed "
          + "\(seed.map(String.init) ?? "none") was asked for; choose another folder, or the same seed")
    }
    let recipeURL = self.url.appendingPathComponent(Self.recipeName)
    if names.contains(Self.recipeName) {
      try Self.compare(recipe, with: recipeURL, folder: self.url)
    } else {
      let text = try Recipe.yaml(recipe, header: ["The settings of this run (\(kind)), defaults included."])
      try Files.write(Data(text.utf8), to: recipeURL)
    }
    isContinued = earlier != nil
    var info = earlier ?? RunInfo(kind: kind, seed: seed)
    info.starts.append(.now(device: device))
    try Files.write(RunJSON.data(info), to: infoURL)
    self.info = info
    checkpoints = Checkpoints(
      in: self.url.appendingPathComponent("checkpoints"), keeping: keeping, lock: lock)
    try checkpoints.recover()
  }

  static let recipeName = "recipe.yaml"

  /// Whether a run has begun in that folder.
  public static func isRun(_ url: URL) -> Bool {
    FileManager.default.fileExists(atPath: url.appendingPathComponent(recipeName).path)
  }

  /// Whether another process works in that folder now, be it that it has only just begun.
  public static func isInUse(_ url: URL) -> Bool { FolderLock.isHeld(url) }

  /// The names in the folder, which must be a run's or empty.
  private static func contents(_ folder: URL) throws(CommandError) -> [String] {
    let names = try Files.names(in: folder).filter { !$0.hasPrefix(".") }
    guard names.isEmpty || names.contains(recipeName) else {
      throw CommandError(
        "\(folder.path): is not the folder of a run: it holds \(names[0]), but no \(recipeName); choose a new or empty "
          + "folder")
    }
    return names
  }

  /// A file of the folder.
  public func file(_ name: String) -> URL { url.appendingPathComponent(name) }

  /// A folder inside the folder, made if need be.
  ///
  /// - Throws: ``CommandError`` if it cannot be made.
  public func folder(_ name: String) throws(CommandError) -> URL {
    try Files.makeFolder(file(name))
    return file(name)
  }

  /// The run's numbers, open for more.
  ///
  /// - Parameter step: the step that the run continues from, nil for its beginning; lines of later steps are cut off.
  /// - Throws: ``CommandError`` if the files cannot be read or written.
  public func metrics(after step: Int?, tensorBoard: Bool = true) throws(CommandError) -> MetricsLog {
    try MetricsLog(in: url, after: step, tensorBoard: tensorBoard, lock: lock)
  }

  private static func compare<Settings: Codable & Equatable>(
    _ recipe: Settings, with stored: URL, folder: URL
  ) throws(CommandError) {
    let differences = try Recipe.differences(of: recipe, from: stored, subject: "the settings of this run")
    guard !differences.isEmpty else { return }
    throw CommandError(
      "\(folder.path): holds a run with other settings: \(differences.joined(separator: "; ")). Choose another folder, or "
        + "the settings of \(stored.lastPathComponent)")
  }
}
