//===- TimingBenchmark.cpp - Speed of the timing model --------------------===//
//
// Part of nncc, under the Apache License v2.0.
//
//===----------------------------------------------------------------------===//

#include "ProgramBuilder.h"
#include "nncc/Simulator/Timing.h"

#include "benchmark/benchmark.h"

using namespace nncc;
using namespace nncc::sim;
using namespace nncc::sim::test;
using isa::Engine;

/// Double-buffered tiles: two loads, a convolution, a save.
static void timing(benchmark::State &state) {
  ArchConfig arch = z7020Arch();
  ProgramBuilder builder(arch);
  for (unsigned tile = 0; tile < 5000; ++tile) {
    bool reuse = tile >= 2;
    isa::Instruction *inst = &builder.load(isa::Memory::Feature, tile % 2 * 512,
                                           isa::Region::Input, 0, 512);
    inst->post = engines({Engine::Conv});
    inst->wait = reuse ? engines({Engine::Conv}) : 0;
    inst = &builder.load(isa::Memory::Weight, tile % 2 * 32,
                         isa::Region::Constant, 0, 9 * 32, Engine::Load1);
    inst->post = engines({Engine::Conv});
    inst->wait = reuse ? engines({Engine::Conv}) : 0;
    isa::Conv conv = makeConv(16, 16, 9);
    conv.psumBank = tile % 2;
    conv.dstBase = 2048 + tile % 2 * 512;
    inst = &builder.add(Engine::Conv, conv);
    inst->wait = static_cast<uint8_t>(engines({Engine::Load0, Engine::Load1}) |
                                      (reuse ? engines({Engine::Save}) : 0));
    inst->post = engines({Engine::Load0, Engine::Load1, Engine::Save});
    inst = &builder.save(isa::Region::Output, 0, conv.dstBase, 256);
    inst->wait = engines({Engine::Conv});
    inst->post = engines({Engine::Conv});
  }
  TimingModel model(arch);
  TimingResult result;
  for (auto _ : state) {
    std::string error = model.run(builder.program.instructions, result);
    if (!error.empty()) {
      state.SkipWithError(error.c_str());
      return;
    }
  }
  state.SetItemsProcessed(state.iterations() *
                          int64_t(builder.program.instructions.size()));
  state.counters["cycles"] = static_cast<double>(result.cycles);
}
BENCHMARK(timing)->Unit(benchmark::kMillisecond);
