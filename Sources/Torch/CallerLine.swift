// Swift's Backtrace; on Apple's systems it needs a newer one than this package asks for.
#if os(Linux) && canImport(Runtime)
  internal import Runtime

  /// The line outside this module that the present call came from: `Model.swift:12`. It is read from the stack and the
  /// debug information, which takes milliseconds: for the way to a trap only. Nil where the program has none.
  @inline(never)
  func callerLine() -> String? {
    let here = "\(#filePath)"
    guard let end = here.lastIndex(of: "/"),
      let trace = try? Backtrace.capture(limit: 32),
      let frames = trace.symbolicated(options: [.showSourceLocations, .showInlineFrames])?.frames
    else { return nil }
    // Generated files lie in a folder below this one.
    let folder = here[...end]
    for case let place? in frames.map({ $0.symbol?.sourceLocation }) {
      if place.line > 0, !place.path.hasPrefix(folder) {
        return "\(place.path.split(separator: "/").last ?? "?"):\(place.line)"
      }
    }
    return nil
  }
#else
  func callerLine() -> String? { nil }
#endif
