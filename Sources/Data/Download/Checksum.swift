import Crypto
import Foundation

/// What the bytes of a file must sum up to, in hexadecimal digits.
///
/// Publishers give MD5 for most sets. It finds damage, not forgery: who can change the file at its address can make one
/// with that sum.
public enum Checksum: Sendable, Codable, Equatable, CustomStringConvertible {
  case md5(String)
  case sha256(String)

  public var description: String {
    switch self {
    case .md5(let sum): "md5:\(sum)"
    case .sha256(let sum): "sha256:\(sum)"
    }
  }

  /// - Throws: ``DataError`` if the file cannot be read or has another sum: it says both.
  public func check(_ path: String) throws(DataError) {
    let (found, expected): (String, String)
    switch self {
    case .md5(let sum): (found, expected) = (try Self.sum(path, Insecure.MD5()), sum)
    case .sha256(let sum): (found, expected) = (try Self.sum(path, SHA256()), sum)
    }
    guard found == expected.lowercased() else {
      let kind = if case .md5 = self { "MD5" } else { "SHA-256" }
      throw .file(path, "has the \(kind) sum \(found), expected \(expected)")
    }
  }

  private static func sum(_ path: String, _ start: some HashFunction) throws(DataError) -> String {
    var hash = start
    guard let file = FileHandle(forReadingAtPath: path) else {
      throw .file(path, "cannot be read", errno: errno)
    }
    defer { try? file.close() }
    do {
      while let part = try file.read(upToCount: 1 << 20), !part.isEmpty { hash.update(data: part) }
    } catch {
      throw .file(path, "cannot be read: \(error.localizedDescription)")
    }
    return hash.finalize().map { String(format: "%02x", $0) }.joined()
  }
}
