// Normalisation of whole tensors, in parallel over groups or slices of rows. Included after Kernels.h, once for each
// instruction set.

/// What a plane's places are multiplied with, and what is added then.
template <typename T>
struct Affine {
  T a, k;
};
template <typename T>
Affine<T> affine_of(T scale, T shift, T mean, T rstd) {
  const T a = scale * rstd;
  return {a, shift - mean * a};
}

/// Runs `body` with the gradient at the places of a plane; `scratch` holds it where the output was pooled.
template <typename T, typename S, typename Body>
void with_gradient(const Shape &shape, const S *gradients, int64_t plane, T *scratch, Body body) {
  if (shape.pooled) {
    unpool(gradients + plane * shape.pooled_places(), scratch, shape.height, shape.width);
    body(static_cast<const T *>(scratch));
  } else {
    body(gradients + plane * shape.places());
  }
}

/// One plane by its mean and rstd; `scratch` holds its places where they are pooled.
template <typename T, typename S>
void affine_plane(const Shape &shape, const Forward<T, S> &f, int64_t plane, T mean, T rstd, T *scratch) {
  const int64_t places = shape.places(), at = plane * places, channel = plane % shape.channels;
  const auto [a, k] = affine_of(f.scale[channel], f.shift[channel], mean, rstd);
  const S *residual = f.residual == nullptr ? nullptr : f.residual + at;
  auto to = [&](auto *y) {
    f.relu ? affine<T, true>(f.x + at, residual, y, places, a, k)
           : affine<T, false>(f.x + at, residual, y, places, a, k);
  };
  if (!shape.pooled) return to(f.y + at);
  to(scratch);
  pool(scratch, f.y + plane * shape.pooled_places(), shape.height, shape.width);
}

/// Groups of planes that lie one after another: group norm, instance norm, and batch norm of contiguous images.
template <typename T, typename S>
void normalize_planes(const Shape &shape, const Forward<T, S> &f) {
  const int64_t places = shape.places(), planes = shape.planes();
  const double count = static_cast<double>(places * planes);
  in_parallel(shape.tasks(), [&](int64_t begin, int64_t end) {
    std::vector<T> scratch(shape.pooled ? places : 0);
    for (int64_t task = begin; task < end; ++task) {
      double total = 0;
      for (int64_t i = 0; i < planes; ++i) total += sum<T>(f.x + shape.plane(task, i) * places, places);
      const T mean = static_cast<T>(total / count);
      double squares = 0;
      for (int64_t i = 0; i < planes; ++i) {
        squares += squared_deviations<T>(f.x + shape.plane(task, i) * places, places, mean);
      }
      const T rstd = static_cast<T>(1 / std::sqrt(squares / count + f.eps));
      f.mean[task] = mean;
      f.rstd[task] = rstd;
      f.variance[task] = static_cast<T>(squares / count);

      for (int64_t i = 0; i < planes; ++i) {
        affine_plane(shape, f, shape.plane(task, i), mean, rstd, scratch.data());
      }
    }
  });
}

/// Every plane by the mean and rstd of its channel.
template <typename T, typename S>
void normalize_planes_by(const Shape &shape, const Forward<T, S> &f) {
  const int64_t places = shape.places();
  in_parallel(shape.count_of_planes(), [&](int64_t begin, int64_t end) {
    std::vector<T> scratch(shape.pooled ? places : 0);
    for (int64_t plane = begin; plane < end; ++plane) {
      const int64_t channel = plane % shape.channels;
      affine_plane(shape, f, plane, f.mean[channel], f.rstd[channel], scratch.data());
    }
  });
}

