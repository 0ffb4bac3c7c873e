import Command
import Data
import Distillation
import Foundation
import Networks
import PeerSupport
import Reports
import Runs
import Testing
import Torch
import Training

@testable import Experiments

/// Small distillations of the built-in data, judged in every way.
@Suite struct DistillationEvaluationTests {
  private let folder: TemporaryFolder
  private let run: URL
  private let test: DataSet

  init() throws {
    folder = try TemporaryFolder()
    run = folder.file("run")
    var choice = TrainRecipe.DataChoice()
    (choice.path, choice.trainLimit, choice.testLimit) = ("builtin:gray", 150, 100)
    let train = try choice.open(.train)
    test = try choice.open(.test)
    let network = try NetworkChoice("convnet", shape: train.shape, classes: train.classes)
      .setting(["width=4", "depth=1"])
    var recipe = try DistillationRecipe(
      data: choice, network: network, method: DistillationChoice("dm").setting(["realBatch=8"]), ipc: 1,
      iterations: 6, store: nil, seed: 3)
    (recipe.keepEvery, recipe.average) = (2, 0.5)
    guard case .complete = try DistillationRun(recipe, train: train).run(in: run) else {
      throw CommandError("stopped")
    }
  }

  private func evaluate(
    _ selection: DistillationEvaluation.Selection, kept: [DistilledSet]? = nil,
    networks: [String] = ["convnet"]
  ) throws -> [DistillationEvaluation.Result] {
    var evaluation = DistillationEvaluation()
    (evaluation.training.epochs, evaluation.training.lr) = (3, 0.05)
    (evaluation.selection, evaluation.validationCount) = (selection, 60)
    return try evaluation.evaluate(
      DistilledSet(reading: run), kept: kept ?? DistilledSet.kept(in: run), on: test, networks: networks,
      repeats: 2)
  }

  @Test func theRunKeepsItsImagesOnTheWay() throws {
    let kept = try DistilledSet.kept(in: run)
    #expect(kept.map(\.card.iterations) == [2, 4, 6])
    let last = try DistilledSet(reading: run)
    #expect(kept[2].images.equal(last.images) && kept[2].average!.equal(last.average!))
    #expect(!kept[0].images.equal(kept[1].images))
  }

  @Test func finalNetworksAreFreshAndTheSameAgain() throws {
    let found = try evaluate(.final)
    #expect(found[0].runs.count == 2 && found[0].iteration == 6)
    #expect(abs(found[0].mean - (found[0].runs[0] + found[0].runs[1]) / 2) < 1e-12)
    #expect(try evaluate(.final) == found)
    // One architecture's draws do not depend on the others asked for, and each has its own name.
    let several = try evaluate(.final, networks: ["mlp:hidden=4", "convnet", "convnet:width=2"])
    #expect(several[1] == found[0])
    #expect(several.map(\.network) == ["mlp:hidden=4", "convnet", "convnet:width=2"])
  }

  /// What is chosen is the best on the held-out images, and its networks are those of a fresh evaluation of it.
  @Test func validationChoosesWithoutTheTestSet() throws {
    // The images of the middle, and noise on both sides: these are the best on any real images.
    var kept = try DistilledSet.kept(in: run)
    let last = try DistilledSet(reading: run)
    func noise(_ like: DistilledSet, _ iterations: Int) -> DistilledSet {
      var card = like.card
      card.iterations = iterations
      return DistilledSet(
        card: card, images: Tensor.randn(like.images.shape, generator: Generator(seed: 5)) * 3, average: nil,
        labels: like.labels, stepSize: like.stepSize)
    }
    var patient = DistillationEvaluation()
    (patient.training.epochs, patient.training.lr, patient.selection) = (40, 0.05, .validation)
    let best = try patient.evaluate(
      noise(last, 9), kept: [noise(last, 1), kept[1], noise(last, 5)], on: test, networks: ["convnet"],
      repeats: 3)
    #expect(best[0].iteration == 4)
    // Not what is best on the test set: of two, the held-out images decide, whatever the test labels say.
    kept = [kept[1], noise(last, 5)]
    let wrong = try DataSet(
      name: "wrong", split: .test, format: "", images: test.images, labels: test.labels.map { ($0 + 1) % 10 },
      classNames: test.classNames)
    let chosen4 = try patient.evaluate(
      noise(last, 9), kept: kept, on: wrong, networks: ["convnet"], repeats: 3)
    #expect(chosen4[0].iteration == 4)

    let found = try evaluate(.validation)[0]
    let chosen = try #require(DistilledSet.kept(in: run).first { $0.card.iterations == found.iteration })
    var alone = DistillationEvaluation()
    (alone.training.epochs, alone.training.lr) = (3, 0.05)
    #expect(try alone.evaluate(chosen, on: test, networks: ["convnet"], repeats: 2)[0].runs == found.runs)
    // Images that the distillation was not given.
    let held = try DistillationEvaluation.validation(DistilledSet(reading: run), 60)
    #expect(held.count == 60 && held.split == .train)
    var choice = TrainRecipe.DataChoice()
    (choice.path, choice.trainLimit) = ("builtin:gray", 210)
    let all = try choice.open(.train)
    #expect(Set(held.labels).count == 10)
    let seen = try all.first(150)
    for index in 0..<10 {
      let one = try held.images.images([index])
      for other in 0..<150 where seen.labels[other] == held.labels[index] {
        #expect(try !seen.images.images([other]).equal(one))
      }
    }
    // Class by class, the first ones would be of one class.
    let sorted = try all.subset(all.labels.indices.sorted { all.labels[$0] < all.labels[$1] })
    #expect(try Set(sorted.drawn(60, "a").labels).count > 5)
    #expect(try sorted.drawn(60, "a").labels == sorted.drawn(60, "a").labels)
  }

