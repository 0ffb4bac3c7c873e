/// Distribution matching; see ``DistributionMatching``.
public enum DM: DistillationMethod {
  public static let name = "dm"
  public static let summary = "equal mean features of real and synthetic images in fresh networks (DM)"
  public static let help: [(key: String, meaning: String)] = [
    ("realBatch", "real images of each class in an iteration"), ("lrImages", "of the images"),
    ("momentum", "of the images"), ("strategy", "families of the siamese augmentation, or none"),
  ]
  public static let defaults = DistributionMatching.Settings()

  public static func distiller(_ settings: DistributionMatching.Settings, _ context: DistillationContext)
    throws -> (any Distiller)?
  {
    try DistributionMatching(context.network, context.samples, settings)
  }
}
