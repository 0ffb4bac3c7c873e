import Torch

/// y = xWᵀ + b.
public struct Linear: Sendable {
  let weight: Int
  let bias: Int?

  public init(
    _ builder: inout LayoutBuilder, _ name: String, in inputs: Int, out outputs: Int,
    bias hasBias: Bool = true
  ) {
    (weight, bias) = builder.scope(name) { builder in
      let weight = builder.parameter("weight", [outputs, inputs], .weight, .kaimingUniform(fanIn: inputs))
      let bias = hasBias ? builder.parameter("bias", [outputs], .bias, .biasUniform(fanIn: inputs)) : nil
      return (weight, bias)
    }
  }

  /// [B, in] → [B, out].
  public func callAsFunction(_ x: Tensor, _ weights: Parameters) -> Tensor {
    x.linear(weights[weight], bias: bias.map { weights[$0] })
  }
}
