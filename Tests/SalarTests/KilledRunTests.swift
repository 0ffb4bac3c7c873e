import Foundation
import Testing

/// Runs that are killed or stopped, as real processes: they end in the bits of one that never was.
@Suite(.serialized) struct KilledRunTests {
  let quarters: Quarters
  init() throws { quarters = try Quarters() }

  private func expectSameBits(_ run: String, as whole: String) throws {
    for file in ["model.safetensors", "metrics.jsonl", "summary.json"] {
      #expect(try quarters.bytes(run, file) == quarters.bytes(whole, file), "\(run): \(file)")
    }
  }

  /// Runs that are killed again and again, at moments drawn over the length of a whole one, until they are through.
  private func killAndCompare(atLeast wanted: Int, _ arguments: (_ out: String) -> [String]) throws {
    let begin = ContinuousClock.now
    let whole = try Program.run(arguments("whole"))
    #expect(whole.code == 0, "\(whole.errors)")
    let length = begin.duration(to: .now) / .seconds(1)
    var (kills, inTraining, attempt) = (0, 0, 0)
    // Most kills of a slow start hit no training; more are tried then.
    while kills < wanted || (3 * inTraining < wanted && kills < 4 * wanted) {
      let name = "killed\(attempt)"
      attempt += 1
      var last = 0
      while true {
        let result = try Program.run(arguments(name)) { process in
          let end = ContinuousClock.now + .seconds(Double.random(in: 0...length))
          while process.isRunning, ContinuousClock.now < end { usleep(2000) }
          if process.isRunning { kill(process.processIdentifier, SIGKILL) }
        }
        // Got further than the one before: that one was killed while it trained.
        if let step = result.continuedFrom, step > last {
          inTraining += 1
          last = step
        }
        if result.code == 0 { break }
        #expect(result.code == -SIGKILL, "\(result.errors)")
        kills += 1
        // A machine that has become slow gets nowhere: the rest runs through.
        if kills == 4 * wanted {
          let rest = try Program.run(arguments(name))
          #expect(rest.code == 0, "\(rest.errors)")
          break
        }
      }
      try expectSameBits(name, as: "whole")
    }
    #expect(kills >= wanted && 3 * inTraining >= wanted, "\(inTraining) of \(kills) kills hit training")
  }

  @Test func killedRunsEndInTheSameBits() throws {
    try killAndCompare(atLeast: 20) { quarters.train($0, epochs: 120) }
  }

  /// With two moments an update, a second point a step, mixed labels, and a checkpoint at every step.
  @Test func soDoThoseWithMoreState() throws {
    try killAndCompare(atLeast: 8) {
      quarters.train(
        $0, epochs: 30,
        [
          "--rule", "sam:rho=0.05", "--set", "optimizer=adamw", "--set", "lr=0.01", "--set",
          "augment=crop:1,mixup:1",
          "--checkpoint-seconds", "0",
        ])
    }
  }

  @Test func ctrlCSavesAndSaysHowToGoOn() throws {
    let epochs = 150
    let stopped = try Program.run(quarters.train("interrupted", epochs: epochs)) { process in
      // Until the first checkpoint is there, the run has begun.
      for _ in 0..<6000 where quarters.checkpoints("interrupted").isEmpty && process.isRunning {
        usleep(5000)
      }
      kill(process.processIdentifier, SIGINT)
    }
    #expect(stopped.code == 1)
    #expect(stopped.errors.contains("the same command goes on from here"), "\(stopped.errors)")
    let step = try #require(quarters.checkpoints("interrupted").last)
    #expect(step > 0 && step < 4 * epochs)
    let summary = quarters.path("interrupted/summary.json")
    #expect(!FileManager.default.fileExists(atPath: summary))
    let rest = try Program.run(quarters.train("interrupted", epochs: epochs))
    #expect(rest.code == 0 && rest.continuedFrom == step, "\(rest.errors)")
    #expect(try Program.run(quarters.train("whole", epochs: epochs)).code == 0)
    try expectSameBits("interrupted", as: "whole")
  }

  @Test func aFolderInUseIsRefused() throws {
    var second: Program.Result?
    _ = try Program.run(quarters.train("busy", epochs: 5000)) { process in
      for _ in 0..<6000 where quarters.checkpoints("busy").isEmpty && process.isRunning { usleep(5000) }
      second = try Program.run(quarters.train("busy", epochs: 5000))
      kill(process.processIdentifier, SIGKILL)
    }
    #expect(second?.code == 1)
    #expect(second?.errors.contains("in use") == true, "\(second?.errors ?? "")")
  }
}
