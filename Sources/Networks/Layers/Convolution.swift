import Torch

/// A two-dimensional convolution.
public struct Convolution: Sendable {
  let weight: Int
  let bias: Int?
  let stride: [Int]
  let padding: [Int]

  /// - Parameters:
  ///   - builder: takes the parameters.
  ///   - name: of the layer; the parameters are `name.weight` and `name.bias`.
  ///   - inputs: channels of the images.
  ///   - outputs: channels of the result.
  ///   - kernel: side of the square kernel.
  ///   - stride: in pixels, both ways.
  ///   - padding: zeros on each side.
  ///   - hasBias: whether each output channel has a number added.
  ///   - initializer: of the weight; PyTorch's default if nil.
  public init(
    _ builder: inout LayoutBuilder, _ name: String, in inputs: Int, out outputs: Int, kernel: Int,
    stride: Int = 1,
    padding: Int = 0, bias hasBias: Bool = true, initializer: Initializer? = nil
  ) {
    let fanIn = inputs * kernel * kernel
    (weight, bias) = builder.scope(name) { builder in
      let weight = builder.parameter(
        "weight", [outputs, inputs, kernel, kernel], .weight, initializer ?? .kaimingUniform(fanIn: fanIn))
      let bias = hasBias ? builder.parameter("bias", [outputs], .bias, .biasUniform(fanIn: fanIn)) : nil
      return (weight, bias)
    }
    self.stride = [stride, stride]
    self.padding = [padding, padding]
  }

  /// [B, in, H, W] → [B, out, H', W'].
  public func callAsFunction(_ x: Tensor, _ weights: Parameters) -> Tensor {
    x.convolved(with: weights[weight], bias: bias.map { weights[$0] }, stride: stride, padding: padding)
  }
}
