// swift-tools-version: 6.2
import Foundation
import PackageDescription

// libtorch's root (the folder with include/ and lib/): $LIBTORCH, else what `./run setup` placed here.
let libtorch =
  Context.environment["LIBTORCH"].flatMap { $0.isEmpty ? nil : $0 }
  ?? "\(Context.packageDirectory)/.libtorch/torch"

// The rooms that know no tensor build and test alone: `./run test --without-torch`.
let withoutTorch = Context.environment["SALAR_WITHOUT_TORCH"] == "1"

let hasCUDA = FileManager.default.fileExists(atPath: "\(libtorch)/lib/libtorch_cuda.so")

let libtorchHeaders: [CXXSetting] = [
  .unsafeFlags([
    "-isystem", "\(libtorch)/include",
    "-isystem", "\(libtorch)/include/torch/csrc/api/include",
    // A handle is an at::Tensor seen as its one pointer; see Support.h.
    "-fno-strict-aliasing",
    // The face is thin, so that optimising it in debug builds too costs little and makes tests quick.
    "-O2",
    "-DCTORCH_COMPILED_AGAINST=\"\(libtorch)\"",
  ])
]
let libtorchLibraries: [LinkerSetting] = [
  .unsafeFlags(["-L\(libtorch)/lib", "-Xlinker", "-rpath", "-Xlinker", "\(libtorch)/lib"]),
  .linkedLibrary("torch"),
  .linkedLibrary("torch_cpu"),
  .linkedLibrary("c10"),
  .linkedLibrary("m", .when(platforms: [.linux])),
]

let argumentParser: Target.Dependency = .product(name: "ArgumentParser", package: "swift-argument-parser")
let yams: Target.Dependency = .product(name: "Yams", package: "Yams")

// MARK: Rooms without Torch

var products: [Product] = [
  .library(name: "Command", targets: ["Command"])
]
var dependencies: [Package.Dependency] = [
  .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2")
]
var targets: [Target] = [
  .target(name: "Command", dependencies: [argumentParser]),
  .testTarget(name: "CommandTests", dependencies: ["Command"]),
]

// MARK: The tower

if !withoutTorch {
  products += [
    .library(name: "Torch", targets: ["Torch"]),
    .library(name: "Networks", targets: ["Networks"]),
    .executable(name: "salar", targets: ["salar"]),
    .executable(name: "operator-generator", targets: ["OperatorGenerator"]),
  ]
  dependencies += [
    .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
    .package(url: "https://github.com/swiftlang/swift-docc-plugin", from: "1.5.0"),
  ]
  targets += [
    .target(
      name: "CTorch",
      cxxSettings: hasCUDA ? libtorchHeaders + [.define("CTORCH_CUDA")] : libtorchHeaders,
      linkerSettings: libtorchLibraries),
    .systemLibrary(
      name: "CZip", pkgConfig: "libzip", providers: [.apt(["libzip-dev"]), .brew(["libzip"])]),
    .target(name: "Torch", dependencies: ["CTorch", "CZip"]),
    .target(name: "Networks", dependencies: ["Torch"]),
    .executableTarget(name: "salar", dependencies: ["Command", "Networks", "Torch", argumentParser]),
    .executableTarget(
      name: "OperatorGenerator", dependencies: [yams], exclude: ["operators.txt"]),
    .target(name: "PeerSupport", path: "Tests/PeerSupport"),
    .testTarget(name: "TorchTests", dependencies: ["Torch", "CTorch", "PeerSupport"]),
    .testTarget(name: "NetworksTests", dependencies: ["Networks", "Torch", "PeerSupport"]),
    .testTarget(name: "SalarTests", dependencies: ["salar", "Torch", "Networks", "PeerSupport"]),
    .testTarget(name: "OperatorGeneratorTests", dependencies: ["OperatorGenerator"]),
  ]
}

let package = Package(
  name: "salar",
  platforms: [.macOS(.v15)],
  products: products,
  dependencies: dependencies,
  targets: targets,
  swiftLanguageModes: [.v6],
  cxxLanguageStandard: .cxx20
)
