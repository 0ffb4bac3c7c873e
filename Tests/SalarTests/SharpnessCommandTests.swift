import Foundation
import Networks
import PeerSupport
import Testing
import Torch

/// `salar sharpness`, as scripts and people call it.
@Suite struct SharpnessCommandTests {
  private func json(_ result: Program.Result) throws -> [String: Any] {
    #expect(result.code == 0, "\(result.errors)")
    return try JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? [String: Any] ?? [:]
  }

  private static let small = [
    "--network", "mlp", "--set", "hidden=6", "--set", "channels=1", "--set", "size=28",
  ]

  @Test func plainWeightsInNumbers() throws {
    let folder = try TemporaryFolder()
    let weights = folder.file("w.safetensors").path
    let made = try Program.run(["network", "initial", "--seed", "3", "--out", weights] + Self.small)
    #expect(made.code == 0, "\(made.errors)")
    let arguments =
      ["sharpness", "--weights", weights, "--on", "builtin:gray", "--split", "train", "--samples", "60"]
      + ["--top", "3", "--rho", "0.1", "--precision", "float64", "--json"] + Self.small
    let answer = try json(try Program.run(arguments))
    let values = try #require(answer["hessianEigenvalues"] as? [Double])
    #expect(values.count == 3 && values == values.sorted(by: >) && values[2] > 0)
    #expect(answer["isConverged"] as? Bool == true && answer["samples"] as? Int == 60)
    let (trace, error) = (answer["hessianTrace"] as? Double ?? 0, answer["hessianTraceError"] as? Double ?? 0)
    #expect(trace > values[0] && error > 0 && error < 0.1 * trace)
    #expect(answer["samSharpness"] as? Double ?? 0 > 0 && answer["landscape"] == nil)

    // The loss is that of `salar evaluate` on as many samples, and a seed gives the same numbers.
    #expect(try json(try Program.run(arguments))["hessianTrace"] as? Double == trace)
    #expect(try json(try Program.run(arguments + ["--seed", "2"]))["hessianTrace"] as? Double != trace)
    // Parts change rounding alone.
    let parts = try json(try Program.run(arguments + ["--part", "7"]))
    #expect(abs((parts["loss"] as? Double ?? 0) - (answer["loss"] as? Double ?? 1)) < 1e-12)
    #expect(abs((parts["hessianEigenvalues"] as? [Double] ?? [0])[0] - values[0]) < 1e-6 * values[0])
  }

  /// Two runs on one page, with the points that one of them kept.
  @Test func runsOnOnePage() throws {
    let folder = try TemporaryFolder()
    func train(_ name: String, _ more: [String]) throws -> String {
      let run = folder.file(name).path
      let result = try Program.run(
        [
          "train", "--data", "builtin:gray", "--network", "mlp", "--set", "hidden=6", "--epochs", "2",
          "--seed", "1",
        ]
          + ["--train-limit", "200", "--out", run] + more)
      #expect(result.code == 0, "\(result.errors)")
      return run
    }
    let plain = try train("plain", ["--set", "keepEvery=1"])
    let sam = try train("sam", ["--rule", "sam"])
    let names = try FileManager.default.contentsOfDirectory(atPath: plain + "/points").sorted()
    #expect(names == (0...2).map { "epoch-0000\($0).safetensors" })
    #expect(!FileManager.default.fileExists(atPath: sam + "/points"))
    // The last of them is the model; the first is where it began.
    func bytes(_ path: String) throws -> Data { try Data(contentsOf: URL(fileURLWithPath: path)) }
    #expect(try bytes(plain + "/points/" + names[2]) == bytes(plain + "/model.safetensors"))
    #expect(try bytes(plain + "/points/" + names[0]) != bytes(plain + "/points/" + names[1]))

    let quick = [
      "--samples", "50", "--top", "2", "--draws", "5", "--density", "8", "--line", "5", "--plane", "3",
    ]
    let out = folder.file("flat").path
    let result = try Program.run(["sharpness", plain, sam, "--out", out] + quick)
    #expect(result.code == 0, "\(result.errors)")
    #expect(result.output.contains("plain") && result.output.contains("λ₁"))
    let page = try String(contentsOfFile: out + "/report.html", encoding: .utf8)
    for part in ["Flatness of 2 models", "Landscape", "Over training", "Spectrum", "50 samples"] {
      #expect(page.contains(part), "\(part)")
    }
    let numbers = try JSONSerialization.jsonObject(with: bytes(out + "/sharpness.json")) as? [String: Any]
    let runs = try #require(numbers?["runs"] as? [[String: Any]])
    #expect(runs.map { $0["name"] as? String } == ["plain", "sam"])
    #expect((runs[0]["course"] as? [[String: Any]])?.map { $0["epochs"] as? Int } == [0, 1, 2])
    #expect(runs[1]["course"] == nil)
    let landscape = try #require(runs[0]["landscape"] as? [String: Any])
    #expect((landscape["planeLosses"] as? [[Double]])?.count == 3)
    for figure in [
      "contour-1", "contour-2", "surface-1", "landscape-line", "density", "eigenvalues", "course-sam",
    ] {
      #expect(FileManager.default.fileExists(atPath: "\(out)/figures/\(figure).png"), "\(figure)")
    }

    // One run's page lies in its folder; the run can still be continued.
    let alone = try Program.run(["sharpness", sam] + quick)
    #expect(alone.code == 0 && FileManager.default.fileExists(atPath: sam + "/sharpness/report.html"))
    #expect(try Program.run(["report", sam]).code == 0)
    let plan = try json(try Program.run(["sharpness", plain, "--dry-run", "--json"]))
    #expect(plan["points"] as? Int == 3)
  }

