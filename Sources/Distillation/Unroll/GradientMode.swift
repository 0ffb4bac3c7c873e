import Networks

/// How the student's training is differentiated.
public enum GradientMode: String, CaseIterable, Sendable, SettingChoice {
  /// The gradient of the matching loss, step by step from the end: each step's graph is built again from its weights, so
  /// that memory grows with the number of steps by two flat vectors a step alone (the point and its gradient).
  case exact
  /// The same gradient through one graph of all steps, as published (Cazenavette et al. 2022).
  case unrolled
  /// TESLA (Cui et al. 2023): every step differentiated at its own weights, without the Jacobians between steps. The
  /// gradient of the matching loss for a single step; an approximation for more.
  case tesla
}

/// The scale of TESLA's gradient for the images.
public enum TESLAScale: String, CaseIterable, Sendable, SettingChoice {
  /// As the loss expands: with the factor 2 of its square.
  case derived
  /// As the released code computes it: half of that.
  case released
}
