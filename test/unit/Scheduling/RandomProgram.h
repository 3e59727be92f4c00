//===- RandomProgram.h - Random instructions for tests ----------*- C++ -*-===//
//
// Part of nncc, under the Apache License v2.0.
//
//===----------------------------------------------------------------------===//

#ifndef NNCC_TEST_UNIT_SCHEDULING_RANDOMPROGRAM_H
#define NNCC_TEST_UNIT_SCHEDULING_RANDOMPROGRAM_H

#include "nncc/Scheduling/Schedule.h"

#include <algorithm>
#include <random>
#include <vector>

namespace nncc::scheduling::test {

inline isa::Access access(isa::Memory memory, bool write,
                          std::vector<isa::Interval> intervals) {
  return {false, uint8_t(memory), write, std::move(intervals)};
}

inline isa::Access access(isa::Region region, bool write,
                          std::vector<isa::Interval> intervals) {
  return {true, uint8_t(region), write, std::move(intervals)};
}

inline Node node(isa::Engine engine, std::vector<isa::Access> accesses) {
  return {engine, std::move(accesses), Node::kNone};
}

/// Programs of the machine's kind: loads from DRAM to any memory, computation
/// between local memories, saves to DRAM. `words` is the size of each memory:
/// the smaller, the more conflicts. Convolutions use two banks of sums, and
/// most of them drain theirs.
class RandomProgram {
public:
  RandomProgram(uint32_t seed, uint32_t words) : random(seed), words(words) {}

  uint32_t upTo(uint32_t n) { return random() % (n + 1); }

  std::vector<isa::Interval> intervals() {
    std::vector<isa::Interval> result;
    uint32_t at = upTo(words - 1);
    for (unsigned n = 1 + upTo(2); n && at < words; --n) {
      uint32_t end = std::min(words, at + 1 + upTo(words / 4));
      result.push_back({at, end});
      at = end + 1 + upTo(words / 4);
    }
    return result;
  }

  Node next() {
    using isa::Engine, isa::Memory, isa::Region;
    Engine engine = Engine(upTo(isa::kNumEngines - 1));
    switch (engine) {
    case Engine::Load0:
    case Engine::Load1:
      return node(engine, {access(Region(upTo(3)), false, intervals()),
                           access(Memory(upTo(4)), true, intervals())});
    case Engine::Conv:
      return node(engine, {access(Memory::Feature, false, intervals()),
                           access(Memory::Weight, false, intervals()),
                           access(Memory::Tap, false, intervals()),
                           access(Memory::Cparam, false, intervals()),
                           access(Memory::Feature, true, intervals())});
    case Engine::Vector:
      return node(engine, {access(Memory::Feature, false, intervals()),
                           access(Memory::Vparam, false, intervals()),
                           access(Memory::Feature, true, intervals())});
    case Engine::Save:
      break;
    }
    return node(engine, {access(Memory::Feature, false, intervals()),
                         access(upTo(1) ? Region::Output : Region::Workspace,
                                true, intervals())});
  }

  std::vector<Node> program(size_t length) {
    std::vector<Node> nodes;
    size_t drained[2] = {Node::kNone, Node::kNone};
    for (size_t i = 0; i < length; ++i) {
      nodes.push_back(next());
      if (nodes[i].engine != isa::Engine::Conv)
        continue;
      size_t &bank = drained[upTo(1)];
      nodes[i].finished = bank;
      if (upTo(3))
        bank = i;
    }
    return nodes;
  }

private:
  std::mt19937 random;
  uint32_t words;
};

} // namespace nncc::scheduling::test

#endif // NNCC_TEST_UNIT_SCHEDULING_RANDOMPROGRAM_H
