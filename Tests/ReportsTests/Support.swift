import Foundation

#if canImport(FoundationXML)
  import FoundationXML
#endif

/// Whether a parser of XML reads the text to its end.
func isWellFormed(_ text: String) -> Bool { XMLParser(data: Data(text.utf8)).parse() }

/// What a reader sees: the text of all elements but styles.
func visibleText(_ html: String) -> [String] {
  final class Collector: NSObject, XMLParserDelegate {
    var texts: [String] = []
    var elements: [String] = []

    func parser(
      _ parser: XMLParser, didStartElement name: String, namespaceURI: String?, qualifiedName: String?,
      attributes: [String: String] = [:]
    ) {
      elements.append(name)
      texts.append("")
    }

    func parser(
      _ parser: XMLParser, didEndElement name: String, namespaceURI: String?, qualifiedName: String?
    ) {
      elements.removeLast()
      texts.append("")
    }

    func parser(_ parser: XMLParser, foundCharacters text: String) {
      if elements.last != "style" { texts[texts.count - 1] += text }
    }
  }
  let collector = Collector()
  let parser = XMLParser(data: Data(html.utf8))
  parser.delegate = collector
  guard parser.parse() else { return [] }
  return collector.texts.map { $0.trimmingCharacters(in: .whitespacesAndNewlines) }.filter { !$0.isEmpty }
}
