import Data
import Foundation
import Networks
import PeerSupport
import Testing
import Torch

@testable import Distillation

@Suite struct TrajectoryMatchingTests {
  private let folder: TemporaryFolder
  private let student: SmallStudent
  private let store: ExpertStore
  private let set: SyntheticSet

  init() throws {
    folder = try TemporaryFolder()
    let student = try SmallStudent(.float32)
    self.student = student
    for index in 0..<2 {
      let points = (0...6).map { epoch in
        student.start
          + Tensor.randn(
            [student.network.layout.count], generator: Generator(seed: UInt64(index * 10 + epoch))) * 0.02
      }
      try Expert.write(
        points, .init(network: "convnet", seed: 0, rule: "sgd", accuracy: [], trainAccuracy: []),
        to: ExpertStore.file(index, in: folder.url))
    }
    store = try ExpertStore(reading: folder.url, layout: student.network.layout)
    set = SyntheticSet(images: student.images.clone(), classes: 3)
  }

  private func matching(_ change: (inout TrajectoryMatching.Settings) -> Void) throws -> TrajectoryMatching {
    var settings = TrajectoryMatching.Settings()
    (settings.steps, settings.maxStart, settings.strategy) = (3, 5, "none")
    change(&settings)
    return try TrajectoryMatching(student.network, store, settings)
  }

  /// Start epochs come from [minStart, an end that grows evenly to maxStart).
  @Test func startEpochsGrow() throws {
    let growing = try matching { ($0.minStart, $0.firstMaxStart, $0.growth) = (1, 2, 90) }
    #expect([0, 29, 30, 60, 89, 90, 1_000].map(growing.maxStart(at:)) == [2, 2, 3, 4, 4, 5, 5])
    let run = RandomStreams(seed: 1)
    let epochs = (0..<200).map { growing.drawn(Iteration(index: $0, run: run)).epoch }
    #expect(Set(epochs[..<30]) == [1] && Set(epochs[90...]) == [1, 2, 3, 4])
    let plain = try matching { _ in }
    #expect(Set((0..<200).map { plain.drawn(Iteration(index: $0, run: run)).epoch }) == Set(0..<5))
  }

  @Test func startRulesThatMakeNoSenseAreNamed() throws {
    func refused(_ word: String, _ change: (inout TrajectoryMatching.Settings) -> Void) {
      let error = #expect(throws: DistillationError.self) { try matching(change) }
      #expect(error?.message.contains(word) == true)
    }
    refused("minStart") { $0.minStart = 5 }
    refused("minStart") { $0.minStart = -1 }
    refused("growth") { $0.growth = -1 }
    refused("firstMaxStart") { $0.growth = 10 }
    refused("firstMaxStart") { ($0.growth, $0.firstMaxStart) = (10, 6) }
    refused("growth") { $0.firstMaxStart = 2 }
    refused("memory") { $0.memory = -1 }
  }

  /// How many graphs are kept changes memory and time alone.
  @Test func memoryChangesNoImage() throws {
    func moved(_ change: (inout TrajectoryMatching.Settings) -> Void) throws -> Tensor {
      let set = SyntheticSet(images: student.images.clone(), classes: 3)
      var one = try matching(change)
      for index in 0..<2 { _ = try one.step(set, Iteration(index: index, run: RandomStreams(seed: 2))) }
      return set.images
    }
    let plain = try moved { $0.memory = 0 }
    #expect(!plain.equal(student.images))
    #expect(try moved { $0.memory = 1_000 }.equal(plain))
    #expect(try moved { $0.keptSteps = 2 }.equal(plain))
    // Of parts, sums are taken in another order.
    let parts = try (moved { ($0.memory, $0.part) = (1_000, 2) }, moved { ($0.memory, $0.part) = (0, 2) })
    #expect((parts.0 - parts.1).vectorNorm().double < 1e-6 * (plain - student.images).vectorNorm().double)
  }
}
