//===- RandomVector.cpp - Instructions of the vector engine by chance -----===//
//
// Part of nncc, under the Apache License v2.0.
//
//===----------------------------------------------------------------------===//

#include "RandomVector.h"
#include "ProgramBuilder.h"

#include <algorithm>
#include <map>

using namespace nncc;
using namespace nncc::hw;
using sim::test::ProgramBuilder;
using sim::test::Record;

//===----------------------------------------------------------------------===//
// Overlap
//===----------------------------------------------------------------------===//

namespace {

/// The words an instruction writes, and at which position of its result.
class Results {
public:
  template <typename Op> explicit Results(const Op &op) {
    forEach(op, [&](uint64_t g, uint64_t y, uint64_t x, uint64_t position) {
      uint64_t word =
          op.dstBase + g * op.dstGroupPitch + y * op.dstRowPitch + x;
      unique &= positions.emplace(word, position).second;
    });
  }

  /// Calls f(group, row, column, position) for each word of the result.
  template <typename Op, typename F> static void forEach(const Op &op, F f) {
    uint64_t position = 0;
    for (uint64_t g = 0; g < op.groups; ++g)
      for (uint64_t y = 0; y < op.height; ++y)
        for (uint64_t x = 0; x < op.width; ++x)
          f(g, y, x, position++);
  }

  bool written(uint64_t word) const { return positions.count(word) != 0; }
  bool writtenElsewhere(uint64_t word, uint64_t position) const {
    auto it = positions.find(word);
    return it != positions.end() && it->second != position;
  }

  bool unique = true;

private:
  std::map<uint64_t, uint64_t> positions;
};

template <typename Op> bool windowOverlaps(const Op &op) {
  Results results(op);
  bool legal = results.unique;
  if (legal)
    Results::forEach(op, [&](int64_t g, int64_t y, int64_t x, uint64_t) {
      for (int64_t ky = 0; ky < op.kernelH; ++ky)
        for (int64_t kx = 0; kx < op.kernelW; ++kx) {
          int64_t iy = op.originY + y * op.strideY + ky * op.dilationY;
          int64_t ix = op.originX + x * op.strideX + kx * op.dilationX;
          if (iy >= 0 && iy < op.srcHeight && ix >= 0 && ix < op.srcWidth)
            legal &= !results.written(op.srcBase + g * op.srcGroupPitch +
                                      iy * op.srcRowPitch + ix);
        }
    });
  return !legal;
}

template <typename Op> bool binaryOverlaps(const Op &op) {
  Results results(op);
  bool legal = results.unique;
  Results::forEach(op, [&](uint64_t g, uint64_t y, uint64_t x, uint64_t p) {
    legal &= !results.writtenElsewhere(
        op.aBase + g * op.aGroupPitch + y * op.aRowPitch + x, p);
    legal &= !results.writtenElsewhere(
        op.bBase + g * op.bGroupPitch + y * op.bRowPitch + x * op.bColumnPitch,
        p);
  });
  return !legal;
}

struct Overlaps {
  bool operator()(const isa::Depthwise &op) { return windowOverlaps(op); }
  bool operator()(const isa::MaxPool &op) { return windowOverlaps(op); }
  bool operator()(const isa::Add &op) { return binaryOverlaps(op); }
  bool operator()(const isa::Mul &op) { return binaryOverlaps(op); }
  bool operator()(const isa::Table &op) {
    Results results(op);
    bool legal = results.unique;
    Results::forEach(op, [&](uint64_t g, uint64_t y, uint64_t x, uint64_t p) {
      legal &= !results.writtenElsewhere(
          op.srcBase + g * op.srcGroupPitch + y * op.srcRowPitch + x, p);
    });
    return !legal;
  }
  template <typename Op> bool operator()(const Op &) { return true; }
};

} // namespace

//===----------------------------------------------------------------------===//
// Instructions
//===----------------------------------------------------------------------===//

