//===- ScheduleVerifier.cpp - Proof that a schedule is sound --------------===//
//
// Part of nncc, under the Apache License v2.0.
//
//===----------------------------------------------------------------------===//
//
// One walk in program order with a vector clock for each instruction. Memories
// are cut at every border that occurs in the program; each of these cells
// remembers the last write and the last read of each engine, and every access
// is compared with all of them, those of its own engine too. Plain on purpose:
// this is what is trusted.
//
//===----------------------------------------------------------------------===//

#include "nncc/Scheduling/ScheduleVerifier.h"

#include <algorithm>
#include <array>
#include <deque>

using namespace nncc;
using namespace nncc::scheduling;

namespace {

constexpr unsigned kLocal = 5, kDram = 4;
constexpr size_t kNobody = size_t(-1);

/// How many instructions of each engine have finished.
using Clock = std::array<size_t, isa::kNumEngines>;

struct Cell {
  std::array<size_t, isa::kNumEngines> writer, reader;
  Cell() {
    writer.fill(kNobody);
    reader.fill(kNobody);
  }
};

struct Space {
  /// Cell i is [borders[i], borders[i + 1]).
  std::vector<uint32_t> borders;
  std::vector<Cell> cells;

  size_t cellAt(uint32_t address) const {
    return std::lower_bound(borders.begin(), borders.end(), address) -
           borders.begin();
  }
};

/// A token on its way: whose it is, and what has finished when it is taken.
struct Token {
  size_t producer;
  Clock clock;
};

class Verifier {
public:
  Verifier(const std::vector<Node> &nodes, const std::vector<Sync> &sync,
           const VerifierOptions &options)
      : nodes(nodes), sync(sync), options(options) {}

  std::optional<Violation> run();

private:
  std::optional<Violation> checkForm() const;
  void cutSpaces();
  std::optional<Violation> takeTokens(size_t i, Clock &clock);
  std::optional<Violation> giveTokens(size_t i, const Clock &clock);
  std::optional<Violation> checkAccesses(size_t i, const Clock &clock) const;
  void recordAccesses(size_t i);
  std::optional<Violation> checkLeftOver() const;

  unsigned engine(size_t i) const { return unsigned(nodes[i].engine); }
  std::string name(size_t i) const {
    return "instruction " + std::to_string(i) + " (" +
           isa::toString(nodes[i].engine) + ")";
  }
  static Violation violation(Violation::Kind kind, size_t i,
                             std::string message) {
    Violation v;
    v.kind = kind;
    v.first = v.second = i;
    v.message = std::move(message);
    return v;
  }
  Violation hazard(size_t earlier, bool earlierWrites, size_t i,
                   const isa::Access &access, const isa::Interval &range,
                   uint32_t at) const;
  const Space &space(const isa::Access &a) const {
    return spaces[a.isDram ? kLocal + a.space : a.space];
  }

  const std::vector<Node> &nodes;
  const std::vector<Sync> &sync;
  const VerifierOptions &options;

