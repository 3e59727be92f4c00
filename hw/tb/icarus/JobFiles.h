//===- JobFiles.h - A job for a Verilog testbench ---------------*- C++ -*-===//
//
// Part of nncc, under the Apache License v2.0.
//
//===----------------------------------------------------------------------===//
//
// What core_tb.v reads and leaves, in one folder:
//
//   image.hex      the whole memory, a beat a line
//   job.txt        the registers that the driver writes
//   plusargs       where everything is, a plusarg a line
//   expected.hex   the writable part of the memory as the simulator leaves it
//   tensors.txt    names of ranges of it: first byte, bytes, name
//   dump.hex       the same part as the testbench leaves it
//
//===----------------------------------------------------------------------===//

#ifndef NNCC_HW_TB_ICARUS_JOBFILES_H
#define NNCC_HW_TB_ICARUS_JOBFILES_H

#include "nncc/Simulator/Machine.h"

#include <string>
#include <vector>

namespace nncc::hw {

/// Bytes of a region that have a name.
struct NamedBytes {
  std::string name;
  isa::Region region;
  uint64_t offset, bytes;
};

/// Writes all but the last. `machine` has run the program. `seed` chooses
/// addresses.
std::string writeJob(const std::string &folder, sim::Machine &machine,
                     const std::vector<NamedBytes> &names, uint64_t seed);

/// Compares the last two. Undefined bits are differences.
/// \returns empty, or what the first difference is; `bytes` are those compared.
std::string checkJob(const std::string &folder, uint64_t &bytes);

} // namespace nncc::hw

#endif // NNCC_HW_TB_ICARUS_JOBFILES_H
