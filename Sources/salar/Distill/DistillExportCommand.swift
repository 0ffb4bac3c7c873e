import ArgumentParser
import Command
import Experiments
import Foundation

/// `salar distill export`
struct DistillExportCommand: TensorCommand {
  static let configuration = CommandConfiguration(
    commandName: "export",
    abstract: "Write a distilled set for other programs: pictures in folders, or NPZ.",
    discussion: """
      Example: salar distill export runs/ftd --to npz exported

      npz holds images as networks see them, pixels, labels and stepSize, exact; folder holds a PNG an image in a folder a
      class, cut to [0, 1].
      """)

  @Argument(
    help: "The folder of a distillation, its distilled.safetensors, or a set that it kept (in points/).")
  var run: String

  @Option(name: .customLong("to"), help: "folder or npz.")
  var form: String

  @Argument(help: "A new or empty folder.")
  var folder: String

  @OptionGroup var written: WrittenOptions

  func work() throws {
    guard let form = DistilledExport.Form(rawValue: form) else {
      throw ValidationError("--to must be folder or npz, found \(form)")
    }
    let set = try DistilledSet(reading: URL(fileURLWithPath: run))
    let files = try DistilledExport.write(set, form, to: URL(fileURLWithPath: folder))
    try written.report(
      files.map(\.path), remark: files.count == 1 ? nil : "wrote \(files.count) pictures to \(folder)")
  }
}
