import Torch

// Weights by name, as PyTorch's state dictionaries have them.

extension Point {
  /// Parameters (as views) and buffers by name, parameters first.
  public var stateDictionary: [(name: String, tensor: Tensor)] {
    let parameters = zip(layout.slots, weights.tensors).map { (name: $0.name, tensor: $1) }
    return parameters + zip(buffers.layout.slots, buffers.tensors).map { (name: $0.name, tensor: $1) }
  }

  /// The point of a network that these tensors describe, copied.
  ///
  /// - Parameters:
  ///   - network: whose layout the tensors must have.
  ///   - state: by name; any floating-point types. Batch counts may be missing, as old files lack them, or have the shape
  ///     [1] instead of [].
  ///   - dtype: precision of the point; nil takes the parameters' own, or where they have several the narrowest that
  ///     holds all of them: float32 for float16 beside bfloat16.
  ///   - device: where the point lives.
  /// - Throws: ``NetworkError`` that names every missing, unknown and misshapen tensor.
  public convenience init(
    _ network: some Network, state: [String: Tensor], dtype: DType? = nil, device: Device = .cpu
  ) throws(NetworkError) {
    let layout = network.layout
    let bufferLayout = network.bufferLayout
    var problems: [String] = []

    func found(_ name: String, _ shape: [Int], floating: Bool) -> Tensor? {
      guard let tensor = state[name] else {
        problems.append("missing: \(name) \(shape)")
        return nil
      }
      guard tensor.shape == shape else {
        problems.append("\(name): expected shape \(shape), found \(tensor.shape)")
        return nil
      }
      guard !floating || tensor.dtype.isFloatingPoint else {
        problems.append("\(name): expected floating-point numbers, found \(tensor.dtype)")
        return nil
      }
      return tensor
    }

    let parameters = layout.slots.map { found($0.name, $0.shape, floating: true) }
    let statistics = bufferLayout.slots.map { slot in
      guard slot.isCount else { return found(slot.name, slot.shape, floating: true) }
      guard let count = state[slot.name] else { return Tensor.zeros(slot.shape, dtype: .int64) }
      return count.shape == [1] ? count.reshape(slot.shape) : found(slot.name, slot.shape, floating: false)
    }
    let known = Set(layout.slots.map(\.name) + bufferLayout.slots.map(\.name))
    for name in state.keys.sorted() where !known.contains(name) {
      problems.append("unknown: \(name) \(state[name]!.shape)")
    }
    guard problems.isEmpty else {
      if let prefix = Self.commonPrefix(of: state.keys, before: known) {
        throw NetworkError(
          "these weights are not this network's: every name begins with '\(prefix)', as that of a module inside "
            + "another one does; save them without it: "
            + "{name.removeprefix('\(prefix)'): tensor for name, tensor in state.items()}")
      }
      let shown = problems.prefix(8).joined(separator: "\n  ")
      let rest = problems.count > 8 ? "\n  and \(problems.count - 8) more" : ""
      throw NetworkError("these weights are not this network's:\n  \(shown)\(rest)")
    }

    let precision = dtype ?? DType.holding(parameters.map { $0!.dtype })
    let flat = Tensor.concatenated(
      parameters.map { $0!.detach().reshape([-1]).to(dtype: precision, device: device) })
    let buffers = Buffers(layout: bufferLayout, tensors: statistics.map { $0!.detach().clone() })
    self.init(layout: layout, flat: flat, buffers: buffers.to(precision, device: device))
  }

  /// What all names begin with before names of the network, such as `module.`.
  private static func commonPrefix(of names: some Collection<String>, before known: Set<String>) -> String? {
    for name in names {
      for dot in name.indices
      where name[dot] == "." && known.contains(String(name[name.index(after: dot)...])) {
        let prefix = name[...dot]
        return names.allSatisfy { $0.hasPrefix(prefix) } ? String(prefix) : nil
      }
    }
    return nil
  }

  /// A flat vector such as a gradient, as tensors by parameter name (views).
  public static func named(_ flat: Tensor, _ layout: Layout) -> [(name: String, tensor: Tensor)] {
    zip(layout.slots, Parameters(splitting: flat, layout).tensors).map { (name: $0.name, tensor: $1) }
  }
}

extension DType {
  /// The narrowest floating-point type that holds the numbers of all of these.
  fileprivate static func holding(_ types: [DType]) -> DType {
    let distinct = Set(types)
    if let only = distinct.first, distinct.count == 1 { return only }
    return distinct.contains(.float64) ? .float64 : .float32
  }
}
