import Torch

/// Folders of JPEG and PNG pictures, one folder a class.
///
/// Layouts: `train/CLASS/…` with `test/CLASS/…` or `val/CLASS/…` beside it; Tiny ImageNet's, whose test split is
/// `val/val_annotations.txt` with `val/images/`; and `CLASS/…` alone, which is a training split.
///
/// Classes are numbered by code point of their folders' names and pictures are taken in order of their folders and
/// names, at any depth, as torchvision's `ImageFolder` does. Numbers of the test split are those of the training split's
/// folders. Hidden files are left out. Names for people come from `classes.csv` (folder, name) or `words.txt` (folder,
/// tab, names) if there is one.
public enum ImageFolder {
  static func isPresent(_ folder: String) -> Bool {
    guard let names = try? DataFile.names(in: folder) else { return false }
    let folders = names.filter { DataFile.isFolder(DataFile.join(folder, $0)) }
    if folders.contains("train") { return true }
    return folders.contains { name in
      PictureListing.holdsPicture(DataFile.join(folder, name))
    }
  }

  /// Opens one split.
  ///
  /// - Parameter subset: ten classes of ImageNet, which `folder` must then hold whole; nil for all classes.
  /// - Throws: ``DataError``, among others for pictures of different sizes while `options` has no size: it names two.
  public static func open(
    _ folder: String, split: DataSet.Split, options: PictureOptions = PictureOptions(),
    subset: ImageNetSubset? = nil
  ) throws(DataError) -> DataSet {
    let train = DataFile.join(folder, "train")
    let hasSplits = DataFile.isFolder(train)
    let trainRoot = hasSplits ? train : folder
    var classes = try PictureListing.classFolders(trainRoot)
    if let subset { classes = try subset.classes(of: classes, trainRoot) }

    let samples: [Sample]
    switch (split, hasSplits) {
    case (.train, _):
      samples = try classSamples(trainRoot, classes, among: classes)
    case (.test, false):
      throw .missingSplit(
        folder,
        "has no test split: folders train and test (or val) were expected beside each other; it \(DataFile.contents(folder))"
      )
    case (.test, true):
      samples = try testSamples(folder, classes, isSubset: subset != nil)
    }
    let images = try PictureFiles.source(samples.map(\.path), options)
    return try DataSet(
      name: DataFile.name(folder) + (subset.map { "-\($0.rawValue)" } ?? ""), split: split,
      format: DataFormat.folder.rawValue, images: images, labels: samples.map(\.label),
      classNames: try names(folder, classes))
  }

  /// Folders beside `train` that may hold the test split, in the order in which they are looked for.
  static let testNames = ["test", "val", "validation"]

  private struct Sample {
    var path: String
    var label: Int
  }

  /// Pictures of these class folders of `root`, numbered by their position in `all`.
  private static func classSamples(
    _ root: String, _ folders: [String], among all: [String]
  ) throws(DataError) -> [Sample] {
    let numbers = Dictionary(uniqueKeysWithValues: all.enumerated().map { ($1, $0) })
    var samples: [Sample] = []
    for folder in folders {
      let path = DataFile.join(root, folder)
      guard let number = numbers[folder] else {
        throw .file(path, "is a class that the training split does not have")
      }
      let pictures = try PictureListing.pictures(path)
      guard !pictures.isEmpty else {
        throw .file(path, "is a class without a JPEG or PNG picture; remove the folder or fill it")
      }
      samples += pictures.map { Sample(path: $0, label: number) }
    }
    return samples
  }

  /// A `test` folder without class folders is unlabelled (Tiny ImageNet, ImageNet): then `val` is the test split.
  private static func testSamples(
    _ folder: String, _ classes: [String], isSubset: Bool
  ) throws(DataError) -> [Sample] {
    for name in testNames {
      let root = DataFile.join(folder, name)
      guard DataFile.isFolder(root) else { continue }
      let annotations = DataFile.join(root, "val_annotations.txt")
      if DataFile.isFile(annotations) {
        return try annotated(annotations, DataFile.join(root, "images"), classes, isSubset: isSubset)
      }
      var found = try PictureListing.classFolders(root, mayBeEmpty: true)
      guard found.contains(where: classes.contains) else { continue }
      if isSubset { found = classes.filter(found.contains) }
      return try classSamples(root, found, among: classes)
    }
    throw .missingSplit(
      folder,
      "has no test split: neither test, val nor validation has a class folder of the training split; it \(DataFile.contents(folder))"
    )
  }

