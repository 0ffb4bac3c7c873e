import Testing

@testable import OperatorGenerator

/// Reading operator schemas in the notation of libtorch's `native_functions.yaml`.
struct SchemaTests {
  private func argument(_ text: String) throws -> Schema.Argument {
    let schema = try Schema(parsing: "f(\(text)) -> Tensor")
    #expect(schema.arguments.count == 1)
    return try #require(schema.arguments.first)
  }

  @Test func namesAndOverloads() throws {
    let plain = try Schema(parsing: "relu(Tensor self) -> Tensor")
    #expect(plain.fullName == "relu" && plain.symbol == "relu" && plain.overload == "")
    let overloaded = try Schema(parsing: "add.Tensor(Tensor self, Tensor other, *, Scalar alpha=1) -> Tensor")
    #expect(overloaded.fullName == "add.Tensor" && overloaded.symbol == "add_Tensor")
    #expect(overloaded.arguments.map(\.name) == ["self", "other", "alpha"])
    #expect(overloaded.arguments.map(\.type) == [.tensor, .tensor, .scalar])
    #expect(overloaded.arguments.map(\.defaultText) == [nil, nil, "1"])
  }

  @Test func aliasMarks() throws {
    let written = try argument("Tensor(a!) self")
    #expect(written.type == .tensor && written.isMutable && written.name == "self")
    let viewed = try argument("Tensor(a -> *) self")
    #expect(viewed.type == .tensor && !viewed.isMutable && viewed.name == "self")
    let both = try argument("Tensor(a! -> a|b)[] self")
    #expect(both.type == .list(.tensor) && both.isMutable)
    #expect(try argument("Tensor(a!)[] tensors").type == .list(.tensor))
    #expect(try argument("Tensor(a!)? found").type == .optional(.tensor))
  }

  @Test func listsAndOptionals() throws {
    #expect(try argument("SymInt[2] stride=1").type == .list(.symInt))
    #expect(try argument("SymInt[2] stride=1").defaultText == "1")
    #expect(try argument("Tensor?[] indices").type == .list(.optional(.tensor)))
    #expect(try argument("int[1]? dim=None").type == .optional(.list(.int)))
    #expect(try argument("SymInt? end=None").type == .optional(.symInt))
    #expect(try argument("bool[3] output_mask").type == .boolArray(3))
    #expect(try argument("bool[] flags").type == .list(.bool))
    #expect(try argument("float[]? scales").type == .optional(.list(.float)))
    #expect(try argument("ScalarType? dtype=None").type == .optional(.dtype))
  }

  @Test func defaultsWithCommasAndQuotes() throws {
    let schema = try Schema(
      parsing:
        "f(Tensor self, int[2] dims=[0, 1], str mode='a, b', str kind=\"x,(y\", float eps=1e-05) -> Tensor")
    #expect(schema.arguments.map(\.name) == ["self", "dims", "mode", "kind", "eps"])
    #expect(schema.arguments.map(\.defaultText) == [nil, "[0, 1]", "'a, b'", "\"x,(y\"", "1e-05"])
  }

  @Test func returns() throws {
    let named = try Schema(parsing: "max.dim(Tensor self, int dim) -> (Tensor values, Tensor indices)")
    #expect(named.returns.map(\.name) == ["values", "indices"])
    #expect(named.returns.map(\.type) == [.tensor, .tensor])
    let unnamed = try Schema(parsing: "f(Tensor self) -> (Tensor, Tensor, Tensor)")
    #expect(unnamed.returns.map(\.name) == [nil, nil, nil])
    #expect(try Schema(parsing: "f(Tensor(a!)[] self) -> ()").returns.isEmpty)
    let views = try Schema(parsing: "split.Tensor(Tensor(a -> *) self, SymInt size) -> Tensor(a)[]")
    #expect(views.returns == [Schema.Return(type: .list(.tensor), name: nil)])
    let marked = try Schema(parsing: "f(Tensor(a!) self) -> (Tensor(a!) out, Tensor(b -> *) rest)")
    #expect(marked.returns.map(\.name) == ["out", "rest"])
    #expect(marked.returns.map(\.type) == [.tensor, .tensor])
  }

  @Test func inPlace() throws {
    #expect(try Schema(parsing: "add_(Tensor(a!) self) -> Tensor(a!)").isInPlace)
    #expect(try !Schema(parsing: "add(Tensor self) -> Tensor").isInPlace)
    #expect(try !Schema(parsing: "resize_as_(Tensor self) -> Tensor").isInPlace)
  }

  @Test(arguments: ["", "add", "add(Tensor self)", "add(Tensor) -> Tensor", "add(Complex self) -> Tensor"])
  func whatIsNoSchema(_ text: String) {
    #expect(throws: SchemaError.self) { try Schema(parsing: text) }
  }
}
