//===- TokenAssignment.cpp - Wait and post masks --------------------------===//
//
// Part of nncc, under the Apache License v2.0.
//
//===----------------------------------------------------------------------===//
//
// 1. Dependences: one map of address ranges per memory holds who wrote a range
//    last and who has read it since.
// 2. Reduction: what follows from other synchronisations is dropped.
// 3. Limit: for each pair of engines, synchronisations that would be too many
//    at once are merged into stronger ones; then reduction again.
// 4. Fences: what depends on an instruction of its own engine that may still be
//    unfinished waits for all of them.
// The algorithms and why they are right: docs/scheduling.md.
//
//===----------------------------------------------------------------------===//

#include "nncc/Scheduling/TokenAssignment.h"

#include <algorithm>
#include <array>
#include <map>
#include <numeric>
#include <optional>

using namespace nncc;
using namespace nncc::scheduling;

namespace {

constexpr unsigned kEngines = isa::kNumEngines;
constexpr unsigned kLocalSpaces = 5;
constexpr unsigned kDramSpaces = 4;

/// For each engine, one more than the index of an instruction, or 0 for none.
/// As a requirement: the instruction to wait for. As a clock: the latest that
/// has certainly finished (and with it, those before it on its engine).
using PerEngine = std::array<uint32_t, kEngines>;

void mergeInto(PerEngine &into, const PerEngine &from) {
  for (unsigned e = 0; e < kEngines; ++e)
    into[e] = std::max(into[e], from[e]);
}

/// Who touched the ranges of one memory. An instruction comes with its writes
/// first and its reads then, and never depends on itself: where it works in
/// place, what it writes depends on all that what it reads does.
class AccessMap {
public:
  void read(isa::Interval range, unsigned engine, uint32_t id,
            PerEngine &depends) {
    auto it = split(range.begin);
    uint32_t at = range.begin;
    while (at < range.end) {
      if (it == segments.end() || it->first >= range.end) {
        // Nobody has touched the rest.
        Segment fresh;
        fresh.end = range.end;
        fresh.readers[engine] = id;
        segments.emplace_hint(it, at, fresh);
        return;
      }
      if (it->first > at) {
        Segment fresh;
        fresh.end = it->first;
        fresh.readers[engine] = id;
        segments.emplace_hint(it, at, fresh);
        at = it->first;
      }
      if (it->second.end > range.end)
        it = std::prev(split(range.end));
      Segment &segment = it->second;
      require(segment.writerEngine, segment.writer, id, depends);
      segment.readers[engine] = id;
      at = segment.end;
      ++it;
    }
  }

  void write(isa::Interval range, unsigned engine, uint32_t id,
             PerEngine &depends) {
    auto it = split(range.begin);
    split(range.end);
    while (it != segments.end() && it->first < range.end) {
      const Segment &segment = it->second;
      require(segment.writerEngine, segment.writer, id, depends);
      for (unsigned e = 0; e < kEngines; ++e)
        require(e, segment.readers[e], id, depends);
      it = segments.erase(it);
    }
    Segment written;
    written.end = range.end;
    written.writer = id;
    written.writerEngine = engine;
    segments.emplace_hint(it, range.begin, written);
  }

private:
  struct Segment {
    uint32_t end = 0;
    /// Earlier writers need no place here: this one finishes after them.
    uint32_t writer = 0;
    unsigned writerEngine = 0;
    /// The latest reader of each engine since then; the ones before it on its
    /// engine finish before it.
    PerEngine readers{};
  };
  using Map = std::map<uint32_t, Segment>;

  static void require(unsigned engine, uint32_t other, uint32_t id,
                      PerEngine &depends) {
    if (other != id)
      depends[engine] = std::max(depends[engine], other);
  }

  /// Makes `at` a border; returns the first segment that does not lie below it.
  Map::iterator split(uint32_t at) {
    auto it = segments.lower_bound(at);
    if (it == segments.begin())
      return it;
    auto before = std::prev(it);
    if (before->second.end <= at)
      return it;
    Segment upper = before->second;
    before->second.end = at;
    return segments.emplace_hint(it, at, upper);
  }

