//===- Extent.cpp - One direction of a sliding window ---------------------===//
//
// Part of nncc, under the Apache License v2.0.
//
//===----------------------------------------------------------------------===//

#include "nncc/Scheduling/Extent.h"

using namespace nncc::scheduling;

Extent Extent::make(int64_t in, int64_t out, int64_t stride, int64_t kernel,
                    int64_t pad) {
  return {in, out, out == 1 ? 1 : stride, kernel, pad};
}

Extent Extent::part(int64_t begin, int64_t end) const {
  return {in, out, stride, end - begin, pad - begin};
}

int64_t Extent::mostOutputs() const {
  if (stride > kMostStride)
    return 1;
  int64_t most = (kMostPixels - kernel) / stride + 1;
  return std::clamp<int64_t>(most, 1, std::min(out, kMostPixels));
}

int64_t Extent::inBegin(int64_t begin) const {
  return std::clamp<int64_t>(begin * stride - pad, 0, in - 1);
}

int64_t Extent::inEnd(int64_t begin, int64_t end) const {
  int64_t last = (end - 1) * stride - pad + kernel;
  return std::clamp<int64_t>(last, inBegin(begin) + 1, in);
}

int64_t Extent::span(int64_t count) const {
  return std::min(in, (count - 1) * stride + kernel);
}

int64_t Extent::readInParts(int64_t size) const {
  int64_t total = 0;
  for (int64_t begin = 0; begin < out; begin += size)
    total += inEnd(begin, std::min(begin + size, out)) - inBegin(begin);
  return total;
}
