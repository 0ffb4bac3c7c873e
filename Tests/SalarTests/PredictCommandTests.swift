import Data
import Experiments
import Foundation
import PeerSupport
import Testing
import Torch

/// `salar predict`, on pictures whose label is known.
@Suite struct PredictCommandTests {
  let quarters: Quarters

  init() throws {
    quarters = try Quarters()
    let result = try Program.run(quarters.train("run", epochs: 30))
    #expect(result.code == 0, "\(result.errors)")
  }

  private struct Answer: Decodable, Equatable {
    struct Guess: Decodable, Equatable {
      var label: String
      var probability: Double
    }
    var picture: String
    var guesses: [Guess]
  }

  /// A picture whose quarter of that number is bright, `side` pixels a side.
  private func picture(_ name: String, quarter: Int, side: Int = 8, channels: Int = 1) throws -> String {
    let pixels = (0..<side * side * channels).map { index in
      let (y, x) = (index / channels / side, index / channels % side)
      return UInt8((y >= side / 2 ? 2 : 0) + (x >= side / 2 ? 1 : 0) == quarter ? 200 : 50)
    }
    let path = quarters.path(name)
    try PictureWriter.write(Picture(width: side, height: side, channels: channels, pixels: pixels), to: path)
    return path
  }

  private func predict(_ arguments: String...) throws -> [Answer] {
    let result = try Program.run(["predict"] + arguments + ["--json"])
    #expect(result.code == 0, "\(result.errors)")
    return try JSONDecoder().decode([Answer].self, from: Foundation.Data(result.output.utf8))
  }

  @Test func knownPicturesGetTheirLabels() throws {
    let run = quarters.path("run")
    for quarter in 0..<4 {
      let answers = try predict(
        run, picture("gray.png", quarter: quarter), picture("colour.png", quarter: quarter, channels: 3),
        picture("large.png", quarter: quarter, side: 40),
        picture("photo.jpg", quarter: quarter, side: 24, channels: 3))
      #expect(
        answers.map(\.picture) == ["gray.png", "colour.png", "large.png", "photo.jpg"].map(quarters.path))
      for answer in answers {
        #expect(answer.guesses.first?.label == "\(quarter)", "\(answer)")
        // Three of four, the likeliest first.
        let probabilities = answer.guesses.map(\.probability)
        #expect(probabilities.count == 3 && probabilities == probabilities.sorted(by: >))
        #expect(probabilities[0] > 0.5 && probabilities.reduce(0, +) <= 1 + 1e-6)
      }
      // Gray in three channels is the same gray.
      #expect(answers[0].guesses == answers[1].guesses)
    }
    let all = try predict(run, picture("a.png", quarter: 2), "--top", "9")
    #expect(Set(all[0].guesses.map(\.label)) == ["0", "1", "2", "3"])
    #expect(abs(all[0].guesses.map(\.probability).reduce(0, +) - 1) < 1e-5)
    #expect(try predict(run, picture("a.png", quarter: 2), "--top", "1")[0].guesses.count == 1)
    let table = try Program.run(["predict", run, quarters.path("a.png"), "--top", "2"])
    let rows = table.output.split(separator: "\n")
    #expect(rows.count == 4 && rows[2].contains("a.png") && rows[2].contains(" 2 "), "\(table.output)")
  }

  /// Pixels go through the run's normalisation, unless another is asked for.
  @Test func picturesAreNormalised() throws {
    let path = try picture("a.png", quarter: 1)
    let model = try SavedModel(reading: quarters.folder.file("run"))
    #expect(model.card.normalization != nil)
    let images = try Picture(reading: path).tensor.to(.float32).unsqueeze(0) / 255
    func expect(_ answer: Answer, _ probabilities: Tensor) {
      let expected = probabilities[0].array(of: Double.self).sorted(by: >)
      for (guess, value) in zip(answer.guesses, expected) { #expect(abs(guess.probability - value) < 1e-5) }
    }
    expect(try predict(quarters.path("run"), path)[0], model.probabilities(images))
    var card = model.card
    card.normalization = nil
    let plain = SavedModel(card: card, network: model.network, point: model.point).probabilities(images)
    expect(try predict(quarters.path("run"), path, "--normalize", "none")[0], plain)
    #expect((plain - model.probabilities(images)).abs().amax().double > 1e-3)
    // The same of a copy of the weights alone.
    let weights = try predict(
      "--network", "mlp", "--set", "hidden=16", "--set", "channels=1", "--set", "size=8", "--set",
      "classes=4",
      "--weights", quarters.path("run/model.safetensors"), path)
    expect(weights[0], plain)
  }

  @Test func whatIsWrong() throws {
    func refused(_ arguments: [String], _ words: String..., code: Int32 = 1) throws {
      let result = try Program.run(["predict"] + arguments + ["--json"])
      #expect(result.code == code && result.output.isEmpty, "\(result)")
      for word in words { #expect(result.errors.contains(word), "\(result.errors)") }
    }
    let run = quarters.path("run")
    let good = try picture("good.png", quarter: 0, side: 60)
    let bytes = try Foundation.Data(contentsOf: URL(fileURLWithPath: good))
    try bytes.prefix(bytes.count - 20).write(to: quarters.folder.file("cut.png"))
    try refused([run, good, quarters.path("cut.png")], "cut.png", "cut off")
    try Foundation.Data("hello".utf8).write(to: quarters.folder.file("text.png"))
    try refused([run, quarters.path("text.png")], "text.png")
    try refused([run, quarters.path("none.png")], "none.png", "check the path")
    try refused([run, good, "--top", "0"], "--top must be at least 1", code: 64)
    try refused([run], "no pictures given", code: 64)
    try refused([quarters.path("nowhere"), good], "nowhere")

    let file = try Safetensors(reading: quarters.folder.file("run/model.safetensors"))
    let damaged = try file.names.map { name in
      (name: name, tensor: name == "fc_2.bias" ? Tensor([Double.nan, 0, 0, 0]) : try #require(file[name]))
    }
    try Safetensors.write(damaged, metadata: file.metadata, to: quarters.folder.file("nan.safetensors"))
    try refused(
      [quarters.path("nan.safetensors"), good], "good.png: the network's answer is no finite number")
  }
}
