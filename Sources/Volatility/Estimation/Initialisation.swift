/// What stands for squared residuals and variances before the sample. With σ^p in the recursion it is the average of
/// |ε|^p that is meant; EGARCH takes its logarithm and leaves out the terms of shocks.
public enum Initialisation: Sendable, Equatable {
  /// `arch`'s backcast: Σ 0.94^t ε²_t / Σ 0.94^t over the first min(75, T) residuals of least squares.
  case ewma
  /// The mean of squared residuals at the parameters of the moment, so that it moves with them (Fiorentini, Calzolari and
  /// Panattoni 1996). With in-mean effects, of residuals without these.
  case sampleVariance
  /// The mean of squared residuals of least squares.
  case fixedSample
  /// The unconditional variance at the parameters of the moment.
  case unconditional
  /// A variance, in the square of the returns' unit.
  case user(Double)
}
