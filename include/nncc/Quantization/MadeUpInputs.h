//===- MadeUpInputs.h - Inputs for networks without samples -----*- C++ -*-===//
//
// Part of nncc, under the Apache License v2.0.
//
// Free of LLVM.
//
//===----------------------------------------------------------------------===//

#ifndef NNCC_QUANTIZATION_MADEUPINPUTS_H
#define NNCC_QUANTIZATION_MADEUPINPUTS_H

#include "nncc/Quantization/Ranges.h"

#include <cstdint>
#include <vector>

namespace nncc {

/// An input with values in `range`, in row-major order; the same for the same
/// arguments on every machine.
///
/// A tensor [1, C, H, W] is a picture: noise of which every octave, from half
/// of the picture down to single pixels, has the same share, as in photographs,
/// most of it common to all channels; contrast and brightness are random. Four
/// standard deviations of it fill the range at most; what is beyond is clipped.
/// Any other tensor is noise of the same distribution without neighbours.
std::vector<float> makeUpInput(const std::vector<int64_t> &shape, Range range,
                               uint64_t seed);

} // namespace nncc

#endif // NNCC_QUANTIZATION_MADEUPINPUTS_H
