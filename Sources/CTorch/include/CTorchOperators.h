// Written by `./run generate` from libtorch's operator schemas; do not edit.
// Included by CTorch.h, which has the types.
#ifndef CTORCH_OPERATORS_H
#define CTORCH_OPERATORS_H

// MARK: Arithmetic

ct_tensor ct_add_Tensor(ct_tensor self, ct_tensor other, ct_scalar alpha) CT_NOEXCEPT;
ct_tensor ct_add_Scalar(ct_tensor self, ct_scalar other, ct_scalar alpha) CT_NOEXCEPT;
bool ct_add__Tensor(ct_tensor self, ct_tensor other, ct_scalar alpha) CT_NOEXCEPT;
bool ct_add__Scalar(ct_tensor self, ct_scalar other, ct_scalar alpha) CT_NOEXCEPT;
ct_tensor ct_sub_Tensor(ct_tensor self, ct_tensor other, ct_scalar alpha) CT_NOEXCEPT;
ct_tensor ct_sub_Scalar(ct_tensor self, ct_scalar other, ct_scalar alpha) CT_NOEXCEPT;
bool ct_sub__Tensor(ct_tensor self, ct_tensor other, ct_scalar alpha) CT_NOEXCEPT;
bool ct_sub__Scalar(ct_tensor self, ct_scalar other, ct_scalar alpha) CT_NOEXCEPT;
ct_tensor ct_rsub_Scalar(ct_tensor self, ct_scalar other, ct_scalar alpha) CT_NOEXCEPT;
ct_tensor ct_mul_Tensor(ct_tensor self, ct_tensor other) CT_NOEXCEPT;
ct_tensor ct_mul_Scalar(ct_tensor self, ct_scalar other) CT_NOEXCEPT;
bool ct_mul__Tensor(ct_tensor self, ct_tensor other) CT_NOEXCEPT;
bool ct_mul__Scalar(ct_tensor self, ct_scalar other) CT_NOEXCEPT;
ct_tensor ct_div_Tensor(ct_tensor self, ct_tensor other) CT_NOEXCEPT;
ct_tensor ct_div_Scalar(ct_tensor self, ct_scalar other) CT_NOEXCEPT;
bool ct_div__Tensor(ct_tensor self, ct_tensor other) CT_NOEXCEPT;
bool ct_div__Scalar(ct_tensor self, ct_scalar other) CT_NOEXCEPT;
ct_tensor ct_div_Tensor_mode(ct_tensor self, ct_tensor other, const char *rounding_mode) CT_NOEXCEPT;
ct_tensor ct_neg(ct_tensor self) CT_NOEXCEPT;
bool ct_neg_(ct_tensor self) CT_NOEXCEPT;
ct_tensor ct_reciprocal(ct_tensor self) CT_NOEXCEPT;
ct_tensor ct_remainder_Scalar(ct_tensor self, ct_scalar other) CT_NOEXCEPT;
ct_tensor ct_floor_divide_Scalar(ct_tensor self, ct_scalar other) CT_NOEXCEPT;
ct_tensor ct_pow_Tensor_Scalar(ct_tensor self, ct_scalar exponent) CT_NOEXCEPT;
ct_tensor ct_pow_Tensor_Tensor(ct_tensor self, ct_tensor exponent) CT_NOEXCEPT;
ct_tensor ct_pow_Scalar(ct_scalar self, ct_tensor exponent) CT_NOEXCEPT;
ct_tensor ct_square(ct_tensor self) CT_NOEXCEPT;
ct_tensor ct_sqrt(ct_tensor self) CT_NOEXCEPT;
bool ct_sqrt_(ct_tensor self) CT_NOEXCEPT;
ct_tensor ct_rsqrt(ct_tensor self) CT_NOEXCEPT;
ct_tensor ct_exp(ct_tensor self) CT_NOEXCEPT;
bool ct_exp_(ct_tensor self) CT_NOEXCEPT;
ct_tensor ct_expm1(ct_tensor self) CT_NOEXCEPT;
ct_tensor ct_log(ct_tensor self) CT_NOEXCEPT;
ct_tensor ct_log1p(ct_tensor self) CT_NOEXCEPT;
ct_tensor ct_log2(ct_tensor self) CT_NOEXCEPT;
ct_tensor ct_sin(ct_tensor self) CT_NOEXCEPT;
ct_tensor ct_cos(ct_tensor self) CT_NOEXCEPT;
ct_tensor ct_tan(ct_tensor self) CT_NOEXCEPT;
ct_tensor ct_asin(ct_tensor self) CT_NOEXCEPT;
ct_tensor ct_acos(ct_tensor self) CT_NOEXCEPT;
ct_tensor ct_atan(ct_tensor self) CT_NOEXCEPT;
ct_tensor ct_atan2(ct_tensor self, ct_tensor other) CT_NOEXCEPT;
ct_tensor ct_sinh(ct_tensor self) CT_NOEXCEPT;
ct_tensor ct_cosh(ct_tensor self) CT_NOEXCEPT;
ct_tensor ct_tanh(ct_tensor self) CT_NOEXCEPT;
bool ct_tanh_(ct_tensor self) CT_NOEXCEPT;
ct_tensor ct_erf(ct_tensor self) CT_NOEXCEPT;
ct_tensor ct_erfinv(ct_tensor self) CT_NOEXCEPT;
ct_tensor ct_lgamma(ct_tensor self) CT_NOEXCEPT;
ct_tensor ct_digamma(ct_tensor self) CT_NOEXCEPT;
ct_tensor ct_abs(ct_tensor self) CT_NOEXCEPT;
bool ct_abs_(ct_tensor self) CT_NOEXCEPT;
ct_tensor ct_sign(ct_tensor self) CT_NOEXCEPT;
ct_tensor ct_floor(ct_tensor self) CT_NOEXCEPT;
ct_tensor ct_ceil(ct_tensor self) CT_NOEXCEPT;
ct_tensor ct_round(ct_tensor self) CT_NOEXCEPT;
ct_tensor ct_round_decimals(ct_tensor self, ct_int decimals) CT_NOEXCEPT;
ct_tensor ct_trunc(ct_tensor self) CT_NOEXCEPT;
ct_tensor ct_frac(ct_tensor self) CT_NOEXCEPT;
ct_tensor ct_clamp(ct_tensor self, const ct_scalar *min, const ct_scalar *max) CT_NOEXCEPT;
bool ct_clamp_(ct_tensor self, const ct_scalar *min, const ct_scalar *max) CT_NOEXCEPT;
ct_tensor ct_clamp_Tensor(ct_tensor self, ct_tensor min, ct_tensor max) CT_NOEXCEPT;
ct_tensor ct_clamp_min(ct_tensor self, ct_scalar min) CT_NOEXCEPT;
ct_tensor ct_maximum(ct_tensor self, ct_tensor other) CT_NOEXCEPT;
ct_tensor ct_minimum(ct_tensor self, ct_tensor other) CT_NOEXCEPT;
ct_tensor ct_addcmul(ct_tensor self, ct_tensor tensor1, ct_tensor tensor2, ct_scalar value) CT_NOEXCEPT;
bool ct_addcmul_(ct_tensor self, ct_tensor tensor1, ct_tensor tensor2, ct_scalar value) CT_NOEXCEPT;
ct_tensor ct_addcdiv(ct_tensor self, ct_tensor tensor1, ct_tensor tensor2, ct_scalar value) CT_NOEXCEPT;
bool ct_addcdiv_(ct_tensor self, ct_tensor tensor1, ct_tensor tensor2, ct_scalar value) CT_NOEXCEPT;
ct_tensor ct_lerp_Scalar(ct_tensor self, ct_tensor end, ct_scalar weight) CT_NOEXCEPT;
ct_tensor ct_lerp_Tensor(ct_tensor self, ct_tensor end, ct_tensor weight) CT_NOEXCEPT;
bool ct_lerp__Scalar(ct_tensor self, ct_tensor end, ct_scalar weight) CT_NOEXCEPT;
ct_tensor ct_isnan(ct_tensor self) CT_NOEXCEPT;
ct_tensor ct_isinf(ct_tensor self) CT_NOEXCEPT;
ct_tensor ct_isfinite(ct_tensor self) CT_NOEXCEPT;
ct_tensor ct_nan_to_num(ct_tensor self, const double *nan, const double *posinf, const double *neginf) CT_NOEXCEPT;

