import Foundation

/// Reads a pickle without being able to run anything: of the machine that Python's `pickletools` describes, the
/// instructions that make dictionaries, lists, tuples, texts and numbers, and calls of the few names of ``PickleGlobal``.
///
/// Every instruction takes at least a byte and makes at most a value, so that memory stays in proportion to the file.
struct PickleMachine {
  typealias TensorMaker = (PickleStorage, _ offset: Int, _ shape: [Int], _ strides: [Int]) throws(TorchError)
    -> Tensor

  private let bytes: [UInt8]
  private let path: String
  private let makeTensor: TensorMaker
  private var place = 0
  private var stack: [PickleValue] = []
  /// Where the stack stood at each mark.
  private var marks: [Int] = []
  private var memo: [Int: PickleValue] = [:]
  private(set) var sequences: [[PickleValue]] = []
  private(set) var dictionaries: [[(key: PickleValue, value: PickleValue)]] = []

  /// - Parameters:
  ///   - path: for messages.
  ///   - makeTensor: called for each tensor with what the pickle says of it.
  init(_ bytes: [UInt8], path: String, makeTensor: @escaping TensorMaker) {
    self.bytes = bytes
    self.path = path
    self.makeTensor = makeTensor
  }

  /// - Throws: ``TorchError`` of kind `.file` for a pickle that is damaged, or holds what a state dictionary does not.
  mutating func run() throws(TorchError) -> PickleValue {
    while true {
      let start = place
      let code = try byte()
      if code == UInt8(ascii: ".") {
        guard stack.count == 1, marks.isEmpty else {
          throw damaged("ends with \(stack.count) values, not one")
        }
        return stack[0]
      }
      guard try execute(code) else {
        throw damaged("has the instruction \(code) at byte \(start), which no state dictionary needs")
      }
    }
  }

  // MARK: Instructions

  private mutating func execute(_ code: UInt8) throws(TorchError) -> Bool {
    if try literal(code) { return true }
    if try container(code) { return true }
    switch code {
    case 0x80:  // PROTO
      let version = try byte()
      guard (2...5).contains(version) else {
        throw damaged("is of protocol \(version); 2 to 5 can be read")
      }
    case 0x95: _ = try take(8)  // FRAME
    case UInt8(ascii: "q"): memo[Int(try byte())] = try top()
    case UInt8(ascii: "r"): memo[try unsigned(4)] = try top()
    case 0x94: memo[memo.count] = try top()  // MEMOIZE
    case UInt8(ascii: "h"): stack.append(try remembered(Int(try byte())))
    case UInt8(ascii: "j"): stack.append(try remembered(try unsigned(4)))
    case UInt8(ascii: "0"): _ = try pop()
    case UInt8(ascii: "1"): _ = try popToMark()
    case UInt8(ascii: "2"): stack.append(try top())
    case UInt8(ascii: "c"):
      let module = try line()
      stack.append(.global(try global(module, try line())))
    case 0x93:  // STACK_GLOBAL
      guard case (.text(let name), .text(let module)) = (try pop(), try pop()) else {
        throw damaged("names something by what is no text")
      }
      stack.append(.global(try global(module, name)))
    case UInt8(ascii: "Q"): stack.append(.storage(try storage(try pop())))
    case UInt8(ascii: "R"), 0x81:  // REDUCE, NEWOBJ
      let arguments = try pop()
      stack.append(try call(try pop(), arguments))
    case UInt8(ascii: "b"):  // BUILD: attributes beside the entries, such as `_metadata`
      _ = try pop()
      guard case .dictionary = try top() else { throw damaged("sets attributes of \(try top().kind)") }
    default: return false
    }
    return true
  }

