//===- Transfers.h - Random transfers and their memories --------*- C++ -*-===//
//
// Part of nncc, under the Apache License v2.0.
//
//===----------------------------------------------------------------------===//
//
// What the testbenches of the load and save engines share: random legal
// instructions, the simulator that executes them, and a copy of its DRAM behind
// an AXI port.
//
//===----------------------------------------------------------------------===//

#ifndef NNCC_HW_TB_AXI_TRANSFERS_H
#define NNCC_HW_TB_AXI_TRANSFERS_H

#include "AxiSlave.h"
#include "nncc/Simulator/Machine.h"
#include <functional>
#include <string>

namespace nncc::hw {

constexpr uint64_t kRegionBytes = 96 * 1024;

/// A configuration with words of `vector` bytes and ports of `dataBits`.
inline ArchConfig transferArch(unsigned vector, unsigned dataBits) {
  ArchConfig arch;
  arch.name = "transfers";
  arch.vector = arch.outputs = vector;
  arch.activationBits = arch.weightBits = 8;
  arch.featureWords = 2048;
  arch.featureBanks = 4;
  arch.weightBlocks = 64;
  arch.tapWords = 64;
  arch.convParams = 8;
  arch.vectorWords = 128;
  arch.psumPixels = 64;
  arch.vectorTaps = 3;
  arch.queueDepth = 4;
  arch.tokenLimit = 7;
  arch.axiDataBits = dataBits;
  arch.axiBurstBeats = 16;
  arch.axiOutstanding = 8;
  arch.clockMHz = 100;
  arch.memoryBytesPerCycle = 8;
  arch.memoryLatency = 60;
  return arch;
}

class TransferGenerator {
public:
  TransferGenerator(const ArchConfig &arch, uint64_t seed)
      : arch(arch), random(seed) {}

  isa::Instruction load();
  isa::Instruction loadWindow();
  isa::Instruction save();
  /// One of these that is legal and stays within its region.
  isa::Instruction legal(isa::Instruction (TransferGenerator::*make)()) {
    for (;;) {
      isa::Instruction inst = (this->*make)();
      inst.post = uint8_t(random() & 31 & ~(1u << unsigned(inst.engine)));
      std::optional<isa::DramRange> range = isa::dramRange(inst, arch);
      if (isa::verify(inst, arch).empty() && range->end <= kRegionBytes)
        return inst;
    }
  }

  uint32_t between(uint32_t lo, uint32_t hi) {
    return lo + uint32_t(random() % (uint64_t(hi) - lo + 1));
  }
  bool chance(unsigned percent) { return random() % 100 < percent; }

private:
  /// A size that is mostly small.
  uint32_t size(uint32_t large) {
    return between(1, chance(60) ? std::min(large, 6u) : large);
  }
  uint32_t offset() {
    // Close to a boundary of 4096 bytes, or anywhere.
    uint32_t bytes = chance(50) ? between(0, 20) * 4096 + between(0, 255) * 8
                                : between(0, kRegionBytes);
    return bytes / arch.vector * arch.vector;
  }
  template <typename Op> void block(Op &op, uint32_t limit);

