import Foundation
import Networks
import PeerSupport
import Testing
import Torch

/// `salar distill`, as scripts and people call it.
@Suite struct DistillCommandTests: DistillCommands {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  // MARK: The gradient

  private func gradientArguments(_ mode: String, _ more: [String] = []) throws -> [String] {
    let network = ["--network", "convnet", "--set", "width=4", "--set", "depth=1", "--set", "size=8"]
    for (name, seed) in [("a", "1"), ("b", "2")] where !FileManager.default.fileExists(atPath: path(name)) {
      let made = try Program.run(
        ["network", "initial", "--seed", seed, "--out", path("\(name).safetensors")] + network)
      #expect(made.code == 0, "\(made.errors)")
    }
    try NPY.write(Tensor.randn([5, 3, 8, 8], generator: Generator(seed: 1)), to: folder.file("x.npy"))
    try NPY.write(Tensor([Int64(0), 3, 9, 1, 1]), to: folder.file("y.npy"))
    return ["distill", "gradient"] + network
      + ["--weights", path("a.safetensors"), "--target", path("b.safetensors"), "--images", path("x.npy")]
      + ["--labels", path("y.npy"), "--step-size", "0.05", "--steps", "6", "--mode", mode]
      + ["--precision", "float64", "--out", path("\(mode).npz")] + more
  }

