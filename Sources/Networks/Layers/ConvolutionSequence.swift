import Torch

/// Convolutions that keep the side, each with norm and ReLU, and max poolings between them: the `features` of ``AlexNet``
/// and ``VGG11``. Gray images of 28 pixels grow to 32 in the first convolution, as in the references.
struct ConvolutionSequence: Sendable {
  enum Layer: Sendable {
    /// To so many channels, with an odd kernel.
    case convolution(Int, kernel: Int)
    /// Max pooling over 2×2.
    case pool
  }

  private struct Block: Sendable {
    let convolution: Convolution
    let norm: NormalizationLayer
    let pooling: Pooling
  }

  /// Numbers of one image that come out.
  let outputs: Int
  private let blocks: [Block]

  /// - Throws: ``NetworkError`` where nothing of the images is left, or the norm cannot be laid over the channels.
  init(
    _ builder: inout LayoutBuilder, _ layers: [Layer], _ settings: some ImageNetworkSettings, norm: NormKind
  ) throws(NetworkError) {
    var blocks: [Block] = []
    var (inputs, side) = (settings.channels, settings.size)
    // The reference numbers all modules of `features` in one sequence, those without parameters too.
    var module = 0
    for (index, layer) in layers.enumerated() {
      guard case .convolution(let outputs, let kernel) = layer else {
        module += 1
        side /= 2
        continue
      }
      let grows = index == 0 && settings.channels == 1 && settings.size == 28
      if grows { side += 4 }
      let shape = [outputs, side, side]
      let isPooled = index + 1 < layers.count && layers[index + 1].isPool
      blocks.append(
        builder.scope("features") { builder in
          let convolution = Convolution(
            &builder, "\(module)", in: inputs, out: outputs, kernel: kernel,
            padding: kernel / 2 + (grows ? 2 : 0))
          let layer = NormalizationLayer(&builder, "\(module + 1)", norm, shape: shape)
          return Block(convolution: convolution, norm: layer, pooling: isPooled ? .max : .none)
        })
      module += norm == .none ? 2 : 3
      inputs = outputs
      guard (isPooled ? side / 2 : side) > 0 else {
        throw NetworkError(
          "network \(type(of: settings).name): its poolings leave nothing of images of \(settings.size) pixels"
        )
      }
    }
    self.blocks = blocks
    outputs = inputs * side * side
  }

  func callAsFunction(_ x: Tensor, _ weights: Parameters, _ pass: inout Pass) -> Tensor {
    var x = x
    for block in blocks {
      x = block.norm(
        of: block.convolution, x, weights, &pass, activation: .relu, pooling: block.pooling)
    }
    return x
  }
}

extension ConvolutionSequence.Layer {
  fileprivate var isPool: Bool { if case .pool = self { true } else { false } }
}
