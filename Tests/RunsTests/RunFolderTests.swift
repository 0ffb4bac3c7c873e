import Command
import Foundation
import PeerSupport
import Testing
import Torch

@testable import Runs

struct Setup: Codable, Equatable {
  struct Rule: Codable, Equatable {
    var rho = 0.05
    var name = "sam"
  }

  var epochs = 10
  var rule = Rule()
  var clip: Double?
}

@Suite struct RunFolderTests {
  let folder: TemporaryFolder
  var url: URL { folder.file("runs/one") }

  init() throws { folder = try TemporaryFolder() }

  private func open(_ setup: Setup = Setup(), kind: String = "train", seed: UInt64? = 7) throws -> RunFolder {
    try RunFolder(at: url, recipe: setup, kind: kind, seed: seed)
  }

  @Test func aNewFolderSaysWhatRuns() throws {
    let run = try open()
    #expect(!run.isContinued)
    let yaml = try String(contentsOf: run.file("recipe.yaml"), encoding: .utf8)
    #expect(yaml.hasSuffix("\nepochs: 10\nrule:\n  rho: 0.05\n  name: sam\nclip: null\n"))
    let info = try RunInfo(reading: run.file("run.json"))
    #expect(info == run.info)
    #expect(info.kind == "train" && info.seed == 7 && info.starts.count == 1)
    #expect(info.starts[0].libtorch == Runtime.libtorchVersion)
    #expect(info.starts[0].device == "cpu" && info.starts[0].cores > 0)
    #expect(info.starts[0].time.wholeMatch(of: /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ/) != nil)
    #expect(info.starts[0].program.version == ProgramVersion.text)
    #expect(info.starts[0].program.commit.map { $0.count == 40 } ?? true)
  }

  @Test func anEqualRecipeContinues() throws {
    do { _ = try open() }
    let before = try Data(contentsOf: url.appendingPathComponent("recipe.yaml"))
    let run = try open()
    #expect(run.isContinued)
    #expect(run.info.starts.count == 2)
    #expect(try Data(contentsOf: url.appendingPathComponent("recipe.yaml")) == before)
    let record = try RunRecord(reading: url)
    #expect(try record.recipe(over: Setup(epochs: 99)) == Setup())
    #expect(try record.metrics().isEmpty)
  }

  @Test func otherSettingsAreNamed() throws {
    do { _ = try open() }
    var setup = Setup()
    setup.rule.rho = 0.1
    setup.clip = 2
    #expect(
      refusal { _ = try open(setup) }
        == "\(url.path): holds a run with other settings: rule.rho is 0.05 there and 0.1 now; clip is none there and 2 now. "
        + "Choose another folder, or the settings of recipe.yaml")
    #expect(
      refusal { _ = try open(kind: "distill") }.contains(
        "holds a run of 'train', and 'distill' was asked for"))
    #expect(refusal { _ = try open(seed: 8) }.contains("holds a run with seed 7, and seed 8 was asked for"))
    // A key that an earlier version did not have.
    try "epochs: 10\nclip: null\nrule:\n  name: sam\n".write(
      to: url.appendingPathComponent("recipe.yaml"), atomically: true, encoding: .utf8)
    #expect(refusal { _ = try open() }.contains("rule.rho does not stand there"))
    // And one that a later version has.
    try "epochs: 10\nclip: null\nrule:\n  name: sam\n  rho: 0.05\n  new: 1\n".write(
      to: url.appendingPathComponent("recipe.yaml"), atomically: true, encoding: .utf8)
    #expect(
      refusal { _ = try open() }.contains(
        "recipe.yaml:6: the settings of this run: unknown key 'new' in rule"))
  }

  @Test func aStartThatWasKilledIsCompleted() throws {
    do { _ = try open() }
    try FileManager.default.removeItem(at: url.appendingPathComponent("run.json"))
    try Data().write(to: url.appendingPathComponent(".salar-1234.tmp"))
    let run = try open()
    #expect(!run.isContinued)
    #expect(try Files.names(in: url) == [".lock", "recipe.yaml", "run.json"])
  }

  /// A process that has only just begun, and written nothing yet, has the folder too.
  @Test func isInUseFromTheLockOn() throws {
    #expect(!RunFolder.isInUse(url))
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    #expect(!RunFolder.isInUse(url))
    let lock = try FolderLock(url)
    #expect(RunFolder.isInUse(url) && !RunFolder.isRun(url))
    withExtendedLifetime(lock) {}
  }

  @Test func oneProcessAtATime() throws {
    let run = try open()
    let message = refusal { _ = try open() }
    #expect(
      message == "\(url.path): is in use by process \(getpid()); wait for it to end, or choose another folder"
    )
    withExtendedLifetime(run) {}
  }

  @Test func theLockGoesWithItsLastHolder() throws {
    do {
      // Whoever can still write keeps others out, whether or not the run itself is still in use.
      let checkpoints = try open().checkpoints
      #expect(refusal { _ = try open() }.contains("is in use by process"))
      withExtendedLifetime(checkpoints) {}
    }
    do {
      let metrics = try open().metrics(after: nil)
      #expect(refusal { _ = try open() }.contains("is in use by process"))
      withExtendedLifetime(metrics) {}
    }
    _ = try open()
  }

  @Test func whatStandsInTheWayIsNamed() throws {
    try Data("x".utf8).write(to: folder.file("file"))
    #expect(
      refusal { _ = try RunFolder(at: folder.file("file"), recipe: Setup(), kind: "train") }
        == "\(folder.file("file").path): a file stands where a folder is to be made; move it, or choose another folder"
    )
    #expect(
      refusal { _ = try RunFolder(at: folder.file("file/run"), recipe: Setup(), kind: "train") }
        .contains("a file stands where a folder is needed"))
    let other = folder.file("other")
    try FileManager.default.createDirectory(at: other, withIntermediateDirectories: true)
    try Data("x".utf8).write(to: other.appendingPathComponent("thesis.txt"))
    #expect(
      refusal { _ = try RunFolder(at: other, recipe: Setup(), kind: "train") }
        == "\(other.path): is not the folder of a run: it holds thesis.txt, but no recipe.yaml; choose a new or empty folder"
    )
    #expect(try Files.names(in: other) == ["thesis.txt"])
    #expect(refusal { _ = try RunRecord(reading: other) }.contains("is not the folder of a run"))
    #expect(
      refusal { _ = try RunFolder(at: URL(fileURLWithPath: "/proc/salar"), recipe: Setup(), kind: "t") }
        .hasPrefix("/proc/salar: cannot be made: "))
  }

  @Test func damagedFilesAreNamed() throws {
    do { _ = try open() }
    try Data("{".utf8).write(to: url.appendingPathComponent("run.json"))
    #expect(refusal { _ = try open() }.contains("run.json: is damaged"))
  }

  @Test func summariesHoldAnyNumber() throws {
    struct Outcome: Codable, Equatable { var accuracy: Double, loss: Double }
    let run = try open()
    try run.writeSummary(Outcome(accuracy: 0.5, loss: .infinity))
    let text = try String(contentsOf: run.file("summary.json"), encoding: .utf8)
    #expect(text == "{\n  \"accuracy\" : 0.5,\n  \"loss\" : \"Infinity\"\n}\n")
    let record = try RunRecord(reading: url)
    #expect(try record.summary(as: Outcome.self) == Outcome(accuracy: 0.5, loss: .infinity))
  }
}
