//===- IntervalAllocator.cpp - Memory allocation by lifetime --------------===//
//
// Part of nncc, under the Apache License v2.0.
//
//===----------------------------------------------------------------------===//

#include "nncc/Scheduling/IntervalAllocator.h"

#include "AllocationPolicies.h"

#include <algorithm>
#include <numeric>
#include <optional>
#include <utility>

using namespace nncc::scheduling;

std::string nncc::scheduling::describe(const std::vector<Buffer> &buffers,
                                       size_t buffer) {
  const Buffer &b = buffers[buffer];
  return "buffer " + std::to_string(buffer) + " (size " +
         std::to_string(b.size) + ", live from " + std::to_string(b.first) +
         " to " + std::to_string(b.last) + ")";
}

std::vector<uint32_t>
nncc::scheduling::sortedByTime(const std::vector<Buffer> &buffers) {
  std::vector<uint32_t> order(buffers.size());
  std::iota(order.begin(), order.end(), 0);
  std::sort(order.begin(), order.end(), [&](uint32_t a, uint32_t b) {
    return std::make_pair(buffers[a].first, a) <
           std::make_pair(buffers[b].first, b);
  });
  return order;
}

void nncc::scheduling::findGaps(const std::vector<Buffer> &buffers,
                                const std::vector<uint32_t> &address,
                                const std::vector<uint32_t> &occupied,
                                uint64_t limit,
                                std::vector<AddressRange> &gaps) {
  gaps.clear();
  uint64_t from = 0;
  for (uint32_t i : occupied) {
    if (address[i] > from)
      gaps.push_back({from, address[i]});
    from = std::max(from, address[i] + uint64_t(buffers[i].size));
  }
  if (from < limit)
    gaps.push_back({from, limit});
}

static AllocationResult fail(size_t buffer, std::string why) {
  AllocationResult result;
  result.misfits = {buffer};
  result.why = std::move(why);
  return result;
}

/// Rejects contradictory requests.
static std::optional<AllocationResult>
findContradiction(const std::vector<Buffer> &buffers, uint64_t capacity) {
  for (size_t i = 0; i < buffers.size(); ++i) {
    const Buffer &b = buffers[i];
    if (b.first > b.last)
      return fail(i, describe(buffers, i) + " ends before it begins");
    if (b.alignment == 0)
      return fail(i, describe(buffers, i) +
                         " has alignment 0; expected at least 1");
    if (b.size > capacity)
      return fail(i, describe(buffers, i) + " is larger than the capacity of " +
                         std::to_string(capacity) + " units");
  }
  return std::nullopt;
}

/// The greatest sum of sizes that are live at one position, and the buffer that
/// brings it there.
static std::pair<uint64_t, size_t>
measureRequired(const std::vector<Buffer> &buffers) {
  struct End {
    uint64_t position;
    uint64_t size;
  };
  auto later = [](const End &a, const End &b) {
    return a.position > b.position;
  };
  std::vector<End> ends;
  uint64_t live = 0, required = 0;
  size_t culprit = 0;
  for (uint32_t i : sortedByTime(buffers)) {
    const Buffer &b = buffers[i];
    while (!ends.empty() && ends.front().position < b.first) {
      live -= ends.front().size;
      std::pop_heap(ends.begin(), ends.end(), later);
      ends.pop_back();
    }
    live += b.size;
    ends.push_back({b.last, b.size});
    std::push_heap(ends.begin(), ends.end(), later);
    if (live > required) {
      required = live;
      culprit = i;
    }
  }
  return {required, culprit};
}

AllocationResult nncc::scheduling::allocate(const std::vector<Buffer> &buffers,
                                            uint64_t capacity, Policy policy) {
  capacity = std::min(capacity, kAddressSpace);
  if (std::optional<AllocationResult> failure =
          findContradiction(buffers, capacity))
    return *failure;
  auto [required, culprit] = measureRequired(buffers);
  AllocationResult result;
  if (required > capacity)
    result = fail(culprit, "the buffers that are live at position " +
                               std::to_string(buffers[culprit].first) +
                               " need " + std::to_string(required) +
                               " units together; the capacity is " +
                               std::to_string(capacity));
  else if (policy != Policy::BestFit)
    result = placeInTimeOrder(buffers, capacity, policy);
  if (required <= capacity &&
      (policy == Policy::BestFit || (policy == Policy::Auto && !result.ok)))
    result = pack(buffers, capacity, required);
  result.required = required;
  return result;
}
