import Foundation
import PeerSupport
import Testing
import Torch

@testable import Data

/// Files that Pillow wrote, and the pixels that it reads from them.
struct PictureTests {
  static let png: [(name: String, channels: Int, file: String, pixels: [UInt8])] = [
    (
      "rgba", 3,
      "iVBORw0KGgoAAAANSUhEUgAAAAMAAAACCAYAAACddGYaAAAAI0lEQVR4nGP4cWgfw/nJUkFvRb8qMFx+r3uWde58FR"
        + "uzN+wAqlcL5DwjzpUAAAAASUVORK5CYII=",
      [248, 194, 190, 207, 147, 26, 237, 21, 245, 211, 239, 45, 5, 157, 159, 60, 54, 236]
    ),
    (
      "la", 1,
      "iVBORw0KGgoAAAANSUhEUgAAAAMAAAACCAQAAAA3fa6RAAAAFklEQVR4nGP4wXA+6K0Cw+WzrCo27AAsBgUzoTpa1w"
        + "AAAABJRU5ErkJggg==",
      [248, 207, 237, 211, 5, 60]
    ),
    (
      "pal", 3,
      "iVBORw0KGgoAAAANSUhEUgAAAAMAAAACAgMAAADgGo6JAAAADFBMVEXm2XbPkxoFnZ+VJvF2H7YhAAAAAnRSTlP/AO"
        + "W3MEoAAAAMSURBVHicY5BhEgAAAGwAL02urQQAAAAASUVORK5CYII=",
      [230, 217, 118, 207, 147, 26, 149, 38, 241, 230, 217, 118, 5, 157, 159, 149, 38, 241]
    ),
    (
      "bit", 1,
      "iVBORw0KGgoAAAANSUhEUgAAAAMAAAACAQAAAAC1D1u3AAAADElEQVR4nGN4wLQAAANIAYNlVhDhAAAAAElFTkSuQm"
        + "CC",
      [255, 255, 255, 255, 0, 0]
    ),
    (
      "rgb16", 3,
      "iVBORw0KGgoAAAANSUhEUgAAAAMAAAACEAIAAABChi0OAAAABGdBTUEAAYagMeiWXwAAAC9JREFUeJxjmGQ5lYOfj0"
        + "vswgQJCU32UO4Ma4a8hycfzeeQlqparKnofHKZm8YTANOYDKpKcexCAAAAAElFTkSuQmCC",
      [146, 148, 15, 10, 208, 24, 41, 85, 104, 110, 201, 158, 27, 122, 41, 68, 166, 41]
    ),
    (
      "gamma", 3,
      "iVBORw0KGgoAAAANSUhEUgAAAAMAAAACCAIAAAASFvFNAAAABGdBTUEAAYagMeiWXwAAAB1JREFUeJxj+HFo3/nJUm"
        + "9FvzJcfq/LOne+jdkbAHMYCnrSngAaAAAAAElFTkSuQmCC",
      [248, 194, 190, 207, 147, 26, 237, 21, 245, 211, 239, 45, 5, 157, 159, 60, 54, 236]
    ),
  ]

  @Test(arguments: png.indices)
  func pngAsPillow(_ index: Int) throws {
    let (name, channels, file, pixels) = Self.png[index]
    let found = try Picture(decoding: bytes(file), name: name)
    #expect(found == Picture(width: 3, height: 2, channels: channels, pixels: pixels), "\(name): \(found)")
  }

