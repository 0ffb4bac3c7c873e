/// Dataset condensation with differentiable siamese augmentation; see ``GradientMatching``.
public enum DSAMatching: DistillationMethod {
  public static let name = "dsa"
  public static let summary = "DC with the same augmentation of real and synthetic images (DSA)"
  public static let help = DC.help
  public static let defaults = GradientMatching.Settings.augmented

  public static func distiller(_ settings: GradientMatching.Settings, _ context: DistillationContext) throws
    -> (any Distiller)?
  {
    try DC.distiller(settings, context)
  }
}
