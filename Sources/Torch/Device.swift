import CTorch

/// Where a tensor lives and is computed on.
public enum Device: Hashable, Sendable {
  case cpu
  case cuda(Int)
  /// Apple's GPU; it has no float64.
  case mps

  var typeNumber: Int16 {
    switch self {
    case .cpu: 0
    case .cuda: 1
    case .mps: 13
    }
  }

  var c: ct_device {
    switch self {
    case .cpu: ct_device(type: 0, index: -1)
    // To libtorch -1 would be whichever device is current.
    case .cuda(let index): ct_device(type: 1, index: index < 0 ? .min : Int32(clamping: index))
    case .mps: ct_device(type: 13, index: 0)
    }
  }

  init?(_ device: ct_device) {
    switch device.type {
    case 0: self = .cpu
    case 1: self = .cuda(max(0, Int(device.index)))
    case 13: self = .mps
    default: return nil
    }
  }

  /// The devices this machine and this libtorch can compute on, the CPU first.
  public static var available: [Device] {
    let cuda = (0..<Int(ct_device_count(1))).map(Device.cuda)
    return [.cpu] + cuda + (ct_device_count(13) > 0 ? [.mps] : [])
  }

  /// Waits until everything asked of the device is done.
  public func synchronize() throws(TorchError) {
    guard ct_synchronize(c) else { throw TorchError.last }
  }
}

extension Device: CustomStringConvertible, LosslessStringConvertible {
  public var description: String {
    switch self {
    case .cpu: "cpu"
    case .cuda(let index): "cuda:\(index)"
    case .mps: "mps"
    }
  }

  /// `cpu`, `cuda`, `cuda:1` or `mps`.
  public init?(_ description: String) {
    switch description {
    case "cpu": self = .cpu
    case "cuda": self = .cuda(0)
    case "mps": self = .mps
    default:
      guard description.hasPrefix("cuda:"), let index = Int(description.dropFirst(5)), index >= 0 else {
        return nil
      }
      self = .cuda(index)
    }
  }

  /// The device with that name, if this machine has it.
  ///
  /// - Throws: ``TorchError`` of kind `.value` that lists the devices there are.
  public static func named(_ name: String) throws(TorchError) -> Device {
    guard let device = Device(name), available.contains(device) else {
      let known = available.map(\.description).joined(separator: ", ")
      throw TorchError(kind: .value, message: "no device '\(name)' here; this machine has: \(known)")
    }
    return device
  }
}

extension Optional<Device> {
  var c: ct_device { self?.c ?? ct_device(type: -1, index: -1) }
}
