import Foundation

#if canImport(FoundationNetworking)
  import FoundationNetworking
#endif

/// Fetches files over HTTP, whole and checked or not at all.
///
/// Bytes go to `NAME.part`, which becomes `NAME` once the sum is right. A cut connection is tried again a bounded number
/// of times, and a later attempt goes on where the last one stopped, if the server still has the same file (`Range` with
/// `If-Range`); else it begins anew.
public struct Downloader: Sendable {
  /// Connections to one address before it is given up.
  public var attempts: Int
  /// Seconds between connections: this, then twice as long, and so on up to 30.
  public var pause: Double
  /// Seconds without a byte after which a connection is taken for dead.
  public var timeout: Double
  /// The most bytes that a file may have.
  public var limit: Int

  public init(attempts: Int = 5, pause: Double = 1, timeout: Double = 60, limit: Int = 64 << 30) {
    self.attempts = attempts
    self.pause = pause
    self.timeout = timeout
    self.limit = limit
  }

  /// Fetches one file; waits until it is there.
  ///
  /// - Parameters:
  ///   - addresses: tried in order.
  ///   - progress: called with the bytes that are there and, where the server says so, those expected.
  /// - Throws: ``DataError`` with what went wrong at each address.
  public func fetch(
    _ addresses: [String], to path: String, checksum: Checksum?,
    progress: @escaping @Sendable (Int, Int?) -> Void = { _, _ in }
  ) throws(DataError) {
    var failures: [String] = []
    for address in addresses {
      do throws(DataError) {
        return try fetch(address, to: path, checksum: checksum, progress)
      } catch {
        failures.append(error.message)
      }
    }
    throw DataError(failures.joined(separator: "\n"))
  }

  private func fetch(
    _ address: String, to path: String, checksum: Checksum?,
    _ progress: @escaping @Sendable (Int, Int?) -> Void
  ) throws(DataError) {
    guard let url = URL(string: address), ["http", "https"].contains(url.scheme) else {
      throw DataError("\(address) is no http or https address")
    }
    let partial = path + ".part"
    // What the server called the version that the partial file is of.
    let note = path + ".part.version"
    var last = DataError("\(address): no attempt was made")
    for attempt in 0..<max(1, attempts) {
      if attempt > 0 { Thread.sleep(forTimeInterval: min(30, pause * Double(1 << min(attempt - 1, 16)))) }
      do throws(TransferFailure) {
        try Transfer(url, partial: partial, note: note, limit: limit, timeout: timeout, progress).run()
      } catch {
        last = DataError("\(address): \(error.message)")
        if error.isFinal { throw last }
        continue
      }
      do throws(DataError) {
        try checksum?.check(partial)
      } catch {
        // Going on with wrong bytes would never end well.
        unlink(partial)
        unlink(note)
        throw DataError(
          "\(address): \(error.message); the file was removed, as it is damaged or not the one that is known")
      }
      unlink(note)
      guard rename(partial, path) == 0 else { throw .file(path, "cannot be written", errno: errno) }
      return
    }
    throw DataError(
      "\(last.message); given up after \(max(1, attempts)) attempts, what is there is kept in \(partial)")
  }
}

struct TransferFailure: Error {
  var message: String
  /// Trying again would not help.
  var isFinal = false
}

/// One connection.
private final class Transfer: NSObject, URLSessionDataDelegate, @unchecked Sendable {
  private let url: URL
  private let partial: String
  private let note: String
  private let limit: Int
  private let timeout: Double
  private let progress: @Sendable (Int, Int?) -> Void
  private let done = DispatchSemaphore(value: 0)

  // Touched by the session's own queue while it runs, by the caller before and after.
  private var descriptor: Int32 = -1
  private var had = 0
  private var count = 0
  private var expected: Int?
  private var failure: TransferFailure?
  private var ignoresBody = false

  init(
    _ url: URL, partial: String, note: String, limit: Int, timeout: Double,
    _ progress: @escaping @Sendable (Int, Int?) -> Void
  ) {
    self.url = url
    self.partial = partial
    self.note = note
    self.limit = limit
    self.timeout = timeout
    self.progress = progress
  }

