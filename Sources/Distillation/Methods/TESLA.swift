/// MTT with TESLA's gradient, which leaves out the Jacobians between the student's steps; see ``TrajectoryMatching``.
public enum TESLA: DistillationMethod {
  public static let name = "tesla"
  public static let summary = "MTT with a gradient that leaves out how steps change later ones (TESLA)"
  public static let help = MTT.help
  public static let needsExperts = true
  public static var defaults: TrajectoryMatching.Settings {
    var settings = MTT.defaults
    settings.mode = .tesla
    return settings
  }

  public static func distiller(_ settings: TrajectoryMatching.Settings, _ context: DistillationContext) throws
    -> (any Distiller)?
  {
    try MTT.distiller(settings, context)
  }
}
