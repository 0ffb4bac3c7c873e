import ArgumentParser
import Command
import Experiments
import Foundation
import Torch

/// `salar export`
struct ExportCommand: TensorCommand {
  static let configuration = CommandConfiguration(
    commandName: "export", abstract: "A trained network for another framework.",
    discussion: "Example: salar export runs/first --to pytorch exported")

  enum Target: String, ExpressibleByArgument, CaseIterable {
    case pytorch
  }

  @Argument(help: "The folder of a run, or a model file.")
  var run: String

  @Option(help: "pytorch: the state dictionary and a Python file that loads it.")
  var to: Target

  @Argument(help: "The folder to write; made if need be.")
  var folder: String

  func work() throws {
    let model = try SavedModel(reading: URL(fileURLWithPath: run))
    let files = try PyTorchExport.write(model, to: URL(fileURLWithPath: folder))
    CommandOutput.remark("wrote \(files.map(\.path).joined(separator: ", "))")
  }
}
