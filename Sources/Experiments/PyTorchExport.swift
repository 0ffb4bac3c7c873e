import Command
import Data
import Foundation
import Networks
import Torch

/// A trained network as PyTorch takes it: `model.safetensors` with the reference's parameter names, and `model.py`, which
/// has the architecture as a plain module and loads the weights.
public enum PyTorchExport {
  /// - Returns: the files written.
  /// - Throws: ``CommandError`` for an architecture that has no Python text; ``TorchError`` if a file cannot be written.
  public static func write(_ model: SavedModel, to folder: URL) throws -> [URL] {
    let text = try source(model.card)
    let weights = try SafetensorsExport.write(model, to: folder)
    let script = folder.appendingPathComponent("model.py")
    try writeAtomically(to: script) { (file) throws(TorchError) in try file.write(text) }
    return [weights, script]
  }

  static func source(_ card: SavedModel.Card) throws -> String {
    let names = card.classNames.map { "\"\(escaped($0))\"" }.joined(separator: ", ")
    let constants = card.normalization as? Normalization
    let zca = card.normalization as? ZCA
    let state =
      zca == nil
      ? "load_file(path)" : "{k: v for k, v in load_file(path).items() if not k.startswith(\"zca.\")}"
    let mean = constants.map { "\($0.mean)" } ?? "None"
    let std = constants.map { "\($0.std)" } ?? "None"
    return """
      \"\"\"\(card.network.name), trained with Salar. `python model.py IMAGE.npy` classifies images [B, C, H, W] in [0, 1].\"\"\"

      import sys
      from pathlib import Path

      import torch
      import torch.nn.functional as F
      from safetensors.torch import load_file
      from torch import nn

      CLASSES = [\(names)]
      MEAN, STD = \(mean), \(std)\(zca.map { "\nZCA_EPSILON = \($0.epsilon)  # its tensors stand beside the weights" } ?? "")


      \(try PyTorchModules.text(card.network))

      def load(path=Path(__file__).with_name("model.safetensors")):
          model = Model()
          model.load_state_dict(\(state))
          return model.eval()

      \(zca == nil ? "" : whitening)

      def classify(model, images):
          \"\"\"Class probabilities [B, classes] of images [B, C, H, W] in [0, 1].\"\"\"
          if MEAN is not None:
              images = (images - torch.tensor(MEAN).view(1, -1, 1, 1)) / torch.tensor(STD).view(1, -1, 1, 1)
      \(zca == nil ? "" : "    images = whiten(images)\n")    with torch.no_grad():
              return model(images).softmax(1)


      if __name__ == "__main__":
          import numpy

          for row in classify(load(), torch.from_numpy(numpy.load(sys.argv[1])).float()):
              print(CLASSES[int(row.argmax())], f"{float(row.max()):.4f}")

      """
  }

  /// Where images are whitened as a whole, and not by channels.
  private static let whitening = """


    def whiten(images, path=Path(__file__).with_name("model.safetensors")):
        \"\"\"x' = (x − μ) U diag((s + ε)^−½) Uᵀ of flattened images, fitted to the training images.\"\"\"
        state = load_file(path)
        vectors = state["zca.eigenvectors"]
        matrix = (vectors * (state["zca.eigenvalues"] + ZCA_EPSILON).rsqrt()) @ vectors.T
        return ((images.flatten(1) - state["zca.mean"].float()) @ matrix.float()).view_as(images)

    """

  private static func escaped(_ text: String) -> String {
    text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"").replacing("\n", with: "\\n")
  }
}
