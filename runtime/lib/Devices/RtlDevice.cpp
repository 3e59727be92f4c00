//===- RtlDevice.cpp - The Verilog of the accelerator as a device ---------===//
//
// Part of nncc, under the Apache License v2.0.
//
//===----------------------------------------------------------------------===//
//
// Drives the Verilated core as a host drives the chip: registers, interrupt,
// memory. Its statistics are the hardware's counters.
//
//===----------------------------------------------------------------------===//

#include "Devices.h"

#include "Core.h"
#include "Driver.h"
#include "nncc/Program/Program.h"
#include "nncc/Simulator/InstructionCost.h"

#include <algorithm>
#include <chrono>
#include <cstring>
#include <memory>
#include <new>
#include <vector>

using namespace nncc;
using namespace nncc::runtime;

/// Regions lie far apart, where all bits of an address matter.
static constexpr uint64_t kProgramAddress = uint64_t(0x80) << 32;
static constexpr uint64_t regionAddress(unsigned region) {
  return (uint64_t(region + 1) << 34) + 0x10000 * region;
}
/// Bus masters read whole beats, and all of a row's.
static constexpr uint64_t kPadding = 256;
/// No legal instruction takes longer on any configuration.
static constexpr uint32_t kWatchdogCycles = 1u << 28;
/// What the design leaves undefined is zero.
static constexpr uint64_t kSeed = 0;
/// Cycles between looks at the clock.
static constexpr uint64_t kSlice = 20000;

namespace {

struct RtlDevice {
  uint8_t resetByte = 0;
  std::unique_ptr<hw::Core> core;
  std::unique_ptr<hw::Driver> driver;
  std::vector<uint8_t> program;
  std::vector<uint8_t> regions[isa::kNumRegions];
  hw::Job job;
  const Program *parsed = nullptr;
  bool counted = false;
  hw::JobCounters counters;
  uint64_t arrayMacs = 0;
};

} // namespace

static RtlDevice *get(nncc_device *device) {
  return reinterpret_cast<RtlDevice *>(device);
}

static nncc_status rtlOpen(const nncc_options *options, nncc_device **device,
                           char *error, size_t errorSize) {
  auto *result = new (std::nothrow) RtlDevice;
  if (!result)
    return fail(NNCC_OUT_OF_MEMORY, "out of memory", error, errorSize);
  result->resetByte = options->reset_byte;
  *device = reinterpret_cast<nncc_device *>(result);
  return NNCC_OK;
}

static nncc_status rtlIdentify(nncc_device *device,
                               const nncc_device_program *program,
                               nncc_device_identity *identity, char *error,
                               size_t errorSize) {
  // The core that the program wants, if there is one; otherwise the session
  // says what the last one is.
  for (const hw::CoreModel &model : hw::coreModels()) {
    RtlDevice &rtl = *get(device);
    rtl.driver.reset();
    rtl.core = model.create(kSeed);
    rtl.driver = std::make_unique<hw::Driver>(*rtl.core);
    uint64_t fingerprint = 0;
    std::string message = rtl.driver->identify(fingerprint);
    if (!message.empty())
      return fail(NNCC_WRONG_DEVICE, message, error, errorSize);
    std::strncpy(identity->arch_name, model.arch,
                 sizeof(identity->arch_name) - 1);
    identity->arch_fingerprint = fingerprint;
    if (fingerprint == program->arch_fingerprint)
      break;
  }
  return NNCC_OK;
}

static nncc_status rtlLoad(nncc_device *device,
                           const nncc_device_program *program, char *error,
                           size_t errorSize) {
  RtlDevice &rtl = *get(device);
  if (!rtl.core)
    return fail(NNCC_WRONG_DEVICE, "no Verilated core in this build", error,
                errorSize);
  rtl.parsed = static_cast<const Program *>(program->program);
  const ArchConfig &arch = rtl.parsed->arch;
  hw::DramOptions options;
  options.beatBytes = rtl.core->beatBytes();
  options.bytesPerCycle = arch.memoryBytesPerCycle;
  options.latency = arch.memoryLatency;
  options.refreshInterval = arch.memoryRefreshInterval;
  options.refreshCycles = arch.memoryRefreshCycles;
  rtl.core->setDram(options);

  auto place = [&](std::vector<uint8_t> &memory, uint64_t address,
                   const uint8_t *bytes, uint64_t size, bool writable) {
    memory.assign(size + kPadding, rtl.resetByte);
    if (bytes && size)
      std::memcpy(memory.data(), bytes, size);
    rtl.core->dram().map(address, memory.data(), memory.size(), writable);
  };
  const uint64_t sizes[] = {program->constant_bytes, program->input_bytes,
                            program->output_bytes, program->workspace_bytes};
  place(rtl.program, kProgramAddress, program->instructions,
        program->instruction_bytes, false);
  for (unsigned i = 0; i < isa::kNumRegions; ++i) {
    auto region = static_cast<isa::Region>(i);
    bool writable =
        region == isa::Region::Output || region == isa::Region::Workspace;
    place(rtl.regions[i], regionAddress(i),
          region == isa::Region::Constant ? program->constants : nullptr,
          sizes[i], writable);
    rtl.job.regions[i] = {regionAddress(i), sizes[i]};
  }
  rtl.job.programAddress = kProgramAddress;
  rtl.job.instructions =
      uint32_t(program->instruction_bytes / isa::kInstructionBytes);
  rtl.job.watchdog = kWatchdogCycles;
  for (const isa::Instruction &inst : rtl.parsed->instructions)
    if (const auto *conv = std::get_if<isa::Conv>(&inst.body))
      rtl.arrayMacs += sim::arrayMacs(*conv, arch);
  return NNCC_OK;
}

