import ArgumentParser
import Command
import Data
import Experiments
import Foundation
import Runs

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

      --selection says which images count: final, those of the last iteration; validation, those of the kept iteration
      (--set keepEvery=N of the run) that does best on training images which the distillation was not given; published, as in the
      papers' code, those that do best on the test set, networks for the average going on from those for the images before:
      higher than what a new network reaches. What is found is kept in RUN/evaluation.json for salar report.
      """)

  @Argument(
    help: "The folder of a distillation, its distilled.safetensors, or a set that it kept (in points/).")
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

  @Option(help: "Which iteration counts: final, validation or published.")
  var selection = "final"

  @Option(help: "The seed of the networks.")
  var seed: UInt64 = 0

  @Flag(help: "One JSON document.")
  var json = false

  @OptionGroup var machine: MachineOptions

  func work() throws {
    guard repeats >= 1 else { throw ValidationError("--repeats must be 1 or more, found \(repeats)") }
    guard epochs >= 1 else { throw ValidationError("--epochs must be 1 or more, found \(epochs)") }
    guard let which = DistillationEvaluation.Images(rawValue: images) else {
      throw ValidationError("--images must be average or final, found \(images)")
    }
    guard let choice = DistillationEvaluation.Selection(rawValue: selection) else {
      throw ValidationError("--selection must be final, validation or published, found \(selection)")
    }
    guard which == .average || choice != .published else {
      throw ValidationError("--images says nothing with --selection published, which looks at both")
    }
    try machine.requireFloat32()
    if on == nil, format != nil { throw ValidationError("--format is that of --on, which is missing") }
    if let lr, !(lr > 0 && lr.isFinite) { throw ValidationError("--lr must be above 0, found \(lr)") }
    let device = try machine.apply()
    let url = URL(fileURLWithPath: run)
    let set = try DistilledSet(reading: url)
    var data = set.card.data
    if let on { (data.path, data.format) = (on, format) }
    let test = try data.open(.test)
    var evaluation = DistillationEvaluation()
    (evaluation.training.epochs, evaluation.training.lr) = (epochs, lr ?? 0)
    if let augment { evaluation.training.strategy = augment }
    (evaluation.images, evaluation.selection, evaluation.seed) = (which, choice, seed)
    let names = (networks ?? set.card.model.network.name).split(separator: ",").map(String.init)
    let kept = choice == .final ? [] : try DistilledSet.kept(in: url)
    guard !names.isEmpty else { throw ValidationError("--networks names none") }
    let results = try evaluation.evaluate(
      set, kept: kept, on: test, networks: names, repeats: repeats, device: device)
    let record = EvaluationRecord(set, evaluation, data: data.path, results)
    if RunFolder.isRun(url) { try record.add(to: url) }
    if json { return try CommandOutput.json(record) }
    var table = Table(["network", "test accuracy (%)", "networks", "iteration"])
    for result in results {
      table.append([
        result.network, String(format: "%.2f ± %.2f", 100 * result.mean, 100 * result.std),
        "\(result.runs.count)", "\(result.iteration)",
      ])
    }
    try CommandOutput.line(table.text)
    if choice == .published {
      CommandOutput.remark(
        "the best of the run on the test set, as published: more than what a new network reaches")
    }
  }
}