  func run() throws(TransferFailure) {
    descriptor = open(partial, O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o666)
    guard descriptor >= 0 else {
      throw TransferFailure(
        message: "\(partial) cannot be written: \(String(cString: strerror(errno)))", isFinal: true)
    }
    defer { close(descriptor) }
    var request = URLRequest(url: url)
    request.timeoutInterval = timeout
    // Packed on the way, positions would count something else.
    request.setValue("identity", forHTTPHeaderField: "Accept-Encoding")
    let version = (try? DataFile.read(note, prefix: 1024)).map { String(decoding: $0, as: UTF8.self) }
    had = Int(lseek(descriptor, 0, SEEK_END))
    if had > 0, let version, !version.isEmpty {
      request.setValue("bytes=\(had)-", forHTTPHeaderField: "Range")
      request.setValue(version, forHTTPHeaderField: "If-Range")
    } else {
      had = 0
    }
    let configuration = URLSessionConfiguration.ephemeral
    configuration.timeoutIntervalForRequest = timeout
    let queue = OperationQueue()
    queue.maxConcurrentOperationCount = 1
    let session = URLSession(configuration: configuration, delegate: self, delegateQueue: queue)
    session.dataTask(with: request).resume()
    done.wait()
    session.invalidateAndCancel()
    // The system's own words for a cut connection count only what was missing.
    if let expected, count < expected, failure?.isFinal != true {
      throw TransferFailure(message: "the connection ended after \(count) of \(expected) bytes")
    }
    if let failure { throw failure }
    if let expected, count != expected {
      throw TransferFailure(message: "\(count) bytes came, though \(expected) were announced")
    }
  }

  func urlSession(
    _ session: URLSession, dataTask: URLSessionDataTask, didReceive response: URLResponse,
    completionHandler: @escaping (URLSession.ResponseDisposition) -> Void
  ) {
    failure = accept(response)
    completionHandler(failure == nil ? .allow : .cancel)
  }

  private func accept(_ response: URLResponse) -> TransferFailure? {
    guard let response = response as? HTTPURLResponse else {
      return TransferFailure(message: "no HTTP answer")
    }
    let header = { (name: String) in response.value(forHTTPHeaderField: name) }
    let length = header("Content-Length").flatMap { Int($0) }
    switch response.statusCode {
    case 206:
      // "bytes 5-9/10"
      let parts = (header("Content-Range") ?? "").split { " -/".contains($0) }
      guard had > 0, parts.count == 4, Int(parts[1]) == had else {
        return forget("the server sent another part than was asked for")
      }
      count = had
      expected = Int(parts[3]) ?? length.map { $0 + had }
    case 200:
      count = 0
      expected = length
      remember(header("ETag"), header("Last-Modified"))
    case 416 where had > 0 && header("Content-Range")?.hasSuffix("/\(had)") == true:
      // All of it was there, and the program ended before it could be used.
      count = had
      expected = had
      ignoresBody = true
      return nil
    case 416:
      return forget("the server has fewer bytes than were fetched before")
    case 429, 500...599:
      return TransferFailure(message: "the server answered \(response.statusCode)")
    default:
      return TransferFailure(message: "the server answered \(response.statusCode)", isFinal: true)
    }
    if let expected, expected > limit {
      return TransferFailure(
        message: "the file has \(expected) bytes, more than the \(limit) allowed", isFinal: true)
    }
    guard ftruncate(descriptor, off_t(count)) == 0, lseek(descriptor, off_t(count), SEEK_SET) == off_t(count)
    else {
      return TransferFailure(
        message: "\(partial) cannot be written: \(String(cString: strerror(errno)))", isFinal: true)
    }
    progress(count, expected)
    return nil
  }

  /// Only a strong tag, or else a date, says that two answers are parts of one file.
  private func remember(_ tag: String?, _ date: String?) {
    unlink(note)
    guard let version = tag.flatMap({ $0.hasPrefix("W/") ? nil : $0 }) ?? date else { return }
    _ = FileManager.default.createFile(atPath: note, contents: Foundation.Data(version.utf8))
  }

  /// The next attempt begins anew.
  private func forget(_ reason: String) -> TransferFailure {
    unlink(note)
    ftruncate(descriptor, 0)
    return TransferFailure(message: reason)
  }

  func urlSession(_ session: URLSession, dataTask: URLSessionDataTask, didReceive data: Foundation.Data) {
    guard failure == nil, !ignoresBody else { return }
    guard data.count <= limit - count else {
      failure = TransferFailure(message: "the file has more than the \(limit) bytes allowed", isFinal: true)
      dataTask.cancel()
      return
    }
    for region in data.regions {
      var offset = 0
      while offset < region.count {
        let written = region.withUnsafeBytes {
          write(descriptor, $0.baseAddress! + offset, $0.count - offset)
        }
        if written < 0 {
          if errno == EINTR { continue }
          failure = TransferFailure(
            message: "\(partial) cannot be written: \(String(cString: strerror(errno)))", isFinal: true)
          dataTask.cancel()
          return
        }
        offset += written
      }
    }
    count += data.count
    progress(count, expected)
  }

  func urlSession(_ session: URLSession, task: URLSessionTask, didCompleteWithError error: (any Error)?) {
    if let error, failure == nil { failure = TransferFailure(message: error.localizedDescription) }
    done.signal()
  }
}
