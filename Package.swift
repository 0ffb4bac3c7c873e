// swift-tools-version: 6.2
import PackageDescription

// libtorch's root (the folder with include/ and lib/): $LIBTORCH, else what `./run setup` placed here.
let libtorch =
  Context.environment["LIBTORCH"].flatMap { $0.isEmpty ? nil : $0 }
  ?? "\(Context.packageDirectory)/.libtorch/torch"

// The rooms that know no tensor build and test alone: `./run test --without-torch`.
let withoutTorch = Context.environment["SALAR_WITHOUT_TORCH"] == "1"

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

// Recursions over thousands of observations, and decoders under millions of mutated inputs: debug builds of them make tests
// many times slower, and keep values longer than the program does, which hides pointers to what is gone.
let optimised: [SwiftSetting] = [.unsafeFlags(["-O"], .when(configuration: .debug))]

let argumentParser: Target.Dependency = .product(name: "ArgumentParser", package: "swift-argument-parser")
let yams: Target.Dependency = .product(name: "Yams", package: "Yams")

// MARK: Rooms without Torch

var products: [Product] = [
  .library(name: "Command", targets: ["Command"]),
  .library(name: "Reports", targets: ["Reports"]),
  .library(name: "Volatility", targets: ["Volatility"]),
  .library(name: "VolatilityStudies", targets: ["VolatilityStudies"]),
]
var dependencies: [Package.Dependency] = [
  .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2")
]
func system(_ name: String, _ pkgConfig: String, apt: String, brew: String) -> Target {
  .systemLibrary(
    name: name, path: "Sources/System/\(name)", pkgConfig: pkgConfig, providers: [.apt([apt]), .brew([brew])])
}

// Boost's headers have no pkg-config file; on Linux they lie where compilers look.
#if os(macOS)
  let boostHeaders: [CXXSetting] = [
    .unsafeFlags(["-isystem", "\(Context.environment["HOMEBREW_PREFIX"] ?? "/opt/homebrew")/include"])
  ]
#else
  let boostHeaders: [CXXSetting] = []
#endif

var targets: [Target] = [
  .target(name: "Command", dependencies: [argumentParser]),
  .testTarget(name: "CommandTests", dependencies: ["Command"]),
  .target(name: "Reports", dependencies: ["Command"]),
  .testTarget(name: "ReportsTests", dependencies: ["Reports", "Command"]),
  system("CEigen", "eigen3", apt: "libeigen3-dev", brew: "eigen"),
  system("CNLopt", "nlopt", apt: "libnlopt-dev", brew: "nlopt"),
  .target(
    name: "CNumerics", dependencies: ["CEigen"],
    cxxSettings: boostHeaders + [.unsafeFlags(["-O2"]), .define("EIGEN_MPL2_ONLY")]),
  .target(name: "Volatility", dependencies: ["CNumerics", "CNLopt"], swiftSettings: optimised),
  .testTarget(name: "VolatilityTests", dependencies: ["Volatility"]),
  .target(name: "VolatilityStudies", dependencies: ["Volatility", "Reports", "Command"]),
  .testTarget(
    name: "VolatilityStudiesTests", dependencies: ["VolatilityStudies", "Volatility", "Reports", "Command"]),
]

// MARK: The tower

if !withoutTorch {
  products += [
    .library(name: "Torch", targets: ["Torch"]),
    .library(name: "Networks", targets: ["Networks"]),
    .library(name: "Data", targets: ["Data"]),
    .library(name: "Runs", targets: ["Runs"]),
    .library(name: "Training", targets: ["Training"]),
    .library(name: "Sharpness", targets: ["Sharpness"]),
    .library(name: "Distillation", targets: ["Distillation"]),
    .library(name: "Experiments", targets: ["Experiments"]),
    .executable(name: "salar", targets: ["salar"]),
    .executable(name: "operator-generator", targets: ["OperatorGenerator"]),
  ]
  dependencies += [
    .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
    .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
    .package(url: "https://github.com/swiftlang/swift-docc-plugin", from: "1.5.0"),
  ]
  targets += [
    .target(
      name: "CTorch",
      cxxSettings: libtorchHeaders,
      linkerSettings: libtorchLibraries),
    system("CZip", "libzip", apt: "libzip-dev", brew: "libzip"),
    system("CJPEG", "libturbojpeg", apt: "libturbojpeg0-dev", brew: "jpeg-turbo"),
    system("CPNG", "libpng", apt: "libpng-dev", brew: "libpng"),
    system("CZlib", "zlib", apt: "zlib1g-dev", brew: "zlib"),
    system("CMatio", "matio", apt: "libmatio-dev", brew: "libmatio"),
    system("CArchive", "libarchive", apt: "libarchive-dev", brew: "libarchive"),
    .target(name: "Torch", dependencies: ["CTorch", "CZip"]),
    .target(name: "Networks", dependencies: ["Torch"]),
    .target(
      name: "Data",
      dependencies: [
        "Torch", "CJPEG", "CPNG", "CZlib", "CMatio", "CArchive",
        .product(name: "Crypto", package: "swift-crypto"),
      ], swiftSettings: optimised),
    .target(
      name: "Runs",
      dependencies: ["Torch", "Command", yams, .product(name: "Crypto", package: "swift-crypto")]),
    .target(name: "Training", dependencies: ["Torch", "Networks", "Data", "Runs", "Command"]),
    .target(name: "Sharpness", dependencies: ["Torch", "Networks", "Data", "Training", "Command"]),
    .target(name: "Distillation", dependencies: ["Torch", "Networks", "Data", "Training"]),
    .target(
      name: "Experiments",
      dependencies: [
        "Torch", "Networks", "Data", "Runs", "Training", "Sharpness", "Distillation", "Command", "Reports",
      ]),
    .executableTarget(
      name: "salar",
      dependencies: [
        "Command", "Reports", "Torch", "Networks", "Data", "Runs", "Training", "Sharpness",
        "Distillation", "Experiments", "Volatility", "VolatilityStudies", argumentParser,
      ]),
    .executableTarget(
      name: "OperatorGenerator", dependencies: [yams], exclude: ["operators.txt"]),
    .target(name: "PeerSupport", path: "Tests/PeerSupport"),
    .testTarget(name: "TorchTests", dependencies: ["Torch", "CTorch", "PeerSupport"]),
    .testTarget(name: "NetworksTests", dependencies: ["Networks", "Torch", "PeerSupport"]),
    .testTarget(
      name: "DataTests",
      dependencies: [
        "Data", "Runs", "Command", "Torch", "PeerSupport", "CZlib", "CMatio", "CArchive",
        .product(name: "Crypto", package: "swift-crypto"),
      ]),
    .testTarget(name: "RunsTests", dependencies: ["Runs", "Command", "Torch", "PeerSupport"]),
    .testTarget(
      name: "TrainingTests", dependencies: ["Training", "Data", "Runs", "Networks", "Torch", "PeerSupport"]),
    .testTarget(
      name: "SharpnessTests",
      dependencies: ["Sharpness", "Training", "Data", "Networks", "Torch", "PeerSupport"]),
    .testTarget(
      name: "DistillationTests",
      dependencies: ["Distillation", "Data", "Networks", "Torch", "PeerSupport"]),
    .testTarget(
      name: "ExperimentsTests",
      dependencies: [
        "Experiments", "Training", "Distillation", "Data", "Runs", "Networks", "Torch", "Command", "Reports",
        "PeerSupport",
      ]),
    .testTarget(
      name: "SalarTests",
      dependencies: ["salar", "Experiments", "Data", "Reports", "Torch", "Networks", "PeerSupport"]),
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
