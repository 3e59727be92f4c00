//===- LoadBalancer.h - Loads onto the two read ports -----------*- C++ -*-===//
//
// Part of nncc, under the Apache License v2.0.
//
//===----------------------------------------------------------------------===//

#ifndef NNCC_SCHEDULING_LOADBALANCER_H
#define NNCC_SCHEDULING_LOADBALANCER_H

#include "nncc/ISA/ISA.h"

#include <cstdint>
#include <vector>

namespace nncc::scheduling {

/// A load, in program order.
struct LoadRequest {
  /// Estimated cycles on the port.
  uint64_t cycles = 0;
  /// Any number that the loads of one consumer (the instruction that cannot
  /// start before them) have in common. Loads of a consumer need to be
  /// neighbours to be seen together.
  uint64_t consumer = 0;
};

/// Chooses Load0 or Load1 for each load such that at the end of each consumer's
/// loads both ports have been busy about equally long since the start: the
/// consumer's loads are spread over both ports, longest first, each onto the
/// port that is free earlier. The difference never exceeds the longest load so
/// far. Deterministic; O(n log n).
std::vector<isa::Engine> balanceLoads(const std::vector<LoadRequest> &loads);

} // namespace nncc::scheduling

#endif // NNCC_SCHEDULING_LOADBALANCER_H
