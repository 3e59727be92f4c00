//===- Footprint.cpp - What an instruction reads and writes ---------------===//
//
// Part of nncc, under the Apache License v2.0.
//
//===----------------------------------------------------------------------===//

#include "Window.h"

#include <algorithm>
#include <map>

using namespace nncc;
using namespace nncc::isa;

namespace {

/// A box of words or bytes; all counts are at least 1.
struct Box {
  uint64_t base;
  uint64_t countX;
  uint64_t countY = 1;
  uint64_t pitchY = 0;
  uint64_t countZ = 1;
  uint64_t pitchZ = 0;
};

/// Collects the accesses of one instruction.
class Collector {
public:
  void local(Memory memory, bool write, const Box &box) {
    add(false, static_cast<uint8_t>(memory), write, box);
  }
  void dram(Region region, bool write, const Box &box) {
    add(true, static_cast<uint8_t>(region), write, box);
  }

  std::vector<Access> take() {
    for (Access &access : accesses)
      merge(access.intervals);
    return std::move(accesses);
  }

private:
  void add(bool isDram, uint8_t space, bool write, Box box) {
    auto it = std::find_if(
        accesses.begin(), accesses.end(), [&](const Access &access) {
          return access.isDram == isDram && access.space == space &&
                 access.write == write;
        });
    if (it == accesses.end())
      it = accesses.insert(accesses.end(), {isDram, space, write, {}});

    // Rows and planes without a gap between them are one run.
    if (box.pitchY <= box.countX) {
      box.countX += (box.countY - 1) * box.pitchY;
      box.countY = 1;
    }
    if (box.countY == 1 && box.pitchZ <= box.countX) {
      box.countX += (box.countZ - 1) * box.pitchZ;
      box.countZ = 1;
    }
    if (box.pitchZ == 0)
      box.countZ = 1;
    for (uint64_t z = 0; z < box.countZ; ++z)
      for (uint64_t y = 0; y < box.countY; ++y) {
        uint64_t begin = box.base + z * box.pitchZ + y * box.pitchY;
        it->intervals.push_back({static_cast<uint32_t>(begin),
                                 static_cast<uint32_t>(begin + box.countX)});
      }
  }

  static void merge(std::vector<Interval> &intervals) {
    auto before = [](const Interval &a, const Interval &b) {
      return a.begin < b.begin;
    };
    if (!std::is_sorted(intervals.begin(), intervals.end(), before))
      std::sort(intervals.begin(), intervals.end(), before);
    size_t kept = 0;
    for (const Interval &interval : intervals) {
      if (kept != 0 && interval.begin <= intervals[kept - 1].end)
        intervals[kept - 1].end =
            std::max(intervals[kept - 1].end, interval.end);
      else
        intervals[kept++] = interval;
    }
    intervals.resize(kept);
  }

  std::vector<Access> accesses;
};

/// Adds the accesses of each kind of instruction.
class Visitor {
public:
  Visitor(const ArchConfig &arch, const Tap *taps, Collector &out)
      : arch(arch), taps(taps), out(out) {}

  void operator()(const Load &op) {
    dramBlock(op, /*write=*/false);
    out.local(op.memory, true, localBlock(op, op.countZ));
  }

  void operator()(const LoadWindow &op) {
    Span bytes = windowBytes(op, arch);
    if (!bytes.empty())
      out.dram(op.region, false,
               {op.dramOffset + static_cast<uint64_t>(bytes.first),
                static_cast<uint64_t>(bytes.last - bytes.first) + 1, op.countY,
                uint64_t(arch.vector) * op.dramPitchY});
    out.local(Memory::Feature, true, localBlock(op, op.groups));
  }

  void operator()(const Save &op) {
    out.local(Memory::Feature, false, localBlock(op, op.countZ));
    dramBlock(op, /*write=*/true);
  }

  void operator()(const Conv &op) {
    uint32_t perWord = arch.tapsPerWord();
    uint32_t firstTapWord = op.tapBase / perWord;
    uint32_t endTapWord = (op.tapBase + op.tapCount + perWord - 1) / perWord;
    out.local(Memory::Tap, false, {firstTapWord, endTapWord - firstTapWord});
    out.local(Memory::Weight, false,
              {uint64_t(op.weightBase) * arch.outputs,
               uint64_t(op.tapCount) * arch.outputs});
    convSource(op);
    if (!op.drain)
      return;
    uint64_t recordWords = arch.convParamGroupWords();
    out.local(Memory::Cparam, false, {op.paramBase * recordWords, recordWords});
    if (op.residual)
      out.local(Memory::Feature, false,
                {op.resBase, op.width, op.height, op.resRowPitch, op.dstGroups,
                 op.resGroupPitch});
    result(op, op.dstGroups);
  }

  void operator()(const Depthwise &op) {
    window(op);
    if (!op.unitWeights)
      out.local(Memory::Vparam, false,
                {op.weightBase, uint64_t(op.groups) * op.kernelH * op.kernelW});
    out.local(Memory::Vparam, false,
              {op.paramBase, uint64_t(8) * (op.sharedParams ? 1 : op.groups)});
    result(op, op.groups);
  }