// MARK: Comparison

ct_tensor ct_eq_Tensor(ct_tensor self, ct_tensor other) CT_NOEXCEPT;
ct_tensor ct_eq_Scalar(ct_tensor self, ct_scalar other) CT_NOEXCEPT;
ct_tensor ct_ne_Tensor(ct_tensor self, ct_tensor other) CT_NOEXCEPT;
ct_tensor ct_ne_Scalar(ct_tensor self, ct_scalar other) CT_NOEXCEPT;
ct_tensor ct_lt_Tensor(ct_tensor self, ct_tensor other) CT_NOEXCEPT;
ct_tensor ct_lt_Scalar(ct_tensor self, ct_scalar other) CT_NOEXCEPT;
ct_tensor ct_le_Tensor(ct_tensor self, ct_tensor other) CT_NOEXCEPT;
ct_tensor ct_le_Scalar(ct_tensor self, ct_scalar other) CT_NOEXCEPT;
ct_tensor ct_gt_Tensor(ct_tensor self, ct_tensor other) CT_NOEXCEPT;
ct_tensor ct_gt_Scalar(ct_tensor self, ct_scalar other) CT_NOEXCEPT;
ct_tensor ct_ge_Tensor(ct_tensor self, ct_tensor other) CT_NOEXCEPT;
ct_tensor ct_ge_Scalar(ct_tensor self, ct_scalar other) CT_NOEXCEPT;
ct_tensor ct_logical_and(ct_tensor self, ct_tensor other) CT_NOEXCEPT;
ct_tensor ct_logical_or(ct_tensor self, ct_tensor other) CT_NOEXCEPT;
ct_tensor ct_logical_not(ct_tensor self) CT_NOEXCEPT;
ct_tensor ct_logical_xor(ct_tensor self, ct_tensor other) CT_NOEXCEPT;
ct_tensor ct_bitwise_and_Tensor(ct_tensor self, ct_tensor other) CT_NOEXCEPT;
ct_tensor ct_bitwise_or_Tensor(ct_tensor self, ct_tensor other) CT_NOEXCEPT;
ct_tensor ct_bitwise_not(ct_tensor self) CT_NOEXCEPT;
ct_tensor ct_where_self(ct_tensor condition, ct_tensor self, ct_tensor other) CT_NOEXCEPT;
ct_tensor ct_masked_fill_Scalar(ct_tensor self, ct_tensor mask, ct_scalar value) CT_NOEXCEPT;
bool ct_masked_fill__Scalar(ct_tensor self, ct_tensor mask, ct_scalar value) CT_NOEXCEPT;
ct_tensor ct_masked_select(ct_tensor self, ct_tensor mask) CT_NOEXCEPT;
int8_t ct_equal(ct_tensor self, ct_tensor other) CT_NOEXCEPT;
int8_t ct_allclose(ct_tensor self, ct_tensor other, double rtol, double atol, bool equal_nan) CT_NOEXCEPT;
ct_tensor ct_isclose(ct_tensor self, ct_tensor other, double rtol, double atol, bool equal_nan) CT_NOEXCEPT;

