//===- TensorLayout.h - Tensors in device memory ----------------*- C++ -*-===//
//
// Part of nncc, under the Apache License v2.0.
//
//===----------------------------------------------------------------------===//

#ifndef NNCC_RUNTIME_LIB_TENSORLAYOUT_H
#define NNCC_RUNTIME_LIB_TENSORLAYOUT_H

#include "nncc/Program/Program.h"

#include <cstddef>
#include <cstdint>
#include <vector>

namespace nncc::runtime {

/// Where the elements of a tensor with layout Words or Rows lie, from its first
/// byte. The tensor must have been verified.
class TensorLayout {
public:
  TensorLayout(const Tensor &tensor, uint32_t vector);

  /// Calls `visit(index, offset)` for every element: its index in row-major
  /// order of the shape, and its byte offset in the tensor.
  template <typename Visit> void forEach(Visit visit) const {
    size_t index = 0;
    for (size_t start : channelStarts)
      for (size_t y = 0; y < height; ++y) {
        size_t offset = start + y * rowStep;
        for (size_t x = 0; x < width; ++x, offset += columnStep)
          visit(index++, offset);
      }
  }

private:
  std::vector<size_t> channelStarts; ///< offset of row 0, column 0
  size_t height, width;
  size_t rowStep, columnStep;
};

} // namespace nncc::runtime

#endif // NNCC_RUNTIME_LIB_TENSORLAYOUT_H
