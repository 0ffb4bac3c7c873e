import CTorch

extension Tensor {
  /// The convolution of images with filters, as `conv2d`, by the fastest way there is. Filters 3×3 with stride 1 and
  /// padding 1 in float on a CPU with AVX2 go Winograd's way, F(2×2, 3×3) (Lavin and Gray 2016), which multiplies 16
  /// times where a plain convolution multiplies 36 times; images of at most four channels, with up to three zeros around
  /// and as many of them as there are threads, go a direct way, by products of matrices that stay in cache. So do their
  /// derivatives, of every order. Where no gradients are recorded, F(4×4, 3×3) is taken where it is faster: 36
  /// multiplications instead of 144. All else is libtorch's.
  ///
  /// The ways differ by rounding: about 1e-6 of the largest value. So does what is computed without gradients from what
  /// is computed with them, or from the same images in a smaller batch. A number that is none, or infinite, or so large that sums of a few overflow, reaches all
  /// places of Winograd's tiles that see it, as no number.
  ///
  /// - Parameters:
  ///   - weight: [O, C, h, w].
  ///   - bias: [O], or nil.
  ///   - stride: in places, downwards and across.
  ///   - padding: zeros around the images, above and beside.
  /// - Returns: [B, O, H', W'] for images [B, C, H, W], with channels last in memory where the images have them last.
  public func convolved(
    with weight: Tensor, bias: Tensor? = nil, stride: [Int] = [1, 1], padding: [Int] = [0, 0],
    file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    Tensor(
      owning: ct_convolve(
        handle, weight.handle, bias?.handle, stride, stride.count, padding, padding.count), file, line)
  }

  /// A convolution and what a network has after it in evaluation: batch norm by given statistics, the sum with a residual,
  /// ReLU, averages of 2×2 places. Where no gradients are recorded and the convolution goes Winograd's way, all but the
  /// averages are done before the result is stored.
  ///
  /// - Parameters:
  ///   - weight: [O, C, h, w].
  ///   - bias: [O], or nil.
  ///   - stride: in places, downwards and across.
  ///   - padding: zeros around the images, above and beside.
  ///   - statistics: mean and variance, [O].
  ///   - scale: [O].
  ///   - shift: [O].
  ///   - eps: added to the variance.
  ///   - residual: added before ReLU, of the convolution's shape.
  ///   - relu: max(0, ·) of the result.
  ///   - pooled: means of 2×2 places with stride 2, after ReLU.
  public func convolved(
    with weight: Tensor, bias: Tensor? = nil, stride: [Int] = [1, 1], padding: [Int] = [0, 0],
    normalizedBy statistics: (mean: Tensor, variance: Tensor), scale: Tensor, shift: Tensor,
    eps: Double = 1e-5, adding residual: Tensor? = nil, relu: Bool = false, pooled: Bool = false,
    file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    Tensor(
      owning: ct_convolve_normalized(
        handle, weight.handle, bias?.handle, stride, stride.count, padding, padding.count,
        statistics.mean.handle, statistics.variance.handle, scale.handle, shift.handle, residual?.handle, eps,
        relu, pooled), file, line)
  }
}
