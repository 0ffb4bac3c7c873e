import Testing

@testable import OperatorGenerator

/// What is written for an operator, in C, C++ and Swift.
struct EmittersTests {
  private func files(_ schemas: [String], _ list: String) throws -> [String: String] {
    let parsed = try schemas.map { try Schema(parsing: $0) }
    let byName = Dictionary(uniqueKeysWithValues: parsed.map { ($0.fullName, $0) })
    return try generatedFiles(schemas: byName, allowList: AllowList(parsing: "## Group\n" + list))
  }

  private func face(_ schema: String, _ swiftName: String? = nil) throws -> Face {
    try Face(
      Schema(parsing: schema),
      AllowList.Entry(operatorName: "", swiftName: swiftName.map { try SwiftName(parsing: $0) }))
  }

  @Test func oneOperatorInAllItsFiles() throws {
    let files = try files(
      ["lerp.Scalar(Tensor self, Tensor end, *, Scalar weight=0.5, int[]? dim=None) -> Tensor"], "lerp.Scalar"
    )
    #expect(
      files.keys.sorted() == [
        "Sources/CTorch/Generated/Operators+Group.cpp", "Sources/CTorch/include/CTorchOperators.h",
        "Sources/Torch/Generated/Operators+Group.swift", "Tests/TorchTests/Generated/OperatorCalls.swift",
      ])
    let signature =
      "ct_tensor ct_lerp_Scalar(ct_tensor self, ct_tensor end, ct_scalar weight, const ct_int *dim, ct_int dim_count)"
    #expect(
      files["Sources/CTorch/include/CTorchOperators.h"]?.contains("\n\(signature) CT_NOEXCEPT;\n") == true)
    let cpp = try #require(files["Sources/CTorch/Generated/Operators+Group.cpp"])
    #expect(cpp.contains("\n#include <ATen/ops/lerp_ops.h>\n"))
    #expect(
      cpp.contains(
        """
        \(signature) noexcept {
          return guarded(ct_tensor(nullptr), [&] { return give(at::_ops::lerp_Scalar::call(view(self), view(end), \
        scalar(weight), optional_ints(dim, dim_count))); });
        }
        """))
    #expect(
      files["Sources/Torch/Generated/Operators+Group.swift"]
        == """
        // Written by `./run generate` from libtorch's operator schemas; do not edit.
        import CTorch

        // MARK: Group

        extension Tensor {
          /// `aten::lerp.Scalar`
          @inline(never)
          public func lerp(
            _ end: Tensor, weight: Scalar = 0.5, dim: [Int]? = nil, file: StaticString = #fileID, line: UInt = #line
          ) -> Tensor {
            return Tensor(owning: ct_lerp_Scalar(handle, end.handle, weight.c, dim, dim?.count ?? -1), file, line)
          }
        }

        """)
    let tests = try #require(files["Tests/TorchTests/Generated/OperatorCalls.swift"])
    #expect(
      tests.contains(
        "\"lerp.Scalar\": { a in let receiver = try a.tensor(); return [.tensor(receiver.lerp(try a.tensor(), "
          + "weight: try a.scalar(), dim: try a.optionalInts()))] },"))
    #expect(
      tests.contains(
        "\"lerp.Scalar\": { a in let receiver = try a.tensor(); return [.tensor(receiver.lerp(try a.tensor()))] },"
      ))
  }

  @Test func swiftNames() throws {
    #expect("masked_fill_".camelCased == "maskedFill_")
    #expect("_fused_sgd_".camelCased == "_fusedSgd_")
    #expect("max_pool2d".camelCased == "maxPool2d")
    #expect("x".camelCased == "x")
    #expect(
      "self".escapedInSwift == "self_" && "where".escapedInSwift == "`where`"
        && "from".escapedInSwift == "from")
    #expect("for".escapedInC == "for_" && "device".escapedInC == "device_" && "self".escapedInC == "self")
  }

  @Test func labels() throws {
    // Leading tensors and numbers need none; what follows another argument keeps its own.
    let leading = try face("f(Tensor self, Tensor a, Scalar b, int dim, Tensor c, Tensor d_e) -> Tensor")
    #expect(leading.swiftName.labels == ["_", "_", "dim", "c", "dE"] && leading.hasReceiver)
    let creation = try face("zeros(SymInt[] size, *, ScalarType? dtype=None, Layout? layout=None) -> Tensor")
    #expect(creation.swiftName.labels == ["size", "dtype"] && !creation.hasReceiver)
    let given = try face("f(Tensor self, int start_dim) -> Tensor", "flatten(from:)")
    #expect(given.swiftName == SwiftName(base: "flatten", labels: ["from"]))
    #expect(try given.swiftDeclaration.contains("func flatten(\n    from startDim: Int, file"))
  }

  @Test func defaults() throws {
    let text = try face(
      "f(Tensor self, SymInt[2] stride=1, bool flag=False, bool? other=True, str mode='linear', int[] dims=[], "
        + "int reduction=Mean, *, ScalarType? dtype=long, MemoryFormat memory_format=contiguous_format, "
        + "Generator? generator, Tensor? weight=None, float eps=1e-05) -> Tensor"
    ).swiftDeclaration
    for part in [
      "stride: [Int] = [1],", "flag: Bool = false,", "other: Bool? = true,", "mode: String = \"linear\",",
      "dims: [Int] = [],", "reduction: Reduction = .mean,", "dtype: DType? = .int64,",
      "memoryFormat: MemoryFormat = .contiguous,", "generator: Generator? = nil,", "weight: Tensor? = nil,",
      "eps: Double = 1e-05,",
    ] {
      #expect(text.contains(part), "\(part) in \(text)")
    }
  }

  @Test func resultsOfEachKind() throws {
    let inPlace = try face("add_(Tensor(a!) self) -> Tensor(a!)")
    #expect(try inPlace.result == .receiver)
    #expect(try inPlace.cDeclaration == "bool ct_add_(ct_tensor self) CT_NOEXCEPT;")
    #expect(try inPlace.cppDefinition.contains("call(mutable_view(self)); return true;"))
    #expect(try inPlace.swiftDeclaration.contains("@discardableResult"))
    #expect(try face("f_(Tensor(a!)[] self) -> ()").result == .nothing)
    #expect(try face("f(Tensor self) -> Tensor[]").result == .list)
    #expect(try face("f(Tensor self) -> bool").result == .bool)
    #expect(try face("f(Tensor self) -> int").result == .int)
    let several = try face("f(Tensor self) -> (Tensor values, Tensor indices)")
    #expect(try several.result == .tensors(2))
    #expect(try several.swiftDeclaration.contains("-> (values: Tensor, indices: Tensor) {"))
    #expect(throws: SchemaError.self) { try face("f(Tensor self) -> float").result }
  }

  @Test func operatorsThatOnlyDefaultsTellApartAreNotCalledWithThem() throws {
    let files = try files(
      [
        "clamp(Tensor self, Scalar? min=None) -> Tensor",
        "clamp.Tensor(Tensor self, Tensor? min=None) -> Tensor",
      ],
      "clamp\nclamp.Tensor")
    let tests = try #require(files["Tests/TorchTests/Generated/OperatorCalls.swift"])
    #expect(tests.contains("receiver.clamp(min: try a.optionalTensor())"))
    #expect(!tests.contains("receiver.clamp()"))
  }

  @Test func mistakesAreNamed() throws {
    func words(_ body: () throws -> Void) -> String? {
      #expect(throws: SchemaError.self, performing: body)?.description
    }
    #expect(
      words { _ = try files([], "no_such.operator") }
        == "the allow-list names no_such.operator, which libtorch does not have")
    #expect(
      words { _ = try face("f(Tensor self, int dim) -> Tensor", "f(_:_:)") }
        == "f: the allow-list gives 2 labels, but there are 1 arguments: [\"dim\"]")
    #expect(
      words { _ = try face("f(Tensor self, Tensor[]? list) -> Tensor") }?.contains("'list': no bridging")
        == true)
  }
}
