//===- LoadCheck.h - What is checked before a program runs ------*- C++ -*-===//
//
// Part of nncc, under the Apache License v2.0.
//
//===----------------------------------------------------------------------===//

#ifndef NNCC_LIB_SIMULATOR_LOADCHECK_H
#define NNCC_LIB_SIMULATOR_LOADCHECK_H

#include "nncc/Simulator/Machine.h"

#include <string>

namespace nncc::sim {

/// Everything about a program that does not depend on data; see
/// Machine::create.
std::string checkProgram(const MachineProgram &program);

} // namespace nncc::sim

#endif // NNCC_LIB_SIMULATOR_LOADCHECK_H
