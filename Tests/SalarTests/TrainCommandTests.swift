import Foundation
import PeerSupport
import Testing
import Torch

/// `salar train` and what follows it, as real processes.
@Suite(.serialized) struct TrainCommandTests {
  let quarters: Quarters
  private var folder: TemporaryFolder { quarters.folder }

  init() throws { quarters = try Quarters() }

  private func path(_ name: String) -> String { quarters.path(name) }

  private func train(_ out: String, epochs: Int = 30, _ extra: String...) -> [String] {
    quarters.train(out, epochs: epochs, extra)
  }

  private func bytes(_ run: String, _ file: String) throws -> Data { try quarters.bytes(run, file) }

  struct Summary: Decodable {
    var accuracy: Double
    var loss: Double
    var count: Int
    var steps: Int
  }

  @Test func trainsAndEvaluatesAndPredictsAndExports() throws {
    let result = try Program.run(train("run", epochs: 30, "--json"))
    #expect(result.code == 0, "\(result.errors)")
    let summary = try JSONDecoder().decode(Summary.self, from: Data(result.output.utf8))
    #expect(summary.accuracy > 0.9 && summary.count == 40 && summary.steps == 120)

    let evaluation = try Program.run(["evaluate", path("run"), "--on", path("quarters.npz"), "--json"])
    let same = try JSONDecoder().decode(Evaluation.self, from: Data(evaluation.output.utf8))
    #expect(same.accuracy == summary.accuracy && abs(same.loss - summary.loss) < 1e-6 && same.count == 40)
    #expect(same.top5 == 1 && (0...1).contains(same.ece) && same.classNames == ["0", "1", "2", "3"])
    let labels = try #require(try NPZ.read(folder.file("quarters.npz")).first { $0.name == "y_test" }?.tensor)
    let counts = (0..<4).map { label in labels.array(of: Int.self).count { $0 == label } }
    #expect(same.confusion.map { $0.reduce(0, +) } == counts && same.confusion.allSatisfy { $0.count == 4 })
    let right = (0..<4).map { same.confusion[$0][$0] }
    #expect(Double(right.reduce(0, +)) / 40 == same.accuracy)
    #expect(same.perClass == zip(right, counts).map { Double($0) / Double($1) })

    let weights = path("run") + "/model.safetensors"
    let plain = try Program.run([
      "evaluate", "--network", "mlp", "--set", "hidden=16", "--set", "channels=1", "--set", "size=8", "--set",
      "classes=4", "--weights", weights, "--on", path("quarters.npz"), "--json", "--noise", "0.1",
    ])
    #expect(plain.code == 0, "\(plain.errors)")

    // The finished run is asked again: nothing to train, the same answer.
    let again = try Program.run(train("run", epochs: 30, "--json"))
    #expect(again.output == result.output)

    let report = try Program.run(["report", path("run")])
    #expect(report.code == 0, "\(report.errors)")
    let page = try String(contentsOf: folder.file("run/report.html"), encoding: .utf8)
    for words in ["Learning curves", "Confusion", "hidden", "data:image/"] { #expect(page.contains(words)) }
    #expect(page.contains("Right: the first of each class"))
    #expect(try Program.run(["report", path("exported")]).code == 1)

    // Runs that differ in nothing but the seed are one more table.
    let other = try Program.run(train("other", epochs: 30, "--seed", "1"))
    #expect(other.code == 0, "\(other.errors)")
    let both = try Program.run(["report", path("run"), path("other"), "--out", path("both.html")])
    #expect(both.code == 0, "\(both.errors)")
    let seeds = try String(contentsOf: folder.file("both.html"), encoding: .utf8)
    #expect(seeds.contains("over seeds") && seeds.contains("n = 2") && !page.contains("over seeds"))
    let reported = try Program.run([
      "evaluate", path("run"), "--on", path("quarters.npz"), "--noise", "0.8", "--report",
      path("new/noisy.html"),
    ])
    #expect(reported.code == 0, "\(reported.errors)")
    let noisyPage = try String(contentsOf: folder.file("new/noisy.html"), encoding: .utf8)
    for words in [
      "Wrong: the mistakes it was surest of", " taken for ", "Confusion", "0.8", "data:image/png",
    ] {
      #expect(noisyPage.contains(words), "\(words)")
    }

    let export = try Program.run(["export", path("run"), "--to", "pytorch", path("exported")])
    #expect(export.code == 0, "\(export.errors)")
    let script = try String(contentsOf: folder.file("exported/model.py"), encoding: .utf8)
    #expect(script.contains("class Model(nn.Module)"))
  }

  struct Evaluation: Decodable {
    var accuracy: Double
    var top5: Double
    var loss: Double
    var ece: Double
    var count: Int
    var perClass: [Double?]
    var confusion: [[Int]]
    var classNames: [String]
  }

  @Test func mistakesAreExplained() throws {
    func refused(_ arguments: [String], _ words: String, code: Int32 = 1) throws {
      let result = try Program.run(arguments)
      #expect(result.code == code && result.errors.contains(words), "\(result.code): \(result.errors)")
    }
    try refused(train("a", epochs: 0), "epochs must be at least 1")
    try refused(train("a", epochs: 1, "--set", "lr=-1"), "lr must be above 0")
    try refused(train("a", epochs: 1, "--set", "augment=blur"), "blur")
    // Of the network's keys, of the training's, with and without their group.
    for (key, words) in [
      ("hiden=3", "unknown key 'hiden' in network (did you mean 'hidden'?)"),
      ("epoch=3", "unknown key 'epoch' in training (did you mean 'epochs'?)"),
      ("normalise=none", "unknown key 'normalise' in data (did you mean 'normalize'?)"),
      ("quux=3", "unknown key 'quux'; known: data, network"),
      ("network.hiden=3", "unknown key 'hiden' in network (did you mean 'hidden'?)"),
      ("training.momentm=0", "unknown key 'momentm' in training (did you mean 'momentum'?)"),
    ] {
      try refused(train("a", epochs: 1, "--set", key), words)
    }
    try refused(
      [
        "train", "--data", path("quarters.npz"), "--network", "convnet", "--set", "widht=3", "--out",
        path("b"),
      ], "unknown key 'widht' in network (did you mean 'width'?)")
    try refused(
      train("a", epochs: 1, "--rule", "sma"), "unknown rule 'sma' (did you mean 'sam'?)")
    try refused(train("a", epochs: 1, "--rule", "sgd:rho=0.1"), "unknown key 'rho' in rule")
    try refused(train("a", epochs: 1, "--rule", "sgd:rho"), "expected name:key=value", code: 64)
    try refused(train("a", epochs: 1, "--regulariser", "calm"), "unknown regulariser 'calm'")
    try refused(train("a", epochs: 1, "--set", "normalize=mars"), "mars")
    try refused(["train", "--data", path("none"), "--network", "mlp", "--out", path("b")], "none")
    try refused(["train", "--network", "mlp", "--out", path("b")], "--data", code: 64)
    try refused(["evaluate", path("nothing"), "--on", path("quarters.npz")], "nothing")
    try refused(["evaluate", "--on", path("quarters.npz")], "--weights", code: 64)

    // A rule or a regulariser that is refused leaves no folder behind that would refuse the right one.
    try refused(train("c", epochs: 1, "--rule", "sam:rho=0"), "rho must be above 0")
    try refused(train("c", epochs: 1, "--regulariser", "saf"), "saf.start")
    #expect(!FileManager.default.fileExists(atPath: path("c")))
    #expect(try Program.run(train("c", epochs: 1, "--rule", "sam:rho=0.1")).code == 0)

    #expect(try Program.run(train("d", epochs: 1)).code == 0)
    try refused(train("d", epochs: 2), "epochs is 1 there and 2 now")
  }

  /// A run that goes wrong says at which step and rate, and where its last good checkpoint is; it goes wrong again from
  /// there, and not from anything worse.
  @Test func aDivergingRunNamesItsLastCheckpoint() throws {
    let early = try Program.run(train("early", epochs: 40, "--set", "lr=1e30"))
    #expect(early.code == 1 && early.errors.contains("at step 1, learning rate 9.99"), "\(early.errors)")
    #expect(early.errors.contains("no checkpoint was kept") && quarters.checkpoints("early").isEmpty)

    // The rate rises without bound at the third epoch.
    let late = train(
      "late", epochs: 9, "--set", "schedule.kind=step", "--set", "schedule.milestones=2", "--set",
      "schedule.gamma=1e30", "--checkpoint-seconds", "0")
    for _ in 0..<2 {
      let result = try Program.run(late)
      let words = try #require(
        result.errors.firstMatch(
          of:
            /(at step|after) (\d+).* learning rate 5\.0*\d?e\+28: the run has diverged; the last good checkpoint is step (\d+) in (\S+)\./
        ), "\(result.errors)")
      #expect(result.code == 1 && words.4 == "\(path("late"))/checkpoints")
      let kept = try #require(Int(words.3))
      #expect(kept == quarters.checkpoints("late").last && kept == 8)
      let tensors = try Safetensors(
        reading: folder.file("late/checkpoints/step-0000000\(kept)/tensors.safetensors"))
      for (name, tensor) in try tensors.dictionary() where tensor.dtype.isFloatingPoint {
        #expect(tensor.isfinite().all().item().double == 1, "\(name)")
      }
    }
    #expect(!FileManager.default.fileExists(atPath: path("late/model.safetensors")))

    // One step an epoch: no loss follows the update, evaluation does.
    let short = try Program.run([
      "train", "--data", "builtin:gray", "--train-limit", "24", "--network", "mlp", "--set", "batch=24",
      "--set",
      "lr=1e30", "--set", "testLimit=20", "--epochs", "3", "--out", path("short"),
    ])
    #expect(short.code == 1 && short.errors.contains("after 1 steps, learning rate 1e+30"), "\(short.errors)")
    #expect(quarters.checkpoints("short").isEmpty)
  }

