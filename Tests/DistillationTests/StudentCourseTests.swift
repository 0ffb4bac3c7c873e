import Data
import Foundation
import Networks
import PeerSupport
import Testing
import Torch
import Training

@testable import Distillation

@Suite struct StudentCourseTests {
  private let folder: TemporaryFolder
  private let student: SmallStudent

  init() throws {
    folder = try TemporaryFolder()
    student = try SmallStudent(.float32)
  }

  /// An expert who was trained on the very images, `steps` steps of full batches an epoch.
  private func expert(epochs: Int, steps: Int, stepSize: Double) throws -> Expert {
    var theta = student.start
    var points = [theta]
    for _ in 0..<epochs {
      for _ in 0..<steps {
        let point = Point(
          layout: student.network.layout, flat: theta.contiguous(),
          buffers: student.network.bufferLayout.initial())
        let weights = point.leaves()
        let gradient = withGrad {
          var pass = Pass(training: true, buffers: point.buffers, updatesBuffers: false)
          let logits = student.network(student.images, weights, &pass).logits
          return weights.gradient(of: crossEntropyPerSample(logits, student.labels).mean())
        }
        theta = withNoGrad { theta - gradient * Scalar(stepSize) }
      }
      points.append(theta)
    }
    let file = folder.file("expert.safetensors")
    try Expert.write(
      points, .init(network: "convnet", seed: 0, rule: "sgd", accuracy: [], trainAccuracy: []), to: file)
    return try Expert(reading: file, layout: student.network.layout)
  }

  private func marks(_ expert: Expert, steps: Int, stepSize: Double, to last: Int? = nil) throws
    -> [StudentCourse.Mark]
  {
    let course = StudentCourse(
      student.network, plan: try StepPlan(steps: steps, strategy: "none"), expertEpochs: 2)
    var marks: [StudentCourse.Mark] = []
    try course.follow(
      expert, to: last, images: student.images, labels: student.labels, stepSize: stepSize,
      streams: RandomStreams(seed: 1)
    ) { marks.append($0) }
    return marks
  }

  private func distance(_ a: Tensor, _ b: Tensor) -> Double { (a - b).vectorNorm().double }

  /// Who does what the expert did stands where the expert stands.
  @Test func thereIsNoErrorOnTheExpertsOwnImages() throws {
    let expert = try expert(epochs: 6, steps: 3, stepSize: 0.1)
    let found = try marks(expert, steps: 6, stepSize: 0.1)
    #expect(found.map(\.epoch) == [0, 2, 4, 6])
    let way = distance(found[3].expert, found[0].expert)
    #expect(way > 0.1)
    for mark in found {
      #expect(distance(mark.carried, mark.expert) < 1e-5 * way)
      #expect(distance(mark.restarted, mark.expert) < 1e-5 * way)
    }
    #expect(try marks(expert, steps: 6, stepSize: 0.1, to: 5).map(\.epoch) == [0, 2, 4])
  }

  /// Of two segments, the first makes the same error for both students; then one carries it on and the other does not.
  @Test func oneStudentCarriesItsErrorOn() throws {
    let found = try marks(try expert(epochs: 4, steps: 3, stepSize: 0.1), steps: 5, stepSize: 0.1)
    #expect(found[1].carried.equal(found[1].restarted))
    #expect(distance(found[1].carried, found[1].expert) > 1e-3)
    #expect(!found[2].carried.equal(found[2].restarted))
    #expect(distance(found[2].carried, found[2].expert) > distance(found[2].restarted, found[2].expert))
  }

  // MARK: Kept steps from a memory budget

  /// In a process of its own, as what other tests allocate would count.
  @Test func memoryDecidesOnKeptSteps() async {
    await #expect(processExitsWith: .success) {
      let student = try SmallStudent(.float32)
      var unroll = try Unroll(student.network)
      let steps = student.steps(6)
      func kept(_ bytes: Int) -> Int {
        unroll.keptSteps(
          within: bytes, images: student.images, labels: student.labels, from: student.start, steps: steps)
      }
      let found = (8...26).map { kept(1 << $0) }
      #expect(found == found.sorted() && found.first == 0 && found.last == 6)
      // Some budget lies between none and all.
      #expect(found.contains { (1...5).contains($0) })
      // Of parts as many graphs are kept as there are parts.
      unroll.part = 2
      #expect(kept(1 << 26) == 6 && kept(1 << 8) == 0)
      #expect(
        unroll.keptSteps(
          within: 1, images: student.images, labels: student.labels, from: student.start, steps: []) == 0)
    }
  }

  // MARK: Architectures

  @Test func thereAre720ConvNets() throws {
    let members = ConvNetSpace().members
    #expect(members.count == 720 && Set(members.map(\.name)).count == 720)
    var small = ConvNetSpace()
    (small.depths, small.widths) = ([1, 2], [4, 8])
    #expect(small.members.count == 2 * 2 * 5 * 3 * 3)
    let drawn = small.drawn(7, Generator(seed: 1))
    #expect(Set(drawn).count == 7 && drawn == small.drawn(7, Generator(seed: 1)))
    #expect(small.drawn(1_000, Generator(seed: 1)) == small.members)
  }

  /// Values worked out by hand; equal values share the mean of their places.
  @Test func rankCorrelations() {
    #expect(rankCorrelation([1, 2, 3], [10, 20, 30]) == 1)
    #expect(rankCorrelation([1, 2, 3], [3, 2, 1]) == -1)
    // d = (−1, 1, 0, −1, 1): 1 − 6·4 / (5·24).
    #expect(abs(rankCorrelation([1, 2, 3, 4, 5], [2, 1, 3, 5, 4]) - 0.8) < 1e-12)
    // Ranks 1, 2.5, 2.5, 4 beside 1, 2, 3, 4: 4.5 / √(4.5 · 5).
    #expect(abs(rankCorrelation([1, 7, 7, 9], [1, 2, 3, 4]) - 4.5 / (4.5 * 5).squareRoot()) < 1e-12)
    #expect(rankCorrelation([1, 1], [1, 2]).isNaN && rankCorrelation([1], [1]).isNaN)
  }
}
