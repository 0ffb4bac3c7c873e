import Data
import Experiments
import Foundation
import Networks
import PeerSupport
import Reports
import Testing
import Torch
import Training

@Suite struct EvaluationReportTests {
  /// Confusion has a picture however many classes there are: with names and numbers while they can be read.
  @Test(
    .enabled(if: Gnuplot.isInstalled, Comment(rawValue: Gnuplot.missing)), arguments: [10, 100])
  func confusionHasAPicture(_ classes: Int) throws {
    let folder = try TemporaryFolder()
    let images = Tensor.randint(0, 256, [300, 1, 4, 4], generator: Generator(seed: 1)).to(.uint8)
    let names = (0..<classes).map { "kind \($0)" }
    let data = try DataSet(
      name: "memory", split: .test, format: "memory", images: MemoryImages(images),
      labels: (0..<300).map { $0 % classes }, classNames: names)
    let choice = try NetworkChoice("mlp", shape: [1, 4, 4], classes: classes).setting(["hidden="])
    let network = try choice.make()
    let model = SavedModel(
      card: .init(network: choice, normalization: nil, classNames: names), network: network,
      point: network.initial(Generator(seed: 2)))
    let page = folder.file("page.html")
    try EvaluationReport.write(
      try model.evaluate(data), of: model, named: "x", on: data, conditions: [], to: page)
    #expect(try String(contentsOf: page, encoding: .utf8).contains("Confusion on the test images"))
    let svg = try String(contentsOf: folder.file("figures/confusion.svg"), encoding: .utf8)
    #expect(svg.contains("kind 1<") == (classes == 10) && svg.contains("(class number)") == (classes == 100))
  }
}