  /// Weights and noise that leave no answer end in a message, and `--json` prints no half document.
  @Test func answersThatAreNoNumbers() throws {
    #expect(try Program.run(train("run", epochs: 1)).code == 0)
    let file = try Safetensors(reading: folder.file("run/model.safetensors"))
    let damaged = try file.names.map { name in
      (name: name, tensor: name == "fc_2.bias" ? Tensor([Double.nan, 0, 0, 0]) : try #require(file[name]))
    }
    try Safetensors.write(damaged, metadata: file.metadata, to: folder.file("nan.safetensors"))
    let evaluated = try Program.run([
      "evaluate", path("nan.safetensors"), "--on", path("quarters.npz"), "--json",
    ])
    #expect(evaluated.code == 1 && evaluated.output.isEmpty)
    #expect(
      evaluated.errors.contains("answers to 40 of 40 images are no finite numbers: 1 of its"),
      "\(evaluated.errors)")
    for noise in ["1e39", "101", "-1", "nan"] {
      let refused = try Program.run([
        "evaluate", path("run"), "--on", path("quarters.npz"), "--noise=\(noise)",
      ])
      #expect(refused.code == 64 && refused.errors.contains("--noise must be in 0…100"), "\(refused.errors)")
    }
    let strong = try Program.run([
      "evaluate", path("run"), "--on", path("quarters.npz"), "--noise", "100", "--json",
    ])
    #expect(strong.code == 0, "\(strong.errors)")
  }

