// Direct convolution of images of few channels. Included after Vectors.h, once for each instruction set.
//
// An image of few channels stays in cache with zeros all round. Places are taken `span` at a time, in the order they have
// in memory; the 9·channels values that the filters meet at each (its taps) are gathered, and all that is left is products
// of matrices of taps, places and outputs.

/// Places that are worked on at a time.
constexpr int64_t span = 64;

/// One image in planes, with zeros all round, so that filters can stand at height × width places.
struct Padded {
  float *data;
  int64_t channels, height, width;

  int64_t row() const { return width + 2; }
  int64_t plane() const { return (height + 2) * row(); }
  /// With room to read a vector beyond the end.
  int64_t size() const { return channels * plane() + lanes; }
  int64_t taps() const { return 9 * channels; }
  /// What tap `tap` of the filters meets at the first place.
  float *tap(int64_t tap) const { return data + tap / 9 * plane() + tap % 9 / 3 * row() + tap % 3; }
  /// The value at a place, from that of the first place.
  int64_t place(int64_t row, int64_t column) const { return row * this->row() + column; }
};

/// Calls `body(in memory, step, in the copy)` for the rows of each channel of an image: where they begin in memory, the step
/// from one number to the next there, and where they begin in the padded copy, in which they lie without gaps.
template <typename Value, typename Body>
void each_row(const Images<Value> &images, int64_t index, const Padded &padded, Body body) {
  const int64_t step = images.interleaved ? images.channels : 1, margin = (padded.height + 2 - images.height) / 2;
  for (int64_t channel = 0; channel < images.channels; ++channel) {
    Value *first = images.image(index) + channel * (images.interleaved ? 1 : images.places());
    float *inner = padded.data + channel * padded.plane() + padded.place(margin, margin);
    for (int64_t row = 0; row < images.height; ++row) {
      body(first + row * images.width * step, step, inner + padded.place(row, 0));
    }
  }
}

/// Into a copy whose borders are zero already.
inline void pad(const Images<const float> &images, int64_t index, const Padded &to) {
  each_row(images, index, to, [&](const float *from, int64_t step, float *inner) {
    for (int64_t column = 0; column < images.width; ++column) inner[column] = from[column * step];
  });
}

/// Calls `body(offset in the padded image, offset among the span's places, count)` for the rows, or parts of rows, that the
/// places first..<end lie in.
template <typename Body>
void each_piece(const Padded &padded, int64_t first, int64_t end, Body body) {
  for (int64_t place = first; place < end;) {
    const int64_t row = place / padded.width, column = place % padded.width;
    const int64_t count = std::min(padded.width - column, end - place);
    body(padded.place(row, column), place - first, count);
    place += count;
  }
}

/// taps[tap][place − first] for places first..<end; what lies between end and first + span is anything.
inline void gather(const Padded &padded, int64_t first, int64_t end, float *taps) {
  for (int64_t tap = 0; tap < padded.taps(); ++tap) {
    const float *from = padded.tap(tap);
    float *to = taps + tap * span;
    // Whole vectors reach beyond a piece, where the next one is written then.
    each_piece(padded, first, end, [&](int64_t inside, int64_t offset, int64_t count) {
      for (int64_t i = 0; i < count; i += lanes) store(to + offset + i, load(from + inside + i));
    });
  }
}

/// Adds taps[tap][place − first] for places first..<end to where they were gathered.
inline void scatter(const float *taps, int64_t first, int64_t end, const Padded &padded) {
  for (int64_t tap = 0; tap < padded.taps(); ++tap) {
    float *to = padded.tap(tap);
    const float *from = taps + tap * span;
    each_piece(padded, first, end, [&](int64_t inside, int64_t offset, int64_t count) {
      for (int64_t i = 0; i < count; ++i) to[inside + i] += from[offset + i];
    });
  }
}

/// Calls `body(first, end)` for spans of an image's places.
template <typename Body>
void each_span(int64_t places, Body body) {
  for (int64_t first = 0; first < places; first += span) body(first, std::min(first + span, places));
}

/// sums[r][c] = Σ_k left[r·left_row + k·left_step] · right[k·right_step + c], any count of columns up to what the rows of
/// `right` hold in whole vectors. Added to what is there where `adds`; the columns are whole vectors then.
inline void product(
    int64_t rows, int64_t columns, const float *left, int64_t left_row, int64_t left_step, const float *right,
    int64_t right_step, int64_t depth, float *sums, int64_t sums_row, bool adds) {
  for (int64_t column = 0; column < columns; column += panel) {
    const int64_t width = std::min(panel, columns - column), vectors = ceiling(width, lanes) * lanes;
    for (int64_t row = 0; row < rows; row += block_rows) {
      const int64_t block = std::min(block_rows, rows - row);
      const float *from = left + row * left_row;
      float *to = sums + row * sums_row + column;
      if (vectors == width) {
        multiply(block, width, from, left_row, left_step, right + column, right_step, depth, to, sums_row, adds);
        continue;
      }
      float ragged[block_rows * panel];
      multiply(block, vectors, from, left_row, left_step, right + column, right_step, depth, ragged, panel, false);
      for (int64_t r = 0; r < block; ++r) memcpy(to + r * sums_row, ragged + r * panel, width * sizeof(float));
    }
  }
}