// MARK: Reduction

ct_tensor ct_sum(ct_tensor self, int8_t dtype_) CT_NOEXCEPT;
ct_tensor ct_sum_dim_IntList(ct_tensor self, const ct_int *dim, ct_int dim_count, bool keepdim, int8_t dtype_) CT_NOEXCEPT;
ct_tensor ct_mean(ct_tensor self, int8_t dtype_) CT_NOEXCEPT;
ct_tensor ct_mean_dim(ct_tensor self, const ct_int *dim, ct_int dim_count, bool keepdim, int8_t dtype_) CT_NOEXCEPT;
ct_tensor ct_var_correction(ct_tensor self, const ct_int *dim, ct_int dim_count, const ct_scalar *correction, bool keepdim) CT_NOEXCEPT;
ct_tensor ct_std_correction(ct_tensor self, const ct_int *dim, ct_int dim_count, const ct_scalar *correction, bool keepdim) CT_NOEXCEPT;
bool ct_var_mean_correction(ct_tensor self, const ct_int *dim, ct_int dim_count, const ct_scalar *correction, bool keepdim, ct_tensor *result0, ct_tensor *result1) CT_NOEXCEPT;
ct_tensor ct_prod(ct_tensor self, int8_t dtype_) CT_NOEXCEPT;
ct_tensor ct_prod_dim_int(ct_tensor self, ct_int dim, bool keepdim, int8_t dtype_) CT_NOEXCEPT;
ct_tensor ct_max(ct_tensor self) CT_NOEXCEPT;
bool ct_max_dim(ct_tensor self, ct_int dim, bool keepdim, ct_tensor *result0, ct_tensor *result1) CT_NOEXCEPT;
ct_tensor ct_min(ct_tensor self) CT_NOEXCEPT;
bool ct_min_dim(ct_tensor self, ct_int dim, bool keepdim, ct_tensor *result0, ct_tensor *result1) CT_NOEXCEPT;
ct_tensor ct_amax(ct_tensor self, const ct_int *dim, ct_int dim_count, bool keepdim) CT_NOEXCEPT;
ct_tensor ct_amin(ct_tensor self, const ct_int *dim, ct_int dim_count, bool keepdim) CT_NOEXCEPT;
ct_tensor ct_argmax(ct_tensor self, const ct_int *dim, bool keepdim) CT_NOEXCEPT;
ct_tensor ct_argmin(ct_tensor self, const ct_int *dim, bool keepdim) CT_NOEXCEPT;
ct_tensor ct_all(ct_tensor self) CT_NOEXCEPT;
ct_tensor ct_all_dim(ct_tensor self, ct_int dim, bool keepdim) CT_NOEXCEPT;
ct_tensor ct_any(ct_tensor self) CT_NOEXCEPT;
ct_tensor ct_any_dim(ct_tensor self, ct_int dim, bool keepdim) CT_NOEXCEPT;
ct_tensor ct_logsumexp(ct_tensor self, const ct_int *dim, ct_int dim_count, bool keepdim) CT_NOEXCEPT;
ct_tensor ct_cumsum(ct_tensor self, ct_int dim, int8_t dtype_) CT_NOEXCEPT;
ct_tensor ct_cumprod(ct_tensor self, ct_int dim, int8_t dtype_) CT_NOEXCEPT;
ct_tensor ct_linalg_vector_norm(ct_tensor self, ct_scalar ord, const ct_int *dim, ct_int dim_count, bool keepdim, int8_t dtype_) CT_NOEXCEPT;
ct_tensor ct_dot(ct_tensor self, ct_tensor tensor) CT_NOEXCEPT;
ct_tensor ct_vdot(ct_tensor self, ct_tensor other) CT_NOEXCEPT;
ct_tensor ct_count_nonzero(ct_tensor self, const ct_int *dim) CT_NOEXCEPT;
ct_tensor ct_median(ct_tensor self) CT_NOEXCEPT;
ct_tensor ct_quantile(ct_tensor self, ct_tensor q, const ct_int *dim, bool keepdim, const char *interpolation) CT_NOEXCEPT;
ct_tensor ct_bincount(ct_tensor self, ct_tensor weights, ct_int minlength) CT_NOEXCEPT;
bool ct_topk(ct_tensor self, ct_int k, ct_int dim, bool largest, bool sorted, ct_tensor *result0, ct_tensor *result1) CT_NOEXCEPT;
bool ct_sort(ct_tensor self, ct_int dim, bool descending, ct_tensor *result0, ct_tensor *result1) CT_NOEXCEPT;
bool ct_sort_stable(ct_tensor self, int8_t stable, ct_int dim, bool descending, ct_tensor *result0, ct_tensor *result1) CT_NOEXCEPT;
ct_tensor ct_argsort(ct_tensor self, ct_int dim, bool descending) CT_NOEXCEPT;
bool ct_unique_dim(ct_tensor self, ct_int dim, bool sorted, bool return_inverse, bool return_counts, ct_tensor *result0, ct_tensor *result1, ct_tensor *result2) CT_NOEXCEPT;
ct_tensor ct_searchsorted_Tensor(ct_tensor sorted_sequence, ct_tensor self, bool out_int32, bool right, const char *side, ct_tensor sorter) CT_NOEXCEPT;

