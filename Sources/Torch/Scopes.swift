import CTorch

// Modes that belong to a thread. All are synchronous: after an `await` a task may run on another thread, where the mode
// does not hold (and the first thread would be left in it).

/// Runs `body` without recording for autograd.
public func withNoGrad<Result, Failure: Error>(_ body: () throws(Failure) -> Result) throws(Failure) -> Result
{
  try withGradMode(false, body)
}

/// Runs `body` with recording, also inside ``withNoGrad(_:)``.
public func withGrad<Result, Failure: Error>(_ body: () throws(Failure) -> Result) throws(Failure) -> Result {
  try withGradMode(true, body)
}

private func withGradMode<Result, Failure: Error>(
  _ enabled: Bool, _ body: () throws(Failure) -> Result
) throws(Failure) -> Result {
  let before = ct_grad_mode()
  ct_set_grad_mode(enabled)
  defer { ct_set_grad_mode(before) }
  return try body()
}

/// Whether operations on this thread are recorded now.
public var isGradEnabled: Bool { ct_grad_mode() }

/// Runs `body` with neither recording nor version counting: the fastest way to evaluate. Tensors made inside can never
/// be part of a graph later.
public func inferenceMode<Result, Failure: Error>(_ body: () throws(Failure) -> Result) throws(Failure)
  -> Result
{
  let guardian = ct_inference_mode_enter(true)
  defer { ct_inference_mode_leave(guardian) }
  return try body()
}

/// Runs `body` with the operations that gain from it (convolutions, products) in a shorter type.
///
/// - Parameters:
///   - dtype: `bfloat16` or `float16`; float32 runs everything as it is.
///   - device: where the operations run; those on other devices are left alone.
///   - cacheWeights: keep the casts of weights until the scope ends.
///   - file: the caller's, for messages.
///   - line: the caller's, for messages.
///   - body: what runs in the mode.
public func autocast<Result, Failure: Error>(
  _ dtype: DType, device: Device = .cpu, cacheWeights: Bool = true, file: StaticString = #fileID,
  line: UInt = #line, _ body: () throws(Failure) -> Result
) throws(Failure) -> Result {
  let type = device.typeNumber
  let enabledBefore = ct_autocast_enabled(type)
  let dtypeBefore = ct_autocast_dtype(type)
  let cacheBefore = ct_autocast_cache()
  let reduced = dtype == .bfloat16 || dtype == .float16
  guard ct_autocast_enter(type, reduced, reduced ? dtype.rawValue : dtypeBefore, cacheWeights) else {
    failed(file, line)
    return try body()
  }
  defer { ct_autocast_leave(type, enabledBefore, dtypeBefore, cacheBefore) }
  return try body()
}

/// Runs `body` with autograd checking every backward step for NaN and naming the forward step that made it. Slow.
public func detectingAnomalies<Result, Failure: Error>(
  _ body: () throws(Failure) -> Result
) throws(Failure) -> Result {
  let before = ct_anomaly_mode()
  ct_set_anomaly_mode(true)
  defer { ct_set_anomaly_mode(before) }
  return try body()
}

/// Runs `body`, in which gradients with a graph (`createGraph`) may hold zeros where those of convolutions' weights belong:
/// the graph is whole, and differentiating it gives what it always does, but a third of the pass's products is left out.
///
/// For gradients that are differentiated again and whose own values nobody reads, of networks whose convolutions have their
/// weights as they are, or parts of them: where a weight is a function of parameters that is not linear, its gradient's value
/// is a factor of theirs, and they would be wrong.
public func withUnreadWeightGradients<Result, Failure: Error>(
  _ body: () throws(Failure) -> Result
) throws(Failure) -> Result {
  let before = ct_leaves_weight_gradients()
  ct_set_leaves_weight_gradients(true)
  defer { ct_set_leaves_weight_gradients(before) }
  return try body()
}
