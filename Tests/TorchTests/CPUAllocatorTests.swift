import CTorch
import Foundation
import Synchronization
import PeerSupport
import Testing
import Torch

/// The caching allocator through its Swift face. It belongs to the whole process, so that each test has its own one.
struct CPUAllocatorTests {
  private static let megabyte = 1 << 20

  private static func bytes(_ count: Int) -> Tensor { Tensor.zeros([count], dtype: .uint8) }

  @Test func countersAddUp() async {
    await #expect(processExitsWith: .success) {
      let before = CPUAllocator.statistics
      #expect(before.reserved == before.live + before.idle)
      var kept: [Tensor] = []
      for count in [1, 1000, 100_000, 3 * Self.megabyte] { kept.append(Self.bytes(count)) }
      let during = CPUAllocator.statistics
      #expect(during.live - before.live >= 3 * Self.megabyte + 101_001)
      #expect(during.reserved == during.live + during.idle)
      #expect(during.allocations == before.allocations + 4)
      #expect(during.peakLive >= during.live && during.peakReserved >= during.reserved)
      kept = []
      let after = CPUAllocator.statistics
      #expect(after.live == before.live)
      #expect(after.idle >= 3 * Self.megabyte)
      #expect(after.reserved == after.live + after.idle)
      #expect(after.peakLive == during.peakLive)
      CPUAllocator.resetPeak()
      #expect(CPUAllocator.statistics.peakLive == after.live)
      #expect(CPUAllocator.statistics.peakReserved == after.reserved)
    }
  }

  @Test func memoryIsUsedAgain() async {
    await #expect(processExitsWith: .success) {
      for count in [64, 50_000, 9 * Self.megabyte] {
        _ = Self.bytes(count)
        let before = CPUAllocator.statistics
        for _ in 0..<100 { _ = Self.bytes(count) }
        let after = CPUAllocator.statistics
        #expect(after.allocations == before.allocations + 100)
        #expect(after.reuses == before.reuses + 100, "\(count) bytes")
        #expect(after.systemAllocations == before.systemAllocations)
        #expect(after.reserved == before.reserved)
      }
    }
  }

  @Test func emptyingGivesIdleBytesBack() async {
    await #expect(processExitsWith: .success) {
      let kept = Self.bytes(1000).add_(7)
      for _ in 0..<3 { _ = Self.bytes(40 * Self.megabyte) }
      let idle = CPUAllocator.statistics.idle
      #expect(idle >= 40 * Self.megabyte)
      let returned = CPUAllocator.emptyCache()
      let after = CPUAllocator.statistics
      #expect(returned == idle - after.idle)
      // Small blocks that share pages with one in use stay.
      #expect(after.idle < 4 * Self.megabyte)
      #expect(CPUAllocator.emptyCache() == 0)
      #expect(kept.sum().int == 7000)
    }
  }

  @Test func theLimitHolds() async {
    await #expect(processExitsWith: .success) {
      let limit = 64 * Self.megabyte
      CPUAllocator.cacheLimit = limit
      #expect(CPUAllocator.cacheLimit == limit)
      var tensors = (0..<20).map { _ in Self.bytes(16 * Self.megabyte) }
      #expect(CPUAllocator.statistics.live >= 320 * Self.megabyte)
      while !tensors.isEmpty {
        tensors.removeLast()
        #expect(CPUAllocator.statistics.idle <= limit + 4 * Self.megabyte)
      }
      // How much stays below the limit is the allocator's affair, but some does.
      #expect(CPUAllocator.statistics.idle >= 16 * Self.megabyte)
      CPUAllocator.cacheLimit = 0
      #expect(CPUAllocator.statistics.idle <= 4 * Self.megabyte)
      _ = Self.bytes(16 * Self.megabyte)
      #expect(CPUAllocator.statistics.idle <= 4 * Self.megabyte)
      CPUAllocator.cacheLimit = nil
      #expect(CPUAllocator.cacheLimit == nil)
      _ = Self.bytes(16 * Self.megabyte)
      #expect(CPUAllocator.statistics.idle >= 16 * Self.megabyte)
    }
  }

  @Test func switchingInTheMiddleOfTensorsLives() async {
    await #expect(processExitsWith: .success) {
      #expect(CPUAllocator.isEnabled)
      let live = CPUAllocator.statistics.live
      let sizes = [10, 5000, 3 * Self.megabyte]
      var cached = sizes.map { Self.bytes($0).add_(1) }
      CPUAllocator.isEnabled = false
      #expect(!CPUAllocator.isEnabled)
      #expect(CPUAllocator.statistics.idle < 4 * Self.megabyte)
      var direct = sizes.map { Self.bytes($0).add_(2) }
      // Some of each go while the other way is on.
      cached.removeLast()
      let reuses = CPUAllocator.statistics.reuses
      _ = Self.bytes(3 * Self.megabyte)
      #expect(CPUAllocator.statistics.reuses == reuses)
      CPUAllocator.isEnabled = true
      direct.removeLast()
      let more = sizes.map { Self.bytes($0).add_(3) }
      for (tensors, value) in [(cached, 1), (direct, 2), (more, 3)] {
        for (tensor, size) in zip(tensors, sizes) {
          #expect(tensor.to(.int64).sum().int == value * size)
        }
      }
      cached = []
      direct = []
      withExtendedLifetime(more) {}
      #expect(CPUAllocator.statistics.live >= live)
    }
  }

  @Test func nothingStaysLiveAcrossSwitches() async {
    await #expect(processExitsWith: .success) {
      let live = CPUAllocator.statistics.live
      do {
        let first = Self.bytes(5000)
        CPUAllocator.isEnabled = false
        let second = Self.bytes(5000)
        CPUAllocator.isEnabled = true
        withExtendedLifetime((first, second)) {}
      }
      #expect(CPUAllocator.statistics.live == live)
    }
  }

  @Test func fourThreadsAtOnce() async {
    await #expect(processExitsWith: .success) {
      let live = CPUAllocator.statistics.live
      let wrong = await withTaskGroup(of: Int.self, returning: Int.self) { group in
        for thread in 0..<4 {
          group.addTask {
            var kept: [(Tensor, Int)] = []
            var wrong = 0
            for round in 0..<2000 {
              let count = 1 << ((round * 7 + thread) % 18)
              let value = (round + thread) % 100
              kept.append((Self.bytes(count).add_(.integer(value)), value))
              if kept.count > 12 {
                let (tensor, expected) = kept.remove(at: (round * 5) % kept.count)
                // A block that two tensors were given would hold the other's value.
                let same = tensor.eq(.integer(expected)).all().item() == .boolean(true)
                if !same { wrong += 1 }
              }
              if round % 500 == 250 { CPUAllocator.emptyCache() }
            }
            return wrong
          }
        }
        return await group.reduce(0, +)
      }
      #expect(wrong == 0)
      #expect(CPUAllocator.statistics.live == live)
    }
  }

  #if os(Linux)
    @Test(
      .enabled(
        if: FileManager.default.fileExists(atPath: "/sys/kernel/mm/transparent_hugepage"),
        "this kernel has no huge pages"))
    func bigBlocksAskForHugePages() async {
      // Where no other test changes the mappings while they are read.
      await #expect(processExitsWith: .success) {
        let tensor = Tensor.empty([64 * Self.megabyte], dtype: .uint8)
        let place = tensor.withUnsafeBytes { UInt(bitPattern: $0.baseAddress!) }
        // Mappings with their flags, `hg` being the wish for huge pages.
        // A file of the kernel has no length, so that it is read until it ends.
        let file = try FileHandle(forReadingFrom: URL(fileURLWithPath: "/proc/self/smaps"))
        let maps = String(decoding: try file.readToEnd() ?? Data(), as: UTF8.self)
        var isInside = false
        var flags = "no mapping of \(maps.count) characters holds \(String(place, radix: 16))"
        for line in maps.split(separator: "\n") {
          if let match = line.prefixMatch(of: #/([0-9a-f]+)-([0-9a-f]+) /#) {
            isInside = (UInt(match.1, radix: 16)!..<UInt(match.2, radix: 16)!).contains(place)
          } else if isInside, line.hasPrefix("VmFlags:") {
            flags = String(line)
          }
        }
        withExtendedLifetime(tensor) {}
        #expect(flags.split(separator: " ").contains("hg"), "\(flags)")
      }
    }
  #endif

  /// Blocks that one thread took and another gives back, threads that end with full lists of their own, and somebody who
  /// turns every knob meanwhile.
  @Test func blocksWanderBetweenThreads() async {
    await #expect(processExitsWith: .success) {
      struct Parcel: @unchecked Sendable {
        let tensor: Tensor
        let value: Int
      }
      let live = CPUAllocator.statistics.live
      let queue = Mutex<[Parcel]>([])
      let wrong = Mutex(0)
      let isOver = Mutex(false)
      let knobs = Thread {
        var round = 0
        while !isOver.withLock({ $0 }) {
          round += 1
          CPUAllocator.isEnabled = round % 3 != 0
          CPUAllocator.cacheLimit = round % 2 == 0 ? nil : 4 << 20
          if round % 7 == 0 { CPUAllocator.emptyCache() }
          CPUAllocator.resetPeak()
          if CPUAllocator.statistics.live < 0 { wrong.withLock { $0 += 1 } }
        }
      }
      knobs.start()
      // Eight short-lived threads, one after another in pairs: one sends, one receives.
      for generation in 0..<4 {
        let group = DispatchGroup()
        for side in 0..<2 {
          group.enter()
          Thread {
            defer { group.leave() }
            for round in 0..<1_500 {
              if side == 0 {
                let value = (round + generation) % 100
                let tensor = Self.bytes(1 << (round * 5 % 19)).add_(.integer(value))
                queue.withLock { $0.append(Parcel(tensor: tensor, value: value)) }
              } else if let parcel = queue.withLock({ $0.popLast() }) {
                let same = parcel.tensor.eq(.integer(parcel.value)).all().item() == .boolean(true)
                if !same { wrong.withLock { $0 += 1 } }
              }
            }
          }.start()
        }
        group.wait()
      }
      isOver.withLock { $0 = true }
      while !knobs.isFinished { usleep(1_000) }
      #expect(
        queue.withLock { $0.allSatisfy { $0.tensor.eq(.integer($0.value)).all().item() == .boolean(true) } })
      queue.withLock { $0 = [] }
      #expect(wrong.withLock { $0 } == 0)
      CPUAllocator.isEnabled = true
      #expect(CPUAllocator.statistics.live == live)
    }
  }

  /// `limits`: what stands in files below the mount.
  @Test(arguments: [
    // Version 2: the tightest of the group and those above it.
    ("0::/a/b\n", ["a/b/memory.max": "max\n", "a/memory.max": "4096\n", "memory.max": "8192\n"], 4096),
    ("0::/a/b\n", ["a/b/memory.max": "1024\n", "a/memory.max": "max\n", "b/memory.max": "7\n"], 1024),
    ("0::/\n", ["memory.max": "512\n"], 512),
    // A container's own group, seen at the root while the path tells of it from the outside.
    ("0::/docker/x\n", ["memory.max": "256\n"], 256),
    ("0::/../x\n", ["memory.max": "128\n", "x/memory.max": "1\n"], 128),
    // A path may have colons.
    ("0::/a:b/c\n", ["a:b/memory.max": "96\n"], 96),
    // Version 1, where other controllers have paths of their own.
    (
      "12:cpu,cpuacct:/a\n4:hugetlb,memory:/b/c\n1:name=systemd:/a\n",
      [
        "memory/b/memory.limit_in_bytes": "2048\n",
        "memory/b/c/memory.limit_in_bytes": "9223372036854771712\n",
        "memory/a/memory.limit_in_bytes": "1\n", "b/memory.max": "2\n",
      ], 2048
    ),
    // Both: version 2 without memory beside version 1.
    ("4:memory:/b\n0::/b\n", ["memory/b/memory.limit_in_bytes": "64\n"], 64),
    ("0::/a\n", ["a/memory.max": "max\n"], Int64.max), ("", ["memory.max": "1\n"], .max),
    ("nonsense\n::\n", [:], .max),
  ])
  func theTightestControlGroupCounts(_ groups: String, _ limits: [String: String], _ expected: Int64) throws {
    let folder = try TemporaryFolder()
    let list = folder.file("cgroup")
    try groups.write(to: list, atomically: false, encoding: .utf8)
    let root = folder.file("mount")
    for (name, text) in limits {
      let file = root.appendingPathComponent(name)
      try FileManager.default.createDirectory(
        at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
      try text.write(to: file, atomically: false, encoding: .utf8)
    }
    #expect(ct_allocator_control_group_memory(list.path, root.path) == expected)
    #expect(ct_allocator_control_group_memory(folder.file("none").path, root.path) == .max)
  }

  @Test func theBeginningIsAsTheEnvironmentSays() {
    let environment = ProcessInfo.processInfo.environment
    #expect(CPUAllocator.isEnabled == (environment["SALAR_CPU_ALLOCATOR"] != "system"))
    switch environment["SALAR_CPU_CACHE_LIMIT"] {
    case "3M": #expect(CPUAllocator.cacheLimit == 3 << 20)
    case "-1": #expect(CPUAllocator.cacheLimit == nil)
    default: #expect(CPUAllocator.cacheLimit ?? 0 >= 1 << 24, "half of the machine's memory")
    }
  }

  #if os(Linux)
    /// Runs the test above in programs that start with other environments.
    @Test(arguments: [
      ["SALAR_CPU_ALLOCATOR": "system"], ["SALAR_CPU_ALLOCATOR": "caching", "SALAR_CPU_CACHE_LIMIT": "3M"],
      ["SALAR_CPU_CACHE_LIMIT": "-1"],
    ])
    func theEnvironmentSetsTheBeginning(_ variables: [String: String]) throws {
      let process = Process()
      process.executableURL = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
      process.arguments = [
        "--testing-library", "swift-testing", "--filter", "theBeginningIsAsTheEnvironmentSays",
      ]
      process.environment = ProcessInfo.processInfo.environment.merging(variables) { $1 }
      let output = Pipe()
      process.standardOutput = output
      process.standardError = output
      try process.run()
      let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
      process.waitUntilExit()
      #expect(process.terminationStatus == 0, "\(text)")
      #expect(text.contains("theBeginningIsAsTheEnvironmentSays() passed"), "\(text)")
    }
  #endif
}