  ArchConfig arch;
  std::mt19937_64 random;
};

template <typename Op> void TransferGenerator::block(Op &op, uint32_t limit) {
  op.dramOffset = offset();
  op.countX = size(std::min(limit, 400u));
  op.countY = size(12);
  op.countZ = size(8);
  // Rows and planes that touch, that overlap, that lie apart.
  op.dramPitchY = chance(50) ? op.countX : between(0, op.countX + 40);
  uint32_t plane = op.dramPitchY * op.countY;
  op.dramPitchZ = chance(50) ? plane : between(0, plane + 300);
  op.localPitchY = chance(50) ? op.countX : between(0, op.countX + 10);
  plane = op.localPitchY * op.countY;
  op.localPitchZ = chance(50) ? plane : between(0, plane + 50);
  uint32_t end = plane + op.countX + op.countZ * op.localPitchZ;
  op.localBase = end < limit && chance(80) ? between(0, limit - end)
                                           : between(0, limit - 1);
}

inline isa::Instruction TransferGenerator::load() {
  isa::Load op;
  op.memory = isa::Memory(between(0, 4));
  op.region = isa::Region(between(0, 3));
  uint32_t limits[] = {arch.featureWords, arch.weightWords(), arch.tapWords,
                       arch.convParamWords(), arch.vectorWords};
  block(op, limits[unsigned(op.memory)]);
  isa::Instruction inst;
  inst.engine = isa::Engine::Load0;
  inst.body = op;
  return inst;
}

inline isa::Instruction TransferGenerator::loadWindow() {
  isa::LoadWindow op;
  op.region = isa::Region(between(0, 3));
  op.dramOffset = offset();
  op.countX = chance(50) ? between(1, 12) : between(1, 120);
  op.countY = size(12);
  op.groups = chance(50) ? 1 : between(1, 5);
  op.rowBytes = chance(40) ? between(1, 40) : between(1, 1000);
  op.dramPitchY = chance(50) ? (op.rowBytes + arch.vector - 1) / arch.vector
                             : between(0, 100);
  op.step = chance(70) ? between(1, 16) : between(1, 511);
  op.start = chance(70) ? int32_t(between(0, 40)) - 30
                        : int32_t(between(0, 3000)) - 1500;
  op.fill = int32_t(between(0, 255)) - 128;
  op.localPitchY = chance(50) ? op.countX : between(0, op.countX + 10);
  uint32_t plane = op.localPitchY * op.countY;
  op.localPitchZ = chance(50) ? plane : between(0, plane + 50);
  op.localBase = between(0, arch.featureWords - 1) / (chance(70) ? 8 : 1);
  isa::Instruction inst;
  inst.engine = isa::Engine::Load0;
  inst.body = op;
  return inst;
}

inline isa::Instruction TransferGenerator::save() {
  isa::Save op;
  op.region = chance(50) ? isa::Region::Output : isa::Region::Workspace;
  block(op, arch.featureWords);
  isa::Instruction inst;
  inst.engine = isa::Engine::Save;
  inst.body = op;
  return inst;
}

/// Words that a transfer moves.
inline uint64_t transferWords(const isa::Instruction &inst) {
  if (const auto *op = std::get_if<isa::Load>(&inst.body))
    return uint64_t(op->countX) * op->countY * op->countZ;
  if (const auto *op = std::get_if<isa::LoadWindow>(&inst.body))
    return uint64_t(op->countX) * op->countY * op->groups;
  const auto &op = std::get<isa::Save>(inst.body);
  return uint64_t(op.countX) * op.countY * op.countZ;
}

/// A machine whose regions hold random bytes, and the same behind an AXI port
/// at random places.
class TransferMemories {
public:
  TransferMemories(const ArchConfig &arch,
                   std::vector<isa::Instruction> instructions, uint64_t seed)
      : arch(arch), random(seed) {
    sim::MachineProgram program;
    program.arch = arch;
    program.instructions = std::move(instructions);
    for (isa::Instruction &inst : program.instructions)
      inst.post = 0; // tokens are not executed here
    program.constants.resize(kRegionBytes);
    program.inputBytes = program.outputBytes = kRegionBytes;
    program.workspaceBytes = kRegionBytes;
    std::string error = sim::Machine::create(std::move(program), {}, machine);
    EXPECT_EQ(error, "");
    machine->reset();
    for (unsigned i = 0; i < 4; ++i) {
      sim::Machine::RegionBytes region = machine->region(isa::Region(i));
      for (uint64_t b = 0; b < region.size; ++b)
        region.data[b] = uint8_t(random());
      bases[i] = (uint64_t(10 + 50 * i) << 32) + (0xffff0000u >> i) +
                 random() % 8192 / arch.axiBytes() * arch.axiBytes();
      dram.add(bases[i],
               std::vector<uint8_t>(region.data, region.data + region.size));
    }
  }

  /// Executes everything on the machine.
  void execute() {
    for (size_t i = 0; i < machine->program().instructions.size(); ++i)
      ASSERT_EQ(machine->execute(i), "");
  }

  template <typename Top> void setRegions(Top &top) {
    for (unsigned i = 0; i < 4; ++i) {
      setBits(top.region_base_i, 40 * i, 40, bases[i]);
      setBits(top.region_size_i, 33 * i, 33, kRegionBytes);
    }
  }

  std::vector<uint8_t> expectedRegion(isa::Region which) {
    sim::Machine::RegionBytes region = machine->region(which);
    return std::vector<uint8_t>(region.data, region.data + region.size);
  }
  std::vector<uint8_t> actualRegion(isa::Region which) {
    std::vector<uint8_t> bytes(kRegionBytes);
    for (uint64_t b = 0; b < kRegionBytes; ++b)
      dram.read(bases[unsigned(which)] + b, 1, &bytes[b]);
    return bytes;
  }

  ArchConfig arch;
  std::mt19937_64 random;
  std::unique_ptr<sim::Machine> machine;
  Dram dram;
  uint64_t bases[4];
};

/// Puts an instruction on the ports of an engine.
template <typename Top>
void setInstruction(Top &top, const isa::Instruction &inst, uint32_t number) {
  uint8_t bytes[isa::kInstructionBytes];
  isa::encode(inst, bytes);
  for (unsigned i = 0; i < isa::kInstructionBytes; ++i)
    setBits(top.inst_i, 8 * i, 8, bytes[i]);
  top.number_i = number;
}

} // namespace nncc::hw

#endif // NNCC_HW_TB_AXI_TRANSFERS_H
