import CTorch

/// A stream of random numbers with its own state. The same seed gives PyTorch's `torch.Generator` numbers.
public final class Generator {
  let handle: OpaquePointer
  /// Where it draws; tensors drawn from it must lie there.
  public let device: Device

  /// - Throws: ``TorchError`` where this machine lacks the device.
  public init(seed: UInt64, device: Device) throws(TorchError) {
    guard let made = ct_generator_make(device.c, seed) else { throw TorchError.last }
    handle = made
    self.device = device
  }

  /// A stream on the CPU, which every machine has.
  public init(seed: UInt64) {
    handle = ct_generator_make(Device.cpu.c, seed)!
    device = .cpu
  }

  /// A stream of a family, where every bit of the seed counts; see ``RandomStreams/stream(_:)``.
  fileprivate init(wide seed: UInt64, device: Device) throws(TorchError) {
    guard let made = ct_generator_make_wide(device.c, seed) else { throw TorchError.last }
    handle = made
    self.device = device
  }

  fileprivate init(wide seed: UInt64) {
    handle = ct_generator_make_wide(Device.cpu.c, seed)!
    device = .cpu
  }

  deinit { ct_generator_release(handle) }

  /// Starts the stream anew.
  public func reseed(_ seed: UInt64, file: StaticString = #fileID, line: UInt = #line) {
    if !ct_generator_seed(handle, seed) { failed(file, line) }
  }

  /// The whole state as bytes (`uint8`), for checkpoints: a stream set to it goes on with the same numbers.
  public var state: Tensor {
    get { Tensor(owning: ct_generator_state(handle), "Generator.state", 0) }
    set { if !ct_generator_set_state(handle, newValue.handle) { failed("Generator.state", 0) } }
  }

  /// Sets a state that comes from outside, a checkpoint say.
  ///
  /// - Throws: ``TorchError`` if it is no state of such a generator; the stream stays as it was.
  public func restore(_ state: Tensor) throws(TorchError) {
    guard ct_generator_set_state(handle, state.handle) else { throw TorchError.last }
  }
}

/// One seed, many streams: each is derived from the seed by its name, so that a new consumer shifts no other.
public struct RandomStreams: Sendable, Codable, Hashable {
  /// Of all streams; 64 bits that count in full.
  public let seed: UInt64

  /// - Parameter seed: of all streams.
  public init(seed: UInt64) { self.seed = seed }

  /// The stream of that name, at its beginning. Different names and different seeds give unrelated streams.
  ///
  /// PyTorch's CPU generator takes 32 bits of a seed, with which two of 10,000 streams would be the same one in a
  /// hundred times. So the stream is not `Generator(seed: seed(of: name))`: on the CPU the Mersenne Twister starts from
  /// all 64 bits, by its authors' `init_by_array` with the lower half first (NumPy's `RandomState([low, high])`).
  public func stream(_ name: String) -> Generator { Generator(wide: seed(of: name)) }

  /// - Throws: ``TorchError`` where this machine lacks the device.
  public func stream(_ name: String, device: Device) throws(TorchError) -> Generator {
    try Generator(wide: seed(of: name), device: device)
  }

  /// The family of streams under a name: `streams.child("expert", 3).stream("init")`.
  public func child(_ name: String, _ index: Int = 0) -> RandomStreams {
    RandomStreams(seed: seed(of: "\(name)/\(index)"))
  }

  /// The seed of a stream: FNV-1a over the name, mixed with the seed by SplitMix64's finaliser.
  public func seed(of name: String) -> UInt64 {
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    for byte in name.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
    return Self.mixed(Self.mixed(seed &+ 0x9e37_79b9_7f4a_7c15) ^ hash)
  }

  private static func mixed(_ value: UInt64) -> UInt64 {
    var z = value
    z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
    z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
    return z ^ (z >> 31)
  }
}
