import Data
import Foundation
import Networks
import Testing
import Torch
import Training

@testable import Sharpness

@Suite struct RegulariserTests {
  private func difference(_ a: Tensor, _ b: Tensor) -> Double { (a - b).abs().max().double }

  /// ∂/∂z of the mean term is λτ(q − p)/B.
  @Test func gradientOfTheTerm() {
    let z = Tensor.randn([5, 4], generator: Generator(seed: 1), dtype: .float64).requiresGrad_()
    let y = Tensor.randn([5, 4], generator: Generator(seed: 2), dtype: .float64)
    let term = Distillation.term(z, y, lambda: 0.3, temperature: 5)
    #expect(term.shape == [5] && term.min().double >= 0)
    let found = grad(of: term.mean(), wrt: [z])[0]
    let (q, p) = ((z.detach() / 5).softmax(dim: 1), (y / 5).softmax(dim: 1))
    #expect(difference(found, (q - p) * Scalar(0.3 * 5 / 5)) < 1e-12)
    let direct = (p * (p.log() - q.log())).sum(dim: [1]) * Scalar(0.3 * 25)
    #expect(difference(term.detach(), direct) < 1e-12)
    #expect(Distillation.term(y, y, lambda: 1, temperature: 5).abs().max().double < 1e-12)
  }

  @Test func withoutWeightItIsTheBase() throws {
    let fixture = try Fixture(dtype: .float32)
    let base = try fixture.train()
    let saf = with(SAF.Settings()) { ($0.lambda, $0.start, $0.lookback) = (0, 0, 1) }
    let mesa = with(MESA.Settings()) { ($0.lambda, $0.start) = (0, 0) }
    #expect(try fixture.train(nil, saf).flat.equal(base.flat))
    #expect(try fixture.train(nil, mesa).flat.equal(base.flat))
    #expect(try !fixture.train(nil, with(saf) { $0.lambda = 0.3 }).flat.equal(base.flat))
    #expect(try !fixture.train(nil, with(mesa) { $0.lambda = 0.8 }).flat.equal(base.flat))
  }

  /// Weights that do not move give the same answers, so nothing to hold them to: every sample's past is its own, through
  /// shuffled batches of another order each epoch.
  @Test func withoutMovementThereIsNothingToPull() throws {
    var fixture = try Fixture()
    fixture.settings.epochs = 6
    // Statistics of the batch would differ from epoch to epoch: no batch norm here.
    let network = try ConvNet(with(fixture.network.settings) { $0.norm = .instance })
    let point = network.initial(Generator(seed: 1)).to(.float64)
    func terms(_ lookback: Int, order: Bool = true) throws -> [Double] {
      let context = MethodContext(
        network: network, point: point, settings: fixture.settings, sampleCount: 30, stepsPerEpoch: 5,
        order: { fixture.order($0) })
      var saf = try with(SAF.Settings()) { ($0.lookback, $0.start, $0.shift) = (lookback, 0, !order) }
        .regulariser(context)
      var found: [Double] = []
      for epoch in 0..<6 {
        for (index, batch) in fixture.batches(epoch).enumerated() {
          let step = StepContext(
            step: epoch * 5 + index, epoch: epoch, totalSteps: 30, learningRate: 0,
            streams: RandomStreams(seed: 1))
          saf.begin(batch, step)
          var pass = Pass.evaluation(point)
          let output = network(batch.images, point.weights, &pass)
          let term = saf.term(batch, output, .all, isFirst: true)
          #expect((term == nil) == (epoch < max(1, lookback)))
          if let term { found.append(term.abs().max().double) }
          // Of some samples again, as ESAM asks for.
          if let term {
            let picked = SampleSubset.positions(Tensor([4, 1]))
            let part = saf.term(
              batch.selecting(picked), Output(logits: output.logits.selecting(picked)), picked, isFirst: false
            )
            #expect(part!.equal(term.selecting(picked)))
          }
        }
      }
      return found
    }
    for lookback in 1...3 { #expect(try terms(lookback).allSatisfy { $0 < 1e-12 }) }
    // Paired with other samples the answers differ.
    #expect(try terms(1, order: false).max()! > 1e-4)
  }

  @Test func aTeacherWithoutMemoryIsThePointItself() throws {
    let fixture = try Fixture()
    let point = fixture.begin()
    var mesa = try with(MESA.Settings()) { ($0.decay, $0.start) = (0, -1) }.regulariser(
      fixture.context(point))
    // A horizon of a step.
    var short = try with(MESA.Settings()) { ($0.horizon, $0.start) = (0.2, -1) }.regulariser(
      fixture.context(point))
    let step = StepContext(step: 0, epoch: 0, totalSteps: 1, learningRate: 0, streams: RandomStreams(seed: 1))
    withNoGrad { _ = point.flat.mul_(1.3) }
    for (name, tensor) in zip(point.buffers.layout.slots.map(\.name), point.buffers.tensors)
    where name.contains("running") { withNoGrad { _ = tensor.add_(0.1) } }
    short.end(point, step)
    mesa.end(point, step)
    let batch = fixture.batches(0)[0]
    var pass = Pass.evaluation(point)
    let output = fixture.network(batch.images, point.weights, &pass)
    short.begin(batch, step)
    mesa.begin(batch, step)
    #expect(short.term(batch, output, .all, isFirst: true)!.abs().max().double < 1e-12)
    #expect(mesa.term(batch, output, .all, isFirst: true)!.abs().max().double > 1e-6)
  }

  @Test func theAverageReachesOverItsHorizon() throws {
    let fixture = try Fixture()
    let context = fixture.context(fixture.point)
    let derived = try #require(try MESA.Settings().regulariserIgnoringStart(context) as? MESA)
    #expect(abs(derived.decay - (1 - 1 / 20.0)) < 1e-15)
    let given = try #require(
      try with(MESA.Settings()) { $0.decay = 0.9998 }.regulariserIgnoringStart(context) as? MESA)
    #expect(given.decay == 0.9998)
    #expect(given.memory!.bytes >= fixture.point.flat.count * 8)
  }

