//===- VectorEngine.cpp - VECTOR ------------------------------------------===//
//
// Part of nncc, under the Apache License v2.0.
//
//===----------------------------------------------------------------------===//

#include "VectorEngine.h"
#include "nncc/Simulator/InstructionCost.h"

using namespace nncc;
using namespace nncc::sim;

void VectorEngine::start(uint32_t inst) {
  const TimingConstants &constants = context.constants;
  uint64_t begin = context.now + constants.vectorStart;
  uint64_t end = begin + vectorCycles(get(inst), context.arch,
                                      constants.vectorRecordWords);
  uint64_t pipeline =
      constants.vectorPipeline +
      constants.vectorRequantize * vectorRequantizeSteps(get(inst));
  current = {inst, begin, end, end + pipeline};
  complete(inst, current->complete);
}

bool VectorEngine::work() {
  if (!current || current->complete > context.now)
    return false;
  current.reset();
  return true;
}

uint64_t VectorEngine::nextWorkEvent() const {
  if (!current)
    return kNever;
  for (uint64_t time : {current->begin, current->end})
    if (time > context.now)
      return time;
  return current->complete;
}

std::optional<uint32_t> VectorEngine::producing() const {
  if (current && current->begin <= context.now && context.now < current->end)
    return current->inst;
  return std::nullopt;
}

std::optional<Activity> VectorEngine::workActivity() const {
  if (!current)
    return std::nullopt;
  return Activity{producing() ? Activity::Busy : Activity::Overhead};
}
