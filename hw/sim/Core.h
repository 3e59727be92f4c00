//===- Core.h - The Verilated accelerator -----------------------*- C++ -*-===//
//
// Part of nncc, under the Apache License v2.0.
//
//===----------------------------------------------------------------------===//
//
// nncc_core of one configuration with a memory at its ports, cycle by cycle.
// The only way to it is the one a host has: registers, the interrupt and
// memory.
//
//===----------------------------------------------------------------------===//

#ifndef NNCC_HW_SIM_CORE_H
#define NNCC_HW_SIM_CORE_H

#include "Dram.h"

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace nncc::hw {

class Core {
public:
  virtual ~Core() = default;

  /// Cycles pass; `limit` at most, fewer if the interrupt comes.
  virtual void run(uint64_t limit) = 0;
  virtual bool interrupt() const = 0;

  /// An access through AXI4-Lite, which takes some cycles.
  virtual uint32_t readRegister(uint32_t address,
                                Response *response = nullptr) = 0;
  virtual Response writeRegister(uint32_t address, uint32_t value,
                                 uint8_t strobes = 15) = 0;

  /// Writes a waveform of the next cycles, counted from 0: those from `first`
  /// on, at most `count`. `period` is a cycle in picoseconds. For cores made
  /// with waveforms.
  virtual void openTrace(const std::string &path, uint64_t first,
                         uint64_t count, uint32_t period) = 0;
  /// Completes the file.
  virtual void closeTrace() = 0;

  /// The contents of an nncc_ram: `rows` rows of `rowBytes` bytes, lowest bit
  /// first. For tests; a host does not see them.
  struct Ram {
    const uint8_t *data = nullptr; ///< null: there is no such memory
    size_t rows = 0, rowBytes = 0;
  };
  /// `path` below nncc_core: "u_feature_mem.g_bank[0].u_ram".
  virtual Ram ram(const std::string &path) const = 0;

  /// Whether parts of the core that have no work may go without a clock, which
  /// shows in nothing but the time that it takes; true unless set. While a
  /// waveform is written all have theirs.
  virtual void setSleep(bool /*allowed*/) {}

  /// Bytes of a beat of the data ports.
  virtual uint32_t beatBytes() const = 0;
  Dram &dram() { return *memory; }
  void setDram(const DramOptions &options) {
    memory = std::make_unique<Dram>(options);
  }

protected:
  std::unique_ptr<Dram> memory;
};

/// What a core can be made as.
struct CoreModel {
  const char *arch; ///< name of the configuration
  /// After its reset, with a memory of default options. `seed` gives what the
  /// design leaves undefined; 0: zeros.
  std::unique_ptr<Core> (*create)(uint64_t seed);
  /// The same with waveforms, slower; null if this build has none.
  std::unique_ptr<Core> (*createTraced)(uint64_t seed);
};

/// All models of this build.
const std::vector<CoreModel> &coreModels();
/// The model of a configuration, or null.
const CoreModel *findCoreModel(const std::string &arch);

} // namespace nncc::hw

#endif // NNCC_HW_SIM_CORE_H
