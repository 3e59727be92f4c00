//===- AsyncMachine.h - Engines of random speed -----------------*- C++ -*-===//
//
// Part of nncc, under the Apache License v2.0.
//
//===----------------------------------------------------------------------===//
//
// Runs a schedule as the hardware might: a fetch unit, finite queues, counters
// that hold `tokenLimit` tokens, and engines whose speed changes at random. An
// engine starts its instructions in order and finishes them in order, but has
// several of them in flight, which take turns at random. An instruction reads
// and writes its words one by one, in random order, anywhere between its start
// and its finish, so that a missing token or fence shows as a wrong value.
//
// What an instruction writes to a word depends on its number and on some of the
// words that it reads; each of those matters to some word that it writes. Only
// the order within one element is kept, as in hardware: a word is written after
// what it depends on was read, and after the instruction has read that word
// itself.
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
    /// Most instructions of one engine that were in flight together.
    size_t overlap = 0;
    Contents contents;
  };

  explicit AsyncMachine(const std::vector<Node> &nodes) : nodes(nodes) {}

  /// One instruction after the other.
  Contents runInOrder() {
    memory.clear();
    for (size_t i = 0; i < nodes.size(); ++i) {
      Running running(i, cells(i, false), cells(i, true));
      for (size_t r = 0; r < running.reads.size(); ++r)
        running.values[r] = load(running.reads[r]);
      for (size_t w = 0; w < running.writes.size(); ++w)
        memory[running.writes[w]] = running.result(w);
    }
    return memory;
  }

  Outcome run(const std::vector<Sync> &sync, unsigned tokenLimit,
              unsigned queueDepth, uint32_t seed) {
    std::mt19937 random(seed);
    memory.clear();
    // How much an engine overlaps, and when an instruction leaves its queue.
    const size_t mostInFlight = 1 + seed % 4;
    const bool leavesQueueAtStart = seed / 4 % 2;
    size_t fetched = 0, posted = 0;
    std::array<Engine, isa::kNumEngines> engines;
    unsigned counters[isa::kNumEngines][isa::kNumEngines] = {};
    std::array<unsigned, isa::kNumEngines> speed;
    std::vector<bool> finished(nodes.size());
    Outcome outcome;

    // A round in which nobody can do anything is a deadlock.
    for (uint64_t round = 0; posted < nodes.size(); ++round) {
      if (round % 64 == 0)
        for (unsigned &s : speed)
          s = 1u << random() % 8; // Of 128.
      auto lucky = [&](unsigned e) { return random() % 128 < speed[e]; };
      bool possible = false;
      if (fetched < nodes.size()) {
        Engine &engine = engines[unsigned(nodes[fetched].engine)];
        size_t waiting = engine.queue.size() +
                         (leavesQueueAtStart ? 0 : engine.inFlight.size());
        if (waiting < queueDepth) {
          engine.queue.push_back(fetched++);
          possible = true;
        }
      }
      for (unsigned e = 0; e < isa::kNumEngines; ++e) {
        Engine &engine = engines[e];
        // Start the next one.
        if (!engine.queue.empty() && engine.inFlight.size() < mostInFlight &&
            mayStart(engine, sync[engine.queue.front()], counters, finished)) {
          possible = true;
          if (lucky(e)) {
            size_t i = engine.queue.front();
            engine.queue.pop_front();
            for (unsigned f = 0; f < isa::kNumEngines; ++f)
              counters[f][e] -= sync[i].wait >> f & 1;
            engine.inFlight.emplace_back(i, cells(i, false), cells(i, true));
            outcome.overlap = std::max(outcome.overlap, engine.inFlight.size());
          }
        }
        // One word of any that is in flight.
        std::vector<Running *> busy;
        for (Running &running : engine.inFlight)
          if (!running.done())
            busy.push_back(&running);
        if (!busy.empty()) {
          possible = true;
          if (lucky(e))
            step(*busy[random() % busy.size()], random);
        }
        // Finished: all its words, and those before it.
        for (Running &running : engine.inFlight) {
          if (!running.done())
            break;
          finished[running.instruction] = true;
        }
        // The posts, in order, when there is room.
        if (engine.inFlight.empty() || !engine.inFlight.front().done())
          continue;
        size_t i = engine.inFlight.front().instruction;
        bool room = true;
        for (unsigned t = 0; t < isa::kNumEngines; ++t)
          room &= !(sync[i].post >> t & 1) || counters[e][t] < tokenLimit;
        if (!room)
          continue;
        possible = true;
        for (unsigned t = 0; t < isa::kNumEngines; ++t)
          counters[e][t] += sync[i].post >> t & 1;
        engine.inFlight.pop_front();
        ++posted;
      }
      if (!possible) {
        outcome.deadlock = true;
        break;
      }
    }
    outcome.contents = memory;
    return outcome;
  }

