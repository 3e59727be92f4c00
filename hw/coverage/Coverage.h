//===- Coverage.h - Coverage counts of a process ----------------*- C++ -*-===//
//
// Part of nncc, under the Apache License v2.0.
//
//===----------------------------------------------------------------------===//
//
// For builds with NNCC_HW_COVERAGE. Verilator counts per context, and a
// testbench makes thousands; here they are added up.
//
//===----------------------------------------------------------------------===//

#ifndef NNCC_HW_COVERAGE_COVERAGE_H
#define NNCC_HW_COVERAGE_COVERAGE_H

#include "verilated.h"

namespace nncc::hw {

/// Adds the counts of `context`, whose models are about to go, to those of the
/// process. At exit they are written to a file of their own in the folder that
/// the environment variable NNCC_COVERAGE names; without it nothing is done.
void collectCoverage(VerilatedContext &context);

} // namespace nncc::hw

#endif // NNCC_HW_COVERAGE_COVERAGE_H
