//===- Schedule.h - What a schedule is made of ------------------*- C++ -*-===//
//
// Part of nncc, under the Apache License v2.0.
//
//===----------------------------------------------------------------------===//
//
// The data that token assignment produces and the verifier checks. Nothing but
// data: the two share no code, so that an error in one cannot hide in the
// other.
//
//===----------------------------------------------------------------------===//

#ifndef NNCC_SCHEDULING_SCHEDULE_H
#define NNCC_SCHEDULING_SCHEDULE_H

#include "nncc/ISA/ISA.h"

#include <cstddef>
#include <cstdint>
#include <vector>

namespace nncc::scheduling {

/// An instruction as synchronisation sees it. Its index in a vector of nodes is
/// its position in program order.
struct Node {
  isa::Engine engine = isa::Engine::Load0;
  /// All that the instruction reads and writes, from `isa::footprint`. Too
  /// large costs time at run time, too small is a hazard that nobody sees.
  std::vector<isa::Access> accesses;
  /// An earlier instruction of the same engine (its index) that, with all
  /// before it, has certainly finished when this one starts, whatever the
  /// tokens. For a convolution: the last one that drained the same bank of
  /// sums.
  size_t finished = kNone;

  static constexpr size_t kNone = size_t(-1);
};

/// What an instruction waits for. Bit `i` of a mask stands for engine `i`.
struct Sync {
  uint8_t wait = 0;
  uint8_t post = 0;
  /// Start only after every earlier instruction of the engine has finished.
  bool fence = false;
};

inline bool operator==(const Sync &a, const Sync &b) {
  return a.wait == b.wait && a.post == b.post && a.fence == b.fence;
}
inline bool operator!=(const Sync &a, const Sync &b) { return !(a == b); }

} // namespace nncc::scheduling

#endif // NNCC_SCHEDULING_SCHEDULE_H