static uint8_t *rtlMemory(nncc_device *device, nncc_host_region region) {
  return get(device)->regions[region].data();
}

static nncc_status rtlStart(nncc_device *device, char *error,
                            size_t errorSize) {
  std::string message = get(device)->driver->start(get(device)->job);
  if (message.empty())
    return NNCC_OK;
  return fail(NNCC_DEVICE_ERROR, message, error, errorSize);
}

static std::string describe(const Program &program, uint32_t number) {
  if (number >= program.instructions.size())
    return "instruction " + std::to_string(number);
  return "instruction " + std::to_string(number) + " (" +
         isa::toString(program.instructions[number].opcode()) + ", layer '" +
         program.layers[program.instructionLayers[number]].name + "')";
}

static nncc_status rtlWait(nncc_device *device, uint32_t timeoutMs, char *error,
                           size_t errorSize) {
  RtlDevice &rtl = *get(device);
  hw::Driver &driver = *rtl.driver;
  auto begin = std::chrono::steady_clock::now();
  while (!driver.poll(kSlice)) {
    auto passed = std::chrono::steady_clock::now() - begin;
    if (timeoutMs && passed > std::chrono::milliseconds(timeoutMs)) {
      std::string message =
          "no end within " + std::to_string(timeoutMs) + " ms, after " +
          std::to_string(driver.counters().cycles) + " cycles";
      std::string reset = driver.reset();
      return fail(NNCC_TIMEOUT, message + (reset.empty() ? "" : "; " + reset),
                  error, errorSize);
    }
  }
  hw::JobError what;
  std::string message = driver.result(what);
  if (message.empty()) {
    rtl.counters = driver.counters();
    rtl.counted = true;
    return NNCC_OK;
  }
  if (what.code != hw::ErrorCode::None)
    message = describe(*rtl.parsed, what.number) + ": " + message;
  std::string reset = driver.reset();
  return fail(NNCC_DEVICE_ERROR, message + (reset.empty() ? "" : "; " + reset),
              error, errorSize);
}

static nncc_status rtlStats(nncc_device *device, nncc_stats *out, char *error,
                            size_t errorSize) {
  static_assert(unsigned(NNCC_ENGINES) == isa::kNumEngines);
  const RtlDevice &rtl = *get(device);
  if (!rtl.counted)
    return fail(NNCC_UNAVAILABLE,
                "the accelerator counts while it runs; run it first", error,
                errorSize);
  const hw::JobCounters &from = rtl.counters;
  uint64_t beatBytes = rtl.core->beatBytes();
  *out = {};
  out->cycles = from.cycles;
  out->array_macs = rtl.arrayMacs;
  out->dram_bytes_read = (from.beats[0] + from.beats[1]) * beatBytes;
  out->dram_bytes_written = from.beats[2] * beatBytes;
  for (unsigned i = 0; i < isa::kNumEngines; ++i) {
    nncc_engine_stats &to = out->engines[i];
    const hw::JobCounters::Engine &engine = from.engines[i];
    to.instructions = engine.finished;
    to.busy = engine.busy;
    to.wait_instruction = engine.empty;
    uint64_t counted = engine.busy + engine.empty;
    for (unsigned other = 0; other < isa::kNumEngines; ++other) {
      to.wait_token[other] = engine.token[other];
      counted += engine.token[other];
    }
    to.done = from.cycles - std::min(from.cycles, counted);
  }
  return NNCC_OK;
}

static void rtlClose(nncc_device *device) { delete get(device); }

const nncc_device_ops runtime::rtlDevice = {
    "rtl",    rtlOpen, rtlIdentify, rtlLoad, rtlMemory,
    rtlStart, rtlWait, rtlStats,    nullptr, rtlClose};