template <typename T, Gate gate, typename S>
void normalize_planes_backward(const Shape &shape, const Backward<T, S> &b) {
  const int64_t places = shape.places(), planes = shape.planes();
  const double count = static_cast<double>(places * planes);
  in_parallel(shape.tasks(), [&](int64_t begin, int64_t end) {
    std::vector<T> scratch(shape.pooled ? places : 0);
    for (int64_t task = begin; task < end; ++task) {
      const T mean = b.mean[task], rstd = b.rstd[task];
      double h = 0, hx = 0;
      for (int64_t i = 0; i < planes; ++i) {
        const int64_t plane = shape.plane(task, i), at = plane * places, channel = plane % shape.channels;
        const auto [a, k] = affine_of(b.scale[channel], b.shift[channel], mean, rstd);
        Sums sums;
        with_gradient(shape, b.gradient, plane, scratch.data(), [&](auto gradient) {
          sums = gradient_sums<T, gate>(b.x + at, b.y + at, gradient, places, a, k, mean, rstd);
        });
        b.shift_gradients[plane] = static_cast<T>(sums.g);
        b.scale_gradients[plane] = static_cast<T>(sums.gx);
        h += b.scale[channel] * sums.g;
        hx += b.scale[channel] * sums.gx;
      }
      const T beta = static_cast<T>(-hx / count) * rstd * rstd;
      const T gamma = static_cast<T>(-h / count) * rstd - beta * mean;
      for (int64_t i = 0; i < planes; ++i) {
        const int64_t plane = shape.plane(task, i), at = plane * places, channel = plane % shape.channels;
        const auto [a, k] = affine_of(b.scale[channel], b.shift[channel], mean, rstd);
        S *residual = b.residual_gradient == nullptr ? nullptr : b.residual_gradient + at;
        with_gradient(shape, b.gradient, plane, scratch.data(), [&](auto g) {
          gradient<T, gate>(b.x + at, b.y + at, g, b.x_gradient + at, residual, places, a, k, a, beta, gamma);
        });
      }
    }
  });
}

