import ArgumentParser
import Command
import Experiments
import Foundation

/// `salar distill nas`
struct DistillNASCommand: TensorCommand {
  static let configuration = CommandConfiguration(
    commandName: "nas",
    abstract: "How well a distilled set ranks 720 ConvNets, beside training them on real images.",
    discussion: """
      Example: salar distill nas runs/ftd --count 24 --widths 32,64 --depths 1,2,3 --real-epochs 20

      Depth 1 to 4, width 32 to 256, five norms, three activations and three poolings are combined; --count draws some of
      them. Each is trained on the distilled set and on real images and tested after both. Spearman's rank correlation is that of the
      best 5, 10 and 20 on real images, and of all. Architectures are files of RUN/nas: the same command goes on where it was
      stopped, and salar report draws them.
      """)

  @Argument(help: "The folder of a distillation, or its distilled.safetensors.")
  var run: String

  @Option(help: "Architectures, drawn from the space.")
  var count = 720

  @Option(help: "Depths to combine.")
  var depths = "1,2,3,4"

  @Option(help: "Widths to combine.")
  var widths = "32,64,128,256"

  @Option(help: "Epochs on the distilled set.")
  var epochs = 200

  @Option(help: "The learning rate on the distilled set; the learned step size if not given.")
  var lr: Double?

  @Option(help: "Epochs on real images.")
  var realEpochs = 20

  @Option(help: "The learning rate on real images.")
  var realLR = 0.01

  @Option(help: "Batches of real images.")
  var realBatch = 256

  @Option(help: "Train on the first so many real images; as distilled if not given.")
  var trainLimit: Int?

  @Option(help: "Test on the first so many; all if not given.")
  var testLimit: Int?

  @Option(help: "The seed of architectures and trainings.")
  var seed: UInt64 = 0

  @Option(help: "The folder of the search; RUN/nas if not given.")
  var out: String?

  @Flag(help: "One JSON document.")
  var json = false

  @OptionGroup var machine: MachineOptions

  func work() throws {
    try machine.requireFloat32()
    let device = try machine.apply()
    var settings = ArchitectureSearch.Settings()
    (settings.space.depths, settings.space.widths) = (
      try numbers("--depths", depths), try numbers("--widths", widths)
    )
    (settings.count, settings.proxyEpochs, settings.realEpochs) = (count, epochs, realEpochs)
    (settings.realBatch, settings.realLR, settings.proxyLR) = (realBatch, realLR, lr ?? 0)
    (settings.trainLimit, settings.testLimit, settings.seed, settings.set) = (
      trainLimit, testLimit, seed, run
    )
    if let lr, !(lr > 0 && lr.isFinite) { throw ValidationError("--lr must be above 0, found \(lr)") }
    if out == nil, run.hasSuffix(".safetensors") {
      throw ValidationError("--out is missing: a file alone has no folder for what is found")
    }
    let folder = URL(fileURLWithPath: out ?? "\(run)/\(ArchitectureSearch.folderName)")
    guard case .complete(let answer) = try ArchitectureSearch(settings).run(in: folder, device: device) else {
      CommandOutput.remark("stopped; the same command goes on from here")
      throw ExitCode(1)
    }
    if json { return try CommandOutput.json(answer) }
    var table = Table(["architecture", "parameters", "real images (%)", "distilled set (%)"])
    for one in answer.architectures.prefix(20) {
      table.append([
        one.name, "\(one.parameters)", String(format: "%.2f", 100 * one.real),
        String(format: "%.2f", 100 * one.proxy),
      ])
    }
    try CommandOutput.line(table.text)
    let names = [("top5", "best 5"), ("top10", "best 10"), ("top20", "best 20"), ("all", "all")]
    let found = names.compactMap { key, name in
      answer.spearman[key].map { String(format: "%@ %.2f", name, $0) }
    }
    try CommandOutput.line(
      "\nSpearman: \(found.joined(separator: ", ")) of \(answer.architectures.count); "
        + String(
          format: "%.0f s on the distilled set, %.0f s on real images", answer.proxySeconds,
          answer.realSeconds))
  }

  private func numbers(_ flag: String, _ text: String) throws -> [Int] {
    let found = text.split(separator: ",", omittingEmptySubsequences: false).map { Int($0) }
    guard !found.isEmpty, found.allSatisfy({ $0 ?? 0 >= 1 }) else {
      throw ValidationError("\(flag) must be whole numbers above 0, as in 1,2,3; found \(text)")
    }
    return found.compactMap { $0 }
  }
}
