//===- LocalMemories.h - What the memories of a core hold -------*- C++ -*-===//
//
// Part of nncc, under the Apache License v2.0.
//
//===----------------------------------------------------------------------===//
//
// Where the Verilog keeps each word of a local memory: the one place outside of
// it that knows.
//
//===----------------------------------------------------------------------===//

#ifndef NNCC_HW_TB_CORE_LOCALMEMORIES_H
#define NNCC_HW_TB_CORE_LOCALMEMORIES_H

#include "Core.h"

#include "nncc/ISA/ISA.h"
#include "nncc/Target/ArchConfig.h"

namespace nncc::hw {

/// The words of a local memory, V bytes each.
/// \returns empty, or what the core lacks.
std::string readLocalMemory(const Core &core, const ArchConfig &arch,
                            isa::Memory memory, std::vector<uint8_t> &out);

/// The partial sums of a bank, O of each pixel.
std::string readPartialSums(const Core &core, const ArchConfig &arch,
                            unsigned bank, std::vector<int32_t> &out);

} // namespace nncc::hw

#endif // NNCC_HW_TB_CORE_LOCALMEMORIES_H
