//===- FetchUnit.cpp - Fetch and dispatch ---------------------------------===//
//
// Part of nncc, under the Apache License v2.0.
//
//===----------------------------------------------------------------------===//

#include "FetchUnit.h"

#include <algorithm>

using namespace nncc;
using namespace nncc::sim;

bool FetchUnit::step() { return request() || receive() || dispatch(); }

bool FetchUnit::request() {
  if (requestCount == context.program.size() ||
      requestCount - dispatchCount >= context.constants.fetchBuffer)
    return false;
  requests.push_back(context.now + context.arch.memoryLatency);
  ++requestCount;
  context.result.dramBytesRead += isa::kInstructionBytes;
  return true;
}

bool FetchUnit::receive() {
  if (receiving) {
    if (context.memory.active(MemoryModel::Fetch))
      return false;
    receiving = false;
    requests.pop_front();
    buffer.push_back(context.now + context.constants.dispatch);
    return true;
  }
  if (requests.empty() || requests.front() > context.now)
    return false;
  receiving = true;
  context.memory.begin(MemoryModel::Fetch, isa::kInstructionBytes,
                       context.arch.axiBytes() * MemoryModel::kUnits);
  return true;
}

bool FetchUnit::dispatch() {
  if (buffer.empty() || buffer.front() > context.now ||
      nextDispatch > context.now)
    return false;
  const isa::Instruction &inst = context.program[dispatchCount];
  EngineModel &engine = *engines[static_cast<size_t>(inst.engine)];
  if (!engine.hasRoom())
    return false;
  engine.push(static_cast<uint32_t>(dispatchCount));
  buffer.pop_front();
  ++dispatchCount;
  nextDispatch = context.now + context.constants.dispatchInterval;
  return true;
}

uint64_t FetchUnit::nextEvent() const {
  uint64_t event = kNever;
  auto consider = [&](uint64_t time) {
    if (time > context.now)
      event = std::min(event, time);
  };
  if (!receiving && !requests.empty())
    consider(requests.front());
  if (!buffer.empty()) {
    consider(buffer.front());
    consider(nextDispatch);
  }
  return event;
}
