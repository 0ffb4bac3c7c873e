import ArgumentParser
import Command
import Distillation
import Experiments
import Foundation
import Networks
import Torch

/// `salar distill gradient`
struct DistillGradientCommand: TensorCommand {
  static let configuration = CommandConfiguration(
    commandName: "gradient",
    abstract: "The matching loss of one unroll and its gradient, for comparing implementations.",
    discussion: """
      Example: salar distill gradient --network convnet --weights start.safetensors
      --target end.safetensors --images x.npy --labels y.npy --step-size 0.01
      --steps 20 --mode exact --precision float64 --out gradient.npz

      From the weights of --weights a student takes --steps steps of plain gradient descent on all images in the given
      order, without augmentation or normalisation; the loss is its squared distance to --target then, over that of
      --weights. The file holds images, stepSize and loss.
      """)

  @OptionGroup var architecture: ArchitectureOptions

  @Option(help: "Weights to start from (.safetensors, or .pth of PyTorch).")
  var weights: String

  @Option(help: "Weights to reach.")
  var target: String

  @Option(help: "The images as the network sees them: floating point [N, C, H, W], NPY.")
  var images: String

  @Option(help: "Class numbers [N], or class probabilities [N, classes], NPY.")
  var labels: String

  @Option(help: "The student's step size.")
  var stepSize: Double

  @Option(help: "How many steps the student takes.")
  var steps: Int

  @Option(help: "exact, unrolled or tesla.")
  var mode = "exact"

  @Option(help: "Of mode tesla: derived, or released with half of it for the images.")
  var teslaScale = "derived"

  @Option(help: "The most images in one pass; all if not given.")
  var part: Int?

  @Option(help: "The file that takes images, stepSize and loss (.npz).")
  var out: String

  @OptionGroup var machine: MachineOptions
  @OptionGroup var written: WrittenOptions

  private struct Facts: Encodable {
    var loss: Double
    var stepSize: Double
    var imagesNorm: Double
  }

  func work() throws {
    guard let mode = GradientMode(rawValue: mode) else {
      throw ValidationError("--mode must be exact, unrolled or tesla, found \(mode)")
    }
    guard let scale = TESLAScale(rawValue: teslaScale) else {
      throw ValidationError("--tesla-scale must be derived or released, found \(teslaScale)")
    }
    guard steps >= 1 else { throw ValidationError("--steps must be 1 or more, found \(steps)") }
    guard stepSize.isFinite else { throw ValidationError("--step-size must be a number, found \(stepSize)") }
    if let part, part < 1 { throw ValidationError("--part must be 1 or more, found \(part)") }
    guard architecture.network != nil else {
      throw ValidationError("--network is missing; `salar network list` has the names")
    }
    let device = try machine.apply()
    let start = try architecture.model(weights: weights, device: device)
    let end = try architecture.model(weights: target, device: device)
    let dtype = machine.dtype ?? start.point.dtype
    let (images, labels) = try samples(for: start.network, dtype, device)
    var unroll = try Unroll(start.network, mode: mode)
    (unroll.teslaScale, unroll.part) = (scale, part)
    unroll.autocasts = machine.precision == "bfloat16"
    let found = unroll(
      images: images, labels: labels,
      stepSize: Tensor.full([], Scalar(stepSize), dtype: dtype, device: device),
      from: start.point.to(dtype).flat, to: end.point.to(dtype).flat,
      steps: [StudentStep](repeating: StudentStep(), count: steps))
    let loss = found.loss.double
    guard loss.isFinite else {
      throw CommandError(
        "the loss is \(loss): the student diverges, or \(weights) and \(target) hold the same weights; "
          + "try a smaller --step-size")
    }
    let file = URL(fileURLWithPath: out)
    let tensors: [(name: String, tensor: Tensor)] = [
      ("images", found.images), ("stepSize", found.stepSize), ("loss", found.loss),
    ]
    try NPZ.write(tensors.map { ($0.name, $0.tensor.to(.cpu)) }, to: file)
    try written.report(
      [file.path],
      Facts(loss: loss, stepSize: found.stepSize.double, imagesNorm: found.images.vectorNorm().double),
      remark: "loss \(loss), wrote \(file.path)")
  }

  private func samples(for network: any Network, _ dtype: DType, _ device: Device) throws -> (Tensor, Tensor)
  {
    let images = try NPY.read(URL(fileURLWithPath: images))
    let expected = network.inputShape.map(String.init).joined(separator: ", ")
    guard images.dtype.isFloatingPoint, images.dim == 4, images.size(0) > 0,
      Array(images.shape.dropFirst()) == network.inputShape
    else {
      throw CommandError(
        "\(self.images): expected floating-point images [N, \(expected)], found \(images.dtype) \(images.shape)"
      )
    }
    let labels = try NPY.read(URL(fileURLWithPath: labels))
    let isSoft = labels.dtype.isFloatingPoint
    guard labels.shape == [images.size(0)] + (isSoft ? [network.classes] : []) else {
      throw CommandError(
        "\(self.labels): expected class numbers [\(images.size(0))] or probabilities "
          + "[\(images.size(0)), \(network.classes)], found \(labels.dtype) \(labels.shape)")
    }
    guard isSoft || (labels.min().int >= 0 && labels.max().int < network.classes) else {
      throw CommandError(
        "\(self.labels): class numbers must be in 0…\(network.classes - 1), found \(labels.min().int)…\(labels.max().int)"
      )
    }
    return (
      images.to(dtype: dtype, device: device), labels.to(dtype: isSoft ? dtype : .int64, device: device)
    )
  }
}
