import Data
import Foundation
import Networks
import PeerSupport
import Testing
import Torch

@testable import Distillation

/// A small ConvNet's way over few images.
struct SmallStudent {
  let network: ConvNet
  let start: Tensor
  let end: Tensor
  let images: Tensor
  let labels: Tensor
  let stepSize: Tensor

  init(_ dtype: DType = .float64, count: Int = 6, norm: NormKind = .instance, width: Int = 8) throws {
    var settings = ConvNet.Settings()
    (settings.width, settings.depth, settings.size, settings.norm, settings.classes) = (width, 2, 8, norm, 3)
    network = try ConvNet(settings)
    start = network.initial(Generator(seed: 1)).to(dtype).flat
    end = start + Tensor.randn([network.layout.count], generator: Generator(seed: 2)).to(dtype) * 0.02
    images = Tensor.randn([count, 3, 8, 8], generator: Generator(seed: 3)).to(dtype)
    labels = Tensor((0..<count).map { Int64($0 % 3) })
    stepSize = Tensor(0.05).to(dtype)
  }

  /// Whole batches and halves in turn, each augmented.
  func steps(_ count: Int, augmented: Bool = true) -> [StudentStep] {
    let augmentation = DSA()
    return (0..<count).map { step in
      let order: [Int64] = Tensor.randperm(images.size(0), generator: Generator(seed: UInt64(step))).array()
      let rows = step % 2 == 0 ? order : Array(order.prefix(order.count / 2))
      let parameters = augmentation.draw(
        rows.count, shape: [3, 8, 8], Generator(seed: UInt64(100 + step)))
      return StudentStep(
        samples: .positions(Tensor(rows)), augmentation: augmented ? (augmentation, parameters) : nil)
    }
  }

  func gradient(_ mode: GradientMode, _ steps: [StudentStep], _ change: (inout Unroll) -> Void = { _ in })
    throws -> UnrollGradient
  {
    var unroll = try Unroll(network, mode: mode)
    change(&unroll)
    return unroll(
      images: images, labels: labels, stepSize: stepSize, from: start, to: end, steps: steps)
  }
}

/// ‖a − b‖/‖b‖.
private func distance(_ a: Tensor, _ b: Tensor) -> Double {
  ((a - b).to(.float64).vectorNorm().double) / b.to(.float64).vectorNorm().double
}

private func expectEqual(_ a: UnrollGradient, _ b: UnrollGradient, within tolerance: Double) {
  #expect(distance(a.images, b.images) < tolerance)
  #expect(distance(a.stepSize, b.stepSize) < tolerance)
  #expect(distance(a.loss, b.loss) < tolerance)
}

@Suite struct UnrollTests {
  @Test(arguments: [1, 5, 30])
  func exactIsTheUnrolledGradientInDouble(_ count: Int) throws {
    let student = try SmallStudent()
    let steps = student.steps(count)
    expectEqual(try student.gradient(.exact, steps), try student.gradient(.unrolled, steps), within: 1e-12)
  }

  @Test(arguments: [1, 5, 30])
  func exactIsTheUnrolledGradientInSingle(_ count: Int) throws {
    let student = try SmallStudent(.float32)
    let steps = student.steps(count)
    expectEqual(try student.gradient(.exact, steps), try student.gradient(.unrolled, steps), within: 1e-5)
  }

  /// At a width whose convolutions have kernels, where the weights' gradients that nobody reads are left out.
  @Test func withKernelsToo() throws {
    let student = try SmallStudent(.float32, width: 16)
    let steps = student.steps(6)
    let unrolled = try student.gradient(.unrolled, steps)
    expectEqual(try student.gradient(.exact, steps), unrolled, within: 1e-5)
    expectEqual(try student.gradient(.exact, steps) { $0.keptSteps = 3 }, unrolled, within: 1e-5)
    expectEqual(
      try student.gradient(.exact, steps) { ($0.part, $0.keptSteps) = (2, 3) }, unrolled, within: 1e-5)
    let one = student.steps(1)
    expectEqual(try student.gradient(.tesla, one), try student.gradient(.unrolled, one), within: 1e-5)
  }

  @Test(arguments: [NormKind.none, .layer, .group])
  func normsMakeNoDifference(_ norm: NormKind) throws {
    let student = try SmallStudent(norm: norm)
    let steps = student.steps(4)
    expectEqual(try student.gradient(.exact, steps), try student.gradient(.unrolled, steps), within: 1e-12)
  }

