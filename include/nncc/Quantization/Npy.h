//===- Npy.h - NumPy array files --------------------------------*- C++ -*-===//
//
// Part of nncc, under the Apache License v2.0.
//
//===----------------------------------------------------------------------===//

#ifndef NNCC_QUANTIZATION_NPY_H
#define NNCC_QUANTIZATION_NPY_H

#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"
#include "llvm/Support/MemoryBuffer.h"

#include <cstdint>
#include <memory>
#include <vector>

namespace nncc {

/// An array in a .npy file (format versions 1 to 3): little-endian, row-major,
/// of float32, float64, or integers of 8, 16, 32 or 64 bits. The file is
/// mapped, not copied.
class NpyArray {
public:
  /// Opens a file. Errors begin with its name.
  static llvm::Expected<NpyArray> open(llvm::StringRef path);

  /// Reads a file that is in memory.
  static llvm::Expected<NpyArray>
  parse(std::unique_ptr<llvm::MemoryBuffer> buffer);

  const std::vector<int64_t> &getShape() const { return shape; }
  int64_t getNumElements() const { return numElements; }

  /// Elements [first, first + count) as floats. The range must lie inside.
  std::vector<float> read(int64_t first, int64_t count) const;

private:
  enum class Element { F32, F64, I8, U8, I16, U16, I32, U32, I64, U64 };

  llvm::Error parseHeader();

  std::unique_ptr<llvm::MemoryBuffer> buffer;
  Element element = Element::F32;
  int64_t elementBytes = 4;
  std::vector<int64_t> shape;
  int64_t numElements = 0;
  const char *data = nullptr;
};

} // namespace nncc

#endif // NNCC_QUANTIZATION_NPY_H
