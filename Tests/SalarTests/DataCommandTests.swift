import Foundation
import PeerSupport
import Testing

/// `salar data`, as a user runs it.
struct DataCommandTests {
  /// A set of two training images and one test image in the layout of MNIST.
  private func folder() throws -> TemporaryFolder {
    let folder = try TemporaryFolder()
    for (prefix, count) in [("train", UInt8(2)), ("t10k", 1)] {
      let images: [UInt8] = [0, 0, 8, 3, 0, 0, 0, count, 0, 0, 0, 1, 0, 0, 0, 2]
      let pixels = [0, 255, 255, 0].prefix(2 * Int(count)).map { UInt8($0) }
      try Data(images + pixels).write(to: folder.file("\(prefix)-images-idx3-ubyte"))
      try Data([0, 0, 8, 1, 0, 0, 0, count] + (0..<count)).write(
        to: folder.file("\(prefix)-labels-idx1-ubyte"))
    }
    return folder
  }

  @Test func info() throws {
    let folder = try folder()
    let result = try Program.run(["data", "info", folder.url.path, "--json"])
    #expect(result.code == 0 && result.errors.isEmpty, "\(result)")
    let info = try #require(
      try JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? [String: Any])
    #expect(info["format"] as? String == "idx" && info["train"] as? Int == 2 && info["test"] as? Int == 1)
    #expect(info["shape"] as? [Int] == [1, 1, 2] && info["classes"] as? [String] == ["0", "1"])
    #expect(info["mean"] as? [Double] == [0.5] && info["std"] as? [Double] == [0.5])
    let text = try Program.run(["data", "info", folder.url.path])
    #expect(text.output.contains("1×1×2") && text.output.contains("0.5000"))
  }

  @Test func show() throws {
    let folder = try folder()
    let sheet = folder.file("sheet.png")
    let result = try Program.run([
      "data", "show", folder.url.path, "--out", sheet.path, "--per-class", "3", "--split", "test",
    ])
    #expect(result.code == 0 && result.output.isEmpty && result.errors.contains("sheet.png"), "\(result)")
    #expect(try Data(contentsOf: sheet).starts(with: [0x89, 0x50, 0x4E, 0x47]))
    let wrong = try Program.run(["data", "show", folder.url.path, "--out", sheet.path, "--rows", "0"])
    #expect(wrong.code == 64 && wrong.errors.contains("--rows"))
  }

  @Test func list() throws {
    let result = try Program.run(["data", "list", "--json"])
    let listing = try #require(
      try JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? [String: [[String: Any]]])
    let names = try #require(listing["sources"]).compactMap { $0["name"] as? String }
    #expect(names == ["mnist", "fashion-mnist", "cifar10", "cifar100", "svhn", "stl10", "tiny-imagenet"])
    #expect(try #require(listing["formats"]).count == 9)
    #expect(try Program.run(["data", "list"]).output.contains("handwritten digits"))
  }

  @Test func whatIsWrong() throws {
    let folder = try TemporaryFolder()
    try Data("x".utf8).write(to: folder.file("readme"))
    let cases: [([String], String)] = [
      (["info", folder.url.path], "holds 'readme'"), (["info", "/nowhere"], "/nowhere: is not there"),
      (["info", folder.url.path, "--format", "stl10"], "train_X.bin"),
      (["get", "cifar"], "did you mean 'cifar10'"),
      (["show", folder.url.path, "--out", "x.png"], "holds 'readme'"),
    ]
    for (arguments, message) in cases {
      let result = try Program.run(["data"] + arguments)
      #expect(result.code == 1 && result.output.isEmpty && result.errors.contains(message), "\(result)")
    }
    #expect(try Program.run(["data", "info", folder.url.path, "--format", "zip"]).code == 64)
  }
}
