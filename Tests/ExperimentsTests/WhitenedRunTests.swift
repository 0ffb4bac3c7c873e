import Command
import Data
import Experiments
import Foundation
import PeerSupport
import Testing
import Torch
import Training

/// ZCA from the recipe to the model file and back.
@Suite struct WhitenedRunTests {
  let folder: TemporaryFolder
  init() throws { folder = try TemporaryFolder() }

  private func recipe(_ normalize: String) throws -> TrainRecipe {
    var data = TrainRecipe.DataChoice()
    (data.path, data.trainLimit, data.testLimit, data.normalize) = ("builtin:gray", 80, 30, normalize)
    var training = TrainingSettings()
    (training.epochs, training.batch, training.lr, training.augment) = (2, 20, 0.01, "flip")
    let network = try NetworkChoice("mlp", shape: [1, 28, 28], classes: 10).setting(["hidden=8"])
    return try TrainRecipe(data: data, network: network, training: training, seed: 3)
  }

  private func run(_ recipe: TrainRecipe, _ name: String) throws -> TrainingRun.Summary? {
    let (train, test) = try recipe.data.open()
    let ending = try TrainingRun(recipe, train: train, test: test).run(in: folder.file(name))
    if case .complete(let summary) = ending { return summary }
    return nil
  }

  @Test func theModelWhitensAsTrainingDid() throws {
    let recipe = try recipe("zca:0.3")
    let summary = try #require(try run(recipe, "run"))
    let model = try SavedModel(reading: folder.file("run"))
    let zca = try #require(model.card.normalization as? ZCA)
    #expect(zca.epsilon == 0.3 && zca.shape == [1, 28, 28])
    let (train, test) = try recipe.data.open()
    let fitted = try ZCA(fitting: train, epsilon: 0.3)
    #expect(zca.whitening.equal(fitted.whitening) && zca.mean.equal(fitted.mean))

    let found = try model.evaluate(#require(test))
    #expect(abs(found.loss - summary.loss!) < 1e-6 && found.accuracy == summary.accuracy)
    let pixels = try test!.images.images(Array(0..<30)).to(.float32) / 255
    let byHand = model.network.logits(fitted(pixels), at: model.point).softmax(dim: 1)
    #expect((model.probabilities(pixels) - byHand).abs().amax().double < 1e-6)
    // Noise comes before the whitening here too.
    #expect(try model.evaluate(test!, noise: 0.3).loss != found.loss)
    // Whatever writes it again keeps it.
    try model.write(to: folder.file("copy.safetensors"))
    let copy = try SavedModel(reading: folder.file("copy.safetensors"))
    #expect((copy.card.normalization as? ZCA)?.whitening.equal(zca.whitening) == true)

    let plain = try #require(try run(self.recipe("computed"), "plain"))
    #expect(plain.loss != summary.loss)
  }

  @Test func whatCannotBeIsRefused() throws {
    func message(_ body: () throws -> Void) -> String {
      do {
        try body()
        return "accepted"
      } catch {
        return "\(error)"
      }
    }
    for normalize in ["zca:0", "zca:-1", "zca:x", "zca:", "zca:nan"] {
      let text = message { _ = try run(recipe(normalize), "a") }
      #expect(text.contains("normalize=\(normalize): expected zca:ε with ε above 0"), "\(text)")
      #expect(!FileManager.default.fileExists(atPath: folder.file("a").path))
    }
    #expect(message { _ = try run(recipe("zca2"), "a") }.contains("no normalisation 'zca2'"))
    // The covariance of such images has 10⁵ rows.
    let large = try DataSet(
      name: "large", split: .train, format: "memory",
      images: MemoryImages(.zeros([2, 3, 400, 400], dtype: .uint8)), labels: [0, 1], classNames: ["a", "b"])
    let text = message { _ = try recipe("zca").data.preprocessing(large) }
    #expect(text.contains("480000×480000") && text.contains("take smaller images"), "\(text)")

    // A file whose tensors were lost on the way.
    #expect(try run(recipe("zca"), "run") != nil)
    let file = try Safetensors(reading: folder.file("run/model.safetensors"))
    let rest = try file.names.filter { $0 != "zca.mean" }.map { (name: $0, tensor: try #require(file[$0])) }
    try Safetensors.write(rest, metadata: file.metadata, to: folder.file("less.safetensors"))
    let damaged = message { _ = try SavedModel(reading: folder.file("less.safetensors")) }
    #expect(damaged.contains("less.safetensors: ZCA is damaged"), "\(damaged)")
  }
}
