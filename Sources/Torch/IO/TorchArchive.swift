import Foundation

/// The zip file that `torch.save` writes: a pickle of what was saved, and beside it the numbers of each storage.
final class TorchArchive {
  private let file: ZipReader
  private let entries: [String: ZipReader.Entry]
  private let folder: String
  /// Each storage is read once; tensors that share it in the file share it here.
  private var storages: [String: Tensor] = [:]
  private var left: UInt64
  private let limit: UInt64

  var path: String { file.path }

  private static let pickleName = "data.pkl"
  /// Beyond what names and shapes of any state dictionary take.
  private static let longestPickle: UInt64 = 64 << 20

  /// - Parameter limit: bytes that all tensors together may take.
  init(reading url: URL, limit: UInt64) throws(TorchError) {
    file = try ZipReader(reading: url)
    self.limit = limit
    left = limit
    var entries: [String: ZipReader.Entry] = [:]
    for index in 0..<file.count {
      let entry = try file.entry(index)
      guard entries.updateValue(entry, forKey: entry.name) == nil else {
        throw .file(file.path, "has two entries named \(quoted(entry.name))")
      }
    }
    self.entries = entries
    let pickles = entries.keys.filter { $0.hasSuffix("/" + Self.pickleName) && !$0.dropLast(9).contains("/") }
    guard let pickle = pickles.first, pickles.count == 1 else {
      throw .file(
        file.path, "is a zip archive without a \(Self.pickleName): not what torch.save writes")
    }
    folder = String(pickle.dropLast(Self.pickleName.count))
    guard entries[folder + "constants.pkl"] == nil else {
      throw .file(
        file.path,
        "is a TorchScript program; its weights alone were expected: torch.save(model.state_dict(), PATH)")
    }
    if let order = entries[folder + "byteorder"], try bytes(order, limit: 16) != Array("little".utf8) {
      throw .file(file.path, "was written on a big-endian machine, which is not read")
    }
  }

  /// What was saved.
  func root() throws(TorchError) -> (value: PickleValue, machine: PickleMachine) {
    let bytes = try bytes(entries[folder + Self.pickleName]!, limit: Self.longestPickle)
    var machine = PickleMachine(bytes, path: path) {
      [self] (storage, offset, shape, strides) throws(TorchError) in
      try tensor(storage, offset, shape, strides)
    }
    return (try machine.run(), machine)
  }

  private func bytes(_ entry: ZipReader.Entry, limit: UInt64) throws(TorchError) -> [UInt8] {
    guard entry.size <= limit else {
      throw .file(
        path, "has an entry \(quoted(entry.name)) of \(entry.size) bytes; at most \(limit) are read")
    }
    let stream = try file.open(entry)
    let bytes = try stream.bytes(upTo: Int(entry.size))
    guard bytes.count == Int(entry.size) else { throw .file(path, "is cut off in \(quoted(entry.name))") }
    try stream.finish()
    return bytes
  }

  private func tensor(
    _ storage: PickleStorage, _ offset: Int, _ shape: [Int], _ strides: [Int]
  ) throws(TorchError) -> Tensor {
    func wrong(_ message: String) -> TorchError {
      .file(path, "is damaged: a tensor of shape \(shape) with strides \(strides) \(message)")
    }
    guard shape.count == strides.count, shape.count <= maximumRank, offset >= 0,
      shape.allSatisfy({ $0 >= 0 }), strides.allSatisfy({ $0 >= 0 })
    else { throw wrong("cannot be") }
    guard let size = byteCount(shape: shape, elementSize: storage.dtype.elementSize),
      UInt64(size) <= limit
    else { throw wrong("would take more than \(limit) bytes") }
    // The last element's place, which must lie in the storage.
    var last = offset
    if !shape.contains(0) {
      for (length, stride) in zip(shape, strides) {
        let (reach, one) = (length - 1).multipliedReportingOverflow(by: stride)
        let (sum, other) = last.addingReportingOverflow(reach)
        guard !one, !other else { throw wrong("reaches beyond 2^63") }
        last = sum
      }
      guard last < storage.count else {
        throw wrong("reaches beyond its storage of \(storage.count) elements")
      }
    } else {
      guard offset <= storage.count else { throw wrong("begins beyond its storage") }
      return Tensor.empty(shape, dtype: storage.dtype)
    }
    let base = try numbers(storage)
    return try tensorErrors { base.asStrided(shape, strides: strides, storageOffset: offset) }
  }

  private func numbers(_ storage: PickleStorage) throws(TorchError) -> Tensor {
    if let known = storages[storage.key] {
      guard known.dtype == storage.dtype, known.count == storage.count else {
        throw .file(path, "is damaged: its storage \(quoted(storage.key)) is described in two ways")
      }
      return known
    }
    let name = "\(folder)data/\(storage.key)"
    guard let entry = entries[name] else { throw .file(path, "is damaged: it has no entry \(quoted(name))") }
    let (size, overflow) = storage.count.multipliedReportingOverflow(by: storage.dtype.elementSize)
    guard !overflow, entry.size == UInt64(size) else {
      throw .file(
        path,
        "is damaged: its entry \(quoted(name)) has \(entry.size) bytes, and should hold \(storage.count) elements of \(storage.dtype)"
      )
    }
    guard entry.size <= left else { throw .file(path, "holds more than \(limit) bytes of tensors") }
    left -= entry.size
    let tensor = try tensorErrors { Tensor.empty([storage.count], dtype: storage.dtype) }
    let stream = try file.open(entry)
    try tensor.withUnsafeMutableBytes { (target) throws(TorchError) in
      try stream.fill(target)
      if storage.dtype == .bool { makeBooleans(target) }
    }
    try stream.finish()
    storages[storage.key] = tensor
    return tensor
  }
}
