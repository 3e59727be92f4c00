//===- Packing.cpp - Off-line packing for the lowest peak -----------------===//
//
// Part of nncc, under the Apache License v2.0.
//
//===----------------------------------------------------------------------===//

#include "AllocationPolicies.h"

#include <algorithm>
#include <utility>

using namespace nncc::scheduling;

namespace {

/// Effort beyond the first order, in occupied ranges looked at.
constexpr uint64_t kMostEffort = 4'000'000;
constexpr unsigned kMostRepairs = 32;

/// Finds among the active buffers those that live in a given range: a tree of
/// greatest ends over the buffers sorted by their begin.
class LiveIndex {
public:
  LiveIndex(const std::vector<Buffer> &buffers,
            const std::vector<uint32_t> &byFirst)
      : buffers(buffers), byFirst(byFirst), rank(buffers.size()) {
    for (size_t i = 0; i < byFirst.size(); ++i)
      rank[byFirst[i]] = i;
    while (leaves < buffers.size())
      leaves *= 2;
    clear();
  }

  void clear() { endOf.assign(2 * leaves, 0); }

  void activate(size_t buffer) {
    uint64_t end = uint64_t(buffers[buffer].last) + 1;
    for (size_t node = leaves + rank[buffer]; node; node /= 2)
      endOf[node] = std::max(endOf[node], end);
  }

  /// Active buffers that live at a position that `buffer` lives at.
  void overlapping(const Buffer &buffer, std::vector<uint32_t> &out) const {
    size_t bound = std::upper_bound(byFirst.begin(), byFirst.end(), buffer.last,
                                    [&](uint32_t position, uint32_t b) {
                                      return position < buffers[b].first;
                                    }) -
                   byFirst.begin();
    out.clear();
    collect(1, 0, leaves, bound, buffer.first, out);
  }

private:
  void collect(size_t node, size_t from, size_t count, size_t bound,
               uint64_t position, std::vector<uint32_t> &out) const {
    if (from >= bound || endOf[node] <= position)
      return;
    if (count == 1) {
      out.push_back(byFirst[from]);
      return;
    }
    collect(2 * node, from, count / 2, bound, position, out);
    collect(2 * node + 1, from + count / 2, count / 2, bound, position, out);
  }

  const std::vector<Buffer> &buffers;
  const std::vector<uint32_t> &byFirst;
  std::vector<size_t> rank;
  size_t leaves = 1;
  /// One more than the greatest `last` of the active buffers below a node.
  std::vector<uint64_t> endOf;
};

class Packer {
public:
  Packer(const std::vector<Buffer> &buffers, uint64_t capacity,
         uint64_t required)
      : buffers(buffers), capacity(std::min(capacity, kAddressSpace)),
        required(required), byTime(sortedByTime(buffers)),
        index(buffers, byTime), address(buffers.size()) {}

  AllocationResult run();

private:
  void place(const std::vector<uint32_t> &order);
  bool attempt(const std::vector<uint32_t> &order);
  template <typename Key> std::vector<uint32_t> sortedBy(Key key) const;
  AllocationResult finish();

  const std::vector<Buffer> &buffers;
  const uint64_t capacity, required;
  const std::vector<uint32_t> byTime;
  LiveIndex index;
  uint64_t effort = 0;

  /// The packing at hand: ends may lie beyond 32 bits.
  std::vector<uint64_t> address;
  uint64_t peak = 0;
  size_t top = 0; ///< The buffer that ends at the peak.
  std::vector<uint32_t> neighbours;

