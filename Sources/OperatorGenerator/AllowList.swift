/// The operators that get a typed face, in groups; each group becomes one C++ and one Swift file.
///
/// A line holds the operator's full name and, where the rule for Swift names would read badly, the Swift name with
/// its labels: `sum.dim_IntList  sum(dim:keepdim:dtype:)`. `## Title` opens a group, `#` a comment.
struct AllowList {
  struct Entry: Equatable {
    var operatorName: String
    var swiftName: SwiftName?
  }

  struct Group {
    var title: String
    var entries: [Entry]
    /// `Operators+Title`: the file's name without its ending.
    var fileName: String { "Operators+" + title.split(separator: " ").joined() }
  }

  var groups: [Group] = []

  init(parsing text: String) throws {
    var seen: Set<String> = []
    for (number, rawLine) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
      let line = rawLine.trimmingSpaces()
      if line.hasPrefix("## ") {
        groups.append(Group(title: String(line.dropFirst(3)), entries: []))
        continue
      }
      if line.isEmpty || line.hasPrefix("#") { continue }
      guard !groups.isEmpty else {
        throw SchemaError(
          description: "allow-list line \(number + 1): an operator before the first '## Title'")
      }
      let parts = line.split(separator: " ", maxSplits: 1).map { $0.trimmingSpaces() }
      guard seen.insert(parts[0]).inserted else {
        throw SchemaError(description: "allow-list line \(number + 1): \(parts[0]) is listed twice")
      }
      let swiftName = parts.count > 1 ? try SwiftName(parsing: parts[1]) : nil
      groups[groups.count - 1].entries.append(Entry(operatorName: parts[0], swiftName: swiftName))
    }
  }
}

/// `sum(dim:keepdim:)`
struct SwiftName: Equatable {
  var base: String
  var labels: [String]

  init(base: String, labels: [String]) {
    self.base = base
    self.labels = labels
  }

  init(parsing text: String) throws {
    guard let open = text.firstIndex(of: "("), text.hasSuffix(")") else {
      throw SchemaError(description: "not a Swift name with labels: \(text)")
    }
    base = String(text[..<open])
    labels = text[text.index(after: open)...].dropLast().split(separator: ":").map(String.init)
  }
}
