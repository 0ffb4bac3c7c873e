// swift-tools-version: 6.2
import PackageDescription

// Apart from the main package, so that a user never fetches or builds what only measuring needs.
let package = Package(
  name: "SalarBenchmarks",
  platforms: [.macOS(.v15)],
  products: [.executable(name: "salar-bench", targets: ["SalarBench"])],
  dependencies: [.package(name: "salar", path: "..")],
  targets: [
    .executableTarget(
      name: "SalarBench",
      dependencies: [
        .product(name: "Torch", package: "salar"), .product(name: "Networks", package: "salar"),
        .product(name: "Data", package: "salar"), .product(name: "Training", package: "salar"),
        .product(name: "Sharpness", package: "salar"), .product(name: "Distillation", package: "salar"),
        .product(name: "Volatility", package: "salar"), .product(name: "Command", package: "salar"),
      ])
  ],
  swiftLanguageModes: [.v6]
)
