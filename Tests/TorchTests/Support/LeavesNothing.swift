import Foundation
import Testing
import Torch

/// A test with this trait leaves neither handles nor blocks of memory behind. The counters belong to the whole process, so
/// that it is checked where nothing else runs: in the process that ``LeakTests`` starts.
struct LeavesNothing: SuiteTrait, TestTrait, TestScoping {
  static let variable = "SALAR_COUNT_HANDLES"
  /// Printed for each test case that was counted.
  static let mark = "counted: "

  var isRecursive: Bool { true }

  func provideScope(
    for test: Test, testCase: Test.Case?, performing function: @Sendable () async throws -> Void
  ) async throws {
    try await function()
    guard testCase != nil, ProcessInfo.processInfo.environment[Self.variable] == "1" else { return }
    // That was once before counting, for what libtorch keeps from the first call on.
    let handles = Tensor.liveHandles
    let live = CPUAllocator.statistics.live
    try await function()
    #expect(Tensor.liveHandles == handles, "\(test.name) keeps tensors")
    #expect(CPUAllocator.statistics.live == live, "\(test.name) keeps memory")
    print(Self.mark + test.name)
  }
}

extension Trait where Self == LeavesNothing {
  static var leavesNothing: Self { Self() }
}
