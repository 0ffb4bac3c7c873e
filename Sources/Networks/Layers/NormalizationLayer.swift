import Torch

/// Which statistics a normalisation takes.
public enum NormKind: String, Sendable, Hashable, CaseIterable, SettingChoice {
  case none
  /// Over batch and places, with running statistics for evaluation.
  case batch
  /// Over channels and places of one image.
  case layer
  /// Over the places of one channel of one image: group norm with as many groups as channels, without running
  /// statistics.
  case instance
  /// Over groups of channels (four of them) and places of one image.
  case group
}

/// A normalisation with scale and shift, of one of the kinds.
public enum NormalizationLayer: Sendable {
  case none
  case batch(BatchNorm)
  case group(GroupNorm)
  case layer(LayerNorm)

  /// - Parameters:
  ///   - builder: takes the parameters, and the buffers of batch norm.
  ///   - name: of the layer; the parameters are `name.weight` and `name.bias`.
  ///   - kind: which statistics; with `none` the layer passes its input on.
  ///   - shape: [C, H, W] of what it will normalise.
  ///   - groups: of channels, for the kind `group`.
  public init(_ builder: inout LayoutBuilder, _ name: String, _ kind: NormKind, shape: [Int], groups: Int = 4)
  {
    switch kind {
    case .none: self = .none
    case .batch: self = .batch(BatchNorm(&builder, name, channels: shape[0]))
    case .layer: self = .layer(LayerNorm(&builder, name, shape: shape))
    case .instance: self = .group(GroupNorm(&builder, name, groups: shape[0], channels: shape[0]))
    case .group: self = .group(GroupNorm(&builder, name, groups: groups, channels: shape[0]))
    }
  }

  /// [B, C, H, W] → the same shape.
  public func callAsFunction(_ x: Tensor, _ weights: Parameters, _ pass: inout Pass) -> Tensor {
    switch self {
    case .none: x
    case .batch(let norm): norm(x, weights, &pass)
    case .group(let norm): norm(x, weights)
    case .layer(let norm): norm(x, weights)
    }
  }
}

/// Batch normalisation (Ioffe and Szegedy 2015): ε = 1e-5, running statistics with momentum 0.1.
public struct BatchNorm: Sendable {
  let scale: Int
  let shift: Int
  let mean: Int
  let variance: Int
  let batches: Int

  public init(_ builder: inout LayoutBuilder, _ name: String, channels: Int) {
    (scale, shift, mean, variance, batches) = builder.scope(name) { builder in
      (
        builder.parameter("weight", [channels], .normScale, .constant(1)),
        builder.parameter("bias", [channels], .normShift, .constant(0)),
        builder.buffer("running_mean", [channels], initialValue: 0),
        builder.buffer("running_var", [channels], initialValue: 1),
        builder.buffer("num_batches_tracked", [], initialValue: 0, isCount: true)
      )
    }
  }

  public func callAsFunction(_ x: Tensor, _ weights: Parameters, _ pass: inout Pass) -> Tensor {
    if pass.training, x.count == x.size(1), x.isDefined {
      return .refused(
        TorchError(
          kind: .value,
          message:
            "batch norm in training needs more than one value a channel, found images of shape \(x.shape)"))
    }
    // Without running statistics to move, libtorch takes the batch's own and touches nothing.
    let reads = !pass.training || pass.updatesBuffers
    if pass.training, pass.updatesBuffers { withNoGrad { _ = pass.buffers[batches].add_(1) } }
    return x.batchNorm(
      weight: weights[scale], bias: weights[shift], runningMean: reads ? pass.buffers[mean] : nil,
      runningVar: reads ? pass.buffers[variance] : nil, training: pass.training, momentum: 0.1, eps: 1e-5,
      cudnnEnabled: true)
  }
}

/// Group normalisation (Wu and He 2018), ε = 1e-5.
public struct GroupNorm: Sendable {
  let groups: Int
  let scale: Int
  let shift: Int

  public init(_ builder: inout LayoutBuilder, _ name: String, groups: Int, channels: Int) {
    self.groups = groups
    (scale, shift) = builder.scope(name) { builder in
      (
        builder.parameter("weight", [channels], .normScale, .constant(1)),
        builder.parameter("bias", [channels], .normShift, .constant(0))
      )
    }
  }

  public func callAsFunction(_ x: Tensor, _ weights: Parameters) -> Tensor {
    x.groupNorm(numGroups: groups, weight: weights[scale], bias: weights[shift], eps: 1e-5)
  }
}

/// Layer normalisation (Ba et al. 2016) over a whole image, with a scale and a shift for each element, ε = 1e-5.
public struct LayerNorm: Sendable {
  let shape: [Int]
  let scale: Int
  let shift: Int

  public init(_ builder: inout LayoutBuilder, _ name: String, shape: [Int]) {
    self.shape = shape
    (scale, shift) = builder.scope(name) { builder in
      (
        builder.parameter("weight", shape, .normScale, .constant(1)),
        builder.parameter("bias", shape, .normShift, .constant(0))
      )
    }
  }

  public func callAsFunction(_ x: Tensor, _ weights: Parameters) -> Tensor {
    x.layerNorm(shape, weight: weights[scale], bias: weights[shift], eps: 1e-5)
  }
}