  @Test func gradientsOfAllModes() throws {
    var found: [String: [String: Tensor]] = [:]
    for mode in ["exact", "unrolled", "tesla"] {
      let answer = try json(try Program.run(gradientArguments(mode, ["--json"])))
      #expect(answer["files"] as? [String] == [path("\(mode).npz")])
      let tensors = try NPZ.read(folder.file("\(mode).npz"))
      found[mode] = Dictionary(uniqueKeysWithValues: tensors.map { ($0.name, $0.tensor) })
      #expect(found[mode]!["images"]!.shape == [5, 3, 8, 8] && found[mode]!["images"]!.dtype == .float64)
      #expect(answer["loss"] as? Double == found[mode]!["loss"]!.double)
    }
    func distance(_ a: String, _ b: String, _ name: String) -> Double {
      let (a, b) = (found[a]![name]!, found[b]![name]!)
      return (a - b).vectorNorm().double / b.vectorNorm().double
    }
    for name in ["images", "stepSize", "loss"] { #expect(distance("exact", "unrolled", name) < 1e-12) }
    #expect(distance("tesla", "unrolled", "loss") < 1e-12)
    #expect(distance("tesla", "unrolled", "images") > 1e-4)
  }

  @Test func gradientsRefuseWhatDoesNotFit() throws {
    try refused(gradientArguments("exactly"), "exact, unrolled or tesla")
    try refused(gradientArguments("exact", ["--steps", "0"]), "--steps")
    try refused(gradientArguments("exact", ["--step-size", "nan"]), "--step-size")
    let fine = try gradientArguments("exact")
    try NPY.write(Tensor.randn([5, 3, 9, 9], generator: Generator(seed: 1)), to: folder.file("x.npy"))
    try refused(fine, "x.npy", "[N, 3, 8, 8]")
    try NPY.write(Tensor.randn([5, 3, 8, 8], generator: Generator(seed: 1)), to: folder.file("x.npy"))
    try NPY.write(Tensor([Int64(0), 3, 10, 1, 1]), to: folder.file("y.npy"))
    try refused(fine, "y.npy", "0…9")
    #expect(!FileManager.default.fileExists(atPath: path("exact.npz")))
  }

  // MARK: From experts to a file

  @Test func fromExpertsToNetworks() throws {
    let store = try json(try Program.run(experts(["--rule", "gsam", "--set", "normalize=zca", "--json"])))
    #expect((store["experts"] as? [[String: Any]])?.count == 2 && store["epochs"] as? Int == 3)
    let settings = [
      "--store", path("store"), "--set", "steps=3", "--set", "maxStart=2", "--set", "average=0.5", "--json",
    ]
    let summary = try json(try Program.run(distil("ftd", settings + ["--iterations", "6"])))
    #expect(summary["images"] as? Int == 20 && summary["iterations"] as? Int == 6)
    #expect(summary["loss"] as? Double ?? 0 > 0 && summary["stepSize"] as? Double ?? 0 > 0)
    #expect(FileManager.default.fileExists(atPath: path("ftd/images.png")))

    // In two sittings to the same bits: what the last iteration left is taken away, and the run goes on from the one before.
    let whole = try Safetensors(reading: folder.file("ftd/distilled.safetensors"))
    let halved =
      Array(distil("ftd", settings).dropLast(settings.count + 2)) + ["--out", path("halves")] + settings
      + ["--iterations", "6", "--checkpoint-seconds", "0"]
    #expect(try Program.run(halved).code == 0)
    for name in ["checkpoints/step-00000006", "distilled.safetensors", "summary.json", "images.png"] {
      try FileManager.default.removeItem(at: folder.file("halves/\(name)"))
    }
    let second = try Program.run(halved)
    #expect(second.code == 0 && second.errors.contains("from iteration 5"), "\(second.errors)")
    let halves = try Safetensors(reading: folder.file("halves/distilled.safetensors"))
    for name in ["images", "average", "stepSize"] {
      #expect(halves[name]!.equal(whole[name]!), "\(name)")
    }
    #expect(!whole["average"]!.equal(whole["images"]!))

    let answer = try json(
      try Program.run([
        "distill", "evaluate", path("ftd"), "--networks", "convnet,mlp:hidden=8", "--repeats", "2",
        "--epochs",
        "3", "--json",
      ]))
    let networks = try #require(answer["networks"] as? [[String: Any]])
    #expect(networks.map { $0["network"] as? String } == ["convnet", "mlp:hidden=8"])
    for network in networks {
      let runs = try #require(network["runs"] as? [Double])
      let mean = (runs[0] + runs[1]) / 2
      #expect(abs((network["mean"] as? Double ?? 0) - mean) < 1e-12)
      #expect(abs((network["std"] as? Double ?? 0) - abs(runs[0] - runs[1]) / 2.0.squareRoot()) < 1e-12)
    }

    // Like any data set.
    let trained = try json(
      try Program.run([
        "train", "--data", path("ftd"), "--network", "mlp", "--set", "hidden=8", "--epochs", "2", "--out",
        path("mlp"), "--json",
      ]))
    #expect(trained["trainCount"] as? Int == 20 && trained["accuracy"] == nil)
    let tested = try json(
      try Program.run(["evaluate", path("mlp"), "--on", "builtin:gray", "--json"]))
    #expect(tested["count"] as? Int == 2_000)
    let itself = try json(
      try Program.run(["evaluate", path("mlp"), "--on", path("ftd/distilled.safetensors"), "--json"]))
    #expect(itself["count"] as? Int == 20 && itself["accuracy"] as? Double ?? 0 > 0.1)
    try refused(
      ["evaluate", path("mlp"), "--on", path("ftd"), "--split", "test"], "is all training")

    // What other programs read.
    let pictures = try json(
      try Program.run(["distill", "export", path("ftd"), "--to", "folder", path("pictures"), "--json"]))
    #expect((pictures["files"] as? [String])?.count == 20)
    let info = try Program.run(["data", "info", path("pictures"), "--json"])
    #expect(info.code == 0, "\(info.errors)")
    #expect(try Program.run(["distill", "export", path("ftd"), "--to", "npz", path("npz")]).code == 0)
    let arrays = try NPZ.read(folder.file("npz/distilled.npz"))
    #expect(
      Set(arrays.map(\.name)) == ["images", "pixels", "labels", "stepSize", "zcaMean", "zcaWhitening"])
    #expect(arrays.first { $0.name == "images" }!.tensor.equal(whole["average"]!))
    try refused(["distill", "export", path("ftd"), "--to", "npz", path("npz")], "holds distilled.npz")
  }

