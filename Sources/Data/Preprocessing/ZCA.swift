import Foundation
import Synchronization
import Torch

/// Whitening by zero-phase component analysis, as the distillation papers use it (kornia's, ε = 0.1).
///
/// With images flattened to d = C·H·W numbers, μ their mean over the training set and Σ = XᵀX/(N − 1) the covariance of
/// X = x − μ, Σ = U diag(s) Uᵀ: W = U diag((s + ε)^−½) Uᵀ and x' = (x − μ)W. The inverse uses (s + ε)^½ and adds μ.
/// Fitted in float64 on raw pixels in [0, 1]; test data goes through the training set's μ and W.
///
/// float32 images are whitened by one product with W in float32; float64 ones, and every inverse, in float64.
public final class ZCA: Preprocessing {
  public static let name = "zca"

  public let epsilon: Double
  /// [C, H, W].
  public let shape: [Int]

  // None of the tensors is ever written: that makes sharing them between threads safe.

  /// μ: float64 [d].
  public nonisolated(unsafe) let mean: Tensor
  /// U, one eigenvector a column: float64 [d, d].
  public nonisolated(unsafe) let eigenvectors: Tensor
  /// s, rising, none below zero: float64 [d].
  public nonisolated(unsafe) let eigenvalues: Tensor
  /// W: float32 [d, d], symmetric.
  public nonisolated(unsafe) let whitening: Tensor

  /// μ and W in float32 where they were last used, so that they are not moved for every batch.
  private let moved = Mutex<Moved?>(nil)

  // As above: the tensors are only read.
  private struct Moved: @unchecked Sendable {
    let device: Device
    let mean: Tensor
    let whitening: Tensor
  }

  init(mean: Tensor, eigenvectors: Tensor, eigenvalues: Tensor, epsilon: Double, shape: [Int]) {
    self.mean = mean
    self.eigenvectors = eigenvectors
    self.eigenvalues = eigenvalues
    self.epsilon = epsilon
    self.shape = shape
    whitening = withNoGrad {
      (eigenvectors * (eigenvalues + Scalar(epsilon)).rsqrt()).matmul(eigenvectors.t()).to(.float32)
    }
  }

  // MARK: Fitting

  /// Fits μ and W to a training set. Takes about 5·d²·8 bytes of memory.
  ///
  /// - Parameters:
  ///   - epsilon: added to the eigenvalues; positive.
  ///   - chunk: images read at a time.
  /// - Throws: ``DataError`` if an image cannot be read, there are fewer than two, or ε is not positive.
  public convenience init(fitting data: DataSet, epsilon: Double = 0.1, chunk: Int = 2_000) throws(DataError)
  {
    guard data.count > 1 else {
      throw DataError("\(data.name): ZCA needs two images or more, found \(data.count)")
    }
    guard epsilon > 0, epsilon.isFinite else {
      throw DataError("ZCA: ε must be positive, found \(epsilon)")
    }
    let d = data.shape.reduce(1, *)
    func rows(_ start: Int) throws(DataError) -> Tensor {
      let images = try data.images.images(Array(start..<min(start + chunk, data.count)))
      return unitPixels(images).to(dtype: .float64, device: .cpu).view([-1, d])
    }
    let fitted = try withNoGrad { () throws(DataError) in
      let starts = stride(from: 0, to: data.count, by: chunk)
      var sum = Tensor.zeros([d], dtype: .float64)
      for start in starts { sum += try rows(start).sum(dim: [0]) }
      let mean = sum / Scalar(data.count)
      var covariance = Tensor.zeros([d, d], dtype: .float64)
      for start in starts {
        let centred = try rows(start) - mean
        covariance = covariance.addmm(centred.t(), centred)
      }
      // Σ is symmetric and has no negative eigenvalue, so that this is its singular value decomposition; what rounding
      // leaves below zero is zero.
      let (values, vectors) = (covariance / Scalar(data.count - 1)).eigh()
      return (mean, vectors.contiguous(), values.clamp(min: 0))
    }
    self.init(
      mean: fitted.0, eigenvectors: fitted.1, eigenvalues: fitted.2, epsilon: epsilon, shape: data.shape)
  }

  // MARK: Use

