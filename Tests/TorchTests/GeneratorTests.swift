import Testing
import Torch

/// Streams of random numbers.
@Suite(.leavesNothing) struct GeneratorTests {
  /// `torch.rand(3)`, `torch.randn(3)` and `torch.randperm(5)` of one `torch.Generator().manual_seed(seed)`, float64.
  private static let known: [(seed: UInt64, uniform: [Double], normal: [Double], order: [Int])] = [
    (
      0, [0.9700530018065531, 0.707819864399788, 0.45938294312745087],
      [1.2644587093281903, -0.6874263917320185, 0.1603812602788958], [3, 1, 2, 0, 4]
    ),
    (
      9_223_372_036_854_775_813, [0.6420150066280941, 0.2597579151763153, 0.36082761942715424],
      [-0.31301616265480325, 0.7216873196567088, 0.783006986758052], [3, 1, 2, 0, 4]
    ),
    (
      .max, [0.9503951604874923, 0.5600645841090078, 0.9442999488455328],
      [-1.5534698578776358, 0.5333110814390374, -1.7767600791712252], [0, 3, 2, 4, 1]
    ),
  ]

  @Test(arguments: 0..<3) func numbersArePyTorchs(_ index: Int) {
    let known = Self.known[index]
    let generator = Generator(seed: known.seed)
    #expect(Tensor.rand([3], generator: generator, dtype: .float64).array() == known.uniform)
    #expect(distance(Tensor.randn([3], generator: generator, dtype: .float64), Tensor(known.normal)) < 1e-14)
    #expect(Tensor.randperm(5, generator: generator).array() == known.order)
  }

  private func draw(_ generator: Generator) -> [Double] {
    Tensor.randn([7], generator: generator, dtype: .float64).array()
  }

  @Test func stateGoesOnWithTheSameNumbers() throws {
    let generator = Generator(seed: 5)
    // One normal number leaves the second of its pair waiting, which belongs to the state.
    _ = Tensor.empty([1], dtype: .float64).normal_(generator: generator)
    let state = generator.state
    #expect(state.dtype == .uint8)
    let expected = draw(generator)
    #expect(draw(generator) != expected)

    generator.state = state
    #expect(draw(generator) == expected)
    let other = Generator(seed: 99)
    try other.restore(Tensor(state.array(of: UInt8.self)))
    #expect(draw(other) == expected)
  }

  @Test func seedingStartsAnew() {
    let generator = Generator(seed: 5)
    let expected = draw(generator)
    generator.reseed(6)
    #expect(draw(generator) != expected)
    generator.reseed(5)
    #expect(draw(generator) == expected)
  }

  @Test func garbageIsRefusedAndTheStreamStaysAsItWas() throws {
    let generator = Generator(seed: 5)
    let state = generator.state
    let expected = draw(generator)
    generator.state = state
    let size = state.count
    let garbage: [Tensor] = [
      Tensor([UInt8](repeating: 0, count: size)), Tensor([UInt8](repeating: 255, count: size)),
      state[0..<size - 1], Tensor.concatenated([state, state]), state.to(.float32), Tensor([] as [UInt8]),
      Tensor.zeros([size, 0], dtype: .uint8), undefinedTensor(),
    ]
    for (index, bytes) in garbage.enumerated() {
      #expect(throws: TorchError.self, "garbage \(index)") { try generator.restore(bytes) }
    }
    #expect(draw(generator) == expected)
    generator.state = state
    #expect(throws: TorchError.self) { try catchingTorchErrors { generator.state = garbage[0] } }
    #expect(draw(generator) == expected)
  }

  @Test(.enabled(if: !Device.available.contains(.mps))) func devicesThatAreNotHereAreErrors() {
    #expect(throws: TorchError.self) { try Generator(seed: 1, device: .mps) }
    #expect(throws: TorchError.self) { try RandomStreams(seed: 1).stream("x", device: .mps) }
  }

