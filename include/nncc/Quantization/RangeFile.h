//===- RangeFile.h - Ranges as text -----------------------------*- C++ -*-===//
//
// Part of nncc, under the Apache License v2.0.
//
// Free of LLVM.
//
//===----------------------------------------------------------------------===//
//
// What calibration finds out about a network, as a file to be kept and edited:
//
//   # anything
//   equalize exact
//   range NAME LO HI
//   mean NAME 16x3x3 V V V ...
//
// One entry a line; blank lines and what follows a `#` say nothing. A name of
// printable ASCII without blanks, quotes, `#` and backslashes stands as it is,
// any other one in double quotes, with \" \\ \n \t and \xHH.
//
//===----------------------------------------------------------------------===//

#ifndef NNCC_QUANTIZATION_RANGEFILE_H
#define NNCC_QUANTIZATION_RANGEFILE_H

#include "nncc/Quantization/Ranges.h"

#include <string>
#include <string_view>
#include <vector>

namespace nncc {

/// The entries of a file in its order. A `line` counts from one; writing
/// ignores it.
struct RangeFile {
  struct TensorRange {
    std::string name;
    Range range;
    unsigned line = 0;
  };
  /// What nn.input_mean holds: [C, KH, KW].
  struct InputMean {
    std::string name;
    std::vector<int64_t> shape;
    std::vector<float> values;
    unsigned line = 0;
  };

  std::vector<TensorRange> ranges;
  std::vector<InputMean> means;
  /// How the network was equalized whose ranges these are: the option's value,
  /// or empty if it was not.
  std::string equalize;
  unsigned equalizeLine = 0;
};

/// Reads a file's text. "" or "line N: what is wrong": an unknown keyword, a
/// number that is none, infinite or no f32, LO above HI, a wrong count of
/// values, a second line for the same name.
std::string parseRangeFile(std::string_view text, RangeFile &file);

/// The text of a file, with a heading that explains it. Numbers have as many
/// digits as it takes to read the same ones back.
std::string printRangeFile(const RangeFile &file);

} // namespace nncc

#endif // NNCC_QUANTIZATION_RANGEFILE_H