// MARK: Convolution

/// y = x ∗ weight + bias, images padded by as many zeros all round as y's size says; `weight` [outputs][taps], `bias` may be
/// null.
inline void convolve_directly(
    const Images<const float> &x, const float *weight, const float *bias, const Images<float> &y) {
  const int64_t taps = 9 * x.channels, outputs = y.channels;
  // The bias as one tap more, which meets a one everywhere.
  const int64_t depth = taps + (bias != nullptr);
  const int64_t output_step = y.interleaved ? 1 : depth, tap_step = y.interleaved ? outputs : 1;
  const at::Tensor memory = scratch(outputs * depth);
  float *filters = values(memory);
  for (int64_t output = 0; output < outputs; ++output) {
    for (int64_t tap = 0; tap < depth; ++tap) {
      filters[output * output_step + tap * tap_step] = tap < taps ? weight[output * taps + tap] : bias[output];
    }
  }
  in_parallel(x.batch, [&](int64_t begin, int64_t end) {
    Padded image{nullptr, x.channels, y.height, y.width};
    const at::Tensor memory = scratch(image.size() + (depth + 1) * span);
    image.data = values(memory);
    std::fill_n(image.data, image.size(), 0.0f);
    float *gathered = image.data + image.size();
    for (int64_t index = begin; index < end; ++index) {
      pad(x, index, image);
      each_span(y.places(), [&](int64_t first, int64_t last) {
        gather(image, first, last, gathered);
        if (bias != nullptr) std::fill_n(gathered + taps * span, span, 1.0f);
        if (y.interleaved) {
          product(
              last - first, outputs, gathered, 1, span, filters, outputs, depth, y.image(index) + first * outputs,
              outputs, false);
        } else {
          product(
              outputs, last - first, filters, depth, 1, gathered, span, depth, y.image(index) + first, y.places(),
              false);
        }
      });
    }
  });
}

/// The gradient of x, given that of the result.
inline void image_gradient_directly(
    const Images<const float> &gradients, const float *weight, const Images<float> &x) {
  const int64_t taps = 9 * x.channels, outputs = gradients.channels;
  in_parallel(x.batch, [&](int64_t begin, int64_t end) {
    Padded image{nullptr, x.channels, gradients.height, gradients.width};
    const at::Tensor memory = scratch(image.size() + (taps + outputs) * span);
    image.data = values(memory);
    float *scattered = image.data + image.size(), *given = scattered + taps * span;
    for (int64_t index = begin; index < end; ++index) {
      std::fill_n(image.data, image.size(), 0.0f);
      each_span(gradients.places(), [&](int64_t first, int64_t last) {
        // By output, close together: rows of whole planes would share places in the cache.
        if (gradients.interleaved) {
          transpose(gradients.image(index) + first * outputs, outputs, given, span, last - first, outputs);
        } else {
          for (int64_t output = 0; output < outputs; ++output) {
            memcpy(
                given + output * span, gradients.image(index) + output * gradients.places() + first,
                (last - first) * sizeof(float));
          }
        }
        product(taps, last - first, weight, 1, taps, given, span, outputs, scattered, span, false);
        scatter(scattered, first, last, image);
      });
      each_row(x, index, image, [&](float *to, int64_t step, const float *inner) {
        for (int64_t column = 0; column < x.width; ++column) to[column * step] = inner[column];
      });
    }
  });
}

/// The gradient of a weight [outputs][taps], summed over chunks of images whose count does not depend on that of threads.
inline void weight_gradient_directly(
    const Images<const float> &x, const Images<const float> &gradients, float *weight) {
  const int64_t taps = 9 * x.channels, outputs = gradients.channels;
  const int64_t chunks = std::min<int64_t>(x.batch, 16), size = taps * outputs;
  const at::Tensor sums = scratch(chunks * size);
  in_parallel(chunks, [&](int64_t begin, int64_t end) {
    Padded image{nullptr, x.channels, gradients.height, gradients.width};
    const at::Tensor memory = scratch(image.size() + (taps + 1 + outputs) * span);
    image.data = values(memory);
    std::fill_n(image.data, image.size(), 0.0f);
    float *gathered = image.data + image.size(), *copy = gathered + (taps + 1) * span;
    for (int64_t chunk = begin; chunk < end; ++chunk) {
      bool adds = false;
      for (int64_t index = x.batch * chunk / chunks; index < x.batch * (chunk + 1) / chunks; ++index) {
        pad(x, index, image);
        each_span(gradients.places(), [&](int64_t first, int64_t last) {
          gather(image, first, last, gathered);
          const float *given = gradients.image(index) + first * outputs;
          if (!gradients.interleaved) {
            transpose(gradients.image(index) + first, gradients.places(), copy, outputs, outputs, last - first);
            given = copy;
          }
          product(
              taps, outputs, gathered, span, 1, given, outputs, last - first, values(sums) + chunk * size, outputs,
              adds);
          adds = true;
        });
      }
    }
  });
  for (int64_t output = 0; output < outputs; ++output) {
    for (int64_t tap = 0; tap < taps; ++tap) {
      float sum = 0;
      for (int64_t chunk = 0; chunk < chunks; ++chunk) sum += values(sums)[chunk * size + tap * outputs + output];
      weight[output * taps + tap] = sum;
    }
  }
}
