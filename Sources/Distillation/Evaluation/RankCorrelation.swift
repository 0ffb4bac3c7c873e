/// Spearman's rank correlation (1904): Pearson's of the ranks, equal values sharing the mean of theirs.
///
/// - Returns: in [−1, 1]; NaN for fewer than two pairs, or where all values of a side are equal.
public func rankCorrelation(_ x: [Double], _ y: [Double]) -> Double {
  precondition(x.count == y.count, "\(x.count) x and \(y.count) y")
  let (a, b) = (ranks(x), ranks(y))
  let mean = Double(x.count + 1) / 2
  var (ab, aa, bb) = (0.0, 0.0, 0.0)
  for (a, b) in zip(a, b) {
    ab += (a - mean) * (b - mean)
    aa += (a - mean) * (a - mean)
    bb += (b - mean) * (b - mean)
  }
  return aa > 0 && bb > 0 ? ab / (aa * bb).squareRoot() : .nan
}

/// From 1 on; equal values share the mean of their places.
private func ranks(_ values: [Double]) -> [Double] {
  let order = values.indices.sorted { values[$0] < values[$1] }
  var ranks = [Double](repeating: 0, count: values.count)
  var first = 0
  while first < order.count {
    var last = first
    while last + 1 < order.count, values[order[last + 1]] == values[order[first]] { last += 1 }
    for place in first...last { ranks[order[place]] = Double(first + last) / 2 + 1 }
    first = last + 1
  }
  return ranks
}
