import Foundation
import PeerSupport
import Testing

/// `--recipe` of `salar distill experts` and `run`.
@Suite struct DistillRecipeCommandTests: DistillCommands {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  /// A recipe of these lines.
  private func recipe(_ name: String, _ text: String) throws -> [String] {
    try Data(text.utf8).write(to: folder.file(name))
    return ["--recipe", path(name)]
  }

  /// The recipe that a command would go by.
  private func resolved(_ arguments: [String]) throws -> String {
    let result = try Program.run(arguments + ["--dry-run"])
    #expect(result.code == 0, "\(result.errors)")
    return result.output
  }

  private static let ofExperts = """
    data:
      path: builtin:gray
      trainLimit: 120
      testLimit: 50
    network:
      name: convnet
      width: 8
      depth: 2
    rule:
      name: gsam
      rho: 0.02
      rhoMin: 0.02
      alpha: 0.3
    training:
      epochs: 3
      lr: 0.05
    seed: 7
    """

  @Test func expertsTakeARecipe() throws {
    let fixed = ["distill", "experts", "--experts", "1", "--store", path("store")]
    let command = try fixed + recipe("experts.yaml", Self.ofExperts)
    let own = try resolved(command)
    // What the recipe leaves open is the papers', but for the rule that it names, which has its own settings.
    for line in [
      "path: builtin:gray", "width: 8", "size: 28", "channels: 1", "rho: 0.02", "alpha: 0.3",
      "adaptive: false", "epochs: 3", "lr: 0.05", "momentum: 0", "batch: 256", "augment: dsa", "seed: 7",
    ] { #expect(own.contains("\(line)\n"), "\(line)\n\(own)") }
    // Its own output is a recipe for the same.
    #expect(try resolved(fixed + recipe("printed.yaml", own)) == own)

    let over = [
      "--data", "builtin:color", "--epochs", "2", "--seed", "9", "--rule", "gsam:alpha=0.5", "--set",
      "lr=0.2",
    ]
    let laid = try resolved(command + over)
    for line in [
      "path: builtin:color", "trainLimit: 120", "channels: 3", "rho: 0.02", "alpha: 0.5", "adaptive: false",
      "epochs: 2", "lr: 0.2", "seed: 9",
    ] { #expect(laid.contains("\(line)\n"), "\(line)\n\(laid)") }

    // A rule from the flag takes the place of the recipe's, with what is FTD's where it is gsam.
    let plain = try resolved(command + ["--rule", "sgd"])
    #expect(plain.contains("rule:\n  name: sgd\n") && !plain.contains("rho"))
    #expect(try resolved(fixed + recipe("sgd.yaml", plain)) == plain)
    let flat = try resolved(fixed + recipe("sgd.yaml", plain) + ["--rule", "gsam"])
    for line in ["rho: 0.01", "rhoMin: 0.01", "alpha: 1", "adaptive: true"] {
      #expect(flat.contains("\(line)\n"), "\(line)\n\(flat)")
    }
    // A recipe without a rule asks for none.
    let silent = "network:\n  name: convnet\ntraining:\n  epochs: 2\n"
    let data = ["--data", "builtin:gray", "--train-limit", "120"]
    let none = try resolved(fixed + recipe("silent.yaml", silent) + data)
    #expect(none.contains("rule:\n  name: sgd\n") && none.contains("seed: 0\n"))
    #expect(try resolved(experts()).contains("rule:\n  name: gsam\n"))

    let made = try json(try Program.run(command + ["--set", "batch=30", "--json"]))
    #expect(made["epochs"] as? Int == 3 && (made["experts"] as? [[String: Any]])?.count == 1)
  }

  @Test func expertsNameWhatIsMissing() throws {
    let fixed = ["distill", "experts", "--experts", "1", "--store", path("store")]
    let data = ["--data", "builtin:gray"]
    try refused(fixed, "--data is missing", "data.path")
    try refused(fixed + data, "--network is missing", "network.name")
    try refused(fixed + data + ["--network", "convnet"], "--epochs is missing", "training.epochs")
    let some = try fixed + recipe("some.yaml", "training:\n  lr: 0.1\n")
    try refused(some, "--data is missing")
    try refused(some + data, "--network is missing")
    try refused(some + data + ["--network", "convnet"], "--epochs is missing")
    try refused(some + data + ["--network", "convnet", "--epochs", "0"], "--epochs must be 1 or more")
    let whole = try fixed + recipe("whole.yaml", Self.ofExperts)
    try refused(whole + ["--network", "mlp"], "convnet", "mlp", "another recipe")
    let odd = try recipe("odd.yaml", Self.ofExperts + "\nmethod:\n  name: ftd\n")
    try refused(fixed + odd, "odd.yaml", "method")
    try refused(fixed + ["--recipe", path("none.yaml")], "none.yaml")
    // Both stay flags.
    let given = try recipe("whole.yaml", Self.ofExperts)
    try refused(["distill", "experts", "--experts", "1"] + given, "--store")
    try refused(["distill", "experts", "--store", path("store")] + given, "--experts")
    #expect(!FileManager.default.fileExists(atPath: path("store")))
  }

  @Test func distillationTakesARecipe() throws {
    #expect(try Program.run(experts(["--set", "normalize=zca"])).code == 0)
    let text = """
      method:
        name: ftd
        steps: 3
        maxStart: 2
        lrImages: 10
        lrStepSize: 1e-7
      ipc: 2
      iterations: 4
      average: 0.75
      """
    let store = ["--store", path("store")]
    let fixed = ["distill", "run", "--data", "builtin:gray", "--out", path("ftd")] + store
    let command = try fixed + recipe("run.yaml", text)
    let own = try resolved(command)
    let settings = ["steps=3", "maxStart=2", "lrImages=10", "lrStepSize=1e-7", "average=0.75"]
    let flags = ["--method", "ftd", "--ipc", "2", "--iterations", "4"] + settings.flatMap { ["--set", $0] }
    #expect(try resolved(fixed + flags) == own)
    for line in ["normalize: zca", "width: 8", "average: 0.75"] {
      #expect(own.contains("\(line)\n"), "\(line)\n\(own)")
    }
    // Its own output is a recipe for the same, with data and store.
    let alone = try ["distill", "run", "--out", path("ftd")] + recipe("printed.yaml", own)
    #expect(try resolved(alone) == own)
    #expect(try resolved(alone + store) == own)

    let laid = try resolved(
      command + ["--method", "ftd", "--ipc", "1", "--iterations", "7", "--seed", "3", "--set", "steps=5"])
    for line in ["ipc: 1", "iterations: 7", "seed: 3", "steps: 5", "maxStart: 2", "average: 0.75"] {
      #expect(laid.contains("\(line)\n"), "\(line)\n\(laid)")
    }
    // A seed of its own stays; an average that it leaves open goes with the iterations, wherever they stand.
    let open = text.replacingOccurrences(of: "average: 0.75", with: "seed: 5")
    let scaled = try resolved(fixed + recipe("open.yaml", open))
    #expect(scaled.contains("seed: 5\n"))
    // The last two flags are the average's.
    #expect(try resolved(fixed + Array(flags.dropLast(2)) + ["--seed", "5"]) == scaled)

    let summary = try json(try Program.run(command + ["--json"]))
    #expect(summary["method"] as? String == "ftd" && summary["iterations"] as? Int == 4)
    #expect(summary["images"] as? Int == 20)

    // A thousand iterations where nobody says.
    let moments = distil("dm", ["--train-limit", "200"] + Self.small)
    #expect(try resolved(moments).contains("iterations: 1000\n"))
    let short = text.replacingOccurrences(of: "iterations: 4\n", with: "")
    #expect(try resolved(fixed + recipe("short.yaml", short)).contains("iterations: 1000\n"))
  }

  @Test func distillationNamesWhatIsMissing() throws {
    let fixed = ["distill", "run", "--out", path("out")]
    let data = ["--data", "builtin:gray"]
    try refused(fixed + data + ["--ipc", "1"], "--method is missing", "method.name")
    try refused(fixed + ["--method", "dm", "--ipc", "1"], "--data is missing", "data.path")
    try refused(fixed + data + ["--method", "dm"], "--ipc is missing")
    try refused(fixed + data + recipe("ipc.yaml", "ipc: 1\n"), "--method is missing")
    let dm = try fixed + recipe("dm.yaml", "method:\n  name: dm\n")
    try refused(dm + ["--ipc", "1"], "--data is missing")
    try refused(dm + data, "--ipc is missing")
    try refused(dm + data + ["--ipc", "1", "--method", "mtt"], "dm", "mtt", "another recipe")
    try refused(fixed + data + recipe("bad.yaml", "method:\n  name: dm\nipc: few\n"), "bad.yaml", "ipc")
    let ftd = try fixed + data + recipe("ftd.yaml", "method:\n  name: ftd\nipc: 1\n")
    try refused(ftd, "--store")
    // The network is the experts'.
    #expect(try Program.run(experts()).code == 0)
    let other = try recipe("mlp.yaml", "method:\n  name: ftd\nipc: 1\nnetwork:\n  name: mlp\n")
    try refused(fixed + data + other + ["--store", path("store")], "convnet", "mlp")
    try refused(fixed + data + other + ["--network", "convnet"], "convnet", "mlp", "another recipe")
    #expect(!FileManager.default.fileExists(atPath: path("out")))
  }
}
