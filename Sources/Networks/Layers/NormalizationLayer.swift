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
  ///   - scale: what the scales start with.
  public init(
    _ builder: inout LayoutBuilder, _ name: String, _ kind: NormKind, shape: [Int], groups: Int = 4,
    scale: Double = 1
  ) {
    switch kind {
    case .none: self = .none
    case .batch: self = .batch(BatchNorm(&builder, name, channels: shape[0], scale: scale))
    case .layer: self = .layer(LayerNorm(&builder, name, shape: shape, scale: scale))
    case .instance:
      self = .group(GroupNorm(&builder, name, groups: shape[0], channels: shape[0], scale: scale))
    case .group: self = .group(GroupNorm(&builder, name, groups: groups, channels: shape[0], scale: scale))
    }
  }

  /// The norm of x, the sum with a residual, activation and pooling, as far as possible in one operation.
  ///
  /// - Parameters:
  ///   - x: [B, C, H, W], which nobody else needs: it may be overwritten.
  ///   - residual: of the same shape.
  public func callAsFunction(
    _ x: Tensor, _ weights: Parameters, _ pass: inout Pass, adding residual: Tensor? = nil,
    activation: Activation? = nil, pooling: Pooling = .none
  ) -> Tensor {
    var rest = Rest(residual: residual, activation: activation, pooling: pooling)
    return switch self {
    case .none: rest(x)
    case .batch(let norm): norm(x, weights, &pass, &rest)
    case .group(let norm): norm(x, weights, &rest)
    case .layer(let norm): rest(norm(x, weights))
    }
  }

  /// The same of a convolution of x, [B, C, H, W], which stays as it is: in evaluation without gradients as one operation.
  public func callAsFunction(
    of convolution: Convolution, _ x: Tensor, _ weights: Parameters, _ pass: inout Pass,
    adding residual: Tensor? = nil, activation: Activation? = nil, pooling: Pooling = .none
  ) -> Tensor {
    if case .batch(let norm) = self, !pass.training, !isGradEnabled {
      var rest = Rest(residual: residual, activation: activation, pooling: pooling)
      return norm(of: convolution, x, weights, pass, &rest)
    }
    return self(
      convolution(x, weights), weights, &pass, adding: residual, activation: activation, pooling: pooling)
  }

  /// What is still to be done after a normalisation: each norm takes from it what it does in one operation.
  struct Rest {
    var residual: Tensor?
    var activation: Activation?
    var pooling: Pooling

    /// Whether ReLU comes next; it does no longer then.
    mutating func takeReLU() -> Bool {
      guard residual == nil, activation == .relu else { return false }
      activation = nil
      return true
    }

    /// Whether averaging comes next; it does no longer then.
    mutating func takeAveraging() -> Bool {
      guard residual == nil, activation == nil, pooling == .average else { return false }
      pooling = .none
      return true
    }

    mutating func takeResidual() -> Tensor? {
      defer { residual = nil }
      return residual
    }

    /// Sums and activations overwrite x: no backward pass of a norm or a convolution reads what was there.
    func callAsFunction(_ x: Tensor) -> Tensor {
      var x = x
      if let residual { x = x.add_(residual) }
      if let activation { x = activation.overwriting(x) }
      return pooling(x)
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

  /// - Parameters:
  ///   - builder: takes the parameters and buffers.
  ///   - name: of the layer.
  ///   - channels: of the images.
  ///   - start: what the scales start with.
  public init(_ builder: inout LayoutBuilder, _ name: String, channels: Int, scale start: Double = 1) {
    (scale, shift, mean, variance, batches) = builder.scope(name) { builder in
      (
        builder.parameter("weight", [channels], .normScale, .constant(start)),
        builder.parameter("bias", [channels], .normShift, .constant(0)),
        builder.buffer("running_mean", [channels], initialValue: 0),
        builder.buffer("running_var", [channels], initialValue: 1),
        builder.buffer("num_batches_tracked", [], initialValue: 0, isCount: true)
      )
    }
  }

  /// In evaluation.
  fileprivate func callAsFunction(
    of convolution: Convolution, _ x: Tensor, _ weights: Parameters, _ pass: Pass,
    _ rest: inout NormalizationLayer.Rest
  ) -> Tensor {
    let residual = rest.takeResidual()
    let relu = rest.takeReLU()
    let pooled = rest.takeAveraging()
    return rest(
      x.convolved(
        with: weights[convolution.weight], bias: convolution.bias.map { weights[$0] },
        stride: convolution.stride, padding: convolution.padding,
        normalizedBy: (pass.buffers[mean], pass.buffers[variance]), scale: weights[scale],
        shift: weights[shift], adding: residual, relu: relu, pooled: pooled))
  }

  func callAsFunction(
    _ x: Tensor, _ weights: Parameters, _ pass: inout Pass, _ rest: inout NormalizationLayer.Rest
  ) -> Tensor {
    // With gradients, sums and activations that overwrite take less memory.
    if !pass.training, isGradEnabled {
      return rest(
        x.batchNorm(
          weight: weights[scale], bias: weights[shift], runningMean: pass.buffers[mean],
          runningVar: pass.buffers[variance], training: false, momentum: 0.1, eps: 1e-5, cudnnEnabled: true))
    }
    let residual = rest.takeResidual()
    let relu = rest.takeReLU()
    let pooled = rest.takeAveraging()
    guard pass.training else {
      return rest(
        x.batchNormalized(
          by: (pass.buffers[mean], pass.buffers[variance]), scale: weights[scale], shift: weights[shift],
          adding: residual, relu: relu, pooled: pooled))
    }
    if pass.updatesBuffers { withNoGrad { _ = pass.buffers[batches].add_(1) } }
    return rest(
      x.batchNormalized(
        scale: weights[scale], shift: weights[shift],
        running: pass.updatesBuffers ? (pass.buffers[mean], pass.buffers[variance]) : nil, adding: residual,
        relu: relu, pooled: pooled))
  }
}

/// Group normalisation (Wu and He 2018), ε = 1e-5.
public struct GroupNorm: Sendable {
  let groups: Int
  let scale: Int
  let shift: Int

  /// - Parameters:
  ///   - builder: takes the parameters.
  ///   - name: of the layer.
  ///   - groups: of channels.
  ///   - channels: of the images.
  ///   - start: what the scales start with.
  public init(
    _ builder: inout LayoutBuilder, _ name: String, groups: Int, channels: Int, scale start: Double = 1
  ) {
    self.groups = groups
    (scale, shift) = builder.scope(name) { builder in
      (
        builder.parameter("weight", [channels], .normScale, .constant(start)),
        builder.parameter("bias", [channels], .normShift, .constant(0))
      )
    }
  }

  func callAsFunction(_ x: Tensor, _ weights: Parameters, _ rest: inout NormalizationLayer.Rest) -> Tensor {
    let relu = rest.takeReLU()
    let pooled = rest.takeAveraging()
    return rest(
      x.groupNormalized(
        groups: groups, scale: weights[scale], shift: weights[shift], relu: relu, pooled: pooled))
  }
}

/// Layer normalisation (Ba et al. 2016) over the last dimensions, such as a whole image or the numbers of one token,
/// with a scale and a shift for each element.
public struct LayerNorm: Sendable {
  let shape: [Int]
  let eps: Double
  let scale: Int
  let shift: Int

  /// - Parameters:
  ///   - builder: takes the parameters.
  ///   - name: of the layer.
  ///   - shape: of the dimensions that are normalised together.
  ///   - eps: added to the variance.
  ///   - start: what the scales start with.
  public init(
    _ builder: inout LayoutBuilder, _ name: String, shape: [Int], eps: Double = 1e-5, scale start: Double = 1
  ) {
    self.shape = shape
    self.eps = eps
    (scale, shift) = builder.scope(name) { builder in
      (
        builder.parameter("weight", shape, .normScale, .constant(start)),
        builder.parameter("bias", shape, .normShift, .constant(0))
      )
    }
  }

  func callAsFunction(_ x: Tensor, _ weights: Parameters) -> Tensor {
    x.layerNorm(shape, weight: weights[scale], bias: weights[shift], eps: eps)
  }
}
