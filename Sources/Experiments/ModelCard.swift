import Data
import Torch

extension SavedModel {
  /// What is needed to use weights on pictures; stands in the file's metadata under `salar`.
  public struct Card: Codable, Sendable {
    public var network: NetworkChoice
    /// What images in [0, 1] go through first: a ``Normalization`` or a ``ZCA``; nil for nothing.
    public var normalization: (any Preprocessing)?
    public var classNames: [String]
    /// How pictures of folders and tables came to the network's size; nil where nobody said.
    public var resize: PictureResize?

    /// Of a ZCA whose tensors have not been read yet.
    private var whitening: Whitening?

    private struct Whitening: Codable {
      var epsilon: Double
      var shape: [Int]
    }

    public init(
      network: NetworkChoice, normalization: (any Preprocessing)?, classNames: [String],
      resize: PictureResize? = nil
    ) {
      self.network = network
      self.normalization = normalization
      self.classNames = classNames
      self.resize = resize
    }

    // MARK: Coding

    private enum CodingKeys: String, CodingKey {
      case network, normalization, zca, classNames, resize
    }

    /// A ZCA is not whole before ``completed(by:)``.
    public init(from decoder: any Decoder) throws {
      let container = try decoder.container(keyedBy: CodingKeys.self)
      network = try container.decode(NetworkChoice.self, forKey: .network)
      normalization = try container.decodeIfPresent(Normalization.self, forKey: .normalization)
      whitening = try container.decodeIfPresent(Whitening.self, forKey: .zca)
      classNames = try container.decode([String].self, forKey: .classNames)
      resize = try container.decodeIfPresent(PictureResize.self, forKey: .resize)
    }

    public func encode(to encoder: any Encoder) throws {
      var container = encoder.container(keyedBy: CodingKeys.self)
      try container.encode(network, forKey: .network)
      switch normalization {
      case let zca as ZCA:
        try container.encode(Whitening(epsilon: zca.epsilon, shape: zca.shape), forKey: .zca)
      case let normalization as Normalization: try container.encode(normalization, forKey: .normalization)
      case nil: break
      case let other?:
        throw EncodingError.invalidValue(
          other,
          .init(codingPath: container.codingPath, debugDescription: "\(type(of: other)) has no form on disk"))
      }
      try container.encode(classNames, forKey: .classNames)
      try container.encodeIfPresent(resize, forKey: .resize)
    }

    /// What tensors beside the weights begin with.
    static let tensorPrefix = "zca."

    /// What the normalisation keeps beside the weights.
    var normalizationTensors: [(name: String, tensor: Tensor)] {
      (normalization as? ZCA)?.tensors.map { (name: Self.tensorPrefix + $0.name, tensor: $0.tensor) } ?? []
    }

    /// With the tensors that stand beside the weights.
    ///
    /// - Throws: ``DataError`` if those of a ZCA are missing or do not fit.
    func completed(by tensors: [String: Tensor]) throws(DataError) -> Card {
      guard let whitening else { return self }
      var card = self
      card.whitening = nil
      card.normalization = try ZCA(epsilon: whitening.epsilon, shape: whitening.shape) {
        tensors[Self.tensorPrefix + $0]
      }
      return card
    }
  }
}
