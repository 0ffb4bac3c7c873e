import Torch

public enum Activation: String, Sendable, Hashable, CaseIterable, SettingChoice {
  case relu
  /// Slope 0.01 below zero.
  case leakyrelu
  case sigmoid
  case tanh
  /// x·σ(x), also called SiLU.
  case swish
  case gelu

  public func callAsFunction(_ x: Tensor) -> Tensor {
    switch self {
    case .relu: x.relu()
    case .leakyrelu: x.leakyRelu(slope: 0.01)
    case .sigmoid: x.sigmoid()
    case .tanh: x.tanh()
    case .swish: x.silu()
    case .gelu: x.gelu()
    }
  }
}