  static let cmyk =
    "/9j/7gAOQWRvYmUAZAAAAAAA/9sAQwACAQEBAQECAQEBAgICAgIEAwICAgIFBAQDBAYFBgYGBQYGBgcJCAYHCQcGBg"
    + "gLCAkKCgoKCgYICwwLCgwJCgoK/8AAFAgAEAAQBEMRAE0RAFkRAEsRAP/EAB8AAAEFAQEBAQEBAAAAAAAAAAABAgME"
    + "BQYHCAkKC//EALUQAAIBAwMCBAMFBQQEAAABfQECAwAEEQUSITFBBhNRYQcicRQygZGhCCNCscEVUtHwJDNicoIJCh"
    + "YXGBkaJSYnKCkqNDU2Nzg5OkNERUZHSElKU1RVVldYWVpjZGVmZ2hpanN0dXZ3eHl6g4SFhoeIiYqSk5SVlpeYmZqi"
    + "o6Slpqeoqaqys7S1tre4ubrCw8TFxsfIycrS09TV1tfY2drh4uPk5ebn6Onq8fLz9PX29/j5+v/aAA4EQwBNAFkASw"
    + "AAPwD8w/2W/hJ/x7f6L6dq+Y/2W/hJ/wAe3+i+napP2W/hJ/x7f6L6dq/fyv0g/Zb+En/Ht/ovp2r9IP2W/hJ/x7f6"
    + "L6dq/SD9lv4Sf8e3+i+naivn/wDZb+En/Ht/ovp2r5//AGW/hJ/x7f6L6dq+f/2W/hJ/x7f6L6dqK/SD9lv4Sf8AHt"
    + "/ovp2r9IP2W/hJ/wAe3+i+nas//gvX+3T4q/4J3/sF6d8O/gh4t1DQPil8YtQk0fwvrOkzPBdaRpluIpNU1CGXyHRZ"
    + "QktvaLiSGdG1EXEL7rY4K//Z"
  static let progressive =
    "/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDAAMCAgMCAgMDAwMEAwMEBQgFBQQEBQoHBwYIDAoMDAsKCwsNDhIQDQ4RDg"
    + "sLEBYQERMUFRUVDA8XGBYUGBIUFRT/2wBDAQMEBAUEBQkFBQkUDQsNFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQU"
    + "FBQUFBQUFBQUFBQUFBQUFBQUFBQUFBT/wgARCAAQABADASIAAhEBAxEB/8QAFQABAQAAAAAAAAAAAAAAAAAABgf/xA"
    + "AUAQEAAAAAAAAAAAAAAAAAAAAF/9oADAMBAAIQAxAAAAEDYCtUXC//xAAZEAADAAMAAAAAAAAAAAAAAAAABAUCAxP/"
    + "2gAIAQEAAQUClqEtQlqCmnnh/8QAGBEAAgMAAAAAAAAAAAAAAAAAAQIAERL/2gAIAQMBAT8BVdGhP//EABoRAAICAw"
    + "AAAAAAAAAAAAAAAAIEAAMxofD/2gAIAQIBAT8BcbrRXNm3A9uf/8QAFxABAQEBAAAAAAAAAAAAAAAAAQARMf/aAAgB"
    + "AQAGPwIiIzrf/8QAFxAAAwEAAAAAAAAAAAAAAAAAAAFRIf/aAAgBAQABPyGcnJxqeM0f/9oADAMBAAIAAwAAABDP/8"
    + "QAFhEBAQEAAAAAAAAAAAAAAAAAAQAx/9oACAEDAQE/EEPZv//EABoRAQACAwEAAAAAAAAAAAAAAAERYQAhQVH/2gAI"
    + "AQIBAT8QYDVL68AtQFuf/8QAHBAAAgICAwAAAAAAAAAAAAAAAAFBoRExYYGx/9oACAEBAAE/EKGChgoYEhNjItpS/F"
    + "3wf//Z"

  @Test func cmykAsPillow() throws {
    let found = try Picture(decoding: bytes(Self.cmyk), name: "cmyk")
    #expect(found.width == 16 && found.height == 16 && found.channels == 3)
    #expect(Array(found.pixels.prefix(12)) == [0, 40, 80, 9, 49, 89, 18, 58, 98, 27, 67, 107])
    #expect(Array(found.pixels.suffix(12)) == [183, 223, 6, 192, 232, 16, 201, 241, 23, 210, 250, 34])
    #expect(found.pixels.reduce(0) { $0 + Int($1) } == 106499)
  }

  @Test func progressiveAsPillow() throws {
    let found = try Picture(decoding: bytes(Self.progressive), name: "progressive")
    #expect(Array(found.pixels.prefix(12)) == [3, 35, 94, 11, 46, 102, 20, 56, 108, 25, 66, 110])
    #expect(found.pixels.reduce(0) { $0 + Int($1) } == 106841)
  }

  @Test func channels() throws {
    let rgb = Picture(width: 3, height: 2, channels: 3, pixels: Self.png[5].pixels)
    #expect(rgb.converted(to: .gray).pixels == [210, 151, 111, 209, 112, 77])
    #expect(rgb.converted(to: .asStored) == rgb)
    let gray = Picture(width: 2, height: 1, channels: 1, pixels: [7, 9])
    #expect(gray.converted(to: .rgb).pixels == [7, 7, 7, 9, 9, 9])
    #expect(rgb.tensor.shape == [3, 2, 3])
    #expect(rgb.tensor.array(of: UInt8.self).prefix(3) == [248, 207, 237])
    #expect(try Picture(rgb.tensor) == rgb)
    let half = try Picture(Tensor([Float(-1), 0.5, 2], shape: [1, 1, 3]))
    #expect(half.pixels == [0, 128, 255])
    expectError("[1 or 3, height, width]", "[2, 4, 4]") { try Picture(Tensor.zeros([2, 4, 4])) }
  }

