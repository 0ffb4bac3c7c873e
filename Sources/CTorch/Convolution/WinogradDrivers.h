// Winograd's convolution of whole batches. Included after WinogradKernels.h, once for each instruction set.

// MARK: Filters

/// Numbers of one point of a panel of filters; the cache line more is as in Points.
inline int64_t point_of_filters(int64_t inputs) { return inputs * panel + 16; }

/// The filters from a granule of inputs, from `input` on, to `lanes` outputs: by input, place, and output.
inline void gather_filters(const Weight &weight, int64_t output, int64_t input, float *to) {
  const float *from = weight.data + output * weight.output_step + input * weight.input_step;
  if (weight.input_step == 9 && weight.row_step == 3 && weight.column_step == 1) {
    // What lies far apart is read in runs.
    return transpose(from, weight.output_step, to, lanes, lanes, 9 * granule);
  }
  for (int64_t end = input + granule; input < end; ++input, from += weight.input_step) {
    for (int64_t lane = 0; lane < lanes; ++lane) {
      const float *filter = from + lane * weight.output_step;
#pragma clang loop unroll(full)
      for (int i = 0; i < 9; ++i) to[i * lanes + lane] = filter[i / 3 * weight.row_step + i % 3 * weight.column_step];
    }
    to += 9 * lanes;
  }
}

/// The points of the filters from a granule of inputs to `width` outputs, in a panel: together, so that what is written
/// stays in cache until all outputs are there.
template <typename Tile>
void transform_block_of_filters(const Weight &weight, int64_t output, int64_t width, int64_t input, float *filters) {
  const int64_t point = point_of_filters(weight.inputs);
  for (int64_t lane = 0; lane < width; lane += lanes) {
    float gathered[granule * 9 * lanes];
    gather_filters(weight, output + lane, input, gathered);
    for (int64_t i = 0; i < granule; ++i) {
      Floats filter[9];
      for (int k = 0; k < 9; ++k) filter[k] = load(gathered + (9 * i + k) * lanes);
      transform_filters<Tile>(filter, filters + (input + i) * panel + lane, point);
    }
  }
}

