//===- Timing.h - How long a program takes ----------------------*- C++ -*-===//
//
// Part of nncc, under the Apache License v2.0.
//
//===----------------------------------------------------------------------===//
//
// An event-driven model of the engines, their queues and tokens, and the memory
// they share. It needs no tensor data. docs/timing-model.md explains it.
//
//===----------------------------------------------------------------------===//

#ifndef NNCC_SIMULATOR_TIMING_H
#define NNCC_SIMULATOR_TIMING_H

#include "nncc/ISA/ISA.h"
#include "nncc/Target/ArchConfig.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace nncc::sim {

/// The fixed costs of the model, in cycles unless said otherwise. One table, so
/// that a change of the hardware is one change here.
struct TimingConstants {
  /// Instructions that the fetch unit reads ahead of the queues.
  uint32_t fetchBuffer = 16;
  /// From the arrival of an instruction, through its check, to its place in a
  /// queue.
  uint32_t dispatch = 9;
  /// From an instruction that enters a queue to the next: its check.
  uint32_t dispatchInterval = 6;
  /// A transfer: from its tokens to its first address or first word.
  uint32_t transferStart = 6;
  /// A load: from its last data on the port to its last word in the memory.
  uint32_t loadFinish = 4;
  /// A save: from the answer to its last burst to its finish.
  uint32_t saveFinish = 3;
  /// A convolution: from its tokens to the load of its first weight block.
  uint32_t convStart = 2;
  /// From the last pixel of a tap list to complete sums, for V = 4; a cycle
  /// more for each doubling.
  uint32_t convPipeline = 10;
  /// Convolutions that are started and not finished.
  uint32_t convStarted = 8;
  /// From the last sums that leave a bank to their word in the feature memory.
  uint32_t drainPipeline = 16;
  /// Cycles in which the drain reads the records of a group of channels, beside
  /// the words of the group before.
  uint32_t drainRecords = 12;
  /// A vector instruction: from its tokens to its first word.
  uint32_t vectorStart = 4;
  /// From the last input word of max_pool to the result in the feature memory.
  uint32_t vectorPipeline = 14;
  /// What depthwise and table take beyond that, and twice of it add and mul.
  uint32_t vectorRequantize = 2;
  /// Words of requantization records that depthwise reads for a group.
  uint32_t vectorRecordWords = 8;
};

/// Why cycles pass, seen from the arithmetic: what each cycle of the whole run
/// was spent on.
struct CycleShares {
  uint64_t array = 0;   ///< the MAC array accumulated
  uint64_t vector = 0;  ///< it did not, but the vector engine worked
  uint64_t drain = 0;   ///< neither, while sums were drained
  uint64_t memory = 0;  ///< none of these, while DRAM data moved
  uint64_t latency = 0; ///< none of these: latency, start-up, dependences

  uint64_t total() const { return array + vector + drain + memory + latency; }
  CycleShares &operator+=(const CycleShares &other);
  /// "array", "vector", "drain", "memory" or "latency": the largest share;
  /// "none" when all are zero.
  const char *limiter() const;
};

struct InstructionTiming {
  uint64_t start = 0;  ///< cycle in which it took its tokens
  uint64_t finish = 0; ///< cycle in which it gave its tokens
  /// Cycles of the run that passed for this instruction: while it was the one
  /// that computed, or while nothing computed and it was the next to. The
  /// totals of all instructions add up to the cycles of the run.
  CycleShares cycles;
};

/// What an engine did in each cycle of the run: the members but `instructions`
/// add up to the cycles of the run.
struct EngineTiming {
  uint64_t instructions = 0;
  /// load, save: the cycles that the data needs at the engine's own pace; conv:
  /// accumulating; vector: producing words.
  uint64_t busy = 0;
  /// Waiting for a token of that engine, or for it to take one (full counter).
  std::array<uint64_t, isa::kNumEngines> token{};
  /// Waiting for the fetch unit with an empty queue.
  uint64_t instruction = 0;
  /// load, save: latency, bandwidth taken by others, refresh.
  uint64_t memory = 0;
  /// conv: waiting for sums to be drained, for their bank or for a fence.
  uint64_t drain = 0;
  /// Start-up and pipeline latency; load, save, vector: fences.
  uint64_t overhead = 0;
  /// Nothing left to do.
  uint64_t done = 0;

  uint64_t waiting() const;
};

struct TimingResult {
  /// From the start of the fetch to the last finish.
  uint64_t cycles = 0;
  std::vector<InstructionTiming> instructions;
  std::array<EngineTiming, isa::kNumEngines> engines;
  /// Bytes on the DRAM ports, whole beats; reads include the instructions.
  uint64_t dramBytesRead = 0;
  uint64_t dramBytesWritten = 0;
  /// Multiply-accumulates for which the array was occupied: taps * pixels *
  /// V*O.
  uint64_t arrayMacs = 0;
  /// What it could have done: cycles * V*O.
  uint64_t offeredMacs = 0;
};

class TimingModel {
public:
  /// `arch` must verify.
  explicit TimingModel(const ArchConfig &arch,
                       const TimingConstants &constants = {});

  /// Runs `program`, whose instructions must verify.
  /// \returns empty, or why the program never ends (a token that nobody gives).
  std::string run(const std::vector<isa::Instruction> &program,
                  TimingResult &out) const;

private:
  ArchConfig arch;
  TimingConstants constants;
};

/// A layer's part of a run.
struct LayerTiming {
  /// Adds up to the cycles of the run over all layers.
  CycleShares cycles;
  uint64_t instructions = 0;
  uint64_t arrayMacs = 0;
};

/// \param instructionLayers the layer of each instruction, below `layers`.
std::vector<LayerTiming>
summarizeLayers(const std::vector<isa::Instruction> &program,
                const TimingResult &timing, const ArchConfig &arch,
                const std::vector<uint32_t> &instructionLayers, size_t layers);

} // namespace nncc::sim

#endif // NNCC_SIMULATOR_TIMING_H