// MARK: Shape

ct_tensor ct_reshape(ct_tensor self, const ct_int *shape, ct_int shape_count) CT_NOEXCEPT;
ct_tensor ct_view(ct_tensor self, const ct_int *size, ct_int size_count) CT_NOEXCEPT;
ct_tensor ct_view_as(ct_tensor self, ct_tensor other) CT_NOEXCEPT;
ct_tensor ct_flatten_using_ints(ct_tensor self, ct_int start_dim, ct_int end_dim) CT_NOEXCEPT;
ct_tensor ct_unflatten_int(ct_tensor self, ct_int dim, const ct_int *sizes, ct_int sizes_count) CT_NOEXCEPT;
ct_tensor ct_squeeze(ct_tensor self) CT_NOEXCEPT;
ct_tensor ct_squeeze_dim(ct_tensor self, ct_int dim) CT_NOEXCEPT;
ct_tensor ct_unsqueeze(ct_tensor self, ct_int dim) CT_NOEXCEPT;
ct_tensor ct_permute(ct_tensor self, const ct_int *dims, ct_int dims_count) CT_NOEXCEPT;
ct_tensor ct_transpose_int(ct_tensor self, ct_int dim0, ct_int dim1) CT_NOEXCEPT;
ct_tensor ct_t(ct_tensor self) CT_NOEXCEPT;
ct_tensor ct_movedim_int(ct_tensor self, ct_int source, ct_int destination) CT_NOEXCEPT;
ct_tensor ct_expand(ct_tensor self, const ct_int *size, ct_int size_count, bool implicit) CT_NOEXCEPT;
ct_tensor ct_expand_as(ct_tensor self, ct_tensor other) CT_NOEXCEPT;
ct_tensor ct_broadcast_to(ct_tensor self, const ct_int *size, ct_int size_count) CT_NOEXCEPT;
ct_tensor ct_repeat(ct_tensor self, const ct_int *repeats, ct_int repeats_count) CT_NOEXCEPT;
ct_tensor ct_repeat_interleave_self_int(ct_tensor self, ct_int repeats, const ct_int *dim, const ct_int *output_size) CT_NOEXCEPT;
ct_tensor ct_tile(ct_tensor self, const ct_int *dims, ct_int dims_count) CT_NOEXCEPT;
ct_tensor ct_flip(ct_tensor self, const ct_int *dims, ct_int dims_count) CT_NOEXCEPT;
ct_tensor ct_roll(ct_tensor self, const ct_int *shifts, ct_int shifts_count, const ct_int *dims, ct_int dims_count) CT_NOEXCEPT;
ct_tensor ct_cat(const ct_tensor *tensors, ct_int tensors_count, ct_int dim) CT_NOEXCEPT;
ct_tensor ct_stack(const ct_tensor *tensors, ct_int tensors_count, ct_int dim) CT_NOEXCEPT;
ct_list ct_split_Tensor(ct_tensor self, ct_int split_size, ct_int dim) CT_NOEXCEPT;
ct_list ct_split_with_sizes(ct_tensor self, const ct_int *split_sizes, ct_int split_sizes_count, ct_int dim) CT_NOEXCEPT;
ct_list ct_chunk(ct_tensor self, ct_int chunks, ct_int dim) CT_NOEXCEPT;
ct_list ct_unbind_int(ct_tensor self, ct_int dim) CT_NOEXCEPT;
ct_tensor ct_narrow(ct_tensor self, ct_int dim, ct_int start, ct_int length) CT_NOEXCEPT;
ct_tensor ct_select_int(ct_tensor self, ct_int dim, ct_int index) CT_NOEXCEPT;
ct_tensor ct_slice_Tensor(ct_tensor self, ct_int dim, const ct_int *start, const ct_int *end, ct_int step) CT_NOEXCEPT;
ct_tensor ct_index_select(ct_tensor self, ct_int dim, ct_tensor index) CT_NOEXCEPT;
ct_tensor ct_index_select_backward(ct_tensor grad, const ct_int *self_sizes, ct_int self_sizes_count, ct_int dim, ct_tensor index) CT_NOEXCEPT;
ct_tensor ct_gather(ct_tensor self, ct_int dim, ct_tensor index, bool sparse_grad) CT_NOEXCEPT;
ct_tensor ct_scatter_src(ct_tensor self, ct_int dim, ct_tensor index, ct_tensor src) CT_NOEXCEPT;
ct_tensor ct_scatter_value(ct_tensor self, ct_int dim, ct_tensor index, ct_scalar value) CT_NOEXCEPT;
ct_tensor ct_scatter_add(ct_tensor self, ct_int dim, ct_tensor index, ct_tensor src) CT_NOEXCEPT;
ct_tensor ct_index_add(ct_tensor self, ct_int dim, ct_tensor index, ct_tensor source, ct_scalar alpha) CT_NOEXCEPT;
bool ct_index_add_(ct_tensor self, ct_int dim, ct_tensor index, ct_tensor source, ct_scalar alpha) CT_NOEXCEPT;
bool ct_index_copy_(ct_tensor self, ct_int dim, ct_tensor index, ct_tensor source) CT_NOEXCEPT;
ct_tensor ct_index_Tensor(ct_tensor self, const ct_tensor *indices, ct_int indices_count) CT_NOEXCEPT;
bool ct_index_put_(ct_tensor self, const ct_tensor *indices, ct_int indices_count, ct_tensor values, bool accumulate) CT_NOEXCEPT;
ct_tensor ct_nonzero(ct_tensor self) CT_NOEXCEPT;
ct_tensor ct_tril(ct_tensor self, ct_int diagonal) CT_NOEXCEPT;
ct_tensor ct_triu(ct_tensor self, ct_int diagonal) CT_NOEXCEPT;
ct_tensor ct_diagonal(ct_tensor self, ct_int offset, ct_int dim1, ct_int dim2) CT_NOEXCEPT;
ct_tensor ct_diag_embed(ct_tensor self, ct_int offset, ct_int dim1, ct_int dim2) CT_NOEXCEPT;
ct_tensor ct_as_strided(ct_tensor self, const ct_int *size, ct_int size_count, const ct_int *stride, ct_int stride_count, const ct_int *storage_offset) CT_NOEXCEPT;
ct_tensor ct_unfold(ct_tensor self, ct_int dimension, ct_int size, ct_int step) CT_NOEXCEPT;
ct_tensor ct_one_hot(ct_tensor self, ct_int num_classes) CT_NOEXCEPT;
ct_tensor ct_detach(ct_tensor self) CT_NOEXCEPT;
ct_tensor ct_alias(ct_tensor self) CT_NOEXCEPT;
ct_tensor ct_contiguous(ct_tensor self, int8_t memory_format) CT_NOEXCEPT;
ct_tensor ct_clone(ct_tensor self, int8_t memory_format) CT_NOEXCEPT;
bool ct_copy_(ct_tensor self, ct_tensor src, bool non_blocking) CT_NOEXCEPT;
bool ct_fill__Scalar(ct_tensor self, ct_scalar value) CT_NOEXCEPT;
bool ct_fill__Tensor(ct_tensor self, ct_tensor value) CT_NOEXCEPT;
bool ct_zero_(ct_tensor self) CT_NOEXCEPT;
ct_tensor ct_to_dtype(ct_tensor self, int8_t dtype_, bool non_blocking, bool copy, int8_t memory_format) CT_NOEXCEPT;
ct_tensor ct_to_dtype_layout(ct_tensor self, int8_t dtype_, ct_device device_, bool non_blocking, bool copy, int8_t memory_format) CT_NOEXCEPT;
ct_tensor ct_lift_fresh(ct_tensor self) CT_NOEXCEPT;

