import Torch

/// What a failed operation returns.
func undefinedTensor() -> Tensor {
  var undefined: Tensor?
  _ = try? catchingTorchErrors { undefined = Tensor([1.0, 2]) + Tensor([1.0, 2, 3]) }
  return undefined!
}