  /// Both go on to the same bits, also under rules with several passes and on parts of a batch.
  @Test func runsGoOn() throws {
    let fixture = try Fixture(dtype: .float32)
    let saf = with(SAF.Settings()) { ($0.start, $0.lookback) = (0, 1) }
    let mesa = with(MESA.Settings()) { ($0.start, $0.decay) = (0, 0.9) }
    let rules: [(any RuleSettings)?] = [
      nil, SAM.Settings(), ESAM.Settings(), with(SAM.Settings()) { $0.samples = 2 },
      with(ESAM.Settings()) { $0.mode = .official }, with(MSAM.Settings()) { $0.rho = 0.1 }, ASAM.Settings(),
      GSAM.Settings(), LookSAM.Settings(), StaleESAM.Settings(),
    ]
    for rule in rules {
      for regulariser in [saf, mesa] as [any RegulariserSettings] {
        let whole = try fixture.train(rule, regulariser)
        let recorder = Lines()
        recorder.stopAt = 13
        try fixture.train(rule, regulariser, recorder: recorder)
        #expect(recorder.saved?.progress.step == 13)
        recorder.stopAt = .max
        let again = try fixture.train(rule, regulariser, recorder: recorder)
        #expect(again.flat.equal(whole.flat), "\(String(describing: rule)) \(regulariser)")
        for (a, b) in zip(again.buffers.tensors, whole.buffers.tensors) { #expect(a.equal(b)) }
        #expect(try !whole.flat.equal(fixture.train(rule).flat))
      }
    }
  }

  /// A teacher and a selection in bfloat16 end near those in the run's own precision, and not in their bits.
  @Test func halfPrecision() throws {
    let fixture = try Fixture(dtype: .float32)
    let mesa = with(MESA.Settings()) { ($0.start, $0.decay) = (0, 0.9) }
    let (whole, half) = (
      try fixture.train(nil, mesa), try fixture.train(nil, with(mesa) { $0.teacher = .bfloat16 })
    )
    #expect(difference(half.flat, whole.flat) < 5e-3 && difference(half.flat, whole.flat) > 0)
    // Close scores may change places, so that other samples are selected: the run is another, and learns as well.
    let lines = Lines()
    let esam = with(ESAM.Settings()) { $0.selection = .bfloat16 }
    let chosen = try fixture.train(esam, recorder: lines)
    let losses = lines.values("loss")
    #expect(chosen.flat.isfinite().all().int == 1)
    #expect(losses.suffix(5).reduce(0, +) < losses.prefix(5).reduce(0, +))
  }

  /// What is no number in one step has no part in those that come after.
  @Test func answersThatAreNoNumbers() throws {
    let fixture = try Fixture(dtype: .float32)
    let context = fixture.context(fixture.point)
    var saf = try with(SAF.Settings()) { ($0.start, $0.lookback) = (0, 1) }.regulariser(context)
    func term(_ epoch: Int, _ logits: Tensor) -> Tensor? {
      let batch = Batch(
        indices: Tensor([3, 7]), images: .zeros([2, 3, 8, 8]), labels: Tensor([0, 1]))
      saf.begin(
        batch,
        StepContext(
          step: 5 * epoch, epoch: epoch, totalSteps: 20, learningRate: 0.1, streams: RandomStreams(seed: 1)))
      return saf.term(batch, Output(logits: logits), .all, isFirst: true)
    }
    let broken = Tensor.randn([2, 10], generator: Generator(seed: 1))
    withNoGrad { _ = broken[0].fill_(.real(.nan)) }
    #expect(term(0, broken) == nil)
    let found = try #require(term(1, .randn([2, 10], generator: Generator(seed: 2)))).array(of: Float.self)
    #expect(found[0] == 0 && found[1] > 0)
  }

  @Test func tablesInOtherTypes() throws {
    let fixture = try Fixture(dtype: .float32)
    let base = with(SAF.Settings()) { ($0.start, $0.lookback, $0.table) = (0, 1, .float32) }
    let exact = try fixture.train(nil, base)
    for type in [SAF.TableType.auto, .bfloat16, .float16] {
      let found = try fixture.train(nil, with(base) { $0.table = type })
      #expect(difference(found.flat, exact.flat) < 5e-3 && difference(found.flat, exact.flat) > 0, "\(type)")
    }
    // [3, 30, 10] of two bytes and a stamp of four a row.
    let saf = try #require(
      try with(SAF.Settings()) { $0.start = 0 }.regulariser(fixture.context(fixture.point)) as? SAF)
    #expect(saf.memory!.bytes == 3 * 30 * (10 * 2 + 4))
  }

