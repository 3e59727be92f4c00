//===- Driver.h - Jobs on the accelerator's registers -----------*- C++ -*-===//
//
// Part of nncc, under the Apache License v2.0.
//
//===----------------------------------------------------------------------===//
//
// What a host does: describe a job, start it, wait for the interrupt, read what
// happened. Functions return a message, empty for success.
//
//===----------------------------------------------------------------------===//

#ifndef NNCC_HW_SIM_DRIVER_H
#define NNCC_HW_SIM_DRIVER_H

#include "Core.h"

#include "nncc/ISA/ISA.h"

#include <array>
#include <cstdint>
#include <string>

namespace nncc::hw {

/// Where everything lies in the accelerator's address space.
struct Job {
  uint64_t programAddress = 0;
  uint32_t instructions = 0;
  struct Region {
    uint64_t address = 0, size = 0;
  };
  std::array<Region, 4> regions{};
  uint32_t watchdog = 0; ///< cycles without a finished instruction; 0: none
};

/// Codes as in docs/hardware.md.
enum class ErrorCode : uint8_t {
  None = 0,
  Illegal = 1,
  LocalAddress = 2,
  DramAddress = 3,
  ReadSlave = 4,
  ReadDecode = 5,
  WriteSlave = 6,
  WriteDecode = 7,
  Watchdog = 8
};
const char *toString(ErrorCode code);

/// Number of the fetch and the watchdog among the engines of an error.
constexpr uint32_t kControlEngine = 7;
/// "load0", ..., "control".
const char *engineName(uint32_t engine);

struct JobError {
  ErrorCode code = ErrorCode::None;
  uint32_t engine = 0; ///< or kControlEngine
  uint32_t number = 0;
  uint32_t address = 0;
};

struct JobCounters {
  uint64_t cycles = 0;
  std::array<uint64_t, 3> beats{};
  struct Engine {
    uint64_t finished = 0, busy = 0, empty = 0;
    std::array<uint64_t, isa::kNumEngines> token{};
  };
  std::array<Engine, isa::kNumEngines> engines{};
};

class Driver {
public:
  explicit Driver(Core &core) : core(core) {}

  /// Checks identity and version.
  std::string identify(uint64_t &fingerprint);
  std::string start(const Job &job);
  /// Cycles pass until the job is over, at most `cycles`.
  /// \returns true when it is over.
  bool poll(uint64_t cycles);
  /// After the end: empty, or what went wrong; `error` says it in numbers.
  std::string result(JobError &error);
  JobCounters counters();
  /// Soft reset, which waits for all transactions to end.
  std::string reset();

private:
  void write(uint32_t address, uint32_t value);

  Core &core;
  uint32_t job = 0;
};

} // namespace nncc::hw

#endif // NNCC_HW_SIM_DRIVER_H
