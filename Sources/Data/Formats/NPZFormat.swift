import Foundation
import Torch

/// NumPy archives: `x_train`, `y_train`, `x_test`, `y_test` (or `train_images`, `train_labels`, …) in one file, or
/// `images` and `labels` in a file a split (`train.npz`, `test.npz` of a folder; a single file counts as training).
///
/// Images are uint8 or floating point (which becomes float32): [N, H, W], [N, C, H, W] or [N, H, W, C] with C of 1 or 3;
/// where both orders are possible, the first is taken. Labels are whole numbers from 0, [N] or [N, 1]; each class has a
/// training sample, unless `classes.txt` beside the archive names them all, one a line.
public enum NPZFormat {
  private static func keys(_ split: DataSet.Split) -> [(images: String, labels: String)] {
    [("x_\(split)", "y_\(split)"), ("\(split)_images", "\(split)_labels")]
  }

  /// The archive of a folder that holds this split.
  static func file(_ path: String, _ split: DataSet.Split) -> String? {
    if DataFile.isFile(path) { return path.lowercased().hasSuffix(".npz") ? path : nil }
    let own = DataFile.join(path, "\(split).npz")
    if DataFile.isFile(own) { return own }
    let archives = ((try? DataFile.names(in: path)) ?? []).filter { $0.lowercased().hasSuffix(".npz") }
    return archives.count == 1 ? DataFile.join(path, archives[0]) : nil
  }

  static func isPresent(_ path: String) -> Bool {
    DataSet.Split.allCases.contains { file(path, $0) != nil }
  }

  /// Opens one split of an archive, or of a folder with one.
  public static func open(_ path: String, split: DataSet.Split) throws(DataError) -> DataSet {
    guard let archive = file(path, split) else {
      throw .missingSplit(path, "has no \(split).npz and not one single .npz; it \(DataFile.contents(path))")
    }
    let arrays = try read(archive)
    let isOwn = DataFile.name(archive) == "\(split).npz"
    guard let found = find(arrays, split, isOwn: isOwn) else {
      let wanted = keys(split).map { "\($0.images) and \($0.labels)" }.joined(separator: ", or ")
      let names = arrays.keys.sorted().prefix(12).map(DataError.quoted).joined(separator: ", ")
      let isHalfThere = isOwn || keys(split).contains { arrays[$0.images] != nil || arrays[$0.labels] != nil }
      throw DataError(
        "\(archive): has the arrays \(names.isEmpty ? "(none)" : names); for the \(split) split it needs \(wanted)"
          + (isOwn || split == .train ? ", or images and labels" : ""),
        isMissingSplit: !isHalfThere)
    }
    let images = try pictures(arrays[found.images]!, "\(archive): \(found.images)")
    let labels = try numbers(arrays[found.labels]!, "\(archive): \(found.labels)")
    guard images.size(0) == labels.count else {
      throw .file(
        archive, "\(found.images) has \(images.size(0)) images, but \(found.labels) \(labels.count) labels")
    }
    let own = ClassNames.Numbers(values: labels, path: "\(archive): \(found.labels)")
    let training = split == .train ? own : try trainingLabels(path, isOwn ? nil : (archive, arrays))
    let folder = DataFile.isFolder(path) ? path : DataFile.parent(archive)
    return try DataSet(
      name: DataFile.name(path), split: split, format: DataFormat.npz.rawValue, images: MemoryImages(images),
      labels: labels, classNames: try ClassNames.of(training: training, own, folder: folder))
  }

  /// Those that the test split's classes are counted by, in the same archive or in `train.npz` beside it; nil if there
  /// are none.
  private static func trainingLabels(
    _ path: String, _ same: (archive: String, arrays: [String: Tensor])?
  ) throws(DataError) -> ClassNames.Numbers? {
    var place = same
    if place == nil {
      let other = DataFile.join(path, "train.npz")
      guard DataFile.isFile(other) else { return nil }
      place = (other, try read(other))
    }
    guard let place, let found = find(place.arrays, .train, isOwn: true) else { return nil }
    let name = "\(place.archive): \(found.labels)"
    return ClassNames.Numbers(values: try numbers(place.arrays[found.labels]!, name), path: name)
  }

  private static func read(_ path: String) throws(DataError) -> [String: Tensor] {
    do throws(TorchError) {
      let arrays = try NPZ.read(URL(fileURLWithPath: path))
      return Dictionary(arrays.map { ($0.name, $0.tensor) }) { first, _ in first }
    } catch {
      throw DataError(error.message)
    }
  }

  private static func find(
    _ arrays: [String: Tensor], _ split: DataSet.Split, isOwn: Bool
  ) -> (images: String, labels: String)? {
    var known = keys(split)
    if isOwn || split == .train { known.append(("images", "labels")) }
    return known.first { arrays[$0.images] != nil && arrays[$0.labels] != nil }
  }

  /// uint8 or float32 [N, C, H, W].
  static func pictures(_ array: Tensor, _ name: String) throws(DataError) -> Tensor {
    guard array.dtype == .uint8 || array.dtype.isFloatingPoint else {
      throw .file(name, "is \(array.dtype); images are uint8 (0…255) or float32: convert them")
    }
    let shape = array.shape
    guard !shape.contains(0) else { throw .file(name, "has the shape \(shape): there is no image in it") }
    let isChannels = { $0 == 1 || $0 == 3 }
    let ordered: Tensor
    switch shape.count {
    case 3: ordered = array.reshape([shape[0], 1, shape[1], shape[2]])
    case 4 where isChannels(shape[1]): ordered = array
    case 4 where isChannels(shape[3]): ordered = array.permute([0, 3, 1, 2])
    default:
      throw .file(
        name,
        "has the shape \(shape); images are [N, H, W], [N, C, H, W] or [N, H, W, C] with 1 or 3 channels")
    }
    // Views hold the whole archive's memory otherwise only where they must.
    return (array.dtype == .uint8 ? ordered : ordered.to(.float32)).contiguous()
  }

  /// Whole numbers [N].
  static func numbers(_ array: Tensor, _ name: String) throws(DataError) -> [Int] {
    guard !array.dtype.isFloatingPoint, array.dtype != .bool, array.dtype != .complex64,
      array.dtype != .complex128
    else { throw .file(name, "is \(array.dtype); labels are whole numbers: convert them") }
    guard array.dim == 1 || (array.dim == 2 && array.size(1) == 1) else {
      throw .file(name, "has the shape \(array.shape); labels are [N] or [N, 1]")
    }
    return array.array(of: Int.self)
  }
}
