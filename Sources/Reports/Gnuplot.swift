import Command
import Foundation

/// The program that draws the figures.
public enum Gnuplot {
  public static var isInstalled: Bool { executable != nil }

  /// What to do without it.
  public static let missing = """
    gnuplot, which draws the figures, is not installed; install it with: apt-get install gnuplot-nox (Debian, Ubuntu), \
    dnf install gnuplot (Fedora), or brew install gnuplot (macOS)
    """

  static func draw(
    _ plot: Plot, _ name: String, _ folder: URL, _ size: (width: Int, height: Int), _ timeout: Double
  ) throws(CommandError) -> DrawnFigure {
    precondition(
      name.wholeMatch(of: /[A-Za-z0-9_\-][A-Za-z0-9_\-.]*/) != nil,
      "a figure's name is letters and digits, found \(name)")
    guard let executable else { throw CommandError(missing) }
    let figure = DrawnFigure(
      svg: folder.appendingPathComponent("\(name).svg"),
      darkSVG: folder.appendingPathComponent("\(name)-dark.svg"),
      png: folder.appendingPathComponent("\(name).png"), script: folder.appendingPathComponent("\(name).gp"),
      data: folder.appendingPathComponent("\(name).dat"))
    try write(plot.data, to: figure.data)
    try write(script(plot, name, size), to: figure.script)
    for (flags, result) in [
      ("dark=0; png=0", figure.svg), ("dark=1; png=0", figure.darkSVG), ("dark=0; png=1", figure.png),
    ] {
      try? FileManager.default.removeItem(at: result)
      let (status, message) = try run(
        executable, ["-d", "-e", flags, figure.script.lastPathComponent], in: folder, timeout)
      let drawn = (try? Data(contentsOf: result)) ?? Data()
      guard status == 0, !drawn.isEmpty else {
        throw CommandError(
          "\(figure.script.path): gnuplot could not draw it: \(message.isEmpty ? "no message" : message)")
      }
    }
    for file in [figure.svg, figure.darkSVG] { try improve(file) }
    return figure
  }

  /// Okabe and Ito's colours, which people with any kind of colour vision tell apart; lighter on dark paper.
  private static let light = ["#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#666666"]
  private static let dark = ["#56B4E9", "#F0803C", "#2FC79A", "#DE9CC1", "#F2B632", "#8FA8FF", "#B0B0B0"]

  private static func script(_ plot: Plot, _ name: String, _ size: (width: Int, height: Int)) -> String {
    func colours(_ list: [String]) -> String {
      list.enumerated().map { "C\($0.offset + 1) = '\($0.element)'" }.joined(separator: "; ")
    }
    return """
      # gnuplot \(name).gp draws \(name).svg;
      # gnuplot -e 'dark=1' and gnuplot -e 'png=1' draw \(name)-dark.svg and \(name).png.
      if (!exists('dark')) dark = 0
      if (!exists('png')) png = 0
      set encoding utf8
      DATA = '\(name).dat'
      if (dark) {
        INK = '#E4E8EE'; SOFT = '#A9B3BF'; GRID = '#333A44'; PAPER = '#14171C'
        \(colours(dark))
      } else {
        INK = '#1C2128'; SOFT = '#59636E'; GRID = '#E3E7EB'; PAPER = '#FFFFFF'
        \(colours(light))
      }
      if (png) {
        set terminal pngcairo noenhanced size \(size.width * 2),\(size.height * 2) font 'Helvetica,14' fontscale 1.45 \
      linewidth 2 pointscale 2 background rgb PAPER
        set output '\(name).png'
      } else {
        set terminal svg noenhanced size \(size.width),\(size.height) font 'Helvetica,14' linewidth 1 background PAPER
        set output (dark ? '\(name)-dark.svg' : '\(name).svg')
      }
      \(style.joined(separator: "\n"))
      \(plot.commands.joined(separator: "\n"))

      """
  }

  /// How all charts look.
  static let style = [
    "set minussign", "set border 3 linewidth 1 linecolor rgb SOFT",
    "set tics nomirror out scale 0.5 textcolor rgb SOFT",
    "set grid ytics linetype 1 linewidth 1 linecolor rgb GRID", "set rmargin 3",
    "set key below left horizontal Left reverse samplen 2 width 2 height 0.8 textcolor rgb INK noautotitle",
  ]

  /// Names fonts that a browser has.
  private static func improve(_ file: URL) throws(CommandError) {
    guard let text = try? String(contentsOf: file, encoding: .utf8) else { return }
    let fonts = "system-ui, -apple-system, Segoe UI, Roboto, Helvetica, Arial, sans-serif"
    try write(text.replacing("font-family=\"Helvetica\"", with: "font-family=\"\(fonts)\""), to: file)
  }

  private static func write(_ text: String, to url: URL) throws(CommandError) {
    do {
      try Data(text.utf8).write(to: url, options: .atomic)
    } catch {
      throw CommandError(
        "\(url.path): cannot be written: \(error.localizedDescription); check the folder and its room")
    }
  }

  // MARK: Running it

  private static var executable: URL? {
    let path = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/local/bin:/usr/bin:/bin"
    return path.split(separator: ":").lazy.map {
      URL(fileURLWithPath: String($0)).appendingPathComponent("gnuplot")
    }
    .first { FileManager.default.isExecutableFile(atPath: $0.path) }
  }

  /// The status and the end of what it said. A process that takes too long is ended.
  static func run(
    _ executable: URL, _ arguments: [String], in folder: URL, _ timeout: Double
  ) throws(CommandError) -> (status: Int32, message: String) {
    let process = Process()
    process.executableURL = executable
    process.arguments = arguments
    process.currentDirectoryURL = folder
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = FileHandle.nullDevice
    // A file, as nobody empties a pipe while this waits.
    let log = FileManager.default.temporaryDirectory.appendingPathComponent(
      "salar-gnuplot-\(UUID().uuidString).log")
    _ = FileManager.default.createFile(atPath: log.path, contents: nil)
    defer { try? FileManager.default.removeItem(at: log) }
    process.standardError = (try? FileHandle(forWritingTo: log)) ?? .nullDevice
    let end = DispatchSemaphore(value: 0)
    process.terminationHandler = { _ in end.signal() }
    do {
      try process.run()
    } catch {
      throw CommandError("\(executable.path): cannot be run: \(error.localizedDescription)")
    }
    if end.wait(timeout: .now() + timeout) == .timedOut {
      kill(process.processIdentifier, SIGKILL)
      end.wait()
      throw CommandError("gnuplot was stopped: it took longer than \(timeout) seconds")
    }
    let text = (try? String(contentsOf: log, encoding: .utf8)) ?? ""
    return (
      process.terminationStatus, String(text.suffix(1000)).trimmingCharacters(in: .whitespacesAndNewlines)
    )
  }
}