// MARK: Creation

ct_tensor ct_empty_memory_format(const ct_int *size, ct_int size_count, int8_t dtype_, ct_device device_, int8_t memory_format) CT_NOEXCEPT;
ct_tensor ct_zeros(const ct_int *size, ct_int size_count, int8_t dtype_, ct_device device_) CT_NOEXCEPT;
ct_tensor ct_ones(const ct_int *size, ct_int size_count, int8_t dtype_, ct_device device_) CT_NOEXCEPT;
ct_tensor ct_full(const ct_int *size, ct_int size_count, ct_scalar fill_value, int8_t dtype_, ct_device device_) CT_NOEXCEPT;
ct_tensor ct_eye(ct_int n, int8_t dtype_, ct_device device_) CT_NOEXCEPT;
ct_tensor ct_arange_start_step(ct_scalar start, ct_scalar end, ct_scalar step, int8_t dtype_, ct_device device_) CT_NOEXCEPT;
ct_tensor ct_linspace(ct_scalar start, ct_scalar end, ct_int steps, int8_t dtype_, ct_device device_) CT_NOEXCEPT;
ct_tensor ct_empty_like(ct_tensor self, int8_t dtype_, ct_device device_, int8_t memory_format) CT_NOEXCEPT;
ct_tensor ct_zeros_like(ct_tensor self, int8_t dtype_, ct_device device_, int8_t memory_format) CT_NOEXCEPT;
ct_tensor ct_ones_like(ct_tensor self, int8_t dtype_, ct_device device_, int8_t memory_format) CT_NOEXCEPT;
ct_tensor ct_full_like(ct_tensor self, ct_scalar fill_value, int8_t dtype_, ct_device device_, int8_t memory_format) CT_NOEXCEPT;
ct_tensor ct_new_zeros(ct_tensor self, const ct_int *size, ct_int size_count, int8_t dtype_, ct_device device_) CT_NOEXCEPT;
ct_tensor ct_rand_generator(const ct_int *size, ct_int size_count, ct_generator generator, int8_t dtype_, ct_device device_) CT_NOEXCEPT;
ct_tensor ct_randn_generator(const ct_int *size, ct_int size_count, ct_generator generator, int8_t dtype_, ct_device device_) CT_NOEXCEPT;
ct_tensor ct_randint_low_generator(ct_int low, ct_int high, const ct_int *size, ct_int size_count, ct_generator generator, int8_t dtype_, ct_device device_) CT_NOEXCEPT;
ct_tensor ct_randperm_generator(ct_int n, ct_generator generator, int8_t dtype_, ct_device device_) CT_NOEXCEPT;
bool ct_uniform_(ct_tensor self, double from, double to, ct_generator generator) CT_NOEXCEPT;
bool ct_normal_(ct_tensor self, double mean, double std, ct_generator generator) CT_NOEXCEPT;
ct_tensor ct_bernoulli(ct_tensor self, ct_generator generator) CT_NOEXCEPT;
bool ct_bernoulli__float(ct_tensor self, double p, ct_generator generator) CT_NOEXCEPT;
ct_tensor ct_bernoulli_p(ct_tensor self, double p, ct_generator generator) CT_NOEXCEPT;
ct_tensor ct_multinomial(ct_tensor self, ct_int num_samples, bool replacement, ct_generator generator) CT_NOEXCEPT;
bool ct_exponential_(ct_tensor self, double lambd, ct_generator generator) CT_NOEXCEPT;
bool ct_random__from(ct_tensor self, ct_int from, const ct_int *to, ct_generator generator) CT_NOEXCEPT;

