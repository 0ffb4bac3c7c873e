import Data
import Foundation
import PeerSupport
import Testing

/// Folders and tables of pictures of many sizes: trained on, evaluated, predicted.
@Suite struct PictureFolderCommandTests {
  let folder: TemporaryFolder

  /// Two classes, dark and bright, of pictures no two of which have one size.
  init() throws {
    folder = try TemporaryFolder()
    var rows = "file,label,split\n"
    for (split, count) in [("train", 24), ("test", 8)] {
      for index in 0..<count {
        let isBright = index % 2 == 1
        let (width, height) = (8 + index, 9 + 2 * (index % 5))
        let picture = Picture(
          width: width, height: height, channels: 3,
          pixels: (0..<width * height * 3).map { UInt8(($0 * 37 + index * 11) % 60 + (isBright ? 180 : 10)) })
        let name = "\(split)/\(isBright ? "bright" : "dark")/\(index).png"
        let file = folder.file(name)
        try FileManager.default.createDirectory(
          at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        try PictureWriter.write(picture, to: file.path)
        rows += "\(name),\(isBright ? "bright" : "dark"),\(split)\n"
      }
    }
    try FileManager.default.createDirectory(at: folder.file("table"), withIntermediateDirectories: true)
    try rows.replacing("train/", with: "../train/").replacing("test/", with: "../test/")
      .write(to: folder.file("table/all.csv"), atomically: true, encoding: .utf8)
  }

  private struct Evaluation: Decodable {
    var accuracy: Double
    var loss: Double
    var count: Int
  }

  private func train(_ out: String, _ extra: String..., on data: String? = nil) throws -> Program.Result {
    try Program.run(
      [
        "train", "--data", data ?? folder.url.path, "--network", "mlp", "--set", "hidden=", "--set",
        "batch=8",
        "--set", "lr=0.01", "--epochs", "4", "--threads", "1", "--out", folder.file("runs/\(out)").path,
        "--json",
      ] + extra)
  }

  private func evaluate(_ run: String, _ extra: String..., on data: String? = nil) throws -> Evaluation {
    let result = try Program.run(
      ["evaluate", folder.file("runs/\(run)").path, "--on", data ?? folder.url.path, "--json"] + extra)
    #expect(result.code == 0, "\(result.errors)")
    return try JSONDecoder().decode(Evaluation.self, from: Foundation.Data(result.output.utf8))
  }

  @Test func whatWasTrainedIsEvaluatedAndPredicts() throws {
    let without = try train("without")
    #expect(without.code == 1 && without.errors.contains("give a size"), "\(without.errors)")
    for (name, flags) in [
      ("crop", [String]()), ("squash", ["--resize", "squash"]), ("gray", ["--channels", "gray"]),
    ] {
      let trained = try train(name, "--image-size", "8", flags.first ?? "--seed", flags.last ?? "0")
      #expect(trained.code == 0, "\(trained.errors)")
      let summary = try JSONDecoder().decode(Evaluation.self, from: Foundation.Data(trained.output.utf8))
      #expect(summary.accuracy == 1 && summary.count == 8, "\(name): \(summary)")
      // Size, channels and resizing are those of the training, without being asked for.
      let same = try evaluate(name)
      #expect(same.accuracy == 1 && abs(same.loss - summary.loss) < 1e-6, "\(name): \(same), \(summary)")
      let table = try evaluate(name, on: folder.file("table").path)
      #expect(abs(table.loss - summary.loss) < 1e-6, "\(name): \(table)")
      let predicted = try Program.run([
        "predict", folder.file("runs/\(name)").path, folder.file("test/bright/1.png").path,
        folder.file("test/dark/2.png").path, "--top", "1",
      ])
      let lines = predicted.output.split(separator: "\n")
      #expect(
        lines.count == 4 && lines[2].contains("bright ") && lines[3].contains(" dark "), "\(predicted.output)"
      )
    }
    // Asked for, they are others.
    #expect(try evaluate("crop", "--resize", "squash").loss != evaluate("crop").loss)
    let wrong = try Program.run([
      "evaluate", folder.file("runs/crop").path, "--on", folder.url.path, "--image-size", "9",
    ])
    #expect(wrong.code == 1 && wrong.errors.contains("the network takes [3, 8, 8]"), "\(wrong.errors)")
    let report = try Program.run(["report", folder.file("runs/crop").path])
    #expect(report.code == 0, "\(report.errors)")
  }

  @Test func subsetsAreThoseOfImageNet() throws {
    let refused = try train("subset", "--image-size", "8", "--subset", "woof")
    #expect(
      refused.code == 1 && refused.errors.contains("the subset woof is counted among all 1000"),
      "\(refused.errors)")
    #expect(try train("subset", "--subset", "dogs").code == 64)
    let ids = (0..<1000).map { "n" + String(10_000_000 + 7 * $0) }
    for id in ids {
      for split in ["train", "val"] {
        try FileManager.default.createDirectory(
          at: folder.file("imagenet/\(split)/\(id)"), withIntermediateDirectories: true)
      }
    }
    for (label, index) in ImageNetSubset.nette.indices.enumerated() {
      for split in ["train", "val"] {
        let picture = Picture(
          width: 9, height: 8, channels: 1, pixels: .init(repeating: UInt8(25 * label), count: 72))
        try PictureWriter.write(picture, to: folder.file("imagenet/\(split)/\(ids[index])/1.png").path)
      }
    }
    let data = folder.file("imagenet").path
    let trained = try train("nette", "--subset", "nette", "--image-size", "8", on: data)
    #expect(trained.code == 0 && trained.output.contains("\"trainCount\":10"), "\(trained.errors)")
    #expect(try evaluate("nette", "--subset", "nette", on: data).count == 10)
    let recipe = try String(contentsOf: folder.file("runs/nette/recipe.yaml"), encoding: .utf8)
    #expect(recipe.contains("subset: nette") && recipe.contains("resize: shortSideThenCrop"), "\(recipe)")
  }
}
