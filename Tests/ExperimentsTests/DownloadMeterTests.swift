import Command
import Testing

@testable import Experiments

@Suite struct DownloadMeterTests {
  @Test func saysRateAndTimeLeftOfEachFile() {
    var now = 0.0
    var text = ""
    let meter = DownloadMeter { name, total, done in
      ProgressMeter(
        name, total: total, unit: "kB", done: done, output: .init(isTerminal: false) { text += $0 },
        interval: 2,
        clock: { now })
    }
    // Half of it was there before: it counts as done, and not as speed.
    meter.show("a.tar.gz", 500_000, 1_000_000)
    for _ in 0..<5 {
      now += 1
      meter.show("a.tar.gz", 500_000 + Int(now) * 50_000, 1_000_000)
    }
    // The server says no length.
    meter.show("b.mat", 0, nil)
    now += 3
    meter.show("b.mat", 90_000, nil)
    meter.finish()
    meter.finish()
    #expect(
      text == """
        a.tar.gz: 600 of 1,000 kB (60%), 50.0 kB/s, 8.0 s left
        a.tar.gz: 700 of 1,000 kB (70%), 50.0 kB/s, 6.0 s left
        a.tar.gz: 750 kB in 5.0 s, 50.0 kB/s
        b.mat: 90 kB, 30.0 kB/s
        b.mat: 90 kB in 3.0 s, 30.0 kB/s

        """)
  }
}
