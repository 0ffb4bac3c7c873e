import Data
import Experiments
import Foundation
import PeerSupport
import Testing
import Torch
import Training

/// The built-in images are hard for a linear model, and not for a small ConvNet on the same few of them.
@Suite struct BuiltInGapTests {
  private func accuracy(
    _ network: String, _ settings: [String], on path: String, in folder: TemporaryFolder,
    _ adjust: (inout TrainingSettings) -> Void
  ) throws -> Double {
    var data = TrainRecipe.DataChoice()
    (data.path, data.trainLimit, data.testLimit) = (path, 2000, 400)
    let (train, test) = try data.open()
    var training = TrainingSettings()
    (training.epochs, training.batch, training.logEvery) = (6, 64, 0)
    adjust(&training)
    let choice = try NetworkChoice(network, shape: train.shape, classes: train.classes).setting(settings)
    let recipe = try TrainRecipe(data: data, network: choice, training: training, seed: 1)
    let ending = try TrainingRun(recipe, train: train, test: test).run(in: folder.file(network))
    guard case .complete(let summary) = ending else { return .nan }
    return try #require(summary.accuracy)
  }

  @Test(arguments: ["builtin:gray", "builtin:color"])
  func aConvNetIsFarAheadOfALinearModel(_ path: String) throws {
    let folder = try TemporaryFolder()
    let linear = try accuracy("mlp", ["hidden="], on: path, in: folder) { $0.lr = 0.02 }
    let convNet = try accuracy("convnet", ["width=16"], on: path, in: folder) {
      ($0.lr, $0.augment) = (0.05, "crop:2")
    }
    #expect(linear > 0.15 && linear < 0.45, "\(linear)")
    #expect(convNet > linear + 0.2, "\(convNet) beside \(linear)")
  }
}
