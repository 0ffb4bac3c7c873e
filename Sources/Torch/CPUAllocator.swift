import CTorch

/// The allocator of tensors on the CPU.
///
/// Memory of freed tensors is kept and used again for later ones, and large
/// blocks lie on huge pages, so a training step neither returns its memory to
/// the operating system nor faults it in again. The environment variables
/// `SALAR_CPU_ALLOCATOR` (`caching` or `system`) and `SALAR_CPU_CACHE_LIMIT`
/// (bytes, with an optional suffix K, M or G) set the initial state.
///
/// All members may be used from any thread.
public enum CPUAllocator {
  /// Counters of the allocator. They are exact while no other thread allocates
  /// or frees tensors.
  public struct Statistics: Sendable, Hashable {
    /// Bytes of the blocks in use, each rounded up to its block size.
    public var live: Int
    /// The highest number of live bytes since the start or the last
    /// ``CPUAllocator/resetPeak()``.
    public var peakLive: Int
    /// Bytes of all blocks, in use or idle.
    public var reserved: Int
    /// The highest number of reserved bytes since the start or the last
    /// ``CPUAllocator/resetPeak()``.
    public var peakReserved: Int
    /// Bytes kept for later allocations.
    public var idle: Int
    /// The number of allocations since the start.
    public var allocations: Int
    /// The number of allocations served from memory already held.
    public var reuses: Int
    /// The number of requests for memory made to the system.
    public var systemAllocations: Int
  }

  /// Whether freed memory is kept for later tensors.
  ///
  /// While this is `false`, every allocation and every release goes straight to
  /// the system. Tensors made before a change stay valid. Setting it to `false`
  /// also empties the cache.
  public static var isEnabled: Bool {
    get { ct_allocator_enabled() }
    set { ct_allocator_set_enabled(newValue) }
  }

  /// The most bytes kept idle, or `nil` for no limit.
  ///
  /// The default is half of the machine's memory. When a freed block takes the
  /// idle bytes past the limit, the blocks idle longest are given back. Below
  /// 64 MiB the threads' own lists of small blocks are not used, so small
  /// tensors get slower.
  public static var cacheLimit: Int? {
    get {
      let bytes = ct_allocator_cache_limit()
      return bytes < 0 ? nil : Int(bytes)
    }
    set {
      if let newValue {
        precondition(newValue >= 0, "the cache limit must not be negative")
      }
      ct_allocator_set_cache_limit(newValue.map { Int64($0) } ?? -1)
    }
  }

  /// The present counters.
  public static var statistics: Statistics {
    var counters = ct_allocator_stats()
    ct_allocator_statistics(&counters)
    return Statistics(
      live: Int(counters.live),
      peakLive: Int(counters.peak_live),
      reserved: Int(counters.reserved),
      peakReserved: Int(counters.peak_reserved),
      idle: Int(counters.idle),
      allocations: Int(counters.allocations),
      reuses: Int(counters.reuses),
      systemAllocations: Int(counters.system_allocations))
  }

  /// Makes the present numbers of live and reserved bytes the new peaks.
  public static func resetPeak() {
    ct_allocator_reset_peak()
  }

  /// Gives all idle memory back to the operating system.
  ///
  /// - Returns: The number of bytes given back.
  @discardableResult
  public static func emptyCache() -> Int {
    Int(ct_allocator_empty_cache())
  }
}
