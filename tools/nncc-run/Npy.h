//===- Npy.h - NumPy array files --------------------------------*- C++ -*-===//
//
// Part of nncc, under the Apache License v2.0.
//
//===----------------------------------------------------------------------===//
//
// Reads and writes .npy files sample by sample, so that a batch need not fit
// into memory. Functions return a message, empty for success.
//
//===----------------------------------------------------------------------===//

#ifndef NNCC_TOOLS_NNCC_RUN_NPY_H
#define NNCC_TOOLS_NNCC_RUN_NPY_H

#include "nncc/runtime.h"

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <string>
#include <vector>

namespace nncc::run {

/// Element types that a file may have.
enum class NpyType : uint8_t {
  Bool,
  Int8,
  UInt8,
  Int16,
  UInt16,
  Int32,
  UInt32,
  Int64,
  UInt64,
  Float32,
  Float64
};

struct NpyHeader {
  NpyType type = NpyType::Float32;
  std::vector<uint64_t> shape;
};

/// Parses the text of a header, "{'descr': '<f4', 'fortran_order': False,
/// 'shape': (1, 2), }": exactly these keys, in any order.
std::string parseNpyHeader(const std::string &text, NpyHeader &out);

/// "1x2x3"; "scalar" for no dimensions.
std::string shapeText(const std::vector<uint64_t> &shape);

class NpyReader {
public:
  NpyReader() = default;
  ~NpyReader();
  NpyReader(const NpyReader &) = delete;
  NpyReader &operator=(const NpyReader &) = delete;

  /// Opens a file and checks that it is as long as its header says.
  std::string open(const std::string &path);
  const NpyHeader &header() const { return head; }

  /// Reads elements [first, first + count) as elements of `type`. A real number
  /// is not read as an integer, and no integer that does not fit.
  std::string read(uint64_t first, uint64_t count, nncc_type type,
                   std::vector<uint8_t> &out);

private:
  std::string path;
  std::FILE *file = nullptr;
  NpyHeader head;
  uint64_t dataOffset = 0;
  std::vector<uint8_t> raw;
};

/// Writes under a temporary name; only `commit` gives the file its name.
class NpyWriter {
public:
  NpyWriter() = default;
  ~NpyWriter();
  NpyWriter(const NpyWriter &) = delete;
  NpyWriter &operator=(const NpyWriter &) = delete;

  std::string open(const std::string &path, nncc_type type,
                   const std::vector<uint64_t> &shape);
  /// Appends elements.
  std::string write(const std::vector<uint8_t> &bytes);
  std::string commit();

private:
  std::string error(const char *what) const;

  std::string path;
  std::string temporary;
  std::FILE *file = nullptr;
};

} // namespace nncc::run

#endif // NNCC_TOOLS_NNCC_RUN_NPY_H
