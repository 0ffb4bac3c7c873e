import Command
import Data
import Foundation
import Networks
import Torch
import Training

/// Sharpness-aware training for free (Du et al. 2022): each sample's answer is held to the one that the network gave
/// `lookback` epochs ago, λτ² KL(p‖q) with p the past answer's distribution at temperature τ and q the present one's. A
/// sharp minimum is one into which the loss of samples fell suddenly.
///
/// Outputs are kept from the first epoch on, by sample, and read before they are overwritten. A sample without an output of
/// just that epoch (left out then, by `dropLast`) gets no term. Augmentation is not undone: the past output came from another
/// crop of the image, as in the authors' code.
public struct SAF: Regulariser {
  public enum TableType: String, Sendable, CaseIterable, SettingChoice {
    /// bfloat16, and float64 in runs of that precision.
    case auto
    case bfloat16, float16, float32, float64
  }

  public struct Settings: RegulariserSettings, Hashable {
    public static let name = "saf"
    public static let summary = "answers held to those of some epochs ago"
    public static let help: [(key: String, meaning: String)] = [
      ("lambda", "weight of the term"), ("temperature", "τ of both distributions"),
      ("lookback", "epochs between the answers"),
      ("start", "it acts in the epochs after this one, counted from 0"), ("end", "and before this one"),
      ("table", "the type in which outputs are kept: auto, bfloat16, float16, float32, float64"),
      ("shift", "pairs each batch's answers with the next batch's samples, as the released code did"),
    ]

    public var lambda = 0.3
    public var temperature = 5.0
    public var lookback = 3
    public var start = 5
    public var end = 1_000_000
    public var table = TableType.auto
    public var shift = false
    public init() {}

    public func regulariser(_ context: MethodContext) throws(TrainingError) -> any Regulariser {
      try Distillation.check(
        Self.name, lambda: lambda, temperature: temperature, start: start, end: end, context)
      guard lookback >= 1 else {
        throw TrainingError("regulariser saf: lookback must be at least 1, found \(lookback)")
      }
      guard lookback < context.settings.epochs else {
        throw TrainingError(
          "regulariser saf: a lookback of \(lookback) epochs in a training of \(context.settings.epochs): there is nothing to look back to; set saf.lookback lower"
        )
      }
      guard end > lookback else {
        throw TrainingError(
          "regulariser saf: it looks back \(lookback) epochs and acts before epoch \(end), counted from 0, so never; set saf.end higher"
        )
      }
      var saf = SAF(self, context)
      let table =
        "regulariser saf: the table of \(lookback) × \(context.sampleCount) × \(context.network.classes) outputs takes \(saf.bytes.bytesText)"
      let advice =
        "take a smaller lookback, or regulariser mesa, which keeps weights in place of outputs"
      let memory = Int(clamping: ProcessInfo.processInfo.physicalMemory)
      guard context.point.device != .cpu || saf.bytes < memory else {
        throw TrainingError("\(table), this machine has \(memory.bytesText); \(advice)")
      }
      do {
        _ = try catchingTorchErrors { saf.table() }
      } catch {
        throw TrainingError("\(table), and \(context.point.device) has no room for it (\(error)); \(advice)")
      }
      return saf
    }
  }

  let settings: Settings
  private let count: Int
  private let classes: Int
  private let dtype: DType
  private let order: ((Int) -> [Int])?
  private let batch: Int
  private let stepsPerEpoch: Int
  private let device: Device
  /// Rows are read before they are written over, so as many as are looked back; not with the shift, which writes some
  /// samples twice.
  private let slots: Int
  /// [slots, N, C], and the epoch that wrote each row, −1 for none, [slots, N].
  private var outputs: Tensor?
  private var stamps: Tensor?
  /// Of the step: where its rows lie, past outputs [B, C] and which of them count [B]; nil where it does not act.
  private var rows: Tensor?
  private var past: (outputs: Tensor, weight: Tensor)?
  private var ordered: (epoch: Int, samples: [Int])?
  private var slot = 0
  private var epoch = 0

