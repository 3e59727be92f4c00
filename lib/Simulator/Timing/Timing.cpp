//===- Timing.cpp - How long a program takes ------------------------------===//
//
// Part of nncc, under the Apache License v2.0.
//
//===----------------------------------------------------------------------===//

#include "nncc/Simulator/Timing.h"
#include "ConvEngine.h"
#include "FetchUnit.h"
#include "TransferEngine.h"
#include "VectorEngine.h"

#include <algorithm>

using namespace nncc;
using namespace nncc::sim;

namespace {

/// One run. Time goes from event to event: in each, everything that is possible
/// happens; then all counters are charged for the cycles until the next.
class Simulation {
public:
  Simulation(const ArchConfig &arch, const TimingConstants &constants,
             const std::vector<isa::Instruction> &program,
             TimingResult &result);

  std::string run();

private:
  bool done() const;
  void settle();
  uint64_t nextEvent() const;
  void charge(uint64_t cycles);
  void chargeEngine(const EngineModel &engine, EngineTiming &timing,
                    uint64_t cycles);
  void assignPending(uint32_t inst);
  std::string describeDeadlock() const;

  Context context;
  TransferEngine load0, load1, save;
  ConvEngine conv;
  VectorEngine vector;
  const Engines engines;
  FetchUnit fetch;
  /// Cycles in which nothing computed, since something last did.
  CycleShares pending;
};

} // namespace

Simulation::Simulation(const ArchConfig &arch, const TimingConstants &constants,
                       const std::vector<isa::Instruction> &program,
                       TimingResult &result)
    : context{arch,
              constants,
              program,
              result,
              TokenTable(arch.tokenLimit),
              MemoryModel(arch)},
      load0(context, isa::Engine::Load0), load1(context, isa::Engine::Load1),
      save(context, isa::Engine::Save), conv(context), vector(context),
      engines{&load0, &load1, &conv, &vector, &save}, fetch(context, engines) {
  result.instructions.resize(program.size());
  for (const isa::Instruction &inst : program) {
    size_t engine = static_cast<size_t>(inst.engine);
    engines[engine]->expect(1);
    ++result.engines[engine].instructions;
  }
}

bool Simulation::done() const {
  for (const EngineModel *engine : engines)
    if (!engine->done())
      return false;
  return true;
}

/// Lets everything happen that can happen now.
void Simulation::settle() {
  bool changed = true;
  while (changed) {
    changed = false;
    while (fetch.step())
      changed = true;
    for (EngineModel *engine : engines)
      while (engine->step())
        changed = true;
  }
}

uint64_t Simulation::nextEvent() const {
  uint64_t next = std::min(context.memory.nextEvent(), fetch.nextEvent());
  for (const EngineModel *engine : engines)
    next = std::min(next, engine->nextEvent());
  return next;
}

void Simulation::chargeEngine(const EngineModel &engine, EngineTiming &timing,
                              uint64_t cycles) {
  Activity activity = engine.activity();
  switch (activity.kind) {
  case Activity::Busy:
    timing.busy += cycles;
    break;
  case Activity::Token:
    timing.token[activity.engine] += cycles;
    break;
  case Activity::Instruction:
    timing.instruction += cycles;
    break;
  case Activity::Memory:
    timing.memory += cycles;
    break;
  case Activity::Drain:
    timing.drain += cycles;
    break;
  case Activity::Overhead:
    timing.overhead += cycles;
    break;
  case Activity::Done:
    timing.done += cycles;
    break;
  }
}

void Simulation::assignPending(uint32_t inst) {
  context.result.instructions[inst].cycles += pending;
  pending = {};
}

void Simulation::charge(uint64_t cycles) {
  for (size_t i = 0; i < engines.size(); ++i)
    chargeEngine(*engines[i], context.result.engines[i], cycles);

  std::vector<InstructionTiming> &instructions = context.result.instructions;
  if (std::optional<uint32_t> inst = conv.accumulating()) {
    assignPending(*inst);
    instructions[*inst].cycles.array += cycles;
  } else if (std::optional<uint32_t> inst = vector.producing()) {
    assignPending(*inst);
    instructions[*inst].cycles.vector += cycles;
  } else if (conv.draining()) {
    pending.drain += cycles;
  } else if (load0.moving() || load1.moving() || save.moving()) {
    pending.memory += cycles;
  } else {
    pending.latency += cycles;
  }
}

std::string Simulation::describeDeadlock() const {
  std::optional<uint32_t> first;
  for (const EngineModel *engine : engines)
    if (std::optional<uint32_t> inst = engine->oldest())
      if (!first || *inst < *first)
        first = inst;
  if (!first)
    return "the program never ends";
  const isa::Instruction &inst = context.program[*first];
  std::string text = "the program never ends: instruction " +
                     std::to_string(*first) + " (" + toString(inst.opcode()) +
                     ") waits for ";
  auto name = [](unsigned engine) {
    return toString(static_cast<isa::Engine>(engine));
  };
  if (std::optional<unsigned> from = context.tokens.missing(inst))
    return text + "a token of " + name(*from) + " that never comes";
  if (std::optional<unsigned> to = context.tokens.full(inst))
    return text + name(*to) + " to take a token, which it never does";
  return text + "its turn";
}

std::string Simulation::run() {
  uint32_t last = 0;
  settle();
  while (!done()) {
    uint64_t next = nextEvent();
    if (next == kNever)
      return describeDeadlock();
    charge(next - context.now);
    context.memory.advance(next);
    context.now = next;
    settle();
  }
  // What nothing computed after: the last transfers.
  for (uint32_t i = 0; i < context.program.size(); ++i)
    if (context.result.instructions[i].finish >=
        context.result.instructions[last].finish)
      last = i;
  if (!context.program.empty())
    assignPending(last);
  context.result.cycles = context.now;
  context.result.offeredMacs =
      context.now * context.arch.vector * context.arch.outputs;
  return "";
}

TimingModel::TimingModel(const ArchConfig &arch,
                         const TimingConstants &constants)
    : arch(arch), constants(constants) {}

std::string TimingModel::run(const std::vector<isa::Instruction> &program,
                             TimingResult &out) const {
  out = {};
  return Simulation(arch, constants, program, out).run();
}
