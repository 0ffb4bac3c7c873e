/// One question of speed: a piece of work that Salar and a Python peer both do.
struct Benchmark {
  enum Unit: String {
    /// Less is better.
    case nanoseconds = "ns"
    /// Less is better.
    case milliseconds = "ms"
    /// More is better.
    case imagesPerSecond = "images/s"
  }

  /// Whom Salar is measured against.
  enum Peer {
    /// PyTorch, once as shipped and once with glibc told to keep freed memory; a function in `peers/peer.py` and what it
    /// is called with.
    case pytorch(String)
    /// The `arch` package; a function in `peers/volatility.py` and what it is called with.
    case arch(String)
    /// Salar itself, otherwise.
    case salar(String, () throws -> () -> Void)
  }

  let name: String
  let peer: Peer
  let unit: Unit
  /// What one repetition works through: operations, images.
  let amount: Double
  /// Timed repetitions in each round; rounds alternate between the sides.
  let repetitions: Int
  let rounds: Int
  /// Readies the work and returns one repetition of it.
  let prepare: () throws -> () -> Void

  /// A time in the unit that is reported.
  func value(seconds: Double) -> Double {
    switch unit {
    case .nanoseconds: seconds / amount * 1e9
    case .milliseconds: seconds / amount * 1e3
    case .imagesPerSecond: amount / seconds
    }
  }
}
