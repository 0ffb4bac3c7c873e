import ArgumentParser
import Command
import Experiments
import Foundation
import Torch

/// `salar export`
struct ExportCommand: TensorCommand {
  static let configuration = CommandConfiguration(
    commandName: "export", abstract: "A trained network for another framework, or from one.",
    discussion: """
      Example: salar export runs/first --to pytorch exported

      From PyTorch: salar export --from W.pth --network resnet18 --set classes=10 --to safetensors imported
      The folder written can be used like a run: salar evaluate imported --on DATA
      """)

  enum Target: String, ExpressibleByArgument, CaseIterable {
    case pytorch, safetensors
  }

  @Argument(
    help: ArgumentHelp(
      "The folder of a run or a model file (not with --from), then the folder to write; made if need be.",
      valueName: "run> <folder"))
  var paths: [String]

  @Option(
    help: ArgumentHelp(
      "Weights from elsewhere: .safetensors, or a state dictionary of PyTorch (.pth).", valueName: "file"))
  var from: String?

  @OptionGroup var architecture: ArchitectureOptions

  @Option(
    help:
      "pytorch: the state dictionary and a Python file that loads it; safetensors: the state dictionary alone."
  )
  var to: Target

  @OptionGroup var written: WrittenOptions

  mutating func validate() throws {
    let expected = from == nil ? ["RUN", "FOLDER"] : ["FOLDER"]
    guard paths.count == expected.count else {
      throw ValidationError(
        "expected \(expected.joined(separator: " and "))\(from == nil ? "" : " beside --from"), "
          + "found \(paths.joined(separator: " "))")
    }
    if from == nil, architecture.isGiven {
      throw ValidationError("--network and --set go with --from; a run knows its own")
    }
  }

  func work() throws {
    let model =
      try from.map { try architecture.model(weights: $0, device: .cpu) }
      ?? architecture.renormalized(SavedModel(reading: URL(fileURLWithPath: paths[0])))
    let folder = URL(fileURLWithPath: paths.last!)
    let target = folder.appendingPathComponent(SavedModel.fileName).resolvingSymlinksInPath()
    if let from, URL(fileURLWithPath: from).resolvingSymlinksInPath().path == target.path {
      throw CommandError("\(from): would be overwritten by what is made of it; choose another folder")
    }
    let files: [URL]
    switch to {
    case .pytorch: files = try PyTorchExport.write(model, to: folder)
    case .safetensors: files = [try SafetensorsExport.write(model, to: folder)]
    }
    try written.report(files.map(\.path))
  }
}
