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
#include "PendingFile.h"
#include "RtlSettings.h"

#include "Core.h"
#include "Driver.h"
#include "nncc/Program/Program.h"
#include "nncc/Simulator/InstructionCost.h"
#include "nncc/Simulator/Timing.h"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstring>
#include <memory>
#include <new>
#include <type_traits>
#include <variant>
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
static constexpr uint32_t kPicoseconds = 1000000; ///< of a microsecond
/// Cycles between looks at the clock.
static constexpr uint64_t kSlice = 20000;

namespace {

struct RtlDevice {
  nncc_options options{};
  RtlSettings settings;
  PendingFile trace;
  bool traced = false; ///< the one run that is
  std::unique_ptr<hw::Core> core;
  std::unique_ptr<hw::Driver> driver;
  std::vector<uint8_t> program;
  std::vector<uint8_t> regions[isa::kNumRegions];
  hw::Job job;
  const Program *parsed = nullptr;
  bool counted = false;
  hw::JobCounters counters;
  uint64_t arrayMacs = 0;
  uint64_t expectedCycles = 0; ///< 0: nobody wants to know
  uint64_t startCycle = 0;     ///< of the memory's clock

  uint32_t clockMHz() const { return parsed->arch.clockMHz; }
  uint64_t passedCycles() const { return core->dram().cycle() - startCycle; }
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
  result->options = *options;
  result->options.settings = nullptr; // the caller keeps them no longer
  std::string message = parseRtlSettings(options->settings, result->settings);
  if (message.empty() && !result->settings.traceFile.empty())
    message = result->trace.open(result->settings.traceFile);
  if (!message.empty()) {
    delete result;
    return fail(NNCC_INVALID_ARGUMENT, message, error, errorSize);
  }
  *device = reinterpret_cast<nncc_device *>(result);
  return NNCC_OK;
}

static nncc_status rtlIdentify(nncc_device *device,
                               const nncc_device_program *program,
                               nncc_device_identity *identity, char *error,
                               size_t errorSize) {
  // The core that the program wants, if there is one; otherwise the session
  // says what the last one is.
  RtlDevice &rtl = *get(device);
  bool traced = !rtl.settings.traceFile.empty();
  for (const hw::CoreModel &model : hw::coreModels()) {
    auto *create = traced ? model.createTraced : model.create;
    if (!create)
      continue;
    rtl.driver.reset();
    rtl.core = create(kSeed);
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
    return fail(NNCC_WRONG_DEVICE,
                rtl.settings.traceFile.empty()
                    ? "no Verilated core in this build"
                    : "no core with waveforms in this build; configure it with "
                      "-DNNCC_RTL_TRACE=ON",
                error, errorSize);
  rtl.parsed = static_cast<const Program *>(program->program);
  const ArchConfig &arch = rtl.parsed->arch;
  hw::DramOptions options;
  options.beatBytes = rtl.core->beatBytes();
  options.bytesPerCycle = arch.memoryBytesPerCycle;
  options.latency = arch.memoryLatency;
  options.refreshInterval = arch.memoryRefreshInterval;
  options.refreshCycles = arch.memoryRefreshCycles;
  if (rtl.settings.randomMemory)
    options = hw::withRandomTiming(options, *rtl.settings.randomMemory);
  rtl.core->setDram(options);
  for (const RtlSettings::Injection &injection : rtl.settings.injections)
    rtl.core->dram().injectBeat(injection.port, injection.beat,
                                injection.response);
  if (rtl.options.progress) {
    sim::TimingResult timing;
    std::string message =
        sim::TimingModel(arch).run(rtl.parsed->instructions, timing);
    if (!message.empty())
      return fail(NNCC_INVALID_PROGRAM, message, error, errorSize);
    rtl.expectedCycles = timing.cycles;
  }

  auto place = [&](std::vector<uint8_t> &memory, uint64_t address,
                   const uint8_t *bytes, uint64_t size, bool writable) {
    memory.assign(size + kPadding, rtl.options.reset_byte);
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
  RtlDevice &rtl = *get(device);
  const RtlSettings &settings = rtl.settings;
  rtl.core->dram().countBeats();
  rtl.startCycle = rtl.core->dram().cycle();
  if (!settings.traceFile.empty() && !rtl.traced)
    rtl.core->openTrace(rtl.trace.temporaryPath(), settings.traceStart,
                        settings.traceCycles, kPicoseconds / rtl.clockMHz());
  std::string message = rtl.driver->start(rtl.job);
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

/// Where on the bus an error was: in the program or in the region that the
/// instruction works on. The hardware gives the low half of the address.
static std::string describeBusAddress(const RtlDevice &rtl,
                                      const hw::JobError &what) {
  uint64_t base = kProgramAddress;
  std::string name = "the program";
  if (what.engine != hw::kControlEngine) {
    if (what.number >= rtl.parsed->instructions.size())
      return "address " + std::to_string(what.address);
    auto region = isa::Region::Constant;
    std::visit(
        [&](const auto &op) {
          using Op = std::decay_t<decltype(op)>;
          if constexpr (std::is_same_v<Op, isa::Load> ||
                        std::is_same_v<Op, isa::LoadWindow> ||
                        std::is_same_v<Op, isa::Save>)
            region = op.region;
        },
        rtl.parsed->instructions[what.number].body);
    base = regionAddress(unsigned(region));
    name = "region '" + std::string(isa::toString(region)) + "'";
  }
  uint32_t offset = what.address - uint32_t(base);
  uint64_t address = base + offset;
  char text[32];
  std::snprintf(text, sizeof(text), "0x%010llx",
                static_cast<unsigned long long>(address));
  return "byte " + std::to_string(offset) + " of " + name + ", address " + text;
}

/// An error of the hardware: the instruction, the engine, what and where.
static std::string describe(const RtlDevice &rtl, const hw::JobError &what) {
  auto text = [&](const char *engine) {
    return describe(*rtl.parsed, what.number) + ": " + engine + ": " +
           hw::toString(what.code);
  };
  const char *engine = hw::engineName(what.engine);
  switch (what.code) {
  case hw::ErrorCode::ReadSlave:
  case hw::ErrorCode::ReadDecode:
  case hw::ErrorCode::WriteSlave:
  case hw::ErrorCode::WriteDecode:
    return text(what.engine == hw::kControlEngine ? "fetch" : engine) + " at " +
           describeBusAddress(rtl, what);
  case hw::ErrorCode::LocalAddress:
    return text(engine) + " at word " + std::to_string(what.address);
  case hw::ErrorCode::DramAddress:
    return text(engine) + " at byte " + std::to_string(what.address);
  case hw::ErrorCode::None:
  case hw::ErrorCode::Illegal:
  case hw::ErrorCode::Watchdog:
    break;
  }
  return text(engine);
}

/// What was asked of a run that ended well but did not come true.
static std::string findMissed(const RtlDevice &rtl) {
  for (const RtlSettings::Injection &injection : rtl.settings.injections)
    return "no error was injected: the run has " +
           std::to_string(rtl.core->dram().beats(injection.port)) +
           " beats on port " + portName(injection.port) + ", none of number " +
           std::to_string(injection.beat);
  return "";
}

/// Ends the waveform: it holds the first run, whatever came of it.
static std::string finishTrace(RtlDevice &rtl) {
  if (rtl.settings.traceFile.empty() || rtl.traced)
    return "";
  rtl.traced = true;
  rtl.core->closeTrace();
  uint64_t cycles = rtl.passedCycles();
  if (cycles <= rtl.settings.traceStart)
    return rtl.settings.traceFile + ": not written: the run ended after " +
           std::to_string(cycles) + " cycles, before the start of the trace";
  return rtl.trace.commit();
}

/// Runs to the end of the job, or of the time.
static std::string runJob(RtlDevice &rtl, uint32_t timeoutMs,
                          nncc_status &status) {
  hw::Driver &driver = *rtl.driver;
  auto begin = std::chrono::steady_clock::now();
  while (!driver.poll(kSlice)) {
    auto passed = std::chrono::steady_clock::now() - begin;
    if (timeoutMs && passed > std::chrono::milliseconds(timeoutMs)) {
      status = NNCC_TIMEOUT;
      return "no end within " + std::to_string(timeoutMs) + " ms, after " +
             std::to_string(driver.counters().cycles) + " cycles";
    }
    if (rtl.options.progress)
      rtl.options.progress(rtl.options.progress_context,
                           std::min(rtl.passedCycles(), rtl.expectedCycles),
                           rtl.expectedCycles);
  }
  hw::JobError what;
  std::string message = driver.result(what);
  if (what.code != hw::ErrorCode::None)
    message = describe(rtl, what);
  status = message.empty() ? NNCC_OK : NNCC_DEVICE_ERROR;
  if (message.empty() && rtl.options.progress)
    rtl.options.progress(rtl.options.progress_context, rtl.expectedCycles,
                         rtl.expectedCycles);
  return message;
}

static nncc_status rtlWait(nncc_device *device, uint32_t timeoutMs, char *error,
                           size_t errorSize) {
  RtlDevice &rtl = *get(device);
  nncc_status status = NNCC_OK;
  std::string message = runJob(rtl, timeoutMs, status);
  if (status == NNCC_OK) {
    rtl.counters = rtl.driver->counters();
    rtl.counted = true;
    message = findMissed(rtl);
    if (!message.empty())
      status = NNCC_INVALID_ARGUMENT;
  } else {
    std::string reset = rtl.driver->reset();
    message += reset.empty() ? "" : "; " + reset;
  }
  std::string trace = finishTrace(rtl);
  if (!trace.empty()) {
    message += (message.empty() ? "" : "; ") + trace;
    status = status == NNCC_OK ? NNCC_INVALID_ARGUMENT : status;
  }
  return status == NNCC_OK ? NNCC_OK : fail(status, message, error, errorSize);
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
    // Parts of `busy`.
    to.wait_memory = to.wait_drain = to.overhead = NNCC_NOT_COUNTED;
    to.done = from.cycles - std::min(from.cycles, counted);
  }
  return NNCC_OK;
}

static void rtlClose(nncc_device *device) { delete get(device); }

const nncc_device_ops runtime::rtlDevice = {
    "rtl",    rtlOpen, rtlIdentify, rtlLoad, rtlMemory,
    rtlStart, rtlWait, rtlStats,    nullptr, rtlClose};
