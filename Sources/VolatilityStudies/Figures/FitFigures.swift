import Command
import Foundation
import Reports
import Volatility

/// The pictures of one fitted model: returns within their bands, news impact, diagnostics.
public struct FitFigures: Sendable {
  public let returns: ReturnsFigure
  public let newsImpact: NewsImpactFigure
  public let diagnostics: DiagnosticFigures

  /// - Parameters:
  ///   - dates: of all observations, those included that the fit conditions on; nil for their numbers.
  ///   - columns: the regressors, by name: news impact holds them at their means.
  /// - Throws: `VolatilityError` for a fit without its series (see ``FitOptions/keepsSeries``).
  public init(
    _ fit: VolatilityFit, dates: [Day]?, columns: [String: [Double]] = [:]
  ) throws(VolatilityError) {
    let kept = dates.map { Array($0.dropFirst(fit.dropped)) }
    returns = try ReturnsFigure(
      returns: zip(fit.fittedMean, fit.residuals).map { $0 + $1 }, variance: fit.conditionalVariance,
      mean: fit.fittedMean, dates: kept)
    newsImpact = try NewsImpactFigure([NewsImpactCurve(fit, columns: columns)])
    let shape = fit.model.distribution.parameterNames.map { fit[$0]?.value ?? .nan }
    diagnostics = try DiagnosticFigures(
      fit.standardizedResiduals, dates: kept, law: fit.model.distribution, shape: shape)
  }

  public init(_ fit: VolatilityFit, _ data: ModelData) throws(VolatilityError) {
    try self.init(fit, dates: data.dates, columns: data.columns)
  }

  /// Draws all of them into a folder, which is made.
  ///
  /// - Throws: `CommandError` where the folder cannot be written or gnuplot fails.
  public func draw(in folder: String) throws(CommandError) -> [DrawnFigure] {
    let place = URL(fileURLWithPath: folder)
    do { try FileManager.default.createDirectory(at: place, withIntermediateDirectories: true) } catch {
      throw CommandError("\(folder): cannot be made: \(error.localizedDescription)")
    }
    return [
      try returns.draw("returns", in: place), try newsImpact.draw("news-impact", in: place),
      try diagnostics.all.draw("diagnostics", in: place),
    ]
  }
}

extension NewsImpactCurve {
  /// At the mean conditional variance, regressors at their means.
  ///
  /// - Parameter width: of the shocks to both sides; nil: four standard deviations.
  public init(
    _ fit: VolatilityFit, columns: [String: [Double]] = [:], name: String? = nil, width: Double? = nil
  ) throws(VolatilityError) {
    let variance = fit.conditionalVariance.mean
    let width = width ?? 4 * variance.squareRoot()
    try self.init(
      name ?? fit.model.title, fit.model, at: fit.parameterValues, before: variance,
      shocks: (-80...80).map { width * Double($0) / 80 }, regressors: columns.mapValues(\.mean))
  }
}

extension [Double] {
  var mean: Double { isEmpty ? .nan : reduce(0, +) / Double(count) }
}
