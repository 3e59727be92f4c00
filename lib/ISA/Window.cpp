//===- Window.cpp - Input positions that windows reach --------------------===//
//
// Part of nncc, under the Apache License v2.0.
//
//===----------------------------------------------------------------------===//

#include "Window.h"

#include <algorithm>

using namespace nncc::isa;

void Span::unite(Span other) {
  if (other.empty())
    return;
  if (empty()) {
    *this = other;
    return;
  }
  first = std::min(first, other.first);
  last = std::max(last, other.last);
}

Span nncc::isa::reached(int64_t origin, int64_t stride, int64_t count,
                        int64_t size) {
  if (origin >= size)
    return {};
  int64_t from = origin >= 0 ? 0 : (-origin + stride - 1) / stride;
  int64_t to = std::min(count - 1, (size - 1 - origin) / stride);
  if (to < from)
    return {};
  return {origin + from * stride, origin + to * stride};
}
