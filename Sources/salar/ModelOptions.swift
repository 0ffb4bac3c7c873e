import ArgumentParser
import Command
import Data
import Experiments
import Foundation
import Torch

/// What plain weights do not say of themselves.
struct ArchitectureOptions: ParsableArguments {
  @Option(
    name: .customLong("network"),
    help: "The architecture of plain weights; `salar network list` has the names.")
  var network: String?

  @Option(
    name: .customLong("set"), help: ArgumentHelp("A setting of that architecture.", valueName: "key=value"))
  var settings: [String] = []

  @Option(help: "Constants that pixels are normalised with: cifar10, mnist, …, or none. Runs know their own.")
  var normalize: String?

  var isGiven: Bool { network != nil || !settings.isEmpty }

  /// The weights of a file with what is said of them here.
  func model(weights path: String, device: Device) throws -> SavedModel {
    if network == nil, !settings.isEmpty { throw ValidationError("--set needs --network") }
    return try renormalized(
      SavedModel(
        weights: URL(fileURLWithPath: path), network: network, settings: settings, device: device))
  }

  func renormalized(_ model: SavedModel) throws -> SavedModel {
    guard let normalize else { return model }
    var card = model.card
    card.normalization = normalize == "none" ? nil : try Normalization(named: normalize)
    return SavedModel(card: card, network: model.network, point: model.point)
  }
}

/// A trained network: a run's folder or a model file, or plain weights with their architecture.
struct ModelOptions: ParsableArguments {
  @OptionGroup var architecture: ArchitectureOptions

  @Option(help: "Plain weights (.safetensors, or .pth of PyTorch).")
  var weights: String?

  /// - Parameter machine: where the weights go, and their precision.
  func model(_ run: String?, _ machine: MachineOptions, device: Device) throws -> SavedModel {
    let model = try model(run, device: device)
    guard let dtype = machine.dtype, dtype != model.point.dtype else { return model }
    return SavedModel(card: model.card, network: model.network, point: model.point.to(dtype))
  }

  private func model(_ run: String?, device: Device) throws -> SavedModel {
    switch (run, weights) {
    case (let run?, nil):
      guard !architecture.isGiven else {
        throw ValidationError("--network and --set go with --weights; a run knows its own")
      }
      return try architecture.renormalized(SavedModel(reading: URL(fileURLWithPath: run), device: device))
    case (nil, let weights?): return try architecture.model(weights: weights, device: device)
    default:
      throw ValidationError("give the folder of a run, or --weights (with --network for plain ones)")
    }
  }
}
