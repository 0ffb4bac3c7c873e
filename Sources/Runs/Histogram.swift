/// Counts of values in 30 intervals of equal width between the least and the greatest.
struct Histogram: Equatable {
  var minimum = 0.0
  var maximum = 0.0
  var count = 0
  var sum = 0.0
  var sumOfSquares = 0.0
  /// The upper end of each interval.
  var limits: [Double] = []
  var counts: [Int] = []

  init(_ values: [Double], intervals: Int = 30) {
    let values = values.filter(\.isFinite)
    count = values.count
    guard let least = values.min(), let greatest = values.max() else { return }
    minimum = least
    maximum = greatest
    sum = values.reduce(0, +)
    sumOfSquares = values.reduce(0) { $0 + $1 * $1 }
    let width = (greatest - least) / Double(intervals)
    guard width > 0, width.isFinite else {
      limits = [greatest]
      counts = [count]
      return
    }
    limits = (1...intervals).map { $0 == intervals ? greatest : least + width * Double($0) }
    counts = Array(repeating: 0, count: intervals)
    for value in values { counts[min(intervals - 1, Int((value - least) / width))] += 1 }
  }
}
