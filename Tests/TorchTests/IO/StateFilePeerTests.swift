import Foundation
import PeerSupport
import Testing

@testable import Torch

/// Files of PyTorch against the same tensors written by the safetensors library.
@Suite(.enabled(if: Peer.isAvailable, Comment(rawValue: Peer.missing)))
struct StateFilePeerTests {
  @Test func readsWhatPyTorchWrites() throws {
    let folder = try TemporaryFolder()
    try Peer.run("state_files", [folder.url.path])
    let files = try folder.contents.filter { $0.hasSuffix(".pth") }
    #expect(files.count == 40)
    for file in files {
      let found = try StateFile(reading: folder.file(file))
      #expect(found.format == .pytorch && found.metadata.isEmpty)
      let expected = try Safetensors(reading: folder.file(file.replacing(".pth", with: ".safetensors")))
      #expect(Set(found.tensors.map(\.name)) == Set(expected.names), "\(file)")
      for (name, tensor) in found.tensors {
        expectSame(tensor.contiguous(), try #require(expected[name]), "\(file): \(name)")
      }
    }
    // What shares memory in the file shares it here.
    let tensors = try StateFile(reading: folder.file("tensors.pth")).dictionary
    tensors["offset"]!.fill_(7)
    #expect(tensors["transposed"]![0][2].double == 7)

    for (file, words) in [
      ("model.bad", "torch.nn.modules.linear.Linear"), ("old.bad", "before 1.6"),
      ("tensor.bad", "holds a tensor; a dictionary of tensors"), ("numbers.bad", "a number under 'epoch'"),
      ("float8.bad", "torch._utils"), ("script.bad", "TorchScript"),
    ] {
      expectRefusal(folder.file(file).path, words) { _ = try StateFile(reading: folder.file(file)) }
    }
  }
}