  // MARK: Scaling

  /// Pillow's results for `(37 x + 91 y + 13 x y) mod 256`, 9 pixels wide and 7 high.
  private static let scaled: [(width: Int, height: Int, pixels: [UInt8])] = [
    (4, 3, [107, 138, 139, 131, 122, 148, 137, 124, 109, 142, 137, 150]),
    (
      9, 14,
      [
        0, 37, 74, 111, 148, 185, 222, 3, 40, 23, 63, 103, 144, 120, 160, 200, 49, 89, 68, 115, 162, 209, 63,
        110, 157, 140, 186, 114, 167, 156, 210, 71, 124, 113, 167, 220, 159, 219, 87, 147, 142, 202, 70, 130,
        189, 141, 207, 81, 148, 150, 216, 90, 93, 159, 58, 131, 140, 213, 93, 166, 175, 56, 128, 40, 119, 134,
        214, 101, 116, 195, 83, 98, 85, 171, 65, 151, 172, 66, 152, 174, 67, 131, 159, 59, 152, 180, 80, 108,
        201, 101, 176, 83, 118, 217, 123, 158, 65, 164, 198, 158, 71, 112, 218, 131, 172, 85, 127, 232, 75,
        123, 43, 155, 202, 122, 170, 90, 201, 34, 149, 8, 123, 238, 97, 212, 71, 186,
      ]
    ),
    (
      5, 5,
      [
        54, 118, 130, 156, 93, 164, 148, 141, 124, 168, 100, 150, 139, 145, 105, 136, 121, 151, 115, 156, 97,
        100, 170, 137, 156,
      ]
    ),
  ]

  @Test(arguments: scaled.indices)
  func scalesAsPillow(_ index: Int) throws {
    let (width, height, expected) = Self.scaled[index]
    let pixels = (0..<63).map {
      UInt8(truncatingIfNeeded: $0 % 9 * 37 + $0 / 9 * 91 + $0 % 9 * ($0 / 9) * 13)
    }
    let found = try Picture(width: 9, height: 7, channels: 1, pixels: pixels).resized(
      width: width, height: height)
    let apart = zip(found.pixels, expected).map { abs(Int($0) - Int($1)) }
    // What is stated: nearly all equal, the others by 1.
    #expect(apart.max()! <= 1 && apart.filter { $0 > 0 }.count <= apart.count / 10, "\(apart)")
  }

  @Test func shortSideThenCrop() throws {
    let wide = picture(100, 50)
    let scaled = try wide.resized(shortSide: 20)
    #expect(scaled.width == 40 && scaled.height == 20)
    let tall = try picture(50, 101).resized(shortSide: 20)
    #expect(tall.width == 20 && tall.height == 40)  // 40.4, rounded down as torchvision does
    let square = try wide.resized(to: 20, .shortSideThenCrop)
    #expect(square == scaled.centerCropped(width: 20, height: 20))
    #expect(try wide.resized(to: 20, .squash) == wide.resized(width: 20, height: 20))
    // 5 to 2: the odd pixel goes as round(1.5) = 2 says; 3 to 2: round(0.5) = 0.
    let ramp = Picture(width: 5, height: 3, channels: 1, pixels: (0..<15).map { UInt8($0) })
    #expect(ramp.centerCropped(width: 2, height: 2).pixels == [2, 3, 7, 8])
    expectError("pixels") { try picture(1, 60_000).resized(shortSide: 5_000) }
  }

  // MARK: Writing

  /// What is decoded late must still be there: pictures of more than a chunk, several at once.
  @Test func largePictures() throws {
    var generator = SystemRandomNumberGenerator()
    let pixels = (0..<3 * 700 * 600).map { _ in UInt8.random(in: 0...255, using: &generator) }
    let original = Picture(width: 700, height: 600, channels: 3, pixels: pixels)
    let file = try PictureWriter.png(original)
    DispatchQueue.concurrentPerform(iterations: 16) { _ in
      #expect((try? Picture(decoding: file, name: "memory")) == original)
    }
  }