  private mutating func literal(_ code: UInt8) throws(TorchError) -> Bool {
    switch code {
    case UInt8(ascii: "N"): stack.append(.none)
    case 0x88: stack.append(.bool(true))
    case 0x89: stack.append(.bool(false))
    case UInt8(ascii: "J"): stack.append(.int(Int(Int32(truncatingIfNeeded: try unsigned(4)))))
    case UInt8(ascii: "K"): stack.append(.int(Int(try byte())))
    case UInt8(ascii: "M"): stack.append(.int(try unsigned(2)))
    case 0x8A: stack.append(try long(Int(try byte())))
    case 0x8B: stack.append(try long(try unsigned(4)))
    case UInt8(ascii: "G"):
      let bits = try take(8).reduce(0) { $0 << 8 | UInt64($1) }
      stack.append(.float(Double(bitPattern: bits)))
    case 0x8C: stack.append(.text(try text(Int(try byte()))))
    case UInt8(ascii: "X"): stack.append(.text(try text(try unsigned(4))))
    case 0x8D: stack.append(.text(try text(try unsigned(8))))
    case UInt8(ascii: "U"): stack.append(.text(try text(Int(try byte()))))
    case UInt8(ascii: "T"): stack.append(.text(try text(try unsigned(4))))
    case UInt8(ascii: "C"):
      _ = try take(Int(try byte()))
      stack.append(.other("bytes"))
    case UInt8(ascii: "B"):
      _ = try take(try unsigned(4))
      stack.append(.other("bytes"))
    default: return false
    }
    return true
  }

  private mutating func container(_ code: UInt8) throws(TorchError) -> Bool {
    switch code {
    case UInt8(ascii: "("): marks.append(stack.count)
    case UInt8(ascii: ")"): stack.append(.tuple(newSequence([])))
    case UInt8(ascii: "]"): stack.append(.list(newSequence([])))
    case UInt8(ascii: "}"): stack.append(newDictionary())
    case 0x8F: stack.append(.other("a set"))
    case 0x90:  // ADDITEMS
      _ = try popToMark()
      guard case .other = try top() else { throw damaged("adds to \(try top().kind)") }
    case 0x85...0x87:  // TUPLE1 to TUPLE3
      let count = Int(code) - 0x84
      guard stack.count - (marks.last ?? 0) >= count else {
        throw damaged("makes a tuple of what is not there")
      }
      let items = Array(stack.suffix(count))
      stack.removeLast(count)
      stack.append(.tuple(newSequence(items)))
    case UInt8(ascii: "t"): stack.append(.tuple(newSequence(try popToMark())))
    case UInt8(ascii: "l"): stack.append(.list(newSequence(try popToMark())))
    case UInt8(ascii: "d"):
      let items = try popToMark()
      stack.append(newDictionary())
      try insert(items)
    case UInt8(ascii: "a"):
      try append([try pop()])
    case UInt8(ascii: "e"):
      try append(try popToMark())
    case UInt8(ascii: "s"):
      let value = try pop()
      try insert([try pop(), value])
    case UInt8(ascii: "u"):
      try insert(try popToMark())
    default: return false
    }
    return true
  }

  // MARK: Values

  private mutating func newSequence(_ items: [PickleValue]) -> Int {
    sequences.append(items)
    return sequences.count - 1
  }

  private mutating func newDictionary() -> PickleValue {
    dictionaries.append([])
    return .dictionary(dictionaries.count - 1)
  }

  private mutating func append(_ items: [PickleValue]) throws(TorchError) {
    guard case .list(let node) = try top() else { throw damaged("appends to \(try top().kind)") }
    sequences[node] += items
  }

  private mutating func insert(_ items: [PickleValue]) throws(TorchError) {
    guard case .dictionary(let node) = try top() else { throw damaged("sets a key of \(try top().kind)") }
    guard items.count.isMultiple(of: 2) else { throw damaged("sets a key without a value") }
    for index in stride(from: 0, to: items.count, by: 2) {
      dictionaries[node].append((items[index], items[index + 1]))
    }
  }

  private func global(_ module: String, _ name: String) throws(TorchError) -> PickleGlobal {
    if let known = PickleGlobal(module: module, name: name) { return known }
    throw .file(
      path,
      "holds an object of \(quoted("\(module).\(name)")), which is not read, as a pickle can run whatever it names; "
        + "a dictionary of tensors was expected: torch.save(model.state_dict(), PATH)")
  }

  private func storage(_ identifier: PickleValue) throws(TorchError) -> PickleStorage {
    guard case .tuple(let node) = identifier, sequences[node].count >= 5,
      case .text("storage") = sequences[node][0],
      case .global(.storage(let dtype)) = sequences[node][1],
      case .text(let key) = sequences[node][2], case .int(let count) = sequences[node][4], count >= 0
    else { throw damaged("has a storage that is not described as PyTorch does it") }
    return PickleStorage(dtype: dtype, key: key, count: count)
  }

