/// One question of speed, or of memory: a piece of work that Salar and a Python peer both do.
struct Benchmark {
  enum Unit: String {
    /// Less is better.
    case nanoseconds = "ns"
    /// Less is better.
    case milliseconds = "ms"
    /// More is better.
    case imagesPerSecond = "images/s"
    /// Of the peak of a fresh process that readies the work and does it once; less is better.
    case mebibytes = "MiB"
  }

  /// Whom Salar is measured against.
  enum Peer {
    /// PyTorch, once as shipped and once with glibc told to keep freed memory; a function that `peers/peer.py`
    /// knows and what it is called with.
    case pytorch(String)
    /// The `arch` package; a function in `peers/volatility.py` and what it is called with.
    case arch(String)
    /// Salar itself, otherwise.
    case salar(String, () throws -> () -> Void)
  }

  /// What is said beside the numbers.
  enum Note {
    case text(String)
    /// Worked out after the measurement.
    case measured(() throws -> String)
  }

  let name: String
  let peer: Peer
  let unit: Unit
  /// What one repetition works through: operations, images.
  let amount: Double
  /// Timed repetitions in each round; rounds alternate between the sides.
  let repetitions: Int
  let rounds: Int
  /// Whether the peers are measured one after another, each in turns with Salar: for work of which two processes
  /// at once do not fit into memory.
  var separatesPeers = false
  var note: Note? = nil
  /// Readies the work and returns one repetition of it.
  let prepare: () throws -> () -> Void

  /// The peak of the memory of work that is done once, by processes that end with it.
  static func ofMemory(
    _ name: String, _ peer: Peer, prepare: @escaping () throws -> () -> Void
  ) -> Benchmark {
    Benchmark(
      name: name, peer: peer, unit: .mebibytes, amount: 1, repetitions: 1, rounds: 1, separatesPeers: true,
      note: .text("peak resident memory of the whole process, libraries included"), prepare: prepare)
  }

  /// What was measured of a repetition, seconds or bytes, in the unit that is reported.
  func value(_ measured: Double) -> Double {
    switch unit {
    case .nanoseconds: measured / amount * 1e9
    case .milliseconds: measured / amount * 1e3
    case .imagesPerSecond: amount / measured
    case .mebibytes: measured / 0x1p20
    }
  }
}
