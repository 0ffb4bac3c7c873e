import Testing
import Torch
import Training

@Suite struct SamplePredictionsTests {
  /// Logits whose softmax is `certainty` for the class, and the rest for the next one.
  private func logits(_ guesses: [(class: Int, certainty: Double)], classes: Int) -> Tensor {
    var values = [Double](repeating: -100, count: guesses.count * classes)
    for (row, guess) in guesses.enumerated() {
      let ratio = guess.certainty / (1 - guess.certainty)
      values[row * classes + guess.class] = ratio.logarithm
      values[row * classes + (guess.class + 1) % classes] = 0
    }
    return Tensor(values, shape: [guesses.count, classes])
  }

  @Test func samplesAreTheFirstRightAndTheSurestWrong() {
    let labels = [0, 1, 0, 2, 1, 2, 0]
    let guesses = [(0, 0.6), (2, 0.7), (0, 0.9), (0, 0.95), (1, 0.8), (1, 0.7), (1, 0.55)]
      .map { (class: $0.0, certainty: $0.1) }
    func samples(_ sizes: [Int]) -> SamplePredictions {
      var tally = EvaluationTally(classes: 3)
      var start = 0
      for size in sizes {
        let range = start..<start + size
        tally.add(logits(Array(guesses[range]), classes: 3), Tensor(Array(labels[range])))
        start += size
      }
      return tally.evaluation.samples
    }
    let found = samples([7])
    #expect(found.right.map(\.index) == [0, 4] && found.right.map(\.label) == [0, 1])
    #expect(found.wrong.map(\.index) == [3, 1, 5, 6])
    #expect(found.wrong.map(\.predicted) == [0, 2, 1, 1] && found.wrong.map(\.label) == [2, 1, 2, 0])
    #expect(abs(found.wrong[0].probability - 0.95) < 1e-4)
    // Batches change nothing.
    #expect(samples([3, 1, 3]) == found)
  }

  @Test func onlyAFewAreKept() {
    var tally = EvaluationTally(classes: 40)
    let wrong = (0..<40).map { (class: ($0 + 1) % 40, certainty: 0.6 + Double($0) / 200) }
    tally.add(logits(wrong, classes: 40), Tensor(Array(0..<40)))
    tally.add(logits((0..<40).reversed().map { ($0, 0.9) }, classes: 40), Tensor(Array((0..<40).reversed())))
    let samples = tally.evaluation.samples
    #expect(samples.wrong.map(\.index) == Array((28..<40).reversed()))
    #expect(samples.right.map(\.label) == Array(0..<12))
  }
}

extension Double {
  fileprivate var logarithm: Double { Tensor([self]).log().double }
}