  @Test func theDefaultStreamIsPyTorchsToo() async {
    // In a process of its own: the default stream is everybody's.
    await #expect(processExitsWith: .success) {
      Runtime.seedDefaultGenerators(11)
      let kept = Tensor.ones([12]).dropout(p: 0.5, train: true)
      #expect(kept.array(of: Float.self) == [2, 0, 0, 0, 0, 2, 2, 2, 0, 2, 0, 0])
      let expected = [0.7157339026397308, 0.4518993318871737, 0.09739147989092534]
      #expect(Tensor.rand([3], dtype: .float64).array() == expected)
    }
  }
}

/// Streams by name: the numbers of a run must never change silently.
@Suite(.leavesNothing) struct RandomStreamsTests {
  @Test func seedsAreFixed() {
    #expect(RandomStreams(seed: 0).seed(of: "init") == 0x6930_338f_1c1b_6fc1)
    #expect(RandomStreams(seed: 0).seed(of: "shuffle") == 0x9e5d_9289_904d_e21b)
    #expect(RandomStreams(seed: 1).seed(of: "init") == 0x571f_ed4d_4de5_e1d2)
    #expect(RandomStreams(seed: 42).seed(of: "augmentation") == 0x81e8_7b3d_7503_986f)
    #expect(RandomStreams(seed: .max).seed(of: "") == 0x7717_db1c_d5b9_17d0)
    #expect(RandomStreams(seed: 7).child("expert", 3).seed == 0xa16c_e971_5dce_e46b)
  }

  @Test func numbersAreFixed() {
    let numbers = Tensor.rand([2], generator: RandomStreams(seed: 0).stream("init"), dtype: .float64)
    // NumPy's `RandomState([0x1c1b6fc1, 0x6930338f])` draws the same 32-bit numbers.
    #expect(numbers.array() == [0.1706479307305333, 0.8760420848773279])
  }

  @Test func namesSeedsAndFamiliesDiffer() {
    var seen: Set<UInt64> = []
    for seed in 0..<20 as Range<UInt64> {
      let streams = RandomStreams(seed: seed)
      let families = [streams] + (0..<3).map { streams.child("expert", $0) } + [streams.child("teacher")]
      for family in families {
        for name in ["init", "shuffle", "augmentation", "noise", "tini", ""] {
          seen.insert(family.seed(of: name))
        }
      }
    }
    #expect(seen.count == 20 * 5 * 6)
  }

  @Test(arguments: [("59522", "118564"), ("56078", "119823"), ("103408", "147764")])
  func bothHalvesOfASeedCount(_ first: String, _ second: String) throws {
    let streams = RandomStreams(seed: 0)
    let seeds = [first, second].map(streams.seed(of:))
    #expect(seeds[0] != seeds[1] && seeds[0] & 0xffff_ffff == seeds[1] & 0xffff_ffff)
    func draw(_ generator: Generator) -> [Double] {
      Tensor.rand([400], generator: generator, dtype: .float64).array()
    }
    // PyTorch's seeding cannot tell the two apart.
    #expect(draw(Generator(seed: seeds[0])) == draw(Generator(seed: seeds[1])))
    let drawn = try [first, second].map { draw(try streams.stream($0, device: .cpu)) }
    #expect(Set(drawn[0]).isDisjoint(with: drawn[1]))
    #expect(drawn[0] == draw(streams.stream(first)))
  }

  @Test func streamsGoOnFromASavedState() throws {
    let stream = RandomStreams(seed: 0).stream("59522")
    for skipped in [0, 1, 7, 1000] {
      _ = Tensor.randn([skipped], generator: stream)
      let state = stream.state
      let expected = Tensor.randn([2000], generator: stream)
      let other = RandomStreams(seed: 1).stream("else")
      try other.restore(state)
      #expect(Tensor.randn([2000], generator: other).equal(expected))
    }
  }

  @Test func aNewConsumerShiftsNoOther() {
    func shuffled(_ alsoInit: Bool) -> [Int] {
      let streams = RandomStreams(seed: 3)
      if alsoInit { _ = Tensor.randn([100], generator: streams.stream("init")) }
      return Tensor.randperm(20, generator: streams.stream("shuffle")).array()
    }
    #expect(shuffled(true) == shuffled(false))
  }
}
