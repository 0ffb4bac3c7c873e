/// How a data set is stored.
public enum DataFormat: String, Sendable, Codable, CaseIterable {
  case idx, cifar10, cifar100, svhn, stl10, npz, csv, folder, builtin

  /// What is looked for, for messages and lists.
  public var summary: String {
    switch self {
    case .idx: "train-images-idx3-ubyte, train-labels-idx1-ubyte, t10k-… (.gz or not)"
    case .cifar10: "data_batch_1.bin … data_batch_5.bin, test_batch.bin"
    case .cifar100: "train.bin, test.bin (records of CIFAR-100)"
    case .svhn: "train_32x32.mat, test_32x32.mat"
    case .stl10: "train_X.bin, train_y.bin, test_X.bin, test_y.bin"
    case .npz: "a .npz with x_train, y_train, x_test, y_test, or train.npz and test.npz with images, labels"
    case .csv: "a .csv with the columns file and label, or train.csv and test.csv"
    case .folder: "train/CLASS/ and test/CLASS/ or val/CLASS/ with JPEG or PNG pictures, or CLASS/ alone"
    case .builtin: "builtin:gray, builtin:color"
    }
  }
}
