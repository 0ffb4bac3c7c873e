import Data
import Foundation
import Networks
import PeerSupport
import Testing
import Torch
import Training

@testable import Sharpness

/// Twenty steps in float64 beside plain PyTorch: weights, statistics and losses within 1e-9.
@Suite struct RuleParityTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let name: String
    let rule: (any RuleSettings)?
    let regulariser: (any RegulariserSettings)?
    var testDescription: String { name }
  }

  static let cases: [Case] = [
    .init(name: "sam", rule: with(SAM.Settings()) { $0.rho = 0.1 }, regulariser: nil),
    .init(
      name: "sam-loss", rule: with(SAM.Settings()) { ($0.rho, $0.decay) = (0.1, .loss) }, regulariser: nil),
    .init(name: "asam", rule: with(ASAM.Settings()) { $0.rho = 0.1 }, regulariser: nil),
    .init(
      name: "gsam", rule: with(GSAM.Settings()) { ($0.rho, $0.rhoMin, $0.alpha) = (0.1, 0.1, 0.3) },
      regulariser: nil),
    .init(
      name: "gsam-adaptive",
      rule: with(GSAM.Settings()) {
        ($0.rho, $0.rhoMin, $0.alpha, $0.adaptive) = (0.1, 0.1, 0.3, true)
      }, regulariser: nil),
    .init(
      name: "looksam", rule: with(LookSAM.Settings()) { ($0.rho, $0.every) = (0.1, 3) }, regulariser: nil),
    .init(name: "msam", rule: with(MSAM.Settings()) { $0.rho = 0.1 }, regulariser: nil),
    .init(
      name: "esam-official", rule: with(ESAM.Settings()) { ($0.rho, $0.mode) = (0.1, .official) },
      regulariser: nil),
    .init(name: "esam-fast", rule: with(ESAM.Settings()) { $0.rho = 0.1 }, regulariser: nil),
    .init(
      name: "mesa", rule: nil, regulariser: with(MESA.Settings()) { ($0.decay, $0.start) = (0.9, 0) }),
    .init(name: "saf", rule: nil, regulariser: with(SAF.Settings()) { ($0.lookback, $0.start) = (2, 0) }),
    .init(
      name: "saf-shift", rule: nil,
      regulariser: with(SAF.Settings()) { ($0.lookback, $0.start, $0.shift) = (2, 0, true) }),
  ]

  @Test(.enabled(if: Peer.isAvailable, Comment(rawValue: Peer.missing)), arguments: cases)
  func followsPyTorch(_ one: Case) throws {
    let fixture = try Fixture()
    let folder = try TemporaryFolder()
    let batches = (0..<fixture.settings.epochs).flatMap(fixture.batches)
    #expect(batches.count == 20)
    var start = fixture.point.stateDictionary.map { (name: "weights.\($0.name)", tensor: $0.tensor) }
    start.append(("images", .stacked(batches.map(\.images))))
    start.append(("labels", .stacked(batches.map(\.labels))))
    start.append(("indices", .stacked(batches.map(\.indices))))
    if let esam = one.rule as? ESAM.Settings {
      let layout = fixture.point.layout
      let draws = (0..<20).map { step in
        let context = StepContext(
          step: step, epoch: step / 5, totalSteps: 20, learningRate: 0.05,
          streams: RandomStreams(seed: 0).child("step", step))
        let drawn = ESAM.drawn(layout, beta: esam.beta, context, esam.mode)
        return Tensor(layout.slots.indices.map { drawn.contains($0) ? 1.0 : 0 })
      }
      start.append(("drawn", .stacked(draws)))
    }
    try Safetensors.write(start, to: folder.file("start.safetensors"))
    try Peer.run(
      "sharpness_rules",
      [
        folder.file("start.safetensors").path, folder.file("out.safetensors").path, one.name,
        "\(fixture.stepsPerEpoch)",
      ])
    let expected = try Safetensors(reading: folder.file("out.safetensors"))
    let lines = Lines()
    let end = try fixture.train(one.rule, one.regulariser, recorder: lines)
    let losses = expected["losses"]!.array(of: Double.self)
    #expect(lines.values("loss").count == 20 && losses.count == 20)
    for (found, loss) in zip(lines.values("loss"), losses) {
      #expect(abs(found - loss) < 1e-9)
    }
    for (name, tensor) in end.stateDictionary {
      let other = try #require(expected[name])
      #expect((tensor.to(.float64) - other.to(.float64)).abs().max().double < 1e-9, "\(name)")
    }
    // Twenty steps that move nothing show nothing.
    #expect((end.flat - fixture.point.flat).vectorNorm().double > 0.1)
  }
}

/// Settings with some of them changed.
func with<Settings>(_ settings: Settings, _ change: (inout Settings) -> Void) -> Settings {
  var settings = settings
  change(&settings)
  return settings
}
