import ArgumentParser
import Command
import Experiments
import Foundation

/// `salar distill error`
struct DistillErrorCommand: TensorCommand {
  static let configuration = CommandConfiguration(
    commandName: "error",
    abstract:
      "How far students of a distilled set come off the experts' paths (accumulated trajectory error).",
    discussion: """
      Example: salar distill error runs/ftd --experts 3 --samples 2000

      One student is trained on the images from the expert's first weights on, as many steps a segment as the set was distilled
      with; another sets out from the expert anew in every segment. What is said is their test loss less the expert's, and the
      distance of the first over the expert's way. It is kept in RUN/error.json, from which salar report draws the curves.
      """)

  @Argument(help: "The folder of a distillation.")
  var run: String

  @Option(help: "The folder of the experts; that of the distillation if not given.")
  var store: String?

  @Option(help: "Experts to follow, from the first.")
  var experts = 3

  @Option(help: "Epochs to follow them; all if not given.")
  var epochs: Int?

  @Option(help: "Test images, drawn by a fixed seed.")
  var samples = 2_000

  @Option(help: "Steps of the student in a segment; as distilled if not given.")
  var steps: Int?

  @Option(help: "Epochs of the expert in a segment; as distilled if not given.")
  var expertEpochs: Int?

  @Option(help: "The student's step size; the learned one if not given.")
  var stepSize: Double?

  @Option(help: "Which images: average, or final as they are after the last iteration.")
  var images = "average"

  @Option(help: "The seed of what the students see.")
  var seed: UInt64 = 0

  @Flag(help: "One JSON document.")
  var json = false

  @OptionGroup var machine: MachineOptions

  func work() throws {
    for (name, value) in [
      ("--experts", experts), ("--samples", samples), ("--epochs", epochs ?? 1), ("--steps", steps ?? 1),
      ("--expert-epochs", expertEpochs ?? 1),
    ] where value < 1 {
      throw ValidationError("\(name) must be 1 or more, found \(value)")
    }
    guard let which = DistillationEvaluation.Images(rawValue: images) else {
      throw ValidationError("--images must be average or final, found \(images)")
    }
    try machine.requireFloat32()
    let device = try machine.apply()
    var measurement = TrajectoryErrorMeasurement()
    (measurement.experts, measurement.epochs, measurement.samples) = (experts, epochs, samples)
    (measurement.steps, measurement.expertEpochs, measurement.stepSize) = (steps, expertEpochs, stepSize)
    (measurement.images, measurement.seed) = (which, seed)
    let url = URL(fileURLWithPath: run)
    let answer = try measurement.measure(
      url, store: store.map { URL(fileURLWithPath: $0) }, device: device)
    try answer.write(to: url)
    if json { return try CommandOutput.json(answer) }
    var table = Table(["epochs", "expert's test loss", "accumulated", "matching alone", "distance"])
    for (place, epoch) in answer.epochs.enumerated() {
      func mean(_ path: KeyPath<TrajectoryErrorMeasurement.Course, [Double]>) -> String {
        let values = answer.courses.map { $0[keyPath: path][place] }
        return String(format: "%.4f", values.reduce(0, +) / Double(values.count))
      }
      table.append(["\(epoch)", mean(\.expertLoss), mean(\.accumulated), mean(\.matching), mean(\.distance)])
    }
    try CommandOutput.line(table.text)
    CommandOutput.remark("means over \(answer.courses.count) experts; wrote \(run)/error.json")
  }
}
