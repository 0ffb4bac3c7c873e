import Command
import Data
import Distillation
import Experiments
import Foundation
import Networks
import PeerSupport
import Runs
import Synchronization
import Testing
import Torch
import Training

@Suite struct ExpertTrainingTests {
  private let folder: TemporaryFolder
  private let store: URL

  init() throws {
    folder = try TemporaryFolder()
    store = folder.file("store")
  }

  private func training(_ rule: String = "sgd", hidden: Int = 8, epochs: Int = 2) throws -> ExpertTraining {
    var choice = TrainRecipe.DataChoice()
    (choice.path, choice.trainLimit, choice.testLimit) = ("builtin:gray", 60, 20)
    var settings = ExpertTraining.defaults
    (settings.epochs, settings.batch, settings.lr) = (epochs, 20, 0.1)
    settings.augment = "crop:2"
    let (train, test) = try choice.open()
    let network = try NetworkChoice("mlp", shape: train.shape, classes: train.classes)
      .setting(["hidden=\(hidden)"])
    let recipe = try TrainRecipe(data: choice, network: network, rule: rule, training: settings, seed: 4)
    return try ExpertTraining(recipe, train: train, test: test)
  }

  private func summary(_ ending: ExpertTraining.Ending) throws -> ExpertTraining.Summary {
    guard case .complete(let summary) = ending else { throw CommandError("stopped") }
    return summary
  }

  private func bytes(_ index: Int) throws -> Data { try Data(contentsOf: ExpertStore.file(index, in: store)) }

  @Test func pathsAreThoseOfTrainingRuns() throws {
    let training = try training()
    let summary = try summary(training.run(2, in: store))
    #expect(summary.experts.count == 2 && summary.epochs == 2 && summary.elsewhere == 0)
    #expect(summary.experts.allSatisfy { $0.accuracy.count == 3 && $0.trainAccuracy.count == 2 })
    #expect(summary.experts.allSatisfy { $0.settings?["hidden"] == "8" && $0.network == "mlp" })
    #expect(summary.experts[0].seed != summary.experts[1].seed)
    let network = try training.recipe.network.make()
    let experts = try ExpertStore(reading: store, layout: network.layout).experts
    for expert in experts {
      var recipe = training.recipe
      recipe.seed = expert.description.seed
      let fresh = network.initial(RandomStreams(seed: recipe.seed).stream("init")).flat
      #expect(try expert.point(after: 0).equal(fresh))
      let (train, test) = try recipe.data.open()
      let run = folder.file("run-\(recipe.seed)")
      guard case .complete = try TrainingRun(recipe, train: train, test: test).run(in: run) else {
        Issue.record("the run was not complete")
        return
      }
      let kept = KeptPoint.all(of: run)
      for epoch in 0...2 {
        let model = try SavedModel(reading: kept[epoch].url)
        #expect(try expert.point(after: epoch).equal(model.point.flat))
        #expect(try expert.description.accuracy[epoch] == model.evaluate(test!).accuracy)
      }
    }
    // Nothing is left of the making.
    let rest = try FileManager.default.contentsOfDirectory(
      atPath: store.appendingPathComponent("making").path)
    #expect(rest.isEmpty)
  }

  /// What another process finished while this one got ready is not made again.
  @Test func whatIsThereOnceTheFolderIsFreeIsNotMade() throws {
    let recipe = try training().recipe
    let (train, test) = try recipe.data.open()
    let run = folder.file("run")
    var asked = 0
    let ending = try TrainingRun(recipe, train: train, test: test).run(in: run) {
      asked += 1
      return true
    }
    guard case .needless = ending else {
      Issue.record("it was trained again")
      return
    }
    #expect(asked == 1 && KeptPoint.all(of: run).isEmpty)
    guard case .complete = try TrainingRun(recipe, train: train, test: test).run(in: run) else {
      Issue.record("the folder could not be used")
      return
    }
  }

  /// One that another process is making is left to it, and the others are made.
  @Test func whatAnotherProcessMakesIsLeftToIt() throws {
    let training = try training()
    _ = try training.run(1, in: store)
    let busy = try RunFolder(
      at: ExpertStore.workshop(1, in: store), recipe: training.recipe, kind: "train", seed: 0, device: .cpu)
    let found = try withExtendedLifetime(busy) { try summary(training.run(3, in: store)) }
    #expect(found.elsewhere == 1 && found.experts.count == 2)
    #expect(!FileManager.default.fileExists(atPath: ExpertStore.file(1, in: store).path))
    #expect(FileManager.default.fileExists(atPath: ExpertStore.file(2, in: store).path))
  }

