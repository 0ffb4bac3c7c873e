import Testing

@testable import Command

private enum Colour: String, Codable { case red, green }

private struct Inner: Codable, Equatable {
  var rho = 0.05
  var steps = 3
}

private struct Optionals: Codable, Equatable {
  var clip: Double?
  var label: String?
  var decay: Double? = 0.1
  var inner: Inner?
  var table: [String: Int] = [:]
  var parts: [Inner] = []
}

/// A group whose keys depend on its kind.
private enum Choice: Codable, Equatable {
  case plain(rate: Double)
  case sharp(rho: Double)

  enum Keys: String, CodingKey { case kind, rate, rho }

  init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: Keys.self)
    if try container.decode(String.self, forKey: .kind) == "plain" {
      self = .plain(rate: try container.decodeIfPresent(Double.self, forKey: .rate) ?? 1)
    } else {
      self = .sharp(rho: try container.decodeIfPresent(Double.self, forKey: .rho) ?? 0.05)
    }
  }

  func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: Keys.self)
    switch self {
    case .plain(let rate):
      try container.encode("plain", forKey: .kind)
      try container.encode(rate, forKey: .rate)
    case .sharp(let rho):
      try container.encode("sharp", forKey: .kind)
      try container.encode(rho, forKey: .rho)
    }
  }
}

private struct Chosen: Codable, Equatable {
  var rule = Choice.plain(rate: 2)
}

private struct Settings: Codable, Equatable {
  var width = 128
  var rate = 1.0
  var name = "a"
  var flag = false
  var colour = Colour.red
  var hidden = [128, 64]
  var rule = Inner()
}

@Suite struct OverridesTests {
  private func apply(_ texts: String...) throws -> Settings {
    try Overrides(parsing: texts).applied(to: Settings(), subject: "network test")
  }

  private func message(_ texts: String...) -> String {
    do {
      _ = try Overrides(parsing: texts).applied(to: Settings(), subject: "network test")
      return "no error"
    } catch {
      return error.message
    }
  }

  @Test func setsEveryKind() throws {
    let settings = try apply(
      "width=64", "rate=0.5", "name=b=c", "flag=true", "colour=green", "hidden=1,2,3", "rule.rho=1e-3")
    var expected = Settings()
    expected.width = 64
    expected.rate = 0.5
    expected.name = "b=c"
    expected.flag = true
    expected.colour = .green
    expected.hidden = [1, 2, 3]
    expected.rule.rho = 1e-3
    #expect(settings == expected)
  }

  @Test func wholeNumbersFitDoublesAndTheLastAssignmentWins() throws {
    let settings = try apply("rate=2", "width=1", "width=7", "hidden=")
    #expect(settings.rate == 2)
    #expect(settings.width == 7)
    #expect(settings.hidden == [])
  }

  /// `{}` says that a group is there: with its defaults where it was not, unchanged where it was.
  @Test func emptyGroups() throws {
    var settings = Settings()
    settings.rule.rho = 0.2
    #expect(try Overrides(parsing: ["rule={}"]).applied(to: settings, subject: "test") == settings)
    let table = try Overrides(parsing: ["table={}", "clip=1"]).applied(to: Optionals(), subject: "test")
    #expect(table.table.isEmpty && table.clip == 1)
    #expect(message("width={}").contains("width must be a number"))
    #expect(message("rule=1").contains("rule is a group; set one of its keys"))
  }

