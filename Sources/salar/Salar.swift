import ArgumentParser
import Command
import Torch

@main
struct Salar: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "salar",
    abstract: "Flat minima, distilled data, attacks and defences, neural ODEs, volatility.",
    version: "salar 0.1.0 (libtorch \(Runtime.libtorchVersion))",
    subcommands: [NetworkCommand.self, DataCommand.self])
}
