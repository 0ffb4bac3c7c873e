import Foundation

/// A public data set: where its publisher offers it, and what its files must be.
public struct DataSource: Sendable, Codable, Equatable {
  public struct File: Sendable, Codable, Equatable {
    /// What it is called on disk.
    public var name: String
    /// Tried in order.
    public var addresses: [String]
    /// As published.
    public var checksum: Checksum
    /// For an archive, the folder that it unpacks to; the archive itself is removed then.
    public var unpacked: String?
  }

  /// As `salar data get` takes it.
  public var name: String
  public var title: String
  /// Whom to credit.
  public var source: String
  public var files: [File]

  /// Every data set that can be fetched.
  public static let all: [DataSource] = [
    idx(
      "mnist", "MNIST: handwritten digits, 60,000 + 10,000, 28×28",
      "Y. LeCun, C. Cortes, C. Burges, http://yann.lecun.com/exdb/mnist",
      ["https://ossci-datasets.s3.amazonaws.com/mnist/", "http://yann.lecun.com/exdb/mnist/"],
      [
        "f68b3c2dcbeaaa9fbdd348bbdeb94873", "d53e105ee54ea40749a09fcbcd1e9432",
        "9fb629c4189551a2d022fa330f9573f3", "ec29112dd5afa0611ce80d1b7f02629c",
      ]),
    idx(
      "fashion-mnist", "Fashion-MNIST: articles of clothing, 60,000 + 10,000, 28×28",
      "H. Xiao, K. Rasul, R. Vollgraf, https://github.com/zalandoresearch/fashion-mnist (MIT)",
      ["http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/"],
      [
        "8d4fb7e6c68d591d4c3dfef9ec88bf0d", "25c81989df183df01b3e8a0aad5dffbe",
        "bef4ecab320f06d8554ea6380940ec79", "bb300cfdad3c16e7a12a480ee83cd310",
      ]),
    DataSource(
      name: "cifar10", title: "CIFAR-10: ten kinds of things, 50,000 + 10,000, 32×32",
      source: "A. Krizhevsky, https://www.cs.toronto.edu/~kriz/cifar.html",
      files: [
        archive(
          "https://www.cs.toronto.edu/~kriz/cifar-10-binary.tar.gz", .md5("c32a1d4ab5d03f1284b67883e8d87530"),
          "cifar-10-batches-bin")
      ]),
    DataSource(
      name: "cifar100", title: "CIFAR-100: a hundred kinds of things, 50,000 + 10,000, 32×32",
      source: "A. Krizhevsky, https://www.cs.toronto.edu/~kriz/cifar.html",
      files: [
        archive(
          "https://www.cs.toronto.edu/~kriz/cifar-100-binary.tar.gz",
          .md5("03b5dce01913d631647c71ecec9e9cb8"),
          "cifar-100-binary")
      ]),
    DataSource(
      name: "svhn", title: "SVHN: house numbers, 73,257 + 26,032, 32×32",
      source: "Y. Netzer et al., http://ufldl.stanford.edu/housenumbers (not for commercial use)",
      files: [
        plain(
          "http://ufldl.stanford.edu/housenumbers/train_32x32.mat", .md5("e26dedcc434d2e4c54c9b2d4a06d8373")),
        plain(
          "http://ufldl.stanford.edu/housenumbers/test_32x32.mat", .md5("eb5a983be6a315427106f1b164d9cef3")),
      ]),
    DataSource(
      name: "stl10", title: "STL-10: ten kinds of things, 5,000 + 8,000, 96×96",
      source: "A. Coates, H. Lee, A. Ng, https://cs.stanford.edu/~acoates/stl10",
      files: [
        archive(
          "http://ai.stanford.edu/~acoates/stl10/stl10_binary.tar.gz",
          .md5("91f7769df0f17e558f3565bffb0c7dfb"),
          "stl10_binary")
      ]),
    DataSource(
      name: "tiny-imagenet", title: "Tiny ImageNet: 200 classes, 100,000 + 10,000, 64×64",
      source: "Stanford CS231n, http://cs231n.stanford.edu",
      files: [
        archive(
          "http://cs231n.stanford.edu/tiny-imagenet-200.zip", .md5("90528d7ca1a48142e341f4ef8d21d0de"),
          "tiny-imagenet-200")
      ]),
  ]

  public static func named(_ name: String) -> DataSource? { all.first { $0.name == name } }

  private static func idx(
    _ name: String, _ title: String, _ source: String, _ folders: [String], _ sums: [String]
  ) -> DataSource {
    let names = [
      "train-images-idx3-ubyte.gz", "train-labels-idx1-ubyte.gz", "t10k-images-idx3-ubyte.gz",
      "t10k-labels-idx1-ubyte.gz",
    ]
    return DataSource(
      name: name, title: title, source: source,
      files: zip(names, sums).map { name, sum in
        File(name: name, addresses: folders.map { $0 + name }, checksum: .md5(sum), unpacked: nil)
      })
  }

  private static func plain(_ address: String, _ checksum: Checksum) -> File {
    let name = address.split(separator: "/").last.map(String.init)!
    return File(name: name, addresses: [address], checksum: checksum, unpacked: nil)
  }

  private static func archive(_ address: String, _ checksum: Checksum, _ folder: String) -> File {
    var file = plain(address, checksum)
    file.unpacked = folder
    return file
  }
}

extension DataSource {
  /// Fetches every file into `folder`, which is made if it is not there, checks them, and unpacks archives.
  ///
  /// Files that are there and have their sums are kept, as are folders of unpacked archives; what a broken attempt left is gone on with.
  ///
  /// - Parameter progress: is called now and then with a file's name, the bytes that are there and those expected.
  /// - Throws: ``DataError`` naming the address or file: see ``Downloader`` and ``Archive``.
  public func fetch(
    to folder: String, downloader: Downloader = Downloader(),
    progress: @escaping @Sendable (String, Int, Int?) -> Void = { _, _, _ in }
  ) throws(DataError) {
    try Archive.makeFolder(folder)
    for file in files {
      let path = DataFile.join(folder, file.name)
      if let unpacked = file.unpacked, DataFile.isFolder(DataFile.join(folder, unpacked)) { continue }
      if !DataFile.isFile(path) || (try? file.checksum.check(path)) == nil {
        try downloader.fetch(file.addresses, to: path, checksum: file.checksum) {
          progress(file.name, $0, $1)
        }
      }
      guard file.unpacked != nil else { continue }
      try Archive.unpack(path, into: folder)
      guard unlink(path) == 0 else { throw .file(path, "cannot be removed after unpacking", errno: errno) }
    }
  }
}
