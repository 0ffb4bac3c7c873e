import Foundation

let generatedNotice = "// Written by `./run generate` from libtorch's operator schemas; do not edit."

/// An operator with everything that is needed to write it down three times: in C, in C++ and in Swift.
struct Face {
  var schema: Schema
  var swiftName: SwiftName
  /// Arguments in schema order with their ways to C; those that Swift does not show have no C parameters.
  var arguments: [(argument: Schema.Argument, bridging: Bridging)]
  /// Whether the first argument is the receiver of a Swift method.
  var hasReceiver: Bool

  init(_ schema: Schema, _ entry: AllowList.Entry) throws {
    self.schema = schema
    let hasLayout = schema.arguments.contains { $0.type == .optional(.layout) }
    arguments = try schema.arguments.map { argument in
      if hasLayout, argument.name == "pin_memory" {
        return (
          argument, Bridging(cParameters: [], cppArgument: "std::nullopt", swiftType: "", swiftArguments: [])
        )
      }
      return (argument, try Bridging(argument))
    }
    hasReceiver = schema.arguments.first?.type == .tensor
    let shown = arguments.filter { !$0.bridging.cParameters.isEmpty }.dropFirst(hasReceiver ? 1 : 0)
    if let name = entry.swiftName {
      guard name.labels.count == shown.count else {
        throw SchemaError(
          description: "\(schema.fullName): the allow-list gives \(name.labels.count) labels, "
            + "but there are \(shown.count) arguments: \(shown.map(\.argument.name))")
      }
      swiftName = name
    } else {
      // Leading tensors and numbers need no label: `a.matmul(b)`, `x.pow(2)`.
      var leading = true
      let labels = shown.map { pair -> String in
        let unlabelled: Set<String> = ["Tensor", "Scalar", "[Tensor]"]
        leading = leading && unlabelled.contains(pair.bridging.swiftType) && pair.argument.defaultText == nil
        return leading ? "_" : pair.argument.name.camelCased
      }
      swiftName = SwiftName(base: schema.name.camelCased, labels: labels)
    }
  }

  var shownArguments: [(argument: Schema.Argument, bridging: Bridging)] {
    arguments.filter { !$0.bridging.cParameters.isEmpty }
  }

  enum Result: Equatable { case receiver, nothing, tensor, tensors(Int), list, bool, int }

  var result: Result {
    get throws {
      if schema.isInPlace, schema.returns.count == 1 { return .receiver }
      if schema.returns.isEmpty { return .nothing }
      if schema.returns.count > 1, schema.returns.allSatisfy({ $0.type == .tensor }) {
        return .tensors(schema.returns.count)
      }
      switch schema.returns[0].type {
      case .tensor: return .tensor
      case .list(.tensor): return .list
      case .bool: return .bool
      case .int, .symInt: return .int
      default: throw SchemaError(description: "\(schema.fullName): no bridging for what it returns")
      }
    }
  }

  // MARK: C and C++

  private var cSignature: String {
    get throws {
      var parameters = shownArguments.flatMap(\.bridging.cParameters)
      let type: String
      switch try result {
      case .receiver, .nothing: type = "bool"
      case .tensor: type = "ct_tensor"
      case .list: type = "ct_list"
      case .bool: type = "int8_t"
      case .int:
        type = "bool"
        parameters.append("ct_int *result")
      case .tensors(let count):
        type = "bool"
        parameters += (0..<count).map { "ct_tensor *result\($0)" }
      }
      return "\(type) ct_\(schema.symbol)(\(parameters.joined(separator: ", ")))"
    }
  }

  var cDeclaration: String { get throws { try cSignature + " CT_NOEXCEPT;" } }

  var cppDefinition: String {
    get throws {
      let call =
        "at::_ops::\(schema.symbol)::call(\(arguments.map(\.bridging.cppArgument).joined(separator: ", ")))"
      let body: String
      switch try result {
      case .receiver, .nothing: body = "return guarded(false, [&] { \(call); return true; });"
      case .tensor: body = "return guarded(ct_tensor(nullptr), [&] { return give(\(call)); });"
      case .list: body = "return guarded(ct_list{}, [&] { return give_list(\(call)); });"
      case .bool: body = "return guarded(int8_t(-1), [&] { return int8_t(\(call)); });"
      case .int: body = "return guarded(false, [&] { *result = \(call); return true; });"
      case .tensors(let count):
        let gives = (0..<count).map { "*result\($0) = give(std::get<\($0)>(std::move(results)));" }
        body =
          "return guarded(false, [&] { auto results = \(call); \(gives.joined(separator: " ")) return true; });"
      }
      return "\(try cSignature) noexcept {\n  \(body)\n}"
    }
  }

