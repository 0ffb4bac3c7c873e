import CTorch
import Foundation
import PeerSupport
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

  #if os(Linux)
    /// A library that says it is libtorch 2.11, loaded before the real one: the program ends before its main.
    @Test func aProgramDoesNotStartWithAnotherLibtorch() throws {
      let folder = try TemporaryFolder()
      let source = folder.file("other.c")
      try "unsigned long long aoti_torch_abi_version(void) { return 0x020b000000000000ull; }"
        .write(to: source, atomically: true, encoding: .utf8)
      func run(_ program: String, _ arguments: [String], _ environment: [String: String] = [:]) throws -> (
        code: Int32, text: String
      ) {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: program)
        process.arguments = arguments
        process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        let output = Pipe()
        (process.standardOutput, process.standardError) = (output, output)
        try process.run()
        let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        return (process.terminationStatus, text)
      }
      let library = folder.file("other.so").path
      let compiled = try run("/usr/bin/env", ["clang", "-shared", "-fPIC", "-o", library, source.path])
      try #require(compiled.code == 0, "\(compiled.text)")
      let program = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath().path
      let found = try run(
        program, ["--testing-library", "swift-testing", "--filter", "versionsAreThose"],
        ["LD_PRELOAD": library])
      #expect(found.code == 1, "\(found.text)")
      #expect(found.text.contains("compiled against libtorch \(Runtime.compiledVersion)"), "\(found.text)")
      #expect(found.text.contains("libtorch 2.11.0 is loaded (\(library))"), "\(found.text)")
    }
  #endif

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
