extension AugmentationPipeline {
  /// One member that recipes can name.
  private struct Known: Sendable {
    enum Made {
      case before(any Augmentation), after(any Augmentation), mixing(any BatchAugmentation)
    }
    let name: String
    let usage: String
    /// How many numbers may follow the name.
    let arguments: ClosedRange<Int>
    let make: @Sendable (Arguments) throws(DataError) -> Made
  }

  private static let known: [Known] = [
    Known(name: PadCrop.name, usage: "crop[:PADDING=4]", arguments: 0...1) { a throws(DataError) in
      .before(PadCrop(try a.whole(0, 0...4096) ?? 4))
    },
    Known(name: HorizontalFlip.name, usage: "flip[:PROBABILITY=0.5]", arguments: 0...1) {
      a throws(DataError) in
      .before(HorizontalFlip(try a.number(0, 0...1) ?? 0.5))
    },
    Known(
      name: RandomResizedCrop.name, usage: "resized-crop:SIZE[:LOW=0.08[:HIGH=1]]", arguments: 1...3
    ) { a throws(DataError) in
      let (low, high) = (try a.number(1, 1e-6...1) ?? 0.08, try a.number(2, 1e-6...1) ?? 1)
      guard low <= high else { throw a.error("the lower share \(low) is above the upper one \(high)") }
      return .before(RandomResizedCrop(try a.whole(0, 1...65_536)!, scale: low...high))
    },
    Known(
      name: ColorJitter.name, usage: "jitter:BRIGHTNESS[:CONTRAST[:SATURATION[:HUE]]]", arguments: 1...4
    ) { a throws(DataError) in
      .before(
        ColorJitter(
          brightness: try a.number(0, 0...1e3)!, contrast: try a.number(1, 0...1e3) ?? 0,
          saturation: try a.number(2, 0...1e3) ?? 0, hue: try a.number(3, 0...0.5) ?? 0))
    },
    Known(name: GaussianNoise.name, usage: "noise:SIGMA", arguments: 1...1) { a throws(DataError) in
      .before(GaussianNoise(try a.number(0, 0...1e6)!))
    },
    Known(
      name: Cutout.name, usage: "cutout[:SIDE=16[:PROBABILITY=0.5]]", arguments: 0...2
    ) { a throws(DataError) in
      .after(Cutout(try a.whole(0, 1...65_536) ?? 16, probability: try a.number(1, 0...1) ?? 0.5))
    },
    Known(
      name: DSA.name, usage: "dsa[:STRATEGY=color_crop_cutout_flip_scale_rotate[:siamese]]", arguments: 0...2
    ) { a throws(DataError) in
      guard let strategy = a.text(0) else { return .after(DSA()) }
      let mode = a.text(1).map { DSA.Mode(rawValue: $0) } ?? .perImage
      guard let mode else {
        throw a.error("no mode '\(a.text(1)!)'; there are: per-image, siamese")
      }
      return .after(try DSA(strategy: strategy, mode: mode))
    },
    Known(name: Mixup.name, usage: "mixup[:ALPHA=0.2]", arguments: 0...1) { a throws(DataError) in
      .mixing(Mixup(try a.number(0, 1e-6...1e6) ?? 0.2))
    },
    Known(name: CutMix.name, usage: "cutmix[:ALPHA=1]", arguments: 0...1) { a throws(DataError) in
      .mixing(CutMix(try a.number(0, 1e-6...1e6) ?? 1))
    },
  ]

  /// Where the preprocessing happens.
  private static let marker = "normalize"

  /// What a text can name, with arguments: `crop[:PADDING=4]`, …
  public static var usage: [String] { known.map(\.usage) + [marker] }

  /// `crop:4,flip,normalize,cutout:16:0.5`; `none` or nothing for no augmentation.
  ///
  /// - Throws: ``DataError`` for an unknown name (with the known ones), a number that is none or out of range, a second
  ///   `normalize`, or a member on the wrong side of it.
  public init(parsing text: String) throws(DataError) {
    var members: [Known.Made] = []
    var place: Int?
    let words =
      text == "none" || text.isEmpty ? [] : text.split(separator: ",", omittingEmptySubsequences: false)
    for word in words {
      let parts = word.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
      let arguments = Arguments(word: String(word), values: Array(parts.dropFirst()))
      if parts[0] == Self.marker {
        guard parts.count == 1 else { throw arguments.error("normalize takes no numbers") }
        guard place == nil else { throw DataError("augmentation '\(text)': normalize happens once") }
        place = members.count
        continue
      }
      guard let known = Self.known.first(where: { $0.name == parts[0] }) else {
        throw DataError(
          "augmentation '\(text)': no augmentation '\(parts[0])'; there are: \(Self.usage.joined(separator: ", "))"
        )
      }
      guard known.arguments.contains(parts.count - 1) else {
        throw arguments.error("it is written \(known.usage)")
      }
      members.append(try known.make(arguments))
    }

    var before: [any Augmentation] = []
    var after: [any Augmentation] = []
    var mixing: [any BatchAugmentation] = []
    for (index, member) in members.enumerated() {
      switch member {
      case .before(let augmentation):
        let isBefore = place.map { index < $0 } ?? true
        if isBefore {
          before.append(augmentation)
        } else if augmentation is ColorJitter {
          throw DataError("augmentation '\(text)': jitter needs pixels in 0…1, so it comes before normalize")
        } else {
          after.append(augmentation)
        }
      case .after(let augmentation):
        let isAfter = place.map { index >= $0 } ?? true
        if isAfter { after.append(augmentation) } else { before.append(augmentation) }
      case .mixing(let augmentation): mixing.append(augmentation)
      }
    }
    self.init(before: before, after: after, mixing: mixing, text: words.isEmpty ? "" : text)
  }

  /// What follows a name.
  struct Arguments {
    let word: String
    let values: [String]

    func error(_ message: String) -> DataError { DataError("augmentation '\(word)': \(message)") }

    func text(_ index: Int) -> String? { index < values.count ? values[index] : nil }

    func whole(_ index: Int, _ range: ClosedRange<Int>) throws(DataError) -> Int? {
      guard let text = text(index) else { return nil }
      guard let value = Int(text), range.contains(value) else {
        throw error("'\(text)' is no whole number in \(range.lowerBound)…\(range.upperBound)")
      }
      return value
    }

    func number(_ index: Int, _ range: ClosedRange<Double>) throws(DataError) -> Double? {
      guard let text = text(index) else { return nil }
      guard let value = Double(text), range.contains(value) else {
        throw error("'\(text)' is no number in \(range.lowerBound)…\(range.upperBound)")
      }
      return value
    }
  }
}
