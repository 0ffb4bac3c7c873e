import Testing
import Torch

@testable import Distillation

@Suite struct CoresetTests {
  private let features = Tensor.randn([12, 3], generator: Generator(seed: 4)).to(.float64)

  private func rows(_ tensor: Tensor) -> [[Double]] { (0..<tensor.size(0)).map { tensor[$0].array() } }
  private func square(_ a: [Double], _ b: [Double]) -> Double {
    zip(a, b).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
  }

  @Test func randomOnesAreDifferentAndOfTheSeed() {
    let chosen = Coreset.random.choose(8, of: features, Generator(seed: 1))
    #expect(Set(chosen).count == 8 && chosen.allSatisfy((0..<12).contains))
    #expect(chosen == Coreset.random.choose(8, of: features, Generator(seed: 1)))
    #expect(chosen != Coreset.random.choose(8, of: features, Generator(seed: 2)))
  }

  /// Every choice against all others there were.
  @Test func herdingIsGreedyForTheMean() {
    let all = rows(features)
    let mean = (0..<3).map { k in all.reduce(0) { $0 + $1[k] } / 12 }
    let chosen = Coreset.herding.choose(5, of: features, Generator(seed: 0))
    #expect(Set(chosen).count == 5)
    var sum = [0.0, 0, 0]
    for (index, row) in chosen.enumerated() {
      func distance(_ candidate: Int) -> Double {
        square((0..<3).map { Double(index + 1) * mean[$0] - sum[$0] }, all[candidate])
      }
      let best = (0..<12).filter { !chosen[..<index].contains($0) }.min { distance($0) < distance($1) }
      #expect(row == best)
      for k in 0..<3 { sum[k] += all[row][k] }
    }
  }

  @Test func kCenterTakesTheFurthest() {
    let all = rows(features)
    let mean = (0..<3).map { k in all.reduce(0) { $0 + $1[k] } / 12 }
    let chosen = Coreset.kcenter.choose(5, of: features, Generator(seed: 0))
    #expect(chosen[0] == (0..<12).min { square(all[$0], mean) < square(all[$1], mean) })
    for (index, row) in chosen.enumerated().dropFirst() {
      func nearest(_ candidate: Int) -> Double {
        chosen[..<index].map { square(all[$0], all[candidate]) }.min()!
      }
      let best = (0..<12).filter { !chosen[..<index].contains($0) }.max { nearest($0) < nearest($1) }
      #expect(row == best)
    }
  }

  /// Three heaps far from each other: the best grouping is known.
  @Test func kMeansTakesTheMiddleOfEveryHeap() {
    let heaps = Tensor.randn([30, 2], generator: Generator(seed: 6)).to(.float64) * 0.1
    for (heap, place) in [[0.0, 0], [10, 0], [0, 10]].enumerated() {
      withNoGrad {
        _ = heaps.narrow(dim: 0, start: 10 * heap, length: 10).add_(Tensor(place))
      }
    }
    let all = rows(heaps)
    let chosen = Coreset.kmeans.choose(3, of: heaps, Generator(seed: 0)).sorted()
    for heap in 0..<3 {
      let members = 10 * heap..<10 * (heap + 1)
      let mean = (0..<2).map { k in members.reduce(0) { $0 + all[$1][k] } / 10 }
      #expect(chosen[heap] == members.min { square(all[$0], mean) < square(all[$1], mean) })
    }
  }

  /// Of all ways to make two groups, those count in which everyone is nearest to the mean of its own group: what k-means takes
  /// is the middle of one of them, and for most seeds of the best there is.
  @Test func kMeansIsAmongAllGroupings() throws {
    let all = rows(features)
    var middles: [Set<Int>: Double] = [:]
    for mask in 1..<(1 << 11) {
      // The last row's group is the first.
      let groups = [0, 1].map { group in (0..<12).filter { (mask >> $0) & 1 == group } }
      let means = groups.map { group in
        (0..<3).map { k in group.reduce(0) { $0 + all[$1][k] } / Double(group.count) }
      }
      let isStable = [0, 1].allSatisfy { own in
        groups[own].allSatisfy { square(all[$0], means[own]) < square(all[$0], means[1 - own]) }
      }
      guard isStable else { continue }
      let chosen = means.map { mean in (0..<12).min { square(all[$0], mean) < square(all[$1], mean) }! }
      let spread = [0, 1].reduce(0) { sum, own in
        sum + groups[own].reduce(0) { $0 + square(all[$1], means[own]) }
      }
      middles[Set(chosen)] = min(middles[Set(chosen)] ?? .infinity, spread)
    }
    let best = try #require(middles.min { $0.value < $1.value }?.key)
    let found = (0..<20).map { Set(Coreset.kmeans.choose(2, of: features, Generator(seed: $0))) }
    for chosen in found { #expect(middles[chosen] != nil, "\(chosen)") }
    #expect(found.count { $0 == best } > 10, "\(found), best \(best)")
  }

  @Test func equalImagesStillGiveAsManyAsWereAskedFor() {
    let same = Tensor.ones([6, 2])
    for coreset in Coreset.allCases {
      let chosen = coreset.choose(4, of: same, Generator(seed: 0))
      #expect(Set(chosen).count == 4, "\(coreset)")
    }
  }
}
