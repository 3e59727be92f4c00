//===- Extent.h - One direction of a sliding window -------------*- C++ -*-===//
//
// Part of nncc, under the Apache License v2.0.
//
//===----------------------------------------------------------------------===//

#ifndef NNCC_SCHEDULING_EXTENT_H
#define NNCC_SCHEDULING_EXTENT_H

#include <algorithm>
#include <cstdint>

namespace nncc::scheduling {

/// Largest values of fields of the instruction set.
constexpr int64_t kMostStride = 15, kMostPixels = 4095;

/// One direction of a sliding window.
struct Extent {
  int64_t in = 1;     ///< pixels of the input
  int64_t out = 1;    ///< pixels of the output
  int64_t stride = 1; ///< input pixels from an output pixel to the next
  int64_t kernel = 1; ///< input pixels that a window spans, gaps included
  int64_t pad = 0;    ///< input pixel -pad is the first that output 0 reads

  /// Where there is one output, a stride says nothing: it becomes 1.
  static Extent make(int64_t in, int64_t out, int64_t stride, int64_t kernel,
                     int64_t pad);

  /// What pixels [begin, end) of the window alone read.
  Extent part(int64_t begin, int64_t end) const;

  /// Most outputs that a tile may have: the stride and the number of rows or
  /// columns of an instruction are limited, and a stride says nothing where
  /// there is one output.
  int64_t mostOutputs() const;
  /// The stride as an instruction for at most mostOutputs() outputs has it.
  int64_t fieldStride() const { return std::min(stride, kMostStride); }
  /// First input pixel, at least 0, that outputs [begin, end) read.
  int64_t inBegin(int64_t begin) const;
  /// One past their last, at most `in`, and above inBegin(begin).
  int64_t inEnd(int64_t begin, int64_t end) const;
  /// Most input pixels that `count` neighbouring outputs read.
  int64_t span(int64_t count) const;
  /// Input pixels that are read, one part after the other, when the outputs are
  /// cut into parts of `size`: what parts share counts for each of them.
  int64_t readInParts(int64_t size) const;
};

} // namespace nncc::scheduling

#endif // NNCC_SCHEDULING_EXTENT_H