  void operator()(const MaxPool &op) {
    window(op);
    result(op, op.groups);
  }

  void operator()(const Add &op) { binary(op); }
  void operator()(const Mul &op) { binary(op); }

  void operator()(const Table &op) {
    out.local(Memory::Feature, false,
              {op.srcBase, op.width, op.height, op.srcRowPitch, op.groups,
               op.srcGroupPitch});
    out.local(Memory::Vparam, false, {op.tableBase, 256 / arch.vector});
    result(op, op.groups);
  }

  /// Bytes of a row that the windows of a load_window reach.
  static Span windowBytes(const LoadWindow &op, const ArchConfig &arch) {
    int64_t end = int64_t(op.start) + int64_t(op.countX - 1) * op.step +
                  int64_t(op.groups) * arch.vector;
    return {std::max<int64_t>(op.start, 0),
            std::min<int64_t>(end, op.rowBytes) - 1};
  }

private:
  template <typename Op> static Box localBlock(const Op &op, uint64_t countZ) {
    return {op.localBase,   op.countX, op.countY,
            op.localPitchY, countZ,    op.localPitchZ};
  }

  template <typename Op> void dramBlock(const Op &op, bool write) {
    uint64_t v = arch.vector;
    out.dram(op.region, write,
             {op.dramOffset, v * op.countX, op.countY, v * op.dramPitchY,
              op.countZ, v * op.dramPitchZ});
  }

  template <typename Op> void result(const Op &op, uint64_t groups) {
    out.local(Memory::Feature, true,
              {op.dstBase, op.width, op.height, op.dstRowPitch, groups,
               op.dstGroupPitch});
  }

  void patch(const Patch &patch, uint64_t base, uint64_t rowPitch,
             uint64_t groups, uint64_t groupPitch) {
    if (patch.empty())
      return;
    out.local(
        Memory::Feature, false,
        {base + patch.rows.first * rowPitch + patch.columns.first,
         static_cast<uint64_t>(patch.columns.last - patch.columns.first) + 1,
         static_cast<uint64_t>(patch.rows.last - patch.rows.first) + 1,
         rowPitch, groups, groupPitch});
  }

  template <typename Op> void window(const Op &op) {
    patch(reachedByWindow(op), op.srcBase, op.srcRowPitch, op.groups,
          op.srcGroupPitch);
  }

  template <typename Op> void binary(const Op &op) {
    out.local(Memory::Feature, false,
              {op.aBase, op.width, op.height, op.aRowPitch, op.groups,
               op.aGroupPitch});
    out.local(Memory::Feature, false,
              {op.bBase, uint64_t(op.width - 1) * op.bColumnPitch + 1,
               op.height, op.bRowPitch, op.groups, op.bGroupPitch});
    result(op, op.groups);
  }

  void convSource(const Conv &op) {
    if (!taps) {
      out.local(Memory::Feature, false, {0, arch.featureWords});
      return;
    }
    // Taps of one group read windows of one image that mostly overlap.
    std::map<uint16_t, Patch> groups;
    for (uint32_t i = 0; i < op.tapCount; ++i) {
      Patch reads = reachedBy(op, taps[i].dy, taps[i].dx);
      if (!reads.empty())
        groups[taps[i].group].unite(reads);
    }
    for (const auto &[group, reads] : groups)
      patch(reads, uint64_t(op.srcBase) + group, op.srcRowPitch, 1, 0);
  }

  const ArchConfig &arch;
  const Tap *taps;
  Collector &out;
};

} // namespace

std::vector<Access> nncc::isa::footprint(const Instruction &inst,
                                         const ArchConfig &arch,
                                         const Tap *taps) {
  Collector out;
  std::visit(Visitor(arch, taps, out), inst.body);
  return out.take();
}

template <typename Op>
static DramRange blockRange(const Op &op, bool write, const ArchConfig &arch) {
  uint64_t words = uint64_t(op.countZ - 1) * op.dramPitchZ +
                   uint64_t(op.countY - 1) * op.dramPitchY + op.countX;
  return {op.region, write, op.dramOffset, op.dramOffset + arch.vector * words};
}

std::optional<DramRange> nncc::isa::dramRange(const Instruction &inst,
                                              const ArchConfig &arch) {
  if (const auto *load = std::get_if<Load>(&inst.body))
    return blockRange(*load, false, arch);
  if (const auto *save = std::get_if<Save>(&inst.body))
    return blockRange(*save, true, arch);
  const auto *window = std::get_if<LoadWindow>(&inst.body);
  if (!window)
    return std::nullopt;
  uint64_t offset = window->dramOffset;
  Span bytes = Visitor::windowBytes(*window, arch);
  if (bytes.empty())
    return DramRange{window->region, false, offset, offset};
  uint64_t rows =
      uint64_t(window->countY - 1) * window->dramPitchY * arch.vector;
  return DramRange{window->region, false, offset + bytes.first,
                   offset + rows + bytes.last + 1};
}