  /// A network for the average goes on from the one for the images, and the better of both counts.
  @Test func averagesGoOnFromTheImagesNetworks() throws {
    let last = try DistilledSet(reading: run)
    func published(_ average: Tensor?) throws -> DistillationEvaluation.Result {
      let set = DistilledSet(
        card: last.card, images: last.images, average: average, labels: last.labels, stepSize: nil)
      var evaluation = DistillationEvaluation()
      (evaluation.training.epochs, evaluation.training.lr, evaluation.selection) = (15, 0.05, .published)
      return try evaluation.evaluate(set, kept: [set], on: test, networks: ["convnet"], repeats: 2)[0]
    }
    let plain = try published(nil)
    // Noise that is trained on afterwards spoils the networks: the plain ones count.
    let noise = Tensor.randn(last.images.shape, generator: Generator(seed: 5)) * 3
    #expect(try published(noise) == plain)
    // Networks that saw noise before do better on the average, which then counts: one by one as trained here by hand, from the
    // weights that noise has left.
    let spoilt = DistilledSet(
      card: last.card, images: noise, average: last.images, labels: last.labels, stepSize: nil)
    var evaluation = DistillationEvaluation()
    (evaluation.training.epochs, evaluation.training.lr, evaluation.selection) = (15, 0.05, .published)
    let found = try evaluation.evaluate(spoilt, kept: [spoilt], on: test, networks: ["convnet"], repeats: 2)[
      0]
    let network = try last.card.model.network.make()
    func trained(_ images: Tensor, _ stream: String, _ index: Int, from start: Point?) throws -> Point {
      try evaluation.training.train(
        network, images: images, labels: last.labels, stepSize: nil,
        streams: RandomStreams(seed: 0).child("\(stream)/\(last.card.iterations)/convnet", index), from: start
      )
    }
    func accuracy(_ point: Point) throws -> Double {
      try evaluateNetwork(network, point, last.card.model, test, noise: 0, seed: 0, batch: 500).accuracy
    }
    for index in 0..<2 {
      let cold = try trained(noise, "published", index, from: nil)
      #expect(try accuracy(trained(last.images, "continued", index, from: cold)) == found.runs[index])
      #expect(try found.mean > accuracy(cold))
    }
  }