  std::vector<uint64_t> bestAddress;
  uint64_t bestPeak = UINT64_MAX;
  size_t bestTop = 0;
  std::vector<uint32_t> bestOrder;
};

/// Places all buffers in the given order, each into the tightest gap of an
/// unlimited memory.
void Packer::place(const std::vector<uint32_t> &order) {
  index.clear();
  peak = 0;
  for (uint32_t i : order) {
    const Buffer &b = buffers[i];
    address[i] = 0;
    if (b.size == 0)
      continue;
    index.overlapping(b, neighbours);
    effort += neighbours.size() + 1;
    std::sort(neighbours.begin(), neighbours.end(),
              [&](uint32_t a, uint32_t c) { return address[a] < address[c]; });
    // What is above all neighbours is endless in effect, and taken when nothing
    // else fits.
    uint64_t best = 0, leastWaste = UINT64_MAX, from = 0;
    auto consider = [&](uint64_t begin, uint64_t end) {
      uint64_t start = alignUp(begin, b.alignment);
      if (start + b.size <= end && end - start - b.size < leastWaste) {
        leastWaste = end - start - b.size;
        best = start;
      }
    };
    for (uint32_t other : neighbours) {
      if (address[other] > from)
        consider(from, address[other]);
      from = std::max(from, address[other] + buffers[other].size);
    }
    consider(from, uint64_t(1) << 62);
    address[i] = best;
    index.activate(i);
    if (best + b.size > peak) {
      peak = best + b.size;
      top = i;
    }
  }
}

/// Keeps the packing of an order if it is better. Returns whether to stop.
bool Packer::attempt(const std::vector<uint32_t> &order) {
  place(order);
  if (peak < bestPeak) {
    bestPeak = peak;
    bestTop = top;
    bestAddress = address;
    bestOrder = order;
  }
  return bestPeak == required || effort > kMostEffort;
}

template <typename Key> std::vector<uint32_t> Packer::sortedBy(Key key) const {
  std::vector<uint32_t> order = byTime;
  std::sort(order.begin(), order.end(), [&](uint32_t a, uint32_t b) {
    auto ka = key(a), kb = key(b);
    return ka != kb ? ka > kb : a < b;
  });
  return order;
}

AllocationResult Packer::run() {
  auto length = [&](uint32_t i) {
    return uint64_t(buffers[i].last) - buffers[i].first + 1;
  };
  bool done = attempt(sortedBy([&](uint32_t i) {
                return std::make_pair(uint64_t(buffers[i].size), length(i));
              })) ||
              attempt(byTime) || attempt(sortedBy([&](uint32_t i) {
                return double(length(i)) * buffers[i].size;
              })) ||
              attempt(sortedBy([&](uint32_t i) {
                return std::make_pair(length(i), uint64_t(buffers[i].size));
              }));
  // Repair: what sticks out at the top had to take what others left. Let it
  // choose first.
  std::vector<uint32_t> order = bestOrder;
  top = bestTop;
  for (unsigned round = 0; !done && round < kMostRepairs; ++round) {
    auto it = std::find(order.begin(), order.end(), top);
    if (it == order.end() || it == order.begin())
      break;
    std::rotate(order.begin(), it, it + 1);
    done = attempt(order);
  }
  return finish();
}

AllocationResult Packer::finish() {
  AllocationResult result;
  result.peak = bestPeak;
  result.ok = bestPeak <= capacity;
  if (result.ok) {
    result.policy = Policy::BestFit;
    result.address.assign(bestAddress.begin(), bestAddress.end());
    return result;
  }
  for (uint32_t i : byTime)
    if (bestAddress[i] + buffers[i].size > capacity)
      result.misfits.push_back(i);
  result.why = "the tightest packing found needs " + std::to_string(bestPeak) +
               " units, " + std::to_string(required) +
               " being live at once; the capacity is " +
               std::to_string(capacity) + ", beyond which " +
               describe(buffers, bestTop) + " lies";
  return result;
}

} // namespace

AllocationResult nncc::scheduling::pack(const std::vector<Buffer> &buffers,
                                        uint64_t capacity, uint64_t required) {
  if (buffers.empty()) {
    AllocationResult nothing;
    nothing.ok = true;
    nothing.policy = Policy::BestFit;
    return nothing;
  }
  return Packer(buffers, capacity, required).run();
}
