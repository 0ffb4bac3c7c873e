import Torch

/// The cropped digits of SVHN: `train_32x32.mat` and `test_32x32.mat` with `X`, uint8 [32, 32, 3, N], and `y`, whose 10
/// is the digit 0.
///
/// Source: Y. Netzer et al., "Reading Digits in Natural Images with Unsupervised Feature Learning", 2011.
public enum SVHN {
  static func isPresent(_ folder: String) -> Bool {
    DataSet.Split.allCases.contains { DataFile.isFile(DataFile.join(folder, "\($0)_32x32.mat")) }
  }

  /// Opens one split of a folder: images uint8 [N, 3, 32, 32], labels 0…9.
  public static func open(_ folder: String, split: DataSet.Split) throws(DataError) -> DataSet {
    let path = DataFile.join(folder, "\(split)_32x32.mat")
    guard DataFile.isFile(path) else {
      throw .missingSplit(
        folder,
        "has no \(split)_32x32.mat, which the \(split) split of SVHN needs; it \(DataFile.contents(folder))")
    }
    let (images, labels) = try read(path)
    return try DataSet(
      name: DataFile.name(folder), split: split, format: DataFormat.svhn.rawValue,
      images: MemoryImages(images),
      labels: labels, classNames: ClassNames.numbers(10))
  }

  /// The arrays of one file.
  static func read(_ path: String) throws(DataError) -> (images: Tensor, labels: [Int]) {
    let structure = try MATStructure(DataFile.read(path), path: path)
    // Dimensions come in reverse: N, channels, columns, rows.
    let stored = try MATFile.read(path, "X", structure)
    guard stored.dtype == .uint8, stored.dim == 4, Array(stored.shape.dropFirst()) == [3, 32, 32],
      stored.size(0) > 0
    else {
      throw .file(
        path,
        "X is \(stored.dtype) of shape \(Array(stored.shape.reversed())); uint8 of shape [32, 32, 3, N] was expected"
      )
    }
    let numbers = try MATFile.read(path, "y", structure)
    guard numbers.count == stored.size(0) else {
      throw .file(path, "X has \(stored.size(0)) pictures, but y has \(numbers.count) labels")
    }
    let values = numbers.to(.float64).array(of: Double.self)
    if let wrong = values.firstIndex(where: { !(1...10).contains($0) || $0 != $0.rounded() }) {
      throw .file(path, "label \(values[wrong]) of record \(wrong) is not one of 1…10")
    }
    return (stored.permute([0, 1, 3, 2]).contiguous(), values.map { Int($0) % 10 })
  }
}
