#include <boost/math/distributions/binomial.hpp>
#include <boost/math/distributions/chi_squared.hpp>
#include <boost/math/distributions/fisher_f.hpp>
#include <boost/math/distributions/normal.hpp>
#include <boost/math/distributions/students_t.hpp>
#include <boost/math/special_functions/beta.hpp>
#include <boost/math/special_functions/digamma.hpp>
#include <boost/math/special_functions/gamma.hpp>
#include <boost/math/special_functions/trigamma.hpp>
#include <cmath>
#include <limits>

#include "CNumerics.h"

namespace {

namespace bm = boost::math;
namespace bp = boost::math::policies;

// No exceptions, and no promotion to long double, whose results depend on the platform.
using Policy = bp::policy<
    bp::domain_error<bp::ignore_error>, bp::pole_error<bp::ignore_error>, bp::overflow_error<bp::ignore_error>,
    bp::underflow_error<bp::ignore_error>, bp::denorm_error<bp::ignore_error>,
    bp::rounding_error<bp::ignore_error>, bp::evaluation_error<bp::ignore_error>,
    bp::indeterminate_result_error<bp::ignore_error>, bp::promote_double<false>>;

constexpr double nan = std::numeric_limits<double>::quiet_NaN();

/// What is outside a domain is NaN, whatever the library makes of it.
template <typename Body>
double valued(bool in_domain, Body body) noexcept {
  if (!in_domain) return nan;
  try {
    return body();
  } catch (...) {
    return nan;
  }
}

bool is_probability(double p) { return p >= 0 && p <= 1; }

template <typename Distribution>
double tail(const Distribution &distribution, double x, bool upper) {
  return upper ? bm::cdf(bm::complement(distribution, x)) : bm::cdf(distribution, x);
}

/// Distributions on the whole line, at infinities too.
template <typename Distribution>
double line_cdf(const Distribution &distribution, double x, bool upper) {
  if (std::isinf(x)) return (x > 0) == upper ? 0 : 1;
  return tail(distribution, x, upper);
}

/// Distributions of positive numbers.
template <typename Distribution>
double positive_cdf(const Distribution &distribution, double x, bool upper) {
  if (x <= 0) return upper ? 1 : 0;
  if (std::isinf(x)) return upper ? 0 : 1;
  return tail(distribution, x, upper);
}

double infinity() { return std::numeric_limits<double>::infinity(); }

}  // namespace

extern "C" {

double cn_log_gamma(double x) noexcept {
  return valued(x > 0, [&] { return bm::lgamma(x, Policy()); });
}
double cn_digamma(double x) noexcept {
  return valued(x > 0, [&] { return bm::digamma(x, Policy()); });
}
double cn_trigamma(double x) noexcept {
  return valued(x > 0, [&] { return bm::trigamma(x, Policy()); });
}
double cn_incomplete_beta(double a, double b, double x) noexcept {
  return valued(a > 0 && b > 0 && is_probability(x), [&] { return bm::ibeta(a, b, x, Policy()); });
}
double cn_incomplete_gamma(double a, double x) noexcept {
  return valued(a > 0 && x >= 0, [&] { return std::isinf(x) ? 1.0 : bm::gamma_p(a, x, Policy()); });
}
double cn_inverse_incomplete_gamma(double a, double p) noexcept {
  return valued(a > 0 && is_probability(p), [&] { return p == 1 ? infinity() : bm::gamma_p_inv(a, p, Policy()); });
}

double cn_normal_cdf(double x, bool upper) noexcept {
  return valued(!std::isnan(x), [&] { return line_cdf(bm::normal_distribution<double, Policy>(), x, upper); });
}
double cn_normal_quantile(double p) noexcept {
  return valued(is_probability(p), [&] {
    if (p == 0 || p == 1) return p == 0 ? -infinity() : infinity();
    return bm::quantile(bm::normal_distribution<double, Policy>(), p);
  });
}
double cn_student_t_cdf(double x, double freedom, bool upper) noexcept {
  return valued(!std::isnan(x) && freedom > 0, [&] {
    return line_cdf(bm::students_t_distribution<double, Policy>(freedom), x, upper);
  });
}
double cn_student_t_quantile(double p, double freedom) noexcept {
  return valued(is_probability(p) && freedom > 0, [&] {
    if (p == 0 || p == 1) return p == 0 ? -infinity() : infinity();
    return bm::quantile(bm::students_t_distribution<double, Policy>(freedom), p);
  });
}
double cn_chi_squared_cdf(double x, double freedom, bool upper) noexcept {
  return valued(!std::isnan(x) && freedom > 0, [&] {
    return positive_cdf(bm::chi_squared_distribution<double, Policy>(freedom), x, upper);
  });
}
double cn_chi_squared_quantile(double p, double freedom) noexcept {
  return valued(is_probability(p) && freedom > 0, [&] {
    if (p == 0 || p == 1) return p == 0 ? 0.0 : infinity();
    return bm::quantile(bm::chi_squared_distribution<double, Policy>(freedom), p);
  });
}
double cn_fisher_f_cdf(double x, double freedom1, double freedom2, bool upper) noexcept {
  return valued(!std::isnan(x) && freedom1 > 0 && freedom2 > 0, [&] {
    return positive_cdf(bm::fisher_f_distribution<double, Policy>(freedom1, freedom2), x, upper);
  });
}
double cn_fisher_f_quantile(double p, double freedom1, double freedom2) noexcept {
  return valued(is_probability(p) && freedom1 > 0 && freedom2 > 0, [&] {
    if (p == 0 || p == 1) return p == 0 ? 0.0 : infinity();
    return bm::quantile(bm::fisher_f_distribution<double, Policy>(freedom1, freedom2), p);
  });
}
double cn_binomial_cdf(double successes, double trials, double probability, bool upper) noexcept {
  return valued(successes >= 0 && trials >= successes && is_probability(probability), [&] {
    return tail(bm::binomial_distribution<double, Policy>(trials, probability), successes, upper);
  });
}
}
