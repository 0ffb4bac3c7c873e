import PeerSupport
import Testing
import Torch

/// Every generated operator against PyTorch: the typed call, the call with Swift's defaults, and the boxed call.
@Suite(.enabled(if: Peer.isAvailable, Comment(rawValue: Peer.missing)))
struct OperatorParityTests {
  @Test func everyGeneratedOperatorAgreesWithPyTorch() throws {
    let peer = try PeerOperators(Array(operatorCalls.keys))
    var failures: [String] = []
    var called: Set<String> = []
    var calledWithDefaults: Set<String> = []
    for example in peer.cases {
      called.insert(example.operator)
      if example.resultsWithDefaults != nil { calledWithDefaults.insert(example.operator) }
      for way in Way.allCases {
        do {
          if let text = try catchingTorchErrors({ try compare(example, way, peer) }) {
            failures.append("\(example.operator), case \(example.number), \(way): \(text)")
          }
        } catch {
          failures.append("\(example.operator), case \(example.number), \(way): \(error)")
        }
      }
    }
    failures += Set(operatorCalls.keys).subtracting(called).map { "\($0): never called" }
    // `clamp_` wants one bound at least, though both have a default.
    failures += Set(operatorCallsWithDefaults.keys).subtracting(calledWithDefaults.union(["clamp_"])).map {
      "\($0): never called with its defaults"
    }
    #expect(failures.isEmpty, "\n\(failures.sorted().joined(separator: "\n"))")
    #expect(called.count == operatorCalls.count)
  }

  private enum Way: CaseIterable { case typed, boxed, withDefaults }

  private func compare(_ example: PeerOperators.Case, _ way: Way, _ peer: PeerOperators) throws -> String? {
    let all = try example.arguments.map { try peer.value($0.value) }
    let found: [OperatorValue]
    switch way {
    case .typed:
      let call = try #require(operatorCalls[example.operator])
      var arguments = OperatorArguments(example.shownIndices.map { all[$0] })
      found = try call(&arguments)
      if let left = arguments.unread { return left }
    case .boxed:
      let parts = example.operator.split(separator: ".", maxSplits: 1).map(String.init)
      let boxed = try TorchOperator("aten::\(parts[0])", overload: parts.count > 1 ? parts[1] : "")
      found = try boxed(all)
    case .withDefaults:
      guard let expected = example.resultsWithDefaults,
        let call = operatorCallsWithDefaults[example.operator]
      else { return nil }
      let required = example.shownIndices.filter { example.arguments[$0].required }
      var arguments = OperatorArguments(required.map { all[$0] })
      let found = try call(&arguments)
      return try arguments.unread
        ?? difference(found, expected.map(peer.value), comparingValues: example.comparesValues)
    }
    if let text = try difference(
      found, example.results.map(peer.value), comparingValues: example.comparesValues)
    {
      return text
    }
    for after in example.after {
      if let text = difference(all[after.index], try peer.value(after.value)) {
        return "argument \(after.index) after the call: \(text)"
      }
    }
    return nil
  }
}
