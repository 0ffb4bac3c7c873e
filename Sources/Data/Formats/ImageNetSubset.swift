/// Ten-class subsets of ImageNet, as dataset distillation uses them. Labels count in the order of the lists.
///
/// Sources: J. Howard, "Imagenette"; G. Cazenavette et al., "Dataset Distillation by Matching Training Trajectories",
/// CVPR 2022.
public enum ImageNetSubset: String, Sendable, Codable, CaseIterable {
  case nette, woof, fruit, meow, squawk, yellow

  /// Class numbers of ImageNet as torchvision counts them: positions in the sorted list of the 1,000 WordNet ids.
  public var indices: [Int] {
    switch self {
    case .nette: [0, 217, 482, 491, 497, 566, 569, 571, 574, 701]
    case .woof: [193, 182, 258, 162, 155, 167, 159, 273, 207, 229]
    case .fruit: [953, 954, 949, 950, 951, 957, 952, 945, 943, 948]
    case .meow: [281, 282, 283, 284, 285, 291, 292, 290, 289, 287]
    case .squawk: [84, 130, 88, 144, 145, 22, 96, 9, 100, 89]
    case .yellow: [309, 986, 954, 951, 987, 779, 599, 291, 72, 11]
    }
  }

  /// The subset's folders among all class folders.
  func classes(of all: [String], _ root: String) throws(DataError) -> [String] {
    let ids = all.filter(Self.isWordNetID)
    guard ids.count == 1000 else {
      throw .file(
        root,
        "has \(ids.count) folders named by WordNet ids (n and eight digits); the subset \(rawValue) is counted among all 1000 of ImageNet"
      )
    }
    return indices.map { ids[$0] }
  }

  private static func isWordNetID(_ name: String) -> Bool {
    let bytes = Array(name.utf8)
    return bytes.count == 9 && bytes[0] == UInt8(ascii: "n")
      && bytes.dropFirst().allSatisfy { 0x30...0x39 ~= $0 }
  }
}
