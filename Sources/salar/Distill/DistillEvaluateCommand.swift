import ArgumentParser
import Command
import Data
import Experiments
import Foundation

/// `salar distill evaluate`
struct DistillEvaluateCommand: TensorCommand {
  static let configuration = CommandConfiguration(
    commandName: "evaluate",
    abstract: "Train fresh networks on a distilled set and test them on real images.",
    discussion: """
      Example: salar distill evaluate runs/ftd --networks convnet,resnet18 --repeats 5

      Every network starts from fresh weights, sees the average of the images where one was kept, and is tested once, after its
      last epoch. The training is that of MTT and FTD: momentum 0.9, decay 5e-4, batches of 256, DSA, the learned step size,
      which falls to a tenth half-way.
      """)

  @Argument(help: "The folder of a distillation, or its distilled.safetensors.")
  var run: String

  @Option(
    help: ArgumentHelp(
      "Architectures, with settings after colons: convnet,resnet18:norm=instance.", valueName: "names"))
  var networks: String?

  @Option(help: "Fresh networks of each.")
  var repeats = 5

  @Option(help: "The data to test on; the one that was distilled if not given.")
  var on: String?

  @Option(help: "The data's format; found by looking if not given.")
  var format: String?

  @Option(help: "Epochs of training.")
  var epochs = 1000

  @Option(help: "The learning rate; the learned step size if not given.")
  var lr: Double?

  @Option(help: "Families of the augmentation joined with _, or none; DSA's six if not given.")
  var augment: String?

  @Option(help: "Which images: average, or final as they are after the last iteration.")
  var images = "average"

  @Option(help: "The seed of the networks.")
  var seed: UInt64 = 0

  @Flag(help: "One JSON document.")
  var json = false

  @OptionGroup var machine: MachineOptions

  private struct Answer: Encodable {
    var method: String
    var ipc: Int
    var data: String
    var epochs: Int
    var images: String
    var networks: [DistillationEvaluation.Result]
  }

  func work() throws {
    guard repeats >= 1 else { throw ValidationError("--repeats must be 1 or more, found \(repeats)") }
    guard epochs >= 1 else { throw ValidationError("--epochs must be 1 or more, found \(epochs)") }
    guard let which = DistillationEvaluation.Images(rawValue: images) else {
      throw ValidationError("--images must be average or final, found \(images)")
    }
    if let lr, !(lr > 0 && lr.isFinite) { throw ValidationError("--lr must be above 0, found \(lr)") }
    let device = try machine.apply()
    let set = try DistilledSet(reading: URL(fileURLWithPath: run))
    var choice = set.card.data
    if let on { (choice.path, choice.format) = (on, format) }
    let test = try choice.open(.test)
    var evaluation = DistillationEvaluation()
    (evaluation.training.epochs, evaluation.training.lr) = (epochs, lr ?? 0)
    if let augment { evaluation.training.strategy = augment }
    (evaluation.images, evaluation.seed) = (which, seed)
    let names = (networks ?? set.card.model.network.name).split(separator: ",").map(String.init)
    let results = try evaluation.evaluate(set, on: test, networks: names, repeats: repeats, device: device)
    if json {
      return try CommandOutput.json(
        Answer(
          method: set.card.method, ipc: set.card.perClass, data: choice.path, epochs: epochs, images: images,
          networks: results))
    }
    var table = Table(["network", "test accuracy (%)", "networks"])
    for result in results {
      table.append([
        result.network, String(format: "%.2f ± %.2f", 100 * result.mean, 100 * result.std),
        "\(result.runs.count)",
      ])
    }
    try CommandOutput.line(table.text)
  }
}
