import Testing

@testable import Command

@Suite struct ProgressTests {
  /// A clock that is set, and what was written.
  private final class Stage {
    var now = 100.0
    var text = ""
    var columns = 100

    func meter(_ total: Int?, done: Int = 0, terminal: Bool, colours: Bool = false) -> ProgressMeter {
      ProgressMeter(
        "train", total: total, unit: "steps", done: done,
        output: .init(
          isTerminal: terminal, columns: { self.columns }, hasColours: colours, write: { self.text += $0 }),
        interval: 10, clock: { self.now })
    }

    /// What was written since the last call.
    func taken() -> String {
      defer { text = "" }
      return text
    }
  }

  @Test func linesNowAndThen() {
    let stage = Stage()
    let meter = stage.meter(2000, terminal: false)
    for step in 1...1000 {
      stage.now += 0.025
      meter.update(to: step, note: "loss \(step)")
    }
    #expect(
      stage.taken() == """
        train: 400 of 2,000 steps (20%), 40.0 steps/s, 40 s left, loss 400
        train: 800 of 2,000 steps (40%), 40.0 steps/s, 30 s left, loss 800

        """)
    meter.remark("saved")
    meter.finish()
    meter.finish()
    #expect(stage.taken() == "saved\ntrain: 1,000 steps in 25 s, 40.0 steps/s, loss 800\n")
  }

  @Test func oneLineIsRedrawn() {
    let stage = Stage()
    let meter = stage.meter(100, done: 50, terminal: true)
    meter.update(to: 50)
    #expect(stage.taken() == "\rtrain  ━━━━━━━━━━━━┄┄┄┄┄┄┄┄┄┄┄┄  50 of 100 steps (50%)\u{1B}[K")
    stage.now += 0.05
    meter.update(to: 51)
    #expect(stage.taken() == "")
    stage.now += 1.95
    meter.update(to: 75, note: "loss 0.1")
    // What was done before the loop was continued is not part of the rate.
    #expect(
      stage.taken()
        == "\rtrain  ━━━━━━━━━━━━━━━━━━┄┄┄┄┄┄  75 of 100 steps (75%)  12.5 steps/s  2.0 s left  loss 0.1\u{1B}[K"
    )
    meter.remark("hello")
    #expect(stage.taken().hasPrefix("\rhello\u{1B}[K\n\rtrain  ━"))
    meter.finish(note: "accuracy 0.9")
    #expect(stage.taken() == "\rtrain: 75 steps in 2.0 s, 12.5 steps/s, accuracy 0.9\u{1B}[K\n")
  }

  @Test func narrowTerminalsCutTheLine() {
    let stage = Stage()
    stage.columns = 30
    let meter = stage.meter(100, terminal: true)
    meter.update(to: 1, note: "a note that has no room")
    #expect(stage.taken() == "\rtrain  1 of 100 steps (1%)  a\u{1B}[K")
  }

  @Test func coloursOnlyWhereTheyAreWanted() {
    let stage = Stage()
    stage.meter(nil, terminal: true, colours: true).update(to: 3)
    #expect(stage.taken() == "\r\u{1B}[1mtrain\u{1B}[0m  3 steps\u{1B}[K\n")
  }

  @Test func theRateFollowsTheLastMinute() {
    let stage = Stage()
    let meter = stage.meter(100_000, terminal: false)
    var done = 0
    for second in 1...300 {
      stage.now += 1
      done += second <= 150 ? 1 : 10
      meter.update(to: done)
    }
    #expect(stage.taken().hasSuffix("10.0 steps/s, 2 h 43 min left\n"))
  }

  @Test func oddTotals() {
    let stage = Stage()
    stage.meter(0, terminal: true).update(to: 0)
    #expect(stage.taken() == "\rtrain  0 of 0 steps (100%)\u{1B}[K\n")
    let meter = stage.meter(2, terminal: true)
    meter.update(to: 5)
    #expect(stage.taken().contains("5 of 2 steps (100%)"))
  }

  @Test func timesAndRatesAreShort() {
    #expect(ProgressMeter.duration(0.84) == "0.8 s")
    #expect(ProgressMeter.duration(59.6) == "1 min")
    #expect(ProgressMeter.duration(155) == "2 min 35 s")
    #expect(ProgressMeter.duration(11_520) == "3 h 12 min")
    #expect(ProgressMeter.duration(187_200) == "2 d 4 h")
    #expect(ProgressMeter.duration(.infinity) == "for ever")
    #expect(ProgressMeter.rate(1234.4, "images") == "1,234 images/s")
    #expect(ProgressMeter.rate(0.25, "epochs") == "4.0 s each")
    #expect(grouped(-1234567) == "-1,234,567" && grouped(12) == "12" && grouped(0) == "0")
  }
}