  @Test func settingsThatMakeNoRegulariser() throws {
    let fixture = try Fixture()
    func refused(_ settings: any RegulariserSettings, _ words: String..., samples: Int = 30) {
      let context = MethodContext(
        network: fixture.network, point: fixture.point, settings: fixture.settings, sampleCount: samples,
        stepsPerEpoch: 5, order: { fixture.order($0) })
      do {
        _ = try settings.regulariser(context)
        Issue.record("\(settings) was accepted")
      } catch { for word in words { #expect(error.message.contains(word), "\(error)") } }
    }
    refused(with(SAF.Settings()) { ($0.start, $0.lookback) = (0, 4) }, "lookback of 4", "training of 4")
    refused(with(SAF.Settings()) { ($0.start, $0.lookback) = (0, 0) }, "lookback")
    refused(SAF.Settings(), "saf.start", "training has 4")
    refused(MESA.Settings(), "mesa.start")
    refused(with(SAF.Settings()) { ($0.start, $0.lambda) = (0, -1) }, "lambda")
    refused(with(SAF.Settings()) { ($0.start, $0.temperature) = (0, 0) }, "temperature")
    refused(with(SAF.Settings()) { ($0.start, $0.end) = (2, 3) }, "end")
    refused(with(SAF.Settings()) { ($0.start, $0.end, $0.lookback) = (-1, 2, 2) }, "never", "saf.end")
    refused(with(MESA.Settings()) { ($0.start, $0.decay) = (0, 1) }, "decay")
    refused(with(MESA.Settings()) { ($0.start, $0.horizon) = (0, 0) }, "horizon")
    refused(with(SAF.Settings()) { $0.start = 0 }, "this machine has", "mesa", samples: 1_000_000_000_000)
  }
}

extension MESA.Settings {
  func regulariserIgnoringStart(_ context: MethodContext) throws -> any Regulariser {
    try with(self) { $0.start = 0 }.regulariser(context)
  }
}
