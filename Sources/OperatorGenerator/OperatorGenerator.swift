import Foundation
import Yams

/// Writes the faces of the allow-listed operators; with `--check` it writes nothing and fails if anything would change.
///
///     ./run generate [--check] [--schemas native_functions.yaml]
@main
struct OperatorGenerator {
  static func main() {
    do {
      try run(Array(CommandLine.arguments.dropFirst()))
    } catch {
      FileHandle.standardError.write(Data("operator-generator: \(error)\n".utf8))
      exit(1)
    }
  }

  static func run(_ arguments: [String]) throws {
    var check = false
    var schemaPath = ".libtorch/torchgen/packaged/ATen/native/native_functions.yaml"
    var rest = arguments[...]
    while let argument = rest.popFirst() {
      switch argument {
      case "--check": check = true
      case "--schemas":
        guard let path = rest.popFirst() else { throw SchemaError(description: "--schemas needs a path") }
        schemaPath = path
      default: throw SchemaError(description: "unknown argument \(argument)")
      }
    }

    guard let yaml = try? String(contentsOfFile: schemaPath, encoding: .utf8) else {
      throw SchemaError(
        description: "cannot read the operator schemas at \(schemaPath); they ship in the Python wheel: "
          + "run ./run setup without $LIBTORCH, or give --schemas")
    }
    let allowListPath = "Sources/OperatorGenerator/operators.txt"
    let allowList = try AllowList(parsing: String(contentsOfFile: allowListPath, encoding: .utf8))
    let files = try generatedFiles(schemas: schemas(yaml, allowList), allowList: allowList)
    let stale = staleFiles(besides: Set(files.keys))

    var changed: [String] = stale
    for (path, text) in files where (try? String(contentsOfFile: path, encoding: .utf8)) != text {
      changed.append(path)
      if check { continue }
      let folder = URL(fileURLWithPath: path).deletingLastPathComponent()
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
      try text.write(toFile: path, atomically: true, encoding: .utf8)
    }
    let count = allowList.groups.map(\.entries.count).reduce(0, +)
    if check, !changed.isEmpty {
      throw SchemaError(
        description:
          "these files are not what the generator writes: \(changed.sorted().joined(separator: ", ")); "
          + "run ./run generate and commit")
    }
    if !check { for path in stale { try FileManager.default.removeItem(atPath: path) } }
    print("\(count) operators, \(files.count) files, \(changed.count) changed")
  }

  /// The schemas that the allow-list names. The file holds thousands: only their entries are parsed.
  static func schemas(_ yaml: String, _ allowList: AllowList) throws -> [String: Schema] {
    let wanted = Set(allowList.groups.flatMap(\.entries).map(\.operatorName))
    var result: [String: Schema] = [:]
    for entry in yaml.components(separatedBy: "\n- func: ").dropFirst() {
      guard let open = entry.firstIndex(of: "("), wanted.contains(String(entry[..<open])) else { continue }
      guard let fields = try Yams.load(yaml: "- func: " + entry) as? [[String: Any]],
        let text = fields.first?["func"] as? String
      else { throw SchemaError(description: "cannot read the entry of \(entry[..<open])") }
      let schema = try Schema(parsing: text)
      result[schema.fullName] = schema
    }
    return result
  }

  /// Generated files of groups that are gone.
  static func staleFiles(besides paths: Set<String>) -> [String] {
    ["Sources/CTorch/Generated", "Sources/Torch/Generated"].flatMap { folder in
      let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
      return names.map { "\(folder)/\($0)" }.filter { !paths.contains($0) }
    }
  }
}
