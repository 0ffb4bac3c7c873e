import Foundation

/// Weights by name, from a safetensors file or from one that PyTorch's `torch.save` wrote (`.pth`, `.pt`), told apart by
/// what they hold.
///
/// Of a PyTorch file, a dictionary of tensors is read, and nothing in it is run: whatever a state dictionary does not need
/// is refused by name. The dictionary may stand inside a checkpoint, under the first of ``wrappings`` that is there. Where
/// all names begin with one of ``prefixes``, as data parallelism and compilation leave them, it is taken off.
public struct StateFile {
  /// How it is stored, found by looking.
  public enum Format: String, Sendable {
    case safetensors, pytorch
  }

  /// As it was opened.
  public let path: String
  /// How it is stored.
  public let format: Format
  /// In the file's order. Tensors of PyTorch's files may be strided and share memory, as they were saved.
  public let tensors: [(name: String, tensor: Tensor)]
  /// What stands beside the tensors of a safetensors file.
  public let metadata: [String: String]

  /// Keys under which checkpoints keep their weights.
  public static let wrappings = [
    "state_dict", "model_state_dict", "model", "net", "network", "module", "params",
  ]

  /// What wrapping modules put before every name.
  public static let prefixes = ["module.", "_orig_mod.", "model.", "net.", "network."]

  /// - Parameter limit: bytes that all tensors of a PyTorch file may take; the machine's memory if nil.
  /// - Throws: ``TorchError`` of kind `.file` for a file that cannot be read, is damaged, or holds no state dictionary.
  public init(reading url: URL, limit: Int? = nil) throws(TorchError) {
    path = try filePath(url)
    let found: [(name: String, tensor: Tensor)]
    switch try Self.kind(url, path) {
    case .safetensors:
      let file = try Safetensors(reading: url)
      (format, metadata) = (.safetensors, file.metadata)
      let all = try file.dictionary()
      found = file.names.map { ($0, all[$0]!) }
    case .pytorch:
      (format, metadata) = (.pytorch, [:])
      let limit = limit ?? Int(clamping: ProcessInfo.processInfo.physicalMemory)
      let archive = try TorchArchive(reading: url, limit: UInt64(clamping: limit))
      found = try Self.state(archive)
    }
    tensors = Self.withoutPrefixes(found)
    var names: Set<String> = []
    for (name, _) in tensors where !names.insert(name).inserted {
      throw .file(path, "has two tensors named \(quoted(name))")
    }
  }

  /// All tensors by name.
  public var dictionary: [String: Tensor] {
    Dictionary(uniqueKeysWithValues: tensors.map { ($0.name, $0.tensor) })
  }

  // MARK: What a file is

  private static func kind(_ url: URL, _ path: String) throws(TorchError) -> Format {
    let file = try MappedFile(reading: url)
    return try file.withUnsafeMutableBytes { (bytes) throws(TorchError) in
      let start = Array(bytes.prefix(16))
      // First, as the length that a safetensors file begins with may be any bytes, those of other formats among them.
      if start.count > 8, start[4..<8].allSatisfy({ $0 == 0 }), start[8] == UInt8(ascii: "{") {
        return .safetensors
      }
      if start.starts(with: "PK".utf8) { return .pytorch }
      // The number that begins files of `torch.save` before version 1.6, as a pickle.
      if start.starts(with: [0x80, 2, 0x8A, 10, 0x6C, 0xFC, 0x9C, 0x46]) {
        throw .file(
          path,
          "is in the format of PyTorch before 1.6; read it with torch.load and write it with torch.save, "
            + "or with safetensors")
      }
      if start.starts(with: [0x80]), start.count > 1, (2...5).contains(start[1]) {
        throw .file(
          path, "is a bare pickle; what torch.save or safetensors writes was expected")
      }
      return .safetensors
    }
  }

  private static func state(_ archive: TorchArchive) throws(TorchError) -> [(name: String, tensor: Tensor)] {
    var (value, machine) = try archive.root()
    // A checkpoint of a checkpoint, at most.
    for _ in 0..<2 {
      guard case .dictionary(let node) = value else { break }
      let inner = wrappings.lazy.compactMap { name in
        machine.dictionaries[node].last { entry in
          if case .text(let text) = entry.key, case .dictionary = entry.value { text == name } else { false }
        }?.value
      }.first
      guard let inner else { break }
      value = inner
    }
    guard case .dictionary(let node) = value else {
      throw .file(archive.path, "holds \(value.kind); a dictionary of tensors was expected")
    }
    var result: [(name: String, tensor: Tensor)] = []
    for (key, value) in machine.dictionaries[node] {
      guard case .text(let name) = key, case .tensor(let tensor) = value else {
        let name = if case .text(let text) = key { quoted(text) } else { key.kind }
        throw .file(
          archive.path,
          "holds \(value.kind) under \(name), where names with tensors were expected, alone or under one of: "
            + wrappings.joined(separator: ", "))
      }
      result.append((name, tensor))
    }
    return result
  }

  private static func withoutPrefixes(
    _ tensors: [(name: String, tensor: Tensor)]
  ) -> [(name: String, tensor: Tensor)] {
    var tensors = tensors
    while let prefix = prefixes.first(where: { prefix in
      !tensors.isEmpty && tensors.allSatisfy { $0.name.hasPrefix(prefix) && $0.name != prefix }
    }) {
      tensors = tensors.map { (String($0.name.dropFirst(prefix.count)), $0.tensor) }
    }
    return tensors
  }
}
