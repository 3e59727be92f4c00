//===- SamplePrograms.h - Small programs for tests --------------*- C++ -*-===//
//
// Part of nncc, under the Apache License v2.0.
//
//===----------------------------------------------------------------------===//

#ifndef NNCC_TEST_UNIT_RUNTIME_SAMPLEPROGRAMS_H
#define NNCC_TEST_UNIT_RUNTIME_SAMPLEPROGRAMS_H

#include "nncc/Program/Program.h"

namespace nncc::test {

/// A network on the `tiny` architecture. Input 'image', float32 1x3x2x4, is
/// quantized with scale 0.5 and zero point 3; a convolution with one tap
/// doubles each channel, so that it is x -> 2x up to saturation. Outputs:
/// 'twice/x:0', float32 of the same shape; 'probabilities', its softmax along
/// the channels; 'best', int64 1x2x4, its greatest channel.
Program makeDoublingProgram();

/// Two inputs 'a' and 'b', float32 1x8; output 'sum', their sum.
Program makeAddingProgram();

} // namespace nncc::test

#endif // NNCC_TEST_UNIT_RUNTIME_SAMPLEPROGRAMS_H
