import ArgumentParser
import Command
import Torch

/// The flags that every verb with tensors has.
struct MachineOptions: ParsableArguments {
  @Option(help: "Where to compute: cpu, cuda, cuda:1 or mps.")
  var device = "cpu"

  @Option(help: "Threads one operation may use; all cores if not given.")
  var threads: Int?

  @Option(help: "float32, float64 or bfloat16; the weights' own type if not given.")
  var precision: String?

  mutating func validate() throws {
    if let threads, !(1...Runtime.maximumThreads).contains(threads) {
      throw ValidationError("--threads must be in 1…\(Runtime.maximumThreads), found \(threads)")
    }
    if let precision, !["float32", "float64", "bfloat16"].contains(precision) {
      throw ValidationError("--precision must be float32, float64 or bfloat16, found \(precision)")
    }
  }

  /// Sets the threads and returns the device.
  func apply() throws -> Device {
    if let threads { Runtime.threads = threads }
    return try Device.named(device)
  }

  /// - Throws: a validation error for another `--precision`, where networks are trained in float32 alone.
  func requireFloat32() throws {
    if let precision, precision != "float32" {
      throw ValidationError("--precision must be float32 here, found \(precision)")
    }
  }

  /// The type weights and inputs are kept in: bfloat16 is for products alone, under autocast.
  var dtype: DType? { precision == "bfloat16" ? .float32 : precision.flatMap(DType.init(name:)) }

  /// Runs `body` as the precision asks.
  func computing<Result>(on device: Device, _ body: () throws -> Result) rethrows -> Result {
    precision == "bfloat16" ? try autocast(.bfloat16, device: device, body) : try body()
  }
}

/// A verb whose work is tensors: what libtorch refuses ends it with a message instead of stopping the program.
protocol TensorCommand: ParsableCommand {
  func work() throws
}

extension TensorCommand {
  func run() throws { try catchingTorchErrors(work) }
}
