import Foundation
import Testing
import Torch

@testable import Training

@Suite struct ScheduleTests {
  private func rates(_ epochs: Int, _ adjust: (inout Schedule) -> Void) -> [Double] {
    var schedule = Schedule()
    adjust(&schedule)
    return (0..<epochs * 10).map { schedule.rate(2, step: $0, stepsPerEpoch: 10, epochs: epochs) }
  }

  @Test func cosineFallsFromTheRateToTheMinimum() {
    let rates = rates(4) { $0.minimum = 0.2 }
    #expect(rates[0] == 2)
    #expect(abs(rates[20] - 1.1) < 1e-12)
    #expect(abs(rates[10] - (0.2 + 1.8 * 0.5 * (1 + cos(Double.pi / 4)))) < 1e-12)
    #expect(zip(rates, rates.dropFirst()).allSatisfy { $0 > $1 })
    #expect(rates.last! > 0.2)
  }

  @Test func stepsDropAtMilestones() {
    let rates = rates(4) { ($0.kind, $0.milestones, $0.gamma) = (.step, [1, 2.5], 0.1) }
    #expect(rates[9] == 2 && abs(rates[10] - 0.2) < 1e-12 && abs(rates[24] - 0.2) < 1e-12)
    #expect(abs(rates[25] - 0.02) < 1e-12 && abs(rates[39] - 0.02) < 1e-12)
  }

  @Test func warmupRisesEvenly() {
    let rates = rates(4) { ($0.kind, $0.warmupEpochs) = (.constant, 1) }
    #expect((0..<10).allSatisfy { abs(rates[$0] - 0.2 * Double($0 + 1)) < 1e-12 })
    #expect(rates[10...].allSatisfy { $0 == 2 })
  }

  /// The cosine begins at the full rate where the warm-up ends, and has the rest of the run.
  @Test func aCosineFollowsTheWarmup() {
    let rates = rates(4) { ($0.warmupEpochs, $0.minimum) = (1.5, 0.2) }
    #expect((0..<15).allSatisfy { abs(rates[$0] - 2 * Double($0 + 1) / 15) < 1e-12 })
    for step in 15..<40 {
      let progress = Double(step - 15) / 25
      #expect(abs(rates[step] - (0.2 + 1.8 * 0.5 * (1 + cos(Double.pi * progress)))) < 1e-12)
    }
    #expect(rates[14] == 2 && rates[15] == 2)
  }

  /// Milestones count from the run's beginning; one within the warm-up counts when it is over.
  @Test func stepsFollowTheWarmup() {
    let rates = rates(4) {
      ($0.kind, $0.warmupEpochs, $0.milestones, $0.gamma) = (.step, 2, [1, 3], 0.1)
    }
    #expect((0..<20).allSatisfy { abs(rates[$0] - 0.1 * Double($0 + 1)) < 1e-12 })
    #expect(rates[20..<30].allSatisfy { abs($0 - 0.2) < 1e-12 })
    #expect(rates[30...].allSatisfy { abs($0 - 0.02) < 1e-12 })
  }
}

@Suite struct EvaluationTests {
  /// Four samples by hand.
  @Test func countsByHand() {
    // Probabilities 0.8/0.2, 0.6/0.4, 0.3/0.7, 0.9/0.1 for classes 0/1; truth 0, 1, 1, 1.
    let first = [0.8, 0.6, 0.3, 0.9]
    let logits = Tensor(first.flatMap { [log($0), log(1 - $0)] }, shape: [4, 2])
    var tally = EvaluationTally(classes: 2)
    tally.add(logits[0..<3], Tensor([0, 1, 1]))
    tally.add(logits[3..<4], Tensor([1]))
    let result = tally.evaluation
    #expect(result.accuracy == 0.5 && result.top5 == 1 && result.count == 4)
    #expect(abs(result.loss + (log(0.8) + log(0.4) + log(0.7) + log(0.1)) / 4) < 1e-6)
    // Every sample has a bin of its own: |1−0.8| + |0−0.6| + |1−0.7| + |0−0.9|, a quarter each.
    #expect(abs(result.ece - 2.0 / 4) < 1e-6)
    #expect(result.confusion == [[1, 0], [2, 1]])
    #expect(result.perClass == [1, 1.0 / 3])
  }

  @Test func topFiveOfMany() {
    // The truth has rank 1 … 10 in turn: half of them are among the first five.
    let logits = Tensor((0..<10).map(Double.init), shape: [1, 10]).repeated([10, 1])
    var tally = EvaluationTally(classes: 10)
    tally.add(logits, Tensor(Array(0..<10)))
    #expect(tally.evaluation.top5 == 0.5 && tally.evaluation.accuracy == 0.1)
  }

  /// What is no number is no answer: mistaken, of no class, and said.
  @Test func answersThatAreNoNumbersAreCounted() {
    let rows: [[Double]] = [
      [2, 1, 0], [.nan, .nan, .nan], [0, .nan, 1], [.infinity, 0, 0], [0, 0, -.infinity], [0, 1, 0],
    ]
    let logits = Tensor(rows.flatMap { $0 }, shape: [6, 3])
    var tally = EvaluationTally(classes: 3)
    tally.add(logits[0..<3], Tensor([0, 0, 1]))
    tally.add(logits[3..<6], Tensor([0, 0, 0]))
    let result = tally.evaluation
    #expect(result.count == 6 && result.unanswered == 4)
    #expect(result.accuracy == 1.0 / 6 && result.top5 == 2.0 / 6)
    #expect(result.loss.isNaN && result.ece.isNaN)
    #expect(result.confusion == [[1, 1, 0], [0, 0, 0], [0, 0, 0]])
    #expect(result.samples.right.map(\.index) == [0] && result.samples.wrong.map(\.index) == [5])
  }
}
