// The C face of Boost.Math (special functions, distributions) and Eigen (dense linear algebra). Nothing throws.
//
// Functions of one number give NaN outside their domain. Matrices are row by row. What solves something gives false
// where it cannot be solved (rank, definiteness, numbers that are none) and leaves its results as they were.
#pragma once

#include <stdbool.h>
#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#define CN_NOEXCEPT noexcept
#else
#define CN_NOEXCEPT
#endif

// MARK: Special functions

double cn_log_gamma(double x) CN_NOEXCEPT;
double cn_digamma(double x) CN_NOEXCEPT;
double cn_trigamma(double x) CN_NOEXCEPT;
/// I_x(a, b)
double cn_incomplete_beta(double a, double b, double x) CN_NOEXCEPT;
/// P(a, x), the lower one, regularised.
double cn_incomplete_gamma(double a, double x) CN_NOEXCEPT;
/// x with P(a, x) = p.
double cn_inverse_incomplete_gamma(double a, double p) CN_NOEXCEPT;

// MARK: Distributions. `upper`: the probability above x (exact in the far tail).

double cn_normal_cdf(double x, bool upper) CN_NOEXCEPT;
double cn_normal_quantile(double p) CN_NOEXCEPT;
double cn_student_t_cdf(double x, double freedom, bool upper) CN_NOEXCEPT;
double cn_student_t_quantile(double p, double freedom) CN_NOEXCEPT;
double cn_chi_squared_cdf(double x, double freedom, bool upper) CN_NOEXCEPT;
double cn_chi_squared_quantile(double p, double freedom) CN_NOEXCEPT;
double cn_fisher_f_cdf(double x, double freedom1, double freedom2, bool upper) CN_NOEXCEPT;
double cn_fisher_f_quantile(double p, double freedom1, double freedom2) CN_NOEXCEPT;
double cn_binomial_cdf(double successes, double trials, double probability, bool upper) CN_NOEXCEPT;

// MARK: Linear algebra

/// min ‖y − X·b‖ by QR with column pivoting: X [rows, columns], y [rows], b [columns], (XᵀX)⁻¹ [columns, columns] (may be
/// NULL). Gives the rank, at most `columns`; b and the inverse are written where the rank is full. −1 for numbers that are
/// none.
ptrdiff_t cn_least_squares(
    const double *x, const double *y, ptrdiff_t rows, ptrdiff_t columns, double tolerance, double *b,
    double *inverse) CN_NOEXCEPT;
/// x with A·x = b for A [n, n] and b, x [n, columns].
bool cn_solve(const double *a, const double *b, ptrdiff_t n, ptrdiff_t columns, double *x) CN_NOEXCEPT;
bool cn_inverse(const double *a, ptrdiff_t n, double *inverse) CN_NOEXCEPT;
/// L with A = L·Lᵀ, zeros above; false where A is not positive definite.
bool cn_cholesky(const double *a, ptrdiff_t n, double *lower) CN_NOEXCEPT;
/// Eigenvalues in rising order, eigenvectors in columns (may be NULL).
bool cn_symmetric_eigen(const double *a, ptrdiff_t n, double *eigenvalues, double *eigenvectors) CN_NOEXCEPT;
/// Eigenvalues of any square matrix, in no order.
bool cn_eigenvalues(const double *a, ptrdiff_t n, double *real, double *imaginary) CN_NOEXCEPT;
/// Singular values in falling order, of A [rows, columns].
bool cn_singular_values(const double *a, ptrdiff_t rows, ptrdiff_t columns, double *values) CN_NOEXCEPT;

#ifdef __cplusplus
}
#endif
