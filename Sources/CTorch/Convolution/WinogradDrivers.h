// Winograd's convolution of whole batches. Included after WinogradKernels.h, once for each instruction set.

// MARK: Filters

/// Runs `body(first output, filters)` … for blocks of `lanes` outputs in parallel.
template <typename Body>
void each_block_of_outputs(int64_t outputs, Body body) {
  in_parallel(outputs / lanes, [&](int64_t begin, int64_t end) {
    for (int64_t block = begin; block < end; ++block) body(block * lanes);
  });
}

/// Numbers of one point of a panel of filters; the cache line more is as in Points.
inline int64_t point_of_filters(int64_t inputs) { return inputs * panel + 16; }

/// Filters as the products want them: by panel of outputs, point, input, and output within the panel.
inline at::Tensor transformed(const Weight &weight) {
  const int64_t point = point_of_filters(weight.inputs);
  at::Tensor filters = scratch(ceiling(weight.outputs, panel) * points * point);
  each_block_of_outputs(weight.outputs, [&](int64_t first) {
    float *out = values(filters) + first / panel * points * point + first % panel;
    for (int64_t input = 0; input < weight.inputs; ++input) {
      float block[9][lanes];
      const float *from = weight.data + first * weight.output_step + input * weight.input_step;
      for (int64_t lane = 0; lane < lanes; ++lane) {
        const float *filter = from + lane * weight.output_step;
#pragma clang loop unroll(full)
        for (int i = 0; i < 9; ++i) block[i][lane] = filter[i / 3 * weight.row_step + i % 3 * weight.column_step];
      }
      Floats vectors[9];
      for (int i = 0; i < 9; ++i) vectors[i] = load(block[i]);
      transform_filters(vectors, out + input * panel, point);
    }
  });
  return filters;
}

// MARK: Tiles

/// A part of an image, places of interleaved channels, in memory or copied there from planes.
struct Part {
  const float *data;
  int64_t first_row, rows, width, channels;

  const float *place(int64_t row, int64_t column) const {
    if (row < first_row || row >= first_row + rows || column < 0 || column >= width) return zeros;
    return data + ((row - first_row) * width + column) * channels;
  }
};

/// Rows first..<end of an image, clipped to what is there.
inline Part part(const Images<const float> &images, int64_t image, int64_t first, int64_t end, float *copy) {
  first = std::max<int64_t>(first, 0);
  end = std::min(end, images.height);
  const float *from = images.image(image);
  if (images.interleaved) {
    return {from + first * images.width * images.channels, first, end - first, images.width, images.channels};
  }
  transpose(
      from + first * images.width, images.places(), copy, images.channels, images.channels,
      (end - first) * images.width);
  return {copy, first, end - first, images.width, images.channels};
}

/// How much `part` may copy for as many strips.
inline int64_t copied(const Images<const float> &images, int64_t strips) {
  return images.interleaved ? 0 : std::min(2 * strips + 2, images.height) * images.width * images.channels;
}

/// The points of strips first..<end of tiles, from tile `tile` on.
inline void transform_strips_of_images(
    const Images<const float> &images, int64_t first, int64_t end, const Points &to, int64_t tile, float *copy) {
  images.parts(first, end, [&](int64_t image, int64_t top, int64_t bottom) {
    const Part from = part(images, image, 2 * top - 1, 2 * bottom + 1, copy);
    for (int64_t i = top; i < bottom; ++i) {
      for (int64_t j = 0; j < images.tiles_wide(); ++j) {
        const float *places[16];
        for (int k = 0; k < 16; ++k) places[k] = from.place(2 * i - 1 + k / 4, 2 * j - 1 + k % 4);
        transform_images(places, images.channels, to, tile++);
      }
    }
  });
}

inline void transform_strips_of_gradients(
    const Images<const float> &gradients, int64_t first, int64_t end, const Points &to, int64_t tile, float *copy) {
  gradients.parts(first, end, [&](int64_t image, int64_t top, int64_t bottom) {
    const Part from = part(gradients, image, 2 * top, 2 * bottom, copy);
    for (int64_t i = top; i < bottom; ++i) {
      for (int64_t j = 0; j < gradients.tiles_wide(); ++j) {
        const float *places[4];
        for (int k = 0; k < 4; ++k) places[k] = from.place(2 * i + k / 2, 2 * j + k % 2);
        transform_gradients(places, gradients.channels, to, tile++);
      }
    }
  });
}

/// `width` channels from `channel` on of the strips first..<end, out of their products.
inline void transform_strips_of_products(
    const float *products, int64_t point, const Images<float> &images, int64_t first, int64_t end, int64_t channel,
    int64_t width, Finish finish, float *copy) {
  if (finish.scale != nullptr) finish.scale += channel;
  if (finish.shift != nullptr) finish.shift += channel;
  images.parts(first, end, [&](int64_t image, int64_t top, int64_t bottom) {
    const int64_t first_row = 2 * top, rows = std::min(2 * bottom, images.height) - first_row;
    const int64_t step = images.interleaved ? images.channels : width;
    float *start = images.interleaved
        ? images.image(image) + first_row * images.width * images.channels + channel
        : copy;
    for (int64_t i = 0; i < bottom - top; ++i) {
      for (int64_t j = 0; j < images.tiles_wide(); ++j) {
        float *places[4];
        for (int k = 0; k < 4; ++k) {
          const int64_t row = 2 * i + k / 2, column = 2 * j + k % 2;
          places[k] = row < rows && column < images.width ? start + (row * images.width + column) * step : nullptr;
        }
        transform_products(products, point, width, finish, images.data, places);
        products += panel;
      }
    }
    if (!images.interleaved) {
      transpose(
          copy, width, images.image(image) + channel * images.places() + first_row * images.width, images.places(),
          rows * images.width, width);
    }
  });
}

