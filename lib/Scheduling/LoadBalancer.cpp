//===- LoadBalancer.cpp - Loads onto the two read ports -------------------===//
//
// Part of nncc, under the Apache License v2.0.
//
//===----------------------------------------------------------------------===//

#include "nncc/Scheduling/LoadBalancer.h"

#include <algorithm>
#include <numeric>

using namespace nncc;
using namespace nncc::scheduling;

std::vector<isa::Engine>
nncc::scheduling::balanceLoads(const std::vector<LoadRequest> &loads) {
  std::vector<isa::Engine> port(loads.size(), isa::Engine::Load0);
  // How much longer Load0 has been busy than Load1, kept as two numbers of
  // which one is 0, so that they stay small however long the program is.
  uint64_t busy0 = 0, busy1 = 0;

  std::vector<size_t> group;
  for (size_t begin = 0; begin < loads.size(); begin += group.size()) {
    size_t end = begin;
    while (end < loads.size() && loads[end].consumer == loads[begin].consumer)
      ++end;
    group.resize(end - begin);
    std::iota(group.begin(), group.end(), begin);
    // Longest first: the short ones at the end even out what the long ones
    // left.
    std::sort(group.begin(), group.end(), [&](size_t a, size_t b) {
      return loads[a].cycles != loads[b].cycles
                 ? loads[a].cycles > loads[b].cycles
                 : a < b;
    });
    for (size_t i : group) {
      bool second = busy1 < busy0;
      port[i] = second ? isa::Engine::Load1 : isa::Engine::Load0;
      (second ? busy1 : busy0) += loads[i].cycles;
      uint64_t both = std::min(busy0, busy1);
      busy0 -= both;
      busy1 -= both;
    }
  }
  return port;
}
