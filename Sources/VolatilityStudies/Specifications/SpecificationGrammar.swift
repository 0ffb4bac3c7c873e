import Command
import Volatility

/// The words of one part of a specification, with what is said where a text is none of them.
struct SpecificationGrammar: Sendable {
  /// What the words name: `variance`.
  let subject: String
  /// As users read them, in the order of a help text: `garch:P,Q`. What stands before the colon is the name.
  let forms: [String]
  /// Other names that the field has, without hyphens, by the one used here.
  var synonyms: [String: String] = [:]

  private var names: [String] {
    var names: [String] = []
    for form in forms {
      let name = String(form.prefix { $0 != ":" && $0 != "[" })
      if !names.contains(name), name.contains(where: \.isLowercase) { names.append(name) }
    }
    return names
  }

  /// `name:argument,…` with the name in its usual spelling.
  ///
  /// - Throws: `VolatilityError` for an unknown name or an empty argument.
  func read(_ text: some StringProtocol) throws(VolatilityError) -> (name: String, arguments: [String]) {
    let trimmed = text.trimmed
    let parts = trimmed.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
    let word = parts.first.map { $0.trimmed.lowercased() } ?? ""
    let plain = word.filter { $0 != "-" && $0 != "_" && $0 != " " }
    let spelled = names.first { $0 == word || $0.filter { $0 != "-" } == plain } ?? synonyms[plain]
    guard let name = spelled else { throw unknown(word, in: trimmed) }
    guard parts.count == 2 else { return (name, []) }
    let arguments = parts[1].split(separator: ",", omittingEmptySubsequences: false).map { $0.trimmed }
    guard !arguments.contains("") else { throw fail(trimmed, "a number is missing") }
    return (name, arguments)
  }

  func unknown(_ word: String, in text: String) -> VolatilityError {
    let found = word.isEmpty ? "no \(subject) is named in '\(text)'" : "there is no \(subject) '\(word)'"
    return VolatilityError(
      .specification,
      found + suggestion(for: word, among: names) + "; known: " + forms.joined(separator: ", "))
  }

  func fail(_ text: some StringProtocol, _ reason: String) -> VolatilityError {
    VolatilityError(
      .specification, "\(subject) '\(text)': \(reason); known: " + forms.joined(separator: ", "))
  }

  /// Whole numbers in a range.
  func wholes(
    _ arguments: some Collection<String>, of text: some StringProtocol, in range: ClosedRange<Int>
  ) throws(VolatilityError) -> [Int] {
    var numbers: [Int] = []
    for argument in arguments {
      guard let number = Int(argument), range.contains(number) else {
        throw fail(
          text,
          "'\(argument)' stands where a whole number from \(range.lowerBound) to \(range.upperBound) was expected"
        )
      }
      numbers.append(number)
    }
    return numbers
  }

  /// - Throws: `VolatilityError` unless there are none.
  func none(_ arguments: [String], of text: some StringProtocol, _ name: String) throws(VolatilityError) {
    guard arguments.isEmpty else { throw fail(text, "'\(name)' takes no numbers") }
  }

  /// A finite number.
  func number(_ argument: some StringProtocol, of text: some StringProtocol) throws(VolatilityError)
    -> Double
  {
    guard let value = Double(String(argument)), value.isFinite else {
      throw fail(text, "'\(argument)' stands where a number was expected")
    }
    return value
  }
}

extension StringProtocol {
  /// Without spaces at the ends.
  var trimmed: String {
    var part = self[...]
    while let first = part.first, first.isWhitespace { part = part.dropFirst() }
    while let last = part.last, last.isWhitespace { part = part.dropLast() }
    return String(part)
  }
}

/// A number as specifications write it: `1`, `0.94`.
func specificationNumber(_ value: Double) -> String {
  value == value.rounded() && abs(value) < 1e15 ? String(Int(value)) : "\(value)"
}
