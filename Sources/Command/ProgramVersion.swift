/// The version of Salar, as `--version` and the folders of runs say it.
public enum ProgramVersion {
  public static let text = "0.1.0"
}
