import Testing
import Torch

/// Modes of a thread: they hold inside, and the one before holds afterwards, whatever happened.
@Suite(.leavesNothing) struct ScopesTests {
  private struct Stop: Error {}

  @Test func recordingNestsAndIsRestored() {
    let x = Tensor([2.0]).requiresGrad_()
    #expect(isGradEnabled)
    withNoGrad {
      #expect(!isGradEnabled && !(x * 2).requiresGrad)
      withGrad {
        #expect(isGradEnabled && (x * 2).requiresGrad)
        withNoGrad { #expect(!isGradEnabled) }
        #expect(isGradEnabled)
      }
      #expect(!isGradEnabled)
    }
    #expect(isGradEnabled)
  }

  @Test func recordingIsRestoredAfterErrors() {
    #expect(throws: Stop.self) { try withNoGrad { throw Stop() } }
    #expect(isGradEnabled)
    withNoGrad {
      #expect(throws: Stop.self) { try withGrad { throw Stop() } }
      #expect(!isGradEnabled)
    }
    #expect(isGradEnabled)
  }

  @Test func scopesReturnWhatTheirBodyReturns() {
    let found = [withNoGrad { 1 }, withGrad { 2 }, inferenceMode { 3 }, detectingAnomalies { 4 }]
    #expect(found == [1, 2, 3, 4])
    let five = autocast(.bfloat16) { 5 }
    #expect(five == 5)
  }

  @Test func inferenceTensorsStayOutOfGraphs() throws {
    let x = Tensor([2.0]).requiresGrad_()
    let made = inferenceMode { x * 3 }
    #expect(made.double == 6 && !made.requiresGrad)
    #expect(isGradEnabled && (x * 2).requiresGrad)
    #expect(throws: TorchError.self) { try catchingTorchErrors { x * made } }
    #expect(throws: Stop.self) { try inferenceMode { throw Stop() } }
    #expect((x * 2).requiresGrad)
  }

  @Test func autocastShortensProductsAndIsRestored() {
    let a = Tensor.ones([2, 2])
    #expect(a.matmul(a).dtype == .float32)
    autocast(.bfloat16) {
      #expect(a.matmul(a).dtype == .bfloat16)
      #expect((a + a).dtype == .float32)
      autocast(.float16) { #expect(a.matmul(a).dtype == .float16) }
      #expect(a.matmul(a).dtype == .bfloat16)
      autocast(.float32) { #expect(a.matmul(a).dtype == .float32) }
      #expect(a.matmul(a).dtype == .bfloat16)
    }
    #expect(a.matmul(a).dtype == .float32)
    #expect(throws: Stop.self) { try autocast(.bfloat16) { throw Stop() } }
    #expect(a.matmul(a).dtype == .float32)
  }

  @Test func gradientsThroughAutocastHaveTheWeightsType() {
    let weight = Tensor.ones([2, 2]).requiresGrad_()
    // Changed between two scopes: a cast that outlived the first would show.
    for expected in [2.0, 4] as [Float] {
      let (y, found) = autocast(.bfloat16) { () -> (Tensor, Tensor) in
        let y = Tensor.ones([1, 2]).matmul(weight)
        return (y, grad(of: y.sum(), wrt: weight))
      }
      #expect(y.array(of: Float.self) == [expected, expected])
      #expect(found.dtype == .float32 && found.array(of: Float.self) == [1, 1, 1, 1])
      withNoGrad { _ = weight.mul_(2) }
    }
  }

  @Test func anomaliesAreFoundInsideAlone() throws {
    func gradient() -> Tensor {
      let x = Tensor([0.0]).requiresGrad_()
      return grad(of: (x.sqrt() * 0).sum(), wrt: x)  // ∞ · 0
    }
    #expect(gradient().double.isNaN)
    let error = #expect(throws: TorchError.self) {
      try catchingTorchErrors { detectingAnomalies { gradient() } }
    }
    #expect(error?.message.contains("nan values") == true)
    #expect(throws: Stop.self) { try detectingAnomalies { throw Stop() } }
    #expect(gradient().double.isNaN)
  }
}
