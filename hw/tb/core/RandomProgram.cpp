//===- RandomProgram.cpp - Legal programs by chance -----------------------===//
//
// Part of nncc, under the Apache License v2.0.
//
//===----------------------------------------------------------------------===//

#include "RandomProgram.h"

#include "RandomInstructions.h"
#include "nncc/Scheduling/TokenAssignment.h"

#include <algorithm>
#include <random>
#include <set>

using namespace nncc;
using namespace nncc::hw;

/// The words or bytes [base + ...] of a block: true if all are different.
static bool addBlock(std::set<int64_t> &out, int64_t base, uint32_t countX,
                     int64_t pitchX, uint32_t countY, int64_t pitchY,
                     uint32_t countZ, int64_t pitchZ) {
  bool distinct = true;
  for (uint32_t z = 0; z < countZ; ++z)
    for (uint32_t y = 0; y < countY; ++y)
      for (uint32_t x = 0; x < countX; ++x)
        distinct &=
            out.insert(base + z * pitchZ + y * pitchY + x * pitchX).second;
  return distinct;
}

/// What an instruction writes is all different, in words.
static bool writesDistinct(const isa::Instruction &inst) {
  std::set<int64_t> words;
  auto result = [&](const auto &op, uint32_t groups) {
    return addBlock(words, op.dstBase, op.width, 1, op.height, op.dstRowPitch,
                    groups, op.dstGroupPitch);
  };
  if (const auto *op = std::get_if<isa::Load>(&inst.body))
    return addBlock(words, op->localBase, op->countX, 1, op->countY,
                    op->localPitchY, op->countZ, op->localPitchZ);
  if (const auto *op = std::get_if<isa::LoadWindow>(&inst.body))
    return addBlock(words, op->localBase, op->countX, 1, op->countY,
                    op->localPitchY, op->groups, op->localPitchZ);
  if (const auto *op = std::get_if<isa::Save>(&inst.body))
    return addBlock(words, op->dramOffset, op->countX, 1, op->countY,
                    op->dramPitchY, op->countZ, op->dramPitchZ);
  if (const auto *op = std::get_if<isa::Conv>(&inst.body))
    return !op->drain || result(*op, op->dstGroups);
  if (const auto *op = std::get_if<isa::Depthwise>(&inst.body))
    return result(*op, op->groups);
  if (const auto *op = std::get_if<isa::MaxPool>(&inst.body))
    return result(*op, op->groups);
  if (const auto *op = std::get_if<isa::Add>(&inst.body))
    return result(*op, op->groups);
  if (const auto *op = std::get_if<isa::Mul>(&inst.body))
    return result(*op, op->groups);
  return result(std::get<isa::Table>(inst.body),
                std::get<isa::Table>(inst.body).groups);
}

static bool overlaps(const isa::Access &a, const isa::Access &b) {
  if (a.isDram != b.isDram || a.space != b.space)
    return false;
  for (const isa::Interval &x : a.intervals)
    for (const isa::Interval &y : b.intervals)
      if (x.begin < y.end && y.begin < x.end)
        return true;
  return false;
}

/// It writes nothing that it reads. (What may replace its own element is tested
/// by the engines' own testbenches.)
static bool writesApart(const std::vector<isa::Access> &accesses) {
  for (const isa::Access &a : accesses)
    for (const isa::Access &b : accesses)
      if (a.write && !b.write && overlaps(a, b))
        return false;
  return true;
}

namespace {

/// Keeps instructions, if they are legal where they come to stand.
class Filter {
public:
  explicit Filter(const ArchConfig &arch)
      : arch(arch), taps(arch.tapEntries()) {}

  /// The tap list does not change after its first load.
  void setTaps(const uint8_t *bytes);
  void add(isa::Instruction inst);

  std::vector<isa::Instruction> kept;
  std::vector<scheduling::Node> nodes;
  struct Sums {
    bool there = false;
    uint32_t height = 0, width = 0;
  } sums[2];

private:
  const ArchConfig &arch;
  std::vector<isa::Tap> taps;
  size_t drained[2] = {scheduling::Node::kNone, scheduling::Node::kNone};
};

} // namespace

