//===- Kernels.cpp - Choice of the inner loops ----------------------------===//
//
// Part of nncc, under the Apache License v2.0.
//
//===----------------------------------------------------------------------===//

#include "Kernels.h"

using namespace nncc;
using namespace nncc::sim;

static const Kernels *find(KernelPath path) {
  switch (path) {
  case KernelPath::Plain:
    return plainKernels();
  case KernelPath::AVX2:
    return avx2Kernels();
  case KernelPath::AVX512:
    return avx512Kernels();
  case KernelPath::Auto:
    break;
  }
  if (const Kernels *kernels = avx512Kernels())
    return kernels;
  if (const Kernels *kernels = avx2Kernels())
    return kernels;
  return plainKernels();
}

bool sim::isSupported(KernelPath path) { return find(path) != nullptr; }

const Kernels &sim::getKernels(KernelPath path) {
  const Kernels *kernels = find(path);
  return kernels ? *kernels : *plainKernels();
}

const char *sim::toString(KernelPath path) {
  switch (path) {
  case KernelPath::Auto:
    return "auto";
  case KernelPath::Plain:
    return "plain";
  case KernelPath::AVX2:
    return "avx2";
  case KernelPath::AVX512:
    return "avx512";
  }
  return "unknown";
}
