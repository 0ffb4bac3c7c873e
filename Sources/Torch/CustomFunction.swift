import CTorch
import Foundation

/// A differentiable operation whose backward is written in Swift.
///
/// ```swift
/// let rounded = customFunction([x], forward: { [$0[0].round()] }, backward: { gradients, _ in [gradients[0]] })[0]
/// ```
///
/// - Parameters:
///   - inputs: what the gradient is wanted for.
///   - forward: computes the outputs without recording. What it adds to `saved` is kept with the graph: inputs and
///     outputs keep their own graph there, so that a backward written with tensor operations can be differentiated
///     again.
///   - backward: from ∂L/∂outputs (nil where nothing arrives) and the saved tensors to ∂L/∂inputs (nil: none). It runs
///     on this thread for the CPU and on an engine thread for accelerators, hence `@Sendable`.
///   - file: the caller's, for messages.
///   - line: the caller's, for messages.
/// - Returns: the outputs, attached to the graph.
public func customFunction(
  _ inputs: [Tensor],
  forward: (_ inputs: [Tensor], _ saved: inout [Tensor]) -> [Tensor],
  backward: @escaping @Sendable (_ gradients: [Tensor?], _ saved: [Tensor]) throws -> [Tensor?],
  file: StaticString = #fileID, line: UInt = #line
) -> [Tensor] {
  var saved: [Tensor] = []
  let outputs = withNoGrad { forward(inputs, &saved) }
  let context = Unmanaged.passRetained(BackwardBox(backward)).toOpaque()
  let list = ct_custom_function(
    inputs.handles, inputs.count, outputs.handles, outputs.count, saved.handles, saved.count, context,
    { context, gradients, count, results, resultCount in
      let box = Unmanaged<BackwardBox>.fromOpaque(context!).takeUnretainedValue()
      return box.run(gradients!, count, results!, resultCount)
    },
    { Unmanaged<BackwardBox>.fromOpaque($0!).release() })
  withExtendedLifetime((inputs, outputs, saved)) {}
  if list.items == nil {
    failed(file, line)
    return outputs.map { _ in Tensor() }
  }
  return tensors(owning: list, file, line)
}

/// The form for functions that save nothing.
public func customFunction(
  _ inputs: [Tensor], forward: ([Tensor]) -> [Tensor],
  backward: @escaping @Sendable (_ gradients: [Tensor?]) throws -> [Tensor?],
  file: StaticString = #fileID, line: UInt = #line
) -> [Tensor] {
  customFunction(
    inputs, forward: { inputs, _ in forward(inputs) }, backward: { gradients, _ in try backward(gradients) },
    file: file, line: line)
}

private final class BackwardBox: Sendable {
  let backward: @Sendable ([Tensor?], [Tensor]) throws -> [Tensor?]

  init(_ backward: @escaping @Sendable ([Tensor?], [Tensor]) throws -> [Tensor?]) { self.backward = backward }

  /// Nil, or why it failed (freed by the caller).
  func run(
    _ gradients: UnsafePointer<OpaquePointer?>, _ count: Int, _ results: UnsafeMutablePointer<OpaquePointer?>,
    _ resultCount: Int
  ) -> UnsafeMutablePointer<CChar>? {
    let list = ct_saved()
    guard let items = list.items else { return strdup(TorchError.last.message) }
    let saved = (0..<list.count).map { Tensor(owning: items[$0]!) }
    ct_list_free(list)
    let arrived = (0..<count).map { index -> Tensor? in
      guard let handle = gradients[index], ct_is_defined(handle) else { return nil }
      return Tensor(borrowing: handle)
    }
    do {
      let answer = try backward(arrived, saved)
      guard answer.count == resultCount else {
        return strdup(
          "a custom function's backward returned \(answer.count) gradients for \(resultCount) inputs")
      }
      for (index, gradient) in answer.enumerated() {
        guard let gradient else { continue }
        ct_retain(gradient.handle)
        results[index] = gradient.handle
      }
      return nil
    } catch {
      return strdup("\(error)")
    }
  }
}
