/// A plain text table: columns as wide as their widest cell, numbers to the right.
public struct Table: Sendable {
  public let header: [String]
  public private(set) var rows: [[String]] = []

  public init(_ header: [String]) { self.header = header }

  public mutating func append(_ row: [String]) {
    precondition(row.count == header.count, "\(header.count) cells a row, found \(row.count)")
    rows.append(row)
  }

  /// The lines, with a rule under the header.
  public var text: String {
    let widths = header.indices.map { column in
      ([header] + rows).map { $0[column].count }.max()!
    }
    let isNumber = header.indices.map { column in
      !rows.isEmpty && rows.allSatisfy { row in row[column].first.map { $0.isNumber || $0 == "-" } ?? true }
    }
    func line(_ cells: [String]) -> String {
      let padded = cells.enumerated().map { column, cell in
        let space = String(repeating: " ", count: widths[column] - cell.count)
        return isNumber[column] ? space + cell : cell + space
      }
      var text = padded.joined(separator: "  ")
      while text.last == " " { text.removeLast() }
      return text
    }
    let rule = widths.map { String(repeating: "─", count: $0) }.joined(separator: "  ")
    return ([line(header), rule] + rows.map(line)).joined(separator: "\n")
  }
}
