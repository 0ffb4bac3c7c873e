import Networks
import Torch
import Training

/// What SAF and MESA share: a pull of the answers towards those of another time.
enum Distillation {
  /// λτ² KL(p‖q) of each sample, p = softmax(y/τ), q = softmax(z/τ): [K], in at least float32. Its gradient in z is
  /// λτ(q − p).
  ///
  /// - Parameters:
  ///   - logits: z [K, C], with a graph.
  ///   - target: y [K, C], without one.
  static func term(_ logits: Tensor, _ target: Tensor, lambda: Double, temperature: Double) -> Tensor {
    let dtype: DType = logits.dtype == .float64 ? .float64 : .float32
    let q = (logits.to(dtype) / Scalar(temperature)).logSoftmax(dim: 1)
    let p = withNoGrad { (target.to(dtype) / Scalar(temperature)).logSoftmax(dim: 1) }
    return q.klDivergence(p, reduction: .none, logTarget: true).sum(dim: [1])
      * Scalar(lambda * temperature * temperature)
  }

  /// - Throws: ``TrainingError`` that names the key.
  static func check(
    _ name: String, lambda: Double, temperature: Double, start: Int, end: Int, _ context: MethodContext
  ) throws(TrainingError) {
    func check(_ isFine: Bool, _ message: String) throws(TrainingError) {
      if !isFine { throw TrainingError("regulariser \(name): \(message)") }
    }
    try check(lambda >= 0 && lambda.isFinite, "lambda must be at least 0, found \(lambda)")
    try check(temperature > 0 && temperature.isFinite, "temperature must be above 0, found \(temperature)")
    try check(start >= -1, "start must be at least -1 (from the first epoch on), found \(start)")
    try check(
      end > start + 1, "end must be above start + 1, as it acts between the two; found \(start) and \(end)")
    let epochs = context.settings.epochs
    try check(
      start < epochs - 1,
      "it acts after epoch \(start), counted from 0, and training has \(epochs); set \(name).start lower")
  }
}
