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

  /// More classes than this are taken for a mistake: labels of another kind, or a damaged file.
  static let most = 1_000_000

  /// Labels that are numbers, as one file has them.
  struct Numbers {
    var values: [Int]
    /// The file, for messages.
    var path: String
    /// What a label's place is called: `record 3`.
    var place: (Int) -> String = { "record \($0)" }

    fileprivate func label(_ index: Int) -> String { "label \(values[index]) of \(place(index))" }

    fileprivate func check(_ classes: Int, _ whose: String) throws(DataError) {
      if let wrong = values.firstIndex(where: { !(0..<classes).contains($0) }) {
        throw .file(path, "\(label(wrong)) is outside 0…\(classes - 1), \(whose)")
      }
    }
  }

  /// The classes of a data set whose labels are numbers: those that `classes.txt` in its folder names, one a line, or else
  /// as many as the training split has.
  ///
  /// One damaged label would make many classes. So each class must have a training sample, unless `classes.txt` says what
  /// classes there are.
  ///
  /// - Parameters:
  ///   - training: nil where there is no training split; the labels themselves count then.
  ///   - labels: of the split that is opened, if that is another one.
  /// - Throws: ``DataError`` naming file and record of the first label that does not fit.
  static func of(
    training: Numbers?, _ labels: Numbers? = nil, folder: String
  ) throws(DataError) -> [String] {
    let all = [training, labels].compactMap { $0 }
    for numbers in all { try numbers.check(most, "where class numbers are") }
    let list = DataFile.join(folder, "classes.txt")
    if DataFile.isFile(list) {
      let names = try DataFile.lines(list)
      guard !names.isEmpty else { throw .file(list, "names no class; one a line was expected") }
      for numbers in all { try numbers.check(names.count, "the classes that \(list) names") }
      return names
    }
    let count = (training ?? labels).flatMap { $0.values.max() }.map { $0 + 1 } ?? 1
    if let training {
      try requireEach(training, count, list)
      try labels?.check(count, "the classes of the training split")
    }
    return numbers(count)
  }

  /// - Throws: ``DataError`` if a class below `count` has no training sample.
  private static func requireEach(_ training: Numbers, _ count: Int, _ list: String) throws(DataError) {
    var isUsed = [Bool](repeating: false, count: count)
    for label in training.values { isUsed[label] = true }
    guard let missing = isUsed.firstIndex(of: false),
      let beyond = training.values.firstIndex(where: { $0 > missing })
    else { return }
    let advice = "name all classes in \(list), one a line, if some have no training sample"
    if missing == 0, let least = training.values.min() {
      throw .file(
        training.path, "labels begin at \(least); they count from 0: subtract \(least), or \(advice)")
    }
    throw .file(
      training.path,
      "\(training.label(beyond)), but none is \(missing); class numbers run from 0 without gaps. Is the file damaged? "
        + "Renumber the labels, or \(advice)")
  }
}