  /// libtorch declares `add` and `add_` together.
  var headerName: String {
    let base = schema.name.hasSuffix("_") ? String(schema.name.dropLast()) : schema.name
    return "ATen/ops/\(base)_ops.h"
  }

  // MARK: Swift

  var swiftDeclaration: String {
    get throws {
      let parameters = shownArguments.dropFirst(hasReceiver ? 1 : 0)
      var declared = try zip(swiftName.labels, parameters).map { label, pair in
        let name = pair.argument.name.camelCased
        let head = label == name ? name.escapedInSwift : "\(label) \(name.escapedInSwift)"
        let fallback = try pair.argument.swiftDefault.map { " = \($0)" } ?? ""
        return "\(head): \(pair.bridging.swiftType)\(fallback)"
      }
      declared += ["file: StaticString = #fileID", "line: UInt = #line"]

      var setup: [String] = []
      var passed = shownArguments.flatMap(\.bridging.swiftArguments)
      if hasReceiver { passed[0] = "handle" }

      let type: String
      let body: String
      let symbol = "ct_\(schema.symbol)"
      func call(_ extra: [String] = []) -> String { "\(symbol)(\((passed + extra).joined(separator: ", ")))" }
      switch try result {
      case .receiver:
        type = " -> Tensor"
        body = "if !\(call()) { failed(file, line) }\n    return self"
      case .nothing:
        type = ""
        body = "if !\(call()) { failed(file, line) }"
      case .tensor:
        type = " -> Tensor"
        body = "return Tensor(owning: \(call()), file, line)"
      case .list:
        type = " -> [Tensor]"
        body = "return tensors(owning: \(call()), file, line)"
      case .bool:
        type = " -> Bool"
        setup.append("let result = \(call())")
        body = "if result < 0 { failed(file, line) }\n    return result == 1"
      case .int:
        type = " -> Int"
        setup.append("var result = 0")
        body = "if !\(call(["&result"])) { failed(file, line) }\n    return result"
      case .tensors(let count):
        let labels = schema.returns.map { $0.name.map { "\($0.camelCased): " } ?? "" }
        type = " -> (" + labels.map { "\($0)Tensor" }.joined(separator: ", ") + ")"
        setup += (0..<count).map { "var result\($0): OpaquePointer?" }
        let results = zip(labels, 0..<count).map { "\($0)Tensor(owning: result\($1), file, line)" }
        body =
          "if !\(call((0..<count).map { "&result\($0)" })) { failed(file, line) }\n"
          + "    return (\(results.joined(separator: ", ")))"
      }
      let discardable = try result == .receiver ? "  @discardableResult\n" : ""
      let kind = hasReceiver ? "" : "static "
      let lines = (setup + [body]).map { "    \($0)\n" }.joined()
      // Never inlined, so that whoever calls keeps the arguments alive until the C call returns.
      return """
          /// `aten::\(schema.fullName)`
        \(discardable)  @inline(never)
          public \(kind)func \(swiftName.base.escapedInSwift)(
            \(declared.joined(separator: ", "))
          )\(type) {
        \(lines)  }
        """
    }
  }

  // MARK: The calls that the parity test makes, from a list of values in schema order

  var testCall: String { get throws { try testCall(leavingDefaultsOut: false) } }

  /// The call with the arguments alone that have no default; nil where that tells nothing new.
  var testCallWithDefaults: String? {
    get throws {
      guard shownArguments.contains(where: { $0.argument.defaultText != nil }),
        // Without a generator of its own, a random operator gives no numbers to compare.
        !shownArguments.contains(where: { $0.argument.type == .optional(.generator) })
      else { return nil }
      return try testCall(leavingDefaultsOut: true)
    }
  }

