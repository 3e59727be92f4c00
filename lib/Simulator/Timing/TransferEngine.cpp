//===- TransferEngine.cpp - LOAD0, LOAD1 and SAVE -------------------------===//
//
// Part of nncc, under the Apache License v2.0.
//
//===----------------------------------------------------------------------===//

#include "TransferEngine.h"

#include <algorithm>

using namespace nncc;
using namespace nncc::sim;

static MemoryModel::Stream streamOf(isa::Engine engine) {
  switch (engine) {
  case isa::Engine::Load0:
    return MemoryModel::Load0;
  case isa::Engine::Load1:
    return MemoryModel::Load1;
  default:
    return MemoryModel::Save;
  }
}

TransferEngine::TransferEngine(Context &context, isa::Engine engine)
    : EngineModel(context, engine), stream(streamOf(engine)) {}

/// The engine's own pace, in units a cycle: the port; one word a cycle into the
/// local memory; `outstanding` bursts in the time of the latency.
uint64_t TransferEngine::rate(const TransferCost &cost) const {
  constexpr uint64_t units = MemoryModel::kUnits;
  const ArchConfig &arch = context.arch;
  uint64_t port = arch.axiBytes() * units;
  uint64_t local = cost.bytes * units / std::max<uint64_t>(cost.words, 1);
  uint64_t window = arch.axiOutstanding * cost.bytes * units /
                    (cost.bursts * arch.memoryLatency);
  return std::max<uint64_t>(std::min({port, local, window}), 1);
}

/// Bytes that transfers have asked for, or will before another may, and that
/// have not arrived.
uint64_t TransferEngine::pendingBytes() const {
  uint64_t bytes = 0;
  for (size_t i = 0; i < transfers.size(); ++i)
    bytes += i == 0 && phase == Phase::Memory
                 ? context.memory.remainingBytes(stream)
                 : transfers[i].cost.bytes;
  return bytes;
}

uint64_t TransferEngine::windowBytes() const {
  const ArchConfig &arch = context.arch;
  return uint64_t(arch.axiOutstanding) * arch.axiBurstBeats * arch.axiBytes();
}

bool TransferEngine::canAccept(uint32_t) const {
  // A save has nothing to ask for: it prepares one transfer ahead. A load
  // begins to ask when the bursts of all earlier ones are under way.
  if (isSave())
    return transfers.size() < 2;
  return transfers.size() < context.arch.axiOutstanding &&
         pendingBytes() < windowBytes();
}

void TransferEngine::start(uint32_t inst) {
  TransferCost cost = transferCost(get(inst), context.arch);
  uint64_t ready = context.now + context.constants.transferStart;
  if (!isSave() && cost.bytes != 0)
    ready += context.arch.memoryLatency;
  transfers.push_back({inst, ready, cost});
  (isSave() ? context.result.dramBytesWritten : context.result.dramBytesRead) +=
      cost.bytes;
}

bool TransferEngine::work() {
  if (transfers.empty())
    return false;
  Transfer &front = transfers.front();
  uint64_t now = context.now;
  if (phase == Phase::Waiting) {
    if (front.ready > now)
      return false;
    phaseBegin = now;
    if (front.cost.bytes != 0) {
      phase = Phase::Memory;
      context.memory.begin(stream, front.cost.bytes, rate(front.cost));
    } else {
      // Windows that lie outside the rows: only the local memory is busy.
      phase = Phase::Local;
      phaseEnd = now + front.cost.words;
    }
    return true;
  }
  bool moved =
      phase == Phase::Memory ? !context.memory.active(stream) : phaseEnd <= now;
  if (!moved)
    return false;
  if (phase == Phase::Memory) {
    // What the transfer took beyond its own pace it waited for the memory.
    uint64_t pace = rate(front.cost);
    uint64_t own = (front.cost.bytes * MemoryModel::kUnits + pace - 1) / pace;
    EngineTiming &timing = context.result.engines[static_cast<size_t>(engine)];
    uint64_t excess = now - phaseBegin - std::min(own, now - phaseBegin);
    timing.busy -= excess;
    timing.memory += excess;
  }
  const TimingConstants &constants = context.constants;
  complete(front.inst,
           now + (isSave() ? context.arch.memoryLatency + constants.saveFinish
                           : constants.loadFinish));
  transfers.pop_front();
  phase = Phase::Waiting;
  return true;
}

uint64_t TransferEngine::nextWorkEvent() const {
  if (transfers.empty())
    return kNever;
  if (phase == Phase::Waiting)
    return transfers.front().ready;
  if (phase == Phase::Local)
    return phaseEnd;
  // The memory knows when the data has moved. Before that, room for the next
  // transfer opens.
  uint64_t pending = pendingBytes();
  if (isSave() || pending < windowBytes())
    return kNever;
  return context.memory.cycleAfter(stream, pending - windowBytes() + 1);
}

std::optional<Activity> TransferEngine::workActivity() const {
  if (moving())
    return Activity{Activity::Busy};
  if (!transfers.empty())
    return Activity{isSave() ? Activity::Overhead : Activity::Memory};
  return std::nullopt;
}
