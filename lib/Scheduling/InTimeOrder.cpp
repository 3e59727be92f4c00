//===- InTimeOrder.cpp - Addresses in order of time -----------------------===//
//
// Part of nncc, under the Apache License v2.0.
//
//===----------------------------------------------------------------------===//
//
// Only what lives when a buffer is born is in its way, so the state is the list
// of live buffers. Where one finds no room, those shortly before it are placed
// again, spread over less memory; elsewhere nothing changes.
//
//===----------------------------------------------------------------------===//

#include "AllocationPolicies.h"

#include <algorithm>
#include <iterator>
#include <optional>

using namespace nncc::scheduling;

namespace {

/// How many earlier placements LeastRecent remembers, by how tight it is: what
/// was freed before them is old enough, and the fewer it remembers, the less it
/// spreads. The last, none, is FirstFit.
constexpr size_t kRemembered[] = {64, 8, 4, 2, 1, 0};
constexpr uint8_t kFirstFit = std::size(kRemembered) - 1;

/// Buffers that are placed again at first, and at most. What a buffer finds in
/// its way has rarely been placed long before it.
constexpr size_t kFirstSpan = 32, kSpanGrowth = 8, kLastSpan = 4096;

/// Positions from one checkpoint to the next.
constexpr size_t kCheckpointStep = 512;

class InTimeOrder {
public:
  InTimeOrder(const std::vector<Buffer> &buffers, uint64_t capacity,
              Policy policy)
      : buffers(buffers), capacity(std::min(capacity, kAddressSpace)),
        first(policy == Policy::FirstFit ? kFirstFit : 0),
        last(policy == Policy::LeastRecent ? kFirstFit - 1 : kFirstFit),
        order(sortedByTime(buffers)), address(buffers.size()),
        tightness(buffers.size(), first), span(buffers.size(), kFirstSpan) {}

  AllocationResult run();

private:
  std::optional<uint64_t> find(size_t position);
  uint64_t lastUse(size_t position, uint64_t start, uint64_t size) const;
  void occupy(uint32_t buffer);
  std::optional<size_t> retreat(size_t position);
  void restart(size_t position);
  AllocationResult finish();