/// All filters, by panel of outputs, point, input, and output within the panel.
template <typename Tile>
at::Tensor transformed(const Weight &weight) {
  const int64_t size = Tile::points * point_of_filters(weight.inputs), panels = ceiling(weight.outputs, panel),
                blocks = weight.inputs / granule;
  at::Tensor filters = scratch(panels * size);
  in_parallel(panels * blocks, [&](int64_t begin, int64_t end) {
    for (int64_t task = begin; task < end; ++task) {
      const int64_t index = task / blocks, output = index * panel;
      transform_block_of_filters<Tile>(
          weight, output, std::min(panel, weight.outputs - output), task % blocks * granule,
          values(filters) + index * size);
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
template <typename Tile>
int64_t copied(const Images<const float> &images, int64_t strips) {
  return images.interleaved ? 0 : std::min(Tile::side * strips + 2, images.height) * images.width * images.channels;
}

/// How much of a panel lies between its products and the image, for as many strips.
template <typename Tile>
int64_t copied(const Images<float> &images, int64_t strips) {
  return images.interleaved ? 0 : std::min(Tile::side * strips, images.height) * images.width * panel;
}

/// The points of strips first..<end of tiles, from tile `tile` on.
template <typename Tile>
void transform_strips_of_images(
    const Images<const float> &images, int64_t first, int64_t end, const Points &to, int64_t tile, float *copy) {
  images.parts(Tile::side, first, end, [&](int64_t image, int64_t top, int64_t bottom) {
    const Part from = part(images, image, Tile::side * top - 1, Tile::side * bottom + 1, copy);
    for (int64_t i = top; i < bottom; ++i) {
      for (int64_t j = 0; j < images.tiles_wide(Tile::side); ++j) {
        const float *places[Tile::points];
        for (int k = 0; k < Tile::points; ++k) {
          places[k] = from.place(Tile::side * i - 1 + k / Tile::reach, Tile::side * j - 1 + k % Tile::reach);
        }
        transform_places<typename Tile::Images>(places, images.channels, to, tile++);
      }
    }
  });
}

template <typename Tile>
void transform_strips_of_gradients(
    const Images<const float> &gradients, int64_t first, int64_t end, const Points &to, int64_t tile, float *copy) {
  gradients.parts(Tile::side, first, end, [&](int64_t image, int64_t top, int64_t bottom) {
    const Part from = part(gradients, image, Tile::side * top, Tile::side * bottom, copy);
    for (int64_t i = top; i < bottom; ++i) {
      for (int64_t j = 0; j < gradients.tiles_wide(Tile::side); ++j) {
        const float *places[Tile::side * Tile::side];
        for (int k = 0; k < Tile::side * Tile::side; ++k) {
          places[k] = from.place(Tile::side * i + k / Tile::side, Tile::side * j + k % Tile::side);
        }
        transform_places<typename Tile::Gradients>(places, gradients.channels, to, tile++);
      }
    }
  });
}

/// `width` channels from `channel` on of the strips first..<end, out of their products.
template <typename Tile>
void transform_strips_of_products(
    const float *products, int64_t point, const Images<float> &images, int64_t first, int64_t end, int64_t channel,
    int64_t width, Finish finish, float *copy) {
  if (finish.scale != nullptr) finish.scale += channel;
  if (finish.shift != nullptr) finish.shift += channel;
  images.parts(Tile::side, first, end, [&](int64_t image, int64_t top, int64_t bottom) {
    const int64_t first_row = Tile::side * top, rows = std::min(Tile::side * bottom, images.height) - first_row;
    const int64_t step = images.interleaved ? images.channels : width;
    float *start = images.interleaved
        ? images.image(image) + first_row * images.width * images.channels + channel
        : copy;
    for (int64_t i = 0; i < bottom - top; ++i) {
      for (int64_t j = 0; j < images.tiles_wide(Tile::side); ++j) {
        float *places[Tile::side * Tile::side];
        for (int k = 0; k < Tile::side * Tile::side; ++k) {
          const int64_t row = Tile::side * i + k / Tile::side, column = Tile::side * j + k % Tile::side;
          places[k] = row < rows && column < images.width ? start + (row * images.width + column) * step : nullptr;
        }
        transform_products<Tile>(products, point, width, finish, images.data, places);
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

/// So many products are summed before they are added to what was there: their filters stay in the first cache, and
/// rounding grows with fewer terms.
constexpr int64_t depth_at_once = 64;

/// The products of the points of `count` tiles with those of a panel's filters.
template <typename Tile>
void multiply_points(
    const Points &images, int64_t count, int64_t channels, const float *filters, int64_t width, float *products,
    int64_t point) {
  for (int64_t p = 0; p < Tile::points; ++p) {
    for (int64_t first = 0; first < channels; first += depth_at_once) {
      const float *left = images.data + p * images.point + first,
                  *right = filters + p * point_of_filters(channels) + first * panel;
      const int64_t depth = std::min(depth_at_once, channels - first);
      for (int64_t row = 0; row < count; row += block_rows) {
        multiply(
            std::min(block_rows, count - row), width, left + row * channels, channels, int64_t(1), right, panel, depth,
            products + p * point + row * panel, panel, first > 0);
      }
    }
  }
}

/// y = x ∗ weight, finished, by chunks of tiles, each with all filters.
template <typename Tile>
void convolve_by_chunks(
    const Images<const float> &x, const Weight &weight, const Finish &finish, const Images<float> &y, int64_t tiles,
    int64_t threads) {
  const at::Tensor filters = transformed<Tile>(weight);
  const int64_t filter_size = Tile::points * point_of_filters(x.channels), wide = x.tiles_wide(Tile::side);
  const Chunks chunks(x.strips(Tile::side), wide, tiles, threads);
  const int64_t strips = chunks.largest(), most = strips * wide;
  in_parallel(chunks.count, [&](int64_t begin, int64_t end) {
    const int64_t image_size = Tile::points * Points::size_of_point(most, x.channels, x.channels),
                  point = most * panel + 16, copy_size = std::max(copied<Tile>(x, strips), copied<Tile>(y, strips));
    const at::Tensor memory = scratch(image_size + Tile::points * point + copy_size);
    const Points images(values(memory), most, x.channels, x.channels);
    float *products = values(memory) + image_size, *copy = products + Tile::points * point;
    for (int64_t chunk = begin; chunk < end; ++chunk) {
      const int64_t first = chunks.first(chunk), last = chunks.first(chunk + 1);
      transform_strips_of_images<Tile>(x, first, last, images, 0, copy);
      for (int64_t channel = 0; channel < y.channels; channel += panel) {
        const int64_t width = std::min(panel, y.channels - channel);
        multiply_points<Tile>(
            images, (last - first) * wide, x.channels, values(filters) + channel / panel * filter_size, width, products,
            point);
        transform_strips_of_products<Tile>(products, point, y, first, last, channel, width, finish, copy);
      }
    }
  });
}

/// The same by panels of outputs, each with all tiles: filters that do not stay in cache are made and read once.
template <typename Tile>
void convolve_by_panels(
    const Images<const float> &x, const Weight &weight, const Finish &finish, const Images<float> &y) {
  const int64_t strips = x.strips(Tile::side), wide = x.tiles_wide(Tile::side), tiles = strips * wide;
  const at::Tensor memory = scratch(Tile::points * Points::size_of_point(tiles, x.channels, x.channels));
  const Points images(values(memory), tiles, x.channels, x.channels);
  in_parallel(strips, [&](int64_t begin, int64_t end) {
    const at::Tensor copy = scratch(copied<Tile>(x, end - begin));
    transform_strips_of_images<Tile>(x, begin, end, images, begin * wide, values(copy));
  });
  in_parallel(ceiling(y.channels, panel), [&](int64_t begin, int64_t end) {
    const int64_t filter_size = Tile::points * point_of_filters(x.channels), point = tiles * panel + 16;
    const at::Tensor memory = scratch(filter_size + Tile::points * point + copied<Tile>(y, strips));
    float *filters = values(memory), *products = filters + filter_size, *copy = products + Tile::points * point;
    for (int64_t index = begin; index < end; ++index) {
      const int64_t channel = index * panel, width = std::min(panel, y.channels - channel);
      for (int64_t input = 0; input < x.channels; input += granule) {
        transform_block_of_filters<Tile>(weight, channel, width, input, filters);
      }
      multiply_points<Tile>(images, tiles, x.channels, filters, width, products, point);
      transform_strips_of_products<Tile>(products, point, y, 0, strips, channel, width, finish, copy);
    }
  });
}

/// Bytes of filters' points that do not stay in cache beside all else.
constexpr int64_t many_bytes = 8 << 20;

/// y = x ∗ weight, finished; images padded by one zero all round. The bits are the same by chunks and by panels.
template <int side>
void convolve_in_tiles(
    const Images<const float> &x, const Weight &weight, const Finish &finish, const Images<float> &y, int64_t tiles,
    int64_t threads) {
  using Tiles = Tile<side>;
  const int64_t bytes = Tiles::points * weight.inputs * weight.outputs * static_cast<int64_t>(sizeof(float));
  // The points of images are no more then than those of filters.
  const bool are_few = x.strips(side) * x.tiles_wide(side) <= weight.outputs;
  if (are_few && bytes >= many_bytes && ceiling(weight.outputs, panel) >= threads) {
    convolve_by_panels<Tiles>(x, weight, finish, y);
  } else {
    convolve_by_chunks<Tiles>(x, weight, finish, y, tiles, threads);
  }
}

/// The gradient of a weight [outputs, inputs, 3, 3] (contiguous): Σ over tiles of the points of images times those of
/// the gradients. Each number is made by one thread, in an order that does not depend on their count.
inline void weight_gradient(
    const Images<const float> &x, const Images<const float> &gradients, float *weight, int64_t tiles) {
  using Tiles = Tile<2>;
  const int64_t inputs = x.channels, outputs = gradients.channels;
  const Chunks chunks(x.strips(Tiles::side), x.tiles_wide(Tiles::side), tiles, 1);
  const int64_t most = chunks.largest() * x.tiles_wide(Tiles::side);
  const int64_t group = std::min(panel, outputs);
  const int64_t image_size = Tiles::points * Points::size_of_point(most, inputs, granule),
                gradient_size = Tiles::points * Points::size_of_point(most, outputs, group);
  const at::Tensor memory = scratch(image_size + gradient_size), sums = scratch(Tiles::points * inputs * outputs);
  const Points left(values(memory), most, inputs, granule),
      right(values(memory) + image_size, most, outputs, group);
  const int64_t panels = ceiling(outputs, panel), point = inputs * outputs;

  for (int64_t chunk = 0; chunk < chunks.count; ++chunk) {
    const int64_t first = chunks.first(chunk), count = chunks.first(chunk + 1) - first;
    in_parallel(count, [&](int64_t begin, int64_t end) {
      const at::Tensor copy = scratch(std::max(copied<Tiles>(x, end - begin), copied<Tiles>(gradients, end - begin)));
      const int64_t tile = begin * x.tiles_wide(Tiles::side);
      transform_strips_of_images<Tiles>(x, first + begin, first + end, left, tile, values(copy));
      transform_strips_of_gradients<Tiles>(gradients, first + begin, first + end, right, tile, values(copy));
    });
    in_parallel(Tiles::points * panels, [&](int64_t begin, int64_t end) {
      for (int64_t task = begin; task < end; ++task) {
        const int64_t p = task / panels, index = task % panels, output = index * panel;
        for (int64_t block = 0; block < inputs / granule; ++block) {
          for (int64_t row = 0; row < granule; row += block_rows) {
            multiply(
                std::min(block_rows, granule - row), std::min(panel, outputs - output),
                left.group(block) + p * left.point + row, int64_t(1), granule, right.group(index) + p * right.point,
                right.width, count * x.tiles_wide(Tiles::side),
                values(sums) + p * point + (block * granule + row) * outputs + output, outputs, chunk > 0);
          }
        }
      }
    });
  }
  in_parallel(outputs / lanes * (inputs / granule), [&](int64_t begin, int64_t end) {
    for (int64_t task = begin; task < end; ++task) {
      const int64_t output = task / (inputs / granule) * lanes, input = task % (inputs / granule) * granule;
      float gathered[granule * 9 * lanes];
      for (int64_t i = 0; i < granule; ++i) {
        Floats filter[9];
        transform_filter_gradients<Tiles>(values(sums) + (input + i) * outputs + output, point, filter);
        for (int k = 0; k < 9; ++k) store(gathered + (9 * i + k) * lanes, filter[k]);
      }
      transpose(gathered, lanes, weight + (output * inputs + input) * 9, inputs * 9, granule * 9, lanes);
    }
  });
}