  init(_ settings: Settings, _ context: MethodContext) {
    self.settings = settings
    slots = settings.lookback + (settings.shift ? 1 : 0)
    count = context.sampleCount
    classes = context.network.classes
    batch = context.settings.batch
    stepsPerEpoch = context.stepsPerEpoch
    order = settings.shift ? context.order : nil
    device = context.point.device
    dtype =
      switch settings.table {
      case .auto: context.point.dtype == .float64 ? .float64 : .bfloat16
      case .bfloat16: .bfloat16
      case .float16: .float16
      case .float32: .float32
      case .float64: .float64
      }
  }

  /// Of the table and its stamps.
  var bytes: Int { slots * count * (classes * dtype.elementSize + 4) }
  public var memory: (what: String, bytes: Int)? {
    ("outputs of \(count) samples in \(settings.lookback) epochs", bytes)
  }

  private mutating func table() -> (outputs: Tensor, stamps: Tensor) {
    if let outputs, let stamps { return (outputs, stamps) }
    let made = (
      Tensor.zeros([slots, count, classes], dtype: dtype, device: device),
      Tensor.full([slots, count], -1, dtype: .int32, device: device)
    )
    (outputs, stamps) = made
    return made
  }

  public mutating func begin(_ batch: Batch, _ context: StepContext) {
    let (outputs, stamps) = table()
    epoch = context.epoch
    slot = epoch % slots
    let rows = if let order { shifted(order, context) } else { batch.indices }
    self.rows = rows
    past = nil
    guard settings.lambda > 0, epoch > settings.start, epoch < settings.end, epoch >= settings.lookback else {
      return
    }
    past = withNoGrad {
      let slot = (epoch - settings.lookback) % slots
      let weight = stamps[slot].indexSelect(dim: 0, rows).eq(Scalar(epoch - settings.lookback))
      return (outputs[slot].indexSelect(dim: 0, rows), weight.to(dtype == .float64 ? .float64 : .float32))
    }
  }

  /// The samples of the next batch, the last batch's being its own.
  private mutating func shifted(_ order: (Int) -> [Int], _ context: StepContext) -> Tensor {
    if ordered?.epoch != context.epoch { ordered = (context.epoch, order(context.epoch)) }
    let all = ordered?.samples ?? []
    let step = min(context.step % stepsPerEpoch + 1, stepsPerEpoch - 1)
    let own = context.step % stepsPerEpoch * batch
    let length = min(batch, all.count - own)
    let first = min(step * batch, all.count)
    var rows = Array(all[first..<min(first + length, all.count)])
    // A smaller last batch names fewer samples than there are answers: the rest keep their own.
    rows += all[(own + rows.count)..<(own + length)]
    return Tensor(rows.map(Int64.init)).to(device)
  }

  public mutating func term(_ batch: Batch, _ output: Output, _ samples: SampleSubset, isFirst: Bool)
    -> Tensor?
  {
    guard let rows else { return nil }
    if isFirst {
      let (outputs, stamps) = table()
      withNoGrad {
        let at = rows.selecting(samples)
        let answers = output.logits.detach().to(dtype)
        // An answer that is no number is none: it would stay one whatever it is weighted with.
        let isFinite = answers.isfinite().all(dim: 1, keepdim: true)
        _ = outputs[slot].indexCopy_(dim: 0, at, answers.maskedFill(isFinite.logicalNot(), 0))
        let stamp = isFinite.view([-1]).to(.int32) * Scalar(epoch + 1) - 1
        _ = stamps[slot].indexCopy_(dim: 0, at, stamp)
      }
    }
    return past.map { past in
      Distillation.term(
        output.logits, past.outputs.selecting(samples), lambda: settings.lambda,
        temperature: settings.temperature) * past.weight.selecting(samples)
    }
  }

  public var state: [(name: String, tensor: Tensor)] {
    guard let outputs, let stamps else { return [] }
    return [("outputs", outputs), ("stamps", stamps)]
  }

  public mutating func restore(_ state: (String) -> Tensor?) throws(TrainingError) {
    let (outputs, stamps) = table()
    try take("outputs", into: outputs, from: state)
    try take("stamps", into: stamps, from: state)
  }
}
