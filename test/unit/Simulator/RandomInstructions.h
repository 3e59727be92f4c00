//===- RandomInstructions.h - Legal instructions by chance ------*- C++ -*-===//
//
// Part of nncc, under the Apache License v2.0.
//
//===----------------------------------------------------------------------===//

#ifndef NNCC_TEST_UNIT_SIMULATOR_RANDOMINSTRUCTIONS_H
#define NNCC_TEST_UNIT_SIMULATOR_RANDOMINSTRUCTIONS_H

#include "nncc/Simulator/Machine.h"

#include <cstdint>
#include <random>

namespace nncc::sim::test {

/// A program that fills all local memories with random contents (legal taps and
/// records, values that provoke saturation) and then executes `count` random
/// legal instructions of all kinds. The lower half of the vparam memory holds
/// records and stays so.
MachineProgram makeRandomProgram(const ArchConfig &arch, uint32_t seed,
                                 unsigned count);

} // namespace nncc::sim::test

#endif // NNCC_TEST_UNIT_SIMULATOR_RANDOMINSTRUCTIONS_H