  /// Lines of a file's name, a tab, its class, and what is not needed.
  private static func annotated(
    _ path: String, _ images: String, _ classes: [String], isSubset: Bool
  ) throws(DataError) -> [Sample] {
    let numbers = Dictionary(uniqueKeysWithValues: classes.enumerated().map { ($1, $0) })
    var samples: [Sample] = []
    for (index, line) in try DataFile.lines(path).enumerated() {
      let parts = line.split(separator: "\t").map(String.init)
      guard parts.count >= 2, !parts[0].contains("/") else {
        throw .file(
          path, "line \(index + 1) is \(DataError.quoted(line)); a file, a tab and a class were expected")
      }
      guard let number = numbers[parts[1]] else {
        if isSubset { continue }
        throw .file(
          path,
          "line \(index + 1) has the class \(DataError.quoted(parts[1])), which train/ has no folder for")
      }
      samples.append(Sample(path: DataFile.join(images, parts[0]), label: number))
    }
    guard !samples.isEmpty else { throw .file(path, "names no picture") }
    return samples
  }

  private static func names(_ folder: String, _ classes: [String]) throws(DataError) -> [String] {
    var names: [String: String] = [:]
    let table = DataFile.join(folder, "classes.csv")
    let words = DataFile.join(folder, "words.txt")
    if DataFile.isFile(table) {
      for row in try CSVTable(DataFile.read(table), name: table).rows where row.count >= 2 {
        names[row[0]] = row[1]
      }
    } else if DataFile.isFile(words) {
      for line in try DataFile.lines(words) {
        let parts = line.split(separator: "\t", maxSplits: 1)
        guard parts.count == 2 else { continue }
        names[String(parts[0])] = parts[1].split(separator: ",").first.map(String.init)
      }
    }
    return classes.map { names[$0] ?? $0 }
  }
}

/// Finds class folders and pictures.
enum PictureListing {
  private static let read = ["jpg", "jpeg", "png"]
  /// Pictures that cannot be read: leaving them out silently would change the data set.
  private static let unread = [
    "bmp", "gif", "webp", "tif", "tiff", "ppm", "pgm", "pnm", "heic", "avif", "jxl",
  ]
  private static let maximumDepth = 16

  private static func suffix(_ name: String) -> String {
    name.split(separator: ".").last.map { $0.lowercased() } ?? ""
  }

  static func isPicture(_ name: String) -> Bool { read.contains(suffix(name)) }

  /// Whether there is a picture in the folder or in one directly below it.
  static func holdsPicture(_ folder: String, depth: Int = 1) -> Bool {
    guard let names = try? DataFile.names(in: folder) else { return false }
    if names.contains(where: isPicture) { return true }
    guard depth > 0 else { return false }
    return names.contains { holdsPicture(DataFile.join(folder, $0), depth: depth - 1) }
  }

  static func classFolders(_ root: String, mayBeEmpty: Bool = false) throws(DataError) -> [String] {
    let names = try DataFile.names(in: root).filter { DataFile.isFolder(DataFile.join(root, $0)) }
    guard mayBeEmpty || !names.isEmpty else {
      throw .file(root, "has no folder of a class in it; it \(DataFile.contents(root))")
    }
    return names
  }

  /// All pictures in and below the folder: folders by code point of their paths, then files by that of their names.
  static func pictures(_ folder: String) throws(DataError) -> [String] {
    var folders: [(path: String, names: [String])] = []
    try walk(folder, depth: 0, into: &folders)
    var pictures: [String] = []
    for entry in folders.sorted(by: { DataFile.precedes($0.path, $1.path) }) {
      for name in entry.names {
        let path = DataFile.join(entry.path, name)
        if unread.contains(suffix(name)) {
          throw .file(
            path, "is a picture of a kind that cannot be read; convert it to JPEG or PNG, or remove it")
        }
        if isPicture(name) { pictures.append(path) }
      }
    }
    return pictures
  }

  private static func walk(
    _ folder: String, depth: Int, into folders: inout [(path: String, names: [String])]
  ) throws(DataError) {
    guard depth < maximumDepth else {
      throw .file(folder, "lies more than \(maximumDepth) folders deep; is there a link to a folder above?")
    }
    var files: [String] = []
    for name in try DataFile.names(in: folder) {
      let path = DataFile.join(folder, name)
      // What looks like a picture is asked nothing: a large data set has millions.
      if isPicture(name) || !DataFile.isFolder(path) {
        files.append(name)
      } else {
        try walk(path, depth: depth + 1, into: &folders)
      }
    }
    folders.append((folder, files))
  }
}
