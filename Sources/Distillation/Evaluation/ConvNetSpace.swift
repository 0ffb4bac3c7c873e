import Networks
import Torch

/// The 720 ConvNets among which the distillation papers search with their images as a proxy (Zhao et al. 2021): depth, width,
/// norm, activation and pooling, all combined.
public struct ConvNetSpace: Codable, Sendable, Equatable {
  public var depths = [1, 2, 3, 4]
  public var widths = [32, 64, 128, 256]
  public var norms: [NormKind] = [.none, .batch, .layer, .instance, .group]
  public var activations: [Activation] = [.sigmoid, .relu, .leakyrelu]
  public var poolings: [Pooling] = [.none, .max, .average]

  public init() {}

  /// One architecture.
  public struct Member: Sendable, Hashable {
    public let depth: Int
    public let width: Int
    public let norm: NormKind
    public let activation: Activation
    public let pooling: Pooling

    /// As `--set` takes it.
    public var assignments: [String] {
      [
        "depth=\(depth)", "width=\(width)", "norm=\(norm.rawValue)", "activation=\(activation.rawValue)",
        "pooling=\(pooling.rawValue)",
      ]
    }
    public var name: String { assignments.joined(separator: ",") }
  }

  /// In a fixed order.
  public var members: [Member] {
    depths.flatMap { depth in
      widths.flatMap { width in
        norms.flatMap { norm in
          activations.flatMap { activation in
            poolings.map {
              Member(depth: depth, width: width, norm: norm, activation: activation, pooling: $0)
            }
          }
        }
      }
    }
  }

  /// Some of them, drawn without repetition; all of them in their order if there are no more.
  public func drawn(_ count: Int, _ generator: Generator) -> [Member] {
    let all = members
    guard count < all.count else { return all }
    let order: [Int64] = Tensor.randperm(all.count, generator: generator).array()
    return order.prefix(count).map { all[Int($0)] }
  }
}
