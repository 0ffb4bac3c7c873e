import CTorch
import Foundation
import Testing
import Torch

/// The libtorch underneath.
struct RuntimeTests {
  @Test func versionsAreThoseOfTheLibtorchThatIsLoaded() {
    #expect(Runtime.libtorchVersion.split(separator: ".").compactMap { Int($0) }.count == 3)
    #expect(
      Runtime.libtorchVersion.split(separator: ".")[0..<2]
        == Runtime.compiledVersion.split(separator: ".")[0..<2])
    #expect(FileManager.default.fileExists(atPath: Runtime.libtorchPath))
  }

  private func mismatch(_ compiled: UInt32, _ loaded: UInt32) -> String? {
    guard let text = ct_version_mismatch(compiled, "/here", loaded, "/there/libtorch_cpu.so") else {
      return nil
    }
    defer { free(text) }
    return String(cString: text)
  }

  @Test func anotherLibtorchIsNamedWithItsPlace() {
    #expect(
      mismatch(0x020d00, 0x020b01)
        == "libtorch mismatch: this program was compiled against libtorch 2.13.0 (/here), but libtorch 2.11.1 is "
        + "loaded (/there/libtorch_cpu.so). Build again against the one that is loaded, or take the other out of "
        + "LD_LIBRARY_PATH.")
    #expect(mismatch(0x020d00, 0x030d00) != nil)
    // Patches of one release go together.
    #expect(mismatch(0x020d00, 0x020d01) == nil && mismatch(0x020d00, 0x020d00) == nil)
  }

  @Test func threadsAndDeterminism() async {
    // In a process of its own: both belong to everybody.
    await #expect(processExitsWith: .success) {
      Runtime.threads = 2
      #expect(Runtime.threads == 2)
      Runtime.threads = 1
      #expect(Runtime.threads == 1)
      // Max unpooling has no deterministic form: it works before, is refused during, and works after.
      let unpool = try TorchOperator("aten::max_unpool2d")
      func unpooled() throws -> Bool {
        let values: [OperatorValue] = [
          .tensor(Tensor.ones([1, 1, 1, 1])), .tensor(Tensor.zeros([1, 1, 1, 1], dtype: .int64)),
          .ints([2, 2]),
        ]
        return try unpool(values)[0].tensor?.sum().double == 1
      }
      #expect(try unpooled())
      Runtime.useDeterministicAlgorithms(true)
      let error = #expect(throws: TorchError.self) { try unpooled() }
      #expect(error?.message.contains("deterministic") == true)
      Runtime.useDeterministicAlgorithms(false)
      #expect(try unpooled())
    }
  }
}
