import Command
import Data
import Foundation
import Networks
import PeerSupport
import Testing
import Torch
import Training

@testable import Experiments

/// A network on a data set: noise, and answers that are none.
@Suite struct EvaluatingTests {
  /// A linear network on gray images of 4×4 pixels, with its weights times `scale`.
  private func model(scale: Double = 1, normalization: Normalization? = nil) throws -> SavedModel {
    let choice = try NetworkChoice("mlp", shape: [1, 4, 4], classes: 3).setting(["hidden="])
    let network = try choice.make()
    let point = network.initial(Generator(seed: 1))
    withNoGrad { _ = point.flat.mul_(Scalar(scale)) }
    let card = SavedModel.Card(
      network: choice, normalization: normalization, classNames: (0..<3).map(String.init))
    return SavedModel(card: card, network: network, point: point)
  }

  private func data(_ count: Int = 40) throws -> DataSet {
    let bytes = Tensor.randint(0, 256, [count, 1, 4, 4], generator: Generator(seed: 2)).to(.uint8)
    return try DataSet(
      name: "memory", split: .test, format: "memory", images: MemoryImages(bytes),
      labels: (0..<count).map { $0 % 3 }, classNames: (0..<3).map(String.init))
  }

  @Test func noiseHasItsDeviation() {
    let images = Tensor.full([400, 3, 8, 8], 0.5)
    let indices = Tensor(Array(0..<400))
    for sigma in [0.1, 2] {
      let noise = PixelNoise(sigma: sigma, seed: 7)(images, indices) - images
      let count = Double(noise.count)
      // Five standard errors of a mean and of a deviation.
      #expect(abs(noise.mean().double) < 5 * sigma / count.squareRoot())
      let deviation = noise.square().mean().sqrt().double
      #expect(abs(deviation - sigma) < 5 * sigma / (2 * count).squareRoot(), "\(sigma): \(deviation)")
    }
    // Unclipped: pixels may leave [0, 1].
    #expect(PixelNoise(sigma: 2, seed: 7)(images, indices).amin().double < -1)
  }

  /// A sample's noise is its own: no batch, no order and no neighbour changes it, and the seed does.
  @Test func noiseBelongsToTheSample() {
    let images = Tensor.zeros([6, 1, 4, 4])
    let noise = PixelNoise(sigma: 1, seed: 3)
    let all = noise(images, Tensor(Array(0..<6)))
    let some = noise(images[0..<3], Tensor([5, 0, 2]))
    for (place, index) in [5, 0, 2].enumerated() { #expect(some[place].equal(all[index])) }
    #expect(!all[0].equal(all[1]))
    #expect(!PixelNoise(sigma: 1, seed: 4)(images, Tensor(Array(0..<6))).equal(all))
    #expect(noise(images.to(.float64), Tensor(Array(0..<6))).dtype == .float64)
  }

  /// On pixels, before the normalisation, which divides the noise by the deviation too.
  @Test func noiseComesBeforeTheNormalisation() throws {
    let normalization = try Normalization(mean: [0.4], std: [0.1])
    let model = try model(normalization: normalization)
    let data = try data()
    let indices = Array(0..<data.count)
    let pixels = try data.images.images(indices).to(.float32) / 255
    let noisy = PixelNoise(sigma: 0.2, seed: 5)(pixels, Tensor(indices))
    let logits = model.network.logits((noisy - 0.4) / 0.1, at: model.point)
    let expected = logits.crossEntropy(Tensor(data.labels)).double
    for batch in [500, 40, 7, 1] {
      let found = try model.evaluate(data, noise: 0.2, seed: 5, batch: batch)
      #expect(abs(found.loss - expected) < 1e-5 && found.count == 40, "\(batch): \(found.loss), \(expected)")
    }
    #expect(abs(try model.evaluate(data, noise: 0.2, seed: 6).loss - expected) > 1e-3)
    #expect(abs(try model.evaluate(data).loss - expected) > 1e-3)
  }

  @Test func answersThatAreNoNumbersAreAnError() throws {
    let data = try data()
    func message(_ model: SavedModel) -> String {
      do {
        let result = try model.evaluate(data)
        return "accepted: \(result.loss)"
      } catch {
        return "\(error)"
      }
    }
    #expect(
      message(try model(scale: .nan)).contains("40 of 40 images are no finite numbers: 51 of its 51 weights"))
    // Finite weights whose sums are not.
    let huge = try model(scale: 3e38)
    withNoGrad { _ = huge.point.flat.mul_(4) }
    let said = message(huge)
    #expect(huge.point.flat.isfinite().all().item().double == 1)
    #expect(said.contains("images are no finite numbers;") && !said.contains("of its"), "\(said)")
  }
}
