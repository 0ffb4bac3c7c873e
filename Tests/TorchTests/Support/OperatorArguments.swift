import Torch

/// The arguments of one operator call, read in the order of its schema.
struct OperatorArguments {
  struct Mismatch: Error, CustomStringConvertible {
    var description: String
  }

  private var values: [OperatorValue]
  private var next = 0

  init(_ values: [OperatorValue]) { self.values = values }

  /// What is left over, in words: a call that reads too little does not pass everything on.
  var unread: String? { next == values.count ? nil : "read \(next) of \(values.count) arguments" }

  private mutating func take<Value>(_ type: String, _ pick: (OperatorValue) -> Value?) throws -> Value {
    guard next < values.count else { throw Mismatch(description: "argument \(next): missing (\(type))") }
    defer { next += 1 }
    guard let value = pick(values[next]) else {
      throw Mismatch(description: "argument \(next): expected \(type), found \(values[next])")
    }
    return value
  }

  private mutating func optional<Value>(_ read: (inout OperatorArguments) throws -> Value) throws -> Value? {
    if next < values.count, case .none = values[next] {
      next += 1
      return nil
    }
    return try read(&self)
  }

  mutating func tensor() throws -> Tensor { try take("tensor") { $0.tensor } }
  mutating func tensors() throws -> [Tensor] {
    try take("tensors") { if case .tensors(let list) = $0 { list } else { nil } }
  }
  mutating func optionalTensors() throws -> [Tensor?] {
    try take("optional tensors") { if case .optionalTensors(let list) = $0 { list } else { nil } }
  }
  mutating func scalar() throws -> Scalar {
    try take("number") {
      switch $0 {
      case .int(let value): .integer(value)
      case .double(let value): .real(value)
      case .bool(let value): .boolean(value)
      default: nil
      }
    }
  }
  mutating func int() throws -> Int {
    try take("integer") { if case .int(let value) = $0 { value } else { nil } }
  }
  mutating func reduction() throws -> Reduction {
    try take("reduction") { if case .int(let value) = $0 { Reduction(rawValue: value) } else { nil } }
  }
  mutating func double() throws -> Double { try scalar().double }
  mutating func bool() throws -> Bool {
    try take("boolean") { if case .bool(let value) = $0 { value } else { nil } }
  }
  mutating func string() throws -> String {
    try take("string") { if case .string(let value) = $0 { value } else { nil } }
  }
  mutating func ints() throws -> [Int] {
    try take("integers") { if case .ints(let list) = $0 { list } else { nil } }
  }
  mutating func doubles() throws -> [Double] {
    try take("doubles") { if case .doubles(let list) = $0 { list } else { nil } }
  }
  mutating func bools() throws -> [Bool] {
    try take("booleans") { if case .bools(let list) = $0 { list } else { nil } }
  }
  mutating func dtype() throws -> DType {
    try take("dtype") { if case .int(let value) = $0 { DType(rawValue: Int8(value)) } else { nil } }
  }
  mutating func device() throws -> Device {
    try take("device") { if case .device(let value) = $0 { value } else { nil } }
  }
  mutating func memoryFormat() throws -> MemoryFormat {
    try take("memory format") {
      if case .int(let value) = $0 { MemoryFormat(rawValue: Int8(value)) } else { nil }
    }
  }
  mutating func generator() throws -> Generator {
    try take("generator") { if case .generator(let value) = $0 { value } else { nil } }
  }

  mutating func optionalTensor() throws -> Tensor? { try optional { try $0.tensor() } }
  mutating func optionalScalar() throws -> Scalar? { try optional { try $0.scalar() } }
  mutating func optionalInt() throws -> Int? { try optional { try $0.int() } }
  mutating func optionalDouble() throws -> Double? { try optional { try $0.double() } }
  mutating func optionalBool() throws -> Bool? { try optional { try $0.bool() } }
  mutating func optionalString() throws -> String? { try optional { try $0.string() } }
  mutating func optionalInts() throws -> [Int]? { try optional { try $0.ints() } }
  mutating func optionalDoubles() throws -> [Double]? { try optional { try $0.doubles() } }
  mutating func optionalDtype() throws -> DType? { try optional { try $0.dtype() } }
  mutating func optionalDevice() throws -> Device? { try optional { try $0.device() } }
  mutating func optionalMemoryFormat() throws -> MemoryFormat? { try optional { try $0.memoryFormat() } }
  mutating func optionalGenerator() throws -> Generator? { try optional { try $0.generator() } }
}