template <typename Op> void RandomVector::setWindow(Op &op) {
  op.srcBase = upTo(arch.featureWords / 2);
  op.srcHeight = between(1, 12);
  op.srcWidth = between(1, 12);
  op.srcRowPitch = rarely(6) ? upTo(20) : op.srcWidth + upTo(3);
  op.srcGroupPitch = rarely(6) ? upTo(200) : op.srcHeight * op.srcRowPitch;
  op.originY = static_cast<int32_t>(pick(-4, 4));
  op.originX = static_cast<int32_t>(pick(-4, 4));
  op.strideY = between(1, 3);
  op.strideX = between(1, 3);
  op.padValue = rarely(3) ? -128 : byte();
  op.kernelH = between(1, 4);
  op.kernelW = between(1, 4);
  op.dilationY = between(1, 3);
  op.dilationX = between(1, 4);
  op.groups = between(1, 3);
  if (rarely(6)) {
    // Large windows whose columns meet again in the next pixels.
    op.srcHeight = between(5, 16);
    op.srcWidth = between(5, 16);
    op.srcRowPitch = op.srcWidth;
    op.kernelH = between(4, 14);
    op.kernelW = between(3, 12);
    op.strideX = between(1, 2);
    op.dilationX = rarely(2) ? 2 * op.strideX : op.strideX;
    op.dilationY = 1;
    op.groups = 1;
  } else if (rarely(8)) {
    // Far from the usual: windows that mostly lie outside.
    op.originY = static_cast<int32_t>(pick(-2048, 30));
    op.originX = static_cast<int32_t>(pick(-2048, 30));
    op.strideY = between(1, 15);
    op.strideX = between(1, 15);
    op.dilationY = between(1, 255);
    op.dilationX = between(1, 255);
    (rarely(2) ? op.kernelH : op.kernelW) = between(1, 255);
  }
}

template <typename Op> void RandomVector::setResult(Op &op) {
  op.height = between(1, 9);
  op.width = between(1, 9);
  if (rarely(10))
    (rarely(2) ? op.height : op.width) = between(1, 60);
  op.dstBase = upTo(arch.featureWords - 1);
  op.dstRowPitch = op.width + upTo(3);
  op.dstGroupPitch = op.height * op.dstRowPitch + upTo(3);
  // Group by group within a row is as good as row by row within a group.
  if (rarely(6)) {
    op.dstGroupPitch = op.width + upTo(3);
    op.dstRowPitch = op.groups * op.dstGroupPitch;
  }
}

template <typename Op> void RandomVector::setClamp(Op &op) {
  op.outZp = byte();
  op.clampLo = rarely(2) ? -128 : byte();
  op.clampHi = rarely(2) ? 127 : byte();
  if (op.clampLo > op.clampHi)
    std::swap(op.clampLo, op.clampHi);
}

template <typename Op> void RandomVector::setBinary(Op &op) {
  op.groups = between(1, 3);
  setResult(op);
  setClamp(op);
  op.aBase = upTo(arch.featureWords - 1);
  op.aRowPitch = op.width + upTo(3);
  op.aGroupPitch = op.height * op.aRowPitch + upTo(3);
  op.bBase = upTo(arch.featureWords - 1);
  op.bRowPitch = upTo(12);
  op.bGroupPitch = upTo(100);
  op.bColumnPitch = upTo(1);
  if (rarely(3)) { // in place
    bool a = rarely(2);
    (a ? op.aBase : op.bBase) = op.dstBase;
    (a ? op.aRowPitch : op.bRowPitch) = op.dstRowPitch;
    (a ? op.aGroupPitch : op.bGroupPitch) = op.dstGroupPitch;
    op.bColumnPitch |= !a;
  }
}

