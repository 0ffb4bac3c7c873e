import Foundation
import PeerSupport
import Testing
import Torch

/// `salar train` and what follows it, as real processes.
@Suite(.serialized) struct TrainCommandTests {
  let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
    // Four classes: which quarter of the image is bright.
    func images(_ count: Int, _ seed: UInt64) -> (Tensor, Tensor) {
      let generator = Generator(seed: seed)
      let labels = Tensor.randint(0, 4, [count], generator: generator)
      let quarter = labels.oneHot(4).to(.float32).reshape([count, 1, 2, 2])
      let bright = quarter.upsampleNearest2d([8, 8]) * 150
      let noise = Tensor.rand([count, 1, 8, 8], generator: generator) * 100
      return ((bright + noise).to(.uint8), labels)
    }
    let (train, trainLabels) = images(96, 1)
    let (test, testLabels) = images(40, 2)
    try NPZ.write(
      [("x_train", train), ("y_train", trainLabels), ("x_test", test), ("y_test", testLabels)],
      to: folder.file("quarters.npz"))
  }

  private func path(_ name: String) -> String { folder.file(name).path }

  private func train(_ out: String, epochs: Int = 30, _ extra: String...) -> [String] {
    [
      "train", "--data", path("quarters.npz"), "--network", "mlp", "--set", "hidden=16", "--set",
      "dropout=0.2",
      "--set", "batch=24", "--set", "lr=0.05", "--set", "ema=0.5", "--set", "augment=crop:1", "--epochs",
      "\(epochs)", "--seed", "3", "--threads", "1", "--out", path(out),
    ] + extra
  }

  private func bytes(_ run: String, _ file: String) throws -> Data {
    try Data(contentsOf: folder.file(run).appendingPathComponent(file))
  }

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
    var loss: Double
    var ece: Double
    var count: Int
  }

  /// Killed at twenty random moments and more, a run ends in the same bits as one that was never killed.
  @Test func killedRunsEndInTheSameBits() throws {
    let epochs = 150
    #expect(try Program.run(train("whole", epochs: epochs)).code == 0)
    var random = SystemRandomNumberGenerator()
    var kills = 0
    for attempt in 0..<20 where kills < 20 {
      let name = "killed\(attempt)"
      while true {
        let result = try Program.run(train(name, epochs: epochs)) { process in
          Thread.sleep(forTimeInterval: Double.random(in: 0.02...0.6, using: &random))
          kill(process.processIdentifier, SIGKILL)
        }
        if result.code == 0 { break }
        #expect(result.code == -SIGKILL, "\(result.errors)")
        kills += 1
        // Moments come too early to get anywhere on a busy machine: the rest runs through.
        if kills >= 60 {
          let rest = try Program.run(train(name, epochs: epochs))
          #expect(rest.code == 0, "\(rest.errors)")
          break
        }
      }
      #expect(try bytes(name, "model.safetensors") == bytes("whole", "model.safetensors"))
      #expect(try bytes(name, "metrics.jsonl") == bytes("whole", "metrics.jsonl"))
      #expect(try bytes(name, "summary.json") == bytes("whole", "summary.json"))
    }
    #expect(kills >= 20)
  }

  @Test func ctrlCSavesAndSaysHowToGoOn() throws {
    let result = try Program.run(train("interrupted", epochs: 5000)) { process in
      // Until the first checkpoint is there, the run has begun.
      let checkpoints = folder.file("interrupted/checkpoints")
      for _ in 0..<600
      where (try? FileManager.default.contentsOfDirectory(atPath: checkpoints.path))?.isEmpty != false {
        Thread.sleep(forTimeInterval: 0.05)
      }
      kill(process.processIdentifier, SIGINT)
    }
    #expect(result.code == 1)
    #expect(result.errors.contains("the same command goes on from here"), "\(result.errors)")
  }

  @Test func aFolderInUseIsRefused() throws {
    var second: Program.Result?
    _ = try Program.run(train("busy", epochs: 5000)) { process in
      let checkpoints = folder.file("busy/checkpoints")
      for _ in 0..<600
      where (try? FileManager.default.contentsOfDirectory(atPath: checkpoints.path))?.isEmpty != false {
        Thread.sleep(forTimeInterval: 0.05)
      }
      second = try Program.run(train("busy", epochs: 5000))
      kill(process.processIdentifier, SIGKILL)
    }
    #expect(second?.code == 1)
    #expect(second?.errors.contains("in use") == true, "\(second?.errors ?? "")")
  }

  @Test func mistakesAreExplained() throws {
    func refused(_ arguments: [String], _ words: String, code: Int32 = 1) throws {
      let result = try Program.run(arguments)
      #expect(result.code == code && result.errors.contains(words), "\(result.code): \(result.errors)")
    }
    try refused(train("a", epochs: 0), "epochs must be at least 1")
    try refused(train("a", epochs: 1, "--set", "lr=-1"), "lr must be above 0")
    try refused(train("a", epochs: 1, "--set", "augment=blur"), "blur")
    try refused(train("a", epochs: 1, "--set", "widht=3"), "unknown key")
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
    try refused(train("c", epochs: 40, "--set", "lr=1e30"), "has diverged")

    #expect(try Program.run(train("d", epochs: 1)).code == 0)
    try refused(train("d", epochs: 2), "epochs is 1 there and 2 now")
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