  @Test func judgedInEveryWay() throws {
    #expect(try Program.run(experts(["--rule", "sgd"])).code == 0)
    let settings = [
      "--store", path("store"), "--iterations", "4", "--set", "keepEvery=2", "--set", "steps=2",
    ]
    #expect(try Program.run(distil("mtt", settings + ["--set", "maxStart=2"])).code == 0)
    func evaluate(_ selection: String) -> [String] {
      [
        "distill", "evaluate", path("mtt"), "--selection", selection, "--repeats", "2", "--epochs", "2",
        "--json",
      ]
    }
    for selection in ["final", "validation", "published"] {
      let answer = try json(try Program.run(evaluate(selection)))
      #expect(answer["selection"] as? String == selection)
      #expect((answer["networks"] as? [[String: Any]])?.first?["runs"] as? [Double] ?? [] != [])
    }
    try refused(evaluate("best"), "--selection", "published")
    try refused(evaluate("published") + ["--images", "final"], "--images")
    try refused(evaluate("final") + ["--precision", "bfloat16"], "--precision")
    try refused(evaluate("final") + ["--format", "idx"], "--on")
    try refused(evaluate("final") + ["--networks", ","], "--networks")
    // How much the experts were tested on is theirs.
    let recipe = try String(contentsOf: folder.file("mtt/recipe.yaml"), encoding: .utf8)
    #expect(recipe.contains("testLimit: null") && recipe.contains("trainLimit: 120"))
    // Normalised, limited and chosen as theirs were, and of their function.
    try refused(distil("mtt", settings + ["--set", "normalize=zca"]), "normalize", "zca")
    try refused(distil("mtt", settings + ["--train-limit", "100"]), "data.trainLimit is 100", "120")
    try refused(distil("mtt", settings + ["--subset", "woof"]), "data.subset is woof", "none")
    try refused(
      distil("mtt", settings + ["--set", "norm=group"]), "another architecture", "norm is instance")
    try refused(distil("mtt", settings + ["--set", "pooling=max"]), "another architecture", "pooling is")

    let error = try json(
      try Program.run(["distill", "error", path("mtt"), "--experts", "2", "--samples", "40", "--json"]))
    #expect(error["epochs"] as? [Int] == [0, 2] && (error["courses"] as? [[String: Any]])?.count == 2)
    try refused(["distill", "error", path("mtt"), "--steps", "0"], "--steps")
    try refused(["distill", "error", path("mtt"), "--store", path("none")], "none")
    try refused(["distill", "error", path("mtt"), "--expert-epochs", "9"], "--expert-epochs")

    let nas = [
      "distill", "nas", path("mtt"), "--count", "3", "--widths", "2", "--depths", "1", "--epochs", "1",
    ]
    let found = try json(
      try Program.run(nas + ["--real-epochs", "1", "--train-limit", "60", "--test-limit", "40", "--json"]))
    #expect((found["architectures"] as? [[String: Any]])?.count == 3)
    try refused(nas + ["--widths", "2,x"], "--widths")
    try refused(nas + ["--widths", "2,2", "--out", path("twice")], "twice")
    try refused(nas + ["--lr", "0"], "--lr")
    let file = ["distill", "nas", path("mtt/distilled.safetensors"), "--count", "1"]
    try refused(file, "--out")
    try refused(nas + ["--real-epochs", "2"], "other settings")
    // Gray images of 28 pixels cannot be halved so often.
    try refused(nas + ["--depths", "9", "--out", path("deep")], "depth")
    #expect(!FileManager.default.fileExists(atPath: path("deep")))

    let page = try json(try Program.run(["report", path("mtt"), "--json"]))
    let text = try String(contentsOfFile: (page["files"] as? [String])?.first ?? "", encoding: .utf8)
    for word in ["Accumulated trajectory error", "Ranking of architectures", "as published"] {
      #expect(text.contains(word), "\(word)")
    }
    // A distillation that knows no experts.
    #expect(try Program.run(distil("random", ["--train-limit", "200"] + Self.small)).code == 0)
    try refused(["distill", "error", path("random")], "--steps")
    let segment = ["--steps", "2", "--expert-epochs", "1"]
    try refused(["distill", "error", path("random")] + segment, "--store")
    try refused(["distill", "error", path("random"), "--store", path("store")] + segment, "--step-size")
    try refused(["report", path("mtt"), path("store"), "--out", path("page.html")], "one kind")
  }

  /// The loader of the README.
  @Test(
    .enabled(if: Peer.isAvailable, Comment(rawValue: Peer.missing)), arguments: ["computed", "zca", "none"])
  func pyTorchTrainsOnAnExport(_ normalize: String) throws {
    let settings = ["--train-limit", "200", "--set", "normalize=\(normalize)"] + Self.small
    #expect(try Program.run(distil("random", settings)).code == 0)
    #expect(try Program.run(["distill", "export", path("random"), "--to", "npz", path("npz")]).code == 0)
    let pixels = try NPZ.read(folder.file("npz/distilled.npz")).first { $0.name == "pixels" }!.tensor
    try NPY.write(pixels, to: folder.file("real.npy"))
    try Peer.run("distilled_sets", [path("npz/distilled.npz"), path("real.npy"), path("out.npz")])
    let out = Dictionary(
      uniqueKeysWithValues: try NPZ.read(folder.file("out.npz")).map { ($0.name, $0.tensor) })
    // Pixels of the set through what real images go through are its images again.
    let images = try NPZ.read(folder.file("npz/distilled.npz")).first { $0.name == "images" }!.tensor
    #expect((out["seen"]!.to(.float32) - images).abs().max().double < 1e-4)
    #expect(out["losses"]!.array(of: Double.self).last! < out["losses"]!.array(of: Double.self).first!)
  }

