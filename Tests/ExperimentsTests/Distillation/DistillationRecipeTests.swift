import Command
import Experiments
import Foundation
import Testing

@Suite struct DistillationRecipeTests {
  private func recipe(_ method: String, iterations: Int) throws -> DistillationRecipe {
    try DistillationRecipe(
      data: .init(), network: NetworkChoice("convnet"), method: DistillationChoice(method), ipc: 1,
      iterations: iterations, store: "experts", seed: 0)
  }

  /// As much of the first images is left in the average as after FTD's 5,000 iterations: β^n is the same.
  @Test func theAverageGoesWithTheIterations() throws {
    #expect(try abs(recipe("ftd", iterations: 5_000).average - 0.9995) < 1e-12)
    for iterations in [1, 60, 20_000] {
      let average = try recipe("ftd", iterations: iterations).average
      #expect(abs(pow(average, Double(iterations)) - pow(0.9995, 5_000)) < 1e-9)
    }
    for method in ["mtt", "tesla", "dm", "dc", "dsa", "random"] {
      #expect(try recipe(method, iterations: 100).average == 0)
    }
  }

  @Test func whatMakesNoDistillationIsNamed() throws {
    var one = try recipe("ftd", iterations: 10)
    try one.validate()
    one.average = 1
    #expect(throws: CommandError.self) { try one.validate() }
    one = try recipe("ftd", iterations: 10)
    one.store = nil
    let error = #expect(throws: CommandError.self) { try one.validate() }
    #expect(error?.message.contains("--store") == true)
    one = try recipe("dm", iterations: 10)
    one.ipc = 0
    #expect(throws: CommandError.self) { try one.validate() }
    one = try recipe("dm", iterations: 10)
    one.precision = .float64
    #expect(throws: CommandError.self) { try one.validate() }
    // What a method does not do is not written into its recipe.
    for method in ["dm", "dc", "dsa", "random", "kcenter"] {
      one = try recipe(method, iterations: 10)
      one.precision = .bfloat16
      let error = #expect(throws: CommandError.self) { try one.validate() }
      #expect(error?.message.contains("precision must be float32 for method \(method)") == true)
    }
    one = try recipe("tesla", iterations: 10)
    one.precision = .bfloat16
    try one.validate()
  }

  @Test func keysGoToTheGroupTheyBelongTo() throws {
    let one = try recipe("ftd", iterations: 10)
    #expect(one.qualified("steps=3") == "method.steps=3")
    #expect(one.qualified("width=3") == "network.width=3")
    #expect(one.qualified("normalize=zca") == "data.normalize=zca")
    #expect(one.qualified("average=0.5") == "average=0.5")
    #expect(one.qualified("lrImage=3") == "method.lrImage=3")
  }
}
