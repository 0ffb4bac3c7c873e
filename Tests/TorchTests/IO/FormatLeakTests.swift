import Foundation
import PeerSupport
import Testing

@testable import Torch

/// That reading and writing, and failing at it, leave nothing behind.
@Suite struct FormatLeakTests {
  let folder: TemporaryFolder
  init() throws { folder = try TemporaryFolder() }

  /// Reads each format whole and damaged, and writes to where nothing can be written.
  private func round() throws {
    for tensor in [
      try Safetensors(reading: folder.file("a.safetensors"))["a"], try NPY.read(folder.file("a.npy")),
    ] {
      #expect(tensor?.count == 6)
    }
    #expect(try NPZ.read(folder.file("a.npz")).count == 1)
    #expect(throws: TorchError.self) { try Safetensors(reading: folder.file("cut.safetensors")) }
    #expect(throws: TorchError.self) { try NPY.read(folder.file("cut.npy")) }
    #expect(throws: TorchError.self) { try NPZ.read(folder.file("cut.npz")) }
    let tensor = sample([3, 2], .float32).transpose(0, 1)
    let nowhere = folder.file("none/a")
    #expect(throws: TorchError.self) { try Safetensors.write([("a", tensor)], to: nowhere) }
    #expect(throws: TorchError.self) { try NPY.write(tensor, to: nowhere) }
    #expect(throws: TorchError.self) { try NPZ.write([("a", tensor)], to: nowhere) }
  }

  @Test func leavesNoHandlesMapsOrDescriptors() throws {
    let tensor = sample([2, 3], .float32)
    try Safetensors.write([("a", tensor)], to: folder.file("a.safetensors"))
    try NPY.write(tensor, to: folder.file("a.npy"))
    try NPZ.write([("a", tensor)], to: folder.file("a.npz"), compressed: true)
    for kind in ["safetensors", "npy", "npz"] {
      _ = try folder.write(try Data(contentsOf: folder.file("a.\(kind)")).dropLast(3), "cut.\(kind)")
    }
    // Other tests run meanwhile and hold handles of their own; a handle lost in each round would outnumber them.
    let rounds = 1000
    let growth = try (0..<3).map { _ in
      let before = Tensor.liveHandles
      for _ in 0..<rounds { try round() }
      return Tensor.liveHandles - before
    }
    #expect(growth.min()! < rounds / 2)
    #if os(Linux)
      let maps = try String(contentsOfFile: "/proc/self/maps", encoding: .utf8)
      #expect(!maps.contains(folder.url.lastPathComponent))
      let open = try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").filter {
        let target = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/fd/\($0)")
        return target?.contains(folder.url.lastPathComponent) ?? false
      }
      #expect(open.isEmpty)
    #endif
  }
}