  @Test func partsAndKeptGraphsGiveTheSame() throws {
    let student = try SmallStudent()
    let steps = student.steps(6)
    let whole = try student.gradient(.exact, steps)
    expectEqual(try student.gradient(.exact, steps) { $0.part = 4 }, whole, within: 1e-12)
    expectEqual(try student.gradient(.exact, steps) { $0.keptSteps = 3 }, whole, within: 1e-12)
    expectEqual(
      try student.gradient(.exact, steps) { ($0.part, $0.keptSteps) = (1, 9) }, whole, within: 1e-12)
    let tesla = try student.gradient(.tesla, steps)
    expectEqual(try student.gradient(.tesla, steps) { $0.part = 4 }, tesla, within: 1e-12)
  }

  @Test func teslaIsExactForOneStepAlone() throws {
    let student = try SmallStudent()
    let one = student.steps(1)
    let exact = try student.gradient(.exact, one)
    expectEqual(try student.gradient(.tesla, one), exact, within: 1e-12)
    let released = try student.gradient(.tesla, one) { $0.teslaScale = .released }
    #expect(distance(released.images * 2, exact.images) < 1e-12)
    #expect(distance(released.stepSize, exact.stepSize) < 1e-12)
    let many = student.steps(10)
    let (tesla, true_) = (try student.gradient(.tesla, many), try student.gradient(.exact, many))
    #expect(distance(tesla.loss, true_.loss) < 1e-12)
    #expect(distance(tesla.images, true_.images) > 1e-3)
  }

  @Test func finiteDifferencesAgree() throws {
    let student = try SmallStudent()
    let steps = student.steps(5)
    let found = try student.gradient(.exact, steps)
    let unroll = try Unroll(student.network, mode: .exact)
    func loss(_ images: Tensor, _ stepSize: Tensor) -> Double {
      unroll(
        images: images, labels: student.labels, stepSize: stepSize, from: student.start, to: student.end,
        steps: steps
      ).loss.double
    }
    let direction = Tensor.randn(student.images.shape, generator: Generator(seed: 9)).to(.float64)
    let h = 1e-5
    let slope =
      (loss(student.images + direction * Scalar(h), student.stepSize)
        - loss(student.images - direction * Scalar(h), student.stepSize)) / (2 * h)
    let expected = (found.images * direction).sum().double
    #expect(abs(slope - expected) < 1e-6 * max(1, abs(expected)))
    let ofStep =
      (loss(student.images, student.stepSize + Scalar(h)) - loss(student.images, student.stepSize - Scalar(h)))
      / (2 * h)
    #expect(abs(ofStep - found.stepSize.double) < 1e-6 * max(1, abs(ofStep)))
  }

  @Test func probabilitiesAsLabels() throws {
    let student = try SmallStudent()
    let soft = Tensor.zeros([6, 3], dtype: .float64)
    for (row, label) in student.labels.array(of: Int64.self).enumerated() {
      soft[row][Int(label)].fill_(1)
    }
    let steps = student.steps(3)
    let found = try Unroll(student.network)(
      images: student.images, labels: soft, stepSize: student.stepSize, from: student.start, to: student.end,
      steps: steps)
    expectEqual(found, try student.gradient(.exact, steps), within: 1e-12)
  }

  @Test func batchStatisticsAreRefused() throws {
    var settings = ConvNet.Settings()
    settings.norm = .batch
    let network = try ConvNet(settings)
    let error = #expect(throws: DistillationError.self) { try Unroll(network) }
    #expect(error?.message.contains("norm=instance") == true)
  }

  @Test(.enabled(if: Peer.isAvailable, Comment(rawValue: Peer.missing)))
  func followsPyTorch() throws {
    let student = try SmallStudent()
    let folder = try TemporaryFolder()
    let state = { (flat: Tensor) in
      Point(layout: student.network.layout, flat: flat, buffers: student.network.bufferLayout.initial())
        .stateDictionary
    }
    try Safetensors.write(
      state(student.start).map { ("start.\($0.name)", $0.tensor) }
        + state(student.end).map { ("end.\($0.name)", $0.tensor) } + [
          ("images", student.images), ("labels", student.labels), ("step", student.stepSize),
        ], to: folder.file("in.safetensors"))
    try Peer.run(
      "unrolled_student", [folder.file("in.safetensors").path, folder.file("out.safetensors").path, "7"])
    let expected = try Safetensors(reading: folder.file("out.safetensors"))
    let steps = [StudentStep](repeating: StudentStep(), count: 7)
    for mode in [GradientMode.exact, .unrolled] {
      let found = try student.gradient(mode, steps)
      #expect(distance(found.images, expected["images"]!) < 1e-10)
      #expect(distance(found.stepSize, expected["stepSize"]!) < 1e-10)
      #expect(distance(found.loss, expected["loss"]!) < 1e-12)
    }
    let tesla = try student.gradient(.tesla, steps)
    #expect(distance(tesla.images, expected["tesla"]!) < 1e-10)
  }
}
