import Torch

// How far two answers are apart, in words; nil where they agree.

/// Both sides run the same kernels, so that equal bits are the rule; the bounds leave room for sums whose order
/// depends on the number of threads or the alignment of memory.
private func bound(_ dtype: DType) -> Double {
  switch dtype {
  case .float64: 1e-12
  case .float32: 1e-6
  case .float16, .bfloat16: 1e-3
  default: 0
  }
}

func difference(_ found: Tensor, _ expected: Tensor, comparingValues: Bool = true) -> String? {
  guard found.isDefined, expected.isDefined else {
    return found.isDefined == expected.isDefined ? nil : "one is undefined: \(found), \(expected)"
  }
  guard found.dtype == expected.dtype else { return "found \(found.dtype), expected \(expected.dtype)" }
  guard found.shape == expected.shape else { return "found shape \(found.shape), expected \(expected.shape)" }
  guard comparingValues else { return nil }
  if !found.dtype.isFloatingPoint {
    let equal = found.array(of: Int.self) == expected.array(of: Int.self)
    return equal ? nil : "found \(found), expected \(expected)"
  }
  let bound = bound(found.dtype)
  let pairs = zip(found.array(of: Double.self), expected.array(of: Double.self))
  for (index, (a, b)) in pairs.enumerated() {
    if a == b || (a.isNaN && b.isNaN) { continue }
    if !(abs(a - b) <= bound * max(1, abs(b))) { return "element \(index): found \(a), expected \(b)" }
  }
  return nil
}

func difference(_ found: OperatorValue, _ expected: OperatorValue, comparingValues: Bool = true) -> String? {
  switch (found, expected) {
  case (.tensor(let a), .tensor(let b)): return difference(a, b, comparingValues: comparingValues)
  case (.tensors(let a), .tensors(let b)):
    guard a.count == b.count else { return "found \(a.count) tensors, expected \(b.count)" }
    return zip(a, b).lazy.compactMap { difference($0, $1, comparingValues: comparingValues) }.first
  case (.tensor(let a), .none): return a.isDefined ? "found \(a), expected none" : nil
  case (.bool(let a), .bool(let b)): return a == b ? nil : "found \(a), expected \(b)"
  case (.int(let a), .int(let b)): return a == b ? nil : "found \(a), expected \(b)"
  case (.none, .none): return nil
  default: return "found \(found), expected \(expected)"
  }
}

func difference(_ found: [OperatorValue], _ expected: [OperatorValue], comparingValues: Bool = true)
  -> String?
{
  guard found.count == expected.count else {
    return "found \(found.count) results, expected \(expected.count)"
  }
  for (index, pair) in zip(found, expected).enumerated() {
    if let text = difference(pair.0, pair.1, comparingValues: comparingValues) {
      return "result \(index): \(text)"
    }
  }
  return nil
}
