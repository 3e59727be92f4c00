//===- RangeSearch.h - The range that costs least ---------------*- C++ -*-===//
//
// Part of nncc, under the Apache License v2.0.
//
// Free of LLVM.
//
//===----------------------------------------------------------------------===//

#ifndef NNCC_LIB_QUANTIZATION_RANGESEARCH_H
#define NNCC_LIB_QUANTIZATION_RANGESEARCH_H

#include "nncc/Quantization/Ranges.h"

#include <functional>

namespace nncc {

/// Of the ranges within `full`, which holds zero, the one whose parameters cost
/// least; `full` itself if none costs less. Any scale: first both ends shrink
/// together in steps of 1 %, then each end by itself, twice. Powers of two: six
/// exponents, the greatest of which covers everything.
Range findCheapestRange(Range full, ScaleMode mode,
                        const std::function<double(QuantParams)> &cost);

} // namespace nncc

#endif // NNCC_LIB_QUANTIZATION_RANGESEARCH_H
