import Command
import Data
import Distillation
import Foundation
import Networks
import PeerSupport
import Runs
import Testing
import Torch

@testable import Experiments

/// Runs of `salar distill run` that follow experts: what they leave when they go wrong, and when their store changes.
@Suite struct DistillationRunTests {
  private let folder: TemporaryFolder
  private let store: URL
  private let network: NetworkChoice
  private let data: TrainRecipe.DataChoice
  private let train: DataSet

  init() throws {
    folder = try TemporaryFolder()
    store = folder.file("store")
    var data = TrainRecipe.DataChoice()
    (data.path, data.trainLimit, data.testLimit) = ("builtin:gray", 60, 40)
    self.data = data
    train = try data.open(.train)
    network = try NetworkChoice("convnet", shape: train.shape, classes: train.classes)
      .setting(["width=4", "depth=1"])
    try FileManager.default.createDirectory(at: store, withIntermediateDirectories: true)
    for index in 0..<3 { try write(index) }
  }

  /// A path that is as good as any.
  private func write(_ index: Int, _ settings: [String: String]? = nil, way: Double = 0.02) throws {
    let start = try network.make().initial(Generator(seed: UInt64(index))).flat
    let points = (0...3).map { epoch in
      start + Tensor.randn(start.shape, generator: Generator(seed: UInt64(100 * index + epoch))) * Scalar(way)
    }
    try Expert.write(
      points,
      .init(
        network: "convnet", settings: settings ?? network.architecture.settings, seed: UInt64(7 + index),
        rule: "gsam", accuracy: [], trainAccuracy: []), to: ExpertStore.file(index, in: store))
  }

  private func recipe(_ settings: [String] = [], iterations: Int = 6, method: String = "mtt") throws
    -> DistillationRecipe
  {
    let all = ["steps=2", "maxStart=2", "lrImages=10", "stepSize=0.05"] + settings
    return try DistillationRecipe(
      data: data, network: network, method: DistillationChoice(method).setting(all), ipc: 1,
      iterations: iterations, store: store.path, seed: 5)
  }

  @discardableResult
  private func run(_ recipe: DistillationRecipe, _ name: String, seconds: Double = 60) throws -> DistilledSet
  {
    let url = folder.file(name)
    guard
      case .complete = try DistillationRun(recipe, train: train).run(
        in: url, secondsBetweenCheckpoints: seconds)
    else { throw CommandError("stopped") }
    return try DistilledSet(reading: url)
  }

  private func goneWrong(_ recipe: DistillationRecipe, _ name: String, seconds: Double = 60) -> String {
    #expect(throws: CommandError.self) { try run(recipe, name, seconds: seconds) }?.message ?? ""
  }

  // MARK: Going wrong

  /// A step size that has gone wild shows in the next iteration. The images that one was good with are kept as a set that can
  /// be used, and they are those of a run that ends there.
  @Test func theLastGoodImagesAreKept() throws {
    let message = goneWrong(try recipe(["lrStepSize=1e30"]), "wild")
    #expect(message.contains("iteration 1") && message.contains("diverged"), "\(message)")
    let kept = try DistilledSet.kept(in: folder.file("wild"))
    #expect(kept.map(\.card.iterations) == [0])
    #expect(message.contains(try #require(DistilledSet.files(in: folder.file("wild"))[0]).path))
    #expect(kept[0].stepSize == Double(Float(0.05)) && kept[0].images.isfinite().all().int == 1)
    var evaluation = DistillationEvaluation()
    evaluation.training.epochs = 1
    let found = try evaluation.evaluate(kept[0], on: data.open(.test), networks: ["convnet"], repeats: 1)
    #expect(found[0].runs.count == 1)
    #expect(!FileManager.default.fileExists(atPath: folder.file("wild/\(DistilledSet.fileName)").path))
  }

  /// What a move has thrown beyond the numbers is not what is kept, though every iteration is saved.
  @Test func whatIsBeyondTheNumbersIsNotKept() throws {
    // Experts that hardly move make large gradients.
    for index in 0..<3 { try write(index, way: 1e-3) }
    let message = goneWrong(try recipe(["lrStepSize=3e38"]), "far", seconds: 0)
    #expect(message.contains("iteration 0 led to") && message.contains("lrStepSize"), "\(message)")
    let kept = try DistilledSet.kept(in: folder.file("far"))
    let start = try SyntheticSet(
      .real, perClass: 1, from: RealSamples(train, data.preprocessing(train)),
      RandomStreams(seed: 5).stream("start"))
    #expect(kept.count == 1 && kept[0].images.equal(start.images))
    #expect(try RunRecord(reading: folder.file("far")).info.starts.count == 1)
    #expect(!FileManager.default.fileExists(atPath: folder.file("far/checkpoints/step-00000001").path))
  }

  /// Images that were kept on the way and had gone wild by then are not named as the good ones; nothing that was kept goes.
  @Test func wildImagesThatWereKeptAreNotTheGoodOnes() throws {
    var one = try recipe(["lrStepSize=1e30"])
    one.keepEvery = 1
    let message = goneWrong(one, "wild")
    #expect(message.contains("iteration-0000000.safetensors"), "\(message)")
    #expect(try DistilledSet.kept(in: folder.file("wild")).map(\.card.iterations) == [0, 1])
  }

