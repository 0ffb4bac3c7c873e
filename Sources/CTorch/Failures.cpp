// Failures: what went wrong last on this thread, and how deep it is inside `catchingTorchErrors`.
#include "Support.h"

namespace {
thread_local int32_t last_kind = CT_OK;
thread_local int32_t catching_depth = 0;

std::string &last_message() {
  thread_local std::string message;
  return message;
}
}  // namespace

namespace ctorch {

void record_failure(int32_t kind, const char *message) noexcept {
  last_kind = kind;
  try {
    last_message() = message;
  } catch (...) {
    last_message().clear();
  }
}

void record_current_exception() noexcept {
  try {
    throw;
  } catch (const c10::IndexError &e) {
    record_failure(CT_ERROR_INDEX, e.what_without_backtrace());
  } catch (const c10::ValueError &e) {
    record_failure(CT_ERROR_VALUE, e.what_without_backtrace());
  } catch (const c10::TypeError &e) {
    record_failure(CT_ERROR_TYPE, e.what_without_backtrace());
  } catch (const c10::NotImplementedError &e) {
    record_failure(CT_ERROR_NOT_IMPLEMENTED, e.what_without_backtrace());
  } catch (const c10::OutOfMemoryError &e) {
    record_failure(CT_ERROR_OUT_OF_MEMORY, e.what_without_backtrace());
  } catch (const c10::LinAlgError &e) {
    record_failure(CT_ERROR_LINALG, e.what_without_backtrace());
  } catch (const c10::Error &e) {
    record_failure(CT_ERROR_OTHER, e.what_without_backtrace());
  } catch (const std::bad_alloc &) {
    record_failure(CT_ERROR_OUT_OF_MEMORY, "out of memory");
  } catch (const std::exception &e) {
    record_failure(CT_ERROR_OTHER, e.what());
  } catch (...) {
    record_failure(CT_ERROR_OTHER, "an exception of unknown type");
  }
}

}  // namespace ctorch

extern "C" {

int32_t ct_error_kind(void) noexcept { return last_kind; }
const char *ct_error_message(void) noexcept { return last_message().c_str(); }
int32_t ct_catching_depth(void) noexcept { return catching_depth; }
void ct_catching_enter(void) noexcept { ++catching_depth; }
void ct_catching_leave(void) noexcept { --catching_depth; }

}  // extern "C"
