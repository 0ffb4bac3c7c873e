// Written by `./run generate` from libtorch's operator schemas; do not edit.
// First, as the operators' own headers declare only part of the types they name.
#include "../Support.h"

#include <ATen/ops/_fused_adam_ops.h>
#include <ATen/ops/_fused_adamw_ops.h>
#include <ATen/ops/_fused_sgd_ops.h>

using namespace ctorch;

extern "C" {

bool ct__fused_sgd_(const ct_tensor *self, ct_int self_count, const ct_tensor *grads, ct_int grads_count, const ct_tensor *momentum_buffer_list, ct_int momentum_buffer_list_count, double weight_decay, double momentum, double lr, double dampening, bool nesterov, bool maximize, bool is_first_step, ct_tensor grad_scale, ct_tensor found_inf) noexcept {
  return guarded(false, [&] { at::_ops::_fused_sgd_::call(list_view(self, self_count), list_view(grads, grads_count), list_view(momentum_buffer_list, momentum_buffer_list_count), weight_decay, momentum, lr, dampening, nesterov, maximize, is_first_step, optional_view(grad_scale), optional_view(found_inf)); return true; });
}

bool ct__fused_adam_(const ct_tensor *self, ct_int self_count, const ct_tensor *grads, ct_int grads_count, const ct_tensor *exp_avgs, ct_int exp_avgs_count, const ct_tensor *exp_avg_sqs, ct_int exp_avg_sqs_count, const ct_tensor *max_exp_avg_sqs, ct_int max_exp_avg_sqs_count, const ct_tensor *state_steps, ct_int state_steps_count, double lr, double beta1, double beta2, double weight_decay, double eps, bool amsgrad, bool maximize, ct_tensor grad_scale, ct_tensor found_inf) noexcept {
  return guarded(false, [&] { at::_ops::_fused_adam_::call(list_view(self, self_count), list_view(grads, grads_count), list_view(exp_avgs, exp_avgs_count), list_view(exp_avg_sqs, exp_avg_sqs_count), list_view(max_exp_avg_sqs, max_exp_avg_sqs_count), list_view(state_steps, state_steps_count), lr, beta1, beta2, weight_decay, eps, amsgrad, maximize, optional_view(grad_scale), optional_view(found_inf)); return true; });
}

bool ct__fused_adamw_(const ct_tensor *self, ct_int self_count, const ct_tensor *grads, ct_int grads_count, const ct_tensor *exp_avgs, ct_int exp_avgs_count, const ct_tensor *exp_avg_sqs, ct_int exp_avg_sqs_count, const ct_tensor *max_exp_avg_sqs, ct_int max_exp_avg_sqs_count, const ct_tensor *state_steps, ct_int state_steps_count, double lr, double beta1, double beta2, double weight_decay, double eps, bool amsgrad, bool maximize, ct_tensor grad_scale, ct_tensor found_inf) noexcept {
  return guarded(false, [&] { at::_ops::_fused_adamw_::call(list_view(self, self_count), list_view(grads, grads_count), list_view(exp_avgs, exp_avgs_count), list_view(exp_avg_sqs, exp_avg_sqs_count), list_view(max_exp_avg_sqs, max_exp_avg_sqs_count), list_view(state_steps, state_steps_count), lr, beta1, beta2, weight_decay, eps, amsgrad, maximize, optional_view(grad_scale), optional_view(found_inf)); return true; });
}

}  // extern "C"
