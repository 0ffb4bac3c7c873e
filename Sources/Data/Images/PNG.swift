import CPNG

/// PNG through libpng's simplified interface.
enum PNG {
  static let magic: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]

  /// The first chunk.
  struct Header {
    let width: Int
    let height: Int
    let bitDepth: Int
    let colorType: Int

    var hasAlpha: Bool { colorType & 4 != 0 }
    var isGray: Bool { colorType & 2 == 0 }
    /// Bits of a pixel in the file.
    var pixelBits: Int {
      switch colorType {
      case 2: 3 * bitDepth
      case 4: 2 * bitDepth
      case 6: 4 * bitDepth
      default: bitDepth
      }
    }

    init(_ bytes: [UInt8], name: String) throws(DataError) {
      // Eight bytes of magic, length and type of the chunk, its 13 bytes, its sum.
      guard bytes.count >= 33 else {
        throw .file(name, "is a PNG picture cut off within its first 33 bytes")
      }
      guard bytes.starts(with: PNG.magic), number(bytes, 8) == 13, Array(bytes[12..<16]) == Array("IHDR".utf8)
      else { throw .file(name, "is a damaged PNG picture: it does not begin with its IHDR chunk") }
      // Four bytes each; beyond 2^31 is not allowed, and too large anyway.
      width = number(bytes, 16)
      height = number(bytes, 20)
      bitDepth = Int(bytes[24])
      colorType = Int(bytes[25])
      try Picture.checkSize(width, height, name)
      guard [1, 2, 4, 8, 16].contains(bitDepth), [0, 2, 3, 4, 6].contains(colorType) else {
        throw .file(
          name, "is a damaged PNG picture: colour type \(colorType) with \(bitDepth) bits a channel")
      }
    }
  }

  static func decode(_ bytes: [UInt8], name: String) throws(DataError) -> Picture {
    let header = try Header(bytes, name: name)
    let (plain, packed) = try criticalChunks(bytes, name: name)
    let needed = header.height * (1 + (header.width * header.pixelBits + 7) / 8)
    guard needed / Inflater.maximumRatio <= packed else {
      throw .file(
        name,
        "is cut off or damaged: \(packed) bytes of pixels cannot unpack to \(header.width)×\(header.height)")
    }
    let colors = header.isGray ? 1 : 3
    let stored = colors + (header.hasAlpha ? 1 : 0)
    var pixels = [UInt8](repeating: 0, count: header.width * header.height * stored)
    // libpng keeps the places of both from the beginning of reading to its end.
    let image = UnsafeMutablePointer<png_image>.allocate(capacity: 1)
    image.initialize(to: png_image())
    image.pointee.version = UInt32(PNG_IMAGE_VERSION)
    defer {
      png_image_free(image)
      image.deallocate()
    }
    let failure = plain.withUnsafeBytes { plain -> String? in
      guard png_image_begin_read_from_memory(image, plain.baseAddress, plain.count) != 0 else {
        return "is not a PNG picture that can be read"
      }
      image.pointee.format =
        (header.isGray ? 0 : PNG_FORMAT_FLAG_COLOR) | (header.hasAlpha ? PNG_FORMAT_FLAG_ALPHA : 0)
      // Without it libpng takes 16 bits for linear light and changes them.
      if header.bitDepth == 16 { image.pointee.flags |= UInt32(PNG_IMAGE_FLAG_16BIT_sRGB) }
      return png_image_finish_read(image, nil, &pixels, 0, nil) != 0 ? nil : "is a damaged PNG picture"
    }
    if let failure { throw .file(name, "\(failure): \(message(image.pointee))") }
    if header.hasAlpha { pixels = dropAlpha(pixels, colors: colors) }
    return Picture(width: header.width, height: header.height, channels: colors, pixels: pixels)
  }

  static func encode(_ picture: Picture) throws(DataError) -> [UInt8] {
    var image = png_image()
    image.version = UInt32(PNG_IMAGE_VERSION)
    image.width = UInt32(picture.width)
    image.height = UInt32(picture.height)
    image.format = picture.channels == 1 ? 0 : PNG_FORMAT_FLAG_COLOR
    defer { png_image_free(&image) }
    var count = 0
    guard png_image_write_to_memory(&image, nil, &count, 0, picture.pixels, 0, nil) != 0 else {
      throw DataError("a PNG picture cannot be encoded: \(message(image))")
    }
    var bytes = [UInt8](repeating: 0, count: count)
    guard png_image_write_to_memory(&image, &bytes, &count, 0, picture.pixels, 0, nil) != 0 else {
      throw DataError("a PNG picture cannot be encoded: \(message(image))")
    }
    return bytes
  }

  /// The file without the chunks that say how colours look elsewhere (gamma, profiles, transparency) or are no pixels
  /// (texts, times): libpng would apply or unpack them. And how many bytes of packed pixels there are.
  private static func criticalChunks(
    _ bytes: [UInt8], name: String
  ) throws(DataError) -> (bytes: [UInt8], packed: Int) {
    var result = magic
    result.reserveCapacity(bytes.count)
    var packed = 0
    var position = magic.count
    while true {
      guard bytes.count - position >= 12 else {
        throw .file(name, "is a PNG picture cut off at byte \(bytes.count): its end is missing")
      }
      let length = number(bytes, position)
      guard length <= bytes.count - position - 12 else {
        throw .file(
          name,
          "is cut off or damaged: the PNG chunk at byte \(position) has \(length) bytes, of which \(bytes.count - position - 12) are there"
        )
      }
      let kind = Array(bytes[position + 4..<position + 8])
      let end = position + 12 + length
      // An upper-case first letter marks what no reader may skip.
      if kind[0] & 0x20 == 0 { result += bytes[position..<end] }
      if kind == Array("IDAT".utf8) { packed += length }
      if kind == Array("IEND".utf8) { return (result, packed) }
      position = end
    }
  }

  private static func dropAlpha(_ pixels: [UInt8], colors: Int) -> [UInt8] {
    let count = pixels.count / (colors + 1)
    var result = [UInt8](repeating: 0, count: count * colors)
    pixels.withUnsafeBufferPointer { source in
      result.withUnsafeMutableBufferPointer { target in
        for pixel in 0..<count {
          for color in 0..<colors { target[pixel * colors + color] = source[pixel * (colors + 1) + color] }
        }
      }
    }
    return result
  }

  /// Four bytes, the highest first.
  private static func number(_ bytes: [UInt8], _ position: Int) -> Int {
    bytes[position..<position + 4].reduce(0) { $0 << 8 | Int($1) }
  }

  private static func message(_ image: png_image) -> String {
    withUnsafeBytes(of: image.message) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
  }
}
