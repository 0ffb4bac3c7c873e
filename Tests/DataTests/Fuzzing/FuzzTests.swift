import Command
import Foundation
import Testing
import Torch

@testable import Data

/// Mutated files for every parser: each must be read or refused with a typed error, in bounded time, without a crash.
///
/// `scripts/fuzz COUNT` runs COUNT inputs in all. `SALAR_FUZZ` is that number, `SALAR_FUZZ_SEED` shifts the draws, and
/// `SALAR_FUZZ_TRACE` names a folder where each parser keeps the input that it is at, so that a crash can be repeated.
struct FuzzTests {
  enum Parser: String, CaseIterable {
    case idx, gzip, cifar, stl10, jpeg, png, csv, npy, npz, mat, archive, safetensors, pth, lists, recipe

    /// Inputs of a thousand.
    var share: Int {
      switch self {
      case .idx, .csv, .gzip, .cifar, .png, .jpeg: 100
      case .stl10, .npy, .safetensors, .recipe: 60
      case .npz, .mat, .archive, .pth, .lists: 32
      }
    }

    /// What it says no with.
    func isRefusal(_ error: any Error) -> String? {
      switch (self, error) {
      case (.npy, let error as TorchError), (.safetensors, let error as TorchError),
        (.pth, let error as TorchError):
        error.message
      case (.recipe, let error as CommandError): error.message
      case (_, let error as DataError): error.message
      default: nil
      }
    }
  }

  static let total = environment("SALAR_FUZZ") ?? 4000
  private static let seed = environment("SALAR_FUZZ_SEED") ?? 0
  private static let trace = ProcessInfo.processInfo.environment["SALAR_FUZZ_TRACE"]
  /// Seconds that one input may take.
  private static let longest = 5.0

  private static func environment(_ name: String) -> Int? {
    ProcessInfo.processInfo.environment[name].flatMap { Int($0) }
  }

  @Test func sharesAddUp() { #expect(Parser.allCases.reduce(0) { $0 + $1.share } == 1000) }

  @Test(arguments: Parser.allCases)
  func neverCrashes(_ parser: Parser) throws {
    let target = try FuzzTarget(parser)
    let count = Self.total * parser.share / 1000
    let file = Self.trace.map { open($0 + "/" + parser.rawValue, O_WRONLY | O_CREAT | O_TRUNC, 0o644) }
    defer { if let file { close(file) } }
    var accepted = 0
    var slowest = (seconds: 0.0, index: 0)
    for index in 0..<count {
      var mutator = Mutator(seed: UInt64(Self.seed) << 32 ^ UInt64(index) << 8 ^ UInt64(parser.share))
      let corpus = target.corpus
      var input = mutator.mutated(corpus[mutator.below(corpus.count)], corpus[mutator.below(corpus.count)])
      // With sums that are right, damage gets past the first checks.
      if let repair = target.repair, mutator.below(2) == 0 { input = repair(input) }
      if let file {
        ftruncate(file, 0)
        _ = input.withUnsafeBytes { pwrite(file, $0.baseAddress, $0.count, 0) }
      }
      let start = DispatchTime.now().uptimeNanoseconds
      do {
        try target.parse(input)
        accepted += 1
      } catch {
        guard let message = parser.isRefusal(error) else {
          Issue.record("\(parser) \(index): \(error) got out")
          continue
        }
        if message.isEmpty || message.utf8.count >= 4096 {
          Issue.record("\(parser) \(index): a message of \(message.utf8.count) bytes")
        }
      }
      let seconds = Double(DispatchTime.now().uptimeNanoseconds - start) / 1e9
      if seconds > slowest.seconds { slowest = (seconds, index) }
    }
    #expect(slowest.seconds < Self.longest, "\(parser): input \(slowest.index) took \(slowest.seconds) s")
    // Mutants that are all refused would test the first check alone; in the short form too.
    if count > 100 {
      #expect(accepted > 0 && accepted < count, "\(parser): \(accepted) of \(count) accepted")
    }
    if Self.total > 100_000 {
      print("\(parser): \(count) inputs, \(accepted) accepted, slowest \(Int(slowest.seconds * 1000)) ms")
    }
  }
}
