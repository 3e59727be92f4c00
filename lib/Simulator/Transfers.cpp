//===- Transfers.cpp - load, load_window and save -------------------------===//
//
// Part of nncc, under the Apache License v2.0.
//
//===----------------------------------------------------------------------===//

#include "State.h"

#include <algorithm>
#include <cstring>

using namespace nncc;
using namespace nncc::sim;

/// Notes that a row of weight words is new.
static void invalidateWeights(State &state, size_t word, size_t count) {
  size_t perBlock = state.arch.outputs;
  for (size_t block = word / perBlock; block <= (word + count - 1) / perBlock;
       ++block)
    state.packed.valid[block] = false;
}

static std::string checkDramWritten(const DramRegion &region, uint64_t offset,
                                    uint64_t bytes, unsigned vector) {
  if (!region.written.enabled() || bytes == 0)
    return "";
  for (uint64_t word = offset / vector; word <= (offset + bytes - 1) / vector;
       ++word)
    if (!region.written.test(word))
      return "reads DRAM at offset " + std::to_string(word * vector) +
             " of the region, which nothing has written";
  return "";
}

std::string sim::execute(State &state, const isa::Load &inst) {
  WordMemory &local = state.memory(inst.memory);
  DramRegion &region = state.region(inst.region);
  unsigned vector = state.vector();
  size_t rowBytes = size_t(inst.countX) * vector;
  for (uint32_t z = 0; z < inst.countZ; ++z)
    for (uint32_t y = 0; y < inst.countY; ++y) {
      uint64_t offset =
          inst.dramOffset + uint64_t(vector) * (uint64_t(z) * inst.dramPitchZ +
                                                uint64_t(y) * inst.dramPitchY);
      size_t word = inst.localBase + size_t(z) * inst.localPitchZ +
                    size_t(y) * inst.localPitchY;
      std::string error = checkDramWritten(region, offset, rowBytes, vector);
      if (!error.empty())
        return error;
      std::memcpy(local.at(word), region.data + offset, rowBytes);
      local.markWritten(word, inst.countX);
      if (inst.memory == isa::Memory::Weight)
        invalidateWeights(state, word, inst.countX);
    }
  return "";
}

std::string sim::execute(State &state, const isa::LoadWindow &inst) {
  DramRegion &region = state.region(inst.region);
  int64_t vector = state.vector();
  for (uint32_t g = 0; g < inst.groups; ++g)
    for (uint32_t y = 0; y < inst.countY; ++y) {
      uint64_t offset =
          inst.dramOffset + uint64_t(vector) * uint64_t(y) * inst.dramPitchY;
      const uint8_t *row = region.data + offset;
      for (uint32_t x = 0; x < inst.countX; ++x) {
        size_t word = inst.localBase + size_t(g) * inst.localPitchZ +
                      size_t(y) * inst.localPitchY + x;
        int8_t *out = state.feature.at(word);
        // Bytes [begin, begin + vector) of the row, cut to [0, row_bytes).
        int64_t begin =
            int64_t(inst.start) + int64_t(x) * inst.step + int64_t(g) * vector;
        int64_t from = std::clamp<int64_t>(-begin, 0, vector);
        int64_t to =
            std::clamp<int64_t>(int64_t(inst.rowBytes) - begin, from, vector);
        std::memset(out, inst.fill, vector);
        if (to > from) {
          std::string error =
              checkDramWritten(region, offset + begin + from, to - from,
                               static_cast<unsigned>(vector));
          if (!error.empty())
            return error;
          std::memcpy(out + from, row + begin + from, to - from);
        }
        state.feature.markWritten(word);
      }
    }
  return "";
}

std::string sim::execute(State &state, const isa::Save &inst) {
  DramRegion &region = state.region(inst.region);
  unsigned vector = state.vector();
  size_t rowBytes = size_t(inst.countX) * vector;
  for (uint32_t z = 0; z < inst.countZ; ++z)
    for (uint32_t y = 0; y < inst.countY; ++y) {
      uint64_t offset =
          inst.dramOffset + uint64_t(vector) * (uint64_t(z) * inst.dramPitchZ +
                                                uint64_t(y) * inst.dramPitchY);
      size_t word = inst.localBase + size_t(z) * inst.localPitchZ +
                    size_t(y) * inst.localPitchY;
      std::string error = state.feature.checkWritten(word, inst.countX);
      if (!error.empty())
        return error;
      std::memcpy(region.data + offset, state.feature.at(word), rowBytes);
      if (region.written.enabled())
        region.written.set(offset / vector, inst.countX);
    }
  return "";
}
