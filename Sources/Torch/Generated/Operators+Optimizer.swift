// Written by `./run generate` from libtorch's operator schemas; do not edit.
import CTorch

// MARK: Optimizer

extension Tensor {
  /// `aten::_fused_sgd_`
  @inline(never)
  public static func fusedSGD_(
    _ self_: [Tensor], gradients grads: [Tensor], momentumBuffers momentumBufferList: [Tensor], weightDecay: Double, momentum: Double, lr: Double, dampening: Double, nesterov: Bool, maximize: Bool, isFirstStep: Bool, gradScale: Tensor? = nil, foundInf: Tensor? = nil, file: StaticString = #fileID, line: UInt = #line
  ) {
    if !ct__fused_sgd_(self_.handles, self_.count, grads.handles, grads.count, momentumBufferList.handles, momentumBufferList.count, weightDecay, momentum, lr, dampening, nesterov, maximize, isFirstStep, gradScale?.handle, foundInf?.handle) { failed(file, line) }
  }

  /// `aten::_fused_adam_`
  @inline(never)
  public static func fusedAdam_(
    _ self_: [Tensor], gradients grads: [Tensor], expAvgs: [Tensor], expAvgSqs: [Tensor], maxExpAvgSqs: [Tensor], steps stateSteps: [Tensor], lr: Double, beta1: Double, beta2: Double, weightDecay: Double, eps: Double, amsgrad: Bool, maximize: Bool, gradScale: Tensor? = nil, foundInf: Tensor? = nil, file: StaticString = #fileID, line: UInt = #line
  ) {
    if !ct__fused_adam_(self_.handles, self_.count, grads.handles, grads.count, expAvgs.handles, expAvgs.count, expAvgSqs.handles, expAvgSqs.count, maxExpAvgSqs.handles, maxExpAvgSqs.count, stateSteps.handles, stateSteps.count, lr, beta1, beta2, weightDecay, eps, amsgrad, maximize, gradScale?.handle, foundInf?.handle) { failed(file, line) }
  }

  /// `aten::_fused_adamw_`
  @inline(never)
  public static func fusedAdamW_(
    _ self_: [Tensor], gradients grads: [Tensor], expAvgs: [Tensor], expAvgSqs: [Tensor], maxExpAvgSqs: [Tensor], steps stateSteps: [Tensor], lr: Double, beta1: Double, beta2: Double, weightDecay: Double, eps: Double, amsgrad: Bool, maximize: Bool, gradScale: Tensor? = nil, foundInf: Tensor? = nil, file: StaticString = #fileID, line: UInt = #line
  ) {
    if !ct__fused_adamw_(self_.handles, self_.count, grads.handles, grads.count, expAvgs.handles, expAvgs.count, expAvgSqs.handles, expAvgSqs.count, maxExpAvgSqs.handles, maxExpAvgSqs.count, stateSteps.handles, stateSteps.count, lr, beta1, beta2, weightDecay, eps, amsgrad, maximize, gradScale?.handle, foundInf?.handle) { failed(file, line) }
  }
}
