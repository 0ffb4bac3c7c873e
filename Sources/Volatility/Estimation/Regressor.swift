/// A series that enters the mean or the variance, by the name of its column.
public struct Regressor: Sendable, Equatable {
  /// Where it enters.
  public enum Equation: Sendable, Equatable {
    /// theta[name] · x in the mean.
    case mean
    /// In the variance, as `form` says.
    case variance(VarianceForm)
  }

  public enum VarianceForm: String, Sendable, Equatable {
    /// phi[name] · x beside ω, in the equation of σ^p (of ln σ² in EGARCH). phi ≥ 0 and x ≥ 0, which is enough for
    /// positive variances; in EGARCH any.
    case additive
    /// As additive, with phi of any sign: ω + Σ phi x_t > 0 is asked for at each observation of the sample.
    case additiveOnSample = "additive-sample"
    /// ω · exp(Σ phi x_t) in place of ω. In EGARCH this is the additive form.
    case exponential
  }

  /// What x the equation of observation t reads.
  public enum Timing: Sendable, Equatable {
    /// x_t, which is known only with y_t.
    case same
    /// x_{t−k}, k ≥ 1: the first k observations are dropped.
    case lagged(Int)

    var lag: Int {
      switch self {
      case .same: 0
      case .lagged(let lag): lag
      }
    }
  }

  public var name: String
  public var equation: Equation
  public var timing: Timing

  public init(_ name: String, in equation: Equation = .variance(.additive), timing: Timing = .same) {
    self.name = name
    self.equation = equation
    self.timing = timing
  }

  var isInMean: Bool { equation == .mean }
}
