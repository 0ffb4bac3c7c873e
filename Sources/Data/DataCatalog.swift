import Foundation

/// Opens data sets by looking at what a path holds.
public enum DataCatalog {
  /// What only some formats need.
  public struct Options: Sendable, Equatable {
    /// For folders and tables of pictures.
    public var pictures: PictureOptions
    /// Ten classes of a folder with ImageNet; nil for all.
    public var subset: ImageNetSubset?

    public init(pictures: PictureOptions = PictureOptions(), subset: ImageNetSubset? = nil) {
      self.pictures = pictures
      self.subset = subset
    }
  }

  /// Opens one split of a data set.
  ///
  /// - Parameters:
  ///   - path: a folder, an `.npz` or `.csv` file, or `builtin:gray`, `builtin:color`.
  ///   - format: takes the path for this format; found by looking if nil.
  /// - Throws: ``DataError``: for what is no known format, it lists what was looked for and what is there.
  public static func open(
    _ path: String, split: DataSet.Split, format: DataFormat? = nil, options: Options = Options()
  ) throws(DataError) -> DataSet {
    let place: (format: DataFormat, path: String)
    if let format {
      if format != .builtin { try requireExistence(path) }
      place = find(path, format) ?? (format, path)
    } else {
      place = try detect(path)
    }
    let isOfPictures = place.format == .folder || place.format == .csv
    guard isOfPictures || options.pictures.size == nil else {
      throw .file(
        path,
        "a size is for folders and tables of pictures; this is \(place.format.rawValue), which has its own")
    }
    guard isOfPictures || options.pictures.channels == .rgb else {
      throw .file(
        path,
        "channels are chosen for folders and tables of pictures; this is \(place.format.rawValue), which has its own"
      )
    }
    guard place.format == .folder || options.subset == nil else {
      throw .file(path, "a subset is for folders of ImageNet; this is \(place.format.rawValue)")
    }
    switch place.format {
    case .idx: return try IDX.open(place.path, split: split)
    case .cifar10: return try CIFAR.ten.open(place.path, split: split)
    case .cifar100: return try CIFAR.hundred.open(place.path, split: split)
    case .svhn: return try SVHN.open(place.path, split: split)
    case .stl10: return try STL10.open(place.path, split: split)
    case .npz: return try NPZFormat.open(place.path, split: split)
    case .csv: return try CSVFolder.open(place.path, split: split, options: options.pictures)
    case .folder:
      return try ImageFolder.open(place.path, split: split, options: options.pictures, subset: options.subset)
    case .builtin: return try BuiltInData.open(builtInName(place.path) ?? place.path, split: split)
    }
  }

  /// Whether a path names the test split of a data set that has a training split beside it: one of its files, which stands
  /// for the whole folder, or the folder of its pictures, which looks like a set of its own.
  public static func isTestPart(_ path: String, _ format: DataFormat) -> Bool {
    let name = DataFile.name(path)
    guard DataFile.isFile(path) else {
      return format == .folder && ImageFolder.testNames.contains(name)
        && DataFile.isFolder(DataFile.join(path, "../train"))
        && !DataFile.isFolder(DataFile.join(path, "train"))
    }
    return switch format {
    case .idx: name.hasPrefix("t10k-")
    case .cifar10: name == "test_batch.bin"
    case .cifar100: name == "test.bin"
    case .svhn, .stl10: name.hasPrefix("test_")
    case .folder, .npz, .csv, .builtin: false
    }
  }

  /// The format that a path holds, and where exactly: archives unpack to folders in folders.
  public static func detect(_ path: String) throws(DataError) -> (format: DataFormat, path: String) {
    if builtInName(path) != nil { return (.builtin, path) }
    try requireExistence(path)
    for format in DataFormat.allCases {
      if let found = find(path, format) { return found }
    }
    throw unknown(path)
  }

  private static func builtInName(_ path: String) -> String? {
    path.hasPrefix("builtin:") ? String(path.dropFirst("builtin:".count)) : nil
  }

  private static func requireExistence(_ path: String) throws(DataError) {
    guard builtInName(path) == nil, DataFile.kind(path) == nil else { return }
    throw .file(path, "is not there; check the path (builtin:gray and builtin:color need none)")
  }

  /// Folders that archives of the publishers and torchvision put their files into.
  private static let usualFolders: [DataFormat: [String]] = [
    .idx: ["MNIST/raw", "FashionMNIST/raw", "raw"], .cifar10: ["cifar-10-batches-bin"],
    .cifar100: ["cifar-100-binary"], .stl10: ["stl10_binary"], .folder: ["tiny-imagenet-200"],
  ]

  private static func find(_ path: String, _ format: DataFormat) -> (format: DataFormat, path: String)? {
    // One of the files stands for its folder.
    if DataFile.isFile(path), format != .npz, format != .csv {
      guard format != .folder, let slash = path.lastIndex(of: "/") else { return nil }
      let folder = String(path[..<slash])
      return isDataFile(DataFile.name(path), format) && holds(folder, format) ? (format, folder) : nil
    }
    if holds(path, format) { return (format, path) }
    for name in usualFolders[format] ?? [] {
      let inner = DataFile.join(path, name)
      if DataFile.isFolder(inner), holds(inner, format) { return (format, inner) }
    }
    return nil
  }

  private static func isDataFile(_ name: String, _ format: DataFormat) -> Bool {
    switch format {
    case .idx: name.contains("-ubyte")
    case .svhn: name.hasSuffix("_32x32.mat")
    case .cifar10, .cifar100, .stl10: name.hasSuffix(".bin")
    default: false
    }
  }

  private static func holds(_ path: String, _ format: DataFormat) -> Bool {
    switch format {
    case .idx: IDX.isPresent(path)
    case .cifar10: CIFAR.present(path) == .ten
    case .cifar100: CIFAR.present(path) == .hundred
    case .svhn: SVHN.isPresent(path)
    case .stl10: STL10.isPresent(path)
    case .npz: NPZFormat.isPresent(path)
    case .csv: CSVFolder.isPresent(path)
    case .folder: ImageFolder.isPresent(path)
    case .builtin: false
    }
  }

  private static func unknown(_ path: String) -> DataError {
    if DataFile.isFile(path) {
      let lower = path.lowercased()
      if [".zip", ".tar", ".tar.gz", ".tgz"].contains(where: lower.hasSuffix) {
        return .file(path, "is an archive; unpack it and give the folder")
      }
      return .file(
        path,
        "is no data set by itself; a folder, an .npz or .csv file, or builtin:gray, builtin:color was expected"
      )
    }
    let names = (try? DataFile.names(in: path)) ?? []
    if names.contains("data_batch_1") || names.contains("batches.meta") {
      return .file(
        path, "holds the Python version of CIFAR-10 (pickles); get the binary version: salar data get cifar10"
      )
    }
    let looked = DataFormat.allCases.map { "\n  \($0.rawValue): \($0.summary)" }.joined()
    return .file(path, "is no data set that is known: it \(DataFile.contents(path)). Looked for:\(looked)")
  }
}
