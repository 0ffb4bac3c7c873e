/// What a parameter does in its layer. Decay masks, ASAM, filter normalisation and selective perturbation go by it.
public enum Role: String, Sendable, Codable, Hashable {
  case weight, bias, normScale, normShift
}

/// One parameter tensor: its name (as in the PyTorch reference), its shape and its place in the flat vector.
public struct Slot: Sendable, Codable, Hashable {
  /// As in the PyTorch reference: `features.0.weight`.
  public let name: String
  /// Of the tensor that layers read.
  public let shape: [Int]
  /// Where its elements lie in θ, row by row.
  public let range: Range<Int>
  /// What it does in its layer.
  public let role: Role
}

/// The parameters of an architecture in order: how the flat vector θ ∈ ℝᴾ is cut into tensors.
public struct Layout: Sendable, Codable, Hashable {
  /// In the order of θ, without holes.
  public let slots: [Slot]

  /// - Parameter slots: their ranges begin at 0 and follow each other.
  public init(slots: [Slot]) {
    self.slots = slots
  }

  /// P, the number of parameters.
  public var count: Int { slots.last?.range.upperBound ?? 0 }

  /// The index of the slot of that name.
  public func index(of name: String) -> Int? { slots.firstIndex { $0.name == name } }

  var sizes: [Int] { slots.map(\.range.count) }
}

/// Some of a layout's slots.
public enum SlotSet: Sendable, Hashable {
  case all
  case only(Set<Int>)

  /// Whether the slot of that index is among them.
  public func contains(_ index: Int) -> Bool {
    switch self {
    case .all: true
    case .only(let indices): indices.contains(index)
    }
  }

  /// The slots that `include` accepts.
  public static func matching(_ layout: Layout, _ include: (Slot) -> Bool) -> SlotSet {
    .only(Set(layout.slots.indices.filter { include(layout.slots[$0]) }))
  }
}