  /// Processes that come to a new folder at once with other settings: one has it, and the others are told so.
  @Test func oneRecipeGetsANewFolder() throws {
    nonisolated(unsafe) let all = try (2..<6).map { try training(epochs: $0) }
    let store = store
    let refused = Counter()
    DispatchQueue.concurrentPerform(iterations: all.count) { index in
      do {
        _ = try all[index].run(1, in: store)
      } catch {
        refused.add("\(error)")
      }
    }
    #expect(refused.messages.count == all.count - 1)
    #expect(refused.messages.allSatisfy { $0.contains("training.epochs") }, "\(refused.messages)")
  }

  @Test func aStoreGrowsAndWhatIsThereStays() throws {
    _ = try training("gsam").run(1, in: store)
    let first = try bytes(0)
    let summary = try summary(training("gsam").run(3, in: store))
    #expect(summary.experts.count == 3)
    #expect(try bytes(0) == first)
    // What is missing is made again, to the same bits.
    let second = try bytes(1)
    try FileManager.default.removeItem(at: ExpertStore.file(1, in: store))
    _ = try training("gsam").run(3, in: store)
    #expect(try bytes(1) == second)
  }

  @Test func otherSettingsAreRefused() throws {
    _ = try training().run(1, in: store)
    let error = #expect(throws: CommandError.self) { try training(epochs: 3).run(2, in: store) }
    #expect(error?.message.contains("training.epochs is 2 there and 3 now") == true)
    let other = folder.file("other")
    try FileManager.default.createDirectory(at: other, withIntermediateDirectories: true)
    try Data("x".utf8).write(to: other.appendingPathComponent("mine.txt"))
    let stranger = #expect(throws: CommandError.self) { try training().run(1, in: other) }
    #expect(stranger?.message.contains("mine.txt") == true)
  }

  @Test func damagedAndForeignExpertsAreNamed() throws {
    let training = try training()
    _ = try training.run(2, in: store)
    let network = try training.recipe.network.make()
    let foreign = try NetworkChoice("mlp", shape: [1, 28, 28], classes: 10).setting(["hidden=9"]).make()
    let error = #expect(throws: DistillationError.self) {
      try ExpertStore(reading: store, layout: foreign.layout)
    }
    #expect(error?.message.contains("another architecture") == true)
    let file = ExpertStore.file(1, in: store)
    let whole = try Data(contentsOf: file)
    try whole.prefix(whole.count - 100).write(to: file)
    let cut = #expect(throws: DistillationError.self) {
      try ExpertStore(reading: store, layout: network.layout)
    }
    #expect(cut?.message.contains("expert-00001") == true)
    try FileManager.default.removeItem(at: file)
    #expect(try ExpertStore(reading: store, layout: network.layout).experts.count == 1)
    let none = #expect(throws: DistillationError.self) {
      try ExpertStore(reading: folder.file("none"), layout: network.layout)
    }
    #expect(none?.message.contains("none") == true)
  }

  @Test func batchStatisticsAndTestSplitsAreRefused() throws {
    var choice = TrainRecipe.DataChoice()
    (choice.path, choice.trainLimit, choice.testLimit) = ("builtin:gray", 60, 20)
    let (train, test) = try choice.open()
    func recipe(_ settings: [String]) throws -> TrainRecipe {
      let network = try NetworkChoice("convnet", shape: train.shape, classes: train.classes).setting(
        ["width=4"] + settings)
      return try TrainRecipe(data: choice, network: network, training: ExpertTraining.defaults, seed: 0)
    }
    let error = #expect(throws: CommandError.self) {
      try ExpertTraining(recipe(["norm=batch"]), train: train, test: test)
    }
    #expect(error?.message.contains("norm=instance") == true)
    #expect(throws: CommandError.self) { try ExpertTraining(recipe([]), train: test!, test: nil) }
  }
}

/// What went wrong on several threads.
private final class Counter: Sendable {
  private let all = Mutex<[String]>([])
  var messages: [String] { all.withLock { $0 } }
  func add(_ message: String) { all.withLock { $0.append(message) } }
}
