import Command
import Crypto
import Foundation
import Torch

/// A point on disk from which a run goes on.
public struct Checkpoint<State> {
  public let step: Int
  /// What it was saved as besides, for example `best`.
  public let names: Set<String>
  /// Mapped, not read: what a tensor needs is read when it is used.
  public let tensors: Safetensors
  public let state: State
  public let url: URL
}

/// The checkpoints of a run: folders `step-00001234` with `tensors.safetensors` and `state.json`.
///
/// A checkpoint is there whole or not at all: it is written under a temporary name, brought to the disk, and renamed.
/// The SHA-256 of the tensors stands in `state.json`, and reading compares it.
public final class Checkpoints {
  public let url: URL
  /// How many of the newest stay. Of each name (`best`) the newest stays too.
  public let keeping: Int

  private static let tensorsName = "tensors.safetensors"
  private static let stateName = "state.json"

  // The folder is this process's own as long as somebody can write to it.
  private let lock: FolderLock?

  /// - Parameter keeping: at least 1.
  public convenience init(in folder: URL, keeping: Int = 2) {
    self.init(in: folder, keeping: keeping, lock: nil)
  }

  init(in folder: URL, keeping: Int, lock: FolderLock?) {
    precondition(keeping >= 1, "at least one checkpoint must be kept, found \(keeping)")
    url = folder.standardizedFileURL
    self.keeping = keeping
    self.lock = lock
  }

  // MARK: Writing

  /// Writes a checkpoint, then removes those that need not stay. One of the same step is replaced.
  ///
  /// - Parameters:
  ///   - step: not negative.
  ///   - names: what this is the newest of, for example `["best"]`.
  /// - Throws: ``CommandError`` if the folder cannot be written or the disk is full; all earlier checkpoints are then as
  ///   they were.
  public func save(
    step: Int, tensors: [(name: String, tensor: Tensor)], state: some Encodable, names: Set<String> = []
  ) throws(CommandError) {
    precondition(step >= 0, "a step is not negative, found \(step)")
    try Files.makeFolder(url)
    let temporary = url.appendingPathComponent(
      ".\(Self.name(step))-\(String(UInt64.random(in: 0 ... .max), radix: 16)).tmp")
    guard mkdir(temporary.path, 0o777) == 0 else { throw Files.failure(url.path, "cannot be written") }
    do throws(CommandError) {
      let file = temporary.appendingPathComponent(Self.tensorsName)
      do {
        try Safetensors.write(tensors, to: file)
      } catch {
        // The folder with the temporary name is gone when somebody reads this.
        let path = url.appendingPathComponent(Self.name(step)).path
        throw CommandError(error.message.replacing(temporary.path, with: path))
      }
      let (bytes, sum) = try Self.checksum(file)
      let record = CheckpointRecord(
        step: step, names: names.sorted(), bytes: bytes, sha256: sum, state: state)
      try Files.write(RunJSON.data(record), to: temporary.appendingPathComponent(Self.stateName))
      try place(temporary, step)
    } catch {
      Files.remove(temporary)
      throw error
    }
    prune()
  }

  /// Renames the folder; whatever stood there steps aside first, and back at the next start if this one is killed between.
  private func place(_ temporary: URL, _ step: Int) throws(CommandError) {
    let final = url.appendingPathComponent(Self.name(step))
    let aside = url.appendingPathComponent(Self.asidePrefix + Self.name(step))
    let isReplacement = rename(final.path, aside.path) == 0
    guard rename(temporary.path, final.path) == 0 else {
      let error = Files.failure(final.path, "cannot be written")
      if isReplacement { rename(aside.path, final.path) }
      throw error
    }
    Files.synchronize(folder: url)
    if isReplacement { Files.remove(aside) }
  }

  private func prune() {
    guard let steps = try? steps() else { return }
    var kept = Set(steps.suffix(keeping))
    var named: Set<String> = []
    for step in steps.reversed() {
      // One that cannot be read is the user's to look at.
      guard let names = try? record(step, AnyState.self).names else {
        kept.insert(step)
        continue
      }
      if !named.isSuperset(of: names) { kept.insert(step) }
      named.formUnion(names)
    }
    for step in steps where !kept.contains(step) { _ = hide(step) }
  }

  /// Removes the checkpoint of that step, if there is one.
  ///
  /// - Throws: ``CommandError`` if it is there and cannot be removed.
  public func remove(step: Int) throws(CommandError) {
    if !hide(step), errno != ENOENT {
      throw Files.failure(url.appendingPathComponent(Self.name(step)).path, "cannot be removed")
    }
  }

  private func hide(_ step: Int) -> Bool {
    let folder = url.appendingPathComponent(Self.name(step))
    // Removing takes time; under its own name it would be seen half removed.
    let hidden = url.appendingPathComponent(".\(Self.name(step)).tmp")
    guard rename(folder.path, hidden.path) == 0 else { return false }
    Files.remove(hidden)
    return true
  }

  /// Puts in order what a process that was killed left. For the one process that writes here.
  func recover() throws(CommandError) {
    for name in try Files.names(in: url) {
      let item = url.appendingPathComponent(name)
      if name.hasPrefix(Self.asidePrefix) {
        let final = url.appendingPathComponent(String(name.dropFirst(Self.asidePrefix.count)))
        if rename(item.path, final.path) != 0 { Files.remove(item) }
      }
    }
    Files.removeTemporaries(in: url)
    prune()
  }

