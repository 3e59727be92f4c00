//===- Driver.cpp - Jobs on the accelerator's registers -------------------===//
//
// Part of nncc, under the Apache License v2.0.
//
//===----------------------------------------------------------------------===//

#include "Driver.h"

#include "Registers.h"

using namespace nncc;
using namespace nncc::hw;

/// Cycles that a soft reset may take: any memory answers sooner.
static constexpr uint64_t kResetCycles = 1000000;

const char *hw::toString(ErrorCode code) {
  switch (code) {
  case ErrorCode::None:
    return "no error";
  case ErrorCode::Illegal:
    return "illegal instruction";
  case ErrorCode::LocalAddress:
    return "address beyond a local memory";
  case ErrorCode::DramAddress:
    return "address beyond a DRAM region";
  case ErrorCode::ReadSlave:
    return "the memory refused a read (SLVERR)";
  case ErrorCode::ReadDecode:
    return "no memory answers a read (DECERR)";
  case ErrorCode::WriteSlave:
    return "the memory refused a write (SLVERR)";
  case ErrorCode::WriteDecode:
    return "no memory answers a write (DECERR)";
  case ErrorCode::Watchdog:
    return "nothing finished within the watchdog's limit";
  }
  return "unknown error";
}

const char *hw::engineName(uint32_t engine) {
  static const char *const names[] = {"load0", "load1", "conv", "vector",
                                      "save"};
  return engine < 5                 ? names[engine]
         : engine == kControlEngine ? "control"
                                    : "?";
}

void Driver::write(uint32_t address, uint32_t value) {
  core.writeRegister(address, value);
}

std::string Driver::identify(uint64_t &fingerprint) {
  uint32_t id = core.readRegister(reg::kId);
  if (id != reg::kIdValue)
    return "no accelerator behind the registers: identification is " +
           std::to_string(id);
  uint32_t version = core.readRegister(reg::kVersion);
  if (version >> 16 != reg::kMapVersion)
    return "the accelerator has register map " + std::to_string(version >> 16) +
           ", expected " + std::to_string(reg::kMapVersion);
  if ((version & 0xffff) != isa::kVersion)
    return "the accelerator has instruction set " +
           std::to_string(version & 0xffff) + ", expected " +
           std::to_string(isa::kVersion);
  fingerprint = core.readRegister(reg::kFingerprintLow) |
                uint64_t(core.readRegister(reg::kFingerprintHigh)) << 32;
  return "";
}

std::string Driver::start(const Job &next) {
  uint32_t status = core.readRegister(reg::kStatus);
  if (status &
      (reg::kStatusRunning | reg::kStatusFailed | reg::kStatusStopping))
    return "the accelerator is not free: status " + std::to_string(status);
  write(reg::kProgramLow, uint32_t(next.programAddress));
  write(reg::kProgramHigh, uint32_t(next.programAddress >> 32));
  write(reg::kProgramCount, next.instructions);
  for (unsigned i = 0; i < next.regions.size(); ++i) {
    const Job::Region &region = next.regions[i];
    write(reg::region(i), uint32_t(region.address));
    write(reg::region(i) + 4, uint32_t(region.address >> 32));
    write(reg::region(i) + 8, uint32_t(region.size));
    write(reg::region(i) + 12, uint32_t(region.size >> 32));
  }
  write(reg::kWatchdog, next.watchdog);
  write(reg::kInterruptStatus, reg::kInterruptDone | reg::kInterruptError);
  write(reg::kInterruptEnable, reg::kInterruptDone | reg::kInterruptError);
  job = core.readRegister(reg::kJob) + 1;
  write(reg::kControl, reg::kControlStart);
  return "";
}

bool Driver::poll(uint64_t cycles) {
  core.run(cycles);
  return core.interrupt();
}

std::string Driver::result(JobError &error) {
  error = {};
  if (!core.dram().violation().empty())
    return "the accelerator broke the bus protocol: " + core.dram().violation();
  uint32_t number = core.readRegister(reg::kJob);
  if (number != job)
    return "job " + std::to_string(job) +
           " ended, but the accelerator is at job " + std::to_string(number);
  uint32_t status = core.readRegister(reg::kStatus);
  if (status & reg::kStatusFailed) {
    uint32_t word = core.readRegister(reg::kError);
    error.code = static_cast<ErrorCode>(word & 15);
    error.engine = word >> 8 & 7;
    error.number = core.readRegister(reg::kErrorNumber);
    error.address = core.readRegister(reg::kErrorAddress);
    return std::string(toString(error.code)) + " (" + engineName(error.engine) +
           ", address " + std::to_string(error.address) + ")";
  }
  if (!(status & reg::kStatusDone))
    return "the job is not done: status " + std::to_string(status);
  return "";
}

JobCounters Driver::counters() {
  JobCounters result;
  result.cycles = core.readRegister(reg::kCyclesLow) |
                  uint64_t(core.readRegister(reg::kCyclesHigh)) << 32;
  for (unsigned port = 0; port < result.beats.size(); ++port)
    result.beats[port] = core.readRegister(reg::beats(port));
  for (unsigned i = 0; i < isa::kNumEngines; ++i) {
    JobCounters::Engine &engine = result.engines[i];
    uint32_t base = reg::engine(i);
    engine.finished = core.readRegister(base);
    engine.busy = core.readRegister(base + 4);
    engine.empty = core.readRegister(base + 8);
    for (unsigned from = 0; from < isa::kNumEngines; ++from)
      engine.token[from] = core.readRegister(base + 12 + 4 * from);
  }
  return result;
}

std::string Driver::reset() {
  write(reg::kControl, reg::kControlReset);
  write(reg::kInterruptStatus, reg::kInterruptDone | reg::kInterruptError);
  write(reg::kInterruptEnable, 0);
  for (uint64_t cycle = 0; cycle < kResetCycles; ++cycle) {
    uint32_t status = core.readRegister(reg::kStatus);
    if (!(status &
          (reg::kStatusStopping | reg::kStatusRunning | reg::kStatusFailed)))
      return "";
  }
  return "the accelerator does not come out of its reset: the memory does not "
         "answer";
}