  /// An expert that cannot be read stops a run, whose images are no worse for it.
  @Test func aBadExpertCostsNoImages() throws {
    let start = try network.make().initial(Generator(seed: 1)).flat
    let bad = (0...3).map { $0 == 0 ? start : start * Scalar(Double.nan) }
    try Expert.write(
      bad, .init(network: "convnet", seed: 9, rule: "sgd", accuracy: [], trainAccuracy: []),
      to: ExpertStore.file(2, in: store))
    var one = try recipe()
    one.keepEvery = 1
    let message = goneWrong(one, "bad", seconds: 0)
    #expect(message.contains("expert-00002"), "\(message)")
    // With every iteration's state saved, the last of them says how far it came.
    let steps = try FileManager.default.contentsOfDirectory(atPath: folder.file("bad/checkpoints").path)
      .compactMap { Int($0.replacing("step-", with: "")) }
    let last = try #require(steps.max())
    #expect(last > 0)
    #expect(
      try DistilledSet.kept(in: folder.file("bad")).map(\.card.iterations).suffix(last) == Array(1...last))
  }

  /// A run that goes on from a state that was saved and had gone bad names the images that were good.
  @Test func goingOnNamesTheLastGoodImages() throws {
    let one = try recipe(["lrStepSize=1e30"])
    let message = goneWrong(one, "wild", seconds: 0)
    #expect(
      try !FileManager.default.contentsOfDirectory(atPath: folder.file("wild/checkpoints").path).isEmpty)
    #expect(goneWrong(one, "wild", seconds: 0) == message)
    #expect(try DistilledSet.kept(in: folder.file("wild")).map(\.card.iterations) == [0])
  }

  // MARK: The store

  /// Experts that come while a run is under way do not change it, and one that has gone is named.
  @Test func aGrownStoreChangesNoRun() throws {
    let whole = try run(recipe(), "whole")
    try run(recipe(), "halves", seconds: 0)
    func halve() throws {
      for name in ["checkpoints/step-00000006", DistilledSet.fileName, "summary.json"] {
        try FileManager.default.removeItem(at: folder.file("halves/\(name)"))
      }
    }
    try halve()
    try write(3)
    let halves = try run(recipe(), "halves", seconds: 0)
    #expect(halves.images.equal(whole.images) && halves.stepSize == whole.stepSize)
    #expect(halves.card.experts == whole.card.experts)
    #expect(try !run(recipe(), "new").images.equal(whole.images))
    try halve()
    try FileManager.default.removeItem(at: ExpertStore.file(1, in: store))
    let error = #expect(throws: DistillationError.self) { try run(recipe(), "halves") }
    #expect(error?.message.contains("expert-00001.safetensors") == true)
  }

  /// Who follows no expert depends on none.
  @Test func otherMethodsKnowNoExperts() throws {
    var one = try DistillationRecipe(
      data: data, network: network, method: DistillationChoice("dm").setting(["realBatch=4"]), ipc: 1,
      iterations: 1, store: store.path, seed: 5)
    one.average = 0
    #expect(try run(one, "dm").card.experts == nil)
  }

  /// The file says what made it.
  @Test func theFileKnowsWhereItComesFrom() throws {
    let card = try run(recipe(iterations: 1), "one").card
    #expect(card.experts == (0..<3).map { .init(rule: "gsam", seed: UInt64(7 + $0)) })
    #expect(card.program?.contains("Salar \(ProgramVersion.text)") == true)
    #expect(card.recipe.contains("lrImages: 10"))
  }

  /// The weights fit, and the function is another.
  @Test func expertsOfAnotherNormAreRefused() throws {
    var other = network.architecture.settings
    other["norm"] = "group"
    try write(1, other)
    let error = #expect(throws: DistillationError.self) { try run(recipe(), "other") }
    let message = error?.message ?? ""
    #expect(message.contains("expert-00001") && message.contains("norm is group there, and instance"))
    #expect(!FileManager.default.fileExists(atPath: folder.file("other").path))
  }

  // MARK: Ways

  /// TESLA's gradient is another than MTT's, and its scale that of its settings.
  @Test func teslaIsAMethodOfItsOwn() throws {
    let start = try run(recipe(iterations: 0), "start").images
    let exact = try run(recipe(iterations: 1), "exact").images - start
    let tesla = try run(recipe(iterations: 1, method: "tesla"), "tesla").images - start
    let half = try run(recipe(["teslaScale=released"], iterations: 1, method: "tesla"), "half").images - start
    #expect((tesla - exact).vectorNorm().double > 1e-3 * exact.vectorNorm().double)
    #expect((tesla - half * 2).vectorNorm().double < 1e-3 * tesla.vectorNorm().double)
    let single = try run(recipe(["steps=1"], iterations: 1), "single").images
    let one = try run(recipe(["steps=1"], iterations: 1, method: "tesla"), "one").images
    #expect((single - one).vectorNorm().double < 1e-4 * (single - start).vectorNorm().double)
  }

  @Test func imagesCanBeginWithNoise() throws {
    var one = try recipe(iterations: 0)
    one.start = .noise
    let noise = try run(one, "noise").images
    #expect(abs(noise.mean().double) < 0.05 && abs(noise.square().mean().double - 1) < 0.05)
    #expect(try !noise.equal(run(recipe(iterations: 0), "real").images))
  }

  /// Half as precise: near, and not the same.
  @Test func studentsComputeInBfloat16() throws {
    let start = try run(recipe(iterations: 0), "start").images
    let full = try run(recipe(iterations: 1), "full").images - start
    var one = try recipe(iterations: 1)
    one.precision = .bfloat16
    let short = try run(one, "short").images - start
    let cosine = (full * short).sum().double / (full.vectorNorm().double * short.vectorNorm().double)
    #expect(cosine > 0.95 && !short.equal(full))
  }
}
