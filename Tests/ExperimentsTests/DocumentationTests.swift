import Data
import Experiments
import Foundation
import Networks
import PeerSupport
import Runs
import Testing
import Torch
import Training

@Suite struct DocumentationTests {
  /// The page has what was compiled here, line by line.
  @Test func extendingHasTheExamples() throws {
    let page = try String(contentsOf: Peer.root.appendingPathComponent("docs/extending.md"), encoding: .utf8)
    let lines = Set(page.split(separator: "\n").map { $0.trimmingCharacters(in: .whitespaces) })
    let examples = try String(
      contentsOf: Peer.root.appendingPathComponent("Tests/ExperimentsTests/DocumentationExamples.swift"),
      encoding: .utf8)
    for line in examples.split(separator: "\n").map({ $0.trimmingCharacters(in: .whitespaces) })
    where !line.hasPrefix("// ") {
      #expect(lines.contains(line), "docs/extending.md lacks: \(line)")
    }
  }

  @Test func theExamplesDoWhatTheySay() throws {
    var settings = ConvNet.Settings()
    (settings.width, settings.size, settings.depth, settings.classes) = (4, 8, 1, 3)
    let network = try ConvNet(settings)
    let point = network.initial(Generator(seed: 1))
    let context = MethodContext(
      network: network, point: point, settings: TrainingSettings(), sampleCount: 6, stepsPerEpoch: 1,
      order: { _ in Array(0..<6) })
    let batch = Batch(
      indices: Tensor(Array(0..<6)), images: .randn([6, 3, 8, 8], generator: Generator(seed: 2)),
      labels: Tensor([0, 1, 2, 0, 1, 2]))
    var penalty = ConfidencePenalty.Settings().regulariser(context)
    var rule = try NormalizedStep.Settings().rule(SGD(), context)
    rule.prepare(for: point)
    var pass = Pass.training(point)
    var terms: Tensor?
    let before = point.flat.clone()
    let step = StepContext(
      step: 0, epoch: 0, totalSteps: 1, learningRate: 0.5, streams: RandomStreams(seed: 1))
    _ = try rule.step(point, batch, &pass, step) { weights, samples, pass in
      let output = network(batch.images, weights, &pass)
      terms = penalty.term(batch, output, .all, isFirst: true)
      return PerSampleLoss(
        values: crossEntropyPerSample(output.logits, batch.labels) + terms!, logits: output.logits.detach())
    }
    #expect(abs((point.flat - before).square().sum().sqrt().double - 0.5) < 1e-4)
    // − β H(p) of three classes lies in [− β ln 3, 0].
    #expect(terms!.shape == [6] && terms!.max().double <= 0 && terms!.min().double >= -0.1 * 1.0987)
  }
}
