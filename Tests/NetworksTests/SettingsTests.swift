import Networks
import Testing
import Torch

@Suite struct SettingsTests {
  @Test func impossibleNetworksAreRefused() {
    var settings = ConvNet.Settings()
    settings.depth = 6
    #expect(throws: NetworkError.self) { try ConvNet(settings) }
    settings.pooling = .none
    #expect(throws: Never.self) { try ConvNet(settings) }
    settings.depth = 0
    #expect(throws: NetworkError("network convnet: depth must be in 1…16, found 0")) { try ConvNet(settings) }
    settings = .init()
    (settings.norm, settings.width) = (.group, 6)
    #expect(throws: NetworkError.self) { try ConvNet(settings) }
    var resnet = ResNet18.Settings()
    (resnet.norm, resnet.width) = (.group, 6)
    #expect(throws: NetworkError("network resnet18: group norm needs a width divisible by 4, found 6")) {
      try ResNet18(resnet)
    }
    var wide = WideResNet.Settings()
    wide.depth = 18
    #expect(throws: NetworkError("network wrn: depth must be 6n + 4 (16, 28, 40), found 18")) {
      try WideResNet(wide)
    }
    (wide.depth, wide.dropout) = (16, 1)
    #expect(throws: NetworkError.self) { try WideResNet(wide) }
    var pyramid = PyramidNet.Settings()
    pyramid.depth = 28
    #expect(throws: NetworkError("network pyramidnet: depth must be 6n + 2 (20, 110), found 28")) {
      try PyramidNet(pyramid)
    }
    var transformer = VisionTransformer.Settings()
    transformer.size = 32
    transformer.patch = 5
    #expect(
      throws: NetworkError("network vit: patch must divide the size, found patches of 5 in images of 32")
    ) {
      try VisionTransformer(transformer)
    }
    (transformer.patch, transformer.heads) = (4, 7)
    #expect(throws: NetworkError("network vit: heads must divide the width, found 7 heads for width 384")) {
      try VisionTransformer(transformer)
    }
    var lenet = LeNet.Settings()
    lenet.size = 8
    #expect(throws: NetworkError.self) { try LeNet(lenet) }
    var mlp = MLP.Settings()
    mlp.dropout = 1
    #expect(throws: NetworkError.self) { try MLP(mlp) }
  }

  @Test func numbersThatNoImagesHaveAreRefused() {
    func check<Settings: NetworkSettings>(_ kind: Settings.Type) {
      for (key, numbers) in [("channels", [0, 4097]), ("size", [-1, 4097]), ("classes", [0, 1_000_001])] {
        for number in numbers {
          var settings = kind.init() as! any ImageNetworkSettings
          switch key {
          case "channels": settings.channels = number
          case "size": settings.size = number
          default: settings.classes = number
          }
          let error = #expect(throws: NetworkError.self) { try settings.network() }
          #expect(
            error?.message.hasPrefix("network \(kind.name): \(key) must be in 1…") == true
              && error?.message.hasSuffix("found \(number)") == true, "\(error as Any)")
        }
      }
    }
    for kind in NetworkCatalog.all { check(kind) }
  }

  @Test func helpNamesEveryKeyAndNoOther() throws {
    func keys<Settings: NetworkSettings>(_ kind: Settings.Type) -> ([String], [String]) {
      (Mirror(reflecting: kind.init()).children.map { $0.label! }.sorted(), kind.help.map(\.key).sorted())
    }
    for kind in NetworkCatalog.all {
      let (declared, helped) = keys(kind)
      #expect(declared == helped, "\(kind.name)")
    }
  }
}
