//===- FetchUnit.h - Fetch and dispatch -------------------------*- C++ -*-===//
//
// Part of nncc, under the Apache License v2.0.
//
//===----------------------------------------------------------------------===//

#ifndef NNCC_LIB_SIMULATOR_TIMING_FETCHUNIT_H
#define NNCC_LIB_SIMULATOR_TIMING_FETCHUNIT_H

#include "EngineModel.h"

#include <array>
#include <deque>

namespace nncc::sim {

using Engines = std::array<EngineModel *, isa::kNumEngines>;

/// Reads the program through read port 0 into a small buffer, ahead of what it
/// hands to the queues: in order, one instruction a cycle.
class FetchUnit {
public:
  FetchUnit(Context &context, const Engines &engines)
      : context(context), engines(engines) {}

  /// As EngineModel::step and nextEvent.
  bool step();
  uint64_t nextEvent() const;
  /// Instructions that have left for the queues.
  size_t dispatched() const { return dispatchCount; }

private:
  bool request();
  bool receive();
  bool dispatch();

  Context &context;
  const Engines &engines;
  std::deque<uint64_t> requests; ///< when the data of each can come
  bool receiving = false;
  std::deque<uint64_t> buffer; ///< when each can be dispatched
  size_t requestCount = 0;
  size_t dispatchCount = 0;
  uint64_t nextDispatch = 0;
};

} // namespace nncc::sim

#endif // NNCC_LIB_SIMULATOR_TIMING_FETCHUNIT_H
