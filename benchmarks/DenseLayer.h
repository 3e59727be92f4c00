//===- DenseLayer.h - A layer to measure with -------------------*- C++ -*-===//
//
// Part of nncc, under the Apache License v2.0.
//
//===----------------------------------------------------------------------===//

#ifndef NNCC_BENCHMARKS_DENSELAYER_H
#define NNCC_BENCHMARKS_DENSELAYER_H

#include "ProgramBuilder.h"

#include <cstdint>

namespace nncc::sim::test {

/// A dense layer as the compiler would tile it: all of the input on the chip,
/// tiles of whole rows that fill the partial sums. `channels` in and out is a
/// multiple of the array's outputs; weights and image fit into the memories.
ProgramBuilder makeDenseLayer(const ArchConfig &arch, uint32_t size,
                              uint32_t channels, uint32_t kernel);

} // namespace nncc::sim::test

#endif // NNCC_BENCHMARKS_DENSELAYER_H
