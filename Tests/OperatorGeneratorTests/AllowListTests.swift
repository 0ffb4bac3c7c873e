import Testing

@testable import OperatorGenerator

/// The list of operators that get a typed face.
struct AllowListTests {
  @Test func groupsAndNames() throws {
    let list = try AllowList(
      parsing: """
        # A comment
        ## Linear Algebra
        mm

        linalg_inv               inverse()
        sum.dim_IntList  sum(dim:keepdim:dtype:)
        ## Shape
        t
        """)
    #expect(list.groups.map(\.title) == ["Linear Algebra", "Shape"])
    #expect(list.groups.map(\.fileName) == ["Operators+LinearAlgebra", "Operators+Shape"])
    #expect(
      list.groups[0].entries == [
        AllowList.Entry(operatorName: "mm", swiftName: nil),
        AllowList.Entry(operatorName: "linalg_inv", swiftName: SwiftName(base: "inverse", labels: [])),
        AllowList.Entry(
          operatorName: "sum.dim_IntList",
          swiftName: SwiftName(base: "sum", labels: ["dim", "keepdim", "dtype"])),
      ])
  }

  @Test(arguments: [
    ("mm", "line 1: an operator before the first '## Title'"),
    ("## A\nmm\n## B\nmm", "line 4: mm is listed twice"),
    ("## A\nmm product", "not a Swift name with labels"),
    ("## A\nmm product(", "not a Swift name with labels"),
  ])
  func mistakesAreNamed(_ text: String, _ words: String) {
    let error = #expect(throws: SchemaError.self) { try AllowList(parsing: text) }
    #expect(error?.description.contains(words) == true)
  }
}
