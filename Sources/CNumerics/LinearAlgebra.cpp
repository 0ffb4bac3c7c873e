#include <Eigen/Dense>
#include <algorithm>

#include "CNumerics.h"

namespace {

using Matrix = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
using Vector = Eigen::VectorXd;
using Seen = Eigen::Map<const Matrix>;
using SeenVector = Eigen::Map<const Vector>;

/// Runs `body`; where memory is short, `failure`.
template <typename Result, typename Body>
Result guarded(Result failure, Body body) noexcept {
  try {
    return body();
  } catch (...) {
    return failure;
  }
}

template <typename Values>
bool give(const Values &values, double *to) {
  if (!values.allFinite()) return false;
  Eigen::Map<Matrix>(to, values.rows(), values.cols()) = values;
  return true;
}

}  // namespace

extern "C" {

ptrdiff_t cn_least_squares(
    const double *x, const double *y, ptrdiff_t rows, ptrdiff_t columns, double tolerance, double *b,
    double *inverse) noexcept {
  return guarded<ptrdiff_t>(-1, [&]() -> ptrdiff_t {
    const Seen design(x, rows, columns);
    const SeenVector response(y, rows);
    if (!design.allFinite() || !response.allFinite()) return -1;
    // Columns of very different size are none the less independent: the rank is that of columns of length one.
    Vector scale = design.colwise().norm();
    for (auto &length : scale) length = length > 0 ? 1 / length : 1;
    Eigen::ColPivHouseholderQR<Matrix> qr;
    qr.setThreshold(tolerance);
    qr.compute(design * scale.asDiagonal());
    const ptrdiff_t rank = qr.rank();
    if (rank < columns) return rank;
    const Vector solution = scale.asDiagonal() * qr.solve(response).eval();
    if (!solution.allFinite()) return -1;
    if (inverse != nullptr) {
      const Matrix upper = qr.matrixR().topLeftCorner(columns, columns);
      const Matrix root = qr.colsPermutation() *
          Matrix(upper.triangularView<Eigen::Upper>().solve(Matrix::Identity(columns, columns)));
      const Matrix scaled = scale.asDiagonal() * root;
      if (!give(Matrix(scaled * scaled.transpose()), inverse)) return -1;
    }
    give(solution, b);
    return rank;
  });
}

bool cn_solve(const double *a, const double *b, ptrdiff_t n, ptrdiff_t columns, double *x) noexcept {
  return guarded(false, [&] {
    const Seen matrix(a, n, n), right(b, n, columns);
    if (!matrix.allFinite() || !right.allFinite()) return false;
    const Eigen::FullPivLU<Matrix> lu(matrix);
    return lu.isInvertible() && give(Matrix(lu.solve(right)), x);
  });
}

bool cn_inverse(const double *a, ptrdiff_t n, double *inverse) noexcept {
  return guarded(false, [&] {
    const Seen matrix(a, n, n);
    if (!matrix.allFinite()) return false;
    const Eigen::FullPivLU<Matrix> lu(matrix);
    return lu.isInvertible() && give(Matrix(lu.inverse()), inverse);
  });
}

bool cn_cholesky(const double *a, ptrdiff_t n, double *lower) noexcept {
  return guarded(false, [&] {
    const Seen matrix(a, n, n);
    if (!matrix.allFinite()) return false;
    const Eigen::LLT<Matrix> llt(matrix);
    return llt.info() == Eigen::Success && give(Matrix(llt.matrixL()), lower);
  });
}

bool cn_symmetric_eigen(const double *a, ptrdiff_t n, double *eigenvalues, double *eigenvectors) noexcept {
  return guarded(false, [&] {
    const Seen matrix(a, n, n);
    if (!matrix.allFinite()) return false;
    const Eigen::SelfAdjointEigenSolver<Matrix> solver(
        matrix, eigenvectors == nullptr ? Eigen::EigenvaluesOnly : Eigen::ComputeEigenvectors);
    if (solver.info() != Eigen::Success) return false;
    if (eigenvectors != nullptr && !give(solver.eigenvectors(), eigenvectors)) return false;
    return give(solver.eigenvalues(), eigenvalues);
  });
}

bool cn_eigenvalues(const double *a, ptrdiff_t n, double *real, double *imaginary) noexcept {
  return guarded(false, [&] {
    const Seen matrix(a, n, n);
    if (!matrix.allFinite()) return false;
    const Eigen::EigenSolver<Matrix> solver(matrix, /*computeEigenvectors=*/false);
    if (solver.info() != Eigen::Success) return false;
    return give(Vector(solver.eigenvalues().real()), real) && give(Vector(solver.eigenvalues().imag()), imaginary);
  });
}

bool cn_singular_values(const double *a, ptrdiff_t rows, ptrdiff_t columns, double *values) noexcept {
  return guarded(false, [&] {
    const Seen matrix(a, rows, columns);
    if (!matrix.allFinite()) return false;
    return give(Vector(Eigen::JacobiSVD<Matrix>(matrix).singularValues()), values);
  });
}
}
