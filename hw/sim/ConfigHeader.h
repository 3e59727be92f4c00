//===- ConfigHeader.h - The configuration of a nncc_config.vh ---*- C++ -*-===//
//
// Part of nncc, under the Apache License v2.0.
//
//===----------------------------------------------------------------------===//

#ifndef NNCC_HW_SIM_CONFIGHEADER_H
#define NNCC_HW_SIM_CONFIGHEADER_H

#include "nncc/Target/ArchConfig.h"

#include <string>

namespace nncc::hw {

/// Reads what the hardware is built with. The surroundings (clock, memory) do
/// not stand in the header and keep their values in `arch`.
/// \returns empty, or what is wrong; so too where the header's fingerprint is
/// not that of its values.
std::string readConfigHeader(const std::string &path, ArchConfig &arch);

} // namespace nncc::hw

#endif // NNCC_HW_SIM_CONFIGHEADER_H
