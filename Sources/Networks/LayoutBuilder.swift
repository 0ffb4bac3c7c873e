import Foundation
import Torch

/// How a fresh parameter is drawn.
public enum Initializer: Sendable, Hashable, Codable {
  case constant(Double)
  /// U(−bound, bound).
  case uniform(bound: Double)
  /// N(0, std²).
  case normal(std: Double)

  /// PyTorch's default for convolution and linear weights: Kaiming uniform with a = √5, that is U(±1/√fanIn).
  public static func kaimingUniform(fanIn: Int) -> Initializer {
    // Computed in PyTorch's order, so that equal seeds give equal bits.
    let slope = 5.0.squareRoot()
    let gain = (2.0 / (1 + slope * slope)).squareRoot()
    return .uniform(bound: 3.0.squareRoot() * (gain / Double(fanIn).squareRoot()))
  }

  /// PyTorch's default for biases: U(±1/√fanIn).
  public static func biasUniform(fanIn: Int) -> Initializer {
    .uniform(bound: fanIn > 0 ? 1 / Double(fanIn).squareRoot() : 0)
  }

  /// Kaiming normal over the fan-out with ReLU's gain: N(0, 2/fanOut).
  public static func kaimingNormal(fanOut: Int) -> Initializer {
    .normal(std: 2.0.squareRoot() / Double(fanOut).squareRoot())
  }

  func fill(_ tensor: Tensor, _ generator: Generator) {
    switch self {
    case .constant(let value): tensor.fill_(Scalar(value))
    case .uniform(let bound): tensor.uniform_(from: -bound, to: bound, generator: generator)
    case .normal(let std): tensor.normal_(mean: 0, std: std, generator: generator)
    }
  }
}

/// Gathers parameters and buffers while an architecture is put together; layers take from it the indices they will
/// read.
public struct LayoutBuilder {
  private var slots: [Slot] = []
  private var buffers: [BufferSlot] = []
  private var initializers: [Initializer] = []
  private var prefix: [String] = []

  /// With nothing in it.
  public init() {}

  /// Runs `body` with `name.` before every name it adds.
  public mutating func scope<Result>(_ name: String, _ body: (inout LayoutBuilder) throws -> Result) rethrows
    -> Result
  {
    prefix.append(name)
    defer { prefix.removeLast() }
    return try body(&self)
  }

  private func full(_ name: String) -> String { (prefix + [name]).joined(separator: ".") }

  /// Adds a parameter and returns its index.
  public mutating func parameter(_ name: String, _ shape: [Int], _ role: Role, _ initializer: Initializer)
    -> Int
  {
    let start = slots.last?.range.upperBound ?? 0
    slots.append(
      Slot(name: full(name), shape: shape, range: start..<(start + shape.reduce(1, *)), role: role))
    initializers.append(initializer)
    return slots.count - 1
  }

  /// Adds a buffer and returns its index.
  public mutating func buffer(_ name: String, _ shape: [Int], initialValue: Double, isCount: Bool = false)
    -> Int
  {
    buffers.append(BufferSlot(name: full(name), shape: shape, isCount: isCount, initialValue: initialValue))
    return buffers.count - 1
  }

  /// All that was added.
  public func finished() -> Blueprint {
    Blueprint(
      layout: Layout(slots: slots), bufferLayout: BufferLayout(slots: buffers), initializers: initializers)
  }
}

/// What every architecture holds once it is put together.
public struct Blueprint: Sendable, Hashable {
  /// The parameters.
  public let layout: Layout
  /// What belongs to a point beside them.
  public let bufferLayout: BufferLayout
  /// One a slot of ``layout``.
  public let initializers: [Initializer]

  /// Fresh weights, drawn slot by slot in order from one stream.
  public func initial(_ generator: Generator) -> Point {
    let flat = Tensor.zeros([layout.count])
    for (slot, initializer) in zip(layout.slots, initializers) {
      let view = flat.narrow(dim: 0, start: slot.range.lowerBound, length: slot.range.count).view(slot.shape)
      initializer.fill(view, generator)
    }
    return Point(layout: layout, flat: flat, buffers: bufferLayout.initial())
  }
}
