// Text that somebody else chose.

/// Text out of a file, for a message: control characters escaped (they could drive a terminal), long ones cut.
func quoted(_ text: String) -> String {
  let limit = 80
  var result = "'"
  for scalar in text.unicodeScalars.prefix(limit) {
    switch scalar.properties.generalCategory {
    case .control, .format, .lineSeparator, .paragraphSeparator, .privateUse, .unassigned:
      result += "\\u{\(String(scalar.value, radix: 16))}"
    default: result.unicodeScalars.append(scalar)
    }
  }
  return result + (text.unicodeScalars.dropFirst(limit).isEmpty ? "'" : "…'")
}

extension String {
  /// Whether no more than 30 combining marks follow each other, Unicode's stream-safe format (UAX #15).
  ///
  /// Swift compares and hashes strings in a normal form, and sorting such a run for it takes the square of its length:
  /// a name of a megabyte could hold a program for minutes.
  var isStreamSafe: Bool {
    if utf8.allSatisfy({ $0 < 0x80 }) { return true }
    var run = 0
    for scalar in unicodeScalars {
      run = scalar.properties.canonicalCombiningClass == .notReordered ? 0 : run + 1
      if run > 30 { return false }
    }
    return true
  }
}

/// What a name is told that is not stream-safe.
let tooManyMarks = "has more than 30 combining marks in a row, which no name needs"
