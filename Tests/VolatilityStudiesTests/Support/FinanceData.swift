import Foundation
import Volatility

/// The finance series beside the package: `$SALAR_DATA`, or `shared/data` in a folder above the sources.
enum FinanceData {
  static let root: URL? = {
    if let given = ProcessInfo.processInfo.environment["SALAR_DATA"], !given.isEmpty {
      return URL(fileURLWithPath: given)
    }
    var folder = URL(fileURLWithPath: #filePath)
    while folder.path.count > 1 {
      folder.deleteLastPathComponent()
      let data = folder.appendingPathComponent("shared/data")
      if FileManager.default.fileExists(atPath: data.path) { return data }
    }
    return nil
  }()

  static let isPresent =
    root.map {
      FileManager.default.fileExists(atPath: $0.appendingPathComponent("finance/dem2gbp.csv").path)
    } ?? false
  static let missing = "needs finance/dem2gbp.csv and others in $SALAR_DATA or ../shared/data"

  /// Columns of numbers by name; fields that are none are NaN.
  static func columns(_ file: String) throws -> [String: [Double]] {
    let text = try String(contentsOf: root!.appendingPathComponent("finance/\(file)"), encoding: .utf8)
    let rows = text.split(whereSeparator: \.isNewline).map {
      $0.split(separator: ",", omittingEmptySubsequences: false)
    }
    var columns: [String: [Double]] = [:]
    for (k, name) in rows[0].enumerated() {
      columns[String(name)] = rows.dropFirst().map { Double($0[k]) ?? .nan }
    }
    return columns
  }

  static func marks() throws -> [Double] { try columns("dem2gbp.csv")["DEM2GBP"]! }
}

/// 106 trading days of 2020: `rHC`, `rEN`, `rM`, `csadHC`, `GI` and others.
enum ReferencePanel {
  static func read() throws -> Panel {
    try Panel(reading: FinanceData.root!.appendingPathComponent("finance/panel_health_energy_2020.csv").path)
  }
}
