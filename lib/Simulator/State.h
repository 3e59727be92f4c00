//===- State.h - State of the machine ---------------------------*- C++ -*-===//
//
// Part of nncc, under the Apache License v2.0.
//
//===----------------------------------------------------------------------===//
//
// The memories, and the instructions as functions on them. An instruction that
// runs has verified, so that all its addresses but those that come from a tap
// list are in range. Each function returns an empty string or the reason why
// the machine stops.
//
//===----------------------------------------------------------------------===//

#ifndef NNCC_LIB_SIMULATOR_STATE_H
#define NNCC_LIB_SIMULATOR_STATE_H

#include "Kernels/Kernels.h"
#include "Memories.h"
#include "nncc/ISA/ISA.h"
#include "nncc/Target/ArchConfig.h"

#include <array>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <string>
#include <vector>

namespace nncc::sim {

/// Taps whose words a convolution gathers at a time: they stay in the
/// first-level cache.
constexpr unsigned kTapBlock = 64;

/// A DRAM region. Its words are V bytes, for the written map.
struct DramRegion {
  struct Free {
    void operator()(uint8_t *bytes) const { std::free(bytes); }
  };

  uint8_t *data = nullptr;
  uint64_t size = 0;
  WrittenMap written;
  /// What `data` points to, unless it points to memory of someone else.
  std::unique_ptr<uint8_t[], Free> storage;

  /// Zeros; false if there is no such amount of memory.
  bool allocate(uint64_t bytes);
};

/// Weight blocks in the form that the convolution kernel reads. A block is
/// packed when an instruction first uses it after it was loaded.
struct PackedWeights {
  size_t blockBytes = 0;
  std::vector<uint8_t> blocks;
  std::vector<int32_t> corrections; // padded outputs of each block
  std::vector<bool> valid;
};

/// Memory that the instructions reuse, so that none allocates.
struct Scratch {
  std::vector<isa::Tap> taps;
  std::vector<uint8_t> gathered;
  std::vector<uint32_t> indices;
  std::vector<int32_t> sums;
  std::vector<int32_t> correction;
  // Records as arrays.
  std::vector<int32_t> bias, multiplier, shift;
  std::vector<double> factor;

  Records records() const {
    return {bias.data(), multiplier.data(), shift.data(), factor.data()};
  }
};

struct State {
  /// Sizes everything for `arch`.
  void allocate(const ArchConfig &arch, const Kernels &kernels, bool track);
  /// To the state before a program; everything but the constants and the inputs
  /// is filled with `byte`.
  void reset(uint8_t byte);

  ArchConfig arch;
  const Kernels *kernels = nullptr;
  bool checkUninitialized = false;

  WordMemory feature, weight, tap, cparam, vparam;
  /// [bank]: a pixel of padded outputs a word.
  std::array<std::vector<int32_t>, 2> sums;
  /// Height and width of the sums that the last instruction on a bank left;
  /// zeros after a drain.
  struct HeldSums {
    uint32_t height = 0, width = 0;
  };
  std::array<HeldSums, 2> heldSums;
  std::array<DramRegion, 4> regions;

  PackedWeights packed;
  Scratch scratch;

  unsigned vector() const { return arch.vector; }
  /// Index of the word behind the feature memory that stands for positions
  /// outside an image.
  uint32_t padWord() const { return arch.featureWords; }
  WordMemory &memory(isa::Memory which);
  DramRegion &region(isa::Region which) {
    return regions[static_cast<size_t>(which)];
  }
};

// Transfers.cpp
std::string execute(State &state, const isa::Load &inst);
std::string execute(State &state, const isa::LoadWindow &inst);
std::string execute(State &state, const isa::Save &inst);
// Conv.cpp
std::string execute(State &state, const isa::Conv &inst);
// Window.cpp
std::string execute(State &state, const isa::Depthwise &inst);
std::string execute(State &state, const isa::MaxPool &inst);
// Elementwise.cpp
std::string execute(State &state, const isa::Add &inst);
std::string execute(State &state, const isa::Mul &inst);
std::string execute(State &state, const isa::Table &inst);

/// Reads `count` records of 8 bytes into scratch.records(). A shift outside
/// 1..40 or a multiplier above 131071 stops the machine.
std::string readRecords(State &state, const int8_t *bytes, unsigned count);

} // namespace nncc::sim

#endif // NNCC_LIB_SIMULATOR_STATE_H