  /// Names that figures' files cannot have, and equal names in different folders.
  @Test func reportsTellRunsApart() throws {
    let names = ["läufe/größe", "läufe/a-1", "other/a-1", "other/a1"]
    for (index, name) in names.enumerated() {
      let result = try Program.run(train(name, epochs: 1, "--seed", "\(index)"))
      #expect(result.code == 0, "\(result.errors)")
    }
    let report = try Program.run(["report"] + names.map(path) + ["--out", path("page/all.html")])
    #expect(report.code == 0, "\(report.errors)")
    let page = try String(contentsOf: folder.file("page/all.html"), encoding: .utf8)
    for name in ["größe", "läufe/a-1", "other/a-1", "a1"] {
      #expect(page.contains("Classes: \(name)<"), "\(name)")
    }
    let figures = try FileManager.default.contentsOfDirectory(atPath: path("page/figures"))
      .filter { $0.hasPrefix("confusion") && $0.hasSuffix(".png") }.sorted()
    #expect(
      figures == [
        "confusion-1-gr--e.png", "confusion-2-l-ufe-a-1.png", "confusion-3-other-a-1.png",
        "confusion-4-a1.png",
      ], "\(figures)")
  }

  /// Training without a test split is fine; a test split that cannot be read is not passed over.
  @Test func aDamagedTestSplitIsAnError() throws {
    let arrays = try NPZ.read(folder.file("quarters.npz"))
    func result(_ name: String, _ arrays: [(name: String, tensor: Tensor)]) throws -> Program.Result {
      try NPZ.write(arrays, to: folder.file("\(name).npz"))
      return try Program.run([
        "train", "--data", path("\(name).npz"), "--network", "mlp", "--set", "hidden=", "--epochs", "1",
        "--out",
        path(name),
      ])
    }
    let without = try result("without", Array(arrays.prefix(2)))
    #expect(without.code == 0 && without.errors.contains("no test split"), "\(without.errors)")
    let labels = Tensor.zeros([39], dtype: .int64)
    for (name, test, words) in [
      ("half", [arrays[2]], "x_test and y_test"),
      ("short", [arrays[2], ("y_test", labels)], "has 40 images, but y_test 39 labels"),
      ("small", [("x_test", Tensor.zeros([39, 1, 6, 6], dtype: .uint8)), ("y_test", labels)], "[1, 6, 6]"),
    ] {
      let refused = try result(name, Array(arrays.prefix(2)) + test)
      #expect(
        refused.code == 1 && refused.errors.contains(words), "\(name): \(refused.code) \(refused.errors)")
    }
  }

  @Test func aDryRunPrintsTheRecipeThatMakesTheSameRun() throws {
    let printed = try Program.run(train("e", epochs: 2, "--dry-run"))
    #expect(printed.code == 0 && !FileManager.default.fileExists(atPath: path("e")))
    try Data(printed.output.utf8).write(to: folder.file("recipe.yaml"))
    let same = try Program.run(train("e", epochs: 2, "--rule", "sgd", "--dry-run"))
    #expect(same.output == printed.output && printed.output.contains("rule:\n  name: sgd"))
    #expect(try Program.run(train("f", epochs: 2)).code == 0)
    let fromFile = try Program.run([
      "train", "--recipe", path("recipe.yaml"), "--threads", "1", "--out", path("g"),
    ])
    #expect(fromFile.code == 0, "\(fromFile.errors)")
    #expect(try bytes("f", "model.safetensors") == bytes("g", "model.safetensors"))
  }
}