void Filter::setTaps(const uint8_t *bytes) {
  for (size_t i = 0; i < taps.size(); ++i)
    taps[i] = isa::Tap::decode(bytes + 4 * i);
}

void Filter::add(isa::Instruction inst) {
  auto *conv = std::get_if<isa::Conv>(&inst.body);
  if (conv) {
    const Sums &bank = sums[conv->psumBank];
    conv->accumulate = conv->accumulate && bank.there &&
                       bank.height == conv->height && bank.width == conv->width;
  }
  std::vector<isa::Access> accesses =
      isa::footprint(inst, arch, conv ? taps.data() + conv->tapBase : nullptr);
  if (!writesDistinct(inst) || !writesApart(accesses))
    return;
  scheduling::Node node{inst.engine, accesses, scheduling::Node::kNone};
  if (conv) {
    node.finished = drained[conv->psumBank];
    sums[conv->psumBank] = {!conv->drain, conv->height, conv->width};
    if (conv->drain)
      drained[conv->psumBank] = kept.size();
  }
  nodes.push_back(node);
  kept.push_back(inst);
}

/// Makes the instructions of `out.program` what the header says.
static std::string finish(unsigned engines, RandomProgram &out) {
  sim::MachineProgram &program = out.program;
  const ArchConfig &arch = program.arch;
  // Where memories are small, loads reach behind the constants.
  program.constants.resize(
      std::max<size_t>(program.constants.size(), program.inputBytes));
  Filter filter(arch);
  for (const isa::Instruction &inst : program.instructions) {
    if (const auto *load = std::get_if<isa::Load>(&inst.body);
        load && load->memory == isa::Memory::Tap)
      filter.setTaps(&program.constants[load->dramOffset]);
    if (engines >> unsigned(inst.engine) & 1)
      filter.add(inst);
  }
  isa::Save save;
  save.region = isa::Region::Output;
  save.dramOffset = uint32_t(program.outputBytes);
  save.countX = savedWords(arch);
  save.countY = save.countZ = 1;
  isa::Instruction last;
  last.engine = isa::Engine::Save;
  last.body = save;
  filter.add(last);
  program.outputBytes += uint64_t(save.countX) * arch.vector;

  scheduling::TokenResult tokens =
      scheduling::assignTokens(filter.nodes, arch.tokenLimit);
  if (!tokens.ok)
    return tokens.why;
  program.instructions = filter.kept;
  for (size_t i = 0; i < program.instructions.size(); ++i) {
    program.instructions[i].wait = tokens.sync[i].wait;
    program.instructions[i].post = tokens.sync[i].post;
    program.instructions[i].fence = tokens.sync[i].fence;
  }
  for (unsigned bank = 0; bank < 2; ++bank) {
    const Filter::Sums &sums = filter.sums[bank];
    out.sums[bank] = sums.there ? sums.height * sums.width : 0;
  }
  return "";
}

std::string hw::makeRandomProgram(const ArchConfig &arch, uint64_t seed,
                                  unsigned count, unsigned engines,
                                  RandomProgram &out) {
  out.program = sim::test::makeRandomProgram(arch, uint32_t(seed), count);
  return finish(engines, out);
}

std::string hw::makeProgramOf(const ArchConfig &arch, uint64_t seed,
                              const std::vector<isa::Instruction> &instructions,
                              RandomProgram &out) {
  out.program = sim::test::makeRandomProgram(arch, uint32_t(seed), 0);
  out.program.instructions.insert(out.program.instructions.end(),
                                  instructions.begin(), instructions.end());
  return finish(kAllEngines, out);
}

std::vector<uint8_t> hw::makeRandomInput(const sim::MachineProgram &program,
                                         uint64_t seed) {
  std::mt19937_64 random(seed);
  std::vector<uint8_t> input(program.inputBytes);
  for (uint8_t &byte : input)
    byte = uint8_t(random());
  return input;
}