  @Test(arguments: [
    (["--rho", "0"], 1, "rho must be above 0, found 0"),
    (["--samples", "0"], 1, "samples must be at least 1"),
    (["--top", "0"], 1, "top must be at least 1"), (["--samples", "100000"], 1, "--samples 10000"),
    (["--split", "all"], 64, "train or test"), (["--precision", "bfloat16"], 64, "float32 or float64"),
    (["--line", "4", "--out", "x"], 1, "odd number"), (["--draws", "1"], 1, "draws must be at least 2"),
  ])
  func mistakesAreExplained(_ flags: [String], _ code: Int32, _ text: String) throws {
    let folder = try TemporaryFolder()
    let weights = folder.file("w.safetensors").path
    _ = try Program.run(["network", "initial", "--out", weights] + Self.small)
    let result = try Program.run(
      ["sharpness", "--weights", weights, "--on", "builtin:gray", "--json"] + Self.small + flags)
    #expect(result.code == code && result.errors.contains(text) && result.output.isEmpty, "\(result.errors)")
  }

  /// Where data lie class by class the first samples say little, which is said; drawn ones are of all classes.
  @Test func samplesOfSortedData() throws {
    let folder = try TemporaryFolder()
    let sorted = folder.file("sorted.npz").path
    let weights = folder.file("w.safetensors").path
    let images = Tensor.randint(0, 255, [200, 1, 28, 28], generator: Generator(seed: 1)).to(.uint8)
    let labels = Tensor((0..<200).map { Int64($0 / 20) })
    try NPZ.write(
      [("x_train", images), ("y_train", labels), ("x_test", images), ("y_test", labels)],
      to: folder.file("sorted.npz"))
    _ = try Program.run(["network", "initial", "--out", weights] + Self.small)
    let arguments =
      [
        "sharpness", "--weights", weights, "--on", sorted, "--split", "train", "--samples", "20", "--top",
        "1",
      ]
      + ["--draws", "2", "--json"] + Self.small
    let first = try Program.run(arguments)
    #expect(
      first.errors.contains("the first 20 samples") && first.errors.contains("--sample-seed"),
      "\(first.errors)")
    let drawn = try Program.run(arguments + ["--sample-seed", "1"])
    #expect(!drawn.errors.contains("the first 20 samples"), "\(drawn.errors)")
    #expect(try json(drawn)["classes"] as? Int ?? 0 > (json(first)["classes"] as? Int ?? 10) + 2)
    #expect(
      try json(drawn)["loss"] as? Double == json(Program.run(arguments + ["--sample-seed", "1"]))["loss"]
        as? Double)
  }

  @Test func weightsOfNoUseAreRefused() throws {
    let folder = try TemporaryFolder()
    let url = folder.file("w.safetensors")
    _ = try Program.run(["network", "initial", "--out", url.path] + Self.small)
    let state = try StateFile(reading: url).dictionary
    try Safetensors.write(
      state.map { (name: $0, tensor: $0.hasSuffix("bias") ? $1 * Scalar(Double.nan) : $1.clone()) },
      to: folder.file("bad.safetensors"))
    let result = try Program.run(
      ["sharpness", "--weights", folder.file("bad.safetensors").path, "--on", "builtin:gray", "--json"]
        + Self.small)
    #expect(result.code == 1 && result.errors.contains("its weights are of no use"), "\(result.errors)")
  }
}
