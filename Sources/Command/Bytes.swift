extension Int {
  /// A number of bytes for a person: `7.7 GB`, `61 MB`.
  public var bytesText: String {
    let (unit, size): (String, Double) =
      self >= 1_000_000_000 ? ("GB", 1e9) : self >= 1_000_000 ? ("MB", 1e6) : ("kB", 1e3)
    let value = (Double(self) / size * 10).rounded() / 10
    return value >= 10 ? "\(Int(value.rounded())) \(unit)" : "\(value) \(unit)"
  }
}