/// Through ``normalize_planes_backward``. With means over the group written ⟨·⟩, h = scale·g, L what the tangents
/// make of the gradients: L = Σ u·∂x + Σ v·∂scale + Σ w·∂shift,
///
///     ∂L/∂g = rstd·scale·(u − ⟨u⟩ − x̂⟨u·x̂⟩) + v·x̂ + w
///     ∂L/∂x = −rstd²·[x̂·(q − 2⟨h·x̂⟩⟨u·x̂⟩) + ⟨h·x̂⟩(u − ⟨u⟩) + ⟨u·x̂⟩(h − ⟨h⟩)] + rstd·(v·g − ⟨v·g⟩ − x̂⟨v·g·x̂⟩)
///     ∂L/∂scale = rstd·Σ (u·g − ⟨u⟩g − ⟨u·x̂⟩g·x̂),   q = ⟨u·h⟩ − ⟨u⟩⟨h⟩ − ⟨u·x̂⟩⟨h·x̂⟩
template <typename T, Gate gate, typename S>
void normalize_planes_tangent(const Shape &shape, const Tangent<T, S> &t) {
  const int64_t places = shape.places(), planes = shape.planes();
  const double count = static_cast<double>(places * planes);
  in_parallel(shape.tasks(), [&](int64_t begin, int64_t end) {
    std::vector<T> scratch(shape.pooled ? 2 * places : 0);
    T *unpooled = scratch.data(), *to_pool = scratch.data() + (shape.pooled ? places : 0);
    std::vector<TangentSums> sums(planes);
    for (int64_t task = begin; task < end; ++task) {
      const T mean = t.mean[task], rstd = t.rstd[task];
      double u = 0, ux = 0, uh = 0, h = 0, hx = 0, vg = 0, vgx = 0;
      for (int64_t i = 0; i < planes; ++i) {
        const int64_t plane = shape.plane(task, i), at = plane * places, channel = plane % shape.channels;
        const auto [a, k] = affine_of(t.scale[channel], t.shift[channel], mean, rstd);
        with_gradient(shape, t.gradient, plane, unpooled, [&](auto gradient) {
          sums[i] = tangent_sums<T, gate>(t.x + at, gradient, t.u + at, places, a, k, mean, rstd);
        });
        const double scale = t.scale[channel], v = t.v == nullptr ? 0 : t.v[channel];
        u += sums[i].u / count;
        ux += sums[i].ux / count;
        uh += scale * sums[i].ug / count;
        h += scale * sums[i].g / count;
        hx += scale * sums[i].gx / count;
        vg += v * sums[i].g / count;
        vgx += v * sums[i].gx / count;
      }
      const double r = rstd, q = uh - u * h - ux * hx;
      for (int64_t i = 0; i < planes; ++i) {
        const int64_t plane = shape.plane(task, i), at = plane * places, channel = plane % shape.channels;
        const auto [a, k] = affine_of(t.scale[channel], t.shift[channel], mean, rstd);
        const double scale = t.scale[channel], v = t.v == nullptr ? 0 : t.v[channel],
                     w = t.w == nullptr ? 0 : t.w[channel];
        t.scale_gradients[plane] = static_cast<T>(r * (sums[i].ug - u * sums[i].g - ux * sums[i].gx));
        // Coefficients of u, x̂ (turned into those of x), g and 1.
        auto combination = [&](double of_u, double of_normal, double of_g, double one) {
          return Combination<T>{
              static_cast<T>(of_u), static_cast<T>(of_normal * r), static_cast<T>(of_g),
              static_cast<T>(one - of_normal * r * mean)};
        };
        const auto for_gradient = combination(r * scale, v - r * scale * ux, 0, w - r * scale * u);
        const auto for_x = combination(
            -r * r * hx, -r * r * (q - 2 * hx * ux) - r * vgx, -r * r * ux * scale + r * v,
            r * r * (hx * u + ux * h) - r * vg);
        with_gradient(shape, t.gradient, plane, unpooled, [&](auto gradient) {
          if (shape.pooled) {
            tangent<T, gate>(
                t.x + at, gradient, t.u + at, to_pool, t.x_gradient + at, places, a, k, for_gradient, for_x);
            pool(to_pool, t.gradient_gradient + plane * shape.pooled_places(), shape.height, shape.width);
          } else {
            tangent<T, gate>(
                t.x + at, gradient, t.u + at, t.gradient_gradient + at, t.x_gradient + at, places, a, k,
                for_gradient, for_x);
          }
        });
      }
    }
  });
}

/// Rows of channels by the mean and rstd of each.
template <typename T, typename S>
void normalize_rows_by(const Shape &shape, const Forward<T, S> &f) {
  const int64_t channels = shape.channels, rows = shape.batch * shape.places();
  std::vector<T> a(channels), k(channels);
  for (int64_t c = 0; c < channels; ++c) {
    const auto of = affine_of(f.scale[c], f.shift[c], f.mean[c], f.rstd[c]);
    a[c] = of.a;
    k[c] = of.k;
  }
  const Slices slices(rows, channels * static_cast<int64_t>(sizeof(S)));
  in_parallel(slices.count, [&](int64_t begin, int64_t end) {
    const int64_t first = slices.first(begin), count = slices.first(end) - first, at = first * channels;
    const S *residual = f.residual == nullptr ? nullptr : f.residual + at;
    f.relu ? affine_rows<T, true>(f.x + at, residual, f.y + at, count, channels, a.data(), k.data())
           : affine_rows<T, false>(f.x + at, residual, f.y + at, count, channels, a.data(), k.data());
  });
}

