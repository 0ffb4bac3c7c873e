/// One question of speed: a piece of work that Salar and a Python peer both do.
struct Benchmark {
  enum Unit: String {
    /// Less is better.
    case nanoseconds = "ns"
    /// More is better.
    case imagesPerSecond = "images/s"
  }

  let name: String
  /// The function in `peers/peer.py` that does the same work.
  let peer: String
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
    case .imagesPerSecond: amount / seconds
    }
  }
}
