import Torch

/// y = xWᵀ + b.
public struct Linear: Sendable {
  let weight: Int
  let bias: Int?

  /// - Parameters:
  ///   - builder: takes the parameters.
  ///   - name: of the layer; the parameters are `name.weight` and `name.bias`.
  ///   - inputs: numbers that one place has.
  ///   - outputs: numbers of the result.
  ///   - hasBias: whether each output has a number added.
  ///   - initializer: of the weight; PyTorch's default if nil.
  ///   - biasInitializer: of the bias; PyTorch's default if nil.
  public init(
    _ builder: inout LayoutBuilder, _ name: String, in inputs: Int, out outputs: Int,
    bias hasBias: Bool = true, initializer: Initializer? = nil, biasInitializer: Initializer? = nil
  ) {
    (weight, bias) = builder.scope(name) { builder in
      let weight = builder.parameter(
        "weight", [outputs, inputs], .weight, initializer ?? .kaimingUniform(fanIn: inputs))
      let bias =
        hasBias
        ? builder.parameter("bias", [outputs], .bias, biasInitializer ?? .biasUniform(fanIn: inputs)) : nil
      return (weight, bias)
    }
  }

  /// [B, in] → [B, out]; dimensions between the two are kept.
  public func callAsFunction(_ x: Tensor, _ weights: Parameters) -> Tensor {
    x.linear(weights[weight], bias: bias.map { weights[$0] })
  }
}
