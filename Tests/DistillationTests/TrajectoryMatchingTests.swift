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
    refused("momentum") { $0.momentum = 1 }
    refused("gate") { $0.gate = -1 }
    refused("gate") { $0.gate = .nan }
    refused("stepSize") { $0.stepSize = .nan }
    refused("lrStepSize") { $0.lrStepSize = .infinity }
    refused("lrStepSize") { $0.lrStepSize = -1e-5 }
    // Beyond what images are made of.
    refused("lrImages") { $0.lrImages = 1e39 }
  }

  /// An iteration with a greater loss is counted and moves nothing.
  @Test func theGateHoldsBack() throws {
    let run = RandomStreams(seed: 1)
    var closed = try matching { $0.gate = 1e-9 }
    for index in 0..<3 {
      let values = try closed.step(set, Iteration(index: index, run: run))
      #expect(values["held"] == Double(index + 1) && values["loss"]! > 1e-9)
    }
    #expect(set.images.equal(student.images) && closed.stepSize == Double(Float(0.01)))
    // The count goes on.
    let state = Dictionary(uniqueKeysWithValues: closed.state.map { ($0.name, $0.tensor.clone()) })
    var next = try matching { $0.gate = 1e-9 }
    try next.restore { state[$0] }
    #expect(try next.step(set, Iteration(index: 3, run: run))["held"] == 4)
    var open = try matching { $0.gate = 1e9 }
    #expect(try open.step(set, Iteration(index: 0, run: run))["held"] == nil)
    #expect(!set.images.equal(student.images))
  }

  /// d/d(ln α) = α d/dα, and no rate brings it below 0.
  @Test func theLogarithmOfTheStepSizeIsMoved() throws {
    func moved(_ form: TrajectoryMatching.Settings.StepSizeForm, _ rate: Double) throws -> Double {
      let set = SyntheticSet(images: student.images.clone(), classes: 3)
      var one = try matching { ($0.stepSizeForm, $0.lrStepSize, $0.stepSize) = (form, rate, 0.1) }
      _ = try one.step(set, Iteration(index: 0, run: RandomStreams(seed: 2)))
      return one.stepSize!
    }
    let rate = 1e-2
    let gradient = (0.1 - (try moved(.plain, rate))) / rate
    let ofLogarithm = -log(try moved(.log, rate) / 0.1) / rate
    #expect(abs(gradient) > 1e-3 && abs(ofLogarithm / (0.1 * gradient) - 1) < 1e-3)
    let far = try moved(.log, 10 / abs(0.1 * gradient))
    #expect(far > 0 && abs(abs(log(far / 0.1)) - 10) < 1e-2)
  }

  /// Large batches are taken in parts of one size, which change the gradient by rounding alone.
  @Test func largeBatchesAreTakenInParts() throws {
    func part(_ count: Int, _ side: Int, _ change: (inout TrajectoryMatching.Settings) -> Void = { _ in })
      throws
      -> Int?
    {
      try matching(change).part(of: .zeros([count, 3, side, side]))
    }
    #expect(try part(256, 32) == nil && part(257, 32) == 129 && part(600, 32) == 200)
    #expect(try part(100, 64) == 50 && part(100, 64, { $0.batch = 60 }) == nil && part(3, 1_024) == 1)
    #expect(try part(10, 32, { $0.part = 4 }) == 4 && part(10, 32, { $0.part = 20 }) == nil)
    #expect(try part(10, 32, { ($0.part, $0.batch) = (4, 8) }) == 4)
  }

  /// As `largeBatchesAreTakenInParts` says, without being asked.
  @Test func oneStepOfManyImagesIsTakenInParts() throws {
    let many = Tensor.randn([4_200, 3, 8, 8], generator: Generator(seed: 8))
    func moved(_ part: Int) throws -> Tensor {
      let set = SyntheticSet(images: many.clone(), classes: 3)
      var one = try matching { ($0.part, $0.memory, $0.steps) = (part, 0, 1) }
      _ = try one.step(set, Iteration(index: 0, run: RandomStreams(seed: 2)))
      return set.images
    }
    let found = try moved(0)
    #expect(try found.equal(moved(2_100)) && !found.equal(moved(4_200)) && !found.equal(many))
  }

  /// What is drawn from a store that has grown is drawn from those of before, if they are named.
  @Test func aStoreCanBeTakenAsItWas() throws {
    let names = store.names
    #expect(names == ["expert-00000.safetensors", "expert-00001.safetensors"])
    let points = [student.start, student.end]
    try Expert.write(
      points, .init(network: "convnet", seed: 9, rule: "sgd", accuracy: [], trainAccuracy: []),
      to: ExpertStore.file(2, in: folder.url))
    let grown = try ExpertStore(reading: folder.url, layout: student.network.layout)
    #expect(grown.experts.count == 3 && grown.epochs == 1)
    let before = try grown.only(names)
    #expect(before.names == names && before.epochs == 6)
    let error = #expect(throws: DistillationError.self) {
      try store.only(names + ["expert-00007.safetensors"])
    }
    #expect(error?.message.contains("expert-00007.safetensors") == true)
  }

  /// The same weights are another function under another norm.
  @Test func expertsOfAnotherArchitectureAreRefused() throws {
    let place = folder.file("other")
    try FileManager.default.createDirectory(at: place, withIntermediateDirectories: true)
    try Expert.write(
      [student.start, student.end],
      .init(
        network: "convnet", settings: ["norm": "instance", "width": "8"], seed: 0, rule: "sgd", accuracy: [],
        trainAccuracy: []), to: ExpertStore.file(0, in: place))
    func read(_ architecture: Expert.Architecture?) throws {
      _ = try ExpertStore(reading: place, layout: student.network.layout, architecture: architecture)
    }
    try read(nil)
    try read(.init(network: "convnet", settings: ["norm": "instance", "width": "8"]))
    try read(.init(network: "convnet", settings: ["norm": "instance", "new": "1"]))
    for (other, word) in [
      (
        Expert.Architecture(network: "convnet", settings: ["norm": "group", "width": "8"]), "norm is instance"
      ),
      (Expert.Architecture(network: "mlp", settings: [:]), "network is convnet"),
    ] {
      let error = #expect(throws: DistillationError.self) { try read(other) }
      let message = error?.message ?? ""
      #expect(message.contains("expert-00000") && message.contains(word), "\(message)")
    }
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
    let halves = try moved { ($0.memory, $0.part) = (0, 3) }
    #expect((halves - plain).vectorNorm().double < 1e-5 * (plain - student.images).vectorNorm().double)
    #expect(!halves.equal(plain))
    let parts = try (moved { ($0.memory, $0.part) = (1_000, 2) }, moved { ($0.memory, $0.part) = (0, 2) })
    #expect((parts.0 - parts.1).vectorNorm().double < 1e-6 * (plain - student.images).vectorNorm().double)
  }
}
