//===- LocalMemories.cpp - What the memories of a core hold ---------------===//
//
// Part of nncc, under the Apache License v2.0.
//
//===----------------------------------------------------------------------===//

#include "LocalMemories.h"

#include <cstring>

using namespace nncc;
using namespace nncc::hw;

namespace {

/// A memory in interleaved RAMs: word w is row w / n of RAM w % n of these n.
struct Interleaved {
  std::string before; ///< the path of RAM i is before + "i" + after
  std::string after;
  unsigned count;
  uint32_t words;
};

} // namespace

static std::string path(const Interleaved &memory, unsigned index) {
  if (memory.after.empty())
    return memory.before;
  return memory.before + std::to_string(index) + memory.after;
}

static Interleaved locate(isa::Memory memory, const ArchConfig &arch) {
  switch (memory) {
  case isa::Memory::Feature:
    return {"u_feature_mem.g_bank[", "].u_ram", arch.featureBanks,
            arch.featureWords};
  case isa::Memory::Weight:
    return {"u_conv.u_weights.g_memory[", "].u_ram", arch.outputGroups(),
            arch.weightWords()};
  case isa::Memory::Tap:
    return {"u_conv.u_walk.u_taps", "", 1, arch.tapWords};
  case isa::Memory::Cparam:
    return {"u_conv.u_drain.u_params", "", 1, arch.convParamWords()};
  case isa::Memory::Vparam:
    break;
  }
  if (arch.vectorTaps == 1)
    return {"u_vector.u_vparam.g_single.u_ram", "", 1, arch.vectorWords};
  return {"u_vector.u_vparam.g_banks.g_bank[", "].u_ram",
          arch.vectorTaps == 2 ? 2u : 4u, arch.vectorWords};
}

static std::string find(const Core &core, const std::string &path,
                        size_t rowBytes, size_t rows, Core::Ram &ram) {
  ram = core.ram(path);
  if (ram.data && ram.rowBytes == rowBytes && ram.rows >= rows)
    return "";
  return path + ": expected " + std::to_string(rows) + " rows of " +
         std::to_string(rowBytes) + " bytes, found " +
         std::to_string(ram.rows) + " of " + std::to_string(ram.rowBytes);
}

std::string hw::readLocalMemory(const Core &core, const ArchConfig &arch,
                                isa::Memory memory, std::vector<uint8_t> &out) {
  Interleaved where = locate(memory, arch);
  uint32_t v = arch.vector;
  out.resize(size_t(where.words) * v);
  for (unsigned i = 0; i < where.count; ++i) {
    Core::Ram ram;
    std::string error = find(core, path(where, i), v,
                             (where.words - i - 1) / where.count + 1, ram);
    if (!error.empty())
      return error;
    for (uint32_t word = i; word < where.words; word += where.count)
      std::memcpy(&out[size_t(word) * v],
                  ram.data + size_t(word / where.count) * v, v);
  }
  return "";
}

std::string hw::readPartialSums(const Core &core, const ArchConfig &arch,
                                unsigned bank, std::vector<int32_t> &out) {
  out.resize(size_t(arch.psumPixels) * arch.outputs);
  size_t rowBytes = arch.vector * sizeof(int32_t);
  for (unsigned group = 0; group < arch.outputGroups(); ++group) {
    Core::Ram ram;
    std::string error = find(core,
                             "u_conv.u_psum.g_group[" + std::to_string(group) +
                                 "].u_bank" + std::to_string(bank),
                             rowBytes, arch.psumPixels, ram);
    if (!error.empty())
      return error;
    for (uint32_t pixel = 0; pixel < arch.psumPixels; ++pixel)
      std::memcpy(&out[size_t(pixel) * arch.outputs + group * arch.vector],
                  ram.data + pixel * rowBytes, rowBytes);
  }
  return "";
}
