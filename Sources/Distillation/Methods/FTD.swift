/// Flat trajectory distillation (Du et al. 2023): MTT on experts whose paths run through flat land
/// (`salar distill experts --rule gsam`), and an average of the images beside them; see ``TrajectoryMatching``.
public enum FTD: DistillationMethod {
  public static let name = "ftd"
  public static let summary = "MTT on experts with flat paths, and an average of the images (FTD)"
  public static let help = MTT.help
  public static let needsExperts = true
  public static let average = 0.9995
  public static let defaults = MTT.defaults

  public static func distiller(_ settings: TrajectoryMatching.Settings, _ context: DistillationContext) throws
    -> (any Distiller)?
  {
    try MTT.distiller(settings, context)
  }
}
