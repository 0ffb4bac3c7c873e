import Foundation
import PeerSupport
import Torch

/// What Tests/peers/operators.py wrote: calls of PyTorch's operators with what they took and gave.
struct PeerOperators {
  struct Case: Decodable {
    struct Argument: Decodable {
      var name: String
      /// Whether the schema has no default for it.
      var required: Bool
      var value: Value
    }
    struct After: Decodable {
      var index: Int
      var value: Value
    }

    var `operator`: String
    var number: Int
    var arguments: [Argument]
    var results: [Value]
    /// What the arguments that the operator writes into hold after the call.
    var after: [After]
    /// What it gives without the arguments that have a default.
    var resultsWithDefaults: [Value]?
    var comparesValues: Bool

    /// The Swift faces leave out what matters to sparse and pinned tensors alone.
    var shownIndices: [Int] {
      let hasLayout = arguments.contains { $0.name == "layout" }
      return arguments.indices.filter {
        arguments[$0].name != "layout" && !(hasLayout && arguments[$0].name == "pin_memory")
      }
    }
  }

  /// `int` holds integers, booleans, seeds and the bits of doubles.
  struct Value: Decodable {
    var kind: String
    var int: Int?
    var text: String?
    var items: [Value]?
    var dtype: Int8?
    var shape: [Int]?
    var offset: Int?
    var bytes: Int?
  }

  struct Malformed: Error, CustomStringConvertible {
    var description: String
  }

  let cases: [Case]
  private let tensors: Data

  /// Asks PyTorch about the operators of these names.
  init(_ names: [String]) throws {
    let folder = try TemporaryFolder()
    try names.sorted().joined(separator: "\n").write(
      to: folder.file("names.txt"), atomically: true, encoding: .utf8)
    try Peer.run("operators", [folder.file("names.txt").path, folder.url.path])
    cases = try JSONDecoder().decode([Case].self, from: Data(contentsOf: folder.file("cases.json")))
    tensors = try Data(contentsOf: folder.file("tensors.bin"))
  }

  /// The value as Swift hands it to an operator; tensors and generators are made anew each time.
  func value(_ value: Value) throws -> OperatorValue {
    let items = value.items ?? []
    switch value.kind {
    case "none": return .none
    case "tensor": return .tensor(try tensor(value))
    case "tensors": return .tensors(try items.map(tensor))
    case "optionalTensors":
      return .optionalTensors(try items.map { $0.kind == "none" ? nil : try tensor($0) })
    case "int": return .int(try integer(value))
    case "bool": return .bool(try integer(value) != 0)
    case "double": return .double(try double(value))
    case "string": return .string(value.text ?? "")
    case "ints": return .ints(try items.map(integer))
    case "bools": return .bools(try items.map { try integer($0) != 0 })
    case "doubles": return .doubles(try items.map(double))
    case "device":
      guard let device = Device(value.text ?? "") else { throw Malformed(description: "no device \(value)") }
      return .device(device)
    case "generator": return .generator(Generator(seed: UInt64(try integer(value))))
    default: throw Malformed(description: "a value of kind \(value.kind)")
    }
  }

  private func integer(_ value: Value) throws -> Int {
    guard let int = value.int else { throw Malformed(description: "not an integer: \(value)") }
    return int
  }

  private func double(_ value: Value) throws -> Double {
    Double(bitPattern: UInt64(bitPattern: Int64(try integer(value))))
  }

  private func tensor(_ value: Value) throws -> Tensor {
    guard let number = value.dtype, let dtype = DType(rawValue: number), let shape = value.shape,
      let offset = value.offset, let bytes = value.bytes
    else { throw Malformed(description: "not a tensor: \(value)") }
    let tensor = Tensor.empty(shape, dtype: dtype)
    tensor.withUnsafeMutableBytes { target in
      tensors[offset..<offset + bytes].withUnsafeBytes { target.copyMemory(from: $0) }
    }
    return tensor
  }
}
