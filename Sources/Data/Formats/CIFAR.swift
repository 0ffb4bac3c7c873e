import Torch

/// The binary versions of CIFAR-10 and CIFAR-100: records of label bytes and 3,072 bytes, the three colour planes of
/// 32×32 pixels one after another.
///
/// Source: A. Krizhevsky, "Learning Multiple Layers of Features from Tiny Images", 2009.
public enum CIFAR: Int, Sendable {
  /// `data_batch_1.bin` … `data_batch_5.bin` and `test_batch.bin`; names in `batches.meta.txt`.
  case ten = 10
  /// `train.bin` and `test.bin`, with a coarse label before the fine one, which is used; names in
  /// `fine_label_names.txt`.
  case hundred = 100

  public var classes: Int { rawValue }
  private var labelBytes: Int { self == .ten ? 1 : 2 }
  private var recordLength: Int { labelBytes + Self.pixelCount }
  private var namesFile: String { self == .ten ? "batches.meta.txt" : "fine_label_names.txt" }
  private var format: DataFormat { self == .ten ? .cifar10 : .cifar100 }

  private static let pixelCount = 3 * 32 * 32

  /// Records as a file holds them.
  public struct Contents: Sendable, Equatable {
    public var labels: [Int] = []
    /// 3,072 bytes a record: red, green and blue planes, each row by row.
    public var pixels: [UInt8] = []
  }

  /// Parses the bytes of a file.
  ///
  /// - Parameter name: the file, for messages.
  /// - Throws: ``DataError`` if it is not made of whole records, or a label is out of range: with the record and byte.
  public func parse(_ file: [UInt8], name: String) throws(DataError) -> Contents {
    guard !file.isEmpty, file.count % recordLength == 0 else {
      throw .file(
        name,
        "has \(file.count) bytes, which is not a multiple of the \(recordLength) of a CIFAR-\(classes) record: it is cut off or another file"
      )
    }
    var contents = Contents()
    let count = file.count / recordLength
    contents.labels.reserveCapacity(count)
    contents.pixels.reserveCapacity(count * Self.pixelCount)
    for record in 0..<count {
      let start = record * recordLength
      let position = start + labelBytes - 1
      let label = Int(file[position])
      guard label < classes else {
        throw .file(
          name, "label \(label) of record \(record) (byte \(position)) is outside 0…\(classes - 1)")
      }
      contents.labels.append(label)
      contents.pixels += file[position + 1..<start + recordLength]
    }
    return contents
  }

  // MARK: Data set

  static func present(_ folder: String) -> CIFAR? {
    let has = { (name: String) in DataFile.isFile(DataFile.join(folder, name)) }
    if has("data_batch_1.bin") || has("test_batch.bin") { return .ten }
    if has("train.bin") || has("test.bin") { return .hundred }
    return nil
  }

  /// Opens one split of a folder: images uint8 [N, 3, 32, 32].
  public func open(_ folder: String, split: DataSet.Split) throws(DataError) -> DataSet {
    var all = Contents()
    for path in try files(folder, split) {
      let part = try parse(DataFile.read(path), name: path)
      all.labels += part.labels
      all.pixels += part.pixels
    }
    let names =
      try ClassNames.read(DataFile.join(folder, namesFile), count: classes) ?? ClassNames.numbers(classes)
    return try DataSet(
      name: DataFile.name(folder), split: split, format: format.rawValue,
      images: MemoryImages(Tensor(all.pixels, shape: [all.labels.count, 3, 32, 32])), labels: all.labels,
      classNames: names)
  }

  private func files(_ folder: String, _ split: DataSet.Split) throws(DataError) -> [String] {
    let wanted: [String] =
      switch (self, split) {
      case (.ten, .train): (1...5).map { "data_batch_\($0).bin" }
      case (.ten, .test): ["test_batch.bin"]
      case (.hundred, .train): ["train.bin"]
      case (.hundred, .test): ["test.bin"]
      }
    let paths = wanted.map { DataFile.join(folder, $0) }
    if let missing = paths.firstIndex(where: { !DataFile.isFile($0) }) {
      throw DataError(
        "\(folder): has no \(wanted[missing]), which the \(split) split of CIFAR-\(classes) needs; "
          + "it \(DataFile.contents(folder))",
        isMissingSplit: !paths.contains(where: DataFile.isFile))
    }
    return paths
  }
}
