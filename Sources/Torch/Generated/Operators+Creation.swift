// Written by `./run generate` from libtorch's operator schemas; do not edit.
import CTorch

// MARK: Creation

extension Tensor {
  /// `aten::empty.memory_format`
  @inline(never)
  public static func empty(
    _ size: [Int], dtype: DType? = nil, device: Device? = nil, memoryFormat: MemoryFormat? = nil, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    return Tensor(owning: ct_empty_memory_format(size, size.count, dtype.c, device.c, memoryFormat.c), file, line)
  }

  /// `aten::zeros`
  @inline(never)
  public static func zeros(
    _ size: [Int], dtype: DType? = nil, device: Device? = nil, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    return Tensor(owning: ct_zeros(size, size.count, dtype.c, device.c), file, line)
  }

  /// `aten::ones`
  @inline(never)
  public static func ones(
    _ size: [Int], dtype: DType? = nil, device: Device? = nil, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    return Tensor(owning: ct_ones(size, size.count, dtype.c, device.c), file, line)
  }

  /// `aten::full`
  @inline(never)
  public static func full(
    _ size: [Int], _ fillValue: Scalar, dtype: DType? = nil, device: Device? = nil, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    return Tensor(owning: ct_full(size, size.count, fillValue.c, dtype.c, device.c), file, line)
  }

  /// `aten::eye`
  @inline(never)
  public static func eye(
    _ n: Int, dtype: DType? = nil, device: Device? = nil, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    return Tensor(owning: ct_eye(n, dtype.c, device.c), file, line)
  }

  /// `aten::arange.start_step`
  @inline(never)
  public static func arange(
    _ start: Scalar, _ end: Scalar, step: Scalar = 1, dtype: DType? = nil, device: Device? = nil, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    return Tensor(owning: ct_arange_start_step(start.c, end.c, step.c, dtype.c, device.c), file, line)
  }

  /// `aten::linspace`
  @inline(never)
  public static func linspace(
    _ start: Scalar, _ end: Scalar, count steps: Int, dtype: DType? = nil, device: Device? = nil, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    return Tensor(owning: ct_linspace(start.c, end.c, steps, dtype.c, device.c), file, line)
  }

  /// `aten::empty_like`
  @inline(never)
  public func emptyLike(
    dtype: DType? = nil, device: Device? = nil, memoryFormat: MemoryFormat? = nil, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    return Tensor(owning: ct_empty_like(handle, dtype.c, device.c, memoryFormat.c), file, line)
  }

  /// `aten::zeros_like`
  @inline(never)
  public func zerosLike(
    dtype: DType? = nil, device: Device? = nil, memoryFormat: MemoryFormat? = nil, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    return Tensor(owning: ct_zeros_like(handle, dtype.c, device.c, memoryFormat.c), file, line)
  }

  /// `aten::ones_like`
  @inline(never)
  public func onesLike(
    dtype: DType? = nil, device: Device? = nil, memoryFormat: MemoryFormat? = nil, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    return Tensor(owning: ct_ones_like(handle, dtype.c, device.c, memoryFormat.c), file, line)
  }

  /// `aten::full_like`
  @inline(never)
  public func fullLike(
    _ fillValue: Scalar, dtype: DType? = nil, device: Device? = nil, memoryFormat: MemoryFormat? = nil, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    return Tensor(owning: ct_full_like(handle, fillValue.c, dtype.c, device.c, memoryFormat.c), file, line)
  }

  /// `aten::new_zeros`
  @inline(never)
  public func newZeros(
    _ size: [Int], dtype: DType? = nil, device: Device? = nil, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    return Tensor(owning: ct_new_zeros(handle, size, size.count, dtype.c, device.c), file, line)
  }

  /// `aten::rand.generator`
  @inline(never)
  public static func rand(
    _ size: [Int], generator: Generator? = nil, dtype: DType? = nil, device: Device? = nil, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    return Tensor(owning: ct_rand_generator(size, size.count, generator?.handle, dtype.c, device.c), file, line)
  }

  /// `aten::randn.generator`
  @inline(never)
  public static func randn(
    _ size: [Int], generator: Generator? = nil, dtype: DType? = nil, device: Device? = nil, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    return Tensor(owning: ct_randn_generator(size, size.count, generator?.handle, dtype.c, device.c), file, line)
  }

  /// `aten::randint.low_generator`
  @inline(never)
  public static func randint(
    _ low: Int, _ high: Int, _ size: [Int], generator: Generator? = nil, dtype: DType? = .int64, device: Device? = nil, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    return Tensor(owning: ct_randint_low_generator(low, high, size, size.count, generator?.handle, dtype.c, device.c), file, line)
  }

  /// `aten::randperm.generator`
  @inline(never)
  public static func randperm(
    _ n: Int, generator: Generator? = nil, dtype: DType? = .int64, device: Device? = nil, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    return Tensor(owning: ct_randperm_generator(n, generator?.handle, dtype.c, device.c), file, line)
  }

  /// `aten::uniform_`
  @discardableResult
  @inline(never)
  public func uniform_(
    from: Double = 0, to: Double = 1, generator: Generator? = nil, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    if !ct_uniform_(handle, from, to, generator?.handle) { failed(file, line) }
    return self
  }

  /// `aten::normal_`
  @discardableResult
  @inline(never)
  public func normal_(
    mean: Double = 0, std: Double = 1, generator: Generator? = nil, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    if !ct_normal_(handle, mean, std, generator?.handle) { failed(file, line) }
    return self
  }

  /// `aten::bernoulli`
  @inline(never)
  public func bernoulli(
    generator: Generator? = nil, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    return Tensor(owning: ct_bernoulli(handle, generator?.handle), file, line)
  }

  /// `aten::bernoulli_.float`
  @discardableResult
  @inline(never)
  public func bernoulli_(
    _ p: Double = 0.5, generator: Generator? = nil, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    if !ct_bernoulli__float(handle, p, generator?.handle) { failed(file, line) }
    return self
  }

  /// `aten::bernoulli.p`
  @inline(never)
  public func bernoulli(
    probability p: Double, generator: Generator? = nil, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    return Tensor(owning: ct_bernoulli_p(handle, p, generator?.handle), file, line)
  }

  /// `aten::multinomial`
  @inline(never)
  public func multinomial(
    _ numSamples: Int, replacement: Bool = false, generator: Generator? = nil, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    return Tensor(owning: ct_multinomial(handle, numSamples, replacement, generator?.handle), file, line)
  }

  /// `aten::exponential_`
  @discardableResult
  @inline(never)
  public func exponential_(
    lambda lambd: Double = 1, generator: Generator? = nil, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    if !ct_exponential_(handle, lambd, generator?.handle) { failed(file, line) }
    return self
  }

  /// `aten::random_.from`
  @discardableResult
  @inline(never)
  public func random_(
    from: Int, to: Int?, generator: Generator? = nil, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    if !ct_random__from(handle, from, to.asList, generator?.handle) { failed(file, line) }
    return self
  }
}
