import CJPEG

/// JPEG through TurboJPEG.
enum JPEG {
  /// Start of image, and the first byte of the next marker.
  static let magic: [UInt8] = [0xFF, 0xD8, 0xFF]

  /// A block of 8×8 takes at least one bit, and is doubled four times at most by subsampling and progressive coding;
  /// what claims more pixels for its bytes is a bomb.
  static let maximumPixelsPerByte = 4096

  struct Header {
    let width: Int
    let height: Int
    let colorSpace: Int32

    init(_ bytes: [UInt8], name: String) throws(DataError) {
      guard let handle = tjInitDecompress() else {
        throw .file(name, "cannot be decoded: TurboJPEG does not start")
      }
      defer { tjDestroy(handle) }
      try self.init(bytes, handle, name: name)
    }

    fileprivate init(_ bytes: [UInt8], _ handle: tjhandle, name: String) throws(DataError) {
      var width: Int32 = 0
      var height: Int32 = 0
      var subsampling: Int32 = 0
      var colorSpace: Int32 = 0
      guard
        tjDecompressHeader3(
          handle, bytes, UInt(bytes.count), &width, &height, &subsampling, &colorSpace) == 0
      else { throw .file(name, "is not a JPEG picture that can be read: \(message(handle))") }
      try Picture.checkSize(Int(width), Int(height), name)
      self.width = Int(width)
      self.height = Int(height)
      self.colorSpace = colorSpace
    }
  }

  static func decode(_ bytes: [UInt8], name: String) throws(DataError) -> Picture {
    guard let handle = tjInitDecompress() else {
      throw .file(name, "cannot be decoded: TurboJPEG does not start")
    }
    defer { tjDestroy(handle) }
    let header = try Header(bytes, handle, name: name)
    let (width, height) = (header.width, header.height)
    guard width * height / maximumPixelsPerByte <= bytes.count else {
      throw .file(name, "is cut off or damaged: \(bytes.count) bytes cannot hold \(width)×\(height) pixels")
    }
    let format: (TJPF, channels: Int) =
      switch UInt32(header.colorSpace) {
      case UInt32(TJCS_GRAY.rawValue): (TJPF_GRAY, 1)
      case UInt32(TJCS_CMYK.rawValue), UInt32(TJCS_YCCK.rawValue): (TJPF_CMYK, 4)
      default: (TJPF_RGB, 3)
      }
    var pixels = [UInt8](repeating: 0, count: width * height * format.channels)
    let code = tjDecompress2(
      handle, bytes, UInt(bytes.count), &pixels, Int32(width), 0, Int32(height), Int32(format.0.rawValue),
      TJFLAG_ACCURATEDCT | TJFLAG_LIMITSCANS)
    if code != 0 {
      let reason = message(handle)
      // Libjpeg goes on after these: bytes between segments that belong to none, which cameras and editors leave.
      let isHarmless =
        tjGetErrorCode(handle) == Int32(TJERR_WARNING.rawValue) && reason.contains("extraneous bytes")
      guard isHarmless else { throw .file(name, "is a damaged JPEG picture: \(reason)") }
    }
    if format.channels == 4 { pixels = rgb(fromInvertedCMYK: pixels) }
    return Picture(width: width, height: height, channels: format.channels == 1 ? 1 : 3, pixels: pixels)
  }

  /// - Parameter quality: 1…100.
  static func encode(_ picture: Picture, quality: Int) throws(DataError) -> [UInt8] {
    guard (1...100).contains(quality) else { throw DataError("JPEG quality is 1…100, found \(quality)") }
    guard let handle = tjInitCompress() else {
      throw DataError("a JPEG picture cannot be encoded: TurboJPEG does not start")
    }
    defer { tjDestroy(handle) }
    var memory: UnsafeMutablePointer<UInt8>?
    var count: UInt = 0
    let isGray = picture.channels == 1
    let code = tjCompress2(
      handle, picture.pixels, Int32(picture.width), 0, Int32(picture.height),
      Int32(isGray ? TJPF_GRAY.rawValue : TJPF_RGB.rawValue), &memory, &count,
      Int32(isGray ? TJSAMP_GRAY.rawValue : TJSAMP_420.rawValue), Int32(quality), TJFLAG_ACCURATEDCT)
    defer { tjFree(memory) }
    guard code == 0, let memory else {
      throw DataError("a JPEG picture cannot be encoded: \(message(handle))")
    }
    return Array(UnsafeBufferPointer(start: memory, count: Int(count)))
  }

  /// Adobe's CMYK counts light, not ink: the product of a colour and black is what is seen.
  private static func rgb(fromInvertedCMYK pixels: [UInt8]) -> [UInt8] {
    var rgb = [UInt8](repeating: 0, count: pixels.count / 4 * 3)
    pixels.withUnsafeBufferPointer { cmyk in
      rgb.withUnsafeMutableBufferPointer { rgb in
        for pixel in 0..<cmyk.count / 4 {
          let black = Int(cmyk[4 * pixel + 3])
          for channel in 0..<3 {
            // Division by 255 to the nearest, of the ink, as Pillow rounds it.
            let product = (255 - Int(cmyk[4 * pixel + channel])) * black + 128
            rgb[3 * pixel + channel] = UInt8(clamping: black - ((product >> 8) + product) >> 8)
          }
        }
      }
    }
    return rgb
  }

  private static func message(_ handle: tjhandle) -> String {
    tjGetErrorStr2(handle).map { String(cString: $0) } ?? "no reason given"
  }
}
