//===- CoreBenchmark.cpp - Speed of the Verilated accelerator -------------===//
//
// Part of nncc, under the Apache License v2.0.
//
//===----------------------------------------------------------------------===//
//
// Items are cycles: `items_per_second=1M/s` is a million cycles a second. With
// NNCC_BENCH_PROGRAM=FILE also a compiled network, with zeros as its inputs.
//
//===----------------------------------------------------------------------===//

#include "Core.h"
#include "DenseLayer.h"
#include "Driver.h"
#include "nncc/runtime.h"

#include "benchmark/benchmark.h"

#include <cstdlib>

using namespace nncc;
using namespace nncc::sim::test;

/// Bus masters read whole beats.
static constexpr size_t kPadding = 256;
static constexpr uint64_t kLimit = 100000000; ///< cycles

/// Runs a program again and again; its only region is the constants.
static void runProgram(benchmark::State &state,
                       const sim::MachineProgram &program) {
  const hw::CoreModel *model = hw::findCoreModel(program.arch.name);
  if (!model) {
    state.SkipWithError("this build has no such core");
    return;
  }
  constexpr uint64_t kCode = 1 << 20, kConstants = 1 << 24;
  std::vector<uint8_t> code(
      program.instructions.size() * isa::kInstructionBytes + kPadding);
  for (size_t i = 0; i < program.instructions.size(); ++i)
    isa::encode(program.instructions[i], &code[i * isa::kInstructionBytes]);
  std::vector<uint8_t> constants = program.constants;
  constants.resize(constants.size() + kPadding);

  std::unique_ptr<hw::Core> core = model->create(0);
  hw::DramOptions options;
  options.beatBytes = core->beatBytes();
  options.bytesPerCycle = 2 * options.beatBytes;
  core->setDram(options);
  core->dram().map(kCode, code.data(), code.size(), false);
  core->dram().map(kConstants, constants.data(), constants.size(), false);
  hw::Job job;
  job.programAddress = kCode;
  job.instructions = uint32_t(program.instructions.size());
  job.regions[0] = {kConstants, program.constants.size()};
  hw::Driver driver(*core);
  for (auto _ : state) {
    hw::JobError what;
    std::string error = driver.start(job);
    if (error.empty())
      error = driver.poll(kLimit) ? driver.result(what) : "no end";
    if (!error.empty()) {
      state.SkipWithError(error.c_str());
      return;
    }
  }
  state.SetItemsProcessed(int64_t(core->dram().cycle()));
}

static void denseLayer(benchmark::State &state, const char *config,
                       uint32_t size, uint32_t channels) {
  ArchConfig arch = std::string(config) == "tiny" ? tinyArch() : z7020Arch();
  arch.name = config;
  runProgram(state, makeDenseLayer(arch, size, channels, 3).program);
}
BENCHMARK_CAPTURE(denseLayer, tiny_8_16x16, "tiny", 16, 8)
    ->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(denseLayer, z7020_64_28x28, "z7020", 28, 64)
    ->Unit(benchmark::kMillisecond);

/// NNCC_BENCH_PROGRAM on the device `rtl`.
static void network(benchmark::State &state) {
  const char *path = std::getenv("NNCC_BENCH_PROGRAM");
  if (!path) {
    state.SkipWithError("NNCC_BENCH_PROGRAM names no program");
    return;
  }
  nncc_session *session = nullptr;
  nncc_status status = nncc_open_file(path, "rtl", nullptr, &session);
  for (size_t i = 0; status == NNCC_OK && i < nncc_input_count(session); ++i) {
    nncc_tensor_info info;
    status = nncc_get_input_info(session, i, &info);
    if (status == NNCC_OK)
      status = nncc_set_input(
          session, i, std::vector<uint8_t>(info.bytes).data(), info.bytes);
  }
  nncc_stats stats{};
  for (auto _ : state) {
    if (status == NNCC_OK)
      status = nncc_run(session);
    if (status == NNCC_OK)
      status = nncc_get_stats(session, &stats);
    if (status != NNCC_OK) {
      state.SkipWithError(nncc_last_error());
      break;
    }
  }
  state.SetItemsProcessed(state.iterations() * int64_t(stats.cycles));
  nncc_close(session);
}
BENCHMARK(network)->Unit(benchmark::kMillisecond);
