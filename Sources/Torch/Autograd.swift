import CTorch

// MARK: Leaves

extension Tensor {
  /// Whether autograd follows what is computed from it.
  public var requiresGrad: Bool {
    get { ct_requires_grad(handle) }
    set { if !ct_set_requires_grad(handle, newValue) { failed("Tensor.requiresGrad", 0) } }
  }

  /// Marks a leaf and returns it.
  @discardableResult
  public func requiresGrad_(_ value: Bool = true, file: StaticString = #fileID, line: UInt = #line) -> Tensor
  {
    if !ct_set_requires_grad(handle, value) { failed(file, line) }
    return self
  }

  /// Whether it was made by no recorded operation.
  public var isLeaf: Bool { ct_is_leaf(handle) }

  /// The gradient that ``backward(_:retainGraph:createGraph:file:line:)`` gathered, if there is one.
  public var grad: Tensor? {
    get {
      let found = Tensor(owning: ct_get_grad(handle), "Tensor.grad", 0)
      return found.isDefined ? found : nil
    }
    set { if !ct_set_grad(handle, newValue?.handle) { failed("Tensor.grad", 0) } }
  }

  /// Adds the gradients of this tensor to the ``grad`` of every leaf below it. ``grad(of:wrt:seeds:retainGraph:createGraph:allowUnused:file:line:)``
  /// is the better form for everything but plain training.
  public func backward(
    _ seed: Tensor? = nil, retainGraph: Bool = false, createGraph: Bool = false,
    file: StaticString = #fileID, line: UInt = #line
  ) {
    if !ct_backward(handle, seed?.handle, retainGraph || createGraph, createGraph) { failed(file, line) }
  }
}

// MARK: Gradients as a function

/// The gradients of the outputs with respect to the inputs.
///
/// - Parameters:
///   - outputs: tensors with a graph; those without `seeds` must hold one element.
///   - inputs: leaves or intermediate tensors; weights that are not named here cost nothing.
///   - seeds: ∂L/∂output for each output; nil means 1.
///   - retainGraph: keep the graph, to walk it again.
///   - createGraph: whether the gradients can be differentiated in turn (double backward).
///   - allowUnused: return an undefined tensor where no output depends on an input, instead of failing.
///   - file: the caller's, for messages.
///   - line: the caller's, for messages.
/// - Returns: one gradient an input, of its shape.
@inline(never)  // so that the caller keeps the arrays, of which only handles are passed on
public func grad(
  of outputs: [Tensor], wrt inputs: [Tensor], seeds: [Tensor?]? = nil, retainGraph: Bool = false,
  createGraph: Bool = false, allowUnused: Bool = false, file: StaticString = #fileID, line: UInt = #line
) -> [Tensor] {
  if let seeds, seeds.count != outputs.count {
    let message = "one seed an output: \(outputs.count), found \(seeds.count)"
    fail(TorchError(kind: .value, message: message), file, line)
    return inputs.map { _ in Tensor() }
  }
  let list = ct_grad(
    outputs.handles, outputs.count, inputs.handles, inputs.count, seeds?.handles, retainGraph || createGraph,
    createGraph, allowUnused)
  if list.items == nil {
    failed(file, line)
    return inputs.map { _ in Tensor() }
  }
  return tensors(owning: list, file, line)
}

/// The gradients of a scalar with respect to several tensors.
public func grad(
  of output: Tensor, wrt inputs: [Tensor], retainGraph: Bool = false, createGraph: Bool = false,
  allowUnused: Bool = false, file: StaticString = #fileID, line: UInt = #line
) -> [Tensor] {
  grad(
    of: [output], wrt: inputs, seeds: nil, retainGraph: retainGraph, createGraph: createGraph,
    allowUnused: allowUnused, file: file, line: line)
}

/// The gradient of a scalar with respect to one tensor.
public func grad(
  of output: Tensor, wrt input: Tensor, retainGraph: Bool = false, createGraph: Bool = false,
  file: StaticString = #fileID, line: UInt = #line
) -> Tensor {
  grad(
    of: [output], wrt: [input], seeds: nil, retainGraph: retainGraph, createGraph: createGraph, file: file,
    line: line)[0]
}

/// ∇²f·v by differentiating ⟨∇f, v⟩ (Pearlmutter 1994).
///
/// - Parameters:
///   - output: f, a scalar with a graph.
///   - inputs: what f depends on.
///   - direction: v, in the inputs' shapes.
///   - retainGraph: keep the graph, for further directions.
///   - file: the caller's, for messages.
///   - line: the caller's, for messages.
/// - Returns: the product, in the inputs' shapes; zero where f is linear in an input.
public func hessianVectorProduct(
  of output: Tensor, wrt inputs: [Tensor], direction: [Tensor], retainGraph: Bool = false,
  file: StaticString = #fileID, line: UInt = #line
) -> [Tensor] {
  let gradients = grad(of: output, wrt: inputs, createGraph: true, file: file, line: line)
  return hessianVectorProduct(
    gradients: gradients, wrt: inputs, direction: direction, retainGraph: retainGraph, file: file, line: line)
}

/// ∇²f·v from gradients that carry a graph, for many directions at one point.
public func hessianVectorProduct(
  gradients: [Tensor], wrt inputs: [Tensor], direction: [Tensor], retainGraph: Bool = false,
  file: StaticString = #fileID, line: UInt = #line
) -> [Tensor] {
  guard gradients.count == inputs.count, direction.count == inputs.count else {
    let message =
      "one gradient and one direction an input: \(inputs.count), "
      + "found \(gradients.count) and \(direction.count)"
    fail(TorchError(kind: .value, message: message), file, line)
    return inputs.map { _ in Tensor() }
  }
  // A gradient without a graph is constant: its derivative is zero.
  let followed = zip(gradients, direction).filter { $0.0.requiresGrad }
  guard !followed.isEmpty else { return inputs.map { $0.zerosLike() } }
  let products = grad(
    of: followed.map(\.0), wrt: inputs, seeds: followed.map(\.1), retainGraph: retainGraph, allowUnused: true,
    file: file, line: line)
  return zip(products, inputs).map { $0.isDefined ? $0 : $1.zerosLike() }
}
