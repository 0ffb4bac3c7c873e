/// A model fitted to one stretch of a series.
public struct RollingWindow: Sendable {
  /// The observations of the returns that were fitted to.
  public let range: Range<Int>
  public let fit: Result<VolatilityFit, VolatilityError>
  /// E[y] and σ² of observation `range.upperBound`, in the returns' unit and its square. With regressors of the same time
  /// these take the values that were seen then. nil where the fit failed or a regressor has no value there.
  public let forecast: (mean: Double, variance: Double)?
}

extension VolatilityModel {
  /// Fits the model again and again over a moving or growing window.
  ///
  /// Windows are taken in chunks of 25: the first of a chunk begins from a grid of starting points, the others from the
  /// estimates of the one before. A warm start whose search does not converge is repeated from the grid. Chunks run in
  /// parallel; results do not depend on the number of threads.
  ///
  /// - Parameters:
  ///   - returns: [n].
  ///   - columns: [n] for each regressor.
  ///   - window: the length of the window, of the first one where it expands.
  ///   - step: how far windows are apart.
  ///   - expanding: all windows begin at the first observation.
  ///   - threads: nil: as many as there are cores.
  /// - Returns: windows that end at observations `window`, `window + step`, … up to n; data that cannot be fitted to are an
  ///   error of their window.
  /// - Throws: ``VolatilityError`` for a window longer than the series, and for models and options that do not fit.
  public func rolling(
    _ returns: [Double], regressors columns: [String: [Double]] = [:], window: Int, step: Int = 1,
    expanding: Bool = false, options: FitOptions = FitOptions(), threads: Int? = nil
  ) throws(VolatilityError) -> [RollingWindow] {
    let specification = try Specification(self)
    guard window >= 1, step >= 1, window <= returns.count else {
      throw VolatilityError(
        .specification,
        "windows of \(window) observations in steps of \(step) over \(returns.count) returns: both are at least 1, the window at most the series"
      )
    }
    try checkColumns(specification, returns, columns)
    let ends = Array(stride(from: window, through: returns.count, by: step))
    let chunk = 25
    let chunks = (ends.count + chunk - 1) / chunk
    return Parallel.map(chunks, threads: threads) { index in
      var warm: [String: Double]?
      return ends[(index * chunk)..<min((index + 1) * chunk, ends.count)].map { end in
        let range = (expanding ? 0 : end - window)..<end
        let found = fitWindow(specification, returns, columns, range, options, warm)
        if case .success(let fit) = found.fit { warm = fit.status.hasConverged ? fit.parameterValues : nil }
        return found
      }
    }.flatMap { $0 }
  }

  private func checkColumns(
    _ specification: Specification, _ returns: [Double], _ columns: [String: [Double]]
  ) throws(VolatilityError) {
    for name in specification.model.columnNames {
      guard let values = columns[name] else {
        throw VolatilityError(.data, "regressor '\(name)' is not among the columns given")
      }
      guard values.count == returns.count else {
        throw VolatilityError(
          .data,
          "regressor '\(name)' has \(values.count) values, the returns have \(returns.count); give one a return"
        )
      }
    }
  }

  private func fitWindow(
    _ specification: Specification, _ returns: [Double], _ columns: [String: [Double]], _ range: Range<Int>,
    _ options: FitOptions, _ warm: [String: Double]?
  ) -> RollingWindow {
    let y = Array(returns[range])
    let cut = columns.mapValues { Array($0[range]) }
    func estimate(_ options: FitOptions) throws(VolatilityError) -> (VolatilityFit, Estimator, [Double]) {
      let estimator = try Estimator(self, y, cut, options)
      let (point, search) = try estimator.best()
      return (try estimator.summary(of: point, search), estimator, point.theta)
    }
    do throws(VolatilityError) {
      var found: (VolatilityFit, Estimator, [Double])?
      if let warm {
        var warmed = options
        warmed.starting = warm.merging(options.fixed) { _, fixed in fixed }
        if let result = try? estimate(warmed), result.0.status.hasConverged { found = result }
      }
      if found == nil { found = try estimate(options) }
      let (fit, estimator, theta) = found!
      let forecast = estimator.nextStep(theta) { one in
        let at = range.upperBound - one.timing.lag
        return at < returns.count ? columns[one.name]?[at] : nil
      }
      return RollingWindow(range: range, fit: .success(fit), forecast: forecast)
    } catch {
      return RollingWindow(range: range, fit: .failure(error), forecast: nil)
    }
  }

  /// Fits the model to many series, over the machine's cores.
  ///
  /// - Parameters:
  ///   - series: returns, of any lengths.
  ///   - columns: regressors of each series, or none.
  ///   - threads: nil: as many as there are cores.
  /// - Returns: a fit or an error for each series, in order; the same whatever the number of threads.
  public func fitEach(
    _ series: [[Double]], regressors columns: [[String: [Double]]] = [], options: FitOptions = FitOptions(),
    threads: Int? = nil
  ) -> [Result<VolatilityFit, VolatilityError>] {
    precondition(
      columns.isEmpty || columns.count == series.count,
      "\(columns.count) sets of regressors for \(series.count) series")
    return Parallel.map(series.count, threads: threads) { i in
      do throws(VolatilityError) {
        return .success(
          try fit(series[i], regressors: columns.isEmpty ? [:] : columns[i], options: options))
      } catch { return .failure(error) }
    }
  }
}