  // MARK: Reading

  /// The steps there are checkpoints of, ascending; whether they are whole shows when they are read.
  public func steps() throws(CommandError) -> [Int] {
    try Files.names(in: url).compactMap(Self.step).sorted()
  }

  /// The newest checkpoint that is whole; nil if there is none at all.
  ///
  /// - Parameters:
  ///   - name: only those saved with this name.
  ///   - report: told of each one that is damaged and passed over.
  /// - Throws: ``CommandError`` if all there are, are damaged; if the newest whole one holds another kind of state.
  public func latest<State: Decodable>(
    as type: State.Type, named name: String? = nil, report: (String) -> Void = CommandOutput.remark
  ) throws(CommandError) -> Checkpoint<State>? {
    var damage: [String] = []
    for step in try steps().reversed() {
      do {
        if let name, try !record(step, AnyState.self).names.contains(name) { continue }
        try verify(step)
      } catch {
        damage.append(error.message)
        report("\(error.message); this checkpoint is passed over")
        continue
      }
      return try checkpoint(step, type)
    }
    guard damage.isEmpty else {
      throw CommandError(
        "\(url.path): none of its checkpoints is whole (\(damage.joined(separator: "; "))). Remove the folder to start from "
          + "the beginning")
    }
    return nil
  }

  /// The checkpoint of that step.
  ///
  /// - Throws: ``CommandError`` if there is none, it is damaged, or holds another kind of state.
  public func load<State: Decodable>(step: Int, as type: State.Type) throws(CommandError) -> Checkpoint<State>
  {
    let steps = try steps()
    guard steps.contains(step) else {
      throw CommandError(
        "\(url.path): has no checkpoint of step \(step); there are: "
          + (steps.isEmpty ? "none" : steps.map(String.init).joined(separator: ", ")))
    }
    try verify(step)
    return try checkpoint(step, type)
  }

  private func checkpoint<State: Decodable>(
    _ step: Int, _ type: State.Type
  ) throws(CommandError) -> Checkpoint<State> {
    let folder = url.appendingPathComponent(Self.name(step))
    let record = try record(step, type)
    do {
      let tensors = try Safetensors(reading: folder.appendingPathComponent(Self.tensorsName))
      return Checkpoint(
        step: record.step, names: Set(record.names), tensors: tensors, state: record.state, url: folder)
    } catch {
      throw CommandError(error.message)
    }
  }

  private func record<State: Decodable>(_ step: Int, _ type: State.Type) throws(CommandError)
    -> CheckpointRecord<State>
  {
    let file = url.appendingPathComponent(Self.name(step)).appendingPathComponent(Self.stateName)
    let record = try RunJSON.value(
      CheckpointRecord<State>.self, from: Files.contents(of: file), path: file.path)
    guard record.step == step else {
      throw CommandError("\(file.path): is of step \(record.step); a checkpoint's folder cannot be renamed")
    }
    return record
  }

  private func verify(_ step: Int) throws(CommandError) {
    let record = try record(step, AnyState.self)
    let file = url.appendingPathComponent(Self.name(step)).appendingPathComponent(Self.tensorsName)
    let (bytes, sum) = try Self.checksum(file)
    guard bytes == record.bytes else {
      throw CommandError("\(file.path): is damaged: it has \(bytes) bytes instead of \(record.bytes)")
    }
    guard sum == record.sha256 else {
      throw CommandError("\(file.path): is damaged: its SHA-256 is not the one noted when it was written")
    }
  }

  // MARK: Parts

  private static let asidePrefix = ".replaced-"

  static func name(_ step: Int) -> String {
    let digits = String(step)
    return "step-" + String(repeating: "0", count: max(0, 8 - digits.count)) + digits
  }

  private static func step(_ name: String) -> Int? {
    guard name.hasPrefix("step-"), let step = Int(name.dropFirst(5)), self.name(step) == name else {
      return nil
    }
    return step
  }

  private static func checksum(_ url: URL) throws(CommandError) -> (bytes: Int, sha256: String) {
    let descriptor = open(url.path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw Files.failure(url.path, "cannot be read") }
    defer { close(descriptor) }
    var sum = SHA256()
    var total = 0
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 20, alignment: 16)
    defer { buffer.deallocate() }
    while true {
      let count = read(descriptor, buffer.baseAddress, buffer.count)
      if count < 0, errno == EINTR { continue }
      guard count >= 0 else { throw Files.failure(url.path, "cannot be read") }
      if count == 0 { break }
      sum.update(bufferPointer: UnsafeRawBufferPointer(rebasing: buffer[..<count]))
      total += count
    }
    return (total, sum.finalize().map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined())
  }
}

/// `state.json`.
private struct CheckpointRecord<State> {
  var step: Int
  var names: [String]
  /// Of the tensors' file.
  var bytes: Int
  var sha256: String
  var state: State
}

extension CheckpointRecord: Encodable where State: Encodable {}
extension CheckpointRecord: Decodable where State: Decodable {}

private struct AnyState: Decodable {}
