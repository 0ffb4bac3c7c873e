import Command
import Networks
import Sharpness
import Training

/// Every step rule by name: one line here makes a rule known to `--rule`, to recipes and to their help.
public enum RuleCatalog: SettingsCatalog {
  public static var noun: String { "rule" }

  /// A program of its own may add to it: `RuleCatalog.$all.withValue(RuleCatalog.all + [MyRule.Settings.self]) { … }`.
  @TaskLocal public static var all: [any RuleSettings.Type] = [
    GradientStep.Settings.self, SAM.Settings.self, ASAM.Settings.self, GSAM.Settings.self,
    LookSAM.Settings.self,
    MSAM.Settings.self, ESAM.Settings.self, StaleESAM.Settings.self,
  ]

  public static var kinds: [any NamedSettings.Type] { all }
}

/// Every regulariser by name, likewise.
public enum RegulariserCatalog: SettingsCatalog {
  public static var noun: String { "regulariser" }

  @TaskLocal public static var all: [any RegulariserSettings.Type] = [SAF.Settings.self, MESA.Settings.self]

  public static var kinds: [any NamedSettings.Type] { all }
}

extension SettingsCatalog {
  /// Names, summaries and keys with their defaults, for `--help`; empty if there is no entry.
  public static var summary: String {
    kinds.map { kind in
      let defaults = (try? SettingsTree(kind.init()))?.leaves ?? []
      let keys = kind.help.map { key, meaning in
        let value = defaults.first { $0.path.joined(separator: ".") == key }.map { "=\($0.value)" } ?? ""
        return "\n    \(key)\(value)  \(meaning)"
      }
      return "  \(kind.name): \(kind.summary)\(keys.joined())"
    }.joined(separator: "\n")
  }
}

public typealias RuleChoice = Choice<RuleCatalog>

extension Choice<RuleCatalog> {
  /// - Throws: ``TrainingError`` for settings that make no rule.
  public func make(_ optimizer: any Optimizer, _ context: MethodContext) throws -> any StepRule {
    guard let settings = try decoded() as? any RuleSettings else {
      throw CommandError("rule \(name): its settings make no rule")
    }
    return try settings.rule(optimizer, context)
  }
}
