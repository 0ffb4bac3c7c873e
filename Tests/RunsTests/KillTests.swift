import Command
import Foundation
import PeerSupport
import Testing
import Torch

@testable import Runs

/// A process that a signal ends, in whatever it is doing then. The folder's path comes through the environment, which a
/// child inherits.
@Suite(.serialized) struct KillTests {
  private static let variable = "SALAR_TEST_KILLED_RUN"

  @Test func aKilledRunHasAWholeCheckpoint() async throws {
    let folder = try TemporaryFolder()
    let url = folder.file("run")
    setenv(Self.variable, url.path, 1)
    defer { unsetenv(Self.variable) }
    var last = -1
    var kills = 0
    for _ in 0..<24 {
      await #expect(processExitsWith: .signal(SIGKILL)) { try Self.saveUntilKilled() }
      kills += 1
      // Before anything is put in order: whoever reads sees whole checkpoints alone.
      let record = Checkpoints(in: url.appendingPathComponent("checkpoints"))
      var reports: [String] = []
      let found = try record.latest(as: LoopState.self) { reports.append($0) }
      #expect(reports.isEmpty)
      guard let found else { continue }
      #expect(found.step >= last)
      #expect(found.state.epoch == found.step)
      let weight = try #require(found.tensors["weight"])
      #expect(weight.array(of: Float.self).allSatisfy { $0 == Float(found.step) })
      last = found.step
    }
    #expect(kills == 24 && last > 0)
    // The next start tidies up, and the lock of the killed process is gone.
    let run = try RunFolder(at: url, recipe: Setup(), kind: "train")
    #expect(try run.checkpoints.steps().count <= 3)  // the last two, and the best
    #expect(try Files.names(in: run.checkpoints.url).allSatisfy { $0.hasPrefix("step-") })
    #expect(run.info.starts.count == 25)
    let lines = try MetricsLog.lines(in: url).map(\.step)
    #expect(lines == Array(0..<lines.count) && lines.count >= last)
  }

  /// Goes on from the newest checkpoint, one a step, until another thread kills the process at a random moment.
  private static func saveUntilKilled() throws {
    let path = try #require(ProcessInfo.processInfo.environment[variable])
    let run = try RunFolder(at: URL(fileURLWithPath: path), recipe: Setup(), kind: "train")
    let last = try run.checkpoints.latest(as: LoopState.self)
    let metrics = try run.metrics(after: last?.step)
    let delay = useconds_t.random(in: 0..<60_000)
    Thread.detachNewThread {
      usleep(delay)
      kill(getpid(), SIGKILL)
    }
    for step in ((last?.step ?? -1) + 1)... {
      try metrics.append(step: step, epoch: step, values: ["loss": Double(step)])
      try metrics.synchronize()
      try run.checkpoints.save(
        step: step, tensors: [("weight", Tensor.full([1 << 16], Scalar(Double(step))))],
        state: LoopState(epoch: step, best: 0), names: step % 7 == 0 ? ["best"] : [])
    }
  }

