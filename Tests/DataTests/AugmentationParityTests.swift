import Foundation
import PeerSupport
import Testing
import Torch

@testable import Data

/// Every augmentation and ZCA against PyTorch, image by image, from the same parameters.
@Suite(.enabled(if: Peer.isAvailable, Comment(rawValue: Peer.missing)))
struct AugmentationParityTests {
  @Test func agreesWithPyTorch() throws {
    let count = 24
    let shape = [3, 12, 10]
    let images = randomImages([count] + shape, dtype: .float64)
    let generator = Generator(seed: 5)
    let crop = PadCrop(3)
    let cutout = Cutout(6, probability: 0.7)
    let resized = RandomResizedCrop(7)
    let grid = RandomResizedCrop(7, sampling: .grid)
    let jitter = ColorJitter(brightness: 0.4, contrast: 0.5, saturation: 0.6, hue: 0.3)
    let draws = [
      "crop": crop.draw(count, shape: shape, generator),
      "cutout": cutout.draw(count, shape: shape, generator),
      "resized": resized.draw(count, shape: shape, generator),
      "jitter": jitter.draw(count, shape: shape, generator),
    ]
    var given = draws.flatMap { name, values in values.enumerated().map { ("\(name).\($0)", $1) } }
    let values = Dictionary(
      uniqueKeysWithValues: DSA.Family.allCases.map { ($0, DSA.values($0, count, shape, generator)) })
    given += values.map { ("dsa.\($0.rawValue)", $1) } + [("images", images)]

    let folder = try TemporaryFolder()
    try Safetensors.write(given, to: folder.file("in.safetensors"))
    try Peer.run(
      "augmentations_parity", [folder.file("in.safetensors").path, folder.file("out.safetensors").path])
    let expected = try Safetensors(reading: folder.file("out.safetensors"))

    for dtype in [DType.float32, .float64] {
      let tolerance = dtype == .float32 ? 2e-5 : 1e-6
      let x = images.to(dtype)
      func compare(_ name: String, _ found: Tensor) throws {
        let distance = difference(found, try #require(expected[name]))
        #expect(distance < tolerance, "\(name) in \(dtype): \(distance)")
        #expect(found.dtype == dtype)
      }
      try compare("crop", crop.apply(x, draws["crop"]!))
      try compare("cutout", cutout.apply(x, draws["cutout"]!))
      try compare("antialiased", resized.apply(x, draws["resized"]!))
      try compare("grid", grid.apply(x, draws["resized"]!))
      try compare("jitter", jitter.apply(x, draws["jitter"]!))
      for family in DSA.Family.allCases {
        try compare("dsa.\(family.rawValue)", DSA.apply(family, x, values[family]!.to(dtype)))
      }
    }

    let data = try DataSet(
      name: "random", split: .train, format: "memory", images: MemoryImages(images.to(.float32)),
      labels: [Int](repeating: 0, count: count), classNames: ["all"])
    let zca = try ZCA(fitting: data, chunk: 7)
    #expect(difference(zca.mean, expected["zca.mean"]!) < 1e-7)
    #expect(difference(zca.whitening, expected["zca.whitening"]!) < 1e-5)
    #expect(difference(zca(images), expected["zca.images"]!) < 1e-6)
    #expect(difference(zca(images.to(.float32)), expected["zca.images"]!) < 1e-4)
  }
}
