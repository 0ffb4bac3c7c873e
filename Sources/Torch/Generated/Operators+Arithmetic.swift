// Written by `./run generate` from libtorch's operator schemas; do not edit.
import CTorch

// MARK: Arithmetic

extension Tensor {
  /// `aten::add.Tensor`
  @inline(never)
  public func add(
    _ other: Tensor, alpha: Scalar = 1, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    return Tensor(owning: ct_add_Tensor(handle, other.handle, alpha.c), file, line)
  }

  /// `aten::add.Scalar`
  @inline(never)
  public func add(
    _ other: Scalar, alpha: Scalar = 1, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    return Tensor(owning: ct_add_Scalar(handle, other.c, alpha.c), file, line)
  }

  /// `aten::add_.Tensor`
  @discardableResult
  @inline(never)
  public func add_(
    _ other: Tensor, alpha: Scalar = 1, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    if !ct_add__Tensor(handle, other.handle, alpha.c) { failed(file, line) }
    return self
  }

  /// `aten::add_.Scalar`
  @discardableResult
  @inline(never)
  public func add_(
    _ other: Scalar, alpha: Scalar = 1, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    if !ct_add__Scalar(handle, other.c, alpha.c) { failed(file, line) }
    return self
  }

  /// `aten::sub.Tensor`
  @inline(never)
  public func sub(
    _ other: Tensor, alpha: Scalar = 1, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    return Tensor(owning: ct_sub_Tensor(handle, other.handle, alpha.c), file, line)
  }

  /// `aten::sub.Scalar`
  @inline(never)
  public func sub(
    _ other: Scalar, alpha: Scalar = 1, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    return Tensor(owning: ct_sub_Scalar(handle, other.c, alpha.c), file, line)
  }

  /// `aten::sub_.Tensor`
  @discardableResult
  @inline(never)
  public func sub_(
    _ other: Tensor, alpha: Scalar = 1, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    if !ct_sub__Tensor(handle, other.handle, alpha.c) { failed(file, line) }
    return self
  }

  /// `aten::sub_.Scalar`
  @discardableResult
  @inline(never)
  public func sub_(
    _ other: Scalar, alpha: Scalar = 1, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    if !ct_sub__Scalar(handle, other.c, alpha.c) { failed(file, line) }
    return self
  }

  /// `aten::rsub.Scalar`
  @inline(never)
  public func rsub(
    _ other: Scalar, alpha: Scalar = 1, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    return Tensor(owning: ct_rsub_Scalar(handle, other.c, alpha.c), file, line)
  }

  /// `aten::mul.Tensor`
  @inline(never)
  public func mul(
    _ other: Tensor, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    return Tensor(owning: ct_mul_Tensor(handle, other.handle), file, line)
  }

  /// `aten::mul.Scalar`
  @inline(never)
  public func mul(
    _ other: Scalar, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    return Tensor(owning: ct_mul_Scalar(handle, other.c), file, line)
  }

  /// `aten::mul_.Tensor`
  @discardableResult
  @inline(never)
  public func mul_(
    _ other: Tensor, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    if !ct_mul__Tensor(handle, other.handle) { failed(file, line) }
    return self
  }

  /// `aten::mul_.Scalar`
  @discardableResult
  @inline(never)
  public func mul_(
    _ other: Scalar, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    if !ct_mul__Scalar(handle, other.c) { failed(file, line) }
    return self
  }

  /// `aten::div.Tensor`
  @inline(never)
  public func div(
    _ other: Tensor, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    return Tensor(owning: ct_div_Tensor(handle, other.handle), file, line)
  }

  /// `aten::div.Scalar`
  @inline(never)
  public func div(
    _ other: Scalar, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    return Tensor(owning: ct_div_Scalar(handle, other.c), file, line)
  }

  /// `aten::div_.Tensor`
  @discardableResult
  @inline(never)
  public func div_(
    _ other: Tensor, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    if !ct_div__Tensor(handle, other.handle) { failed(file, line) }
    return self
  }

  /// `aten::div_.Scalar`
  @discardableResult
  @inline(never)
  public func div_(
    _ other: Scalar, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    if !ct_div__Scalar(handle, other.c) { failed(file, line) }
    return self
  }

  /// `aten::div.Tensor_mode`
  @inline(never)
  public func div(
    _ other: Tensor, roundingMode: String?, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    return Tensor(owning: ct_div_Tensor_mode(handle, other.handle, roundingMode), file, line)
  }

  /// `aten::neg`
  @inline(never)
  public func neg(
    file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    return Tensor(owning: ct_neg(handle), file, line)
  }

  /// `aten::neg_`
  @discardableResult
  @inline(never)
  public func neg_(
    file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    if !ct_neg_(handle) { failed(file, line) }
    return self
  }

  /// `aten::reciprocal`
  @inline(never)
  public func reciprocal(
    file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    return Tensor(owning: ct_reciprocal(handle), file, line)
  }

  /// `aten::remainder.Scalar`
  @inline(never)
  public func remainder(
    _ other: Scalar, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    return Tensor(owning: ct_remainder_Scalar(handle, other.c), file, line)
  }

