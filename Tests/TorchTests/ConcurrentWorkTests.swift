import Dispatch
import Testing
import Torch

@Suite struct ConcurrentWorkTests {
  private struct Failure: Error, Equatable { var index: Int }

  @Test func resultsComeInOrderWhateverTheThreads() throws {
    let whole = Runtime.threads
    defer { Runtime.threads = whole }
    for threads in [1, 2, 5] {
      Runtime.threads = threads
      let found = try Runtime.map(20) { index in
        (Tensor.full([100], Scalar(Double(index)), dtype: .float64) * 2).sum().double
      }
      #expect(found == (0..<20).map { 200 * Double($0) })
      #expect(Runtime.threads == threads)
    }
    #expect(try Runtime.map(0) { $0 } == [])
  }

  /// Two pieces wait for each other, each with its share of the threads.
  @Test func piecesRunSideBySide() throws {
    let whole = Runtime.threads
    defer { Runtime.threads = whole }
    Runtime.threads = 4
    let (first, second) = (DispatchSemaphore(value: 0), DispatchSemaphore(value: 0))
    let threads = try Runtime.map(2) { index in
      (index == 0 ? first : second).signal()
      #expect((index == 0 ? second : first).wait(timeout: .now() + 60) == .success)
      return Runtime.threads
    }
    #expect(threads == [2, 2])
  }

  @Test func theFirstErrorIsThrown() throws {
    let error = #expect(throws: Failure.self) {
      try Runtime.map(10) { index in
        if index >= 3 { throw Failure(index: index) }
        return index
      }
    }
    #expect(error == Failure(index: 3))
    // What libtorch refuses is an error, not a trap, on every thread.
    #expect(throws: TorchError.self) {
      try Runtime.map(4) { _ in
        _ = Tensor.ones([2]) + Tensor.ones([3])
      }
    }
  }
}
