//===- IntervalAllocator.cpp - Memory allocation by lifetime --------------===//
//
// Part of nncc, under the Apache License v2.0.
//
//===----------------------------------------------------------------------===//

#include "nncc/Scheduling/IntervalAllocator.h"

#include <algorithm>
#include <numeric>
#include <utility>

using namespace nncc::scheduling;

namespace {

/// Addresses are 32 bits wide.
constexpr uint64_t kAddressSpace = uint64_t(1) << 32;

/// Effort of the packing beyond its first order, in occupied ranges looked at.
constexpr uint64_t kPackingEffort = 4'000'000;
constexpr unsigned kPackingRepairs = 32;

/// Placements that LeastRecent remembers. What was freed before them is old
/// enough; and the fewer it remembers, the less it spreads.
constexpr size_t kRecentPlacements[] = {64, 8, 4, 2, 1};

struct Range {
  uint64_t begin, end;
};

uint64_t alignUp(uint64_t value, uint64_t alignment) {
  return (value + alignment - 1) / alignment * alignment;
}

/// Finds among the active buffers those that live in a given range: a tree of
/// greatest ends over the buffers sorted by their begin.
class LiveIndex {
public:
  explicit LiveIndex(const std::vector<Buffer> &buffers)
      : buffers(buffers), byFirst(buffers.size()), rank(buffers.size()) {
    std::iota(byFirst.begin(), byFirst.end(), 0);
    std::sort(byFirst.begin(), byFirst.end(), [&](uint32_t a, uint32_t b) {
      return std::make_pair(buffers[a].first, a) <
             std::make_pair(buffers[b].first, b);
    });
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

  /// All buffers, by `first`, then by number.
  const std::vector<uint32_t> &inTimeOrder() const { return byFirst; }

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
  std::vector<uint32_t> byFirst;
  std::vector<size_t> rank;
  size_t leaves = 1;
  /// One more than the greatest `last` of the active buffers below a node.
  std::vector<uint64_t> endOf;
};

class Allocator {
public:
  Allocator(const std::vector<Buffer> &buffers, uint64_t capacity)
      : buffers(buffers), capacity(std::min(capacity, kAddressSpace)),
        index(buffers), address(buffers.size()) {}

  AllocationResult run(Policy policy);

private:
  void checkRequests();
  void measureRequired();
  void reset();
  void placeFixed();
  AllocationResult inTimeOrder(Policy policy, size_t remembered);
  AllocationResult pack();
  uint64_t packInOrder(const std::vector<uint32_t> &order);

  std::optional<uint64_t> findLowest(const Buffer &buffer);
  std::optional<uint64_t> findLeastRecent(const Buffer &buffer,
                                          const std::vector<uint32_t> &placed,
                                          size_t remembered);
  void occupy(size_t buffer, uint64_t at);
  const std::vector<Range> &gapsFor(const Buffer &buffer, uint64_t limit);
  AllocationResult fail(size_t buffer, std::string why) const;
  AllocationResult failNoRoom(size_t buffer) const;
  std::string describe(size_t buffer) const;

  const std::vector<Buffer> &buffers;
  const uint64_t capacity;
  LiveIndex index;
  std::vector<uint32_t> address;
  /// Placed buffers in order of their address.
  std::vector<uint32_t> byAddress;
  uint64_t peak = 0, required = 0, effort = 0;
  /// The buffer that ends at the peak.
  size_t top = 0;
  std::optional<AllocationResult> failure;

