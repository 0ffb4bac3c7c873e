import ArgumentParser
import Command
import Data
import Experiments
import Foundation
import Networks
import Runs
import Torch
import Training

/// `salar sharpness`
struct SharpnessCommand: TensorCommand {
  static let configuration = CommandConfiguration(
    commandName: "sharpness",
    abstract: "How flat a network's minimum is: Hessian eigenvalues and trace, sharpness, loss landscapes.",
    discussion: """
      Example: salar sharpness runs/sgd runs/sam --out runs/flatness

      Of the first --samples images (or as many drawn by --sample-seed, where the data lie class by class), without
      augmentation, mean cross-entropy, evaluation mode. Runs that kept points on
      their way (salar train --set keepEvery=1) are followed over training. With --json and no --out there are numbers and
      no page, and neither density nor landscape.
      """)

  @Argument(
    help: "Folders of training runs, or model files; several are compared on the same axes and scale.")
  var runs: [String] = []

  @OptionGroup var model: ModelOptions

  @Option(
    help: "The data: a folder or file of images, builtin:gray or builtin:color; a run's own if not given.")
  var on: String?

  @Option(help: "train or test.")
  var split = "train"

  @Option(help: "The data's format; found by looking if not given.")
  var format: String?

  @Option(help: "How many samples, from the first on.")
  var samples = 500

  @Option(help: "Draw the samples by this seed in place of the first ones.")
  var sampleSeed: UInt64?

  @Option(help: "How many Hessian eigenvalues.")
  var top = 5

  @Option(help: "ρ, the radius of SAM's and PGA's sharpness.")
  var rho = 0.05

  @Option(help: "Residual of an eigenvalue, as a share of the greatest, at which it counts as found.")
  var tolerance = 1e-3

  @Option(help: "Hessian products after which the search for eigenvalues stops.")
  var products = 300

  @Option(help: "The most random vectors for the trace; it stops before where its error is 2 %.")
  var draws = 100

  @Option(help: "Lanczos steps for the density of the spectrum; 0 leaves it out.")
  var density = 60

  @Option(help: "Points of the landscape's line, odd; 0 leaves the landscape out.")
  var line = 51

  @Option(help: "Points a side of the landscape's plane, odd; 0 leaves it out.")
  var plane = 25

  @Option(help: "How far the landscape goes, 1 being as far as the weights are long.")
  var reach = 1.0

  @Option(help: "Samples in one pass: less takes less memory.")
  var part = 128

  @Option(help: "The seed of random vectors and directions.")
  var seed: UInt64 = 0

  @Option(help: "The folder of page, figures and numbers; RUN/sharpness if not given for one run.")
  var out: String?

  @Flag(help: "One JSON document.")
  var json = false

  @Flag(help: "Say what would be measured, and stop.")
  var dryRun = false

  @OptionGroup var machine: MachineOptions

  private struct Subject {
    var name: String
    var path: String?
    var model: SavedModel
    var data: DataSet
    var accuracy: Double?
    var points: [KeptPoint]
  }

  private struct Answer: Encodable {
    var name: String
    var result: SharpnessResult
    var course: [Course]
    struct Course: Encodable {
      var epochs: Int
      var loss: Double
      var hessianEigenvalues: [Double]
      var hessianTrace: Double
      var hessianTraceError: Double
      var samSharpness: Double
    }

    private enum Keys: String, CodingKey { case name, course }

    func encode(to encoder: any Encoder) throws {
      try result.encode(to: encoder)
      var container = encoder.container(keyedBy: Keys.self)
      try container.encode(name, forKey: .name)
      if !course.isEmpty { try container.encode(course, forKey: .course) }
    }
  }

  private var makesPage: Bool { !json || out != nil }

  private var settings: SharpnessSettings {
    var settings = SharpnessSettings()
    (settings.samples, settings.sampleSeed, settings.top, settings.rho) = (samples, sampleSeed, top, rho)
    (settings.tolerance, settings.products, settings.draws) = (tolerance, products, draws)
    (settings.part, settings.reach, settings.seed) = (part, reach, seed)
    if makesPage {
      (settings.density, settings.line, settings.plane) = (density, line, line == 0 ? 0 : plane)
    }
    return settings
  }