  /// By begin; disjoint.
  Map segments;
};

/// A token: the consumer waits for the producer.
struct Edge {
  uint32_t producer, consumer;
};

class Assigner {
public:
  Assigner(const std::vector<Node> &nodes, unsigned limit)
      : nodes(nodes), limit(limit), needs(nodes.size()),
        ownNeeds(nodes.size()) {}

  TokenResult run();

private:
  std::string check() const;
  void findDependences();
  size_t reduce();
  void enforceLimit(unsigned from, unsigned to);
  void assignMasks();
  void assignFences();
  unsigned engineOf(size_t node) const { return unsigned(nodes[node].engine); }

  const std::vector<Node> &nodes;
  const unsigned limit;
  /// What each instruction waits for. Never its own engine.
  std::vector<PerEngine> needs;
  /// The latest instruction of its own engine that each depends on, plus one.
  std::vector<uint32_t> ownNeeds;
  TokenResult result;
};

std::string Assigner::check() const {
  if (limit == 0)
    return "the token limit is 0; expected at least 1";
  if (nodes.size() >= UINT32_MAX)
    return "too many instructions: " + std::to_string(nodes.size());
  for (size_t i = 0; i < nodes.size(); ++i) {
    std::string where = "instruction " + std::to_string(i) + ": ";
    if (engineOf(i) >= kEngines)
      return where + "there is no engine " + std::to_string(engineOf(i));
    size_t finished = nodes[i].finished;
    if (finished != Node::kNone &&
        (finished >= i || engineOf(finished) != engineOf(i)))
      return where + "it cannot know that instruction " +
             std::to_string(finished) + " has finished";
    for (const isa::Access &access : nodes[i].accesses) {
      if (access.space >= (access.isDram ? kDramSpaces : kLocalSpaces))
        return where + "there is no " +
               (access.isDram ? "DRAM region " : "local memory ") +
               std::to_string(access.space);
      for (const isa::Interval &range : access.intervals)
        if (range.begin >= range.end)
          return where + "empty access [" + std::to_string(range.begin) + ", " +
                 std::to_string(range.end) + ")";
    }
  }
  return "";
}

void Assigner::findDependences() {
  std::array<AccessMap, kLocalSpaces + kDramSpaces> maps;
  for (uint32_t i = 0; i < nodes.size(); ++i) {
    unsigned engine = engineOf(i);
    for (bool write : {true, false}) {
      for (const isa::Access &access : nodes[i].accesses) {
        if (access.write != write)
          continue;
        AccessMap &map =
            maps[access.isDram ? kLocalSpaces + access.space : access.space];
        for (const isa::Interval &range : access.intervals) {
          if (write)
            map.write(range, engine, i + 1, needs[i]);
          else
            map.read(range, engine, i + 1, needs[i]);
        }
      }
    }
    // Tokens stand between different engines.
    ownNeeds[i] = needs[i][engine];
    needs[i][engine] = 0;
  }
}

/// Drops the needs that follow from others. Returns how many are left.
/// Only what is known of *other* engines matters here, and of them an engine
/// learns nothing between the start and the finish of an instruction: one clock
/// does for both.
size_t Assigner::reduce() {
  std::vector<PerEngine> finished(nodes.size());
  PerEngine latest{}; // On each engine.
  size_t left = 0;
  for (uint32_t i = 0; i < nodes.size(); ++i) {
    unsigned engine = engineOf(i);
    PerEngine clock{};
    if (latest[engine])
      clock = finished[latest[engine] - 1];

    // From the latest producer on: it may imply earlier ones, never the
    // reverse.
    std::array<unsigned, kEngines> order;
    std::iota(order.begin(), order.end(), 0);
    std::sort(order.begin(), order.end(), [&](unsigned a, unsigned b) {
      return needs[i][a] > needs[i][b];
    });
    for (unsigned e : order) {
      uint32_t producer = needs[i][e];
      if (producer <= clock[e]) {
        needs[i][e] = 0;
        continue;
      }
      mergeInto(clock, finished[producer - 1]);
      ++left;
    }
    clock[engine] = i + 1;
    finished[i] = clock;
    latest[engine] = i + 1;
  }
  return left;
}

/// Sees to it that in program order never more than `limit` tokens of a pair
/// are outstanding. After reduction the producers and the consumers of a pair
/// both ascend; merging two neighbours keeps that.
void Assigner::enforceLimit(unsigned from, unsigned to) {
  std::vector<Edge> edges;
  // First of `edges` that is outstanding when the next producer posts.
  size_t open = 0;
  bool changed = false;
  for (uint32_t i = 0; i < nodes.size(); ++i) {
    if (engineOf(i) != to || needs[i][from] == 0)
      continue;
    edges.push_back({needs[i][from] - 1, i});
    while (edges[open].consumer < edges.back().producer)
      ++open;
    if (edges.size() - open <= limit)
      continue;
    // Merge the pair that leaves the producer the most room before the
    // consumer.
    size_t best = open;
    uint32_t room = 0;
    for (size_t m = open; m + 1 < edges.size(); ++m) {
      uint32_t distance = edges[m].consumer - edges[m + 1].producer;
      if (distance > room) {
        room = distance;
        best = m;
      }
    }
    edges[best].producer = edges[best + 1].producer;
    edges.erase(edges.begin() + best + 1);
    ++result.statistics.merged;
    changed = true;
  }
  if (!changed)
    return;
  for (uint32_t i = 0; i < nodes.size(); ++i)
    if (engineOf(i) == to)
      needs[i][from] = 0;
  for (const Edge &edge : edges)
    needs[edge.consumer][from] = edge.producer + 1;
}

void Assigner::assignMasks() {
  result.sync.resize(nodes.size());
  for (size_t i = 0; i < nodes.size(); ++i) {
    for (unsigned e = 0; e < kEngines; ++e) {
      if (!needs[i][e])
        continue;
      result.sync[i].wait |= 1u << e;
      result.sync[needs[i][e] - 1].post |= 1u << engineOf(i);
      ++result.statistics.tokens;
    }
  }
  std::array<std::array<unsigned, kEngines>, kEngines> outstanding{};
  for (size_t i = 0; i < nodes.size(); ++i) {
    for (unsigned e = 0; e < kEngines; ++e) {
      if (result.sync[i].wait >> e & 1)
        --outstanding[e][engineOf(i)];
      if (result.sync[i].post >> e & 1)
        result.statistics.peakOutstanding = std::max(
            result.statistics.peakOutstanding, ++outstanding[engineOf(i)][e]);
    }
  }
}

/// An engine starts its instructions in order and finishes them in order, but
/// may start one before the one before it has finished. So what is known when
/// an instruction starts is what was known when the one before it started, not
/// when that finished, and what its tokens say. A fence stands at the last
/// place where it can: as few as possible.
void Assigner::assignFences() {
  std::vector<PerEngine> finished(nodes.size()); // Known when each finishes.
  std::array<PerEngine, kEngines> started{};     // When the last one started.
  PerEngine latest{};
  for (uint32_t i = 0; i < nodes.size(); ++i) {
    unsigned engine = engineOf(i);
    PerEngine clock = started[engine];
    for (unsigned e = 0; e < kEngines; ++e)
      if (needs[i][e])
        mergeInto(clock, finished[needs[i][e] - 1]);
    if (nodes[i].finished != Node::kNone)
      clock[engine] = std::max(clock[engine], uint32_t(nodes[i].finished) + 1);
    if (ownNeeds[i] > clock[engine]) {
      result.sync[i].fence = true;
      ++result.statistics.fences;
      clock[engine] = latest[engine];
    }
    started[engine] = clock;
    clock[engine] = i + 1;
    finished[i] = clock;
    latest[engine] = i + 1;
  }
}

TokenResult Assigner::run() {
  result.why = check();
  if (!result.why.empty())
    return std::move(result);
  findDependences();
  for (const PerEngine &need : needs)
    for (uint32_t producer : need)
      result.statistics.dependences += producer != 0;
  result.statistics.reduced = reduce();
  for (unsigned from = 0; from < kEngines; ++from)
    for (unsigned to = 0; to < kEngines; ++to)
      if (from != to)
        enforceLimit(from, to);
  if (result.statistics.merged)
    reduce();
  assignMasks();
  assignFences();
  result.ok = true;
  return std::move(result);
}

} // namespace

TokenResult nncc::scheduling::assignTokens(const std::vector<Node> &nodes,
                                           unsigned tokenLimit) {
  return Assigner(nodes, tokenLimit).run();
}
