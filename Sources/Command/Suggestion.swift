/// The known word nearest to a mistyped one, if one is near.
public func nearest(_ word: String, among known: [String]) -> String? {
  let lower = word.lowercased()
  // `resnet` is the beginning of one name before it is near another.
  let longer = known.filter { lower.count >= 3 && $0.lowercased().hasPrefix(lower) }
  if longer.count == 1 { return longer[0] }
  let ranked = known.map { (word: $0, distance: editDistance(word.lowercased(), $0.lowercased())) }
  guard let best = ranked.min(by: { $0.distance < $1.distance }) else { return nil }
  // A third of the letters may be wrong; beyond that a guess would mislead.
  return best.distance <= max(1, max(word.count, best.word.count) / 3) ? best.word : nil
}

/// ` (did you mean 'width'?)`, or nothing.
public func suggestion(for word: String, among known: [String]) -> String {
  nearest(word, among: known).map { " (did you mean '\($0)'?)" } ?? ""
}

/// How many letters must be inserted, deleted, replaced, or swapped with their neighbour to turn one word into the
/// other (optimal string alignment).
func editDistance(_ first: String, _ second: String) -> Int {
  let a = Array(first)
  let b = Array(second)
  var beforeLast: [Int] = []
  var last = Array(0...b.count)
  for i in a.indices {
    var row = [i + 1]
    for j in b.indices {
      var cost = min(row[j] + 1, last[j + 1] + 1, last[j] + (a[i] == b[j] ? 0 : 1))
      if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] { cost = min(cost, beforeLast[j - 1] + 1) }
      row.append(cost)
    }
    beforeLast = last
    last = row
  }
  return last[b.count]
}
