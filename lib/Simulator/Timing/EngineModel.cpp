//===- EngineModel.cpp - What the engines have in common ------------------===//
//
// Part of nncc, under the Apache License v2.0.
//
//===----------------------------------------------------------------------===//

#include "EngineModel.h"

#include <algorithm>

using namespace nncc;
using namespace nncc::sim;

std::optional<unsigned>
TokenTable::missing(const isa::Instruction &inst) const {
  for (unsigned other = 0; other < isa::kNumEngines; ++other)
    if (inst.wait >> other & 1 &&
        counters[other][static_cast<unsigned>(inst.engine)] == 0)
      return other;
  return std::nullopt;
}

void TokenTable::take(const isa::Instruction &inst) {
  for (unsigned other = 0; other < isa::kNumEngines; ++other)
    if (inst.wait >> other & 1)
      --counters[other][static_cast<unsigned>(inst.engine)];
}

std::optional<unsigned> TokenTable::full(const isa::Instruction &inst) const {
  for (unsigned other = 0; other < isa::kNumEngines; ++other)
    if (inst.post >> other & 1 &&
        counters[static_cast<unsigned>(inst.engine)][other] == limit)
      return other;
  return std::nullopt;
}

void TokenTable::give(const isa::Instruction &inst) {
  for (unsigned other = 0; other < isa::kNumEngines; ++other)
    if (inst.post >> other & 1)
      ++counters[static_cast<unsigned>(inst.engine)][other];
}

bool EngineModel::step() { return retire() || work() || tryStart(); }

bool EngineModel::retire() {
  if (working.empty() || working.front().complete > context.now ||
      postBlocked())
    return false;
  uint32_t inst = working.front().inst;
  context.tokens.give(get(inst));
  context.result.instructions[inst].finish = context.now;
  working.pop_front();
  finished(inst);
  return true;
}

bool EngineModel::tryStart() {
  if (queue.empty() || postBlocked())
    return false;
  uint32_t inst = queue.front();
  if (!canAccept(inst) || context.tokens.missing(get(inst)) ||
      (get(inst).fence && !working.empty()))
    return false;
  context.tokens.take(get(inst));
  context.result.instructions[inst].start = context.now;
  queue.pop_front();
  --expected;
  working.push_back({inst});
  start(inst);
  return true;
}

void EngineModel::complete(uint32_t inst, uint64_t time) {
  for (Working &entry : working)
    if (entry.inst == inst)
      entry.complete = time;
}

uint64_t EngineModel::nextEvent() const {
  uint64_t next = nextWorkEvent();
  if (!working.empty() && working.front().complete > context.now)
    next = std::min(next, working.front().complete);
  return next;
}

Activity EngineModel::activity() const {
  if (std::optional<Activity> inside = workActivity())
    return *inside;
  if (postBlocked())
    return {Activity::Token, *context.tokens.full(get(working.front().inst))};
  if (!queue.empty())
    if (std::optional<unsigned> from =
            context.tokens.missing(get(queue.front())))
      return {Activity::Token, *from};
  if (!working.empty() || !queue.empty())
    return {heldActivity()};
  return {expected != 0 ? Activity::Instruction : Activity::Done};
}

std::optional<uint32_t> EngineModel::oldest() const {
  if (!working.empty())
    return working.front().inst;
  if (!queue.empty())
    return queue.front();
  return std::nullopt;
}