  /// `aten::floor_divide.Scalar`
  @inline(never)
  public func floorDivide(
    _ other: Scalar, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    return Tensor(owning: ct_floor_divide_Scalar(handle, other.c), file, line)
  }

  /// `aten::pow.Tensor_Scalar`
  @inline(never)
  public func pow(
    _ exponent: Scalar, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    return Tensor(owning: ct_pow_Tensor_Scalar(handle, exponent.c), file, line)
  }

  /// `aten::pow.Tensor_Tensor`
  @inline(never)
  public func pow(
    _ exponent: Tensor, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    return Tensor(owning: ct_pow_Tensor_Tensor(handle, exponent.handle), file, line)
  }

  /// `aten::pow.Scalar`
  @inline(never)
  public static func pow(
    _ self_: Scalar, _ exponent: Tensor, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    return Tensor(owning: ct_pow_Scalar(self_.c, exponent.handle), file, line)
  }

  /// `aten::square`
  @inline(never)
  public func square(
    file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    return Tensor(owning: ct_square(handle), file, line)
  }

  /// `aten::sqrt`
  @inline(never)
  public func sqrt(
    file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    return Tensor(owning: ct_sqrt(handle), file, line)
  }

  /// `aten::sqrt_`
  @discardableResult
  @inline(never)
  public func sqrt_(
    file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    if !ct_sqrt_(handle) { failed(file, line) }
    return self
  }

  /// `aten::rsqrt`
  @inline(never)
  public func rsqrt(
    file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    return Tensor(owning: ct_rsqrt(handle), file, line)
  }

  /// `aten::exp`
  @inline(never)
  public func exp(
    file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    return Tensor(owning: ct_exp(handle), file, line)
  }

  /// `aten::exp_`
  @discardableResult
  @inline(never)
  public func exp_(
    file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    if !ct_exp_(handle) { failed(file, line) }
    return self
  }

  /// `aten::expm1`
  @inline(never)
  public func expm1(
    file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    return Tensor(owning: ct_expm1(handle), file, line)
  }

  /// `aten::log`
  @inline(never)
  public func log(
    file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    return Tensor(owning: ct_log(handle), file, line)
  }

  /// `aten::log1p`
  @inline(never)
  public func log1p(
    file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    return Tensor(owning: ct_log1p(handle), file, line)
  }

  /// `aten::log2`
  @inline(never)
  public func log2(
    file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    return Tensor(owning: ct_log2(handle), file, line)
  }

  /// `aten::sin`
  @inline(never)
  public func sin(
    file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    return Tensor(owning: ct_sin(handle), file, line)
  }

  /// `aten::cos`
  @inline(never)
  public func cos(
    file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    return Tensor(owning: ct_cos(handle), file, line)
  }

  /// `aten::tan`
  @inline(never)
  public func tan(
    file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    return Tensor(owning: ct_tan(handle), file, line)
  }

  /// `aten::asin`
  @inline(never)
  public func asin(
    file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    return Tensor(owning: ct_asin(handle), file, line)
  }

  /// `aten::acos`
  @inline(never)
  public func acos(
    file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    return Tensor(owning: ct_acos(handle), file, line)
  }

  /// `aten::atan`
  @inline(never)
  public func atan(
    file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    return Tensor(owning: ct_atan(handle), file, line)
  }

  /// `aten::atan2`
  @inline(never)
  public func atan2(
    _ other: Tensor, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    return Tensor(owning: ct_atan2(handle, other.handle), file, line)
  }

  /// `aten::sinh`
  @inline(never)
  public func sinh(
    file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    return Tensor(owning: ct_sinh(handle), file, line)
  }

  /// `aten::cosh`
  @inline(never)
  public func cosh(
    file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    return Tensor(owning: ct_cosh(handle), file, line)
  }

  /// `aten::tanh`
  @inline(never)
  public func tanh(
    file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    return Tensor(owning: ct_tanh(handle), file, line)
  }

  /// `aten::tanh_`
  @discardableResult
  @inline(never)
  public func tanh_(
    file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    if !ct_tanh_(handle) { failed(file, line) }
    return self
  }

  /// `aten::erf`
  @inline(never)
  public func erf(
    file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    return Tensor(owning: ct_erf(handle), file, line)
  }

  /// `aten::erfinv`
  @inline(never)
  public func erfinv(
    file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    return Tensor(owning: ct_erfinv(handle), file, line)
  }

  /// `aten::lgamma`
  @inline(never)
  public func lgamma(
    file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    return Tensor(owning: ct_lgamma(handle), file, line)
  }

  /// `aten::digamma`
  @inline(never)
  public func digamma(
    file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    return Tensor(owning: ct_digamma(handle), file, line)
  }

  /// `aten::abs`
  @inline(never)
  public func abs(
    file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    return Tensor(owning: ct_abs(handle), file, line)
  }

  /// `aten::abs_`
  @discardableResult
  @inline(never)
  public func abs_(
    file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    if !ct_abs_(handle) { failed(file, line) }
    return self
  }

