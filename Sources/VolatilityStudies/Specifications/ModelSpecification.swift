import Volatility

/// A volatility model as the flags of the program spell it.
///
/// ```swift
/// let model = try ModelSpecification(variance: "gjr:1,1,1", distribution: "t", x: "csad,GIs").model()
/// print(ModelSpecification(model).arguments.joined(separator: " "))
/// ```
public struct ModelSpecification: Sendable, Equatable {
  /// `--mean`; see ``MeanSpecification``.
  public var mean: String
  /// `--mean-x`: columns in the mean, of the same day unless they say otherwise (`COL@lagged`).
  public var meanX: String
  /// `--variance`.
  public var variance: String
  /// `--measure`: the column of realised variances of `har`.
  public var measure: String
  /// `--distribution`.
  public var distribution: String
  /// `--start`.
  public var start: String
  /// `--x`: columns in the variance.
  public var x: String
  /// `--x-timing`, of all columns in `x` that do not say otherwise.
  public var xTiming: String
  /// `--x-form`, of all columns in `x`.
  public var xForm: String

  public init(
    mean: String = "constant", meanX: String = "", variance: String = "garch:1,1", measure: String = "",
    distribution: String = "normal", start: String = "ewma", x: String = "", xTiming: String = "same",
    xForm: String = "additive"
  ) {
    self.mean = mean
    self.meanX = meanX
    self.variance = variance
    self.measure = measure
    self.distribution = distribution
    self.start = start
    self.x = x
    self.xTiming = xTiming
    self.xForm = xForm
  }

  /// The words for a model.
  public init(_ model: VolatilityModel) {
    let inMean = model.regressors.filter { $0.equation == .mean }
    let inVariance = model.regressors.filter { $0.equation != .mean }
    let common = inVariance.first?.timing ?? .same
    let isCommon = inVariance.allSatisfy { $0.timing == common }
    var form = Regressor.VarianceForm.additive
    if case .variance(let first)? = inVariance.first?.equation { form = first }
    self.init(
      mean: model.mean.specification,
      meanX: RegressorList(inMean.map { .init($0.name, timing: $0.timing == .same ? nil : $0.timing) }).text,
      variance: model.variance.specification, measure: model.variance.measure,
      distribution: model.distribution.specification,
      start: model.initialisation.specification,
      x: RegressorList(inVariance.map { .init($0.name, timing: isCommon ? nil : $0.timing) }).text,
      xTiming: isCommon ? common.specification : "same", xForm: form.specification)
  }

  /// The model; regressors of the mean stand first.
  ///
  /// - Throws: `VolatilityError` that names the text at fault, and where the parts do not fit.
  public func model() throws(VolatilityError) -> VolatilityModel {
    let mean = try MeanSpecification(parsing: mean)
    let form = try Regressor.VarianceForm(parsing: xForm)
    let timing = try Regressor.Timing(parsing: xTiming)
    let inMean = try RegressorList(parsing: meanX, flag: "--mean-x").entries.map {
      Regressor($0.name, in: .mean, timing: $0.timing ?? .same)
    }
    let inVariance = try RegressorList(parsing: x, flag: "--x").entries.map {
      Regressor($0.name, in: .variance(form), timing: $0.timing ?? timing)
    }
    guard !mean.needsRegressors || !inMean.isEmpty else {
      throw VolatilityError(
        .specification, "mean '\(self.mean)' has regressors, and none are named; name them: --mean-x COL,COL")
    }
    let model = VolatilityModel(
      mean: mean.model, variance: try VarianceModel(parsing: variance, measure: measure),
      distribution: try InnovationDistribution(parsing: distribution), regressors: inMean + inVariance,
      initialisation: try Initialisation(parsing: start))
    _ = try model.parameterNames()
    return model
  }

  /// The flags, for reports and commands to repeat; those without regressors leave out what is about them.
  public var arguments: [String] {
    var all = ["--mean", mean]
    if !meanX.isEmpty { all += ["--mean-x", meanX] }
    all += ["--variance", variance]
    if !measure.isEmpty { all += ["--measure", measure] }
    all += ["--distribution", distribution, "--start", start]
    if !x.isEmpty { all += ["--x", x, "--x-timing", xTiming, "--x-form", xForm] }
    return all
  }
}

extension VolatilityModel {
  /// For tables: `AR(1) GJR(1,1,1)-X, Student's t`. A constant mean and the normal distribution are not mentioned.
  public var title: String {
    let isPlain = mean == .constant
    let x = regressors.contains { $0.equation != .mean } ? "-X" : ""
    let meanX = regressors.contains { $0.equation == .mean } ? "X" : ""
    let first = isPlain && meanX.isEmpty ? "" : mean.title + meanX + " "
    return first + variance.title + x + (distribution == .normal ? "" : ", \(distribution.title)")
  }
}