// MARK: Linear Algebra

ct_tensor ct_matmul(ct_tensor self, ct_tensor other) CT_NOEXCEPT;
ct_tensor ct_mm(ct_tensor self, ct_tensor mat2) CT_NOEXCEPT;
ct_tensor ct_bmm(ct_tensor self, ct_tensor mat2) CT_NOEXCEPT;
ct_tensor ct_mv(ct_tensor self, ct_tensor vec) CT_NOEXCEPT;
ct_tensor ct_addmm(ct_tensor self, ct_tensor mat1, ct_tensor mat2, ct_scalar beta, ct_scalar alpha) CT_NOEXCEPT;
ct_tensor ct_addmv(ct_tensor self, ct_tensor mat, ct_tensor vec, ct_scalar beta, ct_scalar alpha) CT_NOEXCEPT;
ct_tensor ct_baddbmm(ct_tensor self, ct_tensor batch1, ct_tensor batch2, ct_scalar beta, ct_scalar alpha) CT_NOEXCEPT;
ct_tensor ct_outer(ct_tensor self, ct_tensor vec2) CT_NOEXCEPT;
ct_tensor ct_einsum(const char *equation, const ct_tensor *tensors, ct_int tensors_count, const ct_int *path, ct_int path_count) CT_NOEXCEPT;
ct_tensor ct_linear(ct_tensor input, ct_tensor weight, ct_tensor bias) CT_NOEXCEPT;
ct_tensor ct_linalg_solve(ct_tensor A, ct_tensor B, bool left) CT_NOEXCEPT;
ct_tensor ct_linalg_cholesky(ct_tensor self, bool upper) CT_NOEXCEPT;
bool ct_linalg_eigh(ct_tensor self, const char *UPLO, ct_tensor *result0, ct_tensor *result1) CT_NOEXCEPT;
bool ct_linalg_svd(ct_tensor A, bool full_matrices, const char *driver, ct_tensor *result0, ct_tensor *result1, ct_tensor *result2) CT_NOEXCEPT;
bool ct_linalg_qr(ct_tensor A, const char *mode, ct_tensor *result0, ct_tensor *result1) CT_NOEXCEPT;
ct_tensor ct_linalg_inv(ct_tensor A) CT_NOEXCEPT;
ct_tensor ct_trace(ct_tensor self) CT_NOEXCEPT;

// MARK: Activation

ct_tensor ct_relu(ct_tensor self) CT_NOEXCEPT;
bool ct_relu_(ct_tensor self) CT_NOEXCEPT;
ct_tensor ct_leaky_relu(ct_tensor self, ct_scalar negative_slope) CT_NOEXCEPT;
ct_tensor ct_sigmoid(ct_tensor self) CT_NOEXCEPT;
ct_tensor ct_silu(ct_tensor self) CT_NOEXCEPT;
ct_tensor ct_gelu(ct_tensor self, const char *approximate) CT_NOEXCEPT;
ct_tensor ct_softplus(ct_tensor self, ct_scalar beta, ct_scalar threshold) CT_NOEXCEPT;
ct_tensor ct_elu(ct_tensor self, ct_scalar alpha, ct_scalar scale, ct_scalar input_scale) CT_NOEXCEPT;
ct_tensor ct_hardtanh(ct_tensor self, ct_scalar min_val, ct_scalar max_val) CT_NOEXCEPT;
ct_tensor ct_softmax_int(ct_tensor self, ct_int dim, int8_t dtype_) CT_NOEXCEPT;
ct_tensor ct_log_softmax_int(ct_tensor self, ct_int dim, int8_t dtype_) CT_NOEXCEPT;
ct_tensor ct_threshold_backward(ct_tensor grad_output, ct_tensor self, ct_scalar threshold) CT_NOEXCEPT;
ct_tensor ct_dropout(ct_tensor input, double p, bool train) CT_NOEXCEPT;
bool ct_native_dropout(ct_tensor input, double p, int8_t train, ct_tensor *result0, ct_tensor *result1) CT_NOEXCEPT;
bool ct_bernoulli__Tensor(ct_tensor self, ct_tensor p, ct_generator generator) CT_NOEXCEPT;