  std::vector<uint32_t> neighbours;
  std::vector<Range> gaps;
};

std::string Allocator::describe(size_t buffer) const {
  const Buffer &b = buffers[buffer];
  return "buffer " + std::to_string(buffer) + " (size " +
         std::to_string(b.size) + ", live from " + std::to_string(b.first) +
         " to " + std::to_string(b.last) + ")";
}

AllocationResult Allocator::fail(size_t buffer, std::string why) const {
  AllocationResult result;
  result.required = required;
  result.failedBuffer = buffer;
  result.why = std::move(why);
  return result;
}

AllocationResult Allocator::failNoRoom(size_t buffer) const {
  // `gaps` are those that the buffer did not fit into.
  uint64_t free = 0, largest = 0;
  for (const Range &gap : gaps) {
    free += gap.end - gap.begin;
    largest = std::max(largest, gap.end - gap.begin);
  }
  return fail(buffer, describe(buffer) + " does not fit into " +
                          std::to_string(capacity) + " units: " +
                          std::to_string(free) + " are free for it, at most " +
                          std::to_string(largest) + " in one piece");
}

/// Rejects contradictory requests.
void Allocator::checkRequests() {
  for (size_t i = 0; i < buffers.size() && !failure; ++i) {
    const Buffer &b = buffers[i];
    if (b.first > b.last)
      failure = fail(i, describe(i) + " ends before it begins");
    else if (b.alignment == 0)
      failure = fail(i, describe(i) + " has alignment 0; expected at least 1");
    else if (b.fixedAddress && *b.fixedAddress % b.alignment)
      failure = fail(i, describe(i) + " has the fixed address " +
                            std::to_string(*b.fixedAddress) +
                            ", which is not a multiple of its alignment " +
                            std::to_string(b.alignment));
    else if (b.fixedAddress.value_or(0) + uint64_t(b.size) > capacity)
      failure = fail(i, describe(i) + " at address " +
                            std::to_string(b.fixedAddress.value_or(0)) +
                            " ends beyond the capacity of " +
                            std::to_string(capacity) + " units");
  }
}

/// Rejects what no allocation can satisfy.
void Allocator::measureRequired() {
  struct End {
    uint64_t position;
    uint64_t size;
  };
  auto later = [](const End &a, const End &b) {
    return a.position > b.position;
  };
  std::vector<End> ends;
  uint64_t live = 0;
  size_t culprit = 0;
  for (uint32_t i : index.inTimeOrder()) {
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
  if (required > capacity)
    failure = fail(culprit, "the buffers that are live at position " +
                                std::to_string(buffers[culprit].first) +
                                " need " + std::to_string(required) +
                                " units together; the capacity is " +
                                std::to_string(capacity));
}

void Allocator::occupy(size_t buffer, uint64_t at) {
  address[buffer] = uint32_t(at);
  if (buffers[buffer].size == 0)
    return; // In nobody's way.
  index.activate(buffer);
  byAddress.insert(std::upper_bound(byAddress.begin(), byAddress.end(), at,
                                    [&](uint64_t value, uint32_t other) {
                                      return value < address[other];
                                    }),
                   buffer);
  if (at + buffers[buffer].size > peak) {
    peak = at + buffers[buffer].size;
    top = buffer;
  }
}

/// Free ranges of [0, limit) during the life of `buffer`, in order of address.
const std::vector<Range> &Allocator::gapsFor(const Buffer &buffer,
                                             uint64_t limit) {
  index.overlapping(buffer, neighbours);
  effort += neighbours.size() + 1;
  // Sorting few neighbours is quicker than a walk over everything placed;
  // sorting many is not.
  if (neighbours.size() * 8 < byAddress.size()) {
    std::sort(neighbours.begin(), neighbours.end(),
              [&](uint32_t a, uint32_t b) { return address[a] < address[b]; });
  } else {
    neighbours.clear();
    for (uint32_t i : byAddress)
      if (buffers[i].first <= buffer.last && buffer.first <= buffers[i].last)
        neighbours.push_back(i);
  }

  gaps.clear();
  uint64_t from = 0;
  for (uint32_t i : neighbours) {
    uint64_t begin = std::min<uint64_t>(address[i], limit);
    if (begin > from)
      gaps.push_back({from, begin});
    from = std::max(from, address[i] + uint64_t(buffers[i].size));
  }
  if (from < limit)
    gaps.push_back({from, limit});
  return gaps;
}

void Allocator::reset() {
  index.clear();
  byAddress.clear();
  peak = 0;
}

void Allocator::placeFixed() {
  reset();
  for (size_t i = 0; i < buffers.size(); ++i) {
    const Buffer &b = buffers[i];
    if (!b.fixedAddress)
      continue;
    if (b.size) {
      index.overlapping(b, neighbours);
      for (uint32_t other : neighbours) {
        if (address[other] < *b.fixedAddress + uint64_t(b.size) &&
            *b.fixedAddress < address[other] + uint64_t(buffers[other].size)) {
          failure = fail(i, describe(i) + " at the fixed address " +
                                std::to_string(*b.fixedAddress) + " overlaps " +
                                describe(other) + " at the fixed address " +
                                std::to_string(address[other]));
          return;
        }
      }
    }
    occupy(i, *b.fixedAddress);
  }
}

std::optional<uint64_t> Allocator::findLowest(const Buffer &b) {
  for (const Range &gap : gapsFor(b, capacity)) {
    uint64_t start = alignUp(gap.begin, b.alignment);
    if (start + b.size <= gap.end)
      return start;
  }
  return std::nullopt;
}

/// Of the two ends of each gap, the one whose last user died first.
/// \param placed all that have been placed, in that order; only the last
///        `remembered` count.
std::optional<uint64_t>
Allocator::findLeastRecent(const Buffer &b, const std::vector<uint32_t> &placed,
                           size_t remembered) {
  std::optional<uint64_t> best;
  uint64_t bestUse = UINT64_MAX;
  remembered = std::min(remembered, placed.size());
  auto consider = [&](uint64_t start) {
    uint64_t use = 0; // One past the last position that used any of it.
    for (size_t i = placed.size() - remembered; i < placed.size(); ++i) {
      const Buffer &other = buffers[placed[i]];
      uint64_t at = address[placed[i]];
      if (at < start + b.size && start < at + other.size)
        use = std::max(use, uint64_t(other.last) + 1);
    }
    if (use < bestUse) {
      bestUse = use;
      best = start;
    }
  };
  for (const Range &gap : gapsFor(b, capacity)) {
    uint64_t low = alignUp(gap.begin, b.alignment);
    if (low + b.size > gap.end)
      continue;
    consider(low);
    consider((gap.end - b.size) / b.alignment * b.alignment);
  }
  return best;
}

AllocationResult Allocator::inTimeOrder(Policy policy, size_t remembered) {
  placeFixed();
  std::vector<uint32_t> placed;
  for (uint32_t i : index.inTimeOrder()) {
    const Buffer &b = buffers[i];
    if (b.fixedAddress)
      continue;
    if (b.size == 0) {
      occupy(i, 0);
      continue;
    }
    std::optional<uint64_t> at = policy == Policy::LeastRecent
                                     ? findLeastRecent(b, placed, remembered)
                                     : findLowest(b);
    if (!at)
      return failNoRoom(i);
    occupy(i, *at);
    placed.push_back(i);
  }
  AllocationResult result;
  result.ok = true;
  result.address = address;
  result.peak = peak;
  result.required = required;
  result.policy = policy;
  return result;
}

/// Places all buffers in the given order, each into the tightest gap of an
/// unlimited memory. Returns the peak.
uint64_t Allocator::packInOrder(const std::vector<uint32_t> &order) {
  placeFixed();
  for (uint32_t i : order) {
    const Buffer &b = buffers[i];
    if (b.size == 0) {
      occupy(i, 0);
      continue;
    }
    // The last gap is endless in effect, and taken when no other fits.
    uint64_t best = 0, leastWaste = UINT64_MAX;
    for (const Range &gap : gapsFor(b, uint64_t(1) << 62)) {
      uint64_t start = alignUp(gap.begin, b.alignment);
      if (start + b.size <= gap.end && gap.end - start - b.size < leastWaste) {
        leastWaste = gap.end - start - b.size;
        best = start;
      }
    }
    // Beyond 32 bits the packing is lost, and by how much is known.
    if (best + b.size > kAddressSpace) {
      top = i;
      return best + b.size;
    }
    occupy(i, best);
  }
  return peak;
}

AllocationResult Allocator::pack() {
  std::vector<uint32_t> movable;
  for (uint32_t i : index.inTimeOrder())
    if (!buffers[i].fixedAddress)
      movable.push_back(i);

  auto length = [&](uint32_t i) {
    return uint64_t(buffers[i].last) - buffers[i].first + 1;
  };
  auto sortedBy = [&](auto key) {
    std::vector<uint32_t> order = movable;
    std::sort(order.begin(), order.end(), [&](uint32_t a, uint32_t b) {
      auto ka = key(a), kb = key(b);
      return ka != kb ? ka > kb : a < b;
    });
    return order;
  };

  uint64_t bestPeak = UINT64_MAX;
  size_t bestTop = 0;
  std::vector<uint32_t> bestAddress, bestOrder;
  auto attempt = [&](const std::vector<uint32_t> &order) {
    uint64_t got = packInOrder(order);
    if (got < bestPeak) {
      bestPeak = got;
      bestTop = top;
      bestAddress = address;
      bestOrder = order;
    }
    return bestPeak == required || effort > kPackingEffort;
  };

  effort = 0;
  attempt(sortedBy([&](uint32_t i) {
    return std::make_pair(uint64_t(buffers[i].size), length(i));
  }));
  bool done = bestPeak == required || attempt(movable) ||
              attempt(sortedBy([&](uint32_t i) {
                return double(length(i)) * buffers[i].size;
              })) ||
              attempt(sortedBy([&](uint32_t i) {
                return std::make_pair(length(i), uint64_t(buffers[i].size));
              }));
  // Repair: what sticks out at the top had to take what others left. Let it
  // choose first.
  std::vector<uint32_t> order = bestOrder;
  if (!done)
    packInOrder(order);
  for (unsigned round = 0; !done && round < kPackingRepairs; ++round) {
    auto it = std::find(order.begin(), order.end(), top);
    if (it == order.end() || it == order.begin())
      break;
    std::rotate(order.begin(), it, it + 1);
    done = attempt(order);
  }

  AllocationResult result;
  result.required = required;
  result.peak = bestPeak;
  result.ok = bestPeak <= capacity;
  if (result.ok) {
    result.policy = Policy::BestFit;
    result.address = std::move(bestAddress);
    return result;
  }
  result.failedBuffer = bestTop;
  result.why = "the tightest packing found needs " + std::to_string(bestPeak) +
               " units, " + std::to_string(required) +
               " being live at once; the capacity is " +
               std::to_string(capacity) + ", beyond which " +
               describe(bestTop) + " lies";
  return result;
}

AllocationResult Allocator::run(Policy policy) {
  checkRequests();
  if (!failure)
    measureRequired();
  if (!failure)
    placeFixed();
  if (failure)
    return *failure;
  if (policy == Policy::BestFit)
    return pack();
  AllocationResult result;
  if (policy != Policy::FirstFit) {
    for (size_t remembered : kRecentPlacements) {
      result = inTimeOrder(Policy::LeastRecent, remembered);
      if (result.ok)
        return result;
    }
    if (policy == Policy::LeastRecent)
      return result;
  }
  result = inTimeOrder(Policy::FirstFit, 0);
  if (result.ok || policy == Policy::FirstFit)
    return result;
  return pack();
}

} // namespace

AllocationResult nncc::scheduling::allocate(const std::vector<Buffer> &buffers,
                                            uint64_t capacity, Policy policy) {
  return Allocator(buffers, capacity).run(policy);
}
