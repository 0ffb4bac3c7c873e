// Written by `./run generate` from libtorch's operator schemas; do not edit.
import CTorch

// MARK: Network

extension Tensor {
  /// `aten::conv1d`
  @inline(never)
  public func conv1d(
    _ weight: Tensor, bias: Tensor? = nil, stride: [Int] = [1], padding: [Int] = [0], dilation: [Int] = [1], groups: Int = 1, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    return Tensor(owning: ct_conv1d(handle, weight.handle, bias?.handle, stride, stride.count, padding, padding.count, dilation, dilation.count, groups), file, line)
  }

  /// `aten::conv2d`
  @inline(never)
  public func conv2d(
    _ weight: Tensor, bias: Tensor? = nil, stride: [Int] = [1], padding: [Int] = [0], dilation: [Int] = [1], groups: Int = 1, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    return Tensor(owning: ct_conv2d(handle, weight.handle, bias?.handle, stride, stride.count, padding, padding.count, dilation, dilation.count, groups), file, line)
  }

  /// `aten::conv_transpose2d.input`
  @inline(never)
  public func convTranspose2d(
    _ weight: Tensor, bias: Tensor? = nil, stride: [Int] = [1], padding: [Int] = [0], outputPadding: [Int] = [0], groups: Int = 1, dilation: [Int] = [1], file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    return Tensor(owning: ct_conv_transpose2d_input(handle, weight.handle, bias?.handle, stride, stride.count, padding, padding.count, outputPadding, outputPadding.count, groups, dilation, dilation.count), file, line)
  }

  /// `aten::convolution`
  @inline(never)
  public func convolution(
    _ weight: Tensor, bias: Tensor?, stride: [Int], padding: [Int], dilation: [Int], transposed: Bool, outputPadding: [Int], groups: Int, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    return Tensor(owning: ct_convolution(handle, weight.handle, bias?.handle, stride, stride.count, padding, padding.count, dilation, dilation.count, transposed, outputPadding, outputPadding.count, groups), file, line)
  }

  /// `aten::convolution_backward`
  @inline(never)
  public func convolutionBackward(
    _ input: Tensor, _ weight: Tensor, biasSizes: [Int]?, stride: [Int], padding: [Int], dilation: [Int], transposed: Bool, outputPadding: [Int], groups: Int, outputMask: [Bool], file: StaticString = #fileID, line: UInt = #line
  ) -> (Tensor, Tensor, Tensor) {
    var result0: OpaquePointer?
    var result1: OpaquePointer?
    var result2: OpaquePointer?
    if !ct_convolution_backward(handle, input.handle, weight.handle, biasSizes, biasSizes?.count ?? -1, stride, stride.count, padding, padding.count, dilation, dilation.count, transposed, outputPadding, outputPadding.count, groups, outputMask, &result0, &result1, &result2) { failed(file, line) }
    return (Tensor(owning: result0, file, line), Tensor(owning: result1, file, line), Tensor(owning: result2, file, line))
  }

  /// `aten::batch_norm`
  @inline(never)
  public func batchNorm(
    weight: Tensor?, bias: Tensor?, runningMean: Tensor?, runningVar: Tensor?, training: Bool, momentum: Double, eps: Double, cudnnEnabled: Bool, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    return Tensor(owning: ct_batch_norm(handle, weight?.handle, bias?.handle, runningMean?.handle, runningVar?.handle, training, momentum, eps, cudnnEnabled), file, line)
  }

  /// `aten::native_batch_norm`
  @inline(never)
  public func nativeBatchNorm(
    weight: Tensor?, bias: Tensor?, runningMean: Tensor?, runningVar: Tensor?, training: Bool, momentum: Double, eps: Double, file: StaticString = #fileID, line: UInt = #line
  ) -> (Tensor, Tensor, Tensor) {
    var result0: OpaquePointer?
    var result1: OpaquePointer?
    var result2: OpaquePointer?
    if !ct_native_batch_norm(handle, weight?.handle, bias?.handle, runningMean?.handle, runningVar?.handle, training, momentum, eps, &result0, &result1, &result2) { failed(file, line) }
    return (Tensor(owning: result0, file, line), Tensor(owning: result1, file, line), Tensor(owning: result2, file, line))
  }

