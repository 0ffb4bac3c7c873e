import ArgumentParser
import Command
import Data
import Experiments
import Foundation
import Torch

/// `salar predict`
struct PredictCommand: TensorCommand {
  static let configuration = CommandConfiguration(
    commandName: "predict", abstract: "Labels and scores for your own pictures.",
    discussion: """
      Example: salar predict runs/first cat.jpg dog.png --top 3

      Plain weights: salar predict --network resnet18 --weights W.pth --normalize cifar10 cat.jpg
      """)

  @Argument(
    help: ArgumentHelp(
      "The folder of a run or a model file (not with --weights), then JPEG or PNG files.",
      valueName: "run> <pictures"))
  var paths: [String]

  @OptionGroup var model: ModelOptions

  @Option(help: "How many classes to name for each picture.")
  var top = 3

  @Flag(help: "One JSON document.")
  var json = false

  @OptionGroup var machine: MachineOptions

  struct Guess: Encodable {
    var label: String
    var probability: Double
  }

  struct Prediction: Encodable {
    var picture: String
    var guesses: [Guess]
  }

  func work() throws {
    guard top > 0 else { throw ValidationError("--top must be at least 1, found \(top)") }
    let pictures = model.weights == nil ? Array(paths.dropFirst()) : paths
    guard !pictures.isEmpty else { throw ValidationError("no pictures given") }
    let device = try machine.apply()
    let model = try model.model(model.weights == nil ? paths[0] : nil, machine, device: device)
    let predictions = try machine.computing(on: device) { try pictures.map { try predict(model, $0) } }
    if json { return try CommandOutput.json(predictions) }
    var table = Table(["picture", "label", "probability"])
    for prediction in predictions {
      for (rank, guess) in prediction.guesses.enumerated() {
        table.append([
          rank == 0 ? prediction.picture : "", guess.label, String(format: "%.4f", guess.probability),
        ])
      }
    }
    try CommandOutput.line(table.text)
  }

  private func predict(_ model: SavedModel, _ path: String) throws -> Prediction {
    let shape = model.network.inputShape
    let picture = try Picture(reading: path, channels: shape[0] == 1 ? .gray : .rgb)
      .resized(to: shape[1], model.card.resize ?? .shortSideThenCrop)
    let images = (picture.tensor.to(.float32) / 255).unsqueeze(0).to(model.point.device)
    let probabilities = model.probabilities(images)[0]
    guard probabilities.isfinite().all().item().double == 1 else {
      throw CommandError(
        "\(path): the network's answer is no finite number: its weights are damaged or diverged")
    }
    let (values, indices) = probabilities.topk(min(top, probabilities.count), dim: 0)
    let names = model.card.classNames
    let guesses = zip(values.array(of: Double.self), indices.array(of: Int.self)).map { probability, index in
      Guess(label: names.indices.contains(index) ? names[index] : "\(index)", probability: probability)
    }
    return Prediction(picture: path, guesses: guesses)
  }
}