  const std::vector<Buffer> &buffers;
  const uint64_t capacity;
  /// Indices into kRemembered that may be used.
  const uint8_t first, last;
  const std::vector<uint32_t> order;
  std::vector<uint32_t> address;
  /// By position in `order`: the index into kRemembered, and how far to go back
  /// when even the last of them fails.
  std::vector<uint8_t> tightness;
  std::vector<uint32_t> span;
  /// Placed buffers that are live, by address.
  std::vector<uint32_t> live;
  /// What `live` was at some positions before the present one, in ascending
  /// order, so that going back costs no look at all buffers.
  struct Checkpoint {
    size_t position;
    std::vector<uint32_t> live;
  };
  std::vector<Checkpoint> checkpoints;
  std::vector<AddressRange> gaps;
  std::vector<size_t> misfits;
  std::vector<bool> isMisfit;
  std::string why;
};

/// One past the last instruction that used any of [start, start + size), of the
/// placements that are remembered.
uint64_t InTimeOrder::lastUse(size_t position, uint64_t start,
                              uint64_t size) const {
  uint64_t use = 0;
  size_t remembered = std::min(kRemembered[tightness[position]], position);
  for (size_t i = position - remembered; i < position; ++i) {
    const Buffer &other = buffers[order[i]];
    uint64_t at = address[order[i]];
    if (at < start + size && start < at + other.size)
      use = std::max(use, uint64_t(other.last) + 1);
  }
  return use;
}

/// Of the two ends of each gap, the one whose last user died first; the lowest
/// address if all are as good.
std::optional<uint64_t> InTimeOrder::find(size_t position) {
  const Buffer &b = buffers[order[position]];
  findGaps(buffers, address, live, capacity, gaps);
  std::optional<uint64_t> best;
  uint64_t bestUse = UINT64_MAX;
  auto consider = [&](uint64_t start) {
    uint64_t use = lastUse(position, start, b.size);
    if (use < bestUse) {
      bestUse = use;
      best = start;
    }
  };
  for (const AddressRange &gap : gaps) {
    uint64_t low = alignUp(gap.begin, b.alignment);
    if (low + b.size > gap.end)
      continue;
    consider(low);
    if (tightness[position] == kFirstFit)
      break;
    consider((gap.end - b.size) / b.alignment * b.alignment);
  }
  return best;
}

void InTimeOrder::occupy(uint32_t buffer) {
  live.insert(std::upper_bound(live.begin(), live.end(), buffer,
                               [&](uint32_t a, uint32_t b) {
                                 return address[a] < address[b];
                               }),
              buffer);
}

/// Where to begin again after the buffer at `position` found no room.
std::optional<size_t> InTimeOrder::retreat(size_t position) {
  size_t back = std::min<size_t>(position, span[position]);
  uint8_t tighter = last;
  if (tightness[position] < last)
    tighter = tightness[position] + 1;
  else if (back == position || span[position] >= kLastSpan)
    return std::nullopt;
  else
    span[position] *= kSpanGrowth;
  for (size_t i = position - back; i <= position; ++i)
    tightness[i] = std::max(tightness[i], tighter);
  return position - back;
}

/// Brings `live` to what it was before the buffer at `position` was placed.
void InTimeOrder::restart(size_t position) {
  while (!checkpoints.empty() && checkpoints.back().position > position)
    checkpoints.pop_back();
  size_t begin = 0;
  live.clear();
  if (!checkpoints.empty()) {
    begin = checkpoints.back().position;
    live = checkpoints.back().live;
  }
  live.insert(live.end(), order.begin() + begin, order.begin() + position);
  uint32_t now = buffers[order[position]].first;
  live.erase(std::remove_if(live.begin(), live.end(),
                            [&](uint32_t buffer) {
                              const Buffer &b = buffers[buffer];
                              return b.size == 0 || b.last < now ||
                                     isMisfit[buffer];
                            }),
             live.end());
  std::sort(live.begin(), live.end(),
            [&](uint32_t a, uint32_t b) { return address[a] < address[b]; });
}

AllocationResult InTimeOrder::run() {
  isMisfit.assign(buffers.size(), false);
  for (size_t position = 0; position < order.size();) {
    if (position % kCheckpointStep == 0 &&
        (checkpoints.empty() || checkpoints.back().position < position))
      checkpoints.push_back({position, live});
    uint32_t buffer = order[position];
    const Buffer &b = buffers[buffer];
    address[buffer] = 0;
    if (b.size == 0 || isMisfit[buffer]) {
      ++position;
      continue;
    }
    live.erase(std::remove_if(live.begin(), live.end(),
                              [&](uint32_t other) {
                                return buffers[other].last < b.first;
                              }),
               live.end());
    if (std::optional<uint64_t> at = find(position)) {
      address[buffer] = uint32_t(*at);
      occupy(buffer);
      ++position;
      continue;
    }
    if (std::optional<size_t> from = retreat(position)) {
      restart(position = *from);
      continue;
    }
    // Left out, so that all misfits are found.
    if (why.empty()) {
      uint64_t free = 0, largest = 0;
      for (const AddressRange &gap : gaps) {
        free += gap.end - gap.begin;
        largest = std::max(largest, gap.end - gap.begin);
      }
      why = describe(buffers, buffer) + " does not fit into " +
            std::to_string(capacity) + " units: " + std::to_string(free) +
            " are free for it, at most " + std::to_string(largest) +
            " in one piece";
    }
    isMisfit[buffer] = true;
    misfits.push_back(buffer);
    ++position;
  }
  return finish();
}

AllocationResult InTimeOrder::finish() {
  AllocationResult result;
  result.ok = misfits.empty();
  result.misfits = std::move(misfits);
  result.why = std::move(why);
  if (!result.ok)
    return result;
  for (size_t b = 0; b < buffers.size(); ++b)
    if (buffers[b].size)
      result.peak =
          std::max(result.peak, address[b] + uint64_t(buffers[b].size));
  bool firstFit = std::find(tightness.begin(), tightness.end(), kFirstFit) !=
                  tightness.end();
  result.policy = firstFit ? Policy::FirstFit : Policy::LeastRecent;
  result.address = std::move(address);
  return result;
}

} // namespace

AllocationResult
nncc::scheduling::placeInTimeOrder(const std::vector<Buffer> &buffers,
                                   uint64_t capacity, Policy policy) {
  return InTimeOrder(buffers, capacity, policy).run();
}