  /// `aten::group_norm`
  @inline(never)
  public func groupNorm(
    numGroups: Int, weight: Tensor? = nil, bias: Tensor? = nil, eps: Double = 1e-05, cudnnEnabled: Bool = true, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    return Tensor(owning: ct_group_norm(handle, numGroups, weight?.handle, bias?.handle, eps, cudnnEnabled), file, line)
  }

  /// `aten::native_group_norm`
  @inline(never)
  public func nativeGroupNorm(
    weight: Tensor?, bias: Tensor?, N: Int, C: Int, HxW: Int, group: Int, eps: Double, file: StaticString = #fileID, line: UInt = #line
  ) -> (Tensor, Tensor, Tensor) {
    var result0: OpaquePointer?
    var result1: OpaquePointer?
    var result2: OpaquePointer?
    if !ct_native_group_norm(handle, weight?.handle, bias?.handle, N, C, HxW, group, eps, &result0, &result1, &result2) { failed(file, line) }
    return (Tensor(owning: result0, file, line), Tensor(owning: result1, file, line), Tensor(owning: result2, file, line))
  }

  /// `aten::layer_norm`
  @inline(never)
  public func layerNorm(
    _ normalizedShape: [Int], weight: Tensor? = nil, bias: Tensor? = nil, eps: Double = 1e-05, cudnnEnable: Bool = true, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    return Tensor(owning: ct_layer_norm(handle, normalizedShape, normalizedShape.count, weight?.handle, bias?.handle, eps, cudnnEnable), file, line)
  }

  /// `aten::instance_norm`
  @inline(never)
  public func instanceNorm(
    weight: Tensor?, bias: Tensor?, runningMean: Tensor?, runningVar: Tensor?, useInputStats: Bool, momentum: Double, eps: Double, cudnnEnabled: Bool, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    return Tensor(owning: ct_instance_norm(handle, weight?.handle, bias?.handle, runningMean?.handle, runningVar?.handle, useInputStats, momentum, eps, cudnnEnabled), file, line)
  }

  /// `aten::avg_pool2d`
  @inline(never)
  public func avgPool2d(
    _ kernelSize: [Int], stride: [Int] = [], padding: [Int] = [0], ceilMode: Bool = false, countIncludePad: Bool = true, divisorOverride: Int? = nil, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    return Tensor(owning: ct_avg_pool2d(handle, kernelSize, kernelSize.count, stride, stride.count, padding, padding.count, ceilMode, countIncludePad, divisorOverride.asList), file, line)
  }

  /// `aten::max_pool2d`
  @inline(never)
  public func maxPool2d(
    _ kernelSize: [Int], stride: [Int] = [], padding: [Int] = [0], dilation: [Int] = [1], ceilMode: Bool = false, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    return Tensor(owning: ct_max_pool2d(handle, kernelSize, kernelSize.count, stride, stride.count, padding, padding.count, dilation, dilation.count, ceilMode), file, line)
  }

  /// `aten::max_pool2d_with_indices`
  @inline(never)
  public func maxPool2dWithIndices(
    _ kernelSize: [Int], stride: [Int] = [], padding: [Int] = [0], dilation: [Int] = [1], ceilMode: Bool = false, file: StaticString = #fileID, line: UInt = #line
  ) -> (Tensor, Tensor) {
    var result0: OpaquePointer?
    var result1: OpaquePointer?
    if !ct_max_pool2d_with_indices(handle, kernelSize, kernelSize.count, stride, stride.count, padding, padding.count, dilation, dilation.count, ceilMode, &result0, &result1) { failed(file, line) }
    return (Tensor(owning: result0, file, line), Tensor(owning: result1, file, line))
  }

  /// `aten::adaptive_avg_pool2d`
  @inline(never)
  public func adaptiveAvgPool2d(
    _ outputSize: [Int], file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    return Tensor(owning: ct_adaptive_avg_pool2d(handle, outputSize, outputSize.count), file, line)
  }

  /// `aten::pixel_shuffle`
  @inline(never)
  public func pixelShuffle(
    _ upscaleFactor: Int, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    return Tensor(owning: ct_pixel_shuffle(handle, upscaleFactor), file, line)
  }