  @Test func writing() throws {
    let folder = try TemporaryFolder()
    for channels in [1, 3] {
      let original = picture(13, 7, channels: channels)
      #expect(try Picture(decoding: PictureWriter.png(original), name: "memory") == original)
      let path = folder.file("a\(channels).png").path
      try PictureWriter.write(original, to: path)
      #expect(try Picture(reading: path) == original)
      // What the file is called does not matter.
      let flat = picture(16, 16, channels: channels, value: 77)
      try PictureWriter.write(flat, to: folder.file("b.jpg").path)
      try FileManager.default.moveItem(at: folder.file("b.jpg"), to: folder.file("c\(channels).png"))
      #expect(try Picture(reading: folder.file("c\(channels).png").path) == flat)
    }
    expectError("nowhere") { try PictureWriter.write(picture(1, 1), to: folder.file("nowhere/a.png").path) }
    expectError("quality", "101") { try PictureWriter.jpeg(picture(1, 1), quality: 101) }
  }

  // MARK: Damage

  @Test func truncatedFiles() throws {
    let original = picture(24, 20)
    expectTruncationsRefused(try PictureWriter.png(original)) { _ = try Picture(decoding: $0, name: $1) }
    // Without the last marker a JPEG is whole but for its end; libjpeg says so all the same.
    expectTruncationsRefused(try PictureWriter.jpeg(original)) { _ = try Picture(decoding: $0, name: $1) }
    expectTruncationsRefused(bytes(Self.progressive)) { _ = try Picture(decoding: $0, name: $1) }
  }

  @Test func otherFiles() {
    expectError("x: is empty") { try Picture(decoding: [], name: "x") }
    expectError("x: is a GIF") { try Picture(decoding: Array("GIF89a".utf8), name: "x") }
    expectError("x: is neither") { try Picture(decoding: Array("hello".utf8), name: "x") }
    expectError("/nowhere/x.png: cannot be read") { try Picture(reading: "/nowhere/x.png") }
    expectError("is a folder") { try Picture(reading: "/") }
  }

  @Test func sizesAreCheckedBeforeMemory() throws {
    var png = try PictureWriter.png(picture(4, 4))
    func sized(_ width: Int, _ height: Int) -> [UInt8] {
      png.replaceSubrange(16..<24, with: bigEndian(width) + bigEndian(height))
      return png
    }
    expectError("p: is a picture of 0×0") { try Picture(decoding: sized(0, 0), name: "p") }
    expectError("p: is a picture of 100000×100000", "65535") {
      try Picture(decoding: sized(100_000, 100_000), name: "p")
    }
    expectError("p: is a picture of 60000×60000", "178956970") {
      try Picture(decoding: sized(60_000, 60_000), name: "p")
    }
    // Allowed, but not of so few bytes.
    expectError("cannot unpack to 13000×13000") { try Picture(decoding: sized(13_000, 13_000), name: "p") }

    var jpeg = try PictureWriter.jpeg(picture(16, 16))
    let header = try #require(jpeg.indices.first { jpeg[$0] == 0xFF && jpeg[$0 + 1] == 0xC0 }) + 5
    func resized(_ width: Int, _ height: Int) -> [UInt8] {
      jpeg.replaceSubrange(header..<header + 4, with: bigEndian(height << 16 | width))
      return jpeg
    }
    expectError("j: is a picture of 60000×60000") {
      try Picture(decoding: resized(60_000, 60_000), name: "j")
    }
    expectError("j: is cut off or damaged", "13000×13000") {
      try Picture(decoding: resized(13_000, 13_000), name: "j")
    }
    expectError("j: is") { try Picture(decoding: resized(0, 0), name: "j") }
  }

  /// 400 million pixels in 400 kB: refused by size, before anything is unpacked.
  @Test func pngBomb() throws {
    let rows = deflated([UInt8](repeating: 0, count: 1 << 20), .zlib)
    let file =
      PNG.magic + chunk("IHDR", bigEndian(20_000) + bigEndian(20_000) + [8, 0, 0, 0, 0]) + chunk("IDAT", rows)
      + chunk("IEND", [])
    expectError("b: is a picture of 20000×20000") { try Picture(decoding: file, name: "b") }
  }

  private func chunk(_ kind: String, _ content: [UInt8]) -> [UInt8] {
    bigEndian(content.count) + Array(kind.utf8) + content + [0, 0, 0, 0]
  }

  private func bytes(_ base64: String) -> [UInt8] { Array(Foundation.Data(base64Encoded: base64)!) }
}
