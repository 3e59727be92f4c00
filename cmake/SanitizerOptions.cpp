//===- SanitizerOptions.cpp - How sanitized executables look at LLVM ------===//
//
// Part of nncc, under the Apache License v2.0.
//
// Linked into every executable of a build with NNCC_SANITIZERS. ASAN_OPTIONS in
// the environment adds to these.
//
//===----------------------------------------------------------------------===//

extern "C" const char *__asan_default_options();

/// LLVM's allocators poison memory where their inline code is compiled with
/// AddressSanitizer, which ours is, and give it free again where it is, which
/// the packaged LLVM is not.
extern "C" const char *__asan_default_options() {
  return "allow_user_poisoning=0";
}
