/// Several models fitted to the same observations, ranked by an information criterion.
public struct ModelComparison: Sendable {
  public enum Criterion: String, Sendable, CaseIterable {
    case aic, bic, hqic
  }

  public struct Candidate: Sendable {
    public let name: String
    public let model: VolatilityModel
    public let options: FitOptions
    public init(_ name: String, _ model: VolatilityModel, options: FitOptions = FitOptions()) {
      self.name = name
      self.model = model
      self.options = options
    }
  }

  public struct Entry: Sendable {
    public let name: String
    public let model: VolatilityModel
    public let fit: VolatilityFit

    public func value(_ criterion: Criterion) -> Double {
      switch criterion {
      case .aic: fit.aic
      case .bic: fit.bic
      case .hqic: fit.hqic
      }
    }
  }

  /// Models that were fitted, best first by `criterion`.
  public let entries: [Entry]
  public let failures: [(name: String, error: VolatilityError)]
  public let criterion: Criterion
  /// Observations in every likelihood: models that condition on fewer of the first ones begin as late as those that
  /// condition on most.
  public let observations: Int

  /// - Parameters:
  ///   - candidates: models with names.
  ///   - returns: [n].
  ///   - columns: [n] for each regressor of any of the models.
  ///   - threads: nil: as many as there are cores.
  /// - Throws: ``VolatilityError`` where there are no candidates, names repeat, a model's parts do not fit, or no model could
  ///   be fitted.
  public init(
    _ candidates: [Candidate], _ returns: [Double], regressors columns: [String: [Double]] = [:],
    criterion: Criterion = .aic, threads: Int? = nil
  ) throws(VolatilityError) {
    guard !candidates.isEmpty else { throw VolatilityError(.specification, "there are no models to compare") }
    let names = candidates.map(\.name)
    if let twice = names.first(where: { name in names.filter { $0 == name }.count > 1 }) {
      throw VolatilityError(.specification, "two models are named '\(twice)'")
    }
    var dropped: [Int] = []
    for one in candidates { dropped.append(try Specification(one.model).dropped) }
    let most = dropped.max()!
    guard returns.count > most else {
      throw VolatilityError(
        .data, "\(returns.count) observations, of which a model conditions on \(most): none are left")
    }
    let cuts = dropped.map { most - $0 }
    let results = Parallel.map(candidates.count, threads: threads) {
      i -> Result<VolatilityFit, VolatilityError> in
      let cut = cuts[i]
      // A column of another length is an error that the fit names; it is passed on as it is.
      let used = columns.mapValues { $0.count == returns.count ? Array($0[cut...]) : $0 }
      do throws(VolatilityError) {
        return .success(
          try candidates[i].model.fit(
            Array(returns[cut...]), regressors: used, options: candidates[i].options))
      } catch { return .failure(error) }
    }
    var entries: [Entry] = []
    var failures: [(name: String, error: VolatilityError)] = []
    for (one, result) in zip(candidates, results) {
      switch result {
      case .success(let fit): entries.append(Entry(name: one.name, model: one.model, fit: fit))
      case .failure(let error): failures.append((one.name, error))
      }
    }
    guard !entries.isEmpty else {
      throw VolatilityError(
        .estimation,
        "none of the models could be fitted; '\(failures[0].name)': \(failures[0].error.message)")
    }
    self.criterion = criterion
    self.failures = failures
    self.entries = Self.sorted(entries, criterion)
    observations = returns.count - most
  }

  /// Best first by another criterion.
  public func ranked(by criterion: Criterion) -> [Entry] { Self.sorted(entries, criterion) }

  /// exp(−½Δ) of each entry, in their order, as a share of their sum (Akaike weights where the criterion is AIC).
  public var weights: [Double] {
    let best = entries[0].value(criterion)
    let shares = entries.map { _exp(-0.5 * ($0.value(criterion) - best)) }
    let sum = shares.reduce(0, +)
    return shares.map { $0 / sum }
  }

  private static func sorted(_ entries: [Entry], _ criterion: Criterion) -> [Entry] {
    entries.enumerated().sorted { a, b in
      let (x, y) = (a.element.value(criterion), b.element.value(criterion))
      return x != y ? x < y : a.offset < b.offset
    }.map(\.element)
  }
}