  /// `aten::upsample_nearest2d`
  @inline(never)
  public func upsampleNearest2d(
    _ outputSize: [Int], scalesH: Double? = nil, scalesW: Double? = nil, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    return Tensor(owning: ct_upsample_nearest2d(handle, outputSize, outputSize.count, scalesH.asList, scalesW.asList), file, line)
  }

  /// `aten::upsample_bilinear2d`
  @inline(never)
  public func upsampleBilinear2d(
    _ outputSize: [Int], alignCorners: Bool, scalesH: Double? = nil, scalesW: Double? = nil, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    return Tensor(owning: ct_upsample_bilinear2d(handle, outputSize, outputSize.count, alignCorners, scalesH.asList, scalesW.asList), file, line)
  }

  /// `aten::upsample_bicubic2d`
  @inline(never)
  public func upsampleBicubic2d(
    _ outputSize: [Int], alignCorners: Bool, scalesH: Double? = nil, scalesW: Double? = nil, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    return Tensor(owning: ct_upsample_bicubic2d(handle, outputSize, outputSize.count, alignCorners, scalesH.asList, scalesW.asList), file, line)
  }

  /// `aten::_upsample_bilinear2d_aa`
  @inline(never)
  public func upsampleBilinear2dAntialiased(
    _ outputSize: [Int], alignCorners: Bool, scalesH: Double? = nil, scalesW: Double? = nil, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    return Tensor(owning: ct__upsample_bilinear2d_aa(handle, outputSize, outputSize.count, alignCorners, scalesH.asList, scalesW.asList), file, line)
  }

  /// `aten::grid_sampler`
  @inline(never)
  public func gridSampler(
    _ grid: Tensor, interpolation interpolationMode: Int, padding paddingMode: Int, alignCorners: Bool, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    return Tensor(owning: ct_grid_sampler(handle, grid.handle, interpolationMode, paddingMode, alignCorners), file, line)
  }

  /// `aten::affine_grid_generator`
  @inline(never)
  public func affineGrid(
    _ size: [Int], alignCorners: Bool, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    return Tensor(owning: ct_affine_grid_generator(handle, size, size.count, alignCorners), file, line)
  }

  /// `aten::pad`
  @inline(never)
  public func pad(
    _ pad: [Int], mode: String = "constant", value: Double? = nil, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    return Tensor(owning: ct_pad(handle, pad, pad.count, mode, value.asList), file, line)
  }

  /// `aten::reflection_pad2d`
  @inline(never)
  public func reflectionPad2d(
    _ padding: [Int], file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    return Tensor(owning: ct_reflection_pad2d(handle, padding, padding.count), file, line)
  }

  /// `aten::im2col`
  @inline(never)
  public func im2col(
    _ kernelSize: [Int], dilation: [Int], padding: [Int], stride: [Int], file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    return Tensor(owning: ct_im2col(handle, kernelSize, kernelSize.count, dilation, dilation.count, padding, padding.count, stride, stride.count), file, line)
  }

  /// `aten::col2im`
  @inline(never)
  public func col2im(
    _ outputSize: [Int], _ kernelSize: [Int], dilation: [Int], padding: [Int], stride: [Int], file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    return Tensor(owning: ct_col2im(handle, outputSize, outputSize.count, kernelSize, kernelSize.count, dilation, dilation.count, padding, padding.count, stride, stride.count), file, line)
  }

  /// `aten::embedding`
  @inline(never)
  public func embedding(
    _ indices: Tensor, paddingIdx: Int = -1, scaleGradByFreq: Bool = false, sparse: Bool = false, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    return Tensor(owning: ct_embedding(handle, indices.handle, paddingIdx, scaleGradByFreq, sparse), file, line)
  }

  /// `aten::scaled_dot_product_attention`
  @inline(never)
  public func scaledDotProductAttention(
    _ key: Tensor, _ value: Tensor, mask attnMask: Tensor? = nil, dropout dropoutP: Double = 0.0, isCausal: Bool = false, scale: Double? = nil, enableGqa: Bool = false, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    return Tensor(owning: ct_scaled_dot_product_attention(handle, key.handle, value.handle, attnMask?.handle, dropoutP, isCausal, scale.asList, enableGqa), file, line)
  }
}
