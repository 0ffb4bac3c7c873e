import ArgumentParser
import Command
import Torch

@main
struct Salar: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "salar",
    abstract: "Flat minima, distilled data, attacks and defences, neural ODEs, volatility.",
    version: "salar \(ProgramVersion.text) (libtorch \(Runtime.libtorchVersion))",
    subcommands: [
      TrainCommand.self, EvaluateCommand.self, SharpnessCommand.self, DistillCommand.self,
      PredictCommand.self,
      ReportCommand.self, ExportCommand.self, DataCommand.self, NetworkCommand.self, VolatilityCommand.self,
    ])
}