/// Batch norm of images whose channels lie together: rows of channels, cut into slices whose sums are added in order,
/// so that bits do not depend on the number of threads.
template <typename T, typename S>
void normalize_rows(const Shape &shape, const Forward<T, S> &f) {
  const int64_t channels = shape.channels, rows = shape.batch * shape.places();
  const Slices slices(rows, channels * static_cast<int64_t>(sizeof(S)));
  std::vector<double> moments(slices.count * 2 * channels);
  in_parallel(slices.count, [&](int64_t begin, int64_t end) {
    std::vector<T> scratch(2 * channels);
    for (int64_t slice = begin; slice < end; ++slice) {
      double *mean = moments.data() + slice * 2 * channels;
      slices.blocks(slice, [&](int64_t first, int64_t count) {
        const double before = static_cast<double>(first - slices.first(slice));
        merge_moments<T>(
            f.x + first * channels, count, channels, before, mean, mean + channels, scratch.data());
      });
    }
  });
  for (int64_t c = 0; c < channels; ++c) {
    double count = 0, mean = 0, squares = 0;
    for (int64_t slice = 0; slice < slices.count; ++slice) {
      const double *part = moments.data() + slice * 2 * channels;
      const double size = static_cast<double>(slices.size(slice)), all = count + size, step = part[c] - mean;
      mean += step * size / all;
      squares += part[channels + c] + step * step * count * size / all;
      count = all;
    }
    f.mean[c] = static_cast<T>(mean);
    f.rstd[c] = static_cast<T>(1 / std::sqrt(squares / count + f.eps));
    f.variance[c] = static_cast<T>(squares / count);
  }
  normalize_rows_by(shape, f);
}

template <typename T, Gate gate, typename S>
void normalize_rows_backward(const Shape &shape, const Backward<T, S> &b) {
  const int64_t channels = shape.channels, rows = shape.batch * shape.places();
  const Slices slices(rows, channels * static_cast<int64_t>(sizeof(S)));
  std::vector<T> a(channels), k(channels), beta(channels), gamma(channels);
  for (int64_t c = 0; c < channels; ++c) {
    const auto of = affine_of(b.scale[c], b.shift[c], b.mean[c], b.rstd[c]);
    a[c] = of.a;
    k[c] = of.k;
  }
  std::vector<double> sums(slices.count * 2 * channels);
  in_parallel(slices.count, [&](int64_t begin, int64_t end) {
    std::vector<T> scratch(2 * channels);
    for (int64_t slice = begin; slice < end; ++slice) {
      double *own = sums.data() + slice * 2 * channels;
      slices.blocks(slice, [&](int64_t first, int64_t count) {
        const int64_t at = first * channels;
        std::fill(scratch.begin(), scratch.end(), T(0));
        gradient_sums_rows<T, gate>(
            b.x + at, b.y + at, b.gradient + at, count, channels, a.data(), k.data(), b.mean, scratch.data(),
            scratch.data() + channels);
        for (int64_t c = 0; c < 2 * channels; ++c) own[c] += scratch[c];
      });
    }
  });
  for (int64_t c = 0; c < channels; ++c) {
    double g = 0, gx = 0;
    for (int64_t slice = 0; slice < slices.count; ++slice) {
      g += sums[slice * 2 * channels + c];
      gx += sums[slice * 2 * channels + channels + c];
    }
    gx *= b.rstd[c];
    b.shift_gradients[c] = static_cast<T>(g);
    b.scale_gradients[c] = static_cast<T>(gx);
    const double count = static_cast<double>(rows);
    beta[c] = static_cast<T>(-gx / count) * a[c] * b.rstd[c];
    gamma[c] = static_cast<T>(-g / count) * a[c] - beta[c] * b.mean[c];
  }
  in_parallel(slices.count, [&](int64_t begin, int64_t end) {
    const int64_t first = slices.first(begin), count = slices.first(end) - first, at = first * channels;
    S *residual = b.residual_gradient == nullptr ? nullptr : b.residual_gradient + at;
    gradient_rows<T, gate>(
        b.x + at, b.y + at, b.gradient + at, b.x_gradient + at, residual, count, channels, a.data(), k.data(),
        a.data(), beta.data(), gamma.data());
  });
}
