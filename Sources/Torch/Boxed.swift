import CTorch
import Foundation

/// An argument or a result of an operator that is called by name.
public enum OperatorValue {
  case none
  case tensor(Tensor)
  case tensors([Tensor])
  case optionalTensors([Tensor?])
  case int(Int)
  case double(Double)
  case bool(Bool)
  case string(String)
  case ints([Int])
  case doubles([Double])
  case bools([Bool])
  case device(Device)
  case generator(Generator)

  /// A type, as schemas take it.
  public static func dtype(_ dtype: DType) -> OperatorValue { .int(Int(dtype.rawValue)) }
  /// A number as the operator takes it.
  public static func scalar(_ scalar: Scalar) -> OperatorValue {
    switch scalar {
    case .integer(let value): .int(value)
    case .real(let value): .double(value)
    case .boolean(let value): .bool(value)
    }
  }

  /// The tensor, nil where the value is another one.
  public var tensor: Tensor? { if case .tensor(let tensor) = self { tensor } else { nil } }
}

/// Any of libtorch's operators, by name: the long tail beyond the typed methods of ``Tensor``.
///
/// ```swift
/// let kaiser = try TorchOperator("aten::kaiser_window")
/// let window = try kaiser([.int(12)])[0].tensor
/// ```
public struct TorchOperator: @unchecked Sendable {
  // libtorch keeps the entry for the life of the process, and calls through it are thread-safe.
  private let handle: UnsafeRawPointer
  /// With its namespace: `aten::add`.
  public let name: String

  /// - Throws: ``TorchError`` of kind `.notImplemented` if libtorch has no such operator.
  public init(_ name: String, overload: String = "") throws(TorchError) {
    guard let found = ct_operator(name, overload) else { throw TorchError.last }
    handle = found
    self.name = overload.isEmpty ? name : "\(name).\(overload)"
  }

  /// What it takes and returns, in libtorch's notation.
  public var schema: String {
    guard let text = ct_operator_schema(handle) else { return name }
    defer { free(text) }
    return String(cString: text)
  }

  /// Calls it with arguments in schema order; trailing ones that are missing take their defaults.
  ///
  /// - Throws: ``TorchError`` if a value is of the wrong type or libtorch refuses the call.
  public func callAsFunction(_ arguments: [OperatorValue]) throws(TorchError) -> [OperatorValue] {
    let storage = BoxedArguments(arguments)
    var results = [ct_value](repeating: ct_value(), count: 16)
    let count = ct_call(handle, storage.values, storage.values.count, &results, results.count)
    withExtendedLifetime((arguments, storage)) {}
    guard count >= 0 else { throw TorchError.last }
    return results.prefix(count).map(OperatorValue.init(taking:))
  }
}

extension OperatorValue {
  fileprivate init(taking value: ct_value) {
    switch Int(value.kind) {
    case CT_VALUE_TENSOR: self = .tensor(Tensor(owning: OpaquePointer(value.pointer!)))
    case CT_VALUE_TENSORS:
      let items = UnsafeMutablePointer(mutating: value.pointer!.assumingMemoryBound(to: OpaquePointer?.self))
      self = .tensors((0..<value.count).map { Tensor(owning: items[$0]!) })
      ct_list_free(ct_list(items: items, count: value.count))
    case CT_VALUE_INT: self = .int(Int(value.integer))
    case CT_VALUE_DOUBLE: self = .double(value.real)
    case CT_VALUE_BOOL: self = .bool(value.integer != 0)
    default: self = .none
    }
  }
}

/// The arguments as C sees them, with the memory their lists and strings need.
private final class BoxedArguments {
  private(set) var values: [ct_value] = []
  private var buffers: [UnsafeMutableRawPointer] = []

  init(_ arguments: [OperatorValue]) {
    for argument in arguments { values.append(c(argument)) }
  }

  deinit { for buffer in buffers { buffer.deallocate() } }

  private func c(_ argument: OperatorValue) -> ct_value {
    var value = ct_value()
    switch argument {
    case .none: value.kind = Int32(CT_VALUE_NONE)
    case .tensor(let tensor):
      value.kind = Int32(CT_VALUE_TENSOR)
      value.pointer = UnsafeRawPointer(tensor.handle)
    case .tensors(let list): value = copied(list.handles, CT_VALUE_TENSORS)
    case .optionalTensors(let list): value = copied(list.handles, CT_VALUE_OPTIONAL_TENSORS)
    case .int(let number):
      value.kind = Int32(CT_VALUE_INT)
      value.integer = Int64(number)
    case .double(let number):
      value.kind = Int32(CT_VALUE_DOUBLE)
      value.real = number
    case .bool(let flag):
      value.kind = Int32(CT_VALUE_BOOL)
      value.integer = flag ? 1 : 0
    case .string(let text): value = copied(Array(text.utf8), CT_VALUE_STRING)
    case .ints(let list): value = copied(list, CT_VALUE_INTS)
    case .doubles(let list): value = copied(list, CT_VALUE_DOUBLES)
    case .bools(let list): value = copied(list, CT_VALUE_BOOLS)
    case .device(let device):
      value.kind = Int32(CT_VALUE_DEVICE)
      value.device = device.c
    case .generator(let generator):
      value.kind = Int32(CT_VALUE_GENERATOR)
      value.pointer = UnsafeRawPointer(generator.handle)
    }
    return value
  }

  private func copied<Element>(_ list: [Element], _ kind: Int) -> ct_value {
    let buffer = UnsafeMutableRawPointer.allocate(
      byteCount: max(1, list.count * MemoryLayout<Element>.stride), alignment: MemoryLayout<Element>.alignment
    )
    list.withUnsafeBytes {
      if let start = $0.baseAddress { buffer.copyMemory(from: start, byteCount: $0.count) }
    }
    buffers.append(buffer)
    var value = ct_value()
    value.kind = Int32(kind)
    value.pointer = UnsafeRawPointer(buffer)
    value.count = list.count
    return value
  }
}
