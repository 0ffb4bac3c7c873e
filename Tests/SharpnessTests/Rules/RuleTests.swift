import Data
import Foundation
import Networks
import Testing
import Torch
import Training

@testable import Sharpness

/// What the rules' formulas promise.
@Suite struct RuleTests {
  /// f(w) = ½ wᵀAw for a "network" whose loss is that, seen by a rule through its objective alone.
  struct Quadratic {
    let matrix: Tensor
    let point: Point

    init() {
      let root = Tensor.randn([6, 6], generator: Generator(seed: 1), dtype: .float64)
      matrix = root.matmul(root.transpose(0, 1))
      var builder = LayoutBuilder()
      _ = builder.parameter("w", [6], .weight, .kaimingUniform(fanIn: 6))
      let blueprint = builder.finished()
      point = Point(
        layout: blueprint.layout, flat: .randn([6], generator: Generator(seed: 2), dtype: .float64),
        buffers: blueprint.bufferLayout.initial())
    }

    /// One step at a rate of 0.1; the gradients' places, in the order of the passes.
    func step(_ rule: some StepRule, at steps: Range<Int> = 0..<1) throws -> (end: Tensor, places: [Tensor]) {
      var rule = rule
      let point = point.copy()
      var places: [Tensor] = []
      rule.prepare(for: point)
      let batch = Batch(indices: Tensor([0]), images: .zeros([1, 1, 1, 1]), labels: Tensor([0]))
      for step in steps {
        var pass = Pass.training(point)
        let context = StepContext(
          step: step, epoch: 0, totalSteps: 10, learningRate: 0.1, streams: RandomStreams(seed: 1))
        _ = try rule.step(point, batch, &pass, context) { weights, _, _ in
          places.append(weights[0].detach().clone())
          let loss = (weights[0] * matrix.matmul(weights[0])).sum() * 0.5
          return PerSampleLoss(values: loss.view([1]), logits: .zeros([1, 2]))
        }
      }
      return (point.flat, places)
    }

    func gradient(_ w: Tensor) -> Tensor { matrix.matmul(w) }
  }

  private func difference(_ a: Tensor, _ b: Tensor) -> Double { (a - b).abs().max().double }

  @Test func samOnAQuadratic() throws {
    let f = Quadratic()
    let w = f.point.flat
    let g = f.gradient(w)
    let e = g * Scalar(0.3 / g.vectorNorm().double)
    let (end, places) = try f.step(
      SAM(with(SAM.Settings()) { $0.rho = 0.3 }, SGD(), try Fixture().context(f.point)))
    #expect(places.count == 2 && difference(places[1], w + e) < 1e-12)
    #expect(abs((places[1] - w).vectorNorm().double - 0.3) < 1e-12)
    #expect(difference(end, w - f.gradient(w + e) * 0.1) < 1e-12)
  }

  @Test func asamOnAQuadratic() throws {
    let f = Quadratic()
    let w = f.point.flat
    let t = w.abs() + 0.2
    let g = f.gradient(w)
    let e = t * t * g * Scalar(0.5 / (t * g).vectorNorm().double)
    let rule = ASAM(settings: with(ASAM.Settings()) { $0.eta = 0.2 }, optimizer: SGD())
    let (end, places) = try f.step(rule)
    // The neighbourhood is ‖e/T‖ = ρ.
    #expect(abs(((places[1] - w) / t).vectorNorm().double - 0.5) < 1e-12)
    #expect(difference(end, w - f.gradient(w + e) * 0.1) < 1e-12)
  }

  @Test func gsamOnAQuadratic() throws {
    let f = Quadratic()
    let w = f.point.flat
    let g = f.gradient(w)
    let second = f.gradient(w + g * Scalar(0.05 / g.vectorNorm().double))
    let across = g - second * Scalar(g.dot(second).double / second.dot(second).double)
    #expect(abs(across.dot(second).double) < 1e-9)
    let rule = GSAM(settings: with(GSAM.Settings()) { $0.alpha = 0.4 }, optimizer: SGD(), rates: 0...0.1)
    #expect(difference(try f.step(rule).end, w - (second - across * 0.4) * 0.1) < 1e-11)
    // ρ follows the rate between its ends, and stays within them.
    #expect(rule.radius(0.1) == 0.05 && rule.radius(0) == 0.02 && abs(rule.radius(0.05) - 0.035) < 1e-15)
    #expect(rule.radius(0.2) == 0.05)
  }

