import Torch

/// The binary version of STL-10: `train_X.bin` and `test_X.bin` with 27,648 bytes a picture (three planes of 96×96,
/// column by column), `train_y.bin` and `test_y.bin` with one byte a label, 1…10; names in `class_names.txt`.
///
/// Source: A. Coates, H. Lee, A. Ng, "An Analysis of Single-Layer Networks in Unsupervised Feature Learning", 2011.
public enum STL10 {
  private static let side = 96
  private static let pixelCount = 3 * side * side

  /// The pictures of a file: uint8 [N, 3, 96, 96].
  ///
  /// - Throws: ``DataError`` if the bytes are not whole pictures.
  public static func parseImages(_ file: [UInt8], name: String) throws(DataError) -> Tensor {
    guard !file.isEmpty, file.count % pixelCount == 0 else {
      throw .file(
        name,
        "has \(file.count) bytes, which is not a multiple of the \(pixelCount) of an STL-10 picture: it is cut off or another file"
      )
    }
    // Columns are stored one after another.
    return Tensor(file, shape: [file.count / pixelCount, 3, side, side]).permute([0, 1, 3, 2]).contiguous()
  }

  /// The labels of a file, counted from 0.
  ///
  /// - Throws: ``DataError`` for one outside 1…10.
  public static func parseLabels(_ file: [UInt8], name: String) throws(DataError) -> [Int] {
    if let wrong = file.firstIndex(where: { !(1...10).contains($0) }) {
      throw .file(name, "label \(file[wrong]) of record \(wrong) is outside 1…10")
    }
    return file.map { Int($0) - 1 }
  }

  static func isPresent(_ folder: String) -> Bool {
    ["train_X.bin", "test_X.bin"].contains { DataFile.isFile(DataFile.join(folder, $0)) }
  }

  /// Opens one split of a folder.
  public static func open(_ folder: String, split: DataSet.Split) throws(DataError) -> DataSet {
    let paths = ["X", "y"].map { DataFile.join(folder, "\(split)_\($0).bin") }
    for path in paths where !DataFile.isFile(path) {
      throw DataError(
        "\(folder): has no \(DataFile.name(path)), which the \(split) split of STL-10 needs; "
          + "it \(DataFile.contents(folder))",
        isMissingSplit: !paths.contains(where: DataFile.isFile))
    }
    let labels = try parseLabels(DataFile.read(paths[1]), name: paths[1])
    let images = try parseImages(DataFile.read(paths[0]), name: paths[0])
    guard images.size(0) == labels.count else {
      throw .file(paths[0], "has \(images.size(0)) pictures, but \(paths[1]) has \(labels.count) labels")
    }
    let names =
      try ClassNames.read(DataFile.join(folder, "class_names.txt"), count: 10) ?? ClassNames.numbers(10)
    return try DataSet(
      name: DataFile.name(folder), split: split, format: DataFormat.stl10.rawValue,
      images: MemoryImages(images),
      labels: labels, classNames: names)
  }
}
