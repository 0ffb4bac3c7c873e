import Command
import Foundation
import Networks
import PeerSupport
import Runs
import Testing
import Torch
import Training

@testable import Experiments

/// The files in `Recipes/` are what they say: every one of them makes a network, a rule and regularisers.
@Suite struct RecipeFileTests {
  static let files: [URL] = {
    let folder = Peer.root.appendingPathComponent("Recipes")
    let names = FileManager.default.enumerator(atPath: folder.path)?.compactMap { $0 as? String } ?? []
    return names.filter { $0.hasSuffix(".yaml") }.sorted().map { folder.appendingPathComponent($0) }
  }()

  @Test func thereAreAllRows() {
    let names = Set(Self.files.map(\.lastPathComponent))
    for data in ["cifar10", "cifar100"] {
      for network in ["resnet18", "wrn-28-10", "pyramidnet-110"] {
        for method in ["sgd", "sam", "esam", "saf", "mesa"] {
          #expect(names.contains("\(data)-\(network)-\(method).yaml"))
        }
      }
    }
    for network in ["resnet50", "resnet101", "vit-s32"] {
      for method in ["saf", "mesa", "sam", "gsam"] {
        #expect(names.contains("imagenet-\(network)-\(method).yaml"))
      }
    }
  }

  @Test(arguments: files) func everyRecipeMakesARun(_ file: URL) throws {
    let values = try Recipe.values(in: file)
    let defaults = try TrainRecipe(
      data: .init(), network: try NetworkChoice(try #require(values["network.name"])), training: .init(),
      seed: 0)
    let recipe = try Recipe.resolve(defaults, yaml: file, subject: "train").settings
    try recipe.training.validate()
    let name = file.deletingPathExtension().lastPathComponent
    let parameters = try recipe.network.make().layout.count
    let expected = [
      "resnet18": 11_173_962, "wrn-28-10": 36_479_194, "pyramidnet-110": 28_485_477, "resnet50": 25_557_032,
      "resnet101": 44_549_160, "vit-s32": 22_878_952,
    ]
    if let (_, count) = expected.first(where: { name.contains("-\($0.key)-") }) {
      #expect(parameters == count)
    }
    // A small network stands in, as only its settings matter here.
    let small = try MLP(MLP.Settings())
    let context = MethodContext(
      network: small, point: small.initial(Generator(seed: 0)), settings: recipe.training,
      sampleCount: 50_000,
      stepsPerEpoch: 391, order: { _ in [] })
    _ = try recipe.rule.make(recipe.training.makeOptimizer(), context)
    let regularisers = try recipe.regularisers.make(context)
    let method = name.split(separator: "-").last.map(String.init) ?? ""
    if RuleCatalog.kinds.contains(where: { $0.name == method }) { #expect(recipe.rule.name == method) }
    #expect(regularisers.count == (["saf", "mesa"].contains(method) ? 1 : 0))
    // The header says how to run it, by its own name.
    let text = try String(contentsOf: file, encoding: .utf8)
    #expect(text.contains("salar train --recipe Recipes/") && text.contains(file.lastPathComponent))
  }
}
