/// Matching training trajectories; see ``TrajectoryMatching``.
public enum MTT: DistillationMethod {
  public static let name = "mtt"
  public static let summary = "a student that soon stands where an expert stands later (MTT)"
  public static let help: [(key: String, meaning: String)] = [
    ("steps", "of the student"), ("expertEpochs", "of the expert that they stand for"),
    ("maxStart", "start epochs are drawn from those before this one"),
    ("minStart", "the first start epoch"),
    ("firstMaxStart", "what maxStart is at first, if it is to grow (DATM)"),
    ("growth", "iterations until it has grown"),
    ("batch", "images in a step of the student; 0 for all"), ("lrImages", "of the images"),
    ("lrStepSize", "of the student's step size"), ("stepSize", "the student's, at the beginning"),
    ("stepSizeForm", "plain, or log, which keeps it positive"), ("momentum", "of images and step size"),
    ("strategy", "families of the augmentation, or none"),
    ("mode", "of the gradient: exact, unrolled or tesla"),
    ("teslaScale", "of mode tesla: derived, or released with half of it"),
    ("gate", "iterations with a greater loss move nothing; 0 for none"),
    ("part", "the most images in one pass; 0 for as many as 256 of 32×32 pixels"),
    ("keptSteps", "the last steps whose graphs are kept: more memory, less time"),
    ("memory", "MiB for keptSteps where they are not given (on the CPU)"),
  ]
  public static let needsExperts = true
  public static let defaults = TrajectoryMatching.Settings()

  public static func distiller(_ settings: TrajectoryMatching.Settings, _ context: DistillationContext) throws
    -> (any Distiller)?
  {
    guard let experts = context.experts else {
      throw DistillationError(
        "the method needs experts: name their --store (`salar distill experts` makes one)")
    }
    return try TrajectoryMatching(
      context.network, experts, settings, device: context.samples.device, autocasts: context.autocasts)
  }
}
