//===- SimDevice.cpp - The simulator as a device --------------------------===//
//
// Part of nncc, under the Apache License v2.0.
//
//===----------------------------------------------------------------------===//
//
// Executes the program on the functional machine. Its statistics come from the
// timing model, which needs no data: they are computed when they are first
// asked for and hold for every run.
//
//===----------------------------------------------------------------------===//

#include "Devices.h"
#include "nncc/Program/Program.h"
#include "nncc/Simulator/Machine.h"
#include "nncc/Simulator/Timing.h"

#include <cstring>
#include <new>
#include <optional>

using namespace nncc;
using namespace nncc::runtime;

namespace {

struct Statistics {
  sim::TimingResult timing;
  std::vector<sim::LayerTiming> layers;
};

struct SimDevice {
  sim::MachineOptions options;
  std::unique_ptr<sim::Machine> machine;
  size_t layerCount = 0;
  std::optional<Statistics> statistics;

  std::string computeStatistics();
};

} // namespace

static SimDevice *get(nncc_device *device) {
  return reinterpret_cast<SimDevice *>(device);
}

std::string SimDevice::computeStatistics() {
  if (statistics)
    return "";
  const sim::MachineProgram &program = machine->program();
  Statistics result;
  std::string error =
      sim::TimingModel(program.arch).run(program.instructions, result.timing);
  if (!error.empty())
    return error;
  result.layers =
      sim::summarizeLayers(program.instructions, result.timing, program.arch,
                           program.instructionLayers, layerCount);
  statistics = std::move(result);
  return "";
}

static nncc_status simOpen(const nncc_options *options, nncc_device **device,
                           char *error, size_t errorSize) {
  nncc_status status = refuseSettings(*options, "sim", error, errorSize);
  if (status != NNCC_OK)
    return status;
  auto *result = new (std::nothrow) SimDevice;
  if (!result)
    return fail(NNCC_OUT_OF_MEMORY, "out of memory", error, errorSize);
  result->options.checkUninitialized = options->check_uninitialized != 0;
  result->options.resetByte = options->reset_byte;
  *device = reinterpret_cast<nncc_device *>(result);
  return NNCC_OK;
}

static nncc_status simIdentify(nncc_device *,
                               const nncc_device_program *program,
                               nncc_device_identity *identity, char *, size_t) {
  // It simulates whatever the program was compiled for.
  identity->arch_fingerprint = program->arch_fingerprint;
  return NNCC_OK;
}

static nncc_status simLoad(nncc_device *device,
                           const nncc_device_program *program, char *error,
                           size_t errorSize) {
  auto *parsed = static_cast<const Program *>(program->program);
  get(device)->layerCount = parsed->layers.size();
  std::string message =
      sim::Machine::create(sim::makeMachineProgram(*parsed),
                           get(device)->options, get(device)->machine);
  if (message.empty())
    return NNCC_OK;
  return fail(NNCC_INVALID_PROGRAM, message, error, errorSize);
}

static uint8_t *simMemory(nncc_device *device, nncc_host_region region) {
  return get(device)->machine->region(static_cast<isa::Region>(region)).data;
}

static nncc_status simStart(nncc_device *device, char *error,
                            size_t errorSize) {
  std::string message = get(device)->machine->run();
  if (message.empty())
    return NNCC_OK;
  return fail(NNCC_DEVICE_ERROR, message, error, errorSize);
}

static nncc_status simWait(nncc_device *, uint32_t, char *, size_t) {
  return NNCC_OK; // `start` returns when all is done.
}

static nncc_status simStats(nncc_device *device, nncc_stats *out, char *error,
                            size_t errorSize) {
  static_assert(unsigned(NNCC_ENGINES) == isa::kNumEngines);
  std::string message = get(device)->computeStatistics();
  if (!message.empty())
    return fail(NNCC_INVALID_PROGRAM, message, error, errorSize);
  const sim::TimingResult &timing = get(device)->statistics->timing;
  out->cycles = timing.cycles;
  out->array_macs = timing.arrayMacs;
  out->dram_bytes_read = timing.dramBytesRead;
  out->dram_bytes_written = timing.dramBytesWritten;
  for (size_t i = 0; i < isa::kNumEngines; ++i) {
    const sim::EngineTiming &from = timing.engines[i];
    nncc_engine_stats &to = out->engines[i];
    to.instructions = from.instructions;
    to.busy = from.busy;
    for (size_t other = 0; other < isa::kNumEngines; ++other)
      to.wait_token[other] = from.token[other];
    to.wait_instruction = from.instruction;
    to.wait_memory = from.memory;
    to.wait_drain = from.drain;
    to.overhead = from.overhead;
    to.done = from.done;
  }
  return NNCC_OK;
}

static nncc_status simLayerStats(nncc_device *device, size_t layer,
                                 nncc_layer_stats *out, char *error,
                                 size_t errorSize) {
  std::string message = get(device)->computeStatistics();
  if (!message.empty())
    return fail(NNCC_INVALID_PROGRAM, message, error, errorSize);
  const sim::LayerTiming &timing = get(device)->statistics->layers[layer];
  out->cycles = timing.cycles.total();
  out->array_macs = timing.arrayMacs;
  out->limiter = timing.cycles.limiter();
  return NNCC_OK;
}

static void simClose(nncc_device *device) { delete get(device); }

const nncc_device_ops runtime::simDevice = {
    "sim",    simOpen, simIdentify, simLoad,       simMemory,
    simStart, simWait, simStats,    simLayerStats, simClose};