  std::array<Space, kLocal + kDram> spaces;
  /// Of each instruction: its number among those of its engine, from 1.
  std::vector<size_t> number;
  std::array<size_t, isa::kNumEngines> issued{};
  /// What the last instruction of each engine knew when it started.
  std::array<Clock, isa::kNumEngines> started{};
  std::array<std::array<std::deque<Token>, isa::kNumEngines>, isa::kNumEngines>
      counters;
};

std::optional<Violation> Verifier::checkForm() const {
  auto malformed = [](size_t i, std::string message) {
    return violation(Violation::Kind::Malformed, i, std::move(message));
  };
  if (sync.size() != nodes.size())
    return malformed(0, "there are " + std::to_string(nodes.size()) +
                            " instructions, but masks for " +
                            std::to_string(sync.size()));
  if (options.tokenLimit < 1 || options.queueDepth < 1)
    return malformed(0, "token limit " + std::to_string(options.tokenLimit) +
                            ", queue depth " +
                            std::to_string(options.queueDepth) +
                            ": expected at least 1");
  for (size_t i = 0; i < nodes.size(); ++i) {
    std::string which = "instruction " + std::to_string(i);
    if (engine(i) >= isa::kNumEngines)
      return malformed(i, which + ": there is no engine " +
                              std::to_string(engine(i)));
    unsigned masks = sync[i].wait | sync[i].post;
    if (masks >> isa::kNumEngines)
      return malformed(i, which + ": a mask names an engine that is not there");
    if (masks >> engine(i) & 1)
      return malformed(i, name(i) + " waits for or posts to its own engine");
    size_t finished = nodes[i].finished;
    if (finished != Node::kNone &&
        (finished >= i || engine(finished) != engine(i)))
      return malformed(i, name(i) + " cannot know that instruction " +
                              std::to_string(finished) + " has finished");
    for (const isa::Access &access : nodes[i].accesses) {
      if (access.space >= (access.isDram ? kDram : kLocal))
        return malformed(i, name(i) + " accesses memory " +
                                std::to_string(access.space) +
                                ", which is not there");
      for (const isa::Interval &range : access.intervals)
        if (range.begin >= range.end)
          return malformed(i, name(i) + " accesses an empty range");
    }
  }
  return std::nullopt;
}

void Verifier::cutSpaces() {
  for (const Node &node : nodes) {
    for (const isa::Access &access : node.accesses) {
      auto &borders =
          spaces[access.isDram ? kLocal + access.space : access.space].borders;
      for (const isa::Interval &range : access.intervals) {
        borders.push_back(range.begin);
        borders.push_back(range.end);
      }
    }
  }
  for (Space &s : spaces) {
    std::sort(s.borders.begin(), s.borders.end());
    s.borders.erase(std::unique(s.borders.begin(), s.borders.end()),
                    s.borders.end());
    s.cells.resize(s.borders.size());
  }
}

std::optional<Violation> Verifier::takeTokens(size_t i, Clock &clock) {
  for (unsigned from = 0; from < isa::kNumEngines; ++from) {
    if (!(sync[i].wait >> from & 1))
      continue;
    auto &counter = counters[from][engine(i)];
    if (counter.empty())
      return violation(Violation::Kind::EmptyWait, i,
                       name(i) + " waits for a token of " +
                           isa::toString(isa::Engine(from)) +
                           ", but no instruction before it leaves one");
    for (unsigned e = 0; e < isa::kNumEngines; ++e)
      clock[e] = std::max(clock[e], counter.front().clock[e]);
    counter.pop_front();
  }
  return std::nullopt;
}

std::optional<Violation> Verifier::giveTokens(size_t i, const Clock &clock) {
  for (unsigned to = 0; to < isa::kNumEngines; ++to) {
    if (!(sync[i].post >> to & 1))
      continue;
    auto &counter = counters[engine(i)][to];
    if (counter.size() >= options.tokenLimit)
      return violation(
          Violation::Kind::FullPost, i,
          name(i) + " posts a token to " + isa::toString(isa::Engine(to)) +
              ", which has not taken " + std::to_string(counter.size()) +
              " tokens yet; the limit is " +
              std::to_string(options.tokenLimit));
    counter.push_back({i, clock});
  }
  return std::nullopt;
}

/// The hazard between `i`, accessing `range`, and `earlier`, at address `at`.
Violation Verifier::hazard(size_t earlier, bool earlierWrites, size_t i,
                           const isa::Access &access,
                           const isa::Interval &range, uint32_t at) const {
  isa::Interval both = range;
  for (const isa::Access &other : nodes[earlier].accesses) {
    if (other.isDram != access.isDram || other.space != access.space ||
        other.write != earlierWrites)
      continue;
    for (const isa::Interval &r : other.intervals) {
      if (r.begin <= at && at < r.end) {
        both.begin = std::max(both.begin, r.begin);
        both.end = std::min(both.end, r.end);
      }
    }
  }
  const char *memory = access.isDram ? isa::toString(isa::Region(access.space))
                                     : isa::toString(isa::Memory(access.space));
  Violation v;
  v.kind = Violation::Kind::Hazard;
  v.first = earlier;
  v.second = i;
  v.isDram = access.isDram;
  v.space = access.space;
  v.interval = both;
  v.message = name(i) + (access.write ? " writes " : " reads ") +
              (access.isDram ? "bytes [" : "words [") +
              std::to_string(both.begin) + ", " + std::to_string(both.end) +
              ") of the " + memory + (access.isDram ? " region" : " memory") +
              ", which " + name(earlier) +
              (earlierWrites ? " writes" : " reads") +
              (engine(earlier) == engine(i) ? "; no fence makes it wait"
                                            : "; no token makes it wait");
  return v;
}

std::optional<Violation> Verifier::checkAccesses(size_t i,
                                                 const Clock &clock) const {
  for (const isa::Access &access : nodes[i].accesses) {
    const Space &s = space(access);
    for (const isa::Interval &range : access.intervals) {
      for (size_t c = s.cellAt(range.begin); s.borders[c] < range.end; ++c) {
        for (unsigned e = 0; e < isa::kNumEngines; ++e) {
          // What an engine did before its last access is finished with it.
          size_t writer = s.cells[c].writer[e], reader = s.cells[c].reader[e];
          if (writer != kNobody && number[writer] > clock[e])
            return hazard(writer, true, i, access, range, s.borders[c]);
          if (access.write && reader != kNobody && number[reader] > clock[e])
            return hazard(reader, false, i, access, range, s.borders[c]);
        }
      }
    }
  }
  return std::nullopt;
}

void Verifier::recordAccesses(size_t i) {
  for (const isa::Access &access : nodes[i].accesses) {
    Space &s = spaces[access.isDram ? kLocal + access.space : access.space];
    for (const isa::Interval &range : access.intervals)
      for (size_t c = s.cellAt(range.begin); s.borders[c] < range.end; ++c)
        (access.write ? s.cells[c].writer : s.cells[c].reader)[engine(i)] = i;
  }
}

std::optional<Violation> Verifier::checkLeftOver() const {
  for (unsigned from = 0; from < isa::kNumEngines; ++from) {
    for (unsigned to = 0; to < isa::kNumEngines; ++to) {
      const auto &counter = counters[from][to];
      if (!counter.empty())
        return violation(Violation::Kind::Unbalanced, counter.front().producer,
                         std::to_string(counter.size()) + " tokens of " +
                             isa::toString(isa::Engine(from)) + " to " +
                             isa::toString(isa::Engine(to)) +
                             " are never taken, the first of " +
                             name(counter.front().producer));
    }
  }
  return std::nullopt;
}

std::optional<Violation> Verifier::run() {
  if (auto v = checkForm())
    return v;
  cutSpaces();
  number.resize(nodes.size());
  for (size_t i = 0; i < nodes.size(); ++i) {
    number[i] = ++issued[engine(i)];
    // It starts after the one before it on its engine has started.
    Clock clock = started[engine(i)];
    if (auto v = takeTokens(i, clock))
      return v;
    if (sync[i].fence)
      clock[engine(i)] = number[i] - 1;
    if (nodes[i].finished != Node::kNone)
      clock[engine(i)] = std::max(clock[engine(i)], number[nodes[i].finished]);
    started[engine(i)] = clock;
    if (auto v = checkAccesses(i, clock))
      return v;
    recordAccesses(i);
    // An engine finishes in order: its earlier ones are finished too.
    clock[engine(i)] = number[i];
    if (auto v = giveTokens(i, clock))
      return v;
  }
  return options.requireBalanced ? checkLeftOver() : std::nullopt;
}

} // namespace

std::optional<Violation>
nncc::scheduling::verifySchedule(const std::vector<Node> &nodes,
                                 const std::vector<Sync> &sync,
                                 const VerifierOptions &options) {
  return Verifier(nodes, sync, options).run();
}
