import Torch

/// Pooling over 2×2 windows with stride 2.
public enum Pooling: String, Sendable, Hashable, CaseIterable, SettingChoice {
  case none, average, max

  /// [B, C, H, W] → [B, C, ⌊H/2⌋, ⌊W/2⌋].
  public func callAsFunction(_ x: Tensor) -> Tensor {
    switch self {
    case .none: x
    case .average: x.avgPool2d([2, 2], stride: [2, 2])
    case .max: x.maxPool2d([2, 2], stride: [2, 2])
    }
  }

  func side(after side: Int) -> Int { self == .none ? side : side / 2 }
}