  /// A set with which nothing can be trained is left out, and said to be bad where there is no other.
  @Test func setsThatCannotBeTrainedOnAreNotChosen() throws {
    let last = try DistilledSet(reading: run)
    var card = last.card
    card.iterations = 1
    let bad = DistilledSet(
      card: card, images: last.images * Scalar(Double.nan), average: nil, labels: last.labels, stepSize: nil)
    for selection in [DistillationEvaluation.Selection.validation, .published] {
      #expect(try evaluate(selection, kept: [bad])[0].iteration == 6)
      var evaluation = DistillationEvaluation()
      (evaluation.training.epochs, evaluation.selection) = (2, selection)
      #expect(throws: TrainingError.self) {
        try evaluation.evaluate(bad, kept: [bad], on: test, networks: ["convnet"], repeats: 1)
      }
    }
  }

  @Test func publishedIsTheBestOfTheRun() throws {
    let published = try evaluate(.published)[0]
    let final = try evaluate(.published, kept: [DistilledSet.kept(in: run)[2]])[0]
    #expect(published.mean >= final.mean)
    let mean = published.runs.reduce(0, +) / 2
    #expect(abs(published.std - abs(published.runs[0] - mean)) < 1e-12)
  }

  @Test func thereMustBeSomethingToChooseFrom() throws {
    for selection in [DistillationEvaluation.Selection.validation, .published] {
      let error = #expect(throws: CommandError.self) { try evaluate(selection, kept: []) }
      #expect(error?.message.contains("keepEvery") == true)
    }
  }

  @Test func recordsOfTheSameProcedureAreOne() throws {
    let set = try DistilledSet(reading: run)
    func add(_ network: String, _ runs: [Double], epochs: Int = 3) throws {
      var evaluation = DistillationEvaluation()
      evaluation.training.epochs = epochs
      try EvaluationRecord(set, evaluation, data: "d", [.init(network, runs, 6)]).add(to: run)
    }
    try add("convnet", [0.1])
    try add("mlp", [0.2])
    try add("convnet", [0.3])
    try add("convnet", [0.4], epochs: 5)
    // From several processes at once none is lost: each waits for the others.
    let records = (0..<8).map { index in
      var evaluation = DistillationEvaluation()
      evaluation.training.epochs = 100 + index
      return EvaluationRecord(set, evaluation, data: "d", [.init("convnet", [0.5], 6)])
    }
    let place = run
    DispatchQueue.concurrentPerform(iterations: records.count) { index in
      do { try records[index].add(to: place) } catch { Issue.record(error) }
    }
    #expect(Set(try EvaluationRecord.all(of: run).map(\.epochs)) == Set([3, 5] + (100..<108)))
    let all = try EvaluationRecord.all(of: run)
    #expect(all[..<2].map { $0.networks.map(\.network) } == [["mlp", "convnet"], ["convnet"]])
    #expect(all[0].networks[1].runs == [0.3] && all[1].networks[0].runs == [0.4])
    try Data("[".utf8).write(to: run.appendingPathComponent(EvaluationRecord.fileName))
    #expect(throws: CommandError.self) { try EvaluationRecord.all(of: run) }
  }

  // MARK: Architectures

  private func search(_ count: Int) throws -> ArchitectureSearch.Ending {
    var settings = ArchitectureSearch.Settings()
    (settings.space.depths, settings.space.widths, settings.space.norms) = ([1], [2, 4], [.none, .batch])
    (settings.count, settings.proxyEpochs, settings.realEpochs, settings.realBatch) = (count, 3, 1, 50)
    settings.set = run.path
    return try ArchitectureSearch(settings).run(in: run.appendingPathComponent("nas"))
  }

  @Test func aSearchGoesOnWhereItWasStopped() throws {
    guard case .complete(let whole) = try search(5) else { throw CommandError("stopped") }
    #expect(whole.architectures.count == 5 && whole.spearman["top20"] == nil)
    #expect(whole.architectures.map(\.real) == whole.architectures.map(\.real).sorted(by: >))
    #expect(whole.architectures.allSatisfy { (0...1).contains($0.proxy) && $0.parameters > 0 })
    let place = run.appendingPathComponent("nas/architectures")
    let files = try FileManager.default.contentsOfDirectory(atPath: place.path).sorted()
    #expect(files.count == 5)
    // One is made again to the same figures; the others stay as they are.
    let others = try files.dropFirst().map { try Data(contentsOf: place.appendingPathComponent($0)) }
    try FileManager.default.removeItem(at: place.appendingPathComponent(files[0]))
    guard case .complete(let again) = try search(5) else { throw CommandError("stopped") }
    #expect(again.architectures.map(\.name) == whole.architectures.map(\.name))
    #expect(again.architectures.map(\.proxy) == whole.architectures.map(\.proxy))
    #expect(again.architectures.map(\.real) == whole.architectures.map(\.real))
    #expect(try files.dropFirst().map { try Data(contentsOf: place.appendingPathComponent($0)) } == others)
    #expect(throws: CommandError.self) { try search(6) }
    try Data("{".utf8).write(to: place.appendingPathComponent(files[0]))
    let error = #expect(throws: CommandError.self) {
      try ArchitectureSearch.read(run.appendingPathComponent("nas"))
    }
    #expect(error?.message.contains(files[0]) == true)
  }

  @Test func spacesThatMakeNoSenseAreNamed() throws {
    var settings = ArchitectureSearch.Settings()
    settings.space.depths = [1, 1]
    #expect(throws: CommandError.self) { try settings.validate() }
    settings.space.depths = []
    #expect(throws: CommandError.self) { try settings.validate() }
    settings.space.depths = [1]
    settings.proxyLR = -1
    #expect(throws: CommandError.self) { try settings.validate() }
    settings.proxyLR = 0
    try settings.validate()
  }

  // MARK: Accumulated error

  /// An expert who was trained on the very images: its student makes no error. With a step size beyond all measure there
  /// are no numbers any more, which is an answer too.
  @Test func theErrorOnAnExpertsOwnImagesIsNone() throws {
    let set = try DistilledSet(reading: run)
    let network = try DistillationRecipe(of: RunRecord(reading: run)).network.make()
    let unroll = try Unroll(network)
    let plan = try StepPlan(steps: 4, strategy: "none")
    var points = [network.initial(Generator(seed: 1)).flat]
    for _ in 0..<4 {
      points.append(
        unroll.end(
          images: set.best, labels: set.labels, stepSize: .full([], 0.1, dtype: .float32), from: points.last!,
          steps: plan.draw(set.best, RandomStreams(seed: 0))))
    }
    let store = folder.file("store")
    try FileManager.default.createDirectory(at: store, withIntermediateDirectories: true)
    try Expert.write(
      points, .init(network: "convnet", seed: 0, rule: "sgd", accuracy: [], trainAccuracy: []),
      to: ExpertStore.file(0, in: store))
    var measurement = TrajectoryErrorMeasurement()
    (measurement.samples, measurement.steps, measurement.expertEpochs) = (50, 8, 2)
    (measurement.stepSize, measurement.strategy) = (0.1, "none")
    let found = try measurement.measure(run, store: store)
    #expect(found.epochs == [0, 2, 4] && found.courses.count == 1 && found.samples == 50)
    let course = found.courses[0]
    #expect(course.expertLoss[2] < course.expertLoss[0])
    for place in 0...2 {
      #expect(abs(course.accumulated[place]) < 1e-4 && abs(course.matching[place]) < 1e-4)
      #expect(course.distance[place] < 1e-3)
    }
    measurement.stepSize = 3e38
    let wild = try measurement.measure(run, store: store)
    #expect(wild.courses[0].accumulated[2].isNaN && wild.courses[0].expertLoss[2].isFinite)
    try wild.write(to: run)
    try DistillationReport.write([run], to: folder.file("page/report.html"))
    measurement.steps = nil
    let error = #expect(throws: CommandError.self) { try measurement.measure(run, store: store) }
    #expect(error?.message.contains("--steps") == true)
  }

  @Test func correlationsAreThoseOfTheBestOnRealImages() {
    func one(_ index: Int, _ proxy: Double) -> ArchitectureSearch.Architecture {
      .init(
        name: "\(index)", parameters: 1, proxy: proxy, real: Double(index), proxySeconds: 1, realSeconds: 2)
    }
    // The best five in order, the rest upside down.
    let answer = ArchitectureSearch.Answer(
      (0..<10).map { one($0, Double($0 >= 5 ? $0 : -$0)) })
    #expect(answer.spearman["top5"] == 1 && answer.spearman["top20"] == nil)
    #expect(answer.spearman["top10"] == answer.spearman["all"])
    #expect(answer.spearman["all"]! < 1 && answer.realSeconds == 20)
    #expect(answer.architectures[0].name == "9")
  }

  @Test func onePageTellsAll() throws {
    _ = try search(5)
    var evaluation = DistillationEvaluation()
    evaluation.training.epochs = 2
    try EvaluationRecord(
      DistilledSet(reading: run), evaluation, data: "d", [.init("convnet", [0.25, 0.75], 6)]
    ).add(to: run)
    try TrajectoryErrorMeasurement.Answer(
      method: "dm", ipc: 1, steps: 3, expertEpochs: 2, samples: 10, epochs: [0, 2],
      courses: [0, 1].map {
        .init(
          expert: $0, expertLoss: [2, 1], accumulated: [0, 0.5], matching: [0, 0.5], distance: [0, 0.1])
      }
    ).write(to: run)
    let page = folder.file("page/report.html")
    #expect(DistillationReport.isFor(run) && !DistillationReport.isFor(folder.file("page")))
    try DistillationReport.write([run], to: page)
    let text = try String(contentsOf: page, encoding: .utf8)
    for word in [
      "Results", "50.00", "Images", "Accumulated trajectory error", "Ranking of architectures", "realBatch",
    ] {
      #expect(text.contains(word), "\(word)")
    }
    #expect(throws: CommandError.self) { try TrainingReport.write([run], to: page) }
  }
}
