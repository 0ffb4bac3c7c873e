import Torch

/// The layout of MNIST and Fashion-MNIST: `train-images-idx3-ubyte`, `train-labels-idx1-ubyte`, `t10k-…` for the test
/// split, each with or without `.gz`.
///
/// Source: Y. LeCun, C. Cortes, C. Burges, "The MNIST database of handwritten digits".
public enum IDX {
  /// An array of bytes as a file holds it.
  public struct Contents: Sendable, Equatable {
    /// One length a dimension; at most four.
    public let shape: [Int]
    /// As many as the shape says, row by row.
    public let bytes: [UInt8]
  }

  /// Parses the bytes of a file, unpacking them if they are gzip.
  ///
  /// - Parameter name: the file, for messages.
  /// - Throws: ``DataError`` if it is no IDX file of bytes, damaged, cut off, or goes on after the array.
  public static func parse(_ file: [UInt8], name: String) throws(DataError) -> Contents {
    let reader = try Reader(file, name: name)
    let magic = try reader.next(4, "its first four bytes")
    guard magic[0] == 0, magic[1] == 0, (1...4).contains(magic[3]) else {
      throw .file(name, "is not an IDX file: it begins with \(magic), expected 0, 0, 8 and 1…4 dimensions")
    }
    guard magic[2] == 0x08 else {
      let types: [UInt8: String] = [
        0x09: "int8", 0x0B: "int16", 0x0C: "int32", 0x0D: "float32", 0x0E: "float64",
      ]
      throw .file(
        name,
        "holds \(types[magic[2]] ?? "elements of the unknown type \(magic[2])"); unsigned bytes (type 8) can be read"
      )
    }
    let lengths = try reader.next(4 * Int(magic[3]), "its lengths")
    let shape = (0..<Int(magic[3])).map { dimension in
      lengths[4 * dimension..<4 * dimension + 4].reduce(0) { $0 << 8 | Int($1) }
    }
    var count = 1
    for length in shape {
      let (product, overflow) = count.multipliedReportingOverflow(by: length)
      guard !overflow else { throw .file(name, "is damaged: its shape \(shape) is beyond any memory") }
      count = product
    }
    let bytes = try reader.next(count, "its array of shape \(shape)")
    try reader.finish()
    return Contents(shape: shape, bytes: bytes)
  }

  private final class Reader {
    private let name: String
    private let file: [UInt8]
    private var position = 0
    private let packed: Inflater?

    init(_ file: [UInt8], name: String) throws(DataError) {
      self.name = name
      self.file = file
      packed = Inflater.isGzip(file) ? try Inflater(file[...], name: name) : nil
    }

    func next(_ count: Int, _ what: String) throws(DataError) -> [UInt8] {
      let found: [UInt8]
      if let packed {
        found = try packed.next(count)
      } else {
        found = Array(file[position..<position + min(count, file.count - position)])
        position += found.count
      }
      guard found.count == count else {
        throw .file(
          name,
          "is cut off: \(what) needs \(count) bytes, of which \(found.count) are there; get the file again")
      }
      return found
    }

    func finish() throws(DataError) {
      if let packed { return try packed.finish() }
      guard position == file.count else {
        throw .file(name, "is damaged: \(file.count - position) bytes after its array belong to none")
      }
    }
  }

  // MARK: Data set

  private static func prefix(_ split: DataSet.Split) -> String { split == .train ? "train" : "t10k" }

  /// The file of that kind (`images`, `labels`), under the names that are common.
  private static func file(_ folder: String, _ split: DataSet.Split, _ kind: String) -> String? {
    let rank = kind == "images" ? 3 : 1
    let stems = ["\(prefix(split))-\(kind)-idx\(rank)-ubyte", "\(prefix(split))-\(kind).idx\(rank)-ubyte"]
    return stems.flatMap { [$0, $0 + ".gz"] }.map { DataFile.join(folder, $0) }.first(where: DataFile.isFile)
  }

  static func isPresent(_ folder: String) -> Bool {
    DataSet.Split.allCases.contains { file(folder, $0, "images") != nil || file(folder, $0, "labels") != nil }
  }

  /// Opens one split of a folder: images uint8 [N, 1, H, W].
  ///
  /// Names of classes come from `classes.txt` in the folder (one a line), are the known ten in a folder whose name
  /// has "fashion" in it, and numbers elsewhere. Without `classes.txt` each class must have a training sample.
  public static func open(_ folder: String, split: DataSet.Split) throws(DataError) -> DataSet {
    let imagePath = try required(folder, split, "images")
    let labels = try readLabels(folder, split)
    let found = try parse(DataFile.read(imagePath), name: imagePath)
    guard found.shape.count == 3, found.shape[1] > 0, found.shape[2] > 0 else {
      throw .file(imagePath, "has the shape \(found.shape); images [N, height, width] were expected")
    }
    guard found.shape[0] == labels.values.count else {
      throw .file(
        imagePath, "has \(found.shape[0]) images, but \(labels.path) has \(labels.values.count) labels")
    }
    var training: ClassNames.Numbers? = labels
    if split == .test {
      training = file(folder, .train, "labels") == nil ? nil : try readLabels(folder, .train)
    }
    let names = try ClassNames.of(training: training, labels, folder: folder)
    let pixels = Tensor(found.bytes, shape: [found.shape[0], 1, found.shape[1], found.shape[2]])
    return try DataSet(
      name: DataFile.name(folder), split: split, format: DataFormat.idx.rawValue,
      images: MemoryImages(pixels),
      labels: labels.values, classNames: isFashion(folder, names) ? fashionNames : names)
  }

  private static func required(
    _ folder: String, _ split: DataSet.Split, _ kind: String
  ) throws(DataError) -> String {
    if let path = file(folder, split, kind) { return path }
    let rank = kind == "images" ? 3 : 1
    let isHalfThere = ["images", "labels"].contains { file(folder, split, $0) != nil }
    throw DataError(
      "\(folder): has no \(prefix(split))-\(kind)-idx\(rank)-ubyte or .gz, which the \(split) split needs; "
        + "it \(DataFile.contents(folder))",
      isMissingSplit: !isHalfThere)
  }

  private static func readLabels(
    _ folder: String, _ split: DataSet.Split
  ) throws(DataError) -> ClassNames.Numbers {
    let path = try required(folder, split, "labels")
    let found = try parse(DataFile.read(path), name: path)
    guard found.shape.count == 1 else {
      throw .file(path, "has the shape \(found.shape); labels [N] were expected")
    }
    return ClassNames.Numbers(values: found.bytes.map(Int.init), path: path)
  }

  private static let fashionNames = [
    "T-shirt/top", "trouser", "pullover", "dress", "coat", "sandal", "shirt", "sneaker", "bag", "ankle boot",
  ]

  private static func isFashion(_ folder: String, _ names: [String]) -> Bool {
    names == ClassNames.numbers(10) && folder.lowercased().contains("fashion")
  }
}
