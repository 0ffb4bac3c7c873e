import Data
import Networks
import Torch

/// How well a point classifies a data set.
public struct Evaluation: Codable, Sendable, Equatable {
  /// Shares in [0, 1].
  public var accuracy: Double
  /// The right class among the five likeliest; equal to 1 with five classes or fewer.
  public var top5: Double
  /// Mean cross-entropy in nats; NaN if there are samples without an answer.
  public var loss: Double
  /// Expected calibration error over 15 equal bins of confidence (Guo et al. 2017), in [0, 1]; NaN as ``loss``.
  public var ece: Double
  public var count: Int
  /// Samples with a logit that is no finite number: weights or images went wrong. They count as mistaken, but not for
  /// any class.
  public var unanswered = 0
  /// How often class i (row) was taken for class j (column), where there was an answer.
  public var confusion: [[Int]]
  public var samples = SamplePredictions()

  /// The share of each class that was recognised; nil where the class has no sample.
  public var perClass: [Double?] {
    confusion.enumerated().map { label, row in
      let total = row.reduce(0, +)
      return total == 0 ? nil : Double(row[label]) / Double(total)
    }
  }
}

/// Gathers an ``Evaluation`` batch by batch.
public struct EvaluationTally {
  private let classes: Int
  private var correct = 0
  private var nearby = 0
  private var loss = 0.0
  private var count = 0
  private var unanswered = 0
  private var confusion: [[Int]]
  private var samples = SamplePredictions()
  private static let bins = 15
  private var binCount = [Int](repeating: 0, count: bins)
  private var binConfidence = [Double](repeating: 0, count: bins)
  private var binCorrect = [Int](repeating: 0, count: bins)

  public init(classes: Int) {
    self.classes = classes
    confusion = Array(repeating: Array(repeating: 0, count: classes), count: classes)
  }

  /// Samples count on from those added before.
  ///
  /// - Parameters:
  ///   - logits: [B, classes].
  ///   - labels: int64 [B].
  public mutating func add(_ logits: Tensor, _ labels: Tensor) {
    let wide = logits.detach().to(.float32)
    loss += wide.crossEntropy(labels, reduction: .sum).double
    let (confidence, predicted) = wide.softmax(dim: 1).max(dim: 1)
    let isFinite = wide.isfinite().all(dim: 1)
    let near = wide.topk(min(5, classes), dim: 1).indices
    nearby += near.eq(labels.unsqueeze(1)).any(dim: 1).logicalAnd(isFinite).sum().int
    let truth = labels.array(of: Int.self)
    let guesses = predicted.array(of: Int.self)
    let certainty = confidence.array(of: Double.self)
    let answered = isFinite.array(of: Bool.self)
    for (place, ((label, guess), certain)) in zip(zip(truth, guesses), certainty).enumerated() {
      guard answered[place] else {
        unanswered += 1
        continue
      }
      confusion[label][guess] += 1
      samples.add(
        Prediction(index: count + place, label: label, predicted: guess, probability: certain))
      let isCorrect = label == guess
      correct += isCorrect ? 1 : 0
      // Bins are (0, 1/15], (1/15, 2/15], …
      let bin = min(Self.bins - 1, max(0, Int((certain * Double(Self.bins)).rounded(.up)) - 1))
      binCount[bin] += 1
      binConfidence[bin] += certain
      binCorrect[bin] += isCorrect ? 1 : 0
    }
    count += truth.count
  }

  public var evaluation: Evaluation {
    let total = Double(max(1, count))
    let gaps = (0..<Self.bins).map { abs(Double(binCorrect[$0]) - binConfidence[$0]) }
    let isWhole = unanswered == 0
    return Evaluation(
      accuracy: Double(correct) / total, top5: Double(nearby) / total, loss: isWhole ? loss / total : .nan,
      ece: isWhole ? gaps.reduce(0, +) / total : .nan, count: count, unanswered: unanswered,
      confusion: confusion, samples: samples)
  }
}