isa::Instruction RandomVector::makeAny() {
  isa::Instruction inst;
  inst.engine = isa::Engine::Vector;
  inst.post = static_cast<uint8_t>(
      upTo(31) & ~(1u << static_cast<unsigned>(isa::Engine::Vector)));
  inst.wait = static_cast<uint8_t>(
      upTo(31) & ~(1u << static_cast<unsigned>(isa::Engine::Vector)));
  inst.fence = rarely(2);
  switch (pick(0, 6)) {
  case 0:
  case 1: {
    isa::Depthwise op;
    setWindow(op);
    setResult(op);
    setClamp(op);
    op.unitWeights = rarely(3);
    op.sharedParams = rarely(3);
    op.weightBase = upTo(arch.vectorWords - 1);
    op.paramBase = upTo(arch.vectorWords / 2);
    inst.body = op;
    break;
  }
  case 2:
  case 3: {
    isa::MaxPool op;
    setWindow(op);
    setResult(op);
    inst.body = op;
    break;
  }
  case 4: {
    isa::Add op;
    setBinary(op);
    // Either anything, or something that does not saturate.
    bool any = rarely(2);
    int64_t limit = any ? 32767 : 2000;
    op.aMultiplier = static_cast<int32_t>(pick(-limit - 1, limit));
    op.bMultiplier = static_cast<int32_t>(pick(-limit - 1, limit));
    int64_t constant = any ? (int64_t(1) << 31) : 100000;
    op.constant = static_cast<int32_t>(pick(-constant, constant - 1));
    // As it is, or in fine steps.
    bool one = rarely(3);
    op.multiplier = one ? 1 : upTo(131071);
    op.shift = any ? between(1, 40) : one ? between(10, 14) : between(26, 30);
    inst.body = op;
    break;
  }
  case 5: {
    isa::Mul op;
    setBinary(op);
    op.aZp = byte();
    op.bZp = byte();
    op.multiplier = upTo(131071);
    op.shift = rarely(3) ? between(1, 40) : between(20, 26);
    inst.body = op;
    break;
  }
  default: {
    isa::Table op;
    op.groups = between(1, 3);
    setResult(op);
    op.srcBase = upTo(arch.featureWords - 1);
    op.srcRowPitch = upTo(20);
    op.srcGroupPitch = upTo(200);
    if (rarely(3)) { // in place
      op.srcBase = op.dstBase;
      op.srcRowPitch = op.dstRowPitch;
      op.srcGroupPitch = op.dstGroupPitch;
    }
    op.tableBase = upTo(arch.vectorWords - 1);
    inst.body = op;
    break;
  }
  }
  return inst;
}

sim::MachineProgram RandomVector::makeProgram(unsigned count) {
  ProgramBuilder builder(arch);
  auto bytes = [&](size_t words) {
    std::vector<uint8_t> result(words * arch.vector);
    for (uint8_t &value : result)
      value = static_cast<uint8_t>(upTo(255));
    return result;
  };
  uint32_t recordWords = arch.vectorWords / 2;
  std::vector<Record> records(size_t(recordWords) * arch.vector / 8);
  for (Record &record : records) {
    // Now and then a bias that makes sums wrap or saturate.
    int64_t range = int64_t(1) << (rarely(5) ? 31 : 16);
    record.bias = static_cast<int32_t>(pick(-range, range - 1));
    record.multiplier =
        rarely(6) ? (rarely(2) ? 131071 : upTo(2)) : upTo(131071);
    record.shift =
        static_cast<uint8_t>(rarely(4) ? between(1, 40) : between(20, 28));
  }
  uint32_t half = arch.featureWords / 2;
  uint32_t pixels = builder.constant(bytes(arch.featureWords));
  builder.load(isa::Memory::Feature, 0, isa::Region::Constant, pixels, half);
  builder.load(isa::Memory::Feature, half, isa::Region::Constant,
               pixels + half * arch.vector, arch.featureWords - half);
  builder.load(isa::Memory::Vparam, 0, isa::Region::Constant,
               builder.records(records), recordWords);
  builder.load(isa::Memory::Vparam, recordWords, isa::Region::Constant,
               builder.constant(bytes(arch.vectorWords - recordWords)),
               arch.vectorWords - recordWords);
  while (count != 0) {
    isa::Instruction inst = makeAny();
    if (!isa::verify(inst, arch).empty() || std::visit(Overlaps(), inst.body))
      continue;
    if (const auto *op = std::get_if<isa::Depthwise>(&inst.body))
      if (op->paramBase + 8 * (op->sharedParams ? 1 : op->groups) > recordWords)
        continue;
    inst.wait = inst.post = 0;
    builder.program.instructions.push_back(inst);
    --count;
  }
  return builder.program;
}

isa::Instruction RandomVector::makeBeyond() {
  for (;;) {
    isa::Instruction inst = makeAny();
    if (isa::verifyFields(inst).empty() && !isa::verify(inst, arch).empty())
      return inst;
  }
}
