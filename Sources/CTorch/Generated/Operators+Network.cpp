// Written by `./run generate` from libtorch's operator schemas; do not edit.
// First, as the operators' own headers declare only part of the types they name.
#include "../Support.h"

#include <ATen/ops/_upsample_bilinear2d_aa_ops.h>
#include <ATen/ops/adaptive_avg_pool2d_ops.h>
#include <ATen/ops/affine_grid_generator_ops.h>
#include <ATen/ops/avg_pool2d_ops.h>
#include <ATen/ops/batch_norm_ops.h>
#include <ATen/ops/col2im_ops.h>
#include <ATen/ops/conv1d_ops.h>
#include <ATen/ops/conv2d_ops.h>
#include <ATen/ops/conv_transpose2d_ops.h>
#include <ATen/ops/convolution_backward_ops.h>
#include <ATen/ops/convolution_ops.h>
#include <ATen/ops/embedding_ops.h>
#include <ATen/ops/grid_sampler_ops.h>
#include <ATen/ops/group_norm_ops.h>
#include <ATen/ops/im2col_ops.h>
#include <ATen/ops/instance_norm_ops.h>
#include <ATen/ops/layer_norm_ops.h>
#include <ATen/ops/max_pool2d_ops.h>
#include <ATen/ops/max_pool2d_with_indices_ops.h>
#include <ATen/ops/native_batch_norm_ops.h>
#include <ATen/ops/native_group_norm_ops.h>
#include <ATen/ops/pad_ops.h>
#include <ATen/ops/pixel_shuffle_ops.h>
#include <ATen/ops/reflection_pad2d_ops.h>
#include <ATen/ops/scaled_dot_product_attention_ops.h>
#include <ATen/ops/upsample_bicubic2d_ops.h>
#include <ATen/ops/upsample_bilinear2d_ops.h>
#include <ATen/ops/upsample_nearest2d_ops.h>

using namespace ctorch;

