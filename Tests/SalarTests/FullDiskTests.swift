import Foundation
import PeerSupport
import Testing

/// `salar train` where nothing more can be written: a message, and the last checkpoint whole.
@Suite(.serialized) struct FullDiskTests {
  let quarters: Quarters
  init() throws { quarters = try Quarters() }

  private func expectWholeCheckpointAndTheSameEnd(_ run: String, epochs: Int) throws {
    let last = try #require(quarters.checkpoints(run).last)
    let rest = try Program.run(quarters.train(run, epochs: epochs))
    #expect(rest.code == 0 && last > 0 && rest.continuedFrom == last, "\(rest.errors)")
    #expect(try Program.run(quarters.train("whole", epochs: epochs)).code == 0)
    #expect(try quarters.bytes(run, "model.safetensors") == quarters.bytes("whole", "model.safetensors"))
  }

  /// Files may grow to so many bytes: checkpoints fit, and the log does for some epochs.
  @Test func filesThatCannotGrow() throws {
    let full = try Program.run(quarters.train("full", epochs: 250), after: "ulimit -f 24; trap '' XFSZ")
    #expect(full.code == 1, "\(full.errors)")
    #expect(full.errors.contains("cannot be written: File too large"), "\(full.errors)")
    #expect(full.errors.contains(quarters.path("full")))
    try expectWholeCheckpointAndTheSameEnd("full", epochs: 250)
  }

  @Test(.enabled(if: SmallDisk.isPossible, Comment(rawValue: SmallDisk.missing)))
  func aFullDisk() throws {
    let disk = try SmallDisk(kilobytes: 144)
    let run = disk.url.appendingPathComponent("run").path
    func train() throws -> Program.Result {
      try Program.run(quarters.train("x", epochs: 400, ["--out", run]))
    }
    let full = try train()
    #expect(
      full.code == 1 && full.errors.contains("No space left on device; free some space"), "\(full.errors)")
    let steps = try FileManager.default.contentsOfDirectory(atPath: run + "/checkpoints")
    #expect(!steps.isEmpty && steps.allSatisfy { $0.hasPrefix("step-") }, "\(steps)")
    // As full as before, it goes on from there before it says so again.
    let again = try train()
    #expect(again.code == 1, "\(again.errors)")
    try disk.makeReadOnly()
    let closed = try train()
    #expect(
      closed.code == 1 && closed.errors.contains("Read-only file system; check the perm"), "\(closed.errors)")
    withExtendedLifetime(disk) {}
  }

  @Test(.enabled(if: SmallDisk.isPossible || geteuid() != 0, "permissions do not bind the superuser"))
  func aReadOnlyFolder() throws {
    let disk = SmallDisk.isPossible ? try SmallDisk(kilobytes: 64) : nil
    let place = disk?.url ?? quarters.folder.file("closed")
    if let disk {
      try disk.makeReadOnly()
    } else {
      try FileManager.default.createDirectory(at: place, withIntermediateDirectories: false)
      #expect(chmod(place.path, 0o500) == 0)
    }
    defer { chmod(place.path, 0o700) }
    let run = place.appendingPathComponent("run").path
    let refused = try Program.run(quarters.train("x", epochs: 1, ["--out", run]))
    #expect(refused.code == 1 && refused.errors.contains("\(run): cannot be made"), "\(refused.errors)")
    #expect(refused.errors.contains("check the permissions, or choose another folder"))
    withExtendedLifetime(disk) {}
  }
}
