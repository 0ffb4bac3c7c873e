import Networks
import Torch

/// Real images that stand for all of their class, chosen by the features [n, F] of its images.
///
/// Sources: herding by Welling (2009) as Rebuffi et al. (2017) use it; k-center by Sener and Savarese (2018), greedily;
/// k-means as DC-BENCH (Cui et al. 2022) uses it.
public enum Coreset: String, CaseIterable, Sendable, SettingChoice {
  /// So many different ones, all equally likely.
  case random
  /// One after another, so that the mean of the chosen stays as near as it can to the mean of all.
  case herding
  /// From the one nearest to the mean on, always the one that is furthest from those chosen.
  case kcenter
  /// The one nearest to each centre of k-means.
  case kmeans

  /// Whether it looks at features at all.
  public var needsFeatures: Bool { self != .random }

  /// The rows that are chosen, in the order of choice.
  ///
  /// - Parameters:
  ///   - features: floating point [n, F]; of `random` the number of rows counts alone.
  ///   - count: in 1…n.
  public func choose(_ count: Int, of features: Tensor, _ generator: Generator) -> [Int] {
    precondition((1...features.size(0)).contains(count), "1…\(features.size(0)) rows, found \(count)")
    return withNoGrad {
      switch self {
      case .random: random(count, features.size(0), generator)
      case .herding: herding(count, features.to(.float64))
      case .kcenter: kCenter(count, features.to(.float64))
      case .kmeans: kMeans(count, features.to(.float64), generator)
      }
    }
  }

  private func random(_ count: Int, _ rows: Int, _ generator: Generator) -> [Int] {
    let order: [Int64] = Tensor.randperm(rows, generator: generator).array()
    return order.prefix(count).map { Int($0) }
  }

  /// The k-th is argmin ‖k·μ − Σ chosen − φ‖.
  private func herding(_ count: Int, _ features: Tensor) -> [Int] {
    let mean = features.mean(dim: [0], keepdim: true)
    let sum = mean.zerosLike()
    let taken = Tensor.zeros([features.size(0)], dtype: .float64)
    var chosen: [Int] = []
    for k in 1...count {
      let distances = (mean * Scalar(Double(k)) - sum - features).square().sum(dim: [1]) + taken
      let next = distances.argmin().int
      chosen.append(next)
      sum.add_(features[next])
      _ = taken[next].fill_(Scalar(Double.infinity))
    }
    return chosen
  }

  private func kCenter(_ count: Int, _ features: Tensor) -> [Int] {
    func squares(_ centre: Tensor) -> Tensor { (features - centre).square().sum(dim: [1]) }
    var chosen = [squares(features.mean(dim: [0], keepdim: true)).argmin().int]
    var nearest = squares(features[chosen[0]])
    _ = nearest[chosen[0]].fill_(-1)
    while chosen.count < count {
      let next = nearest.argmax().int
      chosen.append(next)
      nearest = nearest.minimum(squares(features[next]))
      _ = nearest[next].fill_(-1)
    }
    return chosen
  }

  /// Lloyd's iterations from centres drawn by k-means++ (Arthur and Vassilvitskii 2007).
  private func kMeans(_ count: Int, _ features: Tensor, _ generator: Generator) -> [Int] {
    let rows = features.size(0)
    func squares(_ centre: Tensor) -> Tensor { (features - centre).square().sum(dim: [1]) }
    var first = [Tensor.randint(0, rows, [1], generator: generator).int]
    var nearest = squares(features[first[0]])
    while first.count < count {
      let total = nearest.sum().double
      guard total > 0 else { break }
      let place = Tensor.rand([1], generator: generator).to(.float64) * Scalar(total)
      let next = min(rows - 1, (nearest.cumsum(dim: 0) .< place).sum().int)
      first.append(next)
      nearest = nearest.minimum(squares(features[next]))
    }
    var centres = features.indexSelect(dim: 0, Tensor(first.map(Int64.init)))
    var membership: [Int64] = []
    for _ in 0..<100 {
      let now: [Int64] = distances(features, centres).argmin(dim: 1).array()
      guard now != membership else { break }
      membership = now
      let index = Tensor(now)
      let sums = Tensor.zeros(centres.shape, dtype: .float64).indexAdd_(dim: 0, index, features)
      let counts = Tensor.zeros([centres.size(0)], dtype: .float64)
        .indexAdd_(dim: 0, index, Tensor.ones([rows], dtype: .float64))
      let isEmpty = (counts .< 0.5).unsqueeze(1)
      // A centre without members stays where it is.
      centres = isEmpty.select(centres, sums / counts.clamp(min: 1).unsqueeze(1))
    }
    var chosen: [Int] = []
    let all = distances(features, centres)
    for centre in 0..<centres.size(0) {
      let ofCentre = all.select(dim: 1, index: centre).clone()
      for row in chosen { _ = ofCentre[row].fill_(Scalar(Double.infinity)) }
      chosen.append(ofCentre.argmin().int)
    }
    // Fewer different images than were asked for: any others.
    for row in 0..<rows where chosen.count < count && !chosen.contains(row) { chosen.append(row) }
    return chosen
  }

  /// [n, k] squared distances.
  private func distances(_ features: Tensor, _ centres: Tensor) -> Tensor {
    .stacked((0..<centres.size(0)).map { (features - centres[$0]).square().sum(dim: [1]) }, dim: 1)
  }
}
