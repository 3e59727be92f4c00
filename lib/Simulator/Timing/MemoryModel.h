//===- MemoryModel.h - Bandwidth that the ports share -----------*- C++ -*-===//
//
// Part of nncc, under the Apache License v2.0.
//
//===----------------------------------------------------------------------===//

#ifndef NNCC_LIB_SIMULATOR_TIMING_MEMORYMODEL_H
#define NNCC_LIB_SIMULATOR_TIMING_MEMORYMODEL_H

#include "nncc/Target/ArchConfig.h"

#include <array>
#include <cstdint>

namespace nncc::sim {

constexpr uint64_t kNever = ~uint64_t(0);

/// Streams of data that share ports and memory. Between two events each active
/// stream has a constant rate: the rates are max-min fair, that is, as equal as
/// the limits of streams, ports and memory allow. All numbers are integers, so
/// that a result does not depend on the host.
class MemoryModel {
public:
  enum Stream { Fetch, Load0, Load1, Save, kStreams };

  /// Units of a byte: divisible by 2, 3 and 4, so that fair shares are exact.
  static constexpr uint64_t kUnits = 3072;

  explicit MemoryModel(const ArchConfig &arch);

  bool active(Stream stream) const { return streams[stream].remaining != 0; }
  /// Bytes that have not moved yet, rounded up.
  uint64_t remainingBytes(Stream stream) const {
    return (streams[stream].remaining + kUnits - 1) / kUnits;
  }
  /// Starts `bytes`, above 0, on an idle stream at no more than `rate` units a
  /// cycle, above 0.
  void begin(Stream stream, uint64_t bytes, uint64_t rate);

  /// The cycle of the next change, a completion or an edge of a refresh, if no
  /// stream begins before; kNever when nothing is active.
  uint64_t nextEvent() const;
  /// The cycle in which `bytes` more will have moved on an active stream, if no
  /// rate changes before; kNever during a refresh.
  uint64_t cycleAfter(Stream stream, uint64_t bytes) const;
  /// Moves data until cycle `time`, at most nextEvent().
  void advance(uint64_t time);

private:
  struct State {
    uint64_t remaining = 0;
    uint64_t limit = 0;
    uint64_t rate = 0;
  };

  bool refreshing() const {
    return interval != 0 && now >= interval && now % interval < refreshCycles;
  }
  uint64_t nextRefreshEdge() const;
  void shareRates();

  uint64_t portRate, totalRate, interval, refreshCycles;
  uint64_t now = 0;
  std::array<State, kStreams> streams;
};

} // namespace nncc::sim

#endif // NNCC_LIB_SIMULATOR_TIMING_MEMORYMODEL_H