  func work() throws {
    guard let part = DataSet.Split(rawValue: split) else {
      throw ValidationError("--split must be train or test, found \(split)")
    }
    if machine.precision == "bfloat16" {
      throw ValidationError(
        "--precision must be float32 or float64 here: bfloat16 leaves nothing of a second derivative")
    }
    let measurement = try SharpnessMeasurement(settings)
    let device = try machine.apply()
    let subjects = try subjects(part, device)
    let folder = try place()
    if dryRun { return try plan(subjects, folder) }

    var measured: [SharpnessReport.Subject] = []
    for subject in subjects {
      if let remark = measurement.remark(on: subject.data) {
        CommandOutput.remark("\(subject.name): \(remark); --sample-seed 0 draws them from all")
      }
      let result = try measurement.measure(subject.model, on: subject.data, label: subject.name)
      measured.append(
        .init(
          name: subject.name, result: result, accuracy: subject.accuracy,
          course: makesPage ? try course(subject, device) : []))
    }
    let answers = measured.map { subject in
      Answer(
        name: subject.name, result: subject.result,
        course: subject.course.map {
          .init(
            epochs: $0.epochs, loss: $0.result.loss, hessianEigenvalues: $0.result.hessianEigenvalues,
            hessianTrace: $0.result.hessianTrace, hessianTraceError: $0.result.hessianTraceError,
            samSharpness: $0.result.samSharpness)
        })
    }
    let report = SharpnessReport(measured, settings)
    if let folder {
      let page = folder.appendingPathComponent("report.html")
      try report.write(to: page)
      try write(answers, to: folder.appendingPathComponent("sharpness.json"))
      CommandOutput.remark("wrote \(page.path)")
    }
    if json {
      return answers.count == 1
        ? try CommandOutput.json(answers[0]) : try CommandOutput.json(["runs": answers])
    }
    try CommandOutput.line(report.measures().plain)
  }

  /// The models in question with their data.
  private func subjects(_ part: DataSet.Split, _ device: Device) throws -> [Subject] {
    if runs.isEmpty || model.weights != nil {
      let loaded = try model.model(runs.first, machine, device: device)
      guard let on else { throw ValidationError("--on is missing: plain weights do not know their data") }
      let data = try data(on, part, for: loaded)
      return [
        Subject(
          name: model.weights.map { URL(fileURLWithPath: $0).lastPathComponent } ?? "", path: nil,
          model: loaded.named(by: data), data: data, accuracy: nil, points: [])
      ]
    }
    let names = Set(runs.map { URL(fileURLWithPath: $0).lastPathComponent })
    return try runs.map { path in
      let url = URL(fileURLWithPath: path)
      let loaded = try model.model(path, machine, device: device)
      let record = try? RunRecord(reading: url)
      let data: DataSet
      if let on {
        data = try self.data(on, part, for: loaded)
      } else {
        guard let record else {
          throw ValidationError("--on is missing: \(path) is no run and does not know its data")
        }
        data = try TrainRecipe(of: record).data.open(part)
      }
      let accuracy = try record?.summary(as: TrainingRun.Summary.self)?.accuracy
      return Subject(
        name: names.count == runs.count ? url.lastPathComponent : path, path: path,
        model: loaded.named(by: data), data: data, accuracy: accuracy, points: KeptPoint.all(of: url))
    }
  }

  private func data(_ path: String, _ part: DataSet.Split, for model: SavedModel) throws -> DataSet {
    var choice = TrainRecipe.DataChoice()
    (choice.path, choice.format) = (path, format)
    return try model.fitting(choice).open(part)
  }

  /// Where the page goes; nil for nowhere.
  private func place() throws -> URL? {
    guard makesPage else { return nil }
    if let out { return URL(fileURLWithPath: out) }
    if runs.count == 1, RunFolder.isRun(URL(fileURLWithPath: runs[0])) {
      return URL(fileURLWithPath: runs[0]).appendingPathComponent("sharpness")
    }
    throw ValidationError("--out is missing: where the page is to go (or --json for numbers alone)")
  }

  /// The points on the way, more coarsely.
  private func course(_ subject: Subject, _ device: Device) throws -> [(epochs: Int, result: SharpnessResult)]
  {
    var coarse = settings
    (coarse.top, coarse.density, coarse.line, coarse.plane) = (1, 0, 0, 0)
    (coarse.draws, coarse.ascents) = (min(coarse.draws, 30), false)
    let measurement = try SharpnessMeasurement(coarse)
    return try subject.points.map { point in
      let model = try model.model(point.url.path, machine, device: device)
      return (
        point.epochs,
        try measurement.measure(model, on: subject.data, label: "\(subject.name), epoch \(point.epochs)")
      )
    }
  }

  private func write(_ answers: [Answer], to url: URL) throws {
    let data = try CommandOutput.jsonDocument(["runs": answers])
    do {
      try data.write(to: url, options: .atomic)
    } catch {
      throw CommandError("\(url.path): cannot be written: \(error.localizedDescription)")
    }
  }

  private struct Plan: Encodable {
    var models: [String]
    var samples: Int
    var points: Int
    var out: String?
  }

  private func plan(_ subjects: [Subject], _ folder: URL?) throws {
    let plan = Plan(
      models: subjects.map(\.name), samples: samples, points: subjects.reduce(0) { $0 + $1.points.count },
      out: folder?.path)
    if json { return try CommandOutput.json(plan) }
    try CommandOutput.line(
      "\(plan.models.joined(separator: ", ")): \(plan.samples) samples, \(plan.points) points on the way"
        + (plan.out.map { "; page and figures in \($0)" } ?? ""))
  }
}
