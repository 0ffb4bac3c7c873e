/// Names of classes that come from files beside the data, or are numbers.
enum ClassNames {
  static func numbers(_ count: Int) -> [String] { (0..<count).map { "\($0)" } }

  /// One name a line.
  ///
  /// - Returns: nil if there is no such file.
  /// - Throws: ``DataError`` if there is not one name for each of `count` classes.
  static func read(_ path: String, count: Int) throws(DataError) -> [String]? {
    guard DataFile.isFile(path) else { return nil }
    let names = try DataFile.lines(path)
    guard names.count == count else {
      throw .file(path, "has \(names.count) names of classes, one a line; \(count) were expected")
    }
    return names
  }

  /// - Throws: ``DataError`` for the first number outside 0..<classes.
  static func check(_ labels: [Int], classes: Int, _ path: String) throws(DataError) {
    if let wrong = labels.firstIndex(where: { !(0..<classes).contains($0) }) {
      throw .file(path, "label \(labels[wrong]) of record \(wrong) is outside 0…\(classes - 1)")
    }
  }

  /// More classes than this are taken for a mistake: labels of another kind, or a damaged file.
  static let most = 1_000_000

  /// How many classes there are when only labels say it: one more than the greatest of them.
  static func count(_ labels: [Int], _ path: String) throws(DataError) -> Int {
    for (index, label) in labels.enumerated() where !(0..<most).contains(label) {
      throw .file(path, "label \(label) of record \(index) is outside 0…\(most - 1), where class numbers are")
    }
    return (labels.max() ?? 0) + 1
  }
}
