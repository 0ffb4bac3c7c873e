import Torch

/// ‖a − b‖ / ‖b‖ over all elements, in float64; infinite where one is undefined or the shapes differ.
func relativeDistance(_ a: Tensor, _ b: Tensor) -> Double {
  guard a.isDefined, b.isDefined, a.shape == b.shape else { return .infinity }
  func length(_ t: Tensor) -> Double { t.square().sum().double.squareRoot() }
  let (a, b) = (a.detach().to(.float64), b.detach().to(.float64))
  return length(a.sub(b)) / max(length(b), 1e-300)
}
