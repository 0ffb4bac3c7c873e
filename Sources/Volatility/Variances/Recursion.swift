/// Four numbers of a row of derivatives.
typealias Block = SIMD4<Double>

/// 1 where the sign bit is set, 0 elsewhere. By arithmetic: residuals' signs are as good as random, a processor guesses a
/// branch on them wrong half of the time, and compilers make branches of selections.
@inline(__always) func negativity(of number: Double) -> Double {
  0.5 - 0.5 * Double(signOf: number, magnitudeOf: 1)
}

/// The arrays that the scans of mean and variance read and write, allocated once a problem.
///
/// A row of derivatives has `width` columns, the parameters of mean and variance, in `blocks` blocks of four with zeros
/// at the end.
final class Recursion {
  let count: Int
  let width: Int
  let blocks: Int
  /// Where the variance's parameters begin.
  let varianceStart: Int
  /// The columns in which rows of residuals can differ from zero: the mean's, or all of them with in-mean effects.
  let residualWidth: Int

  /// ε_t, and their derivatives.
  let residuals: UnsafeMutablePointer<Double>
  let residualSlopes: UnsafeMutablePointer<Block>
  /// What the process recurs on: σ^p, ln σ², …, and its derivatives.
  let state: UnsafeMutablePointer<Double>
  let stateSlopes: UnsafeMutablePointer<Block>
  /// σ²_t.
  let variance: UnsafeMutablePointer<Double>
  /// ∂ln σ²_t = rate_t · ∂state_t.
  let rate: UnsafeMutablePointer<Double>
  /// Where the state's meaning itself depends on a parameter (the power of APARCH): its column, and what ∂ln σ²_t has
  /// beside rate_t · ∂state_t there.
  var extraColumn: Int?
  let extra: UnsafeMutablePointer<Double>
  /// ω + φ′x_t or ω exp(φ′x_t).
  let intercept: UnsafeMutablePointer<Double>
  /// [count, interceptWidth], and the columns, counted from `varianceStart`, to which they belong.
  private let interceptSlopes: UnsafeMutablePointer<Double>
  /// The same as rows, which a row of the state begins with.
  let interceptRows: UnsafeMutablePointer<Block>
  /// For each parameter the row that is 1 in its column.
  private let units: UnsafeMutablePointer<Block>
  let interceptColumns: [Int]
  /// What a process prepares once for a θ.
  var prepared: AnyObject?
  /// Numbers that a process keeps for each observation.
  let scratch: [UnsafeMutablePointer<Double>]

  /// The value before the sample of |ε|^power, and its derivatives.
  var presample = 0.0
  let presampleSlopes: UnsafeMutablePointer<Block>

  /// Blocks from one row of `residualSlopes` and of `interceptRows` to the next for loops over many: 0 where all rows are
  /// the same, so that these read one.
  var residualStep: Int
  var interceptStep: Int

  private let buffer: Workspace.Buffer

  init(count: Int, width: Int, varianceStart: Int, residualWidth: Int, interceptColumns: [Int], scratch: Int)
  {
    self.count = count
    self.width = width
    self.varianceStart = varianceStart
    self.residualWidth = residualWidth
    self.interceptColumns = interceptColumns
    let blocks = max(1, (width + 3) / 4)
    self.blocks = blocks
    (residualStep, interceptStep) = (blocks, blocks)
    let slopes = max(1, interceptColumns.count)
    let total =
      (count + 1) * (5 + slopes + scratch) + 4 * blocks * (3 * (count + 1) + max(1, width) + 1) + count + 1
    buffer = Workspace.take(total + 4)
    buffer.numbers.update(repeating: 0, count: total)
    var next = buffer.numbers
    // Rows first, as these are read in blocks.
    func rows(_ n: Int) -> UnsafeMutablePointer<Block> {
      let pointer = UnsafeMutableRawPointer(next).assumingMemoryBound(to: Block.self)
      next += 4 * n * blocks
      return pointer
    }
    func numbers(_ n: Int) -> UnsafeMutablePointer<Double> {
      let pointer = next
      next += n
      return pointer
    }
    // One more than there are observations, for a step beyond them.
    residualSlopes = rows(count + 1)
    stateSlopes = rows(count + 1)
    interceptRows = rows(count + 1)
    presampleSlopes = rows(1)
    units = rows(max(1, width))
    residuals = numbers(count + 1)
    state = numbers(count + 1)
    variance = numbers(count + 1)
    rate = numbers(count + 1)
    extra = numbers(count + 1)
    intercept = numbers(count + 1)
    interceptSlopes = numbers((count + 1) * slopes)
    self.scratch = (0..<scratch).map { _ in numbers(count + 1) }
    let numbersOfUnits = UnsafeMutableRawPointer(units).assumingMemoryBound(to: Double.self)
    for k in 0..<width { numbersOfUnits[k * 4 * blocks + k] = 1 }
  }

  deinit { Workspace.giveBack(buffer) }

  @inline(__always) func stateRow(_ t: Int) -> UnsafeMutablePointer<Block> { stateSlopes + t * blocks }
  @inline(__always) func residualRow(_ t: Int) -> UnsafeMutablePointer<Block> { residualSlopes + t * blocks }
  /// The variance's part of a row, number by number.
  @inline(__always) func varianceColumns(_ row: UnsafeMutablePointer<Block>) -> UnsafeMutablePointer<Double> {
    UnsafeMutableRawPointer(row).assumingMemoryBound(to: Double.self) + varianceStart
  }

  /// row += factor · other
  @inline(__always)
  func add(_ factor: Double, _ other: UnsafeMutablePointer<Block>, to row: UnsafeMutablePointer<Block>) {
    for k in 0..<blocks { row[k] += factor * other[k] }
  }

  @inline(__always) func clear(_ row: UnsafeMutablePointer<Block>) {
    for k in 0..<blocks { row[k] = .zero }
  }

  @inline(__always) func interceptRow(_ t: Int) -> UnsafeMutablePointer<Block> { interceptRows + t * blocks }
  /// The row that is 1 in column `k` of the variance's parameters.
  @inline(__always) func unit(_ k: Int) -> UnsafeMutablePointer<Block> {
    units + (varianceStart + k) * blocks
  }

  /// ∂intercept_t in the k-th of `interceptColumns`.
  @inline(__always) func interceptSlope(_ t: Int, _ k: Int) -> Double {
    interceptSlopes[t * interceptColumns.count + k]
  }
  @inline(__always) func setInterceptSlope(_ t: Int, _ k: Int, _ value: Double) {
    interceptSlopes[t * interceptColumns.count + k] = value
    varianceColumns(interceptRow(t))[interceptColumns[k]] = value
  }

  /// row = ∂intercept_t
  @inline(__always) func beginRow(_ t: Int, _ row: UnsafeMutablePointer<Block>) {
    let intercept = interceptRow(t)
    for k in 0..<blocks { row[k] = intercept[k] }
  }

  var residualValues: [Double] { Array(UnsafeBufferPointer(start: residuals, count: count)) }
  var varianceValues: [Double] { Array(UnsafeBufferPointer(start: variance, count: count)) }
}
