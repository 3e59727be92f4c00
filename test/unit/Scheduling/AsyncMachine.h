//===- AsyncMachine.h - Engines of random speed -----------------*- C++ -*-===//
//
// Part of nncc, under the Apache License v2.0.
//
//===----------------------------------------------------------------------===//
//
// Runs a schedule as the hardware might: a fetch unit, finite queues, counters
// that hold `tokenLimit` tokens, and engines whose speed changes at random. An
// instruction reads and writes its words one by one in random order between its
// start and its end, so that a missing token shows as a wrong value. What it
// writes depends on its number and on all that it has read.
//
//===----------------------------------------------------------------------===//

#ifndef NNCC_TEST_UNIT_SCHEDULING_ASYNCMACHINE_H
#define NNCC_TEST_UNIT_SCHEDULING_ASYNCMACHINE_H

#include "nncc/Scheduling/Schedule.h"

#include <algorithm>
#include <array>
#include <deque>
#include <map>
#include <random>
#include <utility>
#include <vector>

namespace nncc::scheduling::test {

class AsyncMachine {
public:
  /// What is in memory: by space (local, then DRAM) and address.
  using Contents = std::map<std::pair<unsigned, uint32_t>, uint64_t>;

  struct Outcome {
    bool deadlock = false;
    Contents contents;
  };

  explicit AsyncMachine(const std::vector<Node> &nodes) : nodes(nodes) {}

  /// One instruction after the other.
  Contents runInOrder() {
    memory.clear();
    for (size_t i = 0; i < nodes.size(); ++i) {
      uint64_t digest = i;
      for (auto cell : cells(i, false))
        digest = mix(digest, load(cell));
      for (auto cell : cells(i, true))
        memory[cell] = mix(digest, cell.second);
    }
    return memory;
  }

  Outcome run(const std::vector<Sync> &sync, unsigned tokenLimit,
              unsigned queueDepth, uint32_t seed) {
    std::mt19937 random(seed);
    memory.clear();
    size_t fetched = 0, finished = 0;
    std::array<std::deque<size_t>, isa::kNumEngines> queues;
    unsigned counters[isa::kNumEngines][isa::kNumEngines] = {};
    std::array<Engine, isa::kNumEngines> engines;
    std::array<unsigned, isa::kNumEngines> speed;

    // A round in which nobody can do anything is a deadlock.
    for (uint64_t round = 0; finished < nodes.size(); ++round) {
      if (round % 64 == 0)
        for (unsigned &s : speed)
          s = 1u << random() % 8; // Of 128.
      bool possible = false;
      if (fetched < nodes.size()) {
        auto &queue = queues[unsigned(nodes[fetched].engine)];
        if (queue.size() < queueDepth) {
          queue.push_back(fetched++);
          possible = true;
        }
      }
      for (unsigned e = 0; e < isa::kNumEngines; ++e) {
        Engine &engine = engines[e];
        if (!engine.busy) {
          if (queues[e].empty())
            continue;
          size_t i = queues[e].front();
          bool ready = true;
          for (unsigned f = 0; f < isa::kNumEngines; ++f)
            ready &= !(sync[i].wait >> f & 1) || counters[f][e] > 0;
          if (!ready)
            continue;
          possible = true;
          if (random() % 128 >= speed[e])
            continue;
          for (unsigned f = 0; f < isa::kNumEngines; ++f)
            counters[f][e] -= sync[i].wait >> f & 1;
          engine.start(i, cells(i, false), cells(i, true), random);
          continue;
        }
        if (!engine.steps.empty()) {
          possible = true;
          if (random() % 128 < speed[e])
            step(engine);
          continue;
        }
        // Finished but for the posts, which wait for room.
        size_t i = engine.instruction;
        bool room = true;
        for (unsigned t = 0; t < isa::kNumEngines; ++t)
          room &= !(sync[i].post >> t & 1) || counters[e][t] < tokenLimit;
        if (!room)
          continue;
        possible = true;
        for (unsigned t = 0; t < isa::kNumEngines; ++t)
          counters[e][t] += sync[i].post >> t & 1;
        engine.busy = false;
        queues[e].pop_front();
        ++finished;
      }
      if (!possible)
        return {true, memory};
    }
    return {false, memory};
  }

private:
  using CellId = std::pair<unsigned, uint32_t>;

  struct Engine {
    bool busy = false;
    size_t instruction = 0;
    uint64_t digest = 0;
    /// Reads in any order, then writes in any order; taken from the back.
    std::vector<std::pair<bool, CellId>> steps;
    std::map<CellId, uint64_t> read;

    void start(size_t i, std::vector<CellId> reads, std::vector<CellId> writes,
               std::mt19937 &random) {
      busy = true;
      instruction = i;
      steps.clear();
      read.clear();
      std::shuffle(reads.begin(), reads.end(), random);
      std::shuffle(writes.begin(), writes.end(), random);
      for (const CellId &cell : writes)
        steps.push_back({true, cell});
      for (const CellId &cell : reads)
        steps.push_back({false, cell});
    }
  };

  void step(Engine &engine) {
    auto [write, cell] = engine.steps.back();
    engine.steps.pop_back();
    if (!write) {
      engine.read[cell] = load(cell);
      return;
    }
    uint64_t digest = engine.instruction;
    for (const auto &[where, value] : engine.read)
      digest = mix(digest, value);
    memory[cell] = mix(digest, cell.second);
  }

  /// Sorted, each once.
  std::vector<CellId> cells(size_t i, bool write) const {
    std::vector<CellId> result;
    for (const isa::Access &a : nodes[i].accesses)
      if (a.write == write)
        for (const isa::Interval &range : a.intervals)
          for (uint32_t at = range.begin; at < range.end; ++at)
            result.push_back({(a.isDram ? 8u : 0u) + a.space, at});
    std::sort(result.begin(), result.end());
    result.erase(std::unique(result.begin(), result.end()), result.end());
    return result;
  }

  uint64_t load(CellId cell) const {
    auto it = memory.find(cell);
    return it == memory.end() ? cell.first * 1000003u + cell.second
                              : it->second;
  }

  static uint64_t mix(uint64_t a, uint64_t b) {
    a ^= b + 0x9e3779b97f4a7c15u + (a << 6) + (a >> 2);
    a *= 0xff51afd7ed558ccdu;
    return a ^ (a >> 32);
  }

  const std::vector<Node> &nodes;
  Contents memory;
};

} // namespace nncc::scheduling::test

#endif // NNCC_TEST_UNIT_SCHEDULING_ASYNCMACHINE_H