  @Test func unknownKeysAreRefusedWithTheNearest() {
    #expect(
      message("widht=64")
        == "network test: unknown key 'widht' (did you mean 'width'?); "
        + "known: colour, flag, hidden, name, rate, rule, width")
    #expect(message("zzz=1").hasPrefix("network test: unknown key 'zzz'; known:"))
    #expect(message("rule.roh=1").contains("unknown key 'roh' in rule (did you mean 'rho'?)"))
    #expect(message("width.x=1") == "network test: width is one value and has no key 'x'")
  }

  @Test func wrongTypesAreRefused() {
    #expect(message("width=many") == "network test: width must be a number, found 'many'")
    #expect(message("width=1.5") == "network test: width=1.5: expected a whole number")
    #expect(message("flag=1") == "network test: flag must be true or false, found '1'")
    #expect(message("rate=nan") == "network test: rate must be a number, found 'nan'")
    #expect(message("hidden=1,x") == "network test: hidden must be a number, found 'x'")
    #expect(message("rule=3") == "network test: rule is a group; set one of its keys")
    #expect(message("colour=blue").hasPrefix("network test: colour=blue:"))
    #expect(message("width=99999999999999999999") != "no error")
  }

  @Test func fractionsAreNumbers() throws {
    #expect(try apply("rate=8/255").rate == 8.0 / 255)
    #expect(message("rate=8/0") == "network test: rate must be a number, found '8/0'")
    #expect(message("rate=1/2/3").contains("must be a number"))
    #expect(message("width=8/3").contains("expected a whole number"))
  }

  @Test func keysThatHoldNothingAreKeys() throws {
    func apply(_ texts: String...) throws -> Optionals {
      try Overrides(parsing: texts).applied(to: Optionals(), subject: "test")
    }
    #expect(try apply("clip=2").clip == 2)
    #expect(try apply("clip=none") == Optionals())
    #expect(try apply("label=64").label == "64")
    #expect(try apply("decay=none").decay == nil)
    #expect(try apply("decay=none", "decay=3").decay == 3)
    #expect(try apply("table.a=1", "table.b=2").table == ["a": 1, "b": 2])
    #expect(
      throws: CommandError(
        "test: unknown key 'clp' (did you mean 'clip'?); known: clip, decay, inner, label, parts, table")
    ) {
      try apply("clp=2")
    }
    #expect(throws: CommandError("test: decay must be a number, found 'much'")) { try apply("decay=much") }
    #expect(throws: CommandError.self) { try apply("clip=much") }
  }

  @Test func groupsInListsAreChecked() throws {
    func apply(_ members: [String: Overrides.Value]) throws -> Optionals {
      try Overrides([.init(path: ["parts"], value: .list([.group(members)]), place: "r.yaml:3")])
        .applied(to: Optionals(), subject: "test")
    }
    #expect(try apply(["rho": .text("1"), "steps": .text("2")]).parts == [Inner(rho: 1, steps: 2)])
    #expect(throws: CommandError("r.yaml:3: test: parts has no key 'roh'")) {
      try apply(["rho": .text("1"), "steps": .text("2"), "roh": .text("3")])
    }
    #expect(throws: CommandError.self) { try apply(["rho": .text("1")]) }
  }

  @Test func keysOfAChosenKindComeInAnyOrder() throws {
    for texts in [["rule.kind=sharp", "rule.rho=0.1"], ["rule.rho=0.1", "rule.kind=sharp"]] {
      let chosen = try Overrides(parsing: texts).applied(to: Chosen(), subject: "test")
      #expect(chosen.rule == .sharp(rho: 0.1))
    }
    #expect(throws: CommandError("test: unknown key 'rho' in rule; known: kind, rate")) {
      try Overrides(parsing: ["rule.rho=0.1"]).applied(to: Chosen(), subject: "test")
    }
  }

  @Test func changesAreListedAsDeclared() throws {
    let tree = try SettingsTree(apply("rule.rho=1", "width=5", "hidden=1"))
    let changes = tree.changes(from: try SettingsTree(Settings()))
    #expect(
      changes.map(\.description) == [
        "width=5 (was 128)", "hidden=1 (was 128,64)", "rule.rho=1 (was 0.05)",
      ])
  }

  @Test func malformedAssignmentsAreRefused() {
    #expect(message("width") == "--set width: expected key=value")
    #expect(message("=3") == "--set =3: expected key=value")
    #expect(message("rule..rho=3").contains("empty part"))
  }
}

@Suite struct SuggestionTests {
  @Test func countsEdits() {
    #expect(editDistance("kitten", "sitting") == 3)
    #expect(editDistance("ab", "ba") == 1)
    #expect(editDistance("", "abc") == 3)
    #expect(editDistance("same", "same") == 0)
  }

  @Test func offersOnlyWhatIsNear() {
    #expect(nearest("convnt", among: ["mlp", "convnet"]) == "convnet")
    #expect(nearest("elephant", among: ["mlp", "convnet"]) == nil)
    #expect(nearest("x", among: []) == nil)
  }
}

@Suite struct TableTests {
  @Test func alignsNumbersToTheRight() {
    var table = Table(["name", "count"])
    table.append(["a", "5"])
    table.append(["long", "1,234"])
    #expect(table.text == "name  count\n────  ─────\na         5\nlong  1,234")
  }
}
