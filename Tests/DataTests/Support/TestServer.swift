import Foundation

/// A small HTTP server on 127.0.0.1 that can misbehave.
final class TestServer: @unchecked Sendable {
  struct Behaviour {
    /// Takes notice of `Range`.
    var ranges = true
    /// Bytes of the body after which each of the first connections is cut.
    var cuts: [Int] = []
    var tag: String? = "\"one\""
    /// For the first requests, instead of 200.
    var statuses: [Int] = []
  }

  let port: UInt16
  private let listener: Int32
  private let lock = NSLock()
  private var body: [UInt8]
  private var behaviour: Behaviour
  private var log: [String] = []

  init(_ body: [UInt8], _ behaviour: Behaviour = Behaviour()) throws {
    self.body = body
    self.behaviour = behaviour
    #if canImport(Darwin)
      let socket = socket(AF_INET, SOCK_STREAM, 0)
    #else
      let socket = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    #endif
    listener = socket
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let code = withUnsafeMutablePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
        bind(socket, pointer, length) == 0 && listen(socket, 16) == 0
          ? getsockname(socket, pointer, &length) : -1
      }
    }
    guard code == 0 else { throw POSIXError(.EADDRNOTAVAIL) }
    port = UInt16(bigEndian: address.sin_port)
    Thread.detachNewThread { [self] in serve() }
  }

  func stop() {
    shutdown(listener, Int32(SHUT_RDWR))
    close(listener)
  }

  var address: String { "http://127.0.0.1:\(port)/file" }

  /// The values of `Range` that were asked for, `-` where none was.
  var ranges: [String] { lock.withLock { log } }

  func change(_ body: [UInt8], tag: String) {
    lock.withLock {
      self.body = body
      behaviour.tag = tag
    }
  }

  private func serve() {
    while true {
      let connection = accept(listener, nil, nil)
      guard connection >= 0 else { return }
      answer(connection)
      close(connection)
    }
  }

  private func answer(_ connection: Int32) {
    var request: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 4096)
    while !String(decoding: request, as: UTF8.self).contains("\r\n\r\n") {
      let count = read(connection, &buffer, buffer.count)
      guard count > 0 else { return }
      request += buffer[..<count]
    }
    var headers: [String: String] = [:]
    for line in String(decoding: request, as: UTF8.self).components(separatedBy: "\r\n").dropFirst() {
      let parts = line.split(separator: ":", maxSplits: 1).map { $0.trimmingCharacters(in: .whitespaces) }
      if parts.count == 2 { headers[parts[0].lowercased()] = parts[1] }
    }
    let (text, part, cut) = lock.withLock { plan(headers) }
    let sent = Array(text.utf8) + part.prefix(cut ?? part.count)
    var done = 0
    while done < sent.count {
      let count = sent.withUnsafeBytes {
        send(connection, $0.baseAddress! + done, sent.count - done, Int32(MSG_NOSIGNAL))
      }
      guard count > 0 else { return }
      done += count
    }
  }

  private func plan(_ headers: [String: String]) -> (String, [UInt8], Int?) {
    log.append(headers["range"] ?? "-")
    if !behaviour.statuses.isEmpty {
      return (
        "HTTP/1.1 \(behaviour.statuses.removeFirst()) No\r\nContent-Length: 0\r\nConnection: close\r\n\r\n",
        [], nil
      )
    }
    let cut = behaviour.cuts.isEmpty ? nil : behaviour.cuts.removeFirst()
    let tag = behaviour.tag.map { "ETag: \($0)\r\n" } ?? ""
    var start = 0
    if behaviour.ranges, headers["if-range"] == behaviour.tag, let range = headers["range"],
      let first = Int(range.dropFirst("bytes=".count).dropLast())
    {
      start = first
    }
    guard start < body.count || start == 0 else {
      return (
        "HTTP/1.1 416 No\r\nContent-Range: bytes */\(body.count)\r\nContent-Length: 3\r\nConnection: close\r\n\r\n",
        Array("no!".utf8), nil
      )
    }
    let status =
      start > 0
      ? "206 Partial Content\r\nContent-Range: bytes \(start)-\(body.count - 1)/\(body.count)" : "200 OK"
    return (
      "HTTP/1.1 \(status)\r\n\(tag)Content-Length: \(body.count - start)\r\nConnection: close\r\n\r\n",
      Array(body[start...]), cut
    )
  }
}
