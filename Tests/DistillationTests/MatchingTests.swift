import Data
import Foundation
import Networks
import PeerSupport
import Testing
import Torch

@testable import Distillation

/// DM's, DC's and DSA's losses and gradients beside plain PyTorch, on the same images, weights and draws.
@Suite struct MatchingTests {
  private let network: ConvNet
  private let point: Point
  private let samples: RealSamples
  private let set: SyntheticSet

  init() throws {
    var settings = ConvNet.Settings()
    (settings.width, settings.depth, settings.classes) = (8, 2, 10)
    network = try ConvNet(settings)
    point = network.initial(Generator(seed: 1))
    let data = try BuiltInData.open("color", split: .train, count: 200)
    samples = try RealSamples(data, try Normalization(computedFrom: data))
    set = try SyntheticSet(.real, perClass: 2, from: samples, Generator(seed: 2))
  }

  private func real(_ label: Int) throws -> Tensor {
    try samples.images(samples.drawn(9, of: label, Generator(seed: UInt64(label))))
  }

  private func peer(
    _ method: String, _ draws: [[Tensor]?], _ weights: [(name: String, tensor: Tensor)]? = nil,
    norm: String = "instance"
  ) throws -> Safetensors {
    let folder = try TemporaryFolder()
    var tensors = (weights ?? point.stateDictionary).map { (name: "weights.\($0.name)", tensor: $0.tensor) }
    tensors.append(("synthetic", set.images))
    for label in 0..<10 {
      tensors.append(("real.\(label)", try real(label)))
      guard let draw = draws[label] else { continue }
      tensors.append(("family.\(label)", draw[0]))
      tensors.append(("values.\(label)", draw[1]))
    }
    try Safetensors.write(tensors, to: folder.file("in.safetensors"))
    try Peer.run(
      "condensation", [method, folder.file("in.safetensors").path, folder.file("out.safetensors").path, norm])
    return try Safetensors(reading: folder.file("out.safetensors"))
  }

  private func draws(_ strategy: String) throws -> [[Tensor]?] {
    guard let augmentation = try siamese(strategy) else { return [[Tensor]?](repeating: nil, count: 10) }
    return (0..<10).map { augmentation.draw(1, shape: [3, 32, 32], Generator(seed: UInt64(50 + $0))) }
  }

  private func other(_ norm: NormKind) throws -> ConvNet {
    var settings = ConvNet.Settings()
    (settings.width, settings.depth, settings.classes, settings.norm) = (8, 2, 10, norm)
    return try ConvNet(settings)
  }

  private func check(_ loss: Double, _ gradient: Tensor, _ expected: Safetensors) {
    let known = expected["loss"]!.double
    #expect(abs(loss - known) < 1e-5 * abs(known))
    let other = expected["gradient"]!
    #expect((gradient - other).vectorNorm().double < 1e-5 * other.vectorNorm().double)
    #expect(other.vectorNorm().double > 0)
  }

  @Test(
    .enabled(if: Peer.isAvailable, Comment(rawValue: Peer.missing)), arguments: ["none", "crop_flip_cutout"])
  func distributionMatchingFollowsPyTorch(_ strategy: String) throws {
    var settings = DistributionMatching.Settings()
    settings.strategy = strategy
    let draws = try draws(strategy)
    let matching = try DistributionMatching(network, samples, settings)
    let (loss, gradient) = matching.loss(set, point, try (0..<10).map { (try real($0), draws[$0]) })
    check(loss, gradient, try peer("dm", draws))
  }

  @Test(
    .enabled(if: Peer.isAvailable, Comment(rawValue: Peer.missing)), arguments: ["none", "crop_flip_cutout"])
  func gradientMatchingFollowsPyTorch(_ strategy: String) throws {
    var settings = GradientMatching.Settings()
    settings.strategy = strategy
    let draws = try draws(strategy)
    let matching = try GradientMatching(network, samples, settings)
    var loss = 0.0
    var gradients: [Tensor] = []
    for label in 0..<10 {
      let (one, gradient) = matching.distance(
        set.images(of: label), try real(label), label, point, draws[label])
      loss += one
      gradients.append(gradient)
    }
    check(loss, .concatenated(gradients), try peer("dc", draws))
  }

  /// With batch statistics all classes are seen in one pass, real images as well as synthetic ones.
  @Test(.enabled(if: Peer.isAvailable, Comment(rawValue: Peer.missing)))
  func batchStatisticsAreThoseOfAllClasses() throws {
    let network = try other(.batch)
    let point = network.initial(Generator(seed: 1))
    let weights = point.stateDictionary.filter {
      !$0.name.contains("running") && !$0.name.contains("num_batches")
    }
    let draws = try draws("crop_flip_cutout")
    let (loss, gradient) = try DistributionMatching(network, samples).loss(
      set, point, try (0..<10).map { (try real($0), nil) })
    let none = [[Tensor]?](repeating: nil, count: 10)
    check(loss, gradient, try peer("dm", none, weights, norm: "batch"))
    var settings = DistributionMatching.Settings()
    settings.strategy = "crop_flip_cutout"
    let (augmented, moved) = try DistributionMatching(network, samples, settings).loss(
      set, point, try (0..<10).map { (try real($0), draws[$0]) })
    check(augmented, moved, try peer("dm", draws, weights, norm: "batch"))
  }