  /// `aten::sign`
  @inline(never)
  public func sign(
    file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    return Tensor(owning: ct_sign(handle), file, line)
  }

  /// `aten::floor`
  @inline(never)
  public func floor(
    file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    return Tensor(owning: ct_floor(handle), file, line)
  }

  /// `aten::ceil`
  @inline(never)
  public func ceil(
    file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    return Tensor(owning: ct_ceil(handle), file, line)
  }

  /// `aten::round`
  @inline(never)
  public func round(
    file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    return Tensor(owning: ct_round(handle), file, line)
  }

  /// `aten::round.decimals`
  @inline(never)
  public func round(
    decimals: Int, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    return Tensor(owning: ct_round_decimals(handle, decimals), file, line)
  }

  /// `aten::trunc`
  @inline(never)
  public func trunc(
    file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    return Tensor(owning: ct_trunc(handle), file, line)
  }

  /// `aten::frac`
  @inline(never)
  public func frac(
    file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    return Tensor(owning: ct_frac(handle), file, line)
  }

  /// `aten::clamp`
  @inline(never)
  public func clamp(
    min: Scalar? = nil, max: Scalar? = nil, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    return Tensor(owning: ct_clamp(handle, min.asList, max.asList), file, line)
  }

  /// `aten::clamp_`
  @discardableResult
  @inline(never)
  public func clamp_(
    min: Scalar? = nil, max: Scalar? = nil, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    if !ct_clamp_(handle, min.asList, max.asList) { failed(file, line) }
    return self
  }

  /// `aten::clamp.Tensor`
  @inline(never)
  public func clamp(
    min: Tensor? = nil, max: Tensor? = nil, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    return Tensor(owning: ct_clamp_Tensor(handle, min?.handle, max?.handle), file, line)
  }

  /// `aten::clamp_min`
  @inline(never)
  public func clampMin(
    _ min: Scalar, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    return Tensor(owning: ct_clamp_min(handle, min.c), file, line)
  }

  /// `aten::maximum`
  @inline(never)
  public func maximum(
    _ other: Tensor, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    return Tensor(owning: ct_maximum(handle, other.handle), file, line)
  }

  /// `aten::minimum`
  @inline(never)
  public func minimum(
    _ other: Tensor, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    return Tensor(owning: ct_minimum(handle, other.handle), file, line)
  }

  /// `aten::addcmul`
  @inline(never)
  public func addcmul(
    _ tensor1: Tensor, _ tensor2: Tensor, value: Scalar = 1, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    return Tensor(owning: ct_addcmul(handle, tensor1.handle, tensor2.handle, value.c), file, line)
  }

  /// `aten::addcmul_`
  @discardableResult
  @inline(never)
  public func addcmul_(
    _ tensor1: Tensor, _ tensor2: Tensor, value: Scalar = 1, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    if !ct_addcmul_(handle, tensor1.handle, tensor2.handle, value.c) { failed(file, line) }
    return self
  }

  /// `aten::addcdiv`
  @inline(never)
  public func addcdiv(
    _ tensor1: Tensor, _ tensor2: Tensor, value: Scalar = 1, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    return Tensor(owning: ct_addcdiv(handle, tensor1.handle, tensor2.handle, value.c), file, line)
  }

  /// `aten::addcdiv_`
  @discardableResult
  @inline(never)
  public func addcdiv_(
    _ tensor1: Tensor, _ tensor2: Tensor, value: Scalar = 1, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    if !ct_addcdiv_(handle, tensor1.handle, tensor2.handle, value.c) { failed(file, line) }
    return self
  }

  /// `aten::lerp.Scalar`
  @inline(never)
  public func lerp(
    _ end: Tensor, _ weight: Scalar, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    return Tensor(owning: ct_lerp_Scalar(handle, end.handle, weight.c), file, line)
  }

  /// `aten::lerp.Tensor`
  @inline(never)
  public func lerp(
    _ end: Tensor, _ weight: Tensor, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    return Tensor(owning: ct_lerp_Tensor(handle, end.handle, weight.handle), file, line)
  }

  /// `aten::lerp_.Scalar`
  @discardableResult
  @inline(never)
  public func lerp_(
    _ end: Tensor, _ weight: Scalar, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    if !ct_lerp__Scalar(handle, end.handle, weight.c) { failed(file, line) }
    return self
  }

  /// `aten::isnan`
  @inline(never)
  public func isnan(
    file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    return Tensor(owning: ct_isnan(handle), file, line)
  }

  /// `aten::isinf`
  @inline(never)
  public func isinf(
    file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    return Tensor(owning: ct_isinf(handle), file, line)
  }

  /// `aten::isfinite`
  @inline(never)
  public func isfinite(
    file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    return Tensor(owning: ct_isfinite(handle), file, line)
  }

  /// `aten::nan_to_num`
  @inline(never)
  public func nanToNum(
    nan: Double? = nil, posinf: Double? = nil, neginf: Double? = nil, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    return Tensor(owning: ct_nan_to_num(handle, nan.asList, posinf.asList, neginf.asList), file, line)
  }
}
