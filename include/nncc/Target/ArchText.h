//===- ArchText.h - What is generated from the fields -----------*- C++ -*-===//
//
// Part of nncc, under the Apache License v2.0.
//
//===----------------------------------------------------------------------===//

#ifndef NNCC_TARGET_ARCHTEXT_H
#define NNCC_TARGET_ARCHTEXT_H

#include "nncc/Target/ArchConfig.h"
#include <string>

namespace nncc {

/// JSON schema of the descriptions: keys, types and ranges.
std::string archSchema();

/// Markdown table of all fields with their ranges.
std::string archFieldTable();

/// Verilog header of one configuration: a definition for each hardware field,
/// NNCC_<SECTION>_<NAME>, and NNCC_FINGERPRINT.
std::string archVerilog(const ArchConfig &arch);

} // namespace nncc

#endif // NNCC_TARGET_ARCHTEXT_H