private:
  using CellId = std::pair<unsigned, uint32_t>;

  /// An instruction that has started.
  struct Running {
    size_t instruction;
    std::vector<CellId> reads, writes;
    std::vector<uint64_t> values; ///< of `reads`, once read
    std::vector<bool> isRead, isWritten;
    size_t left;

    Running(size_t i, std::vector<CellId> reads, std::vector<CellId> writes)
        : instruction(i), reads(std::move(reads)), writes(std::move(writes)),
          values(this->reads.size()), isRead(this->reads.size()),
          isWritten(this->writes.size()),
          left(this->reads.size() + this->writes.size()) {}

    bool done() const { return left == 0; }

    /// Read r matters to write w.
    bool matters(size_t r, size_t w) const {
      return r % writes.size() == w || w % reads.size() == r;
    }

    bool mayWrite(size_t w) const {
      for (size_t r = 0; r < reads.size(); ++r)
        if (!isRead[r] && (matters(r, w) || reads[r] == writes[w]))
          return false;
      return true;
    }

    uint64_t result(size_t w) const {
      uint64_t digest = instruction;
      for (size_t r = 0; r < reads.size(); ++r)
        if (matters(r, w))
          digest = mix(digest, values[r]);
      return mix(digest, writes[w].second);
    }
  };

  struct Engine {
    std::deque<size_t> queue;
    std::deque<Running> inFlight;
  };

  /// Tokens, fence, and what the hardware sees to by itself.
  bool mayStart(const Engine &engine, const Sync &sync,
                const unsigned (&counters)[isa::kNumEngines][isa::kNumEngines],
                const std::vector<bool> &finished) const {
    size_t i = engine.queue.front();
    unsigned e = unsigned(nodes[i].engine);
    for (unsigned f = 0; f < isa::kNumEngines; ++f)
      if ((sync.wait >> f & 1) && counters[f][e] == 0)
        return false;
    if (nodes[i].finished != Node::kNone && !finished[nodes[i].finished])
      return false;
    if (sync.fence)
      for (const Running &running : engine.inFlight)
        if (!finished[running.instruction])
          return false;
    return true;
  }

  /// Any read or any write that is possible.
  void step(Running &running, std::mt19937 &random) {
    std::vector<size_t> steps;
    for (size_t r = 0; r < running.reads.size(); ++r)
      if (!running.isRead[r])
        steps.push_back(r);
    size_t unread = steps.size();
    for (size_t w = 0; w < running.writes.size(); ++w)
      if (!running.isWritten[w] && running.mayWrite(w))
        steps.push_back(w);
    size_t chosen = random() % steps.size();
    --running.left;
    if (chosen < unread) {
      running.values[steps[chosen]] = load(running.reads[steps[chosen]]);
      running.isRead[steps[chosen]] = true;
      return;
    }
    memory[running.writes[steps[chosen]]] = running.result(steps[chosen]);
    running.isWritten[steps[chosen]] = true;
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
