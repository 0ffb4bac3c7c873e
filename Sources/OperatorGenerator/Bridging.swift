/// How one argument travels from Swift through C to libtorch.
struct Bridging {
  /// The C parameters, without names of their own: `%` stands for the argument's name.
  var cParameters: [String]
  /// The C++ expression handed to libtorch.
  var cppArgument: String
  var swiftType: String
  /// The Swift expressions for the C parameters.
  var swiftArguments: [String]
}

extension Bridging {
  init(_ argument: Schema.Argument) throws {
    let name = argument.name.escapedInC
    let swift = argument.name.camelCased.escapedInSwift
    func make(_ c: [String], _ cpp: String, _ type: String, _ arguments: [String]) -> Bridging {
      Bridging(
        cParameters: c.map { $0.replacing("%", with: name) },
        cppArgument: cpp.replacing("%", with: name),
        swiftType: type,
        swiftArguments: arguments.map { $0.replacing("%", with: swift) })
    }
    switch argument.type {
    case .int where argument.isReduction:
      self = make(["ct_int %"], "%", "Reduction", ["%.rawValue"])
    case .tensor:
      self = make(["ct_tensor %"], argument.isMutable ? "mutable_view(%)" : "view(%)", "Tensor", ["%.handle"])
    case .optional(.tensor):
      self = make(["ct_tensor %"], "optional_view(%)", "Tensor?", ["%?.handle"])
    case .list(.tensor):
      self = make(
        ["const ct_tensor *%", "ct_int %_count"], "list_view(%, %_count)", "[Tensor]",
        ["%.handles", "%.count"])
    case .list(.optional(.tensor)):
      self = make(
        ["const ct_tensor *%", "ct_int %_count"], "optional_list(%, %_count)", "[Tensor?]",
        ["%.handles", "%.count"])
    case .scalar:
      self = make(["ct_scalar %"], "scalar(%)", "Scalar", ["%.c"])
    case .optional(.scalar):
      self = make(["const ct_scalar *%"], "optional_scalar(%)", "Scalar?", ["%.asList"])
    case .int, .symInt:
      self = make(["ct_int %"], "%", "Int", ["%"])
    case .optional(.int):
      self = make(["const ct_int *%"], "optional_int(%)", "Int?", ["%.asList"])
    case .optional(.symInt):
      self = make(["const ct_int *%"], "optional_symint(%)", "Int?", ["%.asList"])
    case .list(.int):
      self = make(["const ct_int *%", "ct_int %_count"], "ints(%, %_count)", "[Int]", ["%", "%.count"])
    case .list(.symInt):
      self = make(["const ct_int *%", "ct_int %_count"], "symints(%, %_count)", "[Int]", ["%", "%.count"])
    case .optional(.list(.int)):
      self = make(
        ["const ct_int *%", "ct_int %_count"], "optional_ints(%, %_count)", "[Int]?", ["%", "%?.count ?? -1"])
    case .optional(.list(.symInt)):
      self = make(
        ["const ct_int *%", "ct_int %_count"], "optional_symints(%, %_count)", "[Int]?",
        ["%", "%?.count ?? -1"])
    case .float:
      self = make(["double %"], "%", "Double", ["%"])
    case .optional(.float):
      self = make(["const double *%"], "optional_double(%)", "Double?", ["%.asList"])
    case .list(.float):
      self = make(
        ["const double *%", "ct_int %_count"], "doubles(%, %_count)", "[Double]", ["%", "%.count"])
    case .optional(.list(.float)):
      self = make(
        ["const double *%", "ct_int %_count"], "optional_doubles(%, %_count)", "[Double]?",
        ["%", "%?.count ?? -1"])
    case .bool:
      self = make(["bool %"], "%", "Bool", ["%"])
    case .optional(.bool):
      self = make(["int8_t %"], "optional_bool(%)", "Bool?", ["%.c"])
    case .boolArray(let count):
      self = make(["const bool *%"], "bools<\(count)>(%)", "[Bool]", ["%"])
    case .string:
      self = make(["const char *%"], "%", "String", ["%"])
    case .optional(.string):
      self = make(["const char *%"], "optional_string(%)", "String?", ["%"])
    case .dtype:
      self = make(["int8_t %"], "dtype(%)", "DType", ["%.rawValue"])
    case .optional(.dtype):
      self = make(["int8_t %"], "optional_dtype(%)", "DType?", ["%.c"])
    case .device:
      self = make(["ct_device %"], "device(%)", "Device", ["%.c"])
    case .optional(.device):
      self = make(["ct_device %"], "optional_device(%)", "Device?", ["%.c"])
    case .memoryFormat:
      self = make(["int8_t %"], "static_cast<at::MemoryFormat>(%)", "MemoryFormat", ["%.rawValue"])
    case .optional(.memoryFormat):
      self = make(["int8_t %"], "optional_memory_format(%)", "MemoryFormat?", ["%.c"])
    case .optional(.generator), .generator:
      self = make(["ct_generator %"], "optional_generator(%)", "Generator?", ["%?.handle"])
    case .optional(.layout):
      // Dense tensors alone: the argument exists for libtorch only.
      self = make([], "std::nullopt", "", [])
    default:
      throw SchemaError(description: "argument '\(argument.name)': no bridging for its type \(argument.type)")
    }
  }
}

extension Schema.Argument {
  /// Whether it says how a loss treats its batch: an integer in the schema, an enumeration in Swift.
  var isReduction: Bool { type == .int && defaultText == "Mean" }

  /// The default as Swift writes it; nil where there is none.
  var swiftDefault: String? {
    get throws {
      guard let text = defaultText else {
        // PyTorch has an overload without a generator for each that takes one.
        return type == .optional(.generator) ? "nil" : nil
      }
      switch (type, text) {
      case (_, "None"): return "nil"
      case (_, "True"): return "true"
      case (_, "False"): return "false"
      case (_, "Mean"): return ".mean"
      case (_, "[]"): return "[]"
      case (_, "contiguous_format"): return ".contiguous"
      case (.optional(.dtype), "long"): return ".int64"
      case (.list, _) where !text.hasPrefix("["), (.optional(.list), _) where !text.hasPrefix("["):
        return "[\(text)]"
      case (.string, _), (.optional(.string), _):
        return "\"" + text.filter { $0 != "\"" && $0 != "'" } + "\""
      default: return text
      }
    }
  }
}

extension String {
  /// `masked_fill_` → `maskedFill_`; underscores at the ends stay.
  var camelCased: String {
    let words = split(separator: "_")
    guard let first = words.first else { return self }
    let rest = words.dropFirst().map { $0.prefix(1).uppercased() + $0.dropFirst() }
    return (hasPrefix("_") ? "_" : "") + first + rest.joined() + (hasSuffix("_") ? "_" : "")
  }

  private static let swiftKeywords: Set<String> = [
    "self", "where", "repeat", "in", "from", "default", "func", "is",
  ]
  var escapedInSwift: String {
    self == "self" ? "self_" : Self.swiftKeywords.contains(self) && self != "from" ? "`\(self)`" : self
  }

  private static let cKeywords: Set<String> = [
    "self", "for", "default", "register", "scalar", "device", "dtype",
  ]
  /// Names that would hide C++ keywords or the helpers the bodies call get an underscore.
  var escapedInC: String { Self.cKeywords.contains(self) && self != "self" ? self + "_" : self }
}