  private mutating func call(_ callee: PickleValue, _ arguments: PickleValue) throws(TorchError)
    -> PickleValue
  {
    guard case .global(let global) = callee, case .tuple(let node) = arguments else {
      throw damaged("calls \(callee.kind)")
    }
    let arguments = sequences[node]
    switch global {
    case .orderedDictionary:
      guard arguments.isEmpty else { throw damaged("makes an OrderedDict of \(arguments.count) arguments") }
      return newDictionary()
    case .rebuildParameter:
      guard case .tensor(let data)? = arguments.first else {
        throw damaged("has a parameter without a tensor")
      }
      return .tensor(data)
    case .rebuildTensor:
      guard arguments.count >= 4, case .storage(let storage) = arguments[0],
        case .int(let offset) = arguments[1],
        let shape = integers(arguments[2]), let strides = integers(arguments[3])
      else { throw damaged("has a tensor that is not described as PyTorch does it") }
      return .tensor(try makeTensor(storage, offset, shape, strides))
    case .storage: throw damaged("calls \(global.name)")
    }
  }

  private func integers(_ value: PickleValue) -> [Int]? {
    guard case .tuple(let node) = value else { return nil }
    var result: [Int] = []
    for case .int(let number) in sequences[node] { result.append(number) }
    return result.count == sequences[node].count ? result : nil
  }

  // MARK: The stack

  private func top() throws(TorchError) -> PickleValue {
    guard let last = stack.last, stack.count > (marks.last ?? 0) else {
      throw damaged("takes a value where there is none")
    }
    return last
  }

  private mutating func pop() throws(TorchError) -> PickleValue {
    let last = try top()
    stack.removeLast()
    return last
  }

  private mutating func popToMark() throws(TorchError) -> [PickleValue] {
    guard let mark = marks.popLast() else { throw damaged("goes back to a mark where there is none") }
    let items = Array(stack[mark...])
    stack.removeSubrange(mark...)
    return items
  }

  private func remembered(_ key: Int) throws(TorchError) -> PickleValue {
    guard let value = memo[key] else { throw damaged("asks for the memory \(key), which was not filled") }
    return value
  }

  // MARK: Bytes

  private mutating func byte() throws(TorchError) -> UInt8 {
    guard place < bytes.count else { throw damaged("is cut off") }
    defer { place += 1 }
    return bytes[place]
  }

  private mutating func take(_ count: Int) throws(TorchError) -> ArraySlice<UInt8> {
    guard count >= 0, count <= bytes.count - place else { throw damaged("is cut off") }
    defer { place += count }
    return bytes[place..<place + count]
  }

  /// Little-endian; with 8 bytes the number may come out negative.
  private mutating func unsigned(_ count: Int) throws(TorchError) -> Int {
    Int(truncatingIfNeeded: try take(count).reversed().reduce(0) { $0 << 8 | UInt64($1) })
  }

  private mutating func long(_ count: Int) throws(TorchError) -> PickleValue {
    let digits = try take(count)
    guard count <= 8 else { return .other("a whole number beyond 64 bits") }
    var value = digits.reversed().reduce(0) { $0 << 8 | UInt64($1) }
    if count > 0, count < 8, digits.last! >= 0x80 { value |= ~UInt64(0) << UInt64(8 * count) }
    return .int(Int(truncatingIfNeeded: value))
  }

  private mutating func text(_ count: Int) throws(TorchError) -> String {
    guard let text = String(validating: try take(count), as: UTF8.self) else {
      throw damaged("has a text that is not UTF-8")
    }
    guard text.isStreamSafe else { throw .file(path, "has a text \(quoted(text)) that \(tooManyMarks)") }
    return text
  }

  private mutating func line() throws(TorchError) -> String {
    guard let end = bytes[place...].firstIndex(of: UInt8(ascii: "\n")) else { throw damaged("is cut off") }
    let text = try text(end - place)
    place += 1
    return text
  }

  private func damaged(_ message: String) -> TorchError { .file(path, "is damaged: its pickle \(message)") }
}
