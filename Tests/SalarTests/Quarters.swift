import Foundation
import PeerSupport
import Torch

/// A folder with `quarters.npz`, four classes by which quarter of a gray image of 8×8 is bright, and what trains on it.
struct Quarters {
  let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
    let (train, trainLabels) = Self.images(96, 1)
    let (test, testLabels) = Self.images(40, 2)
    try NPZ.write(
      [("x_train", train), ("y_train", trainLabels), ("x_test", test), ("y_test", testLabels)],
      to: folder.file("quarters.npz"))
  }

  private static func images(_ count: Int, _ seed: UInt64) -> (Tensor, Tensor) {
    let generator = Generator(seed: seed)
    let labels = Tensor.randint(0, 4, [count], generator: generator)
    let quarter = labels.oneHot(4).to(.float32).reshape([count, 1, 2, 2])
    let bright = quarter.upsampleNearest2d([8, 8]) * 150
    let noise = Tensor.rand([count, 1, 8, 8], generator: generator) * 100
    return ((bright + noise).to(.uint8), labels)
  }

  func path(_ name: String) -> String { folder.file(name).path }

  /// A perceptron with dropout, an average of points and random crops: four steps an epoch.
  func train(_ out: String, epochs: Int = 30, _ extra: [String] = []) -> [String] {
    [
      "train", "--data", path("quarters.npz"), "--network", "mlp", "--set", "hidden=16", "--set",
      "dropout=0.2",
      "--set", "batch=24", "--set", "lr=0.05", "--set", "ema=0.5", "--set", "augment=crop:1", "--epochs",
      "\(epochs)", "--seed", "3", "--threads", "1", "--out", path(out),
    ] + extra
  }

  func bytes(_ run: String, _ file: String) throws -> Data {
    try Data(contentsOf: folder.file(run).appendingPathComponent(file))
  }

  /// The steps that a run has checkpoints of.
  func checkpoints(_ run: String) -> [Int] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: path(run) + "/checkpoints")) ?? []
    return names.compactMap { $0.hasPrefix("step-") ? Int($0.dropFirst(5)) : nil }.sorted()
  }
}

extension Program.Result {
  /// The step that a run went on from, as it said.
  var continuedFrom: Int? {
    errors.firstMatch(of: /continuing .* from step (\d+)/).flatMap { Int($0.1) }
  }
}
