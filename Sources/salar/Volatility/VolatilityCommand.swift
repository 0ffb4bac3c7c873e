import ArgumentParser

/// `salar volatility`: univariate volatility models, their tests and forecasts, herding, the study of a sector.
struct VolatilityCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "volatility",
    abstract: "GARCH with regressors, forecasts, tests, herding, the study of a sector.",
    subcommands: [
      VolatilityFitCommand.self, VolatilityCompareCommand.self, VolatilityForecastCommand.self,
      VolatilityBacktestCommand.self,
      VolatilitySimulateCommand.self, VolatilityMonteCarloCommand.self, VolatilityTestCommand.self,
      VolatilityHerdingCommand.self, VolatilityStudyCommand.self,
      VolatilityLikelihoodCommand.self,
    ])
}