  /// The README's loader takes the learning rate that came with the images.
  @Test(.enabled(if: Peer.isAvailable, Comment(rawValue: Peer.missing)))
  func pyTorchTakesTheLearnedRate() throws {
    #expect(try Program.run(experts()).code == 0)
    let settings = [
      "--store", path("store"), "--set", "steps=2", "--set", "maxStart=2", "--set", "lrStepSize=1e-2",
    ]
    let summary = try json(try Program.run(distil("mtt", settings + ["--iterations", "2", "--json"])))
    #expect(try Program.run(["distill", "export", path("mtt"), "--to", "npz", path("npz")]).code == 0)
    try NPY.write(Tensor.zeros([1, 1, 28, 28]), to: folder.file("real.npy"))
    try Peer.run("distilled_sets", [path("npz/distilled.npz"), path("real.npy"), path("out.npz")])
    let rate = try NPZ.read(folder.file("out.npz")).first { $0.name == "lr" }!.tensor.double
    let learned = try #require(summary["stepSize"] as? Double)
    #expect(abs(rate - learned) < 1e-9 && abs(rate - 0.01) > 1e-6, "\(rate), learned \(learned)")
  }

  /// Two processes at one store: each expert is made by one of them, to the bits that one process alone makes.
  @Test func twoProcessesFillAStore() throws {
    func fill(_ store: String) -> [String] {
      [
        "distill", "experts", "--data", "builtin:gray", "--train-limit", "120", "--experts", "4", "--epochs",
        "2",
      ]
        + ["--set", "testLimit=50", "--set", "batch=30", "--store", path(store), "--threads", "1", "--json"]
        + Self.small
    }
    var other: Program.Result?
    let first = try Program.run(fill("store")) { _ in other = try Program.run(fill("store")) }
    #expect(first.code == 0, "\(first.errors)")
    #expect(other?.code == 0, "\(other?.errors ?? "")")
    // Whoever is through first may have left one to the other; together they have made all.
    #expect(try Program.run(fill("alone")).code == 0)
    for index in 0..<4 {
      let name = "expert-0000\(index).safetensors"
      #expect(
        try Data(contentsOf: folder.file("store/\(name)")) == Data(contentsOf: folder.file("alone/\(name)")))
    }
  }

  /// Processes that are killed at any moment, experts' as well as distillations', end in the bits of ones that never were.
  @Test func killedOnesEndInTheSameBits() throws {
    func untilItIsThrough(_ arguments: [String], _ length: Double, begun: String) throws {
      for attempt in 0..<8 {
        let result = try Program.run(arguments) { process in
          if attempt == 0 {
            // In the middle of the work for certain, once there is something to go on from.
            let steps = { (try? FileManager.default.contentsOfDirectory(atPath: path(begun))) ?? [] }
            for _ in 0..<6_000 where steps().isEmpty && process.isRunning { usleep(5_000) }
          } else {
            usleep(UInt32(1e6 * Double.random(in: 0...length)))
          }
          if process.isRunning { kill(process.processIdentifier, SIGKILL) }
        }
        if attempt == 0 { #expect(result.code == -SIGKILL, "\(result.errors)") }
        if result.code == 0 { return }
        #expect(result.code == -SIGKILL, "\(result.errors)")
      }
      let rest = try Program.run(arguments)
      #expect(rest.code == 0, "\(rest.errors)")
    }
    func experts(_ store: String) -> [String] {
      self.experts().map { $0 == path("store") ? path(store) : $0 } + ["--checkpoint-seconds", "0"]
    }
    var begin = ContinuousClock.now
    #expect(try Program.run(experts("store")).code == 0)
    try untilItIsThrough(
      experts("killed"), begin.duration(to: .now) / .seconds(1),
      begun: "killed/making/expert-00000/checkpoints")
    for index in 0..<2 {
      let name = "expert-0000\(index).safetensors"
      #expect(
        try Data(contentsOf: folder.file("killed/\(name)")) == Data(contentsOf: folder.file("store/\(name)")))
    }
    func ftd(_ out: String) -> [String] {
      Array(distil("ftd").dropLast()) + [
        path(out), "--store", path("store"), "--set", "steps=3", "--set", "maxStart=2", "--set",
        "average=0.9",
        "--set", "keepEvery=7", "--iterations", "40", "--checkpoint-seconds", "0",
      ]
    }
    begin = .now
    #expect(try Program.run(ftd("whole")).code == 0)
    try untilItIsThrough(
      ftd("pieces"), begin.duration(to: .now) / .seconds(1), begun: "pieces/checkpoints")
    let kept = (1...5).map { String(format: "points/iteration-%07d.safetensors", 7 * $0) }
    for file in ["distilled.safetensors", "metrics.jsonl", "summary.json", "images.png"] + kept {
      #expect(
        try Data(contentsOf: folder.file("pieces/\(file)")) == Data(contentsOf: folder.file("whole/\(file)")),
        "\(file)")
    }
  }

  @Test(arguments: ["random", "herding", "kcenter", "kmeans", "dc", "dsa", "dm"])
  func everyOtherMethod(_ method: String) throws {
    let quick = [
      "herding": ["epochs=1"], "kcenter": ["epochs=1"], "kmeans": ["epochs=1"],
      "dc": ["outer=2", "inner=1", "realBatch=4"], "dsa": ["outer=2", "inner=1", "realBatch=4"],
      "dm": ["realBatch=4"],
    ]
    let settings = (quick[method] ?? []).flatMap { ["--set", $0] }
    let summary = try json(
      try Program.run(
        distil(method, ["--train-limit", "200", "--iterations", "2", "--json"] + Self.small + settings)))
    #expect(summary["method"] as? String == method && summary["images"] as? Int == 20)
    let chooses = ["random", "herding", "kcenter", "kmeans"].contains(method)
    #expect(summary["iterations"] as? Int == (chooses ? 0 : 2))
    let set = try Safetensors(reading: folder.file("\(method)/distilled.safetensors"))
    #expect(set["images"]!.shape == [20, 1, 28, 28])
    #expect(set["labels"]!.array(of: Int64.self) == (0..<10).flatMap { [Int64($0), Int64($0)] })
  }

  @Test func whatCannotBeIsRefused() throws {
    try refused(distil("ftd", ["--iterations", "1"] + Self.small), "--store")
    try refused(distil("magic", Self.small), "magic", "random")
    try refused(
      distil("random", ["--train-limit", "15"] + Self.small), "ipc is 2")
    #expect(!FileManager.default.fileExists(atPath: path("random")))
    try refused(distil("dm", ["--set", "lrImage=3"] + Self.small), "lrImages")
    #expect(try Program.run(experts()).code == 0)
    let store = ["--store", path("store")]
    try refused(distil("mtt", store + ["--set", "maxStart=9"]), "epoch 10", "3")
    try refused(distil("mtt", store + ["--network", "mlp"]), "convnet", "mlp")
    try refused(distil("mtt", store + ["--set", "width=9", "--set", "maxStart=2"]), "another architecture")
    try refused(distil("dm", Self.small + ["--precision", "bfloat16"]), "precision must be float32", "dm")
    // Both ends of GSAM's radius follow the one that is given.
    for radius in [["gsam:rho=0.005"], ["gsam", "--set", "rule.rho=0.005"]] {
      let shown = try Program.run(experts(["--rule"] + radius + ["--dry-run"]))
      #expect(shown.output.contains("rho: 0.005") && shown.output.contains("rhoMin: 0.005"), "\(shown)")
    }
    // Steps that lead nowhere end in an error, and the last good images stay and can be used.
    let wild = store + ["--set", "maxStart=1", "--set", "lrImages=1e30", "--set", "steps=2"]
    let result = try Program.run(distil("mtt", wild + ["--iterations", "50", "--checkpoint-seconds", "0"]))
    #expect(result.code != 0 && result.errors.contains("diverged"), "\(result.errors)")
    #expect(!FileManager.default.fileExists(atPath: path("mtt/distilled.safetensors")))
    let kept = try FileManager.default.contentsOfDirectory(atPath: path("mtt/points")).sorted()
    let last = path("mtt/points/\(try #require(kept.last))")
    #expect(result.errors.contains(last), "\(result.errors)")
    let images = try #require(try Safetensors(reading: URL(fileURLWithPath: last))["images"])
    #expect(images.isfinite().all().int == 1)
    let used = try Program.run(["distill", "evaluate", last, "--epochs", "1", "--repeats", "1", "--json"])
    #expect(used.code == 0, "\(used.errors)")
    try refused(["distill", "evaluate", path("mtt")], "distilled.safetensors")
    try refused(["train", "--data", path("mtt"), "--network", "mlp", "--out", path("mlp")], "has it ended")
    try refused(["distill", "evaluate", path("none")], "none")
  }
}
