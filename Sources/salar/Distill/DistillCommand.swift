import ArgumentParser

/// `salar distill`
struct DistillCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "distill",
    abstract: "Small synthetic sets that train a network nearly as well as a large one.",
    subcommands: [
      DistillExpertsCommand.self, DistillRunCommand.self, DistillEvaluateCommand.self,
      DistillErrorCommand.self, DistillNASCommand.self, DistillExportCommand.self,
      DistillGradientCommand.self,
    ])
}