// MARK: Network

ct_tensor ct_conv1d(ct_tensor input, ct_tensor weight, ct_tensor bias, const ct_int *stride, ct_int stride_count, const ct_int *padding, ct_int padding_count, const ct_int *dilation, ct_int dilation_count, ct_int groups) CT_NOEXCEPT;
ct_tensor ct_conv2d(ct_tensor input, ct_tensor weight, ct_tensor bias, const ct_int *stride, ct_int stride_count, const ct_int *padding, ct_int padding_count, const ct_int *dilation, ct_int dilation_count, ct_int groups) CT_NOEXCEPT;
ct_tensor ct_conv_transpose2d_input(ct_tensor input, ct_tensor weight, ct_tensor bias, const ct_int *stride, ct_int stride_count, const ct_int *padding, ct_int padding_count, const ct_int *output_padding, ct_int output_padding_count, ct_int groups, const ct_int *dilation, ct_int dilation_count) CT_NOEXCEPT;
ct_tensor ct_convolution(ct_tensor input, ct_tensor weight, ct_tensor bias, const ct_int *stride, ct_int stride_count, const ct_int *padding, ct_int padding_count, const ct_int *dilation, ct_int dilation_count, bool transposed, const ct_int *output_padding, ct_int output_padding_count, ct_int groups) CT_NOEXCEPT;
bool ct_convolution_backward(ct_tensor grad_output, ct_tensor input, ct_tensor weight, const ct_int *bias_sizes, ct_int bias_sizes_count, const ct_int *stride, ct_int stride_count, const ct_int *padding, ct_int padding_count, const ct_int *dilation, ct_int dilation_count, bool transposed, const ct_int *output_padding, ct_int output_padding_count, ct_int groups, const bool *output_mask, ct_tensor *result0, ct_tensor *result1, ct_tensor *result2) CT_NOEXCEPT;
ct_tensor ct_batch_norm(ct_tensor input, ct_tensor weight, ct_tensor bias, ct_tensor running_mean, ct_tensor running_var, bool training, double momentum, double eps, bool cudnn_enabled) CT_NOEXCEPT;
bool ct_native_batch_norm(ct_tensor input, ct_tensor weight, ct_tensor bias, ct_tensor running_mean, ct_tensor running_var, bool training, double momentum, double eps, ct_tensor *result0, ct_tensor *result1, ct_tensor *result2) CT_NOEXCEPT;
ct_tensor ct_group_norm(ct_tensor input, ct_int num_groups, ct_tensor weight, ct_tensor bias, double eps, bool cudnn_enabled) CT_NOEXCEPT;
bool ct_native_group_norm(ct_tensor input, ct_tensor weight, ct_tensor bias, ct_int N, ct_int C, ct_int HxW, ct_int group, double eps, ct_tensor *result0, ct_tensor *result1, ct_tensor *result2) CT_NOEXCEPT;
ct_tensor ct_layer_norm(ct_tensor input, const ct_int *normalized_shape, ct_int normalized_shape_count, ct_tensor weight, ct_tensor bias, double eps, bool cudnn_enable) CT_NOEXCEPT;
ct_tensor ct_instance_norm(ct_tensor input, ct_tensor weight, ct_tensor bias, ct_tensor running_mean, ct_tensor running_var, bool use_input_stats, double momentum, double eps, bool cudnn_enabled) CT_NOEXCEPT;
ct_tensor ct_avg_pool2d(ct_tensor self, const ct_int *kernel_size, ct_int kernel_size_count, const ct_int *stride, ct_int stride_count, const ct_int *padding, ct_int padding_count, bool ceil_mode, bool count_include_pad, const ct_int *divisor_override) CT_NOEXCEPT;
ct_tensor ct_max_pool2d(ct_tensor self, const ct_int *kernel_size, ct_int kernel_size_count, const ct_int *stride, ct_int stride_count, const ct_int *padding, ct_int padding_count, const ct_int *dilation, ct_int dilation_count, bool ceil_mode) CT_NOEXCEPT;
bool ct_max_pool2d_with_indices(ct_tensor self, const ct_int *kernel_size, ct_int kernel_size_count, const ct_int *stride, ct_int stride_count, const ct_int *padding, ct_int padding_count, const ct_int *dilation, ct_int dilation_count, bool ceil_mode, ct_tensor *result0, ct_tensor *result1) CT_NOEXCEPT;
ct_tensor ct_adaptive_avg_pool2d(ct_tensor self, const ct_int *output_size, ct_int output_size_count) CT_NOEXCEPT;
ct_tensor ct_pixel_shuffle(ct_tensor self, ct_int upscale_factor) CT_NOEXCEPT;
ct_tensor ct_upsample_nearest2d(ct_tensor self, const ct_int *output_size, ct_int output_size_count, const double *scales_h, const double *scales_w) CT_NOEXCEPT;
ct_tensor ct_upsample_bilinear2d(ct_tensor self, const ct_int *output_size, ct_int output_size_count, bool align_corners, const double *scales_h, const double *scales_w) CT_NOEXCEPT;
ct_tensor ct_upsample_bicubic2d(ct_tensor self, const ct_int *output_size, ct_int output_size_count, bool align_corners, const double *scales_h, const double *scales_w) CT_NOEXCEPT;
ct_tensor ct__upsample_bilinear2d_aa(ct_tensor self, const ct_int *output_size, ct_int output_size_count, bool align_corners, const double *scales_h, const double *scales_w) CT_NOEXCEPT;
ct_tensor ct_grid_sampler(ct_tensor input, ct_tensor grid, ct_int interpolation_mode, ct_int padding_mode, bool align_corners) CT_NOEXCEPT;
ct_tensor ct_affine_grid_generator(ct_tensor theta, const ct_int *size, ct_int size_count, bool align_corners) CT_NOEXCEPT;
ct_tensor ct_pad(ct_tensor self, const ct_int *pad, ct_int pad_count, const char *mode, const double *value) CT_NOEXCEPT;
ct_tensor ct_reflection_pad2d(ct_tensor self, const ct_int *padding, ct_int padding_count) CT_NOEXCEPT;
ct_tensor ct_im2col(ct_tensor self, const ct_int *kernel_size, ct_int kernel_size_count, const ct_int *dilation, ct_int dilation_count, const ct_int *padding, ct_int padding_count, const ct_int *stride, ct_int stride_count) CT_NOEXCEPT;
ct_tensor ct_col2im(ct_tensor self, const ct_int *output_size, ct_int output_size_count, const ct_int *kernel_size, ct_int kernel_size_count, const ct_int *dilation, ct_int dilation_count, const ct_int *padding, ct_int padding_count, const ct_int *stride, ct_int stride_count) CT_NOEXCEPT;
ct_tensor ct_embedding(ct_tensor weight, ct_tensor indices, ct_int padding_idx, bool scale_grad_by_freq, bool sparse) CT_NOEXCEPT;
ct_tensor ct_scaled_dot_product_attention(ct_tensor query, ct_tensor key, ct_tensor value, ct_tensor attn_mask, double dropout_p, bool is_causal, const double *scale, bool enable_gqa) CT_NOEXCEPT;

