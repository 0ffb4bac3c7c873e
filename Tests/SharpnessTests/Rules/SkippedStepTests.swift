import Data
import Networks
import Sharpness
import Testing
import Torch
import Training

/// Steps without a finite gradient.
@Suite struct SkippedStepTests {
  /// A gradient that is no number moves nothing and is counted; the next one moves again.
  @Test(arguments: ["sam", "asam", "gsam", "looksam", "msam", "esam", "esam-stale"])
  func stepsThatAreSkipped(_ name: String) throws {
    let f = RuleTests.Quadratic()
    let context = try Fixture().context(f.point)
    let all: [String: any RuleSettings] = [
      "sam": SAM.Settings(), "asam": ASAM.Settings(), "gsam": GSAM.Settings(), "looksam": LookSAM.Settings(),
      "msam": MSAM.Settings(), "esam": with(ESAM.Settings()) { ($0.beta, $0.gamma) = (1, 1) },
      "esam-stale": with(StaleESAM.Settings()) { ($0.beta, $0.gamma) = (1, 1) },
    ]
    let point = f.point.copy()
    var rule = try all[name]!.rule(SGD(momentum: 0.9), context)
    rule.prepare(for: point)
    let batch = Batch(indices: Tensor([0]), images: .zeros([1, 1, 1, 1]), labels: Tensor([0]))
    var counts: [Double] = []
    for step in 0..<3 {
      let before = point.flat.clone()
      var pass = Pass.training(point)
      let step = StepContext(
        step: step, epoch: 0, totalSteps: 10, learningRate: 0.1, streams: RandomStreams(seed: 1))
      let isBroken = step.step == 1
      let report = try rule.step(point, batch, &pass, step) { weights, _, _ in
        // The derivative of √ at zero is infinite, the loss is not.
        let broken = isBroken ? (weights[0] * 0).sum().sqrt() : Tensor.zeros([], dtype: .float64)
        let loss = (weights[0] * f.matrix.matmul(weights[0])).sum() * 0.5 + broken
        return PerSampleLoss(values: loss.view([1]), logits: .zeros([1, 2]))
      }
      counts.append(report.metrics["skipped"]!.double)
      #expect(report.loss.double.isFinite && point.flat.vectorNorm().double.isFinite)
      #expect(point.flat.equal(before) == isBroken, "step \(step.step)")
    }
    #expect(counts == [0, 1, 1])
  }

  /// A loss that is no number, or a second gradient alone that is none: the step moves neither weights nor statistics, is
  /// counted, and the run goes on; twenty in a row end it.
  @Test(
    arguments: ["sam", "asam", "gsam", "looksam", "msam", "esam", "esam-stale"], ["loss", "second", "all"])
  func runsGoOnAfterSkippedSteps(_ name: String, _ broken: String) throws {
    let all: [String: any RuleSettings] = [
      "sam": SAM.Settings(), "asam": ASAM.Settings(), "gsam": GSAM.Settings(),
      "looksam": with(LookSAM.Settings()) { $0.every = 1 }, "msam": with(MSAM.Settings()) { $0.rho = 0.1 },
      "esam": ESAM.Settings(), "esam-stale": StaleESAM.Settings(),
    ]
    let fixture = try Fixture(dtype: .float32)
    let recorder = Lines()
    func train() throws -> Point {
      try fixture.train(all[name]!, recorder: recorder) {
        BrokenPasses(rule: $0) { step, pass in
          switch broken {
          case "loss": step == 7
          case "second": step == 7 && pass > 0
          default: true
          }
        }
      }
    }
    if broken == "all" {
      do {
        _ = try train()
        Issue.record("twenty steps without a gradient were accepted")
      } catch let error as TrainingError {
        #expect(error.message.contains("20 steps in a row had no finite gradient"), "\(error)")
      }
      return
    }
    let end = try train()
    // MSAM has one gradient.
    #expect(recorder.values("skipped").last == (name == "msam" && broken == "second" ? 0 : 1))
    #expect(end.flat.isfinite().all().int == 1)
    for buffer in end.buffers.tensors { #expect(buffer.isfinite().all().int == 1) }
  }
}