  /// Files may grow to 64 KiB in the child, as on a disk that is full.
  @Test func aFullDiskLeavesTheLastCheckpoint() async throws {
    let folder = try TemporaryFolder()
    setenv(Self.variable, folder.url.path, 1)
    defer { unsetenv(Self.variable) }
    await #expect(processExitsWith: .success) {
      let path = try #require(ProcessInfo.processInfo.environment[Self.variable])
      let run = try RunFolder(at: URL(fileURLWithPath: path), recipe: Setup(), kind: "train")
      let checkpoints = run.checkpoints
      try checkpoints.save(step: 1, tensors: [("a", Tensor([Float(1)]))], state: LoopState(epoch: 1, best: 0))
      signal(SIGXFSZ, SIG_IGN)
      var limit = rlimit(rlim_cur: 1 << 16, rlim_max: 1 << 16)
      #if canImport(Darwin)
        setrlimit(RLIMIT_FSIZE, &limit)
      #else
        setrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit)
      #endif
      let message = refusal {
        try checkpoints.save(
          step: 2, tensors: [("a", Tensor.zeros([1 << 16]))], state: LoopState(epoch: 2, best: 0))
      }
      guard message.hasSuffix("step-00000002/tensors.safetensors: cannot be written: File too large") else {
        FileHandle.standardError.write(Data(message.utf8))
        exit(2)
      }
      guard try checkpoints.latest(as: LoopState.self)?.step == 1 else { exit(3) }
      guard try Files.names(in: checkpoints.url) == ["step-00000001"] else { exit(4) }
    }
  }

  @Test func theFirstSignalIsNotedTheSecondEnds() async {
    await #expect(processExitsWith: .signal(SIGINT)) {
      Interruption.install()
      if Interruption.isRequested { exit(2) }
      guard Self.interrupt(SIGINT), Interruption.signal == SIGINT else { exit(3) }
      _ = Self.interrupt(SIGINT)
      sleep(10)
      exit(4)
    }
    await #expect(processExitsWith: .success) {
      Interruption.install()
      guard Self.interrupt(SIGTERM), Interruption.signal == SIGTERM else { exit(3) }
      // A later loop in the same process can be interrupted anew.
      Interruption.install()
      guard !Interruption.isRequested else { exit(4) }
      guard Self.interrupt(SIGTERM) else { exit(5) }
    }
  }

  /// Sends this process the signal as a terminal does; whether it was noted within 5 seconds.
  private static func interrupt(_ signal: Int32) -> Bool {
    kill(getpid(), signal)
    for _ in 0..<500 where !Interruption.isRequested { usleep(10_000) }
    return Interruption.isRequested
  }

  /// What only root can make: a small file system of its own, full and then read-only.
  @Test(.enabled(if: SmallDisk.isPossible, Comment(rawValue: SmallDisk.missing)))
  func realFileSystemsFullAndReadOnly() throws {
    let small = try SmallDisk(kilobytes: 256)
    let disk = small.url
    let url = disk.appendingPathComponent("run")
    func save(_ checkpoints: Checkpoints, _ step: Int, _ count: Int) throws {
      try checkpoints.save(
        step: step, tensors: [("a", Tensor.zeros([count]))], state: LoopState(epoch: step, best: 0))
    }
    do {
      let run = try RunFolder(at: url, recipe: Setup(), kind: "train")
      try save(run.checkpoints, 1, 100)
      let full = refusal { try save(run.checkpoints, 2, 1 << 17) }
      #expect(
        full.contains(
          "step-00000002/tensors.safetensors: cannot be written: No space left on device; free some space"))
      #expect(try run.checkpoints.latest(as: LoopState.self)?.step == 1)
      // Room is made, and the run goes on.
      try save(run.checkpoints, 3, 100)
      #expect(try run.checkpoints.latest(as: LoopState.self)?.step == 3)
    }
    // Files that are open for writing keep a file system from becoming read-only.
    try small.makeReadOnly()
    let checkpoints = Checkpoints(in: url.appendingPathComponent("checkpoints"))
    #expect(
      refusal { try save(checkpoints, 4, 100) }.contains(
        "checkpoints: cannot be written: Read-only file system; check the perm"))
    #expect(try checkpoints.latest(as: LoopState.self)?.step == 3)
    for name in ["run", "other"] {
      let message = refusal {
        _ = try RunFolder(at: disk.appendingPathComponent(name), recipe: Setup(), kind: "train")
      }
      #expect(
        message.contains("Read-only file system; check the permissions, or choose another folder"),
        "\(message)")
      #expect(message.contains(disk.appendingPathComponent(name).path), "\(message)")
    }
    #expect(
      refusal { try Files.write(Data(), to: url.appendingPathComponent("summary.json")) }
        .contains("Read-only file system"))
    withExtendedLifetime(small) {}
  }
}
