import Testing
import Torch

@testable import Data

@Suite struct PipelineTests {
  private func names(_ members: [any Augmentation]) -> [String] { members.map { type(of: $0).name } }

  @Test func placesMembersAroundThePreprocessing() throws {
    let usual = try AugmentationPipeline(parsing: "crop:4,flip,cutout:16:0.5")
    #expect(names(usual.before) == ["crop", "flip"])
    #expect(names(usual.after) == ["cutout"])
    #expect((usual.before[0] as? PadCrop)?.padding == 4)
    #expect((usual.after[0] as? Cutout)?.side == 16)
    let marked = try AugmentationPipeline(parsing: "cutout,normalize,crop:2,noise:0.5,mixup:0.4")
    #expect(names(marked.before) == ["cutout"])
    #expect(names(marked.after) == ["crop", "noise"])
    #expect((marked.mixing[0] as? Mixup)?.alpha == 0.4)
    #expect(try AugmentationPipeline(parsing: "none").isEmpty)
    #expect(try AugmentationPipeline(parsing: "").isEmpty)
    #expect(try (AugmentationPipeline(parsing: "dsa").after[0] as? DSA)?.strategy == DSA().strategy)
    let siamese = try AugmentationPipeline(parsing: "dsa:color_crop:siamese").after[0] as? DSA
    #expect(siamese?.mode == .siamese)
    #expect(siamese?.families == [.color, .crop])
    #expect(try AugmentationPipeline(parsing: "resized-crop:8").shape(after: [3, 32, 32]) == [3, 8, 8])
  }

  @Test func refusesUnknownNamesWithTheKnown() throws {
    let error = #expect(throws: DataError.self) { try AugmentationPipeline(parsing: "crop:4,flop") }
    let message = try #require(error?.message)
    #expect(
      message.hasPrefix("augmentation 'crop:4,flop': no augmentation 'flop'; there are: crop[:PADDING=4], "))
    for name in ["flip", "resized-crop", "jitter", "noise", "cutout", "dsa", "mixup", "cutmix", "normalize"] {
      #expect(message.contains(name))
    }
  }

  @Test(arguments: [
    "crop:x", "crop:-1", "crop:4:4", "crop:1.5", "flip:1.5", "flip:nan", "cutout:0", "cutout:16:2", "noise",
    "noise:-1", "resized-crop", "resized-crop:8:0.9:0.1", "jitter", "jitter:0.1:0.1:0.1:0.7", "dsa:blur",
    "dsa:crop:twin", "mixup:0", "cutmix:-1", "crop,,flip", ",", "crop,", "normalize:1", "normalize,normalize",
    "normalize,jitter:0.4", "CROP", " crop",
  ]) func refusesWhatItCannotRead(_ text: String) {
    #expect(throws: DataError.self) { try AugmentationPipeline(parsing: text) }
  }

  /// Zeros of a crop before normalisation are black, of a cutout after it the mean colour.
  @Test func zerosMeanWhatThePlaceSays() throws {
    let pipeline = try AugmentationPipeline(parsing: "crop:2,cutout:2:1")
    let normalization = try Normalization(mean: [0.5], std: [0.25])
    var draw = pipeline.draw(1, shape: [1, 4, 4], RandomStreams(seed: 0))
    draw.before = [[Tensor([0, 2], shape: [1, 2])]]
    draw.after = [[Tensor([2, 0], shape: [1, 2]), Tensor([true])]]
    let result = pipeline.apply(.ones([1, 1, 4, 4]), draw, preprocessing: normalization)
    #expect(result.array() == [-2, -2, -2, -2, -2, -2, -2, -2, 0, 0, 2, 2, 0, 0, 2, 2] as [Float])
  }

  @Test func addingAMemberShiftsNoOther() throws {
    let streams = RandomStreams(seed: 5)
    let few = try AugmentationPipeline(parsing: "crop:4,cutout").draw(8, shape: [3, 32, 32], streams)
    let more = try AugmentationPipeline(parsing: "flip,crop:4,noise:0.1,cutout,cutmix").draw(
      8, shape: [3, 32, 32], streams)
    #expect(few.before[0][0].equal(more.before[1][0]))
    #expect(few.after[0][0].equal(more.after[0][0]))
    let twice = try AugmentationPipeline(parsing: "crop:4,crop:4").draw(8, shape: [3, 32, 32], streams)
    #expect(!twice.before[0][0].equal(twice.before[1][0]))
  }
}
