//===- MemoryModel.cpp - Bandwidth that the ports share -------------------===//
//
// Part of nncc, under the Apache License v2.0.
//
//===----------------------------------------------------------------------===//

#include "MemoryModel.h"

#include <algorithm>

using namespace nncc;
using namespace nncc::sim;

MemoryModel::MemoryModel(const ArchConfig &arch)
    : portRate(arch.axiBytes() * kUnits),
      totalRate(arch.memoryBytesPerCycle * kUnits),
      interval(arch.memoryRefreshInterval),
      refreshCycles(arch.memoryRefreshCycles) {}

void MemoryModel::begin(Stream stream, uint64_t bytes, uint64_t rate) {
  streams[stream] = {bytes * kUnits, std::min(rate, portRate), 0};
  shareRates();
}

/// Raises all rates together until a limit stops some of them, then the rest.
void MemoryModel::shareRates() {
  // The fetch unit and load0 share read port 0.
  auto onPort0 = [](int i) { return i == Fetch || i == Load0; };
  bool open[kStreams];
  for (int i = 0; i < kStreams; ++i) {
    streams[i].rate = 0;
    open[i] = streams[i].remaining != 0;
  }
  uint64_t port = portRate;
  uint64_t total = totalRate;
  while (true) {
    uint64_t count = 0, portCount = 0;
    for (int i = 0; i < kStreams; ++i) {
      count += open[i];
      portCount += open[i] && onPort0(i);
    }
    if (count == 0)
      return;
    uint64_t share = total / count;
    if (portCount != 0)
      share = std::min(share, port / portCount);
    for (int i = 0; i < kStreams; ++i)
      if (open[i])
        share = std::min(share, streams[i].limit - streams[i].rate);
    bool progress = share != 0;
    for (int i = 0; i < kStreams; ++i)
      if (open[i])
        streams[i].rate += share;
    total -= share * count;
    port -= share * portCount;
    for (int i = 0; i < kStreams; ++i) {
      bool stopped = streams[i].rate == streams[i].limit || total < count ||
                     (onPort0(i) && port < portCount);
      if (open[i] && stopped) {
        open[i] = false;
        progress = true;
      }
    }
    if (!progress)
      return;
  }
}

uint64_t MemoryModel::nextRefreshEdge() const {
  if (interval == 0)
    return kNever;
  uint64_t phase = now % interval;
  if (refreshing())
    return now - phase + refreshCycles;
  return now - phase + interval;
}

uint64_t MemoryModel::nextEvent() const {
  uint64_t next = kNever;
  for (const State &stream : streams)
    if (stream.remaining != 0 && !refreshing())
      next = std::min(next,
                      now + (stream.remaining + stream.rate - 1) / stream.rate);
    else if (stream.remaining != 0)
      next = std::min(next, nextRefreshEdge());
  if (next == kNever)
    return kNever;
  return std::min(next, nextRefreshEdge());
}

uint64_t MemoryModel::cycleAfter(Stream stream, uint64_t bytes) const {
  if (refreshing())
    return kNever;
  uint64_t rate = streams[stream].rate;
  return now + (bytes * kUnits + rate - 1) / rate;
}

void MemoryModel::advance(uint64_t time) {
  uint64_t cycles = time - now;
  bool stalled = refreshing();
  now = time;
  if (stalled)
    return;
  bool changed = false;
  for (State &stream : streams)
    if (stream.remaining != 0) {
      stream.remaining -= std::min(stream.remaining, stream.rate * cycles);
      changed |= stream.remaining == 0;
    }
  if (changed)
    shareRates();
}