  /// A filter that never fires has a gradient of zeros, whose norm has none: nothing of it comes to the images.
  @Test(.enabled(if: Peer.isAvailable, Comment(rawValue: Peer.missing)))
  func deadFiltersDoNotSpoilTheGradient() throws {
    let network = try other(.none)
    let point = network.initial(Generator(seed: 1))
    for tensor in point.stateDictionary where tensor.name == "features.0.bias" {
      withNoGrad { _ = tensor.tensor[3].fill_(Scalar(-1_000.0)) }
    }
    var loss = 0.0
    var gradients: [Tensor] = []
    let matching = try GradientMatching(network, samples)
    for label in 0..<10 {
      let (one, gradient) = matching.distance(
        set.images(of: label), try real(label), label, point, nil)
      loss += one
      gradients.append(gradient)
    }
    let none = [[Tensor]?](repeating: nil, count: 10)
    check(loss, .concatenated(gradients), try peer("dc", none, point.stateDictionary, norm: "none"))
    let rows = Tensor.zeros([2, 3]).requiresGrad_()
    let ofZero = withGrad { grad(of: GradientMatching.distance(rows, Tensor.ones([2, 3])), wrt: rows) }
    #expect(ofZero.isfinite().all().int == 1)
  }

  /// Images on which no distance has a gradient any more stop the method.
  @Test func whatIsNoNumberStops() throws {
    var dc = GradientMatching.Settings()
    (dc.outer, dc.inner, dc.realBatch) = (2, 1, 8)
    dc.strategy = "flip"
    var dm = DistributionMatching.Settings()
    dm.realBatch = 8
    withNoGrad { _ = set.images[0].mul_(Scalar(Double.nan)) }
    let makers: [(name: String, make: () throws -> any Distiller)] = [
      ("dsa", { try GradientMatching(network, samples, dc) }),
      ("dm", { try DistributionMatching(network, samples, dm) }),
    ]
    for (name, make) in makers {
      var method = try make()
      let error = #expect(throws: DistillationError.self) {
        try method.step(set, Iteration(index: 4, run: RandomStreams(seed: 0)))
      }
      let message = error?.message ?? ""
      #expect(
        message.hasPrefix("\(name):") && message.contains("iteration 4") && message.contains("lrImages"))
    }
  }

  /// They move the images, and a run in two parts ends in the same bits.
  @Test func everyMethodMovesTheImagesAndGoesOnFromItsState() throws {
    var dc = GradientMatching.Settings()
    (dc.outer, dc.inner, dc.realBatch) = (2, 1, 8)
    var dm = DistributionMatching.Settings()
    dm.realBatch = 8
    let makers: [() throws -> any Distiller] = [
      { try GradientMatching(network, samples, dc) }, { try DistributionMatching(network, samples, dm) },
    ]
    let run = RandomStreams(seed: 3)
    for make in makers {
      let start = set.images.clone()
      var whole = try make()
      for index in 0..<3 { _ = try whole.step(set, Iteration(index: index, run: run)) }
      let end = set.images.clone()
      #expect((end - start).vectorNorm().double > 0)
      // The same in two parts.
      withNoGrad { _ = set.images.copy_(start) }
      var first = try make()
      for index in 0..<2 { _ = try first.step(set, Iteration(index: index, run: run)) }
      let state = Dictionary(uniqueKeysWithValues: first.state.map { ($0.name, $0.tensor.clone()) })
      var second = try make()
      try second.restore { state[$0] }
      _ = try second.step(set, Iteration(index: 2, run: run))
      #expect(set.images.equal(end))
      withNoGrad { _ = set.images.copy_(start) }
    }
  }

  /// Whitened images are kept: those asked for, in their order, and in the same bits whatever was asked for before.
  @Test func whitenedImagesAreKept() throws {
    let data = try BuiltInData.open("gray", split: .train, count: 300)
    let zca = try ZCA(fitting: data)
    let indices = [290, 3, 3, 255, 256, 17]
    let expected = withNoGrad { zca(unitPixels(try! data.images.images(indices))) }
    let (one, other) = (try RealSamples(data, zca), try RealSamples(data, zca))
    _ = try other.images([299, 4])
    let found = try one.images(indices)
    #expect(found.shape == expected.shape && (found - expected).abs().max().double < 1e-5)
    #expect(try other.images(indices).equal(found) && one.images(indices).equal(found))
    #expect(try one.images([3]).equal(found.narrow(dim: 0, start: 1, length: 1)))
  }

  @Test func whatCannotBeIsRefused() throws {
    let few = try BuiltInData.open("color", split: .train, count: 30)
    let scarce = try RealSamples(few, nil)
    let error = #expect(throws: DistillationError.self) {
      try SyntheticSet(.real, perClass: 20, from: scarce, Generator(seed: 0))
    }
    #expect(error?.message.contains("ipc is 20") == true)
    #expect(throws: DistillationError.self) {
      try RealSamples(BuiltInData.open("color", split: .test, count: 30), nil)
    }
    var settings = ConvNet.Settings()
    settings.norm = .batch
    let batch = try ConvNet(settings)
    #expect(throws: DistillationError.self) { try GradientMatching(batch, samples) }
    var dm = DistributionMatching.Settings()
    dm.lrImages = -1
    #expect(throws: DistillationError.self) { try DistributionMatching(network, samples, dm) }
    dm.lrImages = 1
    dm.momentum = 5
    #expect(throws: DistillationError.self) { try DistributionMatching(network, samples, dm) }
    dm.momentum = 0.5
    var dc = GradientMatching.Settings()
    dc.momentum = -0.1
    dc.strategy = "flip"
    let named = #expect(throws: DistillationError.self) { try GradientMatching(network, samples, dc) }
    #expect(named?.message.hasPrefix("dsa: momentum") == true)
    dm.strategy = "crop_zoom"
    #expect(throws: DataError.self) { try DistributionMatching(network, samples, dm) }
  }
}
