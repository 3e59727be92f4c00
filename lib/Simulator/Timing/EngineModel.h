//===- EngineModel.h - What the engines have in common ----------*- C++ -*-===//
//
// Part of nncc, under the Apache License v2.0.
//
//===----------------------------------------------------------------------===//

#ifndef NNCC_LIB_SIMULATOR_TIMING_ENGINEMODEL_H
#define NNCC_LIB_SIMULATOR_TIMING_ENGINEMODEL_H

#include "MemoryModel.h"
#include "nncc/Simulator/Timing.h"

#include <deque>
#include <optional>

namespace nncc::sim {

/// The token counters between the engines.
class TokenTable {
public:
  explicit TokenTable(uint32_t limit) : limit(limit) {}

  /// First engine in the wait mask whose token is missing.
  std::optional<unsigned> missing(const isa::Instruction &inst) const;
  void take(const isa::Instruction &inst);
  /// First engine in the post mask whose counter is full.
  std::optional<unsigned> full(const isa::Instruction &inst) const;
  void give(const isa::Instruction &inst);

private:
  uint32_t limit;
  /// [from][to]
  uint32_t counters[isa::kNumEngines][isa::kNumEngines] = {};
};

/// What all parts of a simulation share.
struct Context {
  const ArchConfig &arch;
  const TimingConstants &constants;
  const std::vector<isa::Instruction> &program;
  TimingResult &result;
  TokenTable tokens;
  MemoryModel memory;
  uint64_t now = 0;
};

/// What an engine does in a cycle; the members of EngineTiming.
struct Activity {
  enum Kind : uint8_t {
    Busy,
    Token,
    Instruction,
    Memory,
    Drain,
    Overhead,
    Done
  };
  Kind kind;
  unsigned engine = 0; ///< Token: which
};

/// An engine: a queue of instructions, those it works on, and those that have
/// finished but wait for their turn or for room to post their tokens. Tokens
/// are given in program order, whatever the order of completion.
class EngineModel {
public:
  EngineModel(Context &context, isa::Engine engine)
      : context(context), engine(engine) {}
  virtual ~EngineModel() = default;

  bool hasRoom() const { return queue.size() < context.arch.queueDepth; }
  void push(uint32_t inst) { queue.push_back(inst); }
  /// Instructions of the program that are not in the queue yet.
  void expect(uint64_t instructions) { expected += instructions; }

  /// Does one thing that is possible in this cycle; false if there is none.
  bool step();
  /// The next cycle in which something becomes possible without any other part
  /// of the machine; kNever if there is none.
  uint64_t nextEvent() const;
  Activity activity() const;
  /// Everything has finished.
  bool done() const {
    return queue.empty() && working.empty() && expected == 0;
  }
  /// The first instruction in program order that has not finished, if it is
  /// known.
  std::optional<uint32_t> oldest() const;

protected:
  /// Work inside the engine, as `step`.
  virtual bool work() = 0;
  virtual uint64_t nextWorkEvent() const = 0;
  /// What the engine does while it has instructions in work, if it is one of
  /// Busy, Memory, Drain and Overhead.
  virtual std::optional<Activity> workActivity() const = 0;
  /// Whether the instruction at the head of the queue may start, tokens and
  /// fences aside.
  virtual bool canAccept(uint32_t inst) const = 0;
  virtual void start(uint32_t inst) = 0;
  /// `inst` has finished.
  virtual void finished(uint32_t) {}
  /// What the engine waits for while an instruction that has its tokens may not
  /// start, or while the last ones finish.
  virtual Activity::Kind heldActivity() const { return Activity::Overhead; }

  /// Instructions that have started and not finished.
  size_t unfinished() const { return working.size(); }
  /// `inst`, which has started, is complete at cycle `time`.
  void complete(uint32_t inst, uint64_t time);
  const isa::Instruction &get(uint32_t inst) const {
    return context.program[inst];
  }

  Context &context;
  const isa::Engine engine;

private:
  struct Working {
    uint32_t inst;
    uint64_t complete = kNever;
  };

  bool postBlocked() const {
    return !working.empty() && working.front().complete <= context.now &&
           context.tokens.full(get(working.front().inst));
  }
  bool retire();
  bool tryStart();

  std::deque<uint32_t> queue;
  std::deque<Working> working;
  uint64_t expected = 0;
};

} // namespace nncc::sim

#endif // NNCC_LIB_SIMULATOR_TIMING_ENGINEMODEL_H
