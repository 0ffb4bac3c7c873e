/// What a network took one sample for.
public struct Prediction: Codable, Sendable, Equatable {
  /// In the data set.
  public var index: Int
  /// Class numbers.
  public var label: Int
  public var predicted: Int
  /// Of the predicted class, in [0, 1].
  public var probability: Double

  public init(index: Int, label: Int, predicted: Int, probability: Double) {
    self.index = index
    self.label = label
    self.predicted = predicted
    self.probability = probability
  }
}

/// A few predictions that show what a network does: the first right one of each class, and the wrong ones that it was
/// surest of.
public struct SamplePredictions: Codable, Sendable, Equatable {
  /// In the order of the classes.
  public private(set) var right: [Prediction] = []
  /// The surest first.
  public private(set) var wrong: [Prediction] = []

  private static let most = 12

  public init() {}

  mutating func add(_ prediction: Prediction) {
    if prediction.label == prediction.predicted {
      guard !right.contains(where: { $0.label == prediction.label }) else { return }
      right.append(prediction)
      right.sort { $0.label < $1.label }
      if right.count > Self.most { right.removeLast() }
    } else {
      // Of equal ones the earlier stays, so that what is shown does not depend on batches.
      let place = wrong.firstIndex { $0.probability < prediction.probability } ?? wrong.count
      guard place < Self.most else { return }
      wrong.insert(prediction, at: place)
      if wrong.count > Self.most { wrong.removeLast() }
    }
  }
}