// MARK: Loss

ct_tensor ct_cross_entropy_loss(ct_tensor self, ct_tensor target, ct_tensor weight, ct_int reduction, ct_int ignore_index, double label_smoothing) CT_NOEXCEPT;
ct_tensor ct_nll_loss(ct_tensor self, ct_tensor target, ct_tensor weight, ct_int reduction, ct_int ignore_index) CT_NOEXCEPT;
ct_tensor ct_mse_loss(ct_tensor self, ct_tensor target, ct_int reduction) CT_NOEXCEPT;
ct_tensor ct_l1_loss(ct_tensor self, ct_tensor target, ct_int reduction) CT_NOEXCEPT;
ct_tensor ct_huber_loss(ct_tensor self, ct_tensor target, ct_int reduction, double delta) CT_NOEXCEPT;
ct_tensor ct_kl_div(ct_tensor self, ct_tensor target, ct_int reduction, bool log_target) CT_NOEXCEPT;
ct_tensor ct_binary_cross_entropy_with_logits(ct_tensor self, ct_tensor target, ct_tensor weight, ct_tensor pos_weight, ct_int reduction) CT_NOEXCEPT;
ct_tensor ct_cosine_similarity(ct_tensor x1, ct_tensor x2, ct_int dim, double eps) CT_NOEXCEPT;

// MARK: Optimizer

bool ct__fused_sgd_(const ct_tensor *self, ct_int self_count, const ct_tensor *grads, ct_int grads_count, const ct_tensor *momentum_buffer_list, ct_int momentum_buffer_list_count, double weight_decay, double momentum, double lr, double dampening, bool nesterov, bool maximize, bool is_first_step, ct_tensor grad_scale, ct_tensor found_inf) CT_NOEXCEPT;
bool ct__fused_adam_(const ct_tensor *self, ct_int self_count, const ct_tensor *grads, ct_int grads_count, const ct_tensor *exp_avgs, ct_int exp_avgs_count, const ct_tensor *exp_avg_sqs, ct_int exp_avg_sqs_count, const ct_tensor *max_exp_avg_sqs, ct_int max_exp_avg_sqs_count, const ct_tensor *state_steps, ct_int state_steps_count, double lr, double beta1, double beta2, double weight_decay, double eps, bool amsgrad, bool maximize, ct_tensor grad_scale, ct_tensor found_inf) CT_NOEXCEPT;
bool ct__fused_adamw_(const ct_tensor *self, ct_int self_count, const ct_tensor *grads, ct_int grads_count, const ct_tensor *exp_avgs, ct_int exp_avgs_count, const ct_tensor *exp_avg_sqs, ct_int exp_avg_sqs_count, const ct_tensor *max_exp_avg_sqs, ct_int max_exp_avg_sqs_count, const ct_tensor *state_steps, ct_int state_steps_count, double lr, double beta1, double beta2, double weight_decay, double eps, bool amsgrad, bool maximize, ct_tensor grad_scale, ct_tensor found_inf) CT_NOEXCEPT;

#endif
