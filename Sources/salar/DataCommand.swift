import ArgumentParser
import Command
import Data
import Experiments
import Foundation

/// `salar data`: what sets there are, fetching, checking, looking.
struct DataCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "data", abstract: "Data sets: fetch them, check them, look at them.",
    subcommands: [DataList.self, DataGet.self, DataInfoCommand.self, DataShow.self])
}

extension DataSet.Split: ExpressibleByArgument {}
extension DataFormat: ExpressibleByArgument {}
extension PictureResize: ExpressibleByArgument {}
extension Picture.Channels: ExpressibleByArgument {}
extension ImageNetSubset: ExpressibleByArgument {}

/// A data set and how to take it.
struct DataOptions: ParsableArguments {
  @Argument(help: "A folder, an .npz or .csv file, or builtin:gray, builtin:color.")
  var path: String

  @Option(help: "Take the path for this format instead of looking.")
  var format: DataFormat?

  @Option(help: "Scale pictures of folders and tables to squares of this many pixels a side.")
  var size: Int?

  @Option(help: "How pictures come to that size.")
  var resize: PictureResize = .shortSideThenCrop

  @Option(help: "Channels of pictures of folders and tables.")
  var channels: Picture.Channels = .rgb

  @Option(help: "Ten classes of a folder with ImageNet.")
  var subset: ImageNetSubset?

  func open(_ split: DataSet.Split) throws -> DataSet {
    try DataCatalog.open(path, split: split, format: format, options: options)
  }

  private var options: DataCatalog.Options {
    .init(pictures: PictureOptions(size: size, resize: resize, channels: channels), subset: subset)
  }
}

struct DataList: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "Sets that can be fetched, and formats that can be read.",
    discussion: "Example: salar data list --json")

  @Flag(help: "One JSON document.")
  var json = false

  private struct Listing: Encodable {
    struct Format: Encodable {
      var name: String
      var files: String
    }

    var sources: [DataSource]
    var formats: [Format]
  }

  func run() throws {
    let formats = DataFormat.allCases.map { Listing.Format(name: $0.rawValue, files: $0.summary) }
    if json { return try CommandOutput.json(Listing(sources: DataSource.all, formats: formats)) }
    var sources = Table(["salar data get", "what it is", "source"])
    for source in DataSource.all { sources.append([source.name, source.title, source.source]) }
    try CommandOutput.line(sources.text + "\n")
    var table = Table(["format", "files"])
    for format in formats { table.append([format.name, format.files]) }
    try CommandOutput.line(table.text)
  }
}

struct DataGet: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "get", abstract: "Fetch a public data set from its publisher, check and unpack it.",
    discussion:
      "Example: salar data get cifar10 --to data/cifar10\nA broken download goes on where it stopped.")

  @Argument(help: "The set; `salar data list` has the names.")
  var name: String

  @Option(help: "The folder that it goes to; the name if not given.")
  var to: String?

  @Flag(help: "One JSON document.")
  var json = false

  @Flag(help: "Say what would be fetched from where, and stop.")
  var dryRun = false

  private struct Answer: Encodable {
    var folder: String
    /// Of the data set, once it is there.
    var format: String?
    var source: DataSource
  }

  func run() throws {
    guard let source = DataSource.named(name) else {
      let known = DataSource.all.map(\.name)
      throw CommandError(
        "unknown data set '\(name)'\(suggestion(for: name, among: known)); known: \(known.joined(separator: ", "))"
      )
    }
    let folder = to ?? name
    CommandOutput.remark("\(source.title)\nsource: \(source.source)")
    for file in source.files {
      CommandOutput.remark("  \(file.addresses[0])  \(file.checksum)")
    }
    if dryRun {
      if json { return try CommandOutput.json(Answer(folder: folder, source: source)) }
      return try CommandOutput.line("would go to \(folder)")
    }
    let meter = DownloadMeter()
    try source.fetch(to: folder) { meter.show($0, $1, $2) }
    meter.finish()
    let found = try DataCatalog.detect(folder)
    if json {
      return try CommandOutput.json(Answer(folder: folder, format: found.format.rawValue, source: source))
    }
    try CommandOutput.line("\(folder): \(found.format.rawValue), complete and checked")
  }
}

struct DataInfoCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "info", abstract: "Format, counts, classes, shape, mean and deviation.",
    discussion: "Example: salar data info data/cifar10 --json")

  @OptionGroup var data: DataOptions

  @Flag(help: "One JSON document.")
  var json = false

  func run() throws {
    let train = try data.open(.train)
    // A set without a test split is still worth describing; why it has none is said.
    var test: DataSet?
    do {
      test = try data.open(.test)
    } catch let error as DataError where error.isMissingSplit {
      CommandOutput.remark("no test split: \(error.message)")
    }
    let info = try DataInfo(train: train, test: test)
    if json { return try CommandOutput.json(info) }
    let numbers = { (values: [Double]) in values.map { String(format: "%.4f", $0) }.joined(separator: " ") }
    var table = Table(["", info.name])
    table.append(["format", info.format])
    table.append(["train", "\(info.train)"])
    table.append(["test", info.test.map { "\($0)" } ?? "none"])
    table.append(["shape", info.shape.map(String.init).joined(separator: "×")])
    table.append(["mean", numbers(info.mean)])
    table.append(["std", numbers(info.std)])
    table.append([
      "classes",
      "\(info.classes.count): " + info.classes.prefix(10).joined(separator: ", ")
        + (info.classes.count > 10 ? ", …" : ""),
    ])
    try CommandOutput.line(table.text)
  }
}

struct DataShow: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show", abstract: "A contact sheet: a row a class, as PNG.",
    discussion: "Example: salar data show data/cifar10 --out sheet.png --per-class 8")

  @OptionGroup var data: DataOptions

  @Option(help: "Which split.")
  var split: DataSet.Split = .train

  @Option(help: "Where the sheet goes (.png, or .jpg).")
  var out: String

  @Option(help: "Classes at most.")
  var rows = 20

  @Option(help: "Images a class at most.")
  var perClass = 10

  @OptionGroup var written: WrittenOptions

  mutating func validate() throws {
    if rows < 1 { throw ValidationError("--rows must be at least 1, found \(rows)") }
    if perClass < 1 { throw ValidationError("--per-class must be at least 1, found \(perClass)") }
  }

  func run() throws {
    let sheet = try ContactSheet.draw(try data.open(split), rows: rows, perClass: perClass)
    try PictureWriter.write(sheet, to: out)
    try written.report(
      [out], ["width": sheet.width, "height": sheet.height], remark: "\(out): \(sheet.width)×\(sheet.height)")
  }
}
