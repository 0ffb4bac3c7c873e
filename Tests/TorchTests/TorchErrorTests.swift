import Testing
import Torch

/// Failures: their kinds, how they are caught, and how they stop a program that does not catch them.
@Suite(.leavesNothing) struct TorchErrorTests {
  private struct Stop: Error, Equatable {}

  private func kind(_ body: () throws -> Void) -> TorchError.Kind? {
    #expect(throws: TorchError.self) { try catchingTorchErrors(body) }?.kind
  }

  @Test func everyKindIsToldApart() {
    #expect(kind { _ = Tensor([1.0])[5] } == .index)
    #expect(kind { _ = grad(of: [], wrt: [], seeds: [nil]) } == .value)
    #expect(kind { _ = Tensor([1.0]).random_(from: 0, to: 5).index([Tensor([0.5])]) } == .index)
    #expect(kind { _ = Tensor.zeros([1], dtype: .complex64).item() } == .type)
    #expect(kind { _ = try TorchOperator("aten::no_such_operator") } == .notImplemented)
    #expect(kind { _ = Tensor.zeros([2, 2]).solve(Tensor.ones([2])) } == .linearAlgebra)
    #expect(kind { _ = Tensor([1.0, 2]) + Tensor([1.0, 2, 3]) } == .other)
    #expect(kind { _ = try Device.named("tpu") } == .value)
  }

  @Test func absurdAllocationsAreOutOfMemory() {
    #expect(kind { _ = Tensor.empty([1 << 50], dtype: .float64) } == .outOfMemory)
    #expect(kind { _ = Tensor.zeros([1 << 46], dtype: .float64) } == .outOfMemory)
  }

  @Test func messagesAreLibtorchsWordsAlone() {
    let error = #expect(throws: TorchError.self) {
      try catchingTorchErrors { Tensor([1.0, 2]) + Tensor([1.0, 2, 3]) }
    }
    let words = "The size of tensor a (2) must match the size of tensor b (3) at non-singleton dimension 0"
    #expect(error?.message == words && error?.description == words)
  }

  @Test func theFirstErrorIsKept() {
    var undefined: [Tensor] = []
    let error = #expect(throws: TorchError.self) {
      try catchingTorchErrors {
        let bad = Tensor([1.0])[7]
        undefined = [bad, bad.matmul(bad), Tensor.zeros([2, 2]).solve(Tensor.ones([2]))]
      }
    }
    #expect(error?.kind == .index)
    #expect(undefined.map(\.isDefined) == [false, false, false])
  }

  @Test func scopesNestAndCatchEachForItself() throws {
    var inner: TorchError?
    let value = try catchingTorchErrors {
      do { _ = try catchingTorchErrors { Tensor([1.0])[7] } } catch let error as TorchError { inner = error }
      return Tensor([1.0]) + 1
    }
    #expect(inner?.kind == .index && value.double == 2)

    // An error before an inner scope is not lost in it.
    var passed = false
    let outer = #expect(throws: TorchError.self) {
      try catchingTorchErrors {
        _ = Tensor([1.0])[7]
        let fine = try catchingTorchErrors { Tensor([1.0]) + 1 }
        passed = fine.double == 2
      }
    }
    #expect(outer?.kind == .index && passed)
  }

  @Test func theBodysOwnErrors() {
    #expect(throws: Stop.self) { try catchingTorchErrors { throw Stop() } }
    // What libtorch refused before explains more than what came of it.
    let error = #expect(throws: TorchError.self) {
      try catchingTorchErrors {
        _ = Tensor([1.0])[7]
        throw Stop()
      }
    }
    #expect(error?.kind == .index)
  }

  @Test func errorsBelongToTheirThread() async throws {
    await withTaskGroup(of: Bool.self) { group in
      for index in 0..<8 {
        group.addTask {
          (0..<50).allSatisfy { round in
            do {
              let sum = try catchingTorchErrors {
                (index + round) % 2 == 0 ? Tensor([1.0]) + 1 : Tensor([1.0])[index + 2]
              }
              return (index + round) % 2 == 0 && sum.double == 2
            } catch let error as TorchError {
              return (index + round) % 2 == 1 && error.message.contains("index \(index + 2)")
            } catch {
              return false
            }
          }
        }
      }
      for await correct in group { #expect(correct) }
    }
  }

  // The mistakes stand outside the tests, whose macros have lines of their own.
  private static func badMethod() { _ = Tensor([1.0, 2]).matmul(Tensor([1.0, 2, 3])) }
  private static let methodLine = #line - 1
  private static func badOperator() { _ = Tensor([1.0, 2]) + Tensor([1.0, 2, 3]) }
  private static let operatorLine = #line - 1
  private static func badSubscript() { _ = Tensor([1.0, 2])[5] }
  private static let subscriptLine = #line - 1
  private static func badProperty() { Tensor([1, 2]).requiresGrad = true }
  private static let propertyLine = #line - 1

  private func text(_ result: ExitTest.Result?) throws -> String {
    String(decoding: try #require(result).standardErrorContent, as: UTF8.self)
  }

  @Test func methodsTrapAtTheirCallersLine() async throws {
    let text = try text(
      await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        Self.badMethod()
      })
    #expect(text.contains("inconsistent tensor size"))
    #expect(text.contains("at TorchTests/TorchErrorTests.swift:\(Self.methodLine)"))
  }

  @Test func operatorsTrapAtTheirCallersLine() async throws {
    let text = try text(
      await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        Self.badOperator()
      })
    #expect(text.contains("The size of tensor a (2) must match"))
    #if os(Linux)
      #expect(text.contains("at TorchErrorTests.swift:\(Self.operatorLine), operator +"))
    #endif
  }

  @Test func subscriptsTrapAtTheirCallersLine() async throws {
    let text = try text(
      await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        Self.badSubscript()
      })
    #expect(text.contains("index 5 out of range"))
    #if os(Linux)
      #expect(text.contains("at TorchErrorTests.swift:\(Self.subscriptLine), subscript"))
    #endif
  }

  @Test func propertiesTrapAtTheirCallersLine() async throws {
    let text = try text(
      await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        Self.badProperty()
      })
    #expect(text.contains("Only Tensors of floating point"))
    #if os(Linux)
      #expect(text.contains("at TorchErrorTests.swift:\(Self.propertyLine), Tensor.requiresGrad"))
    #endif
  }
}
