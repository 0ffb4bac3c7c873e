import Networks
import Testing
import Torch

@Suite struct ParameterCountTests {
  /// Counts as published or as the reference code has them.
  @Test func countsAreTheReferences() throws {
    #expect(try ConvNet().layout.count == 320_010)
    var settings = ConvNet.Settings()
    settings.classes = 100
    #expect(try ConvNet(settings).layout.count == 504_420)
    settings.classes = 200
    settings.depth = 4
    settings.size = 64
    #expect(try ConvNet(settings).layout.count == 857_160)
    settings.classes = 10
    settings.depth = 5
    settings.size = 128
    #expect(try ConvNet(settings).layout.count == 615_690)

    #expect(try ResNet18().layout.count == 11_173_962)
    #expect(try ResNet18().layout.slots.count == 62)
    var resnet = ResNet18.Settings()
    resnet.classes = 100
    #expect(try ResNet18(resnet).layout.count == 11_220_132)
    resnet.classes = 1000
    resnet.stem = .imagenet
    resnet.size = 224
    #expect(try ResNet18(resnet).layout.count == 11_689_512)

    #expect(try ResNet50().layout.count == 25_557_032)
    #expect(try ResNet50().layout.slots.count == 161)
    #expect(try ResNet101().layout.count == 44_549_160)
    var bottlenecks = ResNet50.Settings()
    (bottlenecks.stem, bottlenecks.size, bottlenecks.classes) = (.cifar, 32, 10)
    #expect(try ResNet50(bottlenecks).layout.count == 23_520_842)

    #expect(try WideResNet().layout.count == 36_479_194)
    var wide = WideResNet.Settings()
    wide.classes = 100
    #expect(try WideResNet(wide).layout.count == 36_536_884)
    (wide.depth, wide.widen, wide.classes) = (16, 4, 10)
    #expect(try WideResNet(wide).layout.count == 2_748_890)

    #expect(try PyramidNet().layout.count == 28_485_477)
    var pyramid = PyramidNet.Settings()
    pyramid.classes = 100
    #expect(try PyramidNet(pyramid).layout.count == 28_511_307)

    #expect(try AlexNet().layout.count == 1_872_202)
    #expect(try VGG11().layout.count == 9_231_114)
    #expect(try ResNet18AP().layout.count == 11_250_762)
    #expect(try VisionTransformer().layout.count == 22_878_952)
    #expect(try MLP().layout.count == 3072 * 128 + 128 + 128 * 128 + 128 + 128 * 10 + 10)
    #expect(try LeNet().layout.count == 62_006)
    var lenet = LeNet.Settings()
    (lenet.channels, lenet.size) = (1, 28)
    #expect(try LeNet(lenet).layout.count == 61_706)
  }

  @Test func layoutsCutTheVectorWithoutHolesAndNamesAreUnique() throws {
    for kind in NetworkCatalog.all {
      let network = try kind.init().network()
      var end = 0
      for slot in network.layout.slots {
        #expect(slot.range.lowerBound == end)
        #expect(slot.range.count == slot.shape.reduce(1, *))
        end = slot.range.upperBound
      }
      #expect(end == network.layout.count)
      let names = network.layout.slots.map(\.name) + network.bufferLayout.slots.map(\.name)
      #expect(Set(names).count == names.count)
    }
  }

  @Test func namesAreTheReferences() throws {
    var settings = ConvNet.Settings()
    settings.depth = 2
    let convnet = [
      "features.0.weight", "features.0.bias", "features.1.weight", "features.1.bias", "features.4.weight",
      "features.4.bias", "features.5.weight", "features.5.bias", "classifier.weight", "classifier.bias",
    ]
    #expect(try ConvNet(settings).layout.slots.map(\.name) == convnet)
    var resnet = ResNet18.Settings()
    resnet.stem = .imagenet
    let layout = try ResNet18(resnet).layout
    for name in [
      "conv1.weight", "bn1.bias", "layer2.0.downsample.0.weight", "layer4.1.bn2.weight", "fc.bias",
    ] {
      #expect(layout.index(of: name) != nil, "\(name)")
    }
    #expect(try ResNet18(resnet).bufferLayout.index(of: "layer2.0.downsample.1.running_mean") != nil)
    func has(_ network: some Network, _ names: String...) {
      for name in names {
        #expect(
          (network.layout.index(of: name) ?? network.bufferLayout.index(of: name)) != nil, "\(name)")
      }
    }
    has(try ResNet50(), "layer1.0.downsample.0.weight", "layer3.5.bn3.running_var", "layer4.2.conv3.weight")
    has(try ResNet101(), "layer3.22.conv2.weight", "fc.weight")
    has(
      try WideResNet(), "block1.layer.0.convShortcut.weight", "block3.layer.3.bn2.running_mean", "bn1.weight",
      "fc.bias")
    has(try PyramidNet(), "layer1.0.bn3.weight", "layer3.17.conv2.weight", "bn_final.running_var", "fc.bias")
    has(
      try VisionTransformer(), "cls_token", "pos_embed", "patch_embed.proj.bias", "blocks.11.attn.qkv.bias",
      "blocks.0.norm2.weight", "blocks.0.mlp.fc2.weight", "norm.bias", "head.weight")
  }

  /// From 16 channels by 5 a block, as the reference rounds them.
  @Test func pyramidsGrowEvenly() throws {
    let layout = try PyramidNet().layout
    for (name, width) in [
      ("layer1.0", 21), ("layer1.17", 106), ("layer2.0", 111), ("layer2.17", 196), ("layer3.0", 201),
      ("layer3.17", 286),
    ] {
      #expect(layout.slots[layout.index(of: "\(name).conv2.weight")!].shape == [width, width, 3, 3])
    }
  }

  /// What goes by roles and what goes by dimensions (decay masks, filter normalisation) means the same parameters.
  @Test func weightsAreWhatHasTwoDimensionsOrMore() throws {
    for kind in NetworkCatalog.all {
      for slot in try kind.init().network().layout.slots {
        let expected: Set<Role> =
          slot.shape.count > 1 ? [.weight] : slot.name.hasSuffix("bias") ? [.bias, .normShift] : [.normScale]
        #expect(expected.contains(slot.role), "\(kind.name): \(slot.name)")
      }
    }
  }
}
