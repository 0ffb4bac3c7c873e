/// A zip archive made by hand, so that every part of it can lie.
struct HandmadeZip {
  struct Entry {
    var name: [UInt8]
    var data: [UInt8]
    var method: UInt16 = 0
    var flags: UInt16 = 0
    var size: UInt32?
    var packedSize: UInt32?
    var sum: UInt32?
  }

  var entries: [Entry] = []
  var declaredCount: UInt16?

  mutating func add(_ name: String, _ data: [UInt8], _ change: (inout Entry) -> Void = { _ in }) {
    var entry = Entry(name: Array(name.utf8), data: data)
    change(&entry)
    entries.append(entry)
  }

  var bytes: [UInt8] {
    func little<Value: FixedWidthInteger>(_ value: Value) -> [UInt8] {
      withUnsafeBytes(of: value.littleEndian) { Array($0) }
    }
    var body: [UInt8] = []
    var directory: [UInt8] = []
    for entry in entries {
      let packed = entry.packedSize ?? UInt32(entry.data.count)
      let size = entry.size ?? UInt32(entry.data.count)
      let facts =
        little(UInt16(20)) + little(entry.flags) + little(entry.method) + little(UInt16(0))
        + little(UInt16(33))
        + little(entry.sum ?? Self.sum(entry.data)) + little(packed) + little(size)
        + little(UInt16(entry.name.count)) + little(UInt16(0))
      directory +=
        [0x50, 0x4B, 1, 2] + little(UInt16(20)) + facts + [UInt8](repeating: 0, count: 10)
        + little(UInt32(body.count)) + entry.name
      body += [0x50, 0x4B, 3, 4] + facts + entry.name + entry.data
    }
    let count = declaredCount ?? UInt16(entries.count)
    return body + directory + [0x50, 0x4B, 5, 6, 0, 0, 0, 0] + little(count) + little(count)
      + little(UInt32(directory.count)) + little(UInt32(body.count)) + [0, 0]
  }

  static func sum(_ bytes: [UInt8]) -> UInt32 {
    ~bytes.reduce(UInt32.max) { sum, byte in
      (0..<8).reduce(sum ^ UInt32(byte)) { value, _ in value >> 1 ^ (value & 1 == 1 ? 0xEDB8_8320 : 0) }
    }
  }
}
