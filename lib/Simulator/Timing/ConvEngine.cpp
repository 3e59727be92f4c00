//===- ConvEngine.cpp - CONV ----------------------------------------------===//
//
// Part of nncc, under the Apache License v2.0.
//
//===----------------------------------------------------------------------===//

#include "ConvEngine.h"
#include "nncc/Simulator/InstructionCost.h"

#include <algorithm>

using namespace nncc;
using namespace nncc::sim;

bool ConvEngine::canAccept(uint32_t inst) const {
  // The registers for the next weight block are free from the last tap on.
  return !next && (!current || current->lastTap <= context.now) &&
         pendingDrains[conv(inst).psumBank] == 0 &&
         unfinished() < context.constants.convStarted;
}

void ConvEngine::start(uint32_t inst) {
  next = {inst,
          context.now + context.constants.convStart + context.arch.vector};
  pendingDrains[conv(inst).psumBank] += conv(inst).drain;
  context.result.arrayMacs += arrayMacs(conv(inst), context.arch);
}

void ConvEngine::finished(uint32_t inst) {
  pendingDrains[conv(inst).psumBank] -= conv(inst).drain;
}

/// The array adds V products in a tree, four of them in a first stage.
uint64_t ConvEngine::pipeline() const {
  uint64_t cycles = context.constants.convPipeline;
  for (uint32_t width = context.arch.vector; width > 4; width /= 2)
    ++cycles;
  return cycles;
}

bool ConvEngine::work() {
  uint64_t now = context.now;
  if (current && current->end <= now) {
    uint64_t sums = current->end + pipeline();
    if (conv(current->inst).drain)
      drains.push_back({current->inst, sums});
    else
      complete(current->inst, sums);
    current.reset();
    return true;
  }
  if (!current && next && next->blockLoaded <= now) {
    const isa::Conv &inst = conv(next->inst);
    uint64_t end = now + accumulateCycles(inst, context.arch);
    current = {next->inst, end - uint64_t(inst.height) * inst.width, end};
    next.reset();
    return true;
  }
  if (drainEnd == kNever && !drains.empty() && drains.front().ready <= now) {
    drainEnd = now + drainCycles(conv(drains.front().inst),
                                 context.constants.drainRecords);
    return true;
  }
  if (drainEnd <= now) {
    complete(drains.front().inst, drainEnd + context.constants.drainPipeline);
    drains.pop_front();
    drainEnd = kNever;
    return true;
  }
  return false;
}

uint64_t ConvEngine::nextWorkEvent() const {
  uint64_t event = drainEnd;
  auto consider = [&](uint64_t time) {
    if (time > context.now)
      event = std::min(event, time);
  };
  if (current) {
    consider(current->lastTap);
    consider(current->end);
  }
  if (next)
    consider(next->blockLoaded);
  if (!drains.empty())
    consider(drains.front().ready);
  return event;
}

std::optional<Activity> ConvEngine::workActivity() const {
  if (current)
    return Activity{Activity::Busy};
  if (next)
    return Activity{Activity::Overhead};
  return std::nullopt;
}

Activity::Kind ConvEngine::heldActivity() const {
  return drains.empty() ? Activity::Overhead : Activity::Drain;
}
