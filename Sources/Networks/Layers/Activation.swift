import Torch

/// An elementwise function between layers.
public enum Activation: String, Sendable, Hashable, CaseIterable, SettingChoice {
  case relu
  /// Slope 0.01 below zero.
  case leakyrelu
  case sigmoid
  case tanh
  /// x·σ(x), also called SiLU.
  case swish
  case gelu

  /// The activation of values that nobody else needs: ReLU overwrites them, which spares a pass over memory. Right after
  /// convolutions and normalisations, whose backward passes do not read their outputs.
  public func overwriting(_ x: Tensor) -> Tensor { self == .relu ? x.relu_() : self(x) }

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
