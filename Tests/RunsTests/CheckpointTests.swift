import Command
import Foundation
import PeerSupport
import Testing
import Torch

@testable import Runs

struct LoopState: Codable, Equatable {
  var epoch: Int
  var best: Double
}

@Suite struct CheckpointTests {
  let folder: TemporaryFolder
  let checkpoints: Checkpoints

  init() throws {
    folder = try TemporaryFolder()
    checkpoints = Checkpoints(in: folder.file("checkpoints"))
  }

  private func save(_ step: Int, names: Set<String> = []) throws {
    try checkpoints.save(
      step: step,
      tensors: [("weight", Tensor.full([3, 2], Scalar(Double(step)))), ("state", Tensor([UInt8(1), 2]))],
      state: LoopState(epoch: step / 10, best: -.infinity), names: names)
  }

  private func latest(_ reports: inout [String]) throws -> Checkpoint<LoopState>? {
    var found: [String] = []
    defer { reports = found }
    return try checkpoints.latest(as: LoopState.self) { found.append($0) }
  }

  private func damage(_ step: Int, _ file: String = "tensors.safetensors", _ change: (inout Data) -> Void)
    throws
  {
    let url = checkpoints.url.appendingPathComponent("\(Checkpoints.name(step))/\(file)")
    var data = try Data(contentsOf: url)
    change(&data)
    try data.write(to: url)
  }

  @Test func oneIsRemoved() throws {
    var reports: [String] = []
    try save(1)
    try save(2)
    try checkpoints.remove(step: 2)
    #expect(try latest(&reports)?.step == 1)
    // What is not there need not go.
    try checkpoints.remove(step: 7)
    try checkpoints.remove(step: 1)
    #expect(try latest(&reports) == nil && Files.names(in: checkpoints.url).isEmpty)
  }

  @Test func theNewestComesBack() throws {
    var reports: [String] = []
    #expect(try latest(&reports) == nil)
    try save(20)
    try save(100_000_000)
    let found = try #require(try latest(&reports))
    #expect(found.step == 100_000_000)
    #expect(found.state == LoopState(epoch: 10_000_000, best: -.infinity))
    #expect(found.tensors.names == ["weight", "state"])
    #expect(found.tensors["weight"]?.array(of: Float.self) == Array(repeating: 100_000_000, count: 6))
    #expect(reports.isEmpty)
    let names = try Files.names(in: checkpoints.url)
    #expect(names == ["step-00000020", "step-100000000"])
    #expect(try Files.names(in: found.url) == ["state.json", "tensors.safetensors"])
    #expect(try checkpoints.load(step: 20, as: LoopState.self).state.epoch == 2)
    #expect(
      refusal { _ = try checkpoints.load(step: 3, as: LoopState.self) }.contains(
        "has no checkpoint of step 3; there are: 20, 100000000"))
  }

  @Test func onlyTheLastAndTheNamedStay() throws {
    try save(1, names: ["best"])
    for step in 2...4 { try save(step) }
    #expect(try checkpoints.steps() == [1, 3, 4])
    try save(5, names: ["best", "epoch"])
    for step in 6...8 { try save(step) }
    #expect(try checkpoints.steps() == [5, 7, 8])
    let best = try checkpoints.latest(as: LoopState.self, named: "best")
    #expect(best?.step == 5 && best?.names == ["best", "epoch"])
    #expect(try checkpoints.latest(as: LoopState.self, named: "worst") == nil)
  }

  @Test func aStepIsReplaced() throws {
    try save(1)
    try checkpoints.save(step: 1, tensors: [("b", Tensor([Float(2)]))], state: LoopState(epoch: 9, best: 0))
    #expect(try checkpoints.latest(as: LoopState.self)?.state.epoch == 9)
    #expect(try Files.names(in: checkpoints.url) == ["step-00000001"])
    // As a kill between the two renamings leaves it.
    let step = checkpoints.url.appendingPathComponent("step-00000001")
    let aside = checkpoints.url.appendingPathComponent(".replaced-step-00000001")
    try FileManager.default.moveItem(at: step, to: aside)
    try checkpoints.recover()
    #expect(try checkpoints.latest(as: LoopState.self)?.state.epoch == 9)
    // And one after them.
    try FileManager.default.copyItem(at: step, to: aside)
    try checkpoints.recover()
    #expect(try Files.names(in: checkpoints.url) == ["step-00000001"])
  }

  @Test func damagedOnesArePassedOver() throws {
    var reports: [String] = []
    try save(1)
    try save(2)
    try damage(2) { $0[$0.count - 1] ^= 1 }
    #expect(try latest(&reports)?.step == 1)
    #expect(
      reports.count == 1 && reports[0].contains("step-00000002/tensors.safetensors: is damaged: its SHA-256"))
    try damage(2) { $0.removeLast() }
    #expect(try latest(&reports)?.step == 1)
    #expect(reports[0].contains("bytes instead of"))
    try damage(2, "state.json") { $0 = $0.prefix(10) }
    #expect(try latest(&reports)?.step == 1)
    #expect(reports[0].contains("state.json: is damaged"))
    try FileManager.default.removeItem(at: checkpoints.url.appendingPathComponent("step-00000002/state.json"))
    #expect(try latest(&reports)?.step == 1)
    // The run goes on and comes to that step again.
    try save(2)
    #expect(try latest(&reports)?.step == 2)
    #expect(reports.isEmpty)
  }

  @Test func nothingWholeIsNoBeginning() throws {
    try save(1)
    try damage(1) { $0[0] ^= 1 }
    #expect(
      refusal { _ = try checkpoints.latest(as: LoopState.self) { _ in } }.contains(
        "none of its checkpoints is whole"))
  }

  @Test func anotherKindOfStateIsNoDamage() throws {
    struct Other: Codable { var sampler: Int }
    try save(1)
    try save(2)
    #expect(
      refusal { _ = try checkpoints.latest(as: Other.self) }.contains("state.json: has no 'sampler' at state")
    )
  }

  @Test func leftoversAreRemoved() throws {
    try save(1)
    for name in [".step-00000002-abc.tmp", ".step-00000000.tmp"] {
      let left = checkpoints.url.appendingPathComponent(name)
      try FileManager.default.createDirectory(at: left, withIntermediateDirectories: true)
      try Data("half".utf8).write(to: left.appendingPathComponent("tensors.safetensors"))
    }
    #expect(try checkpoints.latest(as: LoopState.self)?.step == 1)
    try checkpoints.recover()
    #expect(try Files.names(in: checkpoints.url) == ["step-00000001"])
  }

  @Test func aFailedSaveLeavesNothing() throws {
    try save(1)
    let message = refusal {
      try checkpoints.save(
        step: 2, tensors: [("a", Tensor([Float(1)])), ("a", Tensor([Float(1)]))],
        state: LoopState(epoch: 0, best: 0))
    }
    #expect(message.contains("step-00000002/tensors.safetensors: the name 'a' appears twice"), "\(message)")
    #expect(try Files.names(in: checkpoints.url) == ["step-00000001"])
  }
}
