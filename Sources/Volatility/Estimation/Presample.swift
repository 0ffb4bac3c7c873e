/// What stands before the sample, with its derivatives.
extension Likelihood {
  func fillPresample(_ theta: UnsafePointer<Double>, _ gradient: Bool) -> Bool {
    let r = recursion
    r.clear(r.presampleSlopes)
    switch specification.model.initialisation {
    case .ewma, .fixedSample, .user:
      r.presample = fixedPresample
    case .sampleVariance:
      let power = process.presamplePower
      let inverse = 1 / Double(count)
      var sum = 0.0
      for t in 0..<count {
        let found = absolutePower(r.residuals[t], power)
        sum += found.value
        guard gradient else { continue }
        // With in-mean effects a row of the last evaluation may still be here.
        if specification.model.mean.inMean != nil { resetSlopes(t) }
        r.add(found.slope * inverse, r.residualRow(t), to: r.presampleSlopes)
      }
      r.presample = sum * inverse
    case .unconditional:
      let own = (0..<specification.processCount).map { theta[specification.processStart + $0] }
      var mean = 0.0
      for t in 0..<count { mean += r.intercept[t] }
      mean /= Double(count)
      let moments = moments((0..<specification.shapeCount).map { theta[specification.width + $0] })
      guard let found = process.unconditional(own, intercept: mean, moments) else { return false }
      r.presample = found.value
      guard gradient else { break }
      let columns = r.varianceColumns(r.presampleSlopes)
      for (k, slope) in found.slopes.enumerated() { columns[k] += slope }
      if specification.startDependsOnShape {
        for k in 0..<specification.shapeCount {
          columns[specification.varianceCount + k] =
            found.wholeSlope * moments.wholeSlopes[k] + found.belowSlope * moments.belowSlopes[k]
        }
      }
      for (k, column) in r.interceptColumns.enumerated() {
        var slope = 0.0
        for t in 0..<count { slope += r.interceptSlope(t, k) }
        columns[column] += found.interceptSlope * slope / Double(count)
      }
    }
    return r.presample > 0 && r.presample < .infinity
  }

  private func moments(_ shape: [Double]) -> LawMoments {
    guard let power = process.levelPower else { return LawMoments() }
    if let knownMoments, knownMoments.shape == shape { return knownMoments.moments }
    let found = specification.model.distribution.moments(power: power, shape: shape)
    knownMoments = (shape, found)
    return found
  }
}
