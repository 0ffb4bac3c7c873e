import Foundation

/// One operator as libtorch's `native_functions.yaml` declares it, for example
/// `add.Tensor(Tensor self, Tensor other, *, Scalar alpha=1) -> Tensor`.
struct Schema: Equatable {
  var name: String
  var overload: String
  var arguments: [Argument]
  var returns: [Return]

  struct Argument: Equatable {
    var type: ValueType
    var name: String
    var defaultText: String?
    /// Whether the operator writes into it.
    var isMutable: Bool
  }

  struct Return: Equatable {
    var type: ValueType
    var name: String?
  }

  /// `add.Tensor`: how the allow-list and PyTorch call it.
  var fullName: String { overload.isEmpty ? name : "\(name).\(overload)" }
  /// `add_Tensor`: libtorch's C++ struct, and the suffix of the C function.
  var symbol: String { overload.isEmpty ? name : "\(name)_\(overload)" }
  /// Whether it changes its first argument and returns it.
  var isInPlace: Bool { name.hasSuffix("_") && arguments.first?.isMutable == true }
}

/// The types a schema is made of.
indirect enum ValueType: Equatable {
  case tensor, scalar, int, symInt, float, bool, string, dtype, layout, device, memoryFormat, generator
  case list(ValueType)
  /// A list of exactly this many booleans.
  case boolArray(Int)
  case optional(ValueType)
}

struct SchemaError: Error, CustomStringConvertible {
  var description: String
}

extension Schema {
  init(parsing text: String) throws {
    guard let open = text.firstIndex(of: "("), let close = Schema.closingBracket(text[open...]),
      text[close...].hasPrefix(") -> ")
    else { throw SchemaError(description: "not an operator schema: \(text)") }

    let parts = text[..<open].split(separator: ".", maxSplits: 1).map(String.init)
    name = parts[0]
    overload = parts.count > 1 ? parts[1] : ""

    arguments = try Schema.split(text[text.index(after: open)..<close])
      .filter { $0 != "*" }
      .map(Argument.init(parsing:))

    var results = text[close...].dropFirst(") -> ".count).trimmingSpaces()
    if results.hasPrefix("(") { results = String(results.dropFirst().dropLast()) }
    returns = try Schema.split(results[...]).map(Return.init(parsing:))
  }

  /// Where the bracket that `text` begins with is closed; those inside quotes do not count.
  private static func closingBracket(_ text: Substring) -> String.Index? {
    var depth = 0
    var quote: Character?
    for index in text.indices {
      let character = text[index]
      if let open = quote {
        if character == open { quote = nil }
        continue
      }
      switch character {
      case "\"", "'": quote = character
      case "(": depth += 1
      case ")":
        depth -= 1
        if depth == 0 { return index }
      default: break
      }
    }
    return nil
  }

  /// Splits at the commas that stand outside brackets and quotes.
  private static func split(_ text: Substring) -> [String] {
    var parts: [String] = []
    var part = ""
    var depth = 0
    var quote: Character?
    for character in text {
      if character == quote {
        quote = nil
      } else if quote == nil {
        switch character {
        case "\"", "'": quote = character
        case "(", "[": depth += 1
        case ")", "]": depth -= 1
        default: break
        }
      }
      if character == ",", depth == 0, quote == nil {
        parts.append(part.trimmingSpaces())
        part = ""
      } else {
        part.append(character)
      }
    }
    if !part.trimmingSpaces().isEmpty { parts.append(part.trimmingSpaces()) }
    return parts
  }
}

extension Schema.Argument {
  /// For example `Tensor(a!) self` or `SymInt[2] stride=1`.
  init(parsing text: String) throws {
    var declaration = text
    if let equals = text.firstIndex(of: "=") {
      defaultText = String(text[text.index(after: equals)...])
      declaration = String(text[..<equals])
    }
    guard let space = declaration.lastIndex(of: " ") else {
      throw SchemaError(description: "not an argument: \(text)")
    }
    name = String(declaration[declaration.index(after: space)...])
    let typeText = String(declaration[..<space])
    isMutable = typeText.contains("!")
    type = try ValueType(parsing: typeText)
  }
}

extension Schema.Return {
  init(parsing text: String) throws {
    // Alias marks such as `Tensor(a -> *)` hold spaces too: the name follows the last bracket.
    let end = text.lastIndex(of: ")") ?? text.startIndex
    if let space = text[end...].lastIndex(of: " ") {
      name = String(text[text.index(after: space)...])
      type = try ValueType(parsing: String(text[..<space]))
    } else {
      name = nil
      type = try ValueType(parsing: text)
    }
  }
}

extension ValueType {
  init(parsing text: String) throws {
    var plain = ""
    var depth = 0
    for character in text {  // without alias marks
      if character == "(" { depth += 1 }
      if depth == 0 { plain.append(character) }
      if character == ")" { depth -= 1 }
    }
    if plain.hasSuffix("?") {
      self = .optional(try ValueType(parsing: String(plain.dropLast())))
    } else if plain.hasSuffix("]"), let open = plain.lastIndex(of: "[") {
      let element = try ValueType(parsing: String(plain[..<open]))
      let count = Int(plain[plain.index(after: open)...].dropLast())
      if element == .bool, let count { self = .boolArray(count) } else { self = .list(element) }
    } else {
      switch plain {
      case "Tensor": self = .tensor
      case "Scalar": self = .scalar
      case "int": self = .int
      case "SymInt": self = .symInt
      case "float": self = .float
      case "bool": self = .bool
      case "str": self = .string
      case "ScalarType": self = .dtype
      case "Layout": self = .layout
      case "Device": self = .device
      case "MemoryFormat": self = .memoryFormat
      case "Generator": self = .generator
      default: throw SchemaError(description: "unknown type '\(text)' in a schema")
      }
    }
  }
}

extension StringProtocol {
  func trimmingSpaces() -> String {
    var view = self[...]
    while view.first == " " { view = view.dropFirst() }
    while view.last == " " { view = view.dropLast() }
    return String(view)
  }
}