// MARK: Convolution

/// y = x ∗ weight, finished; images padded by one zero all round.
inline void convolve(
    const Images<const float> &x, const Weight &weight, const Finish &finish, const Images<float> &y, int64_t tiles,
    int64_t threads) {
  const at::Tensor filters = transformed(weight);
  const int64_t filter_point = point_of_filters(x.channels);
  const Chunks chunks(x.strips(), x.tiles_wide(), tiles, threads);
  const int64_t strips = chunks.largest(), most = strips * x.tiles_wide();
  in_parallel(chunks.count, [&](int64_t begin, int64_t end) {
    const int64_t image_size = Points::size(most, x.channels, x.channels), point = most * panel + 16,
                  copy_size = std::max(copied(x, strips), 2 * strips * y.width * panel);
    const at::Tensor memory = scratch(image_size + points * point + copy_size);
    const Points images(values(memory), most, x.channels, x.channels);
    float *products = values(memory) + image_size, *copy = products + points * point;
    for (int64_t chunk = begin; chunk < end; ++chunk) {
      const int64_t first = chunks.first(chunk), last = chunks.first(chunk + 1),
                    count = (last - first) * x.tiles_wide();
      transform_strips_of_images(x, first, last, images, 0, copy);
      for (int64_t channel = 0; channel < y.channels; channel += panel) {
        const int64_t width = std::min(panel, y.channels - channel);
        const float *right = values(filters) + channel / panel * points * filter_point;
        for (int64_t p = 0; p < points; ++p) {
          for (int64_t row = 0; row < count; row += block_rows) {
            multiply(
                std::min(block_rows, count - row), width, images.data + p * images.point + row * x.channels,
                x.channels, int64_t(1), right + p * filter_point, panel, x.channels,
                products + p * point + row * panel, panel, false);
          }
        }
        transform_strips_of_products(
            products, point, y, first, last, channel, width, finish, copy);
      }
    }
  });
}

/// The gradient of a weight [outputs, inputs, 3, 3] (contiguous): Σ over tiles of the points of images times those of
/// the gradients. Each number is made by one thread, in an order that does not depend on their count.
inline void weight_gradient(
    const Images<const float> &x, const Images<const float> &gradients, float *weight, int64_t tiles) {
  const int64_t inputs = x.channels, outputs = gradients.channels;
  const Chunks chunks(x.strips(), x.tiles_wide(), tiles, 1);
  const int64_t most = chunks.largest() * x.tiles_wide();
  const int64_t group = std::min(panel, outputs);
  const int64_t image_size = Points::size(most, inputs, granule), gradient_size = Points::size(most, outputs, group);
  const at::Tensor memory = scratch(image_size + gradient_size), sums = scratch(points * inputs * outputs);
  const Points left(values(memory), most, inputs, granule),
      right(values(memory) + image_size, most, outputs, group);
  const int64_t panels = ceiling(outputs, panel), point = inputs * outputs;

  for (int64_t chunk = 0; chunk < chunks.count; ++chunk) {
    const int64_t first = chunks.first(chunk), count = chunks.first(chunk + 1) - first;
    in_parallel(count, [&](int64_t begin, int64_t end) {
      const at::Tensor copy = scratch(std::max(copied(x, end - begin), copied(gradients, end - begin)));
      const int64_t tile = begin * x.tiles_wide();
      transform_strips_of_images(x, first + begin, first + end, left, tile, values(copy));
      transform_strips_of_gradients(gradients, first + begin, first + end, right, tile, values(copy));
    });
    in_parallel(points * panels, [&](int64_t begin, int64_t end) {
      for (int64_t task = begin; task < end; ++task) {
        const int64_t p = task / panels, index = task % panels, output = index * panel;
        for (int64_t block = 0; block < inputs / granule; ++block) {
          for (int64_t row = 0; row < granule; row += block_rows) {
            multiply(
                std::min(block_rows, granule - row), std::min(panel, outputs - output),
                left.group(block) + p * left.point + row, int64_t(1), granule, right.group(index) + p * right.point,
                right.width, count * x.tiles_wide(),
                values(sums) + p * point + (block * granule + row) * outputs + output, outputs, chunk > 0);
          }
        }
      }
    });
  }
  each_block_of_outputs(outputs, [&](int64_t first) {
    for (int64_t input = 0; input < inputs; ++input) {
      Floats vectors[9];
      transform_filter_gradients(values(sums) + input * outputs + first, point, vectors);
      for (int64_t lane = 0; lane < lanes; ++lane) {
        float *filter = weight + ((first + lane) * inputs + input) * 9;
        for (int i = 0; i < 9; ++i) filter[i] = vectors[i][lane];
      }
    }
  });
}
