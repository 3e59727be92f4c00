//===- ConvBench.h - The conv engine and what surrounds it ------*- C++ -*-===//
//
// Part of nncc, under the Apache License v2.0.
//
//===----------------------------------------------------------------------===//

#ifndef NNCC_HW_TB_CONV_CONVBENCH_H
#define NNCC_HW_TB_CONV_CONVBENCH_H

#include "RandomConvs.h"
#include "ReferenceMachine.h"
#include "Testbench.h"
#include "gtest/gtest.h"

#include <deque>
#include <optional>

namespace nncc::hw {

/// How the surroundings behave, in percent of the cycles.
struct ConvBenchOptions {
  unsigned sourceGrants = 100;
  unsigned residualGrants = 100;
  unsigned resultGrants = 100;
  unsigned finishReady = 100;
  unsigned instructionThere = 100;
};

/// A verilated nncc_conv with a queue of instructions, a starter that keeps
/// fences, and a feature memory. Compares what it writes with the manual's
/// pseudo code (ReferenceMachine), and each result when its instruction
/// finishes.
template <typename Top> class ConvBench {
public:
  struct Times {
    uint64_t start = 0, finish = 0;
  };
  struct Error {
    unsigned code;
    uint32_t number, address;
  };

  ConvBench(const ConvProgram &program, const ConvBenchOptions &options,
            uint64_t seed)
      : bench(seed), program(program), options(options), V(program.arch.vector),
        feature(program.local[0]) {
    times.resize(program.instructions.size());
    clearInputs();
    bench.reset();
    loadMemories();
  }

  /// Runs until an error of the engine, without looking at results.
  void runExpectingError() {
    checking = false;
    for (unsigned i = 0; i < 5000 && !error; ++i)
      cycle();
  }

  /// Runs all instructions; fails the test if the engine stands still.
  void run() {
    predict();
    uint64_t quietSince = bench.cycle;
    while (finished < program.instructions.size() && !error) {
      size_t before = finished + started + passed;
      cycle();
      if (testing::Test::HasFatalFailure())
        return;
      if (before != finished + started + passed)
        quietSince = bench.cycle;
      ASSERT_LT(bench.cycle - quietSince, 20000u)
          << "instruction " << finished << " does not finish";
    }
    if (error)
      return;
    for (unsigned i = 0; i < 40; ++i)
      cycle();
    EXPECT_TRUE(bench->idle_o);
    EXPECT_EQ(feature, expectedFeature);
  }

  /// More cycles, for tests that look at what no longer happens.
  void idle(unsigned cycles) {
    for (unsigned i = 0; i < cycles; ++i)
      cycle();
  }

  Testbench<Top> bench;
  std::optional<Error> error;
  unsigned errors = 0; ///< pulses
  uint64_t reads = 0;  ///< of source and residual
  uint64_t writes = 0;
  size_t started = 0, finished = 0;
  std::vector<Times> times; ///< of each instruction

private:
  struct Read {
    bool valid = false;
    std::vector<int8_t> data;
  };

  void clearInputs() {
    bench->inst_valid_i = 0;
    bench->stop_i = 0;
    bench->finish_ready_i = 0;
    bench->fm_gnt_i = bench->res_gnt_i = bench->dr_gnt_i = 0;
    bench->fm_valid_i = bench->res_valid_i = 0;
    bench->wm_we_i = bench->tm_we_i = bench->cm_we_i = 0;
  }

  template <typename Port> void setWord(Port &port, const int8_t *bytes) {
    for (unsigned v = 0; v < V; ++v)
      setBits(port, 8 * v, 8, uint8_t(bytes[v]));
  }
  template <typename Port> void setGarbage(Port &port) {
    for (unsigned v = 0; v < V; ++v)
      setBits(port, 8 * v, 8, bench.below(256));
  }

  void loadMemories() {
    auto words = [&](isa::Memory memory) {
      return program.local[size_t(memory)].size() / V;
    };
    size_t most = std::max({words(isa::Memory::Weight), words(isa::Memory::Tap),
                            words(isa::Memory::Cparam)});
    for (size_t i = 0; i < most; ++i) {
      auto write = [&](isa::Memory memory, auto &we, auto &addr, auto &data) {
        we = i < words(memory);
        addr = uint32_t(i);
        if (we)
          setWord(data, program.local[size_t(memory)].data() + i * V);
      };
      write(isa::Memory::Weight, bench->wm_we_i, bench->wm_addr_i,
            bench->wm_data_i);
      write(isa::Memory::Tap, bench->tm_we_i, bench->tm_addr_i,
            bench->tm_data_i);
      write(isa::Memory::Cparam, bench->cm_we_i, bench->cm_addr_i,
            bench->cm_data_i);
      bench.tick();
    }
    bench->wm_we_i = bench->tm_we_i = bench->cm_we_i = 0;
  }

  /// The result of each instruction and the memory at the end.
  void predict() {
    sim::MachineProgram machineProgram;
    machineProgram.arch = program.arch;
    sim::test::ReferenceMachine reference(machineProgram);
    reference.local = program.local;
    for (const isa::Instruction &inst : program.instructions) {
      reference.execute(inst);
      auto words = convWords(std::get<isa::Conv>(inst.body), program).result;
      std::vector<int8_t> bytes;
      for (uint32_t word : words)
        bytes.insert(bytes.end(), reference.local[0].begin() + word * V,
                     reference.local[0].begin() + (word + 1) * V);
      results.push_back({std::move(words), std::move(bytes)});
    }
    expectedFeature = reference.local[0];
  }

  /// A read port: the word of a grant is there two cycles later.
  template <typename Data>
  void readPort(std::deque<Read> &pipe, unsigned char &valid, Data &data) {
    Read now = pipe.empty() ? Read{} : pipe.front();
    if (pipe.size() == 2)
      pipe.pop_front();
    valid = now.valid;
    if (now.valid)
      setWord(data, now.data.data());
    else
      setGarbage(data);
  }
  void grantRead(std::deque<Read> &pipe, bool granted, uint32_t addr) {
    Read read;
    read.valid = granted;
    if (granted) {
      ++reads;
      ASSERT_LT(addr, program.arch.featureWords) << "read beyond the memory";
      read.data.assign(feature.begin() + addr * V,
                       feature.begin() + (addr + 1) * V);
    }
    pipe.push_back(read);
  }

  void cycle() {
    // What the registers of the surroundings hold.
    bool there = started < program.instructions.size() &&
                 (offered || bench.chance(options.instructionThere));
    const isa::Instruction *inst =
        there ? &program.instructions[started] : nullptr;
    bench.settle();
    offered = inst && (!inst->fence || bench->idle_o);
    bench->inst_valid_i = offered;
    if (offered) {
      uint8_t bytes[isa::kInstructionBytes];
      isa::encode(*inst, bytes);
      for (unsigned i = 0; i < isa::kInstructionBytes; ++i)
        setBits(bench->inst_i, 8 * i, 8, bytes[i]);
      bench->number_i = uint32_t(started) + 1000;
    } else {
      for (unsigned i = 0; i < 16; ++i)
        setBits(bench->inst_i, 32 * i, 32, bench.below(uint64_t(1) << 32));
    }
    readPort(sourcePipe, bench->fm_valid_i, bench->fm_data_i);
    readPort(residualPipe, bench->res_valid_i, bench->res_data_i);
    bench->finish_ready_i = bench.chance(options.finishReady);
    bench->fm_gnt_i = bench->res_gnt_i = bench->dr_gnt_i = 0;
    bench.settle();
    // Grants depend on requests.
    bench->fm_gnt_i = bench->fm_req_o && bench.chance(options.sourceGrants);
    bench->res_gnt_i = bench->res_req_o && bench.chance(options.residualGrants);
    bench->dr_gnt_i = bench->dr_req_o && bench.chance(options.resultGrants);
    bench.settle();
    passed += bench->fm_gnt_i || bench->dr_gnt_i || bench->res_gnt_i;

    if (bench->finish_o && bench->finish_ready_i) {
      ASSERT_LT(finished, started);
      ASSERT_EQ(bench->finish_post_o, program.instructions[finished].post);
      times[finished].finish = bench.cycle;
      if (checking)
        checkResult(finished);
      ++finished;
    }
    if (bench->inst_valid_i && bench->inst_ready_o)
      times[started++].start = bench.cycle, offered = false;
    grantRead(sourcePipe, bench->fm_gnt_i, bench->fm_addr_o);
    grantRead(residualPipe, bench->res_gnt_i, bench->res_addr_o);
    if (bench->dr_gnt_i) {
      ++writes;
      uint32_t word = bench->dr_addr_o;
      ASSERT_LT(word, program.arch.featureWords) << "write beyond the memory";
      for (unsigned v = 0; v < V; ++v)
        feature[word * V + v] = int8_t(getBits(bench->dr_data_o, 8 * v, 8));
    }
    if (bench->error_o) {
      ++errors;
      error = Error{bench->error_code_o, bench->error_number_o,
                    bench->error_address_o};
    }
    bench.tick();
  }

  void checkResult(size_t number) {
    const Result &result = results[number];
    for (size_t i = 0; i < result.words.size(); ++i)
      for (unsigned v = 0; v < V; ++v)
        ASSERT_EQ(feature[result.words[i] * V + v], result.bytes[i * V + v])
            << "instruction " << number << ", word " << i
            << " of its result, lane " << v << "\n"
            << isa::print(program.instructions[number]);
  }

  struct Result {
    std::vector<uint32_t> words;
    std::vector<int8_t> bytes;
  };

  ConvProgram program;
  ConvBenchOptions options;
  unsigned V;
  std::vector<int8_t> feature, expectedFeature;
  std::vector<Result> results;
  std::deque<Read> sourcePipe, residualPipe;
  bool offered = false;
  bool checking = true;
  size_t passed = 0; ///< cycles with a grant
};

} // namespace nncc::hw

#endif