  private func testCall(leavingDefaultsOut: Bool) throws -> String {
    var items: [String] = []
    var label = swiftName.labels.makeIterator()
    var receiver = "Tensor"
    for (index, pair) in shownArguments.enumerated() {
      if index == 0, hasReceiver {
        receiver = "receiver"
        continue
      }
      let name = label.next()!
      if leavingDefaultsOut, pair.argument.defaultText != nil { continue }
      let reader = "try a.\(pair.argument.readerName)()"
      items.append(name == "_" ? reader : "\(name): \(reader)")
    }
    let call = "\(receiver).\(swiftName.base.escapedInSwift)(\(items.joined(separator: ", ")))"
    let first = hasReceiver ? "let receiver = try a.tensor(); " : ""
    switch try result {
    case .receiver, .tensor: return "\(first)return [.tensor(\(call))]"
    case .nothing: return "\(first)\(call); return []"
    case .list: return "\(first)return [.tensors(\(call))]"
    case .bool: return "\(first)return [.bool(\(call))]"
    case .int: return "\(first)return [.int(\(call))]"
    case .tensors(let count):
      let members = (0..<count).map { ".tensor(r.\($0))" }
      return "\(first)let r = \(call); return [\(members.joined(separator: ", "))]"
    }
  }
}

extension Schema.Argument {
  /// The name of the reader in the parity test's `OperatorArguments`.
  var readerName: String { isReduction ? "reduction" : type.readerName }
}

extension ValueType {
  fileprivate var readerName: String {
    switch self {
    case .tensor: "tensor"
    case .scalar: "scalar"
    case .int, .symInt: "int"
    case .float: "double"
    case .bool: "bool"
    case .string: "string"
    case .dtype: "dtype"
    case .layout: "layout"
    case .device: "device"
    case .memoryFormat: "memoryFormat"
    case .generator: "generator"
    case .boolArray: "bools"
    case .list(let element): element.readerName + "s"
    case .optional(let wrapped):
      "optional" + wrapped.readerName.prefix(1).uppercased() + wrapped.readerName.dropFirst()
    }
  }
}

// MARK: Files

/// Everything that is generated, by path from the package's root.
func generatedFiles(schemas: [String: Schema], allowList: AllowList) throws -> [String: String] {
  var files: [String: String] = [:]
  var header: [String] = []
  var tests: [String] = []
  var testsWithDefaults: [(name: String, call: String)] = []
  for group in allowList.groups {
    let faces = try group.entries.map { entry in
      guard let schema = schemas[entry.operatorName] else {
        throw SchemaError(
          description: "the allow-list names \(entry.operatorName), which libtorch does not have")
      }
      return try Face(schema, entry)
    }
    header.append("\n// MARK: \(group.title)\n")
    header += try faces.map { try $0.cDeclaration }
    let includes = Set(faces.map(\.headerName)).sorted().map { "#include <\($0)>" }
    files["Sources/CTorch/Generated/\(group.fileName).cpp"] = """
      \(generatedNotice)
      // First, as the operators' own headers declare only part of the types they name.
      #include "../Support.h"

      \(includes.joined(separator: "\n"))

      using namespace ctorch;

      extern "C" {

      \(try faces.map { try $0.cppDefinition }.joined(separator: "\n\n"))

      }  // extern "C"

      """
    files["Sources/Torch/Generated/\(group.fileName).swift"] = """
      \(generatedNotice)
      import CTorch

      // MARK: \(group.title)

      extension Tensor {
      \(try faces.map { try $0.swiftDeclaration }.joined(separator: "\n\n"))
      }

      """
    tests += try faces.map { "  \"\($0.schema.fullName)\": { a in \(try $0.testCall) }," }
    testsWithDefaults += try faces.compactMap { face in
      try face.testCallWithDefaults.map { (face.schema.fullName, $0) }
    }
  }
  files["Sources/CTorch/include/CTorchOperators.h"] = """
    \(generatedNotice)
    // Included by CTorch.h, which has the types.
    #ifndef CTORCH_OPERATORS_H
    #define CTORCH_OPERATORS_H
    \(header.joined(separator: "\n"))

    #endif

    """
  // Overloads that only defaults tell apart, such as `clamp()`, cannot be called so.
  let unambiguous = testsWithDefaults.filter { test in
    testsWithDefaults.count { $0.call == test.call } == 1
  }
  files["Tests/TorchTests/Generated/OperatorCalls.swift"] = """
    \(generatedNotice)
    import Torch

    /// Every generated operator, called with values read in the order of its schema.
    let operatorCalls: [String: @Sendable (inout OperatorArguments) throws -> [OperatorValue]] = [
    \(tests.joined(separator: "\n"))
    ]

    /// The operators that have defaults, called without the arguments that have one.
    let operatorCallsWithDefaults: [String: @Sendable (inout OperatorArguments) throws -> [OperatorValue]] = [
    \(unambiguous.map { "  \"\($0.name)\": { a in \($0.call) }," }.joined(separator: "\n"))
    ]

    """
  return files
}