extern "C" {

ct_tensor ct_conv1d(ct_tensor input, ct_tensor weight, ct_tensor bias, const ct_int *stride, ct_int stride_count, const ct_int *padding, ct_int padding_count, const ct_int *dilation, ct_int dilation_count, ct_int groups) noexcept {
  return guarded(ct_tensor(nullptr), [&] { return give(at::_ops::conv1d::call(view(input), view(weight), optional_view(bias), symints(stride, stride_count), symints(padding, padding_count), symints(dilation, dilation_count), groups)); });
}

ct_tensor ct_conv2d(ct_tensor input, ct_tensor weight, ct_tensor bias, const ct_int *stride, ct_int stride_count, const ct_int *padding, ct_int padding_count, const ct_int *dilation, ct_int dilation_count, ct_int groups) noexcept {
  return guarded(ct_tensor(nullptr), [&] { return give(at::_ops::conv2d::call(view(input), view(weight), optional_view(bias), symints(stride, stride_count), symints(padding, padding_count), symints(dilation, dilation_count), groups)); });
}

ct_tensor ct_conv_transpose2d_input(ct_tensor input, ct_tensor weight, ct_tensor bias, const ct_int *stride, ct_int stride_count, const ct_int *padding, ct_int padding_count, const ct_int *output_padding, ct_int output_padding_count, ct_int groups, const ct_int *dilation, ct_int dilation_count) noexcept {
  return guarded(ct_tensor(nullptr), [&] { return give(at::_ops::conv_transpose2d_input::call(view(input), view(weight), optional_view(bias), symints(stride, stride_count), symints(padding, padding_count), symints(output_padding, output_padding_count), groups, symints(dilation, dilation_count))); });
}

ct_tensor ct_convolution(ct_tensor input, ct_tensor weight, ct_tensor bias, const ct_int *stride, ct_int stride_count, const ct_int *padding, ct_int padding_count, const ct_int *dilation, ct_int dilation_count, bool transposed, const ct_int *output_padding, ct_int output_padding_count, ct_int groups) noexcept {
  return guarded(ct_tensor(nullptr), [&] { return give(at::_ops::convolution::call(view(input), view(weight), optional_view(bias), symints(stride, stride_count), symints(padding, padding_count), symints(dilation, dilation_count), transposed, symints(output_padding, output_padding_count), groups)); });
}

bool ct_convolution_backward(ct_tensor grad_output, ct_tensor input, ct_tensor weight, const ct_int *bias_sizes, ct_int bias_sizes_count, const ct_int *stride, ct_int stride_count, const ct_int *padding, ct_int padding_count, const ct_int *dilation, ct_int dilation_count, bool transposed, const ct_int *output_padding, ct_int output_padding_count, ct_int groups, const bool *output_mask, ct_tensor *result0, ct_tensor *result1, ct_tensor *result2) noexcept {
  return guarded(false, [&] { auto results = at::_ops::convolution_backward::call(view(grad_output), view(input), view(weight), optional_symints(bias_sizes, bias_sizes_count), symints(stride, stride_count), symints(padding, padding_count), symints(dilation, dilation_count), transposed, symints(output_padding, output_padding_count), groups, bools<3>(output_mask)); *result0 = give(std::get<0>(std::move(results))); *result1 = give(std::get<1>(std::move(results))); *result2 = give(std::get<2>(std::move(results))); return true; });
}

ct_tensor ct_batch_norm(ct_tensor input, ct_tensor weight, ct_tensor bias, ct_tensor running_mean, ct_tensor running_var, bool training, double momentum, double eps, bool cudnn_enabled) noexcept {
  return guarded(ct_tensor(nullptr), [&] { return give(at::_ops::batch_norm::call(view(input), optional_view(weight), optional_view(bias), optional_view(running_mean), optional_view(running_var), training, momentum, eps, cudnn_enabled)); });
}

bool ct_native_batch_norm(ct_tensor input, ct_tensor weight, ct_tensor bias, ct_tensor running_mean, ct_tensor running_var, bool training, double momentum, double eps, ct_tensor *result0, ct_tensor *result1, ct_tensor *result2) noexcept {
  return guarded(false, [&] { auto results = at::_ops::native_batch_norm::call(view(input), optional_view(weight), optional_view(bias), optional_view(running_mean), optional_view(running_var), training, momentum, eps); *result0 = give(std::get<0>(std::move(results))); *result1 = give(std::get<1>(std::move(results))); *result2 = give(std::get<2>(std::move(results))); return true; });
}

ct_tensor ct_group_norm(ct_tensor input, ct_int num_groups, ct_tensor weight, ct_tensor bias, double eps, bool cudnn_enabled) noexcept {
  return guarded(ct_tensor(nullptr), [&] { return give(at::_ops::group_norm::call(view(input), num_groups, optional_view(weight), optional_view(bias), eps, cudnn_enabled)); });
}

bool ct_native_group_norm(ct_tensor input, ct_tensor weight, ct_tensor bias, ct_int N, ct_int C, ct_int HxW, ct_int group, double eps, ct_tensor *result0, ct_tensor *result1, ct_tensor *result2) noexcept {
  return guarded(false, [&] { auto results = at::_ops::native_group_norm::call(view(input), optional_view(weight), optional_view(bias), N, C, HxW, group, eps); *result0 = give(std::get<0>(std::move(results))); *result1 = give(std::get<1>(std::move(results))); *result2 = give(std::get<2>(std::move(results))); return true; });
}

ct_tensor ct_layer_norm(ct_tensor input, const ct_int *normalized_shape, ct_int normalized_shape_count, ct_tensor weight, ct_tensor bias, double eps, bool cudnn_enable) noexcept {
  return guarded(ct_tensor(nullptr), [&] { return give(at::_ops::layer_norm::call(view(input), symints(normalized_shape, normalized_shape_count), optional_view(weight), optional_view(bias), eps, cudnn_enable)); });
}

ct_tensor ct_instance_norm(ct_tensor input, ct_tensor weight, ct_tensor bias, ct_tensor running_mean, ct_tensor running_var, bool use_input_stats, double momentum, double eps, bool cudnn_enabled) noexcept {
  return guarded(ct_tensor(nullptr), [&] { return give(at::_ops::instance_norm::call(view(input), optional_view(weight), optional_view(bias), optional_view(running_mean), optional_view(running_var), use_input_stats, momentum, eps, cudnn_enabled)); });
}

ct_tensor ct_avg_pool2d(ct_tensor self, const ct_int *kernel_size, ct_int kernel_size_count, const ct_int *stride, ct_int stride_count, const ct_int *padding, ct_int padding_count, bool ceil_mode, bool count_include_pad, const ct_int *divisor_override) noexcept {
  return guarded(ct_tensor(nullptr), [&] { return give(at::_ops::avg_pool2d::call(view(self), ints(kernel_size, kernel_size_count), ints(stride, stride_count), ints(padding, padding_count), ceil_mode, count_include_pad, optional_int(divisor_override))); });
}

ct_tensor ct_max_pool2d(ct_tensor self, const ct_int *kernel_size, ct_int kernel_size_count, const ct_int *stride, ct_int stride_count, const ct_int *padding, ct_int padding_count, const ct_int *dilation, ct_int dilation_count, bool ceil_mode) noexcept {
  return guarded(ct_tensor(nullptr), [&] { return give(at::_ops::max_pool2d::call(view(self), ints(kernel_size, kernel_size_count), ints(stride, stride_count), ints(padding, padding_count), ints(dilation, dilation_count), ceil_mode)); });
}

bool ct_max_pool2d_with_indices(ct_tensor self, const ct_int *kernel_size, ct_int kernel_size_count, const ct_int *stride, ct_int stride_count, const ct_int *padding, ct_int padding_count, const ct_int *dilation, ct_int dilation_count, bool ceil_mode, ct_tensor *result0, ct_tensor *result1) noexcept {
  return guarded(false, [&] { auto results = at::_ops::max_pool2d_with_indices::call(view(self), ints(kernel_size, kernel_size_count), ints(stride, stride_count), ints(padding, padding_count), ints(dilation, dilation_count), ceil_mode); *result0 = give(std::get<0>(std::move(results))); *result1 = give(std::get<1>(std::move(results))); return true; });
}

ct_tensor ct_adaptive_avg_pool2d(ct_tensor self, const ct_int *output_size, ct_int output_size_count) noexcept {
  return guarded(ct_tensor(nullptr), [&] { return give(at::_ops::adaptive_avg_pool2d::call(view(self), symints(output_size, output_size_count))); });
}

ct_tensor ct_pixel_shuffle(ct_tensor self, ct_int upscale_factor) noexcept {
  return guarded(ct_tensor(nullptr), [&] { return give(at::_ops::pixel_shuffle::call(view(self), upscale_factor)); });
}

ct_tensor ct_upsample_nearest2d(ct_tensor self, const ct_int *output_size, ct_int output_size_count, const double *scales_h, const double *scales_w) noexcept {
  return guarded(ct_tensor(nullptr), [&] { return give(at::_ops::upsample_nearest2d::call(view(self), symints(output_size, output_size_count), optional_double(scales_h), optional_double(scales_w))); });
}

ct_tensor ct_upsample_bilinear2d(ct_tensor self, const ct_int *output_size, ct_int output_size_count, bool align_corners, const double *scales_h, const double *scales_w) noexcept {
  return guarded(ct_tensor(nullptr), [&] { return give(at::_ops::upsample_bilinear2d::call(view(self), symints(output_size, output_size_count), align_corners, optional_double(scales_h), optional_double(scales_w))); });
}

ct_tensor ct_upsample_bicubic2d(ct_tensor self, const ct_int *output_size, ct_int output_size_count, bool align_corners, const double *scales_h, const double *scales_w) noexcept {
  return guarded(ct_tensor(nullptr), [&] { return give(at::_ops::upsample_bicubic2d::call(view(self), symints(output_size, output_size_count), align_corners, optional_double(scales_h), optional_double(scales_w))); });
}

ct_tensor ct__upsample_bilinear2d_aa(ct_tensor self, const ct_int *output_size, ct_int output_size_count, bool align_corners, const double *scales_h, const double *scales_w) noexcept {
  return guarded(ct_tensor(nullptr), [&] { return give(at::_ops::_upsample_bilinear2d_aa::call(view(self), symints(output_size, output_size_count), align_corners, optional_double(scales_h), optional_double(scales_w))); });
}

ct_tensor ct_grid_sampler(ct_tensor input, ct_tensor grid, ct_int interpolation_mode, ct_int padding_mode, bool align_corners) noexcept {
  return guarded(ct_tensor(nullptr), [&] { return give(at::_ops::grid_sampler::call(view(input), view(grid), interpolation_mode, padding_mode, align_corners)); });
}

ct_tensor ct_affine_grid_generator(ct_tensor theta, const ct_int *size, ct_int size_count, bool align_corners) noexcept {
  return guarded(ct_tensor(nullptr), [&] { return give(at::_ops::affine_grid_generator::call(view(theta), symints(size, size_count), align_corners)); });
}

ct_tensor ct_pad(ct_tensor self, const ct_int *pad, ct_int pad_count, const char *mode, const double *value) noexcept {
  return guarded(ct_tensor(nullptr), [&] { return give(at::_ops::pad::call(view(self), symints(pad, pad_count), mode, optional_double(value))); });
}

ct_tensor ct_reflection_pad2d(ct_tensor self, const ct_int *padding, ct_int padding_count) noexcept {
  return guarded(ct_tensor(nullptr), [&] { return give(at::_ops::reflection_pad2d::call(view(self), symints(padding, padding_count))); });
}

ct_tensor ct_im2col(ct_tensor self, const ct_int *kernel_size, ct_int kernel_size_count, const ct_int *dilation, ct_int dilation_count, const ct_int *padding, ct_int padding_count, const ct_int *stride, ct_int stride_count) noexcept {
  return guarded(ct_tensor(nullptr), [&] { return give(at::_ops::im2col::call(view(self), ints(kernel_size, kernel_size_count), ints(dilation, dilation_count), ints(padding, padding_count), ints(stride, stride_count))); });
}

ct_tensor ct_col2im(ct_tensor self, const ct_int *output_size, ct_int output_size_count, const ct_int *kernel_size, ct_int kernel_size_count, const ct_int *dilation, ct_int dilation_count, const ct_int *padding, ct_int padding_count, const ct_int *stride, ct_int stride_count) noexcept {
  return guarded(ct_tensor(nullptr), [&] { return give(at::_ops::col2im::call(view(self), symints(output_size, output_size_count), ints(kernel_size, kernel_size_count), ints(dilation, dilation_count), ints(padding, padding_count), ints(stride, stride_count))); });
}

ct_tensor ct_embedding(ct_tensor weight, ct_tensor indices, ct_int padding_idx, bool scale_grad_by_freq, bool sparse) noexcept {
  return guarded(ct_tensor(nullptr), [&] { return give(at::_ops::embedding::call(view(weight), view(indices), padding_idx, scale_grad_by_freq, sparse)); });
}

ct_tensor ct_scaled_dot_product_attention(ct_tensor query, ct_tensor key, ct_tensor value, ct_tensor attn_mask, double dropout_p, bool is_causal, const double *scale, bool enable_gqa) noexcept {
  return guarded(ct_tensor(nullptr), [&] { return give(at::_ops::scaled_dot_product_attention::call(view(query), view(key), view(value), optional_view(attn_mask), dropout_p, is_causal, optional_double(scale), enable_gqa)); });
}

}  // extern "C"
