/// What a loss does with the losses of a batch. Raw values are libtorch's own numbers.
public enum Reduction: Int, Sendable, Codable, CaseIterable {
  /// One loss an element.
  case none = 0
  case mean = 1
  case sum = 2
}