  public func callAsFunction(_ images: Tensor) -> Tensor {
    let rows = images.flatten(from: 1)
    if rows.dtype == .float32 {
      let here = float32(on: rows.device)
      return (rows - here.mean).matmul(here.whitening).viewAs(images)
    }
    let place = Self.place(of: images)
    return scaled(rows.to(dtype: .float64, device: place) - mean.to(place), exponent: -0.5)
      .to(dtype: images.dtype, device: images.device).viewAs(images)
  }

  public func inverse(_ images: Tensor) -> Tensor {
    let place = Self.place(of: images)
    let rows = scaled(images.flatten(from: 1).to(dtype: .float64, device: place), exponent: 0.5)
    return (rows + mean.to(place)).to(dtype: images.dtype, device: images.device).viewAs(images)
  }

  private func float32(on device: Device) -> Moved {
    moved.withLock { moved in
      if let moved, moved.device == device { return moved }
      let new = withNoGrad {
        Moved(device: device, mean: mean.to(dtype: .float32, device: device), whitening: whitening.to(device))
      }
      moved = new
      return new
    }
  }

  /// Where float64 is computed for these images: where they are, but for Apple's GPU, which has none.
  private static func place(of images: Tensor) -> Device { images.device == .mps ? .cpu : images.device }

  /// rows · U diag((s + ε)^exponent) Uᵀ in float64.
  private func scaled(_ rows: Tensor, exponent: Double) -> Tensor {
    let vectors = eigenvectors.to(rows.device)
    let scale = (eigenvalues + Scalar(epsilon)).pow(Scalar(exponent)).to(rows.device)
    return (rows.matmul(vectors) * scale).matmul(vectors.t())
  }

  public func check(shape: [Int]) throws(DataError) {
    guard shape == self.shape else {
      throw DataError(
        "ZCA was fitted to images of shape \(self.shape), these have \(shape); fit it to their training set")
    }
  }

  // MARK: Files

  private static let formatName = "salar-zca"

  /// Writes a safetensors file with `mean`, `eigenvalues` and `eigenvectors` (float64), ε and the shape.
  ///
  /// - Throws: ``TorchError`` if the file cannot be written.
  public func write(to url: URL) throws(TorchError) {
    try Safetensors.write(
      tensors,
      metadata: [
        "format": Self.formatName, "epsilon": "\(epsilon)",
        "shape": shape.map(String.init).joined(separator: "x"),
      ], to: url)
  }

  /// All that it is made of beside ε and the shape: `mean`, `eigenvalues`, `eigenvectors`, float64.
  public var tensors: [(name: String, tensor: Tensor)] {
    [("mean", mean), ("eigenvalues", eigenvalues), ("eigenvectors", eigenvectors)]
  }

  /// From its ``tensors`` by name, which are not to be written afterwards.
  ///
  /// - Throws: ``DataError`` if one is missing or they do not fit each other.
  public convenience init(
    epsilon: Double, shape: [Int], tensors: (String) -> Tensor?
  ) throws(DataError) {
    let d = shape.reduce(1) { $0.multipliedReportingOverflow(by: $1).partialValue }
    guard epsilon > 0, epsilon.isFinite, shape.count == 3, shape.allSatisfy({ $0 > 0 }),
      let mean = tensors("mean"), mean.shape == [d], mean.dtype == .float64,
      let values = tensors("eigenvalues"), values.shape == [d], values.dtype == .float64,
      let vectors = tensors("eigenvectors"), vectors.shape == [d, d], vectors.dtype == .float64,
      values.amin().double >= 0
    else {
      throw DataError(
        "ZCA is damaged: ε, shape or tensors are missing or do not fit each other; fit it anew")
    }
    self.init(mean: mean, eigenvectors: vectors, eigenvalues: values, epsilon: epsilon, shape: shape)
  }

  /// - Throws: ``DataError`` if the file cannot be read or holds no ZCA.
  public convenience init(reading url: URL) throws(DataError) {
    let file: Safetensors
    do { file = try Safetensors(reading: url) } catch { throw DataError(error.message) }
    guard file.metadata["format"] == Self.formatName else {
      throw DataError("\(url.path): is no ZCA file (its format is \(file.metadata["format"] ?? "not named"))")
    }
    let shape = (file.metadata["shape"] ?? "").split(separator: "x").compactMap { Int($0) }
    let epsilon = file.metadata["epsilon"].flatMap(Double.init) ?? .nan
    do throws(DataError) {
      try self.init(epsilon: epsilon, shape: shape) { file[$0] }
    } catch {
      throw DataError("\(url.path): \(error.message)")
    }
  }
}
