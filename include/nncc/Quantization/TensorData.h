//===- TensorData.h - Values of a tensor on the host ------------*- C++ -*-===//
//
// Part of nncc, under the Apache License v2.0.
//
//===----------------------------------------------------------------------===//

#ifndef NNCC_QUANTIZATION_TENSORDATA_H
#define NNCC_QUANTIZATION_TENSORDATA_H

#include <cstdint>
#include <vector>

namespace nncc {

/// The elements of a tensor in row-major order. Which vector holds them, the
/// element type says; the other two are empty.
struct TensorData {
  enum class Element { Float, Int8, Int64 };

  Element element = Element::Float;
  std::vector<int64_t> shape;
  std::vector<float> floats;
  std::vector<int8_t> bytes; ///< quantized values as they are stored
  std::vector<int64_t> ints;

  int64_t size() const {
    int64_t count = 1;
    for (int64_t extent : shape)
      count *= extent;
    return count;
  }
};

} // namespace nncc

#endif // NNCC_QUANTIZATION_TENSORDATA_H