  /// Steps in between reuse what the SAM step added.
  @Test func lookSAMOnAQuadratic() throws {
    let f = Quadratic()
    let rule = LookSAM(
      settings: with(LookSAM.Settings()) { ($0.every, $0.alpha) = (3, 0.7) }, optimizer: SGD())
    let (end, places) = try f.step(rule, at: 0..<4)
    // Two passes in steps 0 and 3, one in 1 and 2.
    #expect(places.count == 6)
    var w = f.point.flat
    let g = f.gradient(w)
    let second = f.gradient(w + g * Scalar(0.05 / g.vectorNorm().double))
    var v = second - g * Scalar(g.dot(second).double / g.dot(g).double)
    v = v / v.vectorNorm()
    w = w - second * 0.1
    for _ in 0..<2 {
      let g = f.gradient(w)
      w = w - (g + v * (g.vectorNorm() * 0.7)) * 0.1
    }
    #expect(difference(places[4], w) < 1e-12)
    #expect(difference(end, w) > 1e-3)
  }

  @Test func msamOnAQuadratic() throws {
    let f = Quadratic()
    let rule = MSAM(settings: with(MSAM.Settings()) { $0.rho = 0.2 }, optimizer: SGD(momentum: 0.9))
    let (end, places) = try f.step(rule, at: 0..<2)
    let w = f.point.flat
    let v = f.gradient(w)
    let next = w - v * 0.1
    // Further along the descent by ρ.
    #expect(
      places.count == 2 && difference(places[1], next - v * Scalar(0.2 / v.vectorNorm().double)) < 1e-12)
    #expect(difference(end, next - (v * 0.9 + f.gradient(places[1])) * 0.1) < 1e-12)
  }

  /// ‖e‖ = ρ/β whatever is drawn, and 0 where nothing is.
  @Test func esamReachesRhoOverBeta() throws {
    let fixture = try Fixture()
    var places: [Tensor] = []
    for step in 0..<12 {
      let point = fixture.begin()
      var rule = try with(ESAM.Settings()) { ($0.beta, $0.rho, $0.gamma) = (0.3, 0.1, 1) }
        .rule(SGD(), fixture.context(point))
      rule.prepare(for: point)
      var pass = Pass.training(point)
      let context = StepContext(
        step: step, epoch: 0, totalSteps: 20, learningRate: 0.1,
        streams: RandomStreams(seed: 0).child("step", step))
      let batch = fixture.batches(0)[0]
      places = []
      _ = try rule.step(point, batch, &pass, context) { weights, samples, pass in
        places.append(point.flat.clone())
        let part = batch.selecting(samples)
        let output = fixture.network(part.images, weights, &pass)
        return PerSampleLoss(
          values: crossEntropyPerSample(output.logits, part.labels), logits: output.logits.detach())
      }
      let drawn = ESAM.drawn(point.layout, beta: 0.3, context, .fast)
      let isEmpty = point.layout.slots.indices.allSatisfy { !drawn.contains($0) }
      #expect(places.count == 2)
      let e = places[1] - places[0]
      #expect(abs(e.vectorNorm().double - (isEmpty ? 0 : 0.1 / 0.3)) < 1e-6)
      for (index, slot) in point.layout.slots.enumerated() where !drawn.contains(index) {
        #expect(e[slot.range].abs().max().double == 0, "\(slot.name)")
      }
    }
  }

  /// Samples without a score, or with one that is too old, come first; then those whose loss rose most.
  @Test func staleScoresChoose() throws {
    let fixture = try Fixture()
    let context = fixture.context(fixture.point)
    func looks(_ refresh: Int) throws -> [[Int]] {
      let point = fixture.begin()
      var rule = try with(StaleESAM.Settings()) { ($0.beta, $0.refresh) = (1, refresh) }
        .rule(SGD(), context)
      rule.prepare(for: point)
      // Samples of the first batch of epoch 0, with a loss of their own number: the perturbation adds to each as much.
      let batch = fixture.batches(0)[0]
      var seen: [[Int]] = []
      for epoch in 0..<6 {
        var pass = Pass.training(point)
        let step = StepContext(
          step: epoch, epoch: epoch, totalSteps: 6, learningRate: 0,
          streams: RandomStreams(seed: 1).child("step", epoch))
        _ = try rule.step(point, batch, &pass, step) { weights, samples, _ in
          let places = Tensor(Array(0..<6)).selecting(samples)
          if case .positions = samples { seen.append(places.array(of: Int64.self).map(Int.init).sorted()) }
          let sum = weights.tensors[0].sum()
          return PerSampleLoss(
            values: sum * places.to(.float64), logits: .zeros([places.count, 10], dtype: .float64))
        }
      }
      return seen
    }
    let found = try looks(10)
    #expect(found.count == 6 && found.allSatisfy { $0.count == 3 })
    // Half of them, the other half, and from then on the highest three.
    #expect(Set(found[0]).union(found[1]).count == 6)
    for later in found[2...] { #expect(later == [3, 4, 5]) }
    // With scores that live two epochs the others come back.
    let refreshed = try looks(2)
    #expect(Set(refreshed[2...].joined()) == Set(0..<6))
  }

  /// Where no tensor is drawn no loss rises, whatever the selection pass rounds otherwise: ties leave one sample.
  @Test func whatDoesNotMoveDoesNotRise() throws {
    let fixture = try Fixture()
    let point = fixture.begin()
    var rule = try with(ESAM.Settings()) { ($0.beta, $0.mode) = (1e-12, .official) }
      .rule(SGD(), fixture.context(fixture.point))
    rule.prepare(for: point)
    var pass = Pass.training(point)
    let step = StepContext(
      step: 1, epoch: 0, totalSteps: 2, learningRate: 0, streams: RandomStreams(seed: 1).child("step", 1))
    var counts: [Int] = []
    _ = try rule.step(point, fixture.batches(0)[0], &pass, step) { weights, samples, _ in
      let places = Tensor(Array(0..<6)).selecting(samples)
      counts.append(places.count)
      let rounding = counts.count == 2 ? 1e-9 : 0
      return PerSampleLoss(
        values: (weights.tensors[0].sum() + Scalar(1 + rounding)) * places.to(.float64),
        logits: .zeros([places.count, 10], dtype: .float64))
    }
    #expect(counts == [6, 6, 1])
  }

  /// Each tensor is drawn with probability β, a step's draw is its own, and the released code begins with all of them.
  @Test func drawsOfTensors() throws {
    let layout = try Fixture().point.layout
    var counts = [Int](repeating: 0, count: layout.slots.count)
    for step in 0..<2000 {
      let context = StepContext(
        step: step, epoch: 0, totalSteps: 1, learningRate: 1,
        streams: RandomStreams(seed: 9).child("step", step))
      let drawn = ESAM.drawn(layout, beta: 0.6, context, .fast)
      #expect(drawn == ESAM.drawn(layout, beta: 0.6, context, .fast))
      for index in counts.indices where drawn.contains(index) { counts[index] += 1 }
      if step == 0 { #expect(ESAM.drawn(layout, beta: 0.6, context, .official) == .all) }
    }
    // Five standard errors.
    for count in counts { #expect(abs(Double(count) / 2000 - 0.6) < 0.055) }
  }

  @Test func rulesThatAreSAM() throws {
    for momentum in [0.0, 0.9] {
      var fixture = try Fixture()
      fixture.settings.momentum = momentum
      let sam = try fixture.train(with(SAM.Settings()) { $0.rho = 0.1 })
      let gsam = try fixture.train(with(GSAM.Settings()) { ($0.rho, $0.rhoMin, $0.alpha) = (0.1, 0.1, 0) })
      #expect(difference(sam.flat, gsam.flat) == 0)
      let look = try fixture.train(with(LookSAM.Settings()) { ($0.rho, $0.every) = (0.1, 1) })
      #expect(difference(sam.flat, look.flat) == 0)
      for mode in [ESAM.Mode.fast, .official] {
        let esam = try fixture.train(
          with(ESAM.Settings()) { ($0.rho, $0.beta, $0.gamma, $0.mode) = (0.1, 1, 1, mode) })
        // The two differ in what keeps the norm from being zero.
        #expect(difference(sam.flat, esam.flat) < 1e-5, "\(mode)")
      }
      let stale = try fixture.train(
        with(StaleESAM.Settings()) { ($0.rho, $0.beta, $0.gamma) = (0.1, 1, 1) })
      #expect(difference(sam.flat, stale.flat) < 1e-5)
      let parts = try fixture.train(with(SAM.Settings()) { ($0.rho, $0.samples) = (0.1, 6) })
      #expect(difference(sam.flat, parts.flat) == 0)
      let smaller = try fixture.train(with(SAM.Settings()) { ($0.rho, $0.samples) = (0.1, 2) })
      #expect(difference(sam.flat, smaller.flat) > 1e-3)
      #expect(difference(sam.flat, try fixture.train().flat) > 1e-3)
    }
  }

  /// Without a radius there is nothing but the base rule: an expert of MTT.
  @Test(arguments: [false, true])
  func gsamWithoutRadiusIsTheBase(_ adaptive: Bool) throws {
    struct NoRadius: RuleSettings {
      static let name = "gsam"
      static let summary = ""
      static let help: [(key: String, meaning: String)] = []
      var adaptive = false
      func rule(_ optimizer: any Optimizer, _ context: MethodContext) -> any StepRule {
        let settings = with(GSAM.Settings()) {
          ($0.rho, $0.rhoMin, $0.alpha, $0.adaptive) = (0, 0, 0, adaptive)
        }
        return GSAM(settings: settings, optimizer: optimizer, rates: 0...0.05)
      }
    }
    let fixture = try Fixture()
    let gsam = try fixture.train(with(NoRadius()) { $0.adaptive = adaptive })
    #expect(difference(gsam.flat, try fixture.train().flat) == 0)
  }

  /// Running statistics are those of one clean forward pass, and weights come back to the bit.
  @Test(arguments: ["sam", "sam in parts", "asam", "gsam", "looksam", "esam", "esam-stale"])
  func statisticsOfOneCleanPass(_ name: String) throws {
    let fixture = try Fixture(dtype: .float32)
    let point = fixture.begin()
    let all: [String: any RuleSettings] = [
      "sam": SAM.Settings(), "asam": ASAM.Settings(), "gsam": GSAM.Settings(), "looksam": LookSAM.Settings(),
      "esam": ESAM.Settings(), "esam-stale": StaleESAM.Settings(),
      "sam in parts": with(SAM.Settings()) { $0.samples = 2 },
    ]
    let plain = fixture.begin()
    var once = Pass.training(plain)
    let batch = fixture.batches(0)[0]
    for part in batch.parts(of: name == "sam in parts" ? 2 : 0) {
      _ = withNoGrad { fixture.network(batch.images.selecting(part), plain.weights, &once) }
    }
    // A rate of zero: nothing but the excursion touches the weights.
    var rule = try all[name]!.rule(SGD(), fixture.context(point))
    rule.prepare(for: point)
    var pass = Pass.training(point)
    let context = StepContext(
      step: 0, epoch: 0, totalSteps: 1, learningRate: 0, streams: RandomStreams(seed: 1))
    _ = try rule.step(point, batch, &pass, context) { weights, samples, pass in
      let part = batch.selecting(samples)
      let output = fixture.network(part.images, weights, &pass)
      return PerSampleLoss(
        values: crossEntropyPerSample(output.logits, part.labels), logits: output.logits.detach())
    }
    #expect(point.flat.equal(fixture.point.flat))
    for (mine, other) in zip(point.buffers.tensors, plain.buffers.tensors) { #expect(mine.equal(other)) }
  }

  /// Both passes over a part of the batch draw the same dropout masks, and every part others.
  @Test(arguments: ["sam", "asam", "gsam", "looksam", "esam"])
  func dropoutMasksOfBothPasses(_ name: String) throws {
    let fixture = try Fixture(dtype: .float32)
    let all: [String: any RuleSettings] = [
      "sam": with(SAM.Settings()) { $0.samples = 2 }, "asam": ASAM.Settings(), "gsam": GSAM.Settings(),
      "looksam": LookSAM.Settings(), "esam": with(ESAM.Settings()) { $0.gamma = 1 },
    ]
    let point = fixture.begin()
    var rule = try all[name]!.rule(SGD(), fixture.context(point))
    rule.prepare(for: point)
    let streams = RandomStreams(seed: 1)
    var pass = Pass.training(point, random: try streams.stream("dropout", device: .cpu))
    let context = StepContext(step: 0, epoch: 0, totalSteps: 1, learningRate: 0, streams: streams)
    let batch = fixture.batches(0)[0]
    var masks: [[Float]] = []
    _ = try rule.step(point, batch, &pass, context) { weights, samples, pass in
      let part = batch.selecting(samples)
      let output = fixture.network(part.images, weights, &pass)
      let random = try #require(pass.random)
      masks.append(Tensor.rand([8], generator: random).array())
      return PerSampleLoss(
        values: crossEntropyPerSample(output.logits, part.labels), logits: output.logits.detach())
    }
    #expect(masks.count >= 2 && masks.count % 2 == 0)
    for pair in stride(from: 0, to: masks.count, by: 2) { #expect(masks[pair] == masks[pair + 1]) }
    #expect(Set(stride(from: 0, to: masks.count, by: 2).map { masks[$0] }).count == masks.count / 2)
    #expect(name != "sam" || masks.count > 2)
  }

  /// A run that is stopped and goes on ends in the same bits.
  @Test(arguments: ["sam", "asam", "gsam", "looksam", "msam", "esam", "esam-stale"])
  func runsGoOn(_ name: String) throws {
    let all: [String: any RuleSettings] = [
      "sam": SAM.Settings(), "asam": ASAM.Settings(), "gsam": GSAM.Settings(), "looksam": LookSAM.Settings(),
      "msam": with(MSAM.Settings()) { $0.rho = 0.1 }, "esam": ESAM.Settings(),
      "esam-stale": StaleESAM.Settings(),
    ]
    let fixture = try Fixture(dtype: .float32)
    let whole = try fixture.train(all[name])
    let recorder = Lines()
    recorder.stopAt = 7
    try fixture.train(all[name], recorder: recorder)
    #expect(recorder.saved?.progress.step == 7)
    recorder.stopAt = .max
    let again = try fixture.train(all[name], recorder: recorder)
    #expect(again.flat.equal(whole.flat))
    for (a, b) in zip(again.buffers.tensors, whole.buffers.tensors) { #expect(a.equal(b)) }
  }

  @Test func settingsThatMakeNoRule() throws {
    let fixture = try Fixture()
    func refused(_ settings: any RuleSettings, _ words: String..., in fixture: Fixture) {
      do {
        _ = try settings.rule(SGD(), fixture.context(fixture.point))
        Issue.record("\(settings) was accepted")
      } catch { for word in words { #expect(error.message.contains(word), "\(error)") } }
    }
    for rho in [0, -1, Double.nan, .infinity] {
      refused(with(SAM.Settings()) { $0.rho = rho }, "rho", "above 0", in: fixture)
      refused(with(ASAM.Settings()) { $0.rho = rho }, "rho", in: fixture)
      refused(with(GSAM.Settings()) { $0.rho = rho }, "rho", in: fixture)
      refused(with(LookSAM.Settings()) { $0.rho = rho }, "rho", in: fixture)
      refused(with(MSAM.Settings()) { $0.rho = rho }, "rho", in: fixture)
      refused(with(ESAM.Settings()) { $0.rho = rho }, "rho", in: fixture)
    }
    for share in [0, -0.1, 1.1, Double.nan] {
      refused(with(ESAM.Settings()) { $0.gamma = share }, "gamma", "(0, 1]", in: fixture)
      refused(with(ESAM.Settings()) { $0.beta = share }, "beta", "(0, 1]", in: fixture)
    }
    refused(with(SAM.Settings()) { $0.samples = -1 }, "samples", in: fixture)
    var decoupled = fixture
    decoupled.settings.optimizer = .adamw
    refused(with(SAM.Settings()) { $0.decay = .loss }, "adamw", "decay=optimizer", in: decoupled)
    refused(with(ESAM.Settings()) { $0.selection = .bfloat16 }, "float64", "selection=same", in: fixture)
    refused(with(GSAM.Settings()) { $0.rhoMin = 0.1 }, "rhoMin", in: fixture)
    refused(with(GSAM.Settings()) { $0.alpha = -1 }, "alpha", in: fixture)
    refused(with(LookSAM.Settings()) { $0.every = 0 }, "every", in: fixture)
    refused(with(ASAM.Settings()) { $0.eta = -1 }, "eta", in: fixture)
    // A batch of one, and a last batch of one.
    refused(ESAM.Settings(), "1 sample", "dropLast", in: try Fixture(samples: 4, batch: 1))
    refused(ESAM.Settings(), "the last batch", "1 sample ", in: try Fixture(samples: 9, batch: 4))
    refused(with(ESAM.Settings()) { $0.mode = .official }, "2 samples", in: try Fixture(samples: 8, batch: 2))
    var still = fixture
    still.settings.momentum = 0
    refused(MSAM.Settings(), "momentum", in: still)
  }
}
