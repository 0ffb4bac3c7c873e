import CTorch

/// The libtorch underneath, and the machine it runs on.
public enum Runtime {
  /// The loaded libtorch: `2.13.0`.
  public static var libtorchVersion: String { dotted(ct_loaded_version()) }
  /// The library file that is loaded.
  public static var libtorchPath: String { String(cString: ct_loaded_path()) }
  /// The libtorch that was compiled against.
  public static var compiledVersion: String { dotted(ct_compiled_version()) }

  /// More threads than any machine has cores for; OpenMP stops the process over numbers far beyond.
  public static let maximumThreads = 4_096

  /// Threads that one operation may use, in 1…``maximumThreads``.
  public static var threads: Int {
    get { Int(ct_threads()) }
    set {
      precondition((1...maximumThreads).contains(newValue), "1…\(maximumThreads) threads, found \(newValue)")
      if !ct_set_threads(Int32(newValue)) { failed("Runtime.threads", 0) }
    }
  }

  /// Whether the CPU multiplies bfloat16 in hardware, which makes `autocast(.bfloat16)` worth while.
  public static var hasFastBFloat16: Bool { ct_cpu_has_bf16() }

  /// Makes operations that have no deterministic form fail instead of giving varying bits.
  public static func useDeterministicAlgorithms(_ enabled: Bool) {
    if !ct_set_deterministic(enabled) { failed("Runtime.useDeterministicAlgorithms", 0) }
  }

  /// Seeds the default stream of every device, used by the few operations that take no ``Generator`` (dropout).
  public static func seedDefaultGenerators(_ seed: UInt64) {
    if !ct_manual_seed(seed) { failed("Runtime.seedDefaultGenerators", 0) }
  }

  private static func dotted(_ version: UInt32) -> String {
    "\(version >> 16).\(version >> 8 & 255).\(version & 255)"
  }
}
