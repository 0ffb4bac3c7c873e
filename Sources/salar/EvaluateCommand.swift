import ArgumentParser
import Command
import Data
import Experiments
import Foundation
import Networks
import Torch
import Training

/// `salar evaluate`
struct EvaluateCommand: TensorCommand {
  static let configuration = CommandConfiguration(
    commandName: "evaluate", abstract: "Accuracy, loss and calibration of a trained network.",
    discussion: "Example: salar evaluate runs/first --on builtin:gray --json")

  @Argument(help: "The folder of a run, or a model file.")
  var run: String?

  @OptionGroup var model: ModelOptions

  @Option(help: "The data: a folder or file of images, a distilled set, builtin:gray or builtin:color.")
  var on: String

  @Option(help: "train or test; test if not given, or of a distilled set, which is all training, train.")
  var split: String?

  @Option(help: "The data's format; found by looking if not given.")
  var format: String?

  @Option(
    help: "Resize pictures of folders and tables to squares of this side; the network's own if not given.")
  var imageSize: Int?

  @Option(help: "How pictures come to that size; as in training if not given.")
  var resize: PictureResize?

  @Option(help: "Channels of pictures of folders and tables; the network's own if not given.")
  var channels: Picture.Channels?

  @Option(help: "Ten classes of a folder with ImageNet.")
  var subset: ImageNetSubset?

  @Option(help: "σ of Gaussian noise on the pixels in [0, 1].")
  var noise = 0.0

  @Option(help: "The seed of the noise.")
  var seed: UInt64 = 0

  @Option(help: "Also write an HTML page with classes and sample predictions to this file.")
  var report: String?

  @Flag(help: "One JSON document.")
  var json = false

  @Flag(help: "Say what would be evaluated on what, and stop.")
  var dryRun = false

  @OptionGroup var machine: MachineOptions

  struct Answer: Encodable {
    var accuracy: Double
    var top5: Double
    var loss: Double
    var ece: Double
    var count: Int
    var perClass: [Double?]
    var confusion: [[Int]]
    var classNames: [String]
    var noise: Double
    var samples: SamplePredictions
  }

  func work() throws {
    if let split, DataSet.Split(rawValue: split) == nil {
      throw ValidationError("--split must be train or test, found \(split)")
    }
    // Pixels are in [0, 1]: far below the bound nothing of an image is left.
    guard (0...SavedModel.mostNoise).contains(noise) else {
      throw ValidationError("--noise must be in 0…\(Int(SavedModel.mostNoise)), found \(noise)")
    }
    let device = try machine.apply()
    var model = try model.model(run, machine, device: device)
    var choice = TrainRecipe.DataChoice()
    (choice.path, choice.format, choice.subset) = (on, format, subset)
    let part = split.flatMap(DataSet.Split.init) ?? (choice.isDistilled ? .train : .test)
    choice = try model.fitting(choice)
    choice.imageSize = imageSize ?? choice.imageSize
    choice.channels = channels ?? choice.channels
    choice.resize = resize ?? choice.resize
    let data = try choice.open(part)
    try model.check(data)
    model = model.named(by: data)
    if dryRun { return try plan(model, data) }
    let result = try machine.computing(on: device) { try model.evaluate(data, noise: noise, seed: seed) }
    try answer(result, model)
    if let report {
      let conditions = [
        ("data", on), ("split", part.rawValue), ("noise on pixels (σ)", "\(noise)"), ("device", "\(device)"),
        ("precision", machine.precision ?? model.point.dtype.name),
      ]
      try EvaluationReport.write(
        result, of: model, named: run ?? self.model.weights!, on: data, conditions: conditions,
        to: URL(fileURLWithPath: report))
      CommandOutput.remark("wrote \(report)")
    }
  }

  private func answer(_ result: Evaluation, _ model: SavedModel) throws {
    if json {
      return try CommandOutput.json(
        Answer(
          accuracy: result.accuracy, top5: result.top5, loss: result.loss, ece: result.ece,
          count: result.count,
          perClass: result.perClass, confusion: result.confusion, classNames: model.card.classNames,
          noise: noise, samples: result.samples))
    }
    func share(_ value: Double) -> String { String(format: "%.4f", value) }
    var table = Table(["images", "accuracy", "top 5", "loss", "calibration error"])
    table.append([
      "\(result.count)", share(result.accuracy), share(result.top5), share(result.loss), share(result.ece),
    ])
    try CommandOutput.line(table.text)
    var classes = Table(["class", "images", "recognised"])
    for (index, recognised) in result.perClass.enumerated() {
      let name = model.card.classNames.indices.contains(index) ? model.card.classNames[index] : "\(index)"
      classes.append([name, "\(result.confusion[index].reduce(0, +))", recognised.map(share) ?? "–"])
    }
    try CommandOutput.line("\n" + classes.text)
  }

  private struct Plan: Encodable {
    var network: String
    var parameters: Int
    var data: String
    var split: DataSet.Split
    var count: Int
    var device: String
  }

  private func plan(_ model: SavedModel, _ data: DataSet) throws {
    let plan = Plan(
      network: model.card.network.name, parameters: model.network.layout.count, data: data.name,
      split: data.split,
      count: data.count, device: machine.device)
    if json { return try CommandOutput.json(plan) }
    try CommandOutput.line(
      "\(plan.network) with \(plan.parameters) parameters on \(plan.count) images of \(plan.data) (\(plan.split)), "
        + "on \(plan.device)")
  }
}
