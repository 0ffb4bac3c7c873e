/// Dataset condensation; see ``GradientMatching``. The paper begins with noise (`start=noise`), its later code and DSA with
/// real images, which is what is done here if nothing else is asked for.
public enum DC: DistillationMethod {
  public static let name = "dc"
  public static let summary = "gradients of real and synthetic images that point the same way (DC)"
  public static let help: [(key: String, meaning: String)] = [
    ("realBatch", "real images of each class in a move"), ("lrImages", "of the images"),
    ("momentum", "of the images"),
    ("outer", "moves before the network is thrown away; 0 for the papers' number"),
    ("inner", "epochs of the network between two of them; 0 for the papers' number"),
    ("lrNetwork", "of the network"), ("batch", "synthetic images in a step of the network"),
    ("strategy", "families of the siamese augmentation, or none"),
  ]
  public static let defaults = GradientMatching.Settings()

  public static func distiller(_ settings: GradientMatching.Settings, _ context: DistillationContext) throws
    -> (any Distiller)?
  {
    try GradientMatching(context.network, context.samples, settings)
  }
}
